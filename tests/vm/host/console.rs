//! The guest's console: kept whole in a file; lines that begin with `::` are for people, and the last is the verdict.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::machine::Machine;

/// The longest that all scenarios may take, and that the short run may.
const LIMIT: Duration = Duration::from_secs(14 * 60);
const LIMIT_OF_CORE: Duration = Duration::from_secs(9 * 60);

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The guest said that all passed.
    Passed,
    /// It did not; in words.
    Failed(String),
}

/// Shows what the guest says until it is over.
pub(crate) fn follow(machine: &mut Machine, work: &Path, words: &[String]) -> Result<Verdict, String> {
    let limit = if words.iter().any(|word| word == "--core") { LIMIT_OF_CORE } else { LIMIT };
    let mut kept = File::create(work.join("console")).map_err(|error| error.to_string())?;
    let lines = BufReader::new(machine.console()?);
    let (said, heard) = mpsc::sync_channel(64);
    std::thread::spawn(move || {
        for line in lines.split(b'\n').map_while(Result::ok) {
            if said.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
    let until = Instant::now() + limit;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let line = match heard.recv_timeout(left) {
            Ok(line) => line,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Ok(Verdict::Failed(format!("not over after {} s", limit.as_secs())));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Ok(Verdict::Failed("the machine went off before the scenarios were over".to_owned()));
            }
        };
        writeln!(kept, "{line}").map_err(|error| error.to_string())?;
        // The kernel may have written into the same line before.
        let Some((_, words)) = line.split_once(":: ") else { continue };
        match words.strip_prefix("over ") {
            Some("0") => return Ok(Verdict::Passed),
            Some(_) => return Ok(Verdict::Failed("a scenario failed".to_owned())),
            None => println!("{words}"),
        }
    }
}
