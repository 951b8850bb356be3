//! A gateway that says anything: no answer, however odd, makes an entry that does not follow from those before it, books
//! one intent twice, or leaves due work undone.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::collections::BTreeSet;

use quickpay_core::answer::{
    Answer, Decline, IntentReport, IntentStatus, Mode, RefundAnswer, RefundNumber, RefundReport,
    RefundStanding, Rejection, RejectionKind, Silence,
};
use quickpay_core::attempt::Phase;
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, OrderId, RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding, Seen, Sight};
use quickpay_core::record::PrintProof;
use till::Till;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap() % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let at = self.below(from.len());
        from.get(at).cloned().unwrap()
    }
}

const DECLINES: [&str; 6] =
    ["AUTH_CODE_ERROR", "SYSTEMERROR", "NOTENOUGH", "ORDERPAID", "NOAUTH", "PAYER_CANCELLED"];

fn decline(dice: &mut Dice) -> Decline {
    Decline { code: None, decline_code: Some(dice.pick(&DECLINES).to_owned()), message: None }
}

fn intent(dice: &mut Dice) -> IntentId {
    IntentId(dice.pick(&["pi_1", "pi_1", "pi_2", "pi_3"]).to_owned())
}

fn status(dice: &mut Dice) -> IntentStatus {
    match dice.below(8) {
        0..3 => IntentStatus::Succeeded,
        3 => IntentStatus::Pending,
        4 => IntentStatus::Refused(decline(dice)),
        5 | 6 => IntentStatus::Canceled,
        _ => IntentStatus::Unproven("requires_confirmation".to_owned()),
    }
}

fn report(dice: &mut Dice, order: &OrderId) -> IntentReport {
    let stranger = OrderId::from_journal("T9-000000-S0001a".to_owned());
    IntentReport {
        id: intent(dice),
        order: dice.pick(&[
            Some(order.clone()),
            Some(order.clone()),
            Some(order.clone()),
            None,
            Some(stranger),
        ]),
        amount_minor: dice.pick(&[8800, 8800, 8800, 8801]),
        currency: dice.pick(&["CNY", "CNY", "CNY", "cny", "USD"]).to_owned(),
        mode: dice.pick(&[None, Some(Mode::Test), Some(Mode::Test), Some(Mode::Live)]),
        status: status(dice),
        wallet_reference: None,
    }
}

fn silence(dice: &mut Dice) -> Silence {
    use Silence::{Busy, Conflict, NoAnswer, Nonsense, ServerError};
    dice.pick(&[NoAnswer, ServerError, Conflict, Nonsense, Busy(None)])
}

fn rejection(dice: &mut Dice) -> Rejection {
    use RejectionKind::{BadRequest, Forbidden, NotFound, Other, Unauthorized};
    Rejection {
        kind: dice.pick(&[BadRequest, BadRequest, Unauthorized, Forbidden, NotFound, NotFound, Other]),
        code: dice.pick(&[None, Some("ORDERPAID".to_owned()), Some("parameter_invalid".to_owned())]),
        words: "no".to_owned(),
    }
}

fn answer(dice: &mut Dice, order: &OrderId) -> Answer {
    match dice.below(12) {
        0 => Answer::NotSent,
        1 | 2 => Answer::Silent(silence(dice)),
        3 => Answer::Rejected(rejection(dice)),
        4 => Answer::Declined {
            decline: decline(dice),
            intent: Some(intent(dice)).filter(|_| dice.below(2) == 0),
        },
        5..8 => Answer::Intent(report(dice, order)),
        _ => Answer::Found((0..dice.below(4)).map(|_| report(dice, order)).collect()),
    }
}

fn refund_answer(dice: &mut Dice) -> RefundAnswer {
    match dice.below(8) {
        0 => RefundAnswer::NotSent,
        1 | 2 => RefundAnswer::Silent(silence(dice)),
        3 => RefundAnswer::Rejected(rejection(dice)),
        _ => RefundAnswer::Refund(RefundReport {
            id: RefundNumber(dice.pick(&["re_1", "re_2"]).to_owned()),
            amount_minor: dice.pick(&[None, Some(8800), Some(1000), Some(1)]),
            standing: match dice.below(4) {
                0 => RefundStanding::Pending,
                1 => RefundStanding::Succeeded,
                2 => RefundStanding::Failed("no".to_owned()),
                _ => RefundStanding::Unproven("reviewing".to_owned()),
            },
        }),
    }
}

