//! The model gateway with the wallets behind it: the truth about money.
//!
//! Invariant: a code is charged at most once; what was charged is never forgotten; nothing here looks at the till.
//! Deliberately absent: the wire; money that goes back is in `refunds.rs`.

use quickpay_core::answer::{
    Answer, Decline, IntentReport, IntentStatus, Mode, RefundAnswer, Rejection, RejectionKind,
};
use quickpay_core::effect::Inquiry;
use quickpay_core::id::{IntentId, OrderId};

use crate::payer::{Code, Payer};
use crate::refunds::{Mood, Refunded};
use crate::seed::Seed;
use crate::tally::{Fault, Tally};

/// A code is charged no later than this after it was shown (quick-pay rules, section 2).
pub(crate) const CODE_LIVES_MS: u64 = 60_000;

/// How this life's gateway behaves, within the wire contract.
#[derive(Debug, Clone)]
pub(crate) struct Habits {
    /// Repeats of a create find the first intent (wire contract, section 6: unproven).
    pub(crate) honours_keys: bool,
    /// An intent is found by search at most this much later.
    pub(crate) search_lag_ms: u64,
    /// Declines come as 402 without the intent.
    pub(crate) hides_declined_intents: bool,
    /// The wallet closes what was not paid after this; one without reversal always does, after three minutes.
    pub(crate) closes_after_ms: Option<u64>,
    /// A cancel of a paid intent gives the money back.
    pub(crate) reverses_paid: bool,
    /// A cancel does not reach the wallet: the payer can still pay.
    pub(crate) deaf_wallet: bool,
    /// Its payers take so much longer: often we have given up by then.
    pub(crate) slow_ms: u64,
    /// Such a payment brings one minor unit more than we asked for; and so does the second intent of a request that
    /// arrived twice, where keys are ignored.
    pub(crate) strays: bool,
    /// Charges one minor unit more than we asked, once.
    pub(crate) overcharges: bool,
    /// What becomes of refunds.
    pub(crate) refunds: Mood,
}

impl Habits {
    pub(crate) fn draw(seed: &mut Seed) -> Habits {
        let deaf_wallet = seed.chance(120);
        Habits {
            honours_keys: !seed.chance(250),
            search_lag_ms: seed.pick(&[0, 2000, 12_000, 25_000, 25_000], 0),
            hides_declined_intents: seed.chance(200),
            closes_after_ms: seed.pick(&[None, Some(45_000), Some(180_000)], None),
            reverses_paid: seed.chance(500),
            deaf_wallet,
            slow_ms: if deaf_wallet { 40_000 } else { 0 },
            strays: seed.chance(500),
            overcharges: seed.chance(80),
            refunds: Mood::draw(seed),
        }
    }

    /// A second create of an order is refused by its number (wire contract, section 11: perhaps). Where searches lag, so that
    /// it hurts.
    fn knows_orders(&self) -> bool {
        !self.strays && self.search_lag_ms >= 12_000
    }

    pub(crate) fn gentle() -> Habits {
        Habits {
            honours_keys: true,
            search_lag_ms: 0,
            hides_declined_intents: false,
            closes_after_ms: Some(180_000),
            reverses_paid: false,
            deaf_wallet: false,
            slow_ms: 0,
            strays: false,
            overcharges: false,
            refunds: Mood::Willing,
        }
    }
}

/// Where an intent truly stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stand {
    Pending,
    Refused(&'static str),
    Succeeded,
    Canceled,
}

/// One intent.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) id: IntentId,
    pub(crate) order: OrderId,
    pub(crate) asked_minor: u64,
    pub(crate) minor: u64,
    pub(crate) stand: Stand,
    pub(crate) visible_at: u64,
    /// The payer will still do something.
    pub(crate) payer_may_pay: bool,
    /// Paid after it had been canceled, or beside the intent that the code paid.
    pub(crate) late: bool,
}

impl Intent {
    /// Money that came after a confirmed cancel or beside the payment, and not as much as we had asked for.
    pub(crate) fn is_stray(&self) -> bool {
        self.stand == Stand::Succeeded && self.late && self.minor != self.asked_minor
    }
}

/// Something that the wallet will do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WalletAct {
    Pay,
    GiveUp,
    Close,
}

/// What the wallet will do, and when, in milliseconds from now.
pub(crate) type Later = Vec<(u64, usize, WalletAct)>;

/// The gateway.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) habits: Habits,
    pub(crate) codes: Vec<Code>,
    pub(crate) intents: Vec<Intent>,
    pub(crate) refunds: Vec<Refunded>,
    /// Numbers of refunds that were refused, once or more.
    pub(crate) refused: Vec<OrderId>,
    pub(crate) calm: bool,
    /// Grows with every change of the truth.
    pub(crate) changes: u64,
}

