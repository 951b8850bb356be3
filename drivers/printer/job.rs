//! One paper on its way: what to do next, and what is known about it (hardware notes, section 3.3).
//!
//! Invariant: "not sent" only while no byte of the paper has been taken by the port; "answered" only on the printer's
//! word, given in its turn; everything between is unknown, and a person must look.
//! Deliberately absent: ports, clocks, and printing again.

use std::fmt;
use std::time::Duration;

use quickpay_core::time::Monotonic;

use super::answers::{Ears, Said};
use super::hindrance::{self, Hindrance, PaperSensor};
use super::profile::{Answers, Reports, Trailer};
use super::usb::standing::PortStanding;

/// Silence after which a printer is woken: the end of an image that somebody else broke off may swallow our query.
const WAKE_AFTER: Duration = Duration::from_secs(2);
/// Zero bytes that end any broken image.
const WAKE_BYTES: usize = 8192;
/// Silence after which it counts as offline.
const OFFLINE_AFTER: Duration = Duration::from_secs(10);
/// While waiting for proof, ask this often what hinders.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// A person who changes the paper is waited for so many times longer than the printer itself.
const PATIENCE_WITH_PEOPLE: u32 = 5;
/// `GS a`: report every change by yourself.
const REPORT_CHANGES: &[u8] = &[0x1d, b'a', 0xff];
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
    Asking {
        since: Monotonic,
        woken: bool,
    },
    /// It was asked to report changes by itself; its first report is awaited.
    Reporting {
        since: Monotonic,
    },
    Sending,
    Proving {
        asked_at: Monotonic,
    },
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
    reports: Reports,
    id: [u8; 4],
    ears: Ears,
    /// In the printer's own words.
    hindrance: Option<Hindrance>,
    /// In the port's.
    port_hindrance: Option<Hindrance>,
    limit: Duration,
    deadline: Monotonic,
    last_deadline: Monotonic,
}

impl Job {
    /// A paper to print within a limit. The id is what [`Trailer::GsParenH`] is answered with.
    pub(crate) fn new(
        mut paper: Vec<u8>,
        answers: Answers,
        reports: Reports,
        id: [u8; 4],
        now: Monotonic,
        limit: Duration,
    ) -> Job {
        if let Answers::InOrder(trailer) = answers {
            paper.extend(super::escpos::proof_query(trailer, id));
        }
        let mut job = Job {
            phase: Phase::Sending,
            paper,
            outgoing: Vec::new(),
            taken: 0,
            answers,
            reports,
            id,
            ears: Ears::default(),
            hindrance: None,
            port_hindrance: None,
            limit,
            deadline: now.after(limit),
            last_deadline: now.after(limit.saturating_mul(PATIENCE_WITH_PEOPLE)),
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
            Phase::Asking { .. } | Phase::Reporting { .. } | Phase::Sending | Phase::Proving { .. } => {
                match self.outgoing.get(self.taken..) {
                    Some(rest) if !rest.is_empty() => Step::Write(rest),
                    _ => Step::Listen,
                }
            }
        }
    }

    /// How far it is, for people.
    pub(crate) fn stage(&self) -> Option<Stage> {
        match (&self.phase, self.hindered_by()) {
            (Phase::Sending | Phase::Proving { .. }, Some(hindrance)) => Some(Stage::Interrupted(hindrance)),
            (Phase::Sending | Phase::Proving { .. } | Phase::Closing(_), _) => Some(Stage::Sending),
            (Phase::Asking { .. } | Phase::Reporting { .. } | Phase::Done(_), _) => None,
        }
    }

    /// What the port knows of the printer, whatever the printer says: asked at first, and while it takes no data.
    pub(crate) fn port_stands(&mut self, standing: PortStanding) {
        self.port_hindrance = match standing {
            PortStanding::Well => None,
            PortStanding::Hindered(hindrance) => Some(hindrance),
        };
        let untouched = match self.phase {
            Phase::Asking { .. } | Phase::Reporting { .. } => true,
            Phase::Sending => self.taken == 0,
            Phase::Proving { .. } | Phase::Closing(_) | Phase::Done(_) => false,
        };
        if let (Some(hindrance), true) = (self.port_hindrance, untouched) {
            self.give_up(Trouble::Hindered(hindrance));
        }
    }

