//! How a step of a scenario ends: with what was asked, or with words that say what was there instead.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// The result of a step.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Adds what was tried to an error of the system.
pub(crate) trait Trying<T> {
    fn trying(self, what: impl Display) -> Outcome<T>;
}

impl<T, E: Display> Trying<T> for Result<T, E> {
    fn trying(self, what: impl Display) -> Outcome<T> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}

/// Fails with words unless it holds.
pub(crate) fn ensure(holds: bool, words: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(words()) }
}

/// Looks until something is there.
pub(crate) fn wait_for<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> Outcome<T> {
    let until = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() > until {
            return Err(format!("no {what} within {} ms", limit.as_millis()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
