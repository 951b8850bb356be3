//! What the terminal knows only while it runs: the amount on the keys, codes in memory, what is under way.
//!
//! Invariant: losing all of it loses no money and no fact; nothing here is ever written to disk.
//! Deliberately absent: anything that a restart must still know (that is a record).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::id::{AttemptId, RefundId, SaleId};
use crate::input::Asked;
use crate::pace::Pace;
use crate::payment_code::{CodeFingerprint, FingerprintKey, PaymentCode};
use crate::printer_watch::PrinterWatch;
use crate::time::Monotonic;
use crate::view::{Ask, Device, Panel};

/// How long a code is remembered as used (quick-pay rules, section 10: at most 5 minutes).
const SEEN_FOR: Duration = Duration::from_secs(300);

/// This run's memory.
#[derive(Debug)]
pub(crate) struct Desk {
    /// The amount as typed, without currency.
    pub(crate) entry: String,
    /// Questions answered with yes for the present entry.
    pub(crate) confirmed: Vec<Ask>,
    /// The sale on the panel.
    pub(crate) shown: Option<SaleId>,
    /// How it came there.
    pub(crate) panel: Panel,
    /// The sale of long ago that was last asked for.
    pub(crate) recalled: Option<SaleId>,
    /// Codes of held attempts and of payments under way; wiped when dropped.
    pub(crate) vault: BTreeMap<AttemptId, PaymentCode>,
    /// Codes that were taken in the last minutes.
    pub(crate) seen: Vec<SeenCode>,
    /// What is asked and not yet answered; one a sale's attempt.
    pub(crate) in_flight: BTreeMap<AttemptId, Asked>,
    /// When to ask next about each attempt in doubt.
    pub(crate) polls: BTreeMap<AttemptId, Poll>,
    /// Refunds that are asked about and not yet answered.
    pub(crate) refunds_in_flight: BTreeSet<RefundId>,
    /// When to ask next about each refund that was sent.
    pub(crate) refund_polls: BTreeMap<RefundId, RefundPoll>,
    /// What is known of the line.
    pub(crate) line: Line,
    /// What is known of the printer.
    pub(crate) printer: PrinterWatch,
    /// The scanner.
    pub(crate) scanner: Device,
    /// Until then the next scan is a receipt to be copied.
    pub(crate) seeking_until: Option<Monotonic>,
    /// How fast the gateway is asked.
    pub(crate) pace: Pace,
    /// The key of this run's code fingerprints.
    pub(crate) key: FingerprintKey,
}

/// A code that was taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenCode {
    pub(crate) fingerprint: CodeFingerprint,
    pub(crate) attempt: AttemptId,
    pub(crate) at: Monotonic,
}

/// When to ask next about an attempt in doubt, and what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Poll {
    pub(crate) next_at: Monotonic,
    pub(crate) step: Step,
    /// Searches in a row that found nothing.
    pub(crate) empties: u32,
    /// Those of them past the payment window.
    pub(crate) late_empties: u32,
    /// Reversals that were answered without ending the attempt.
    pub(crate) reversals: u32,
    /// The pause after the last of them.
    pub(crate) reverse_again_at: Monotonic,
    /// All questions so far; varies the jitter.
    pub(crate) questions: u32,
}

/// When to ask next about a refund.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RefundPoll {
    pub(crate) next_at: Monotonic,
    /// Requests of this run that may have left; 0 after a restart, which can tell nothing.
    pub(crate) sends: Sends,
    /// All questions so far; the pause grows with it.
    pub(crate) questions: u32,
    /// When a request that gives money back last left.
    pub(crate) asked_at: Option<Monotonic>,
    /// When the gateway last said that it is working on it.
    pub(crate) told_at: Option<Monotonic>,
}

/// How often a refund may have left in this run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Sends {
    /// It was sent before this run, or more than once.
    #[default]
    Earlier,
    /// This run sent it, and only once.
    FirstNow,
}

/// What to ask next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Step {
    /// What became of it.
    #[default]
    Inquire,
    /// To undo it.
    Reverse,
}

/// What is known of the line to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) standing: LineStanding,
    pub(crate) next_probe: Monotonic,
    pub(crate) probing: bool,
    pub(crate) misses: u32,
    /// Since when exchanges can be completed again.
    pub(crate) back_since: Monotonic,
}

/// What waits for the line to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Nothing; the line is only shown.
    Nothing,
    /// A sale is open: a question, a reversal or a refund waits.
    SomethingIsOwed,
}

/// Whether exchanges can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineStanding {
    /// Nothing was tried yet.
    Unproven,
    /// The last exchange was completed.
    Up,
    /// The last exchange brought no answer; a probe will tell.
    Suspect,
    /// No exchange can be completed.
    Down,
}

/// One change of this run's memory.
#[derive(Debug)]
pub(crate) enum Note {
    Entry(String),
    Confirmed(Ask),
    Shown(Option<SaleId>),
    /// The cashier looks a sale up; it is not for the customer's eyes.
    LookedUp(SaleId),
    CodeKept(AttemptId, PaymentCode),
    CodeWiped(AttemptId),
    CodeSeen(SeenCode),
    Sent(AttemptId, Asked),
    Answered(AttemptId),
    Poll(AttemptId, Poll),
    Settled(AttemptId),
    RefundAsked(RefundId, RefundPoll),
    RefundAnswered(RefundId, RefundPoll),
    Line(Line),
    Seeking(Option<Monotonic>),
    Pace(Pace),
    Printer(PrinterWatch),
    Scanner(Device),
}