    fn hindered_by(&self) -> Option<Hindrance> {
        self.hindrance.or(self.port_hindrance)
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

    /// A write broke, and the port cannot say whether some of its bytes were taken.
    pub(crate) fn wrote_perhaps(&mut self) {
        self.taken = self.taken.max(1).min(self.outgoing.len());
    }

    /// The printer said something.
    pub(crate) fn heard(&mut self, bytes: &[u8], now: Monotonic) {
        for byte in bytes {
            for said in self.ears.hear(*byte) {
                match self.phase {
                    Phase::Asking { .. } => self.heard_while_asking(&said, now),
                    Phase::Reporting { .. } => self.heard_while_reporting(&said),
                    Phase::Sending => self.heard_of_hindrance(&said),
                    Phase::Proving { .. } => self.heard_while_proving(&said),
                    Phase::Closing(_) | Phase::Done(_) => {}
                }
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
        self.say(self.paper.clone());
        self.phase = Phase::Sending;
    }

    fn watch(&mut self, now: Monotonic) {
        if self.hindered_by().is_some() {
            self.deadline = now.after(self.limit).min(self.last_deadline).max(self.deadline);
        }
        match self.phase {
            Phase::Done(_) | Phase::Closing(_) => {}
            Phase::Asking { .. } | Phase::Reporting { .. } if now >= self.deadline => {
                self.give_up(Trouble::Silent);
            }
            Phase::Sending if now >= self.deadline => {
                self.give_up(self.hindered_by().map_or(Trouble::Stuck, Trouble::Hindered));
            }
            Phase::Proving { .. } if now >= self.deadline => {
                self.give_up(self.hindered_by().map_or(Trouble::Silent, Trouble::Hindered));
            }
            Phase::Asking { since, .. } | Phase::Reporting { since } if now.since(since) >= OFFLINE_AFTER => {
                self.give_up(Trouble::Silent);
            }
            Phase::Asking { since, woken: false } if now.since(since) >= WAKE_AFTER => {
                self.say([vec![0; WAKE_BYTES], hindrance::ASK_OFFLINE_CAUSE.to_vec()].concat());
                self.phase = Phase::Asking { since, woken: true };
            }
            // Our own query may not stand inside the paper: only when all of it has been taken.
            Phase::Proving { asked_at } if now.since(asked_at) >= ASK_EVERY => {
                if self.taken == self.outgoing.len() {
                    self.say(hindrance::ASK_OFFLINE_CAUSE.to_vec());
                }
                self.phase = Phase::Proving { asked_at: now };
            }
            Phase::Asking { .. } | Phase::Reporting { .. } | Phase::Sending | Phase::Proving { .. } => {}
        }
    }

    fn say(&mut self, bytes: Vec<u8>) {
        self.outgoing = bytes;
        self.taken = 0;
    }

    fn heard_while_asking(&mut self, said: &Said, now: Monotonic) {
        let Said::RealTime(byte) = said else { return }; // an automatic report, XON or another's answer
        match (hindrance::offline_cause(*byte), self.reports) {
            (Some(Some(hindrance)), _) => self.give_up(Trouble::Hindered(hindrance)),
            (Some(None), Reports::OnRequest) => self.send(),
            (Some(None), Reports::ByItself) => {
                self.say(REPORT_CHANGES.to_vec());
                self.phase = Phase::Reporting { since: now };
            }
            (None, _) => {}
        }
    }

    fn heard_while_reporting(&mut self, said: &Said) {
        match said {
            Said::Report(Some(hindrance)) => self.give_up(Trouble::Hindered(*hindrance)),
            Said::Report(None) => self.send(),
            Said::RealTime(_) | Said::Paper(_) | Said::Confirmed(_) => {}
            Said::Text(_) | Said::Flow | Said::Noise => {}
        }
    }

    fn heard_of_hindrance(&mut self, said: &Said) {
        match said {
            Said::RealTime(byte) => {
                if let Some(hindrance) = hindrance::offline_cause(*byte) {
                    self.hindrance = hindrance;
                }
            }
            Said::Report(hindrance) => self.hindrance = *hindrance,
            Said::Paper(_) | Said::Confirmed(_) | Said::Text(_) | Said::Flow | Said::Noise => {}
        }
    }

    fn heard_while_proving(&mut self, said: &Said) {
        self.heard_of_hindrance(said);
        match (self.answers, said) {
            (Answers::InOrder(Trailer::GsParenH), Said::Confirmed(id)) if *id == self.id => {
                self.phase = Phase::Closing(Proof::Answered);
            }
            (Answers::InOrder(Trailer::GsR), Said::Paper(PaperSensor::Paper)) => {
                self.phase = Phase::Closing(Proof::Answered);
            }
            (Answers::InOrder(Trailer::GsR), Said::Paper(PaperSensor::End)) => {
                self.give_up(Trouble::Hindered(Hindrance::PaperOut));
            }
            (Answers::None | Answers::RealTime | Answers::InOrder(_), _) => {}
        }
    }

    fn give_up(&mut self, trouble: Trouble) {
        let touched = match self.phase {
            Phase::Asking { .. } | Phase::Reporting { .. } => false,
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
