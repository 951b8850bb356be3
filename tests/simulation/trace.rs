//! The story of one life, line by line, for a person who looks for the fault.
//!
//! Invariant: costs nothing when it is not kept.
//! Deliberately absent: payment codes; a code is named by its number.

use crate::life::Keep;

/// The lines so far.
#[derive(Debug)]
pub(crate) struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(keep: Keep) -> Trace {
        Trace { lines: (keep == Keep::Yes).then(Vec::new) }
    }

    pub(crate) fn say(&mut self, now_ms: u64, words: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>5}.{:03}  {}", now_ms / 1000, now_ms % 1000, words()));
        }
    }

    pub(crate) fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}