impl Desk {
    pub(crate) fn new(key: FingerprintKey) -> Desk {
        Desk {
            entry: String::new(),
            confirmed: Vec::new(),
            shown: None,
            panel: Panel::Counter,
            recalled: None,
            vault: BTreeMap::new(),
            seen: Vec::new(),
            in_flight: BTreeMap::new(),
            polls: BTreeMap::new(),
            refunds_in_flight: BTreeSet::new(),
            refund_polls: BTreeMap::new(),
            line: Line {
                standing: LineStanding::Unproven,
                next_probe: Monotonic(0),
                probing: false,
                misses: 0,
                back_since: Monotonic(0),
            },
            printer: PrinterWatch::new(),
            scanner: Device::Absent,
            seeking_until: None,
            pace: Pace::default(),
            key,
        }
    }

    pub(crate) fn take(&mut self, note: Note) {
        match note {
            Note::Entry(entry) => {
                self.seeking_until = None;
                self.entry = entry;
                self.confirmed.clear();
            }
            Note::Confirmed(ask) => self.confirmed.push(ask),
            Note::Shown(sale) => (self.shown, self.panel) = (sale, Panel::Counter),
            Note::LookedUp(sale) => (self.shown, self.panel) = (Some(sale), Panel::LookedUp),
            Note::CodeKept(attempt, code) => {
                self.vault.insert(attempt, code);
            }
            Note::CodeWiped(attempt) => {
                self.vault.remove(&attempt);
            }
            Note::CodeSeen(seen) => {
                self.seen.retain(|old| seen.at.since(old.at) < SEEN_FOR);
                self.seen.push(seen);
            }
            Note::Sent(attempt, asked) => {
                self.in_flight.insert(attempt, asked);
            }
            Note::Answered(attempt) => {
                self.in_flight.remove(&attempt);
            }
            Note::Poll(attempt, poll) => {
                self.polls.insert(attempt, poll);
            }
            Note::Settled(attempt) => {
                self.polls.remove(&attempt);
                self.vault.remove(&attempt);
            }
            Note::RefundAsked(refund, poll) => {
                self.refunds_in_flight.insert(refund);
                self.refund_polls.insert(refund, poll);
            }
            Note::RefundAnswered(refund, poll) => {
                self.refunds_in_flight.remove(&refund);
                self.refund_polls.insert(refund, poll);
            }
            Note::Line(line) => self.line = line,
            Note::Seeking(until) => self.seeking_until = until,
            Note::Pace(pace) => self.pace = pace,
            Note::Printer(printer) => self.printer = printer,
            Note::Scanner(device) => self.scanner = device,
        }
    }

    /// Sales that something here is about: on the panel, under way, last recalled, or with a code still remembered.
    pub(crate) fn sales_at_hand(&self) -> BTreeSet<SaleId> {
        let attempts = self.vault.keys().chain(self.in_flight.keys());
        let attempts = attempts.chain(self.seen.iter().map(|seen| &seen.attempt));
        let refunds = self.refunds_in_flight.iter().map(|refund| refund.sale);
        let named = self.shown.into_iter().chain(self.recalled);
        attempts.map(|attempt| attempt.sale).chain(refunds).chain(named).collect()
    }

    pub(crate) fn poll(&self, attempt: AttemptId) -> Poll {
        self.polls.get(&attempt).copied().unwrap_or_default()
    }

    pub(crate) fn seen_before(&self, fingerprint: CodeFingerprint, now: Monotonic) -> Option<SeenCode> {
        let recent = |seen: &&SeenCode| seen.fingerprint == fingerprint && now.since(seen.at) < SEEN_FOR;
        self.seen.iter().rev().find(recent).copied()
    }
}

impl Line {
    /// After any completed exchange.
    pub(crate) fn completed(self, now: Monotonic, check_interval: Duration) -> Line {
        let back_since = match self.standing {
            LineStanding::Up | LineStanding::Suspect => self.back_since,
            LineStanding::Unproven | LineStanding::Down => now,
        };
        let next_probe = now.after(check_interval);
        Line { standing: LineStanding::Up, next_probe, misses: 0, back_since, ..self }
    }

    /// After an exchange that brought no answer: one alone proves nothing, a probe tells at once.
    pub(crate) fn unanswered(self, now: Monotonic, check_interval: Duration, waiting: Waiting) -> Line {
        match self.standing {
            LineStanding::Up => Line { standing: LineStanding::Suspect, next_probe: now, ..self },
            LineStanding::Unproven | LineStanding::Suspect | LineStanding::Down => {
                self.broken(now, check_interval, waiting)
            }
        }
    }

    /// After a connection that could not be made. Tries again after 1, 2, 4, 5, 5 … seconds, or after 1, 2, 2 … while
    /// something is owed; each up to a fifth sooner, so that the tills of a shop do not ask in step (ADR 0004).
    pub(crate) fn broken(self, now: Monotonic, check_interval: Duration, waiting: Waiting) -> Line {
        let pause_s: u64 = match (self.misses, waiting) {
            (0, _) => 1,
            (1, _) | (_, Waiting::SomethingIsOwed) => 2,
            (2, Waiting::Nothing) => 4,
            (_, Waiting::Nothing) => 5,
        };
        let pause = Duration::from_secs(pause_s).min(check_interval);
        // The clock of this very moment differs from till to till, as a random number would.
        let permille = 800 + u32::try_from(now.0 % 201).unwrap_or(0);
        let pause = pause * permille / 1000;
        let misses = self.misses.saturating_add(1);
        Line { standing: LineStanding::Down, next_probe: now.after(pause), misses, ..self }
    }
}