impl Gateway {
    pub(crate) fn new(habits: Habits) -> Gateway {
        Gateway {
            habits,
            codes: Vec::new(),
            intents: Vec::new(),
            refunds: Vec::new(),
            refused: Vec::new(),
            calm: false,
            changes: 0,
        }
    }

    pub(crate) fn code(&self, text: &str) -> Option<usize> {
        self.codes.iter().position(|code| code.text == text)
    }

    pub(crate) fn of_order<'a>(&'a self, order: &'a OrderId) -> impl Iterator<Item = &'a Intent> {
        self.intents.iter().filter(move |intent| intent.order == *order)
    }

    /// A create and confirm arrives.
    pub(crate) fn pay(
        &mut self,
        now: u64,
        (order, minor, code): (&OrderId, u64, &str),
        (seed, tally): (&mut Seed, &mut Tally),
    ) -> (Answer, Later) {
        let second = self.of_order(order).next().is_some();
        if let Some(answer) = self.known_already(order, tally) {
            return (answer, Vec::new());
        }
        self.changes += 1;
        let at = self.intents.len();
        let overcharged = !self.calm && self.habits.overcharges && at == 0;
        self.intents.push(Intent {
            id: IntentId(format!("pi_{at}")),
            order: order.clone(),
            asked_minor: minor,
            minor: minor + u64::from(overcharged),
            stand: Stand::Pending,
            visible_at: now + seed.below(self.habits.search_lag_ms + 1),
            payer_may_pay: false,
            late: false,
        });
        let payer = self.payer_of(now, code);
        let slow = self.habits.slow_ms;
        let (stand, mut later) = match payer {
            Payer::Pays => (Stand::Pending, vec![(0, at, WalletAct::Pay)]),
            Payer::PaysLater(after) => (Stand::Pending, vec![(after + slow, at, WalletAct::Pay)]),
            Payer::GivesUp(after) => (Stand::Pending, vec![(after, at, WalletAct::GiveUp)]),
            Payer::Sleeps => (Stand::Pending, Vec::new()),
            Payer::Refused(code) => (Stand::Refused(code), Vec::new()),
            Payer::FaultThenPays(after) => {
                tally.fault(Fault::DoubtfulDecline);
                (Stand::Refused("SYSTEMERROR"), vec![(after, at, WalletAct::Pay)])
            }
            Payer::FaultForGood => {
                tally.fault(Fault::DoubtfulDecline);
                (Stand::Refused("SYSTEMERROR"), Vec::new())
            }
        };
        if let Some(intent) = self.intents.get_mut(at) {
            intent.stand = stand;
            intent.payer_may_pay = later.iter().any(|(_, _, act)| *act == WalletAct::Pay);
        }
        let strays = self.habits.strays && !self.habits.deaf_wallet; // one alarm an attempt (ADR 0015)
        if second && strays && !self.calm && payer == Payer::Refused("AUTH_CODE_ERROR") {
            tally.fault(Fault::SecondIntentPaid);
            tally.charges += 1;
            if let Some(intent) = self.intents.get_mut(at) {
                (intent.stand, intent.minor, intent.late) = (Stand::Succeeded, minor + 1, true);
            }
        } else if payer == Payer::Pays {
            later.clear();
            self.act(at, WalletAct::Pay, tally);
        } else if let Some(after) = self.habits.closes_after_ms.or(code.starts_with("51").then_some(180_000))
        {
            later.push((after, at, WalletAct::Close));
        }
        if overcharged {
            tally.fault(Fault::WrongAmountCharged);
        }
        if self.habits.hides_declined_intents
            && let Some(Intent { stand: Stand::Refused(code), id, .. }) = self.intents.get(at)
        {
            tally.fault(Fault::IntentUntold);
            let told = (!self.calm && at % 2 == 1).then(|| id.clone()); // sometimes at least its name
            return (Answer::Declined { decline: decline(code), intent: told }, later);
        }
        (self.told(at), later)
    }

    /// What a create says that is not the first of its order, where it makes no second intent.
    fn known_already(&self, order: &OrderId, tally: &mut Tally) -> Option<Answer> {
        let first = self.intents.iter().position(|intent| intent.order == *order)?;
        if self.habits.honours_keys {
            return Some(self.told(first));
        }
        tally.fault(Fault::KeyIgnored);
        self.habits.knows_orders().then(|| {
            tally.fault(Fault::OrderRefused);
            let (kind, words) = (RejectionKind::BadRequest, "this order was used".to_owned());
            Answer::Rejected(Rejection { kind, code: Some("OUT_TRADE_NO_USED".to_owned()), words })
        })
    }

    /// Whose code it is; it is used up.
    fn payer_of(&mut self, now: u64, code: &str) -> Payer {
        match self.code(code).and_then(|known| self.codes.get_mut(known)) {
            Some(known) if known.used => Payer::Refused("AUTH_CODE_ERROR"),
            Some(known) if now > known.shown_at + CODE_LIVES_MS => Payer::Refused("AUTHCODEEXPIRE"),
            Some(known) => {
                known.used = true;
                known.payer
            }
            None => Payer::Refused("AUTH_CODE_INVALID"),
        }
    }

