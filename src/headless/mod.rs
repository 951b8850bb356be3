//! The headless protocol: JSON Lines, a request per line on stdin, events on stdout.
//!
//! Invariant: a line that is not understood gets an `error` event and changes nothing; a scanned code is never echoed.

mod event;
mod request;

use std::io::{BufRead, Write};

use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::arrival::Arrival;
use crate::happening::Happening;

pub use event::json_of;
pub use request::{BadRequest, parse};

/// The longest request that is read.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Reads requests from standard input until it ends, in a thread of its own; the end of input stops the terminal.
///
/// # Errors
/// When no thread can be started.
pub fn read_requests(queue: mpsc::Sender<Arrival>) -> std::io::Result<()> {
    std::thread::Builder::new().name("headless".to_owned()).spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = Zeroizing::new(Vec::with_capacity(1024));
            let mut limited = std::io::Read::take(&mut input, MAX_LINE_BYTES);
            match limited.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
            if !line.ends_with(b"\n") && line.len() >= usize::try_from(MAX_LINE_BYTES).unwrap_or(usize::MAX) {
                skip_line(&mut input);
                let message = format!("a request is at most {MAX_LINE_BYTES} bytes");
                if queue.blocking_send(Arrival::NotUnderstood(BadRequest { message, tag: None })).is_err() {
                    return;
                }
                continue;
            }
            let text = String::from_utf8_lossy(&line);
            if text.trim().is_empty() {
                continue;
            }
            let arrival = parse(text.trim()).unwrap_or_else(Arrival::NotUnderstood);
            if queue.blocking_send(arrival).is_err() {
                return;
            }
        }
        queue.blocking_send(Arrival::Quit).ok();
    })?;
    Ok(())
}

fn skip_line(input: &mut impl BufRead) {
    loop {
        let (used, found) = match input.fill_buf() {
            Ok([]) | Err(_) => return,
            Ok(buffer) => match buffer.iter().position(|b| *b == b'\n') {
                Some(end) => (end + 1, true),
                None => (buffer.len(), false),
            },
        };
        input.consume(used);
        if found {
            return;
        }
    }
}

/// Writes one event as a line. `false` when nobody reads any more.
pub fn write_event(happening: &Happening) -> bool {
    let mut output = std::io::stdout().lock();
    let Some(event) = json_of(happening) else { return true };
    let line = event.to_string();
    writeln!(output, "{line}").and_then(|()| output.flush()).is_ok()
}
