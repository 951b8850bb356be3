//! One paper on its way: what to do next, and what is known about it (hardware notes, section 3.3).
//!
//! Invariant: "not sent" only while no byte of the paper has been taken by the port; "answered" only on the printer's
//! word, given in its turn; everything between is unknown, and a person must look.
//! Deliberately absent: ports, clocks, and printing again.

use std::fmt;
use std::time::Duration;

use quickpay_core::time::Monotonic;

use super::hindrance::{self, Hindrance, PaperSensor};
use super::profile::{Answers, Trailer};

/// Silence after which a printer is woken: the end of an image that somebody else broke off may swallow our query.
const WAKE_AFTER: Duration = Duration::from_secs(2);
/// Zero bytes that end any broken image.
const WAKE_BYTES: usize = 8192;
/// Silence after which it counts as offline.
const OFFLINE_AFTER: Duration = Duration::from_secs(10);
/// While waiting for proof, ask this often what hinders.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How long a port may let its last bytes out. Where the printer gave its word there is nothing to wait for, and some
/// printers never hang up.
const LINGER_SENT: Duration = Duration::from_secs(3);
const LINGER_PROVEN: Duration = Duration::from_millis(300);

/// What is known about a paper in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintOutcome {
    /// It was printed, by this proof.
    Printed(Proof),
    /// No byte of it left; it may be printed again without a doubt.
    NotSent(Trouble),
    /// It may be on paper, in part or whole; a person must look.
    Unknown(Trouble),
}

/// How we know that a paper was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The printer said so, in order.
    Answered,
    /// All bytes were taken; this printer cannot say more.
    Sent,
}

/// What is in the way, in words by `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The printer says what hinders it.
    Hindered(Hindrance),
    /// The printer says nothing.
    Silent,
    /// The printer takes no more bytes.
    Stuck,
    /// There is no way to the printer; in the system's words.
    CannotOpen(String),
    /// The way broke; in the system's words.
    Broken(String),
    /// The terminal is being stopped.
    Stopped,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Hindered(Hindrance::PaperOut) => f.write_str("the printer is out of paper"),
            Trouble::Hindered(Hindrance::CoverOpen) => f.write_str("the printer's cover is open"),
            Trouble::Hindered(Hindrance::NeedsAttention) => f.write_str("the printer reports an error"),
            Trouble::Silent => f.write_str("the printer does not answer"),
            Trouble::Stuck => f.write_str("the printer takes no data"),
            Trouble::CannotOpen(words) => write!(f, "the printer cannot be reached: {words}"),
            Trouble::Broken(words) => write!(f, "the connection to the printer broke: {words}"),
            Trouble::Stopped => f.write_str("the terminal was stopped"),
        }
    }
}

/// How far a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// On its way; from here on a restart leaves it unknown.
    Sending,
    /// The printer has it, or part of it, and waits for a person; it goes on by itself afterwards. Do not resend.
    Interrupted(Hindrance),
}

/// What the owner of the port should do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Write(&'a [u8]),
    Listen,
    /// Close, and let the last bytes out for as long.
    Close(Duration),
    Done(PrintOutcome),
}

#[derive(Debug)]
enum Phase {
    Asking { since: Monotonic, woken: bool },
    Sending,
    Proving { asked_at: Monotonic },
    Closing(Proof),
    Done(PrintOutcome),
}

/// One paper.
#[derive(Debug)]
pub(crate) struct Job {
    phase: Phase,
    paper: Vec<u8>,
    outgoing: Vec<u8>,
    taken: usize,
    answers: Answers,
    confirmation: [u8; 7],
    heard: Vec<u8>,
    hindrance: Option<Hindrance>,
    deadline: Monotonic,
}

impl Job {
    /// A paper to print within a limit. The id is what [`Trailer::GsParenH`] is answered with.
    pub(crate) fn new(
        mut paper: Vec<u8>,
        answers: Answers,
        id: [u8; 4],
        now: Monotonic,
        limit: Duration,
    ) -> Job {
        let [a, b, c, d] = id;
        if let Answers::InOrder(trailer) = answers {
            paper.extend(super::escpos::proof_query(trailer, id));
        }
        let mut job = Job {
            phase: Phase::Sending,
            paper,
            outgoing: Vec::new(),
            taken: 0,
            answers,
            confirmation: [0x37, 0x22, a, b, c, d, 0],
            heard: Vec::new(),
            hindrance: None,
            deadline: now.after(limit),
        };
        match answers {
            Answers::None => job.send(),
            Answers::RealTime | Answers::InOrder(_) => {
                job.outgoing = hindrance::ASK_OFFLINE_CAUSE.to_vec();
                job.phase = Phase::Asking { since: now, woken: false };
            }
        }
        job
    }