/// Answers one of the wishes that are open, as the workers do: each once.
fn answer_one(till: &mut Till, dice: &mut Dice) {
    if till.effects.is_empty() {
        return;
    }
    let order_of = |till: &Till, id: AttemptId| {
        till.terminal.ledger().attempt(id).map(|(_, attempt)| attempt.order.clone()).unwrap()
    };
    let at = dice.below(till.effects.len());
    let input = match till.effects.swap_remove(at) {
        Effect::Pay { attempt, .. } => {
            let answer = answer(dice, &order_of(till, attempt));
            Input::Answered { attempt, asked: Asked::Pay, answer }
        }
        Effect::Inquire { attempt, .. } => {
            let answer = answer(dice, &order_of(till, attempt));
            Input::Answered { attempt, asked: Asked::Inquire, answer }
        }
        Effect::Reverse { attempt, .. } => {
            let answer = answer(dice, &order_of(till, attempt));
            Input::Answered { attempt, asked: Asked::Reverse, answer }
        }
        Effect::Refund { refund, .. } | Effect::InquireRefund { refund, .. } => {
            Input::RefundAnswered { refund, answer: refund_answer(dice) }
        }
        Effect::ProbeLine => Input::LineProbed(dice.pick(&[LineProof::Up, LineProof::Up, LineProof::Down])),
        Effect::LookForPrinter => Input::PrinterLooked(Sight::Ready),
        Effect::Print { job, .. } => {
            let proof = PrintEnding::Printed(PrintProof::Sent);
            Input::PrintEnded { job, ending: dice.pick(&[proof, PrintEnding::NotSent, PrintEnding::Unknown]) }
        }
    };
    till.give(input).unwrap();
}

fn somebody_acts(till: &mut Till, dice: &mut Dice, codes: &mut u64) {
    let sale = SaleId(u32::try_from(1 + dice.below(3)).unwrap());
    let refund = RefundId { sale, index: u8::try_from(1 + dice.below(3)).unwrap() };
    let amount = dice.pick(&[None, Some("10.00".to_owned()), Some("0.01".to_owned())]);
    match dice.below(14) {
        0 => till.give(Input::AmountEntered("88.00".to_owned())).ok(),
        1 | 2 => {
            *codes += 1;
            till.scan(&format!("13{:016}", *codes)).ok()
        }
        3 => till.give(Input::Confirmed).ok(),
        4 => till.give(Input::CancelAsked).ok(),
        5 => till.give(Input::PutAside).ok(),
        6 => till.give(Input::Resumed(sale)).ok(),
        7 => till.give(Input::CheckAsked(Some(sale))).ok(),
        8 | 9 => {
            let reason = "returned".to_owned();
            till.give(Input::RefundAsked { sale, amount, reason, approver: None }).ok()
        }
        10 => till
            .give(Input::RefundSeen { refund, seen: dice.pick(&[Seen::Yes, Seen::No]), approver: None })
            .ok(),
        11 => till.give(Input::PutRight { sale, approver: None }).ok(),
        12 => till.give(Input::SlipAsked(sale)).ok(),
        _ => till.give(Input::Cleared).ok(),
    };
}

/// What an intent is booked as stands once in the ledger: it pays one attempt, or it is owed back once, never both.
fn no_intent_is_booked_twice(till: &Till, about: &str) {
    let mut booked = BTreeSet::new();
    for sale in till.terminal.ledger().sales().values() {
        let paid = sale.attempts.iter().filter(|attempt| matches!(attempt.phase, Phase::Approved { .. }));
        let paid = paid.filter_map(|attempt| attempt.phase.intent());
        for intent in paid.chain(sale.refunds_owed.iter().map(|owed| &owed.intent)) {
            assert!(booked.insert(intent.clone()), "{about}: {intent} is booked twice: {sale:?}");
        }
    }
}

#[test]
fn whatever_a_gateway_says_every_entry_follows_and_no_intent_is_booked_twice() {
    for seed in 1..=6000_u64 {
        let about = format!("seed {seed}");
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut till = Till::online();
        let mut codes = 0;
        for _ in 0..120 {
            match dice.below(20) {
                0..5 => somebody_acts(&mut till, &mut dice, &mut codes),
                5..14 => answer_one(&mut till, &mut dice),
                14..18 => till.seconds(dice.pick(&[1, 5, 6, 20, 60])),
                18 => till.seconds(dice.pick(&[700, 950, 3600])),
                _ if dice.below(8) == 0 => till.restart(dice.below(2) == 0),
                _ => till.give(Input::LineProbed(LineProof::Up)).unwrap(),
            }
            no_intent_is_booked_twice(&till, &about);
        }
    }
}
