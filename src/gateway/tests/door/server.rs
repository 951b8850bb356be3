//! A gateway of one thread that plays one part per connection, and keeps what it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens on one connection after its request was read.
pub(crate) type Part = Box<dyn FnOnce(&mut TcpStream) + Send>;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Plays the parts in turn; later connections are refused.
    pub(crate) fn playing(parts: Vec<Part>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for part in parts {
                let Ok((mut stream, _)) = listener.accept() else { return };
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                heard.lock().unwrap().push(read_request(&mut stream));
                part(&mut stream);
            }
        });
        Server { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whole requests, head and body, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// An answer with a JSON body.
pub(crate) fn says(http: u16, body: impl Into<String>) -> Part {
    says_with(http, "content-type: application/json\r\n", body)
}

/// An answer with further header lines, each ended by CR LF.
pub(crate) fn says_with(http: u16, headers: &str, body: impl Into<String>) -> Part {
    let body = body.into();
    let length = body.len();
    raw(format!("HTTP/1.1 {http} X\r\n{headers}content-length: {length}\r\n\r\n{body}"))
}

/// Exactly these bytes, then the end of the connection.
pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Part {
    let bytes = bytes.into();
    Box::new(move |stream| {
        stream.write_all(&bytes).unwrap_or_default(); // the client may be gone
    })
}

/// Bytes again and again with a pause between, until the client goes away.
pub(crate) fn drips(head: &'static str, bytes: &'static [u8], pause: Duration) -> Part {
    Box::new(move |stream| {
        if stream.write_all(head.as_bytes()).is_err() {
            return;
        }
        while stream.write_all(bytes).is_ok() {
            std::thread::sleep(pause);
        }
    })
}

/// Reads a head and as much of a body as it announces; an empty text when the client says nothing.
fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = header(head, "content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
            if body.len() >= announced {
                return text;
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// A header's value by its name in lower case.
pub(crate) fn header(request: &str, name: &str) -> Option<String> {
    let head = request.split("\r\n\r\n").next()?;
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}
