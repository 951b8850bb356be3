//! The link between the till and the gateway: up, down or slow, and whether replies survive it; it touches `/v1` only.
//! What the sockets do about it is absent: see `server.rs`.

use serde::{Deserialize, Serialize};

/// The longest delay of a slow line.
const DELAY_LIMIT_MS: u64 = 600_000;

/// The link, also the body of `POST /sandbox/line`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// Up, down or slow.
    pub line: LineState,
    /// In which way it is down.
    pub how: Down,
    /// By how much it is slow.
    pub delay_ms: u64,
    /// Whether answers arrive.
    pub replies: Replies,
}

/// Whether anything passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Everything passes.
    #[default]
    Up,
    /// Nothing passes, and nothing is carried out.
    Down,
    /// Requests arrive late.
    Slow,
}

/// How a line that is down looks from the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Down {
    /// Connections are refused, or closed at once.
    #[default]
    Refuse,
    /// Connections are taken and never answered.
    BlackHole,
}

/// Whether answers arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replies {
    /// They do.
    #[default]
    Kept,
    /// Requests are carried out, their answers dropped with the connection.
    Lost,
}

impl Line {
    /// Everything passes.
    #[must_use]
    pub fn up() -> Self {
        Self::default()
    }

    /// Nothing passes.
    #[must_use]
    pub fn down(how: Down) -> Self {
        Self { line: LineState::Down, how, ..Self::default() }
    }

    pub(crate) fn refuses(&self) -> bool {
        self.line == LineState::Down && self.how == Down::Refuse
    }

    pub(crate) fn is_down(&self) -> bool {
        self.line == LineState::Down
    }

    pub(crate) const fn delay_ms(&self) -> u64 {
        match self.line {
            LineState::Slow => self.delay_ms,
            LineState::Up | LineState::Down => 0,
        }
    }

    /// Refuses what cannot be.
    pub(crate) fn check(self) -> Result<Self, String> {
        if self.delay_ms > DELAY_LIMIT_MS {
            return Err(format!("delay_ms is at most {DELAY_LIMIT_MS}"));
        }
        if self.line == LineState::Slow && self.delay_ms == 0 {
            return Err("a slow line needs delay_ms".to_owned());
        }
        Ok(self)
    }
}
