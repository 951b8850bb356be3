//! Talks to the sandbox's own paths over HTTP, on loopback.
//!
//! Invariant: every call ends within [`LIMIT`].

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 4 * 1024 * 1024;

/// The sandbox's control door.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remote {
    address: SocketAddr,
}

impl Remote {
    pub(super) fn at(address: SocketAddr) -> Remote {
        Remote { address }
    }

    pub(super) fn get(self, path: &str) -> Result<Value> {
        self.call("GET", path, "")
    }

    pub(super) fn post(self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, &body.to_string())
    }

    fn call(self, method: &str, path: &str, body: &str) -> Result<Value> {
        let mut stream = TcpStream::connect_timeout(&self.address, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        )?;
        let mut answer = String::new();
        stream.take(MAX_ANSWER_BYTES).read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("the sandbox's answer has no head")?;
        let ok = head.split_whitespace().nth(1).is_some_and(|code| code.starts_with('2'));
        if !ok {
            bail!("the sandbox refused {method} {path}: {body}");
        }
        if body.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(body)
            .map_err(|error| anyhow!("the sandbox's answer to {path} is no JSON: {error}"))
    }
}