    /// The wallet or the payer does something by itself.
    pub(crate) fn act(&mut self, at: usize, act: WalletAct, tally: &mut Tally) {
        let Habits { deaf_wallet: deaf, strays, .. } = self.habits;
        let Some(intent) = self.intents.get_mut(at) else { return };
        self.changes += 1;
        match (act, &intent.stand) {
            (WalletAct::Pay, Stand::Pending | Stand::Refused(_)) => {
                if matches!(intent.stand, Stand::Refused(_)) {
                    tally.fault(Fault::LateSuccess);
                }
                intent.stand = Stand::Succeeded;
                tally.charges += 1;
            }
            (WalletAct::Pay, Stand::Canceled) if deaf => {
                tally.fault(Fault::PaidAfterCancel);
                intent.stand = Stand::Succeeded;
                intent.late = true;
                if strays {
                    tally.fault(Fault::StrayMoney);
                    intent.minor = intent.asked_minor + 1;
                }
                tally.charges += 1;
            }
            (WalletAct::GiveUp, Stand::Pending) => intent.stand = Stand::Refused("PAYER_CANCELLED"),
            (WalletAct::Close, Stand::Pending | Stand::Refused(_)) => {
                intent.stand = Stand::Canceled;
                intent.payer_may_pay &= deaf;
            }
            (WalletAct::Pay, Stand::Succeeded | Stand::Canceled) => {}
            (WalletAct::GiveUp | WalletAct::Close, _) => {}
        }
        if act == WalletAct::Pay {
            intent.payer_may_pay = false;
        }
    }

    /// A question arrives.
    pub(crate) fn inquire(&self, now: u64, by: &Inquiry, tally: &mut Tally) -> Answer {
        match by {
            Inquiry::Intent(id) => match self.intents.iter().position(|intent| intent.id == *id) {
                Some(at) => self.told(at),
                None => rejected(RejectionKind::NotFound),
            },
            Inquiry::Order(order) => {
                let visible: Vec<_> =
                    self.of_order(order).filter(|intent| intent.visible_at <= now).map(report).collect();
                if visible.is_empty() && self.of_order(order).next().is_some() {
                    tally.fault(Fault::SearchLagged);
                }
                Answer::Found(visible)
            }
        }
    }

    /// A cancel arrives.
    pub(crate) fn cancel(&mut self, id: &IntentId, seed: &mut Seed, tally: &mut Tally) -> Answer {
        let Some(at) = self.intents.iter().position(|intent| intent.id == *id) else {
            return rejected(RejectionKind::NotFound);
        };
        let lies = !self.calm && seed.chance(400);
        let Habits { deaf_wallet, .. } = self.habits;
        let reverses_paid = self.habits.reverses_paid && self.given_back(id) == 0;
        let Some(intent) = self.intents.get_mut(at) else { return rejected(RejectionKind::NotFound) };
        self.changes += 1;
        if lies {
            tally.fault(Fault::CancelLied);
            return Answer::Intent(IntentReport { status: IntentStatus::Canceled, ..report(intent) });
        }
        match intent.stand {
            Stand::Succeeded if !reverses_paid => return rejected(RejectionKind::BadRequest),
            Stand::Succeeded | Stand::Pending | Stand::Refused(_) | Stand::Canceled => {
                intent.stand = Stand::Canceled;
                intent.payer_may_pay &= deaf_wallet;
            }
        }
        self.told(at)
    }

    fn told(&self, at: usize) -> Answer {
        self.intents.get(at).map_or_else(|| rejected(RejectionKind::NotFound), |i| Answer::Intent(report(i)))
    }
}

pub(crate) fn rejected(kind: RejectionKind) -> Answer {
    Answer::Rejected(Rejection { kind, code: None, words: "no".to_owned() })
}

pub(crate) fn refund_rejected(kind: RejectionKind) -> RefundAnswer {
    RefundAnswer::Rejected(Rejection { kind, code: None, words: "no".to_owned() })
}

pub(crate) fn decline(code: &str) -> Decline {
    Decline { code: None, decline_code: Some(code.to_owned()), message: None }
}

fn report(intent: &Intent) -> IntentReport {
    IntentReport {
        id: intent.id.clone(),
        order: Some(intent.order.clone()),
        amount_minor: intent.minor,
        currency: "CNY".to_owned(),
        mode: Some(Mode::Test),
        status: match intent.stand {
            Stand::Pending => IntentStatus::Pending,
            Stand::Refused(code) => IntentStatus::Refused(decline(code)),
            Stand::Succeeded => IntentStatus::Succeeded,
            Stand::Canceled => IntentStatus::Canceled,
        },
        wallet_reference: None,
    }
}
