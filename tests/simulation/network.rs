//! The line between till and gateway: what arrives, when, how often, and in what shape.
//!
//! Invariant: "not sent" is told only when nothing was delivered and nothing ever will be; a request arrives at most
//! [`LATEST_MS`] after it left.
//! Deliberately absent: meaning; it carries.

use quickpay_core::answer::{
    Answer, IntentReport, IntentStatus, Mode, RefundAnswer, RefundReport, RefundStanding, RejectionKind,
    Silence,
};
use quickpay_core::id::{IntentId, OrderId};
use quickpay_core::input::Asked;

use crate::gateway::rejected;
use crate::queue::Reply;
use crate::seed::Seed;
use crate::tally::{Fault, Tally};

/// The client gives up after this (quick-pay rules, section 3).
pub(crate) const READ_LIMIT_MS: u64 = 10_000;
/// No request arrives later than this; with the longest search lag it stays inside what three spread searches past
/// the window can see (wire contract, section 6).
pub(crate) const LATEST_MS: u64 = 30_000;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything arrives at once.
    Fair,
    /// Some is lost, some is late, some arrives twice.
    Rough,
    /// Half of everything is late, often later than our timeout.
    Slow,
    /// Connections are refused: provably nothing leaves.
    Refusing,
    /// Whatever leaves is lost.
    Dead,
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The connection was never made; told after this.
    Refused { after: u64 },
    /// It left, and never arrives.
    Lost,
    /// It arrives after this, and perhaps once more.
    Arrives { after: u64, again: Option<u64> },
}

/// What the front of the gateway does with a request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Front {
    /// Hands it on.
    Open,
    /// Answers this without looking.
    Shut(Answer),
    /// Hands it on, and answers this instead of what came.
    Muddled(Silence),
}

/// The line.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) weather: Weather,
    /// Whether this life's front may ever refuse a request.
    pub(crate) moody_front: bool,
    /// Whether requests may arrive twice.
    pub(crate) echoes: bool,
    pub(crate) calm: bool,
    /// A story's own delay of the next request.
    pub(crate) next_after: Option<u64>,
    /// A story's second arrival of the next request, so much later.
    pub(crate) next_again: Option<u64>,
    /// A story loses so many of the next replies.
    pub(crate) replies_to_lose: u32,
    /// A story makes the next reply unreadable in one word.
    pub(crate) garbles_next: bool,
}

impl Network {
    pub(crate) fn draw(seed: &mut Seed) -> Network {
        let echoes = seed.chance(300);
        let moody_front = !echoes && seed.chance(200);
        Network { moody_front, echoes, calm: false, ..Network::gentle() }
    }

    pub(crate) fn gentle() -> Network {
        Network {
            weather: Weather::Fair,
            moody_front: false,
            echoes: false,
            calm: true,
            next_after: None,
            next_again: None,
            replies_to_lose: 0,
            garbles_next: false,
        }
    }

    /// Another weather, and for how long.
    pub(crate) fn change(&mut self, seed: &mut Seed, tally: &mut Tally) -> u64 {
        use Weather::{Dead, Fair, Refusing, Rough, Slow};
        tally.fault(Fault::LineChange);
        self.weather = seed.pick(&[Fair, Fair, Rough, Rough, Slow, Refusing, Dead], Fair);
        seed.between(500, 40_000)
    }

    pub(crate) fn heal(&mut self) {
        self.weather = Weather::Fair;
        self.calm = true;
    }

    /// A request leaves.
    pub(crate) fn outgoing(&mut self, seed: &mut Seed, tally: &mut Tally) -> Fate {
        if let Some(after) = self.next_after.take() {
            return Fate::Arrives { after, again: self.next_again.take() };
        }
        let (lost, late) = match self.weather {
            Weather::Refusing => {
                tally.fault(Fault::Refused);
                return Fate::Refused { after: seed.between(1, 6000) };
            }
            Weather::Dead => {
                tally.fault(Fault::Swallowed);
                return Fate::Lost;
            }
            Weather::Fair => (0, 0),
            Weather::Rough => (150, 150),
            Weather::Slow => (30, 500),
        };
        if seed.chance(lost) {
            tally.fault(Fault::RequestLost);
            return Fate::Lost;
        }
        let after = if seed.chance(late) { seed.between(500, LATEST_MS) } else { seed.between(5, 400) };
        if after > READ_LIMIT_MS {
            tally.fault(Fault::RequestLate);
        }
        let twice = self.echoes && self.weather != Weather::Fair && seed.chance(250);
        let again = twice.then(|| seed.between(1, LATEST_MS.saturating_sub(after).max(1)));
        if twice {
            tally.fault(Fault::RequestTwice);
        }
        Fate::Arrives { after, again }
    }

