//! The customers: their codes, and what each does at the phone.
//!
//! Invariant: a code belongs to one payer and is shown once; its text never leaves this room but by the scanner.
//! Deliberately absent: what the till makes of it.

use crate::seed::Seed;

/// What the payer does when the code is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payer {
    /// Pays at once, without a password.
    Pays,
    /// Confirms on the phone after this many milliseconds.
    PaysLater(u64),
    /// Cancels on the phone.
    GivesUp(u64),
    /// Never looks at the phone.
    Sleeps,
    /// The wallet says no.
    Refused(&'static str),
    /// The wallet reports a fault of its own, and pays all the same.
    FaultThenPays(u64),
    /// The wallet reports a fault of its own, and nothing comes.
    FaultForGood,
}

/// A code as its payer shows it.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) text: String,
    pub(crate) shown_at: u64,
    pub(crate) payer: Payer,
    pub(crate) used: bool,
}

impl Code {
    /// A fresh code of some wallet and some payer.
    pub(crate) fn draw(number: usize, now: u64, seed: &mut Seed) -> Code {
        let payer = match seed.below(100) {
            0..46 => Payer::Pays,
            46..66 => Payer::PaysLater(seed.between(1000, 75_000)),
            66..72 => Payer::GivesUp(seed.between(1000, 30_000)),
            72..80 => Payer::Sleeps,
            80..88 => {
                Payer::Refused(seed.pick(&["NOTENOUGH", "AUTHCODEEXPIRE", "PAYMENT_FAIL"], "NOTENOUGH"))
            }
            88..96 => Payer::FaultThenPays(seed.between(500, 60_000)),
            _ => Payer::FaultForGood,
        };
        let prefix = match seed.below(10) {
            0..7 => "13",
            7..9 => "28",
            _ => "51",
        };
        Code::of(prefix, number, now, payer)
    }

    pub(crate) fn of(prefix: &str, number: usize, shown_at: u64, payer: Payer) -> Code {
        Code { text: format!("{prefix}{:016}", 2_993_614_656_090_000 + number), shown_at, payer, used: false }
    }
}