    /// What to do now.
    pub(crate) fn step(&mut self, now: Monotonic) -> Step<'_> {
        self.watch(now);
        match &self.phase {
            Phase::Done(outcome) => Step::Done(outcome.clone()),
            Phase::Closing(Proof::Answered) => Step::Close(LINGER_PROVEN),
            Phase::Closing(Proof::Sent) => Step::Close(LINGER_SENT),
            Phase::Asking { .. } | Phase::Sending | Phase::Proving { .. } => {
                match self.outgoing.get(self.taken..) {
                    Some(rest) if !rest.is_empty() => Step::Write(rest),
                    _ => Step::Listen,
                }
            }
        }
    }

    /// How far it is, for people.
    pub(crate) fn stage(&self) -> Option<Stage> {
        match (&self.phase, self.hindrance) {
            (Phase::Sending | Phase::Proving { .. }, Some(hindrance)) => Some(Stage::Interrupted(hindrance)),
            (Phase::Sending | Phase::Proving { .. } | Phase::Closing(_), _) => Some(Stage::Sending),
            (Phase::Asking { .. } | Phase::Done(_), _) => None,
        }
    }

    /// The port took so many of the bytes it was given.
    pub(crate) fn wrote(&mut self, taken: usize, now: Monotonic) {
        self.taken = self.taken.saturating_add(taken).min(self.outgoing.len());
        if self.taken == self.outgoing.len() && matches!(self.phase, Phase::Sending) {
            self.phase = match self.answers {
                Answers::None | Answers::RealTime => Phase::Closing(Proof::Sent),
                Answers::InOrder(_) => Phase::Proving { asked_at: now },
            };
        }
    }

    /// The printer said something.
    pub(crate) fn heard(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match self.phase {
                Phase::Asking { .. } => self.heard_while_asking(*byte),
                Phase::Proving { .. } => self.heard_while_proving(*byte),
                Phase::Sending | Phase::Closing(_) | Phase::Done(_) => {}
            }
        }
    }

    /// The way broke.
    pub(crate) fn broke(&mut self, words: String) {
        self.give_up(Trouble::Broken(words));
    }

    /// The terminal is being stopped.
    pub(crate) fn stopped(&mut self) {
        self.give_up(Trouble::Stopped);
    }

    /// The port was closed, and its last bytes left or not.
    pub(crate) fn closed(&mut self, trouble: Option<String>) {
        if let Phase::Closing(proof) = self.phase {
            self.phase = Phase::Done(match (proof, trouble) {
                (Proof::Sent, Some(words)) => PrintOutcome::Unknown(Trouble::Broken(words)),
                (proof, _) => PrintOutcome::Printed(proof),
            });
        }
    }

    fn send(&mut self) {
        self.outgoing.clone_from(&self.paper);
        self.taken = 0;
        self.phase = Phase::Sending;
    }

    fn watch(&mut self, now: Monotonic) {
        match self.phase {
            Phase::Done(_) | Phase::Closing(_) => {}
            Phase::Asking { .. } if now >= self.deadline => self.give_up(Trouble::Silent),
            Phase::Sending if now >= self.deadline => self.give_up(Trouble::Stuck),
            Phase::Proving { .. } if now >= self.deadline => {
                self.give_up(self.hindrance.map_or(Trouble::Silent, Trouble::Hindered));
            }
            Phase::Asking { since, .. } if now.since(since) >= OFFLINE_AFTER => self.give_up(Trouble::Silent),
            Phase::Asking { since, woken: false } if now.since(since) >= WAKE_AFTER => {
                self.outgoing = [vec![0; WAKE_BYTES], hindrance::ASK_OFFLINE_CAUSE.to_vec()].concat();
                self.taken = 0;
                self.phase = Phase::Asking { since, woken: true };
            }
            // Our own query may not stand inside the paper: only when all of it has been taken.
            Phase::Proving { asked_at } if now.since(asked_at) >= ASK_EVERY => {
                if self.taken == self.outgoing.len() {
                    self.outgoing = hindrance::ASK_OFFLINE_CAUSE.to_vec();
                    self.taken = 0;
                }
                self.phase = Phase::Proving { asked_at: now };
            }
            Phase::Asking { .. } | Phase::Sending | Phase::Proving { .. } => {}
        }
    }

    fn heard_while_asking(&mut self, byte: u8) {
        match hindrance::offline_cause(byte) {
            Some(Some(hindrance)) => {
                self.phase = Phase::Done(PrintOutcome::NotSent(Trouble::Hindered(hindrance)));
            }
            Some(None) => self.send(),
            None => {} // ASB, XON or another's answer
        }
    }

    fn heard_while_proving(&mut self, byte: u8) {
        if let Answers::InOrder(Trailer::GsParenH) = self.answers {
            self.heard.push(byte);
            if self.heard.ends_with(&self.confirmation) {
                self.phase = Phase::Closing(Proof::Answered);
                return;
            }
        }
        if let Some(hindrance) = hindrance::offline_cause(byte) {
            self.hindrance = hindrance;
        } else if self.answers == Answers::InOrder(Trailer::GsR) {
            match hindrance::paper_sensor(byte) {
                Some(PaperSensor::Paper) => self.phase = Phase::Closing(Proof::Answered),
                Some(PaperSensor::End) => self.give_up(Trouble::Hindered(Hindrance::PaperOut)),
                None => {}
            }
        }
    }

    fn give_up(&mut self, trouble: Trouble) {
        let touched = match self.phase {
            Phase::Asking { .. } => false,
            Phase::Sending => self.taken > 0,
            Phase::Proving { .. } | Phase::Closing(_) => true,
            Phase::Done(_) => return,
        };
        self.phase = Phase::Done(if touched {
            PrintOutcome::Unknown(trouble)
        } else {
            PrintOutcome::NotSent(trouble)
        });
    }
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
