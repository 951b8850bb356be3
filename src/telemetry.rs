//! Logs to standard error, with long runs of digits struck out whatever they are.
//!
//! Invariant: no payment code reaches a log even if somebody logs one by mistake.

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Payment codes are 13 to 24 digits (platform rules, section 10).
const SECRET_DIGITS: std::ops::RangeInclusive<usize> = 13..=24;

/// Starts logging. `RUST_LOG` chooses; otherwise warnings of all, and `default` of this program.
pub fn start(default: &str) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,quickpay={default}")));
    let colours = io::stderr().is_terminal();
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(Redacting)
        .with_target(false);
    let logging = logging.with_ansi(colours);
    if logging.try_init().is_err() {
        tracing::debug!("logging was already started");
    }
}

struct Redacting;

impl<'a> MakeWriter<'a> for Redacting {
    type Writer = RedactingStderr;

    fn make_writer(&'a self) -> RedactingStderr {
        RedactingStderr
    }
}

struct RedactingStderr;

impl Write for RedactingStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        io::stderr().write_all(redacted(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Strikes out words of 13 to 24 digits that stand alone; ids such as `pi_…` hold letters and stay. Colours
/// (`ESC [ … m`) are no part of a word.
#[must_use]
pub fn redacted(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut out = without_secrets(parts.next().unwrap_or_default());
    for part in parts {
        let colour = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |end| end + 1);
        let (colour, words) = part.split_at(colour);
        out.push_str("\x1b[");
        out.push_str(colour);
        out.push_str(&without_secrets(words));
    }
    out
}

fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        let word = piece.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let secret = SECRET_DIGITS.contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        if secret {
            out.push_str("[digits]");
            out.push_str(piece.get(word.len()..).unwrap_or_default());
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_logged_by_mistake_is_struck_out() {
        assert_eq!(redacted("scan 132993614656096754\n"), "scan [digits]\n");
        let coloured = "\x1b[3mcode\x1b[0m\x1b[2m=\x1b[0m132993614656096754\n";
        assert_eq!(redacted(coloured), "\x1b[3mcode\x1b[0m\x1b[2m=\x1b[0m[digits]\n");
        assert_eq!(redacted("text=\"289431869362714645\", n=5"), "text=\"[digits]\", n=5");
        assert_eq!(
            redacted("pi_1760544113783996416 T1-3LK2QZ-S0001a 1700000000"),
            "pi_1760544113783996416 T1-3LK2QZ-S0001a 1700000000"
        );
    }
}
