//! QEMU's monitor protocol: a JSON command per line, a JSON answer per line, events between.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;

use serde_json::Value;

/// An open monitor.
#[derive(Debug)]
pub(crate) struct Monitor {
    hands: UnixStream,
    ears: BufReader<UnixStream>,
}

impl Monitor {
    /// Takes the greeting and turns the commands on.
    pub(crate) fn greet(stream: UnixStream) -> Result<Monitor, String> {
        let ears = BufReader::new(stream.try_clone().map_err(|error| error.to_string())?);
        let mut monitor = Monitor { hands: stream, ears };
        monitor.line()?;
        monitor.execute(r#"{"execute":"qmp_capabilities"}"#)?;
        Ok(monitor)
    }

    /// Carries out one command.
    pub(crate) fn execute(&mut self, command: &str) -> Result<(), String> {
        self.hands.write_all(format!("{command}\n").as_bytes()).map_err(|error| error.to_string())?;
        loop {
            let answer = self.line()?;
            if let Some(error) = answer.get("error") {
                return Err(error.to_string());
            }
            if answer.get("return").is_some() {
                return Ok(());
            }
        }
    }

    fn line(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        let read = self.ears.read_line(&mut line).map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("QEMU closed its monitor".to_owned());
        }
        serde_json::from_str(&line).map_err(|error| error.to_string())
    }
}
