//! The sandbox's own paths over HTTP: what customers show, how the line is, what was asked, what really moved.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);

/// The sandbox's control door.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GatewayControl {
    pub(crate) address: SocketAddr,
}

impl GatewayControl {
    pub(crate) fn get(self, path: &str) -> Value {
        self.call("GET", path, "")
    }

    pub(crate) fn post(self, path: &str, body: &Value) -> Value {
        self.call("POST", path, &body.to_string())
    }

    fn call(self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect_timeout(&self.address, LIMIT).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {head} {body}");
        serde_json::from_str(body).unwrap()
    }

    /// Waits until so many requests of one kind have come.
    pub(crate) fn is_asked(self, op: &str, count: usize) {
        let until = Instant::now() + LIMIT;
        while self.requests(op).len() < count {
            assert!(Instant::now() < until, "{} {op} requests, not {count}", self.requests(op).len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Charges and refunds as they really happened.
    pub(crate) fn charges(self) -> Vec<Value> {
        self.get("/sandbox/charges")["charges"].as_array().unwrap().clone()
    }

    /// Requests to the gateway of one kind, oldest first.
    pub(crate) fn requests(self, op: &str) -> Vec<Value> {
        let all = self.get("/sandbox/requests")["requests"].as_array().unwrap().clone();
        all.into_iter().filter(|request| request["op"] == op).collect()
    }
}