    /// A request arrived at the front.
    pub(crate) fn front(&mut self, asked: Asked, seed: &mut Seed, tally: &mut Tally) -> Front {
        if self.calm || !seed.chance(80) {
            return Front::Open;
        }
        match seed.below(8) {
            0 => {
                tally.fault(Fault::ServerError);
                Front::Shut(Answer::Silent(Silence::ServerError))
            }
            1 => {
                tally.fault(Fault::ServerError);
                Front::Muddled(Silence::ServerError)
            }
            2 => {
                tally.fault(Fault::Busy);
                let wait = std::time::Duration::from_millis(seed.below(8000));
                Front::Shut(Answer::Silent(Silence::Busy(seed.chance(500).then_some(wait))))
            }
            3 => {
                tally.fault(Fault::Conflict);
                Front::Muddled(Silence::Conflict)
            }
            4 | 5 => {
                tally.fault(Fault::Nonsense);
                Front::Muddled(Silence::Nonsense)
            }
            6 if self.moody_front => {
                tally.fault(Fault::ApiRefusal);
                use RejectionKind::{BadRequest, Forbidden, Unauthorized};
                Front::Shut(rejected(seed.pick(&[BadRequest, Forbidden, Unauthorized], Unauthorized)))
            }
            7 if asked == Asked::Inquire && self.moody_front => {
                tally.fault(Fault::NotFoundOnce);
                Front::Shut(rejected(RejectionKind::NotFound))
            }
            _ => Front::Open,
        }
    }

    /// A reply leaves the gateway: when it arrives and what it says then; `None` when it is lost.
    pub(crate) fn reply(
        &mut self,
        answer: Reply,
        seed: &mut Seed,
        tally: &mut Tally,
    ) -> Option<(u64, Reply)> {
        if self.replies_to_lose > 0 {
            self.replies_to_lose -= 1;
            return None;
        }
        let (lost, late) = match self.weather {
            Weather::Refusing | Weather::Dead => (700, 100),
            Weather::Fair => (0, 0),
            Weather::Rough => (150, 150),
            Weather::Slow => (30, 400),
        };
        if seed.chance(lost) {
            tally.fault(Fault::ReplyLost);
            return None;
        }
        let after = if seed.chance(late) { seed.between(500, 14_000) } else { seed.between(5, 400) };
        if std::mem::take(&mut self.garbles_next)
            && let Reply::Attempt(Answer::Intent(report)) = answer
        {
            let status = IntentStatus::Unproven("requires_confirmation".to_owned());
            return Some((after, Reply::Attempt(Answer::Intent(IntentReport { status, ..report }))));
        }
        let wrong = !self.calm && seed.chance(25);
        Some((after, if wrong { corrupted(answer, seed, tally) } else { answer }))
    }
}

/// One thing in the reply is not what the gateway knows.
fn corrupted(reply: Reply, seed: &mut Seed, tally: &mut Tally) -> Reply {
    match reply {
        Reply::Attempt(answer) => Reply::Attempt(corrupted_answer(answer, seed, tally)),
        Reply::Refund(RefundAnswer::Refund(report)) => {
            let report = if seed.chance(500) {
                tally.fault(Fault::WrongAmountTold);
                RefundReport { amount_minor: report.amount_minor.map(|minor| minor * 10), ..report }
            } else {
                tally.fault(Fault::UnknownWord);
                RefundReport { standing: RefundStanding::Unproven("reviewing".to_owned()), ..report }
            };
            Reply::Refund(RefundAnswer::Refund(report))
        }
        Reply::Refund(answer) => Reply::Refund(answer),
    }
}

fn corrupted_answer(answer: Answer, seed: &mut Seed, tally: &mut Tally) -> Answer {
    match answer {
        Answer::Intent(report) => Answer::Intent(wrong(report, seed, tally)),
        Answer::Found(mut reports) => {
            if let Some(last) = reports.pop() {
                reports.push(wrong(last, seed, tally));
            }
            Answer::Found(reports)
        }
        Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined { .. } => answer,
    }
}

fn wrong(report: IntentReport, seed: &mut Seed, tally: &mut Tally) -> IntentReport {
    match seed.below(6) {
        0 => {
            tally.fault(Fault::WrongAmountTold);
            IntentReport { amount_minor: report.amount_minor * 10, ..report }
        }
        1 => {
            tally.fault(Fault::WrongOrderTold);
            let order = Some(OrderId::from_journal("T9-000000-S0001a".to_owned()));
            IntentReport { order, id: IntentId("pi_stranger".to_owned()), ..report }
        }
        2 => {
            tally.fault(Fault::WrongModeTold);
            IntentReport { mode: Some(Mode::Live), ..report }
        }
        3 => {
            tally.fault(Fault::WrongCurrencyTold);
            IntentReport { currency: "USD".to_owned(), ..report }
        }
        4 => {
            tally.fault(Fault::OrderUntold);
            IntentReport { order: None, mode: None, ..report }
        }
        _ => {
            tally.fault(Fault::UnknownWord);
            let status = IntentStatus::Unproven("requires_confirmation".to_owned());
            IntentReport { status, ..report }
        }
    }
}
