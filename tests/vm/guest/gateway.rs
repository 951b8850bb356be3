//! `quickpay sandbox` on the guest's loopback: customers, codes, and what really moved.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::outcome::{Outcome, Trying as _, ensure};
use super::till::PROGRAM;

const LIMIT: Duration = Duration::from_secs(20);

/// A running gateway; ended when dropped.
#[derive(Debug)]
pub(crate) struct Gateway {
    process: Child,
    control: SocketAddr,
    pub(crate) address: SocketAddr,
}

impl Gateway {
    /// Opens one with a customer, anna, who confirms everything at once.
    pub(crate) fn open() -> Outcome<Gateway> {
        let log = std::fs::File::create("/tmp/sandbox.log").trying("sandbox.log")?;
        let mut process = Command::new(PROGRAM)
            .args(["sandbox", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--seed", "7"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .trying("quickpay sandbox")?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let mut address = |begins: &str| -> Outcome<SocketAddr> {
            let line = lines.next().ok_or("the sandbox ended")?.trying("the sandbox")?;
            line.strip_prefix(begins).ok_or(format!("the sandbox says {line}"))?.parse().trying(&line)
        };
        let gateway = address("listening on http://")?;
        let control = address("control on http://")?;
        let gateway = Gateway { process, control, address: gateway };
        gateway.call("POST", "/sandbox/wallet", &json!({ "customer": "anna", "confirms": "at_once" }))?;
        Ok(gateway)
    }

    /// A fresh code on anna's phone.
    pub(crate) fn code(&self) -> Outcome<String> {
        let shown = self.call("GET", "/sandbox/wallet/anna", &Value::Null)?;
        shown.get("code").and_then(Value::as_str).map(str::to_owned).ok_or("anna shows no code".to_owned())
    }

    /// How many charges there were, ever.
    pub(crate) fn charges(&self) -> Outcome<usize> {
        let all = self.call("GET", "/sandbox/charges", &Value::Null)?;
        all.get("charges").and_then(Value::as_array).map(Vec::len).ok_or("no list of charges".to_owned())
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect_timeout(&self.control, LIMIT).trying(path)?;
        stream.set_read_timeout(Some(LIMIT)).trying(path)?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.control
        )
        .trying(path)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).trying(path)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        ensure(head.starts_with("HTTP/1.1 200"), || format!("{method} {path}: {head}"))?;
        serde_json::from_str(body).trying(path)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
