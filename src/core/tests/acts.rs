//! What a sale allows: the same as the engine takes, in every state that random lives reach.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::collections::BTreeMap;

use quickpay_core::acts::{LeftToRefund, Parts, SaleActs};
use quickpay_core::answer::{
    Answer, IntentReport, IntentStatus, Mode, RefundAnswer, RefundStanding, Rejection, RejectionKind, Silence,
};
use quickpay_core::effect::Effect;
use quickpay_core::id::{IntentId, RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding, Seen, Sight};
use quickpay_core::money::{Currency, Money};
use quickpay_core::payment_code::Scan;
use quickpay_core::record::PrintProof;
use quickpay_core::refusal::Refusal;
use quickpay_core::settings::PrinterPresence;
use quickpay_core::wallet::{PartialRefunds, WalletTable};
use till::{FRESH, Till, decline, refunded, settings};

fn acts(till: &Till) -> SaleActs {
    till.terminal.acts_of(till.now, SaleId(1)).unwrap()
}

fn left(minor: u64, parts: Parts) -> Result<LeftToRefund, Refusal> {
    Ok(LeftToRefund { left: Money::from_minor(minor, Currency::Cny).unwrap(), parts })
}

#[test]
fn a_sale_that_is_not_there_allows_nothing() {
    assert_eq!(Till::online().terminal.acts_of(Till::online().now, SaleId(1)), None);
}

#[test]
fn a_paid_sale_gives_copies_and_money_back_and_has_nothing_to_check() {
    let mut till = Till::paid();
    let offered = acts(&till);
    assert_eq!((offered.resume, offered.reprint), (Ok(()), Ok(())));
    assert_eq!(offered.check_again, Err(Refusal::NothingToCheck));
    assert_eq!(offered.slip, Err(Refusal::NoSlip));
    assert_eq!(offered.refund, left(8800, Parts::Allowed));
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(acts(&till).refund, left(7800, Parts::Allowed));
    assert_eq!(acts(&till).slip, Ok(()));
    till.seconds(60);
    till.refund(None).unwrap();
    till.refund_says(2, refunded(RefundStanding::Succeeded));
    assert_eq!(acts(&till).refund, Err(Refusal::NothingToRefund));
    assert_eq!(acts(&till).reprint, Ok(()));
}

#[test]
fn a_sale_in_doubt_can_be_checked_and_gives_neither_copy_nor_money() {
    let offered = acts(&Till::paying());
    assert_eq!((offered.resume, offered.check_again, offered.slip), (Ok(()), Ok(()), Ok(())));
    assert_eq!(offered.reprint, Err(Refusal::NotPaid));
    assert_eq!(offered.refund, Err(Refusal::NothingToRefund));
}

#[test]
fn another_sale_in_doubt_on_the_panel_keeps_it_from_being_taken_up() {
    let mut till = Till::paid();
    till.amount("5.00");
    till.scan(FRESH).unwrap();
    assert_eq!(acts(&till).resume, Err(Refusal::AttemptInDoubt));
    till.give(Input::PutAside).unwrap();
    assert_eq!(acts(&till).resume, Ok(()));
}

#[test]
fn a_wallet_that_gives_back_whole_offers_the_whole_only() {
    for (partial, first, second) in [
        (PartialRefunds::None, Parts::WholeOnly, None),
        (PartialRefunds::Once, Parts::Allowed, Some(Err(Refusal::RefundInPartsNotAllowed))),
    ] {
        let mut one = settings();
        let mut wallet = one.wallets.enabled().next().unwrap().clone();
        wallet.partial_refunds = partial;
        one.wallets = WalletTable::new(vec![wallet]);
        let mut till = Till::with(one);
        till.line(LineProof::Up);
        till.amount("88.00");
        till.scan(till::CODE).unwrap();
        till.says(Asked::Pay, IntentStatus::Succeeded);
        assert_eq!(acts(&till).refund, left(8800, first));
        if let Some(second) = second {
            till.refund(Some("10.00")).unwrap();
            assert_eq!(acts(&till).refund, second);
        }
    }
}

#[test]
fn without_a_printer_no_paper_is_offered() {
    let mut none = settings();
    none.paper.printer = PrinterPresence::None;
    let mut till = Till::with(none);
    till.line(LineProof::Up);
    till.amount("88.00");
    till.scan(till::CODE).unwrap();
    assert_eq!(acts(&till).slip, Err(Refusal::NoPrinter));
    till.says(Asked::Pay, IntentStatus::Succeeded);
    assert_eq!(acts(&till).reprint, Err(Refusal::NoPrinter));
}

#[test]
fn a_refund_that_the_gateway_cannot_tell_about_waits_for_a_person_after_a_quarter_of_an_hour() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
    assert_eq!(acts(&till).to_settle, []);
    till.line(LineProof::Down);
    till.seconds(899);
    assert_eq!(acts(&till).to_settle, []);
    till.seconds(1);
    let refund = RefundId { sale: SaleId(1), index: 1 };
    assert_eq!(acts(&till).to_settle, [refund]);
    till.give(Input::RefundSeen { refund, seen: Seen::No, approver: None }).unwrap();
    assert_eq!(acts(&till).to_settle, []);
}

/// A small generator of its own: the walk must be the same everywhere and needs no foreign crate in the core.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// How often each act was offered and refused.
type Seldom = BTreeMap<(&'static str, bool), u32>;

#[test]
fn an_act_is_offered_if_and_only_if_the_engine_takes_it() {
    let mut seldom = Seldom::new();
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let mut till = till_of(&mut dice);
        till.line(LineProof::Up);
        for _ in 0..60 {
            step(&mut till, &mut dice);
            let sales: Vec<SaleId> = till.terminal.ledger().sales().keys().copied().collect();
            for sale in sales {
                compare(&till, sale, &mut seldom);
            }
        }
    }
    for act in ["resume", "check_again", "reprint", "slip", "refund", "part", "settle"] {
        for offered in [true, false] {
            assert!(seldom.contains_key(&(act, offered)), "{act} was never seen {offered}");
        }
    }
}

fn till_of(dice: &mut Dice) -> Till {
    let mut one = settings();
    let mut wallet = one.wallets.enabled().next().unwrap().clone();
    let rules = [PartialRefunds::None, PartialRefunds::Once, PartialRefunds::Many(2)];
    wallet.partial_refunds = rules.into_iter().nth(usize::try_from(dice.below(3)).unwrap()).unwrap();
    one.wallets = WalletTable::new(vec![wallet]);
    Till::with(one)
}

fn compare(till: &Till, id: SaleId, seldom: &mut Seldom) {
    let acts = till.terminal.acts_of(till.now, id).unwrap();
    let takes = |input| till.terminal.decide(till.now, input).map(drop);
    let mut same = |act, offered: Result<(), Refusal>, input| {
        *seldom.entry((act, offered.is_ok())).or_default() += 1;
        assert_eq!(offered, takes(input), "{act}");
    };
    same("resume", acts.resume, Input::Resumed(id));
    same("check_again", acts.check_again, Input::CheckAsked(Some(id)));
    same("reprint", acts.reprint, Input::CopyAsked(id));
    same("slip", acts.slip, Input::SlipAsked(id));
    let back = |amount: Option<String>| Input::RefundAsked {
        sale: id,
        amount,
        reason: "why".into(),
        approver: None,
    };
    same("refund", acts.refund.clone().map(drop), back(None));
    let sale = till.terminal.ledger().sale(id).unwrap();
    for minor in [1, 500, sale.amount.minor() - 1, sale.amount.minor(), sale.amount.minor() + 1] {
        let amount = Money::from_minor(minor, Currency::Cny).unwrap();
        let offered = acts.refund.as_ref().is_ok_and(|offer| match offer.parts {
            Parts::Allowed => amount <= offer.left,
            Parts::WholeOnly => amount == offer.left,
        });
        *seldom.entry(("part", offered)).or_default() += 1;
        assert_eq!(offered, takes(back(Some(amount.decimal()))).is_ok(), "{minor} of {:?}", acts.refund);
    }
    for refund in sale.refunds.iter().map(|refund| refund.id) {
        let offered = acts.to_settle.contains(&refund);
        *seldom.entry(("settle", offered)).or_default() += 1;
        for seen in [Seen::Yes, Seen::No] {
            assert_eq!(
                offered,
                takes(Input::RefundSeen { refund, seen, approver: None }).is_ok(),
                "{refund}"
            );
        }
    }
}

/// One thing happens; a refusal is one of the things that happen.
fn step(till: &mut Till, dice: &mut Dice) {
    let sale = SaleId(1 + u32::try_from(dice.below(3)).unwrap());
    match dice.below(14) {
        0 | 1 => ring_up(till, dice),
        2 => drop(till.give(Input::PutAside)),
        3 => drop(till.give(Input::CancelAsked)),
        4 => drop(till.give(Input::Resumed(sale))),
        5 => drop(till.give(Input::Cleared)),
        6 => till.line(if dice.below(4) == 0 { LineProof::Down } else { LineProof::Up }),
        7 => till.seconds(1 + dice.below(20)),
        8 => wait(till, 1000),
        9 | 10 => {
            let amount = (dice.below(2) == 0).then(|| "5.00".to_owned());
            drop(till.give(Input::RefundAsked { sale, amount, reason: "returned".into(), approver: None }));
        }
        _ => answer_something(till, dice),
    }
}

fn wait(till: &mut Till, seconds: u64) {
    till.line(LineProof::Down);
    till.seconds(seconds);
    till.line(LineProof::Up);
}

fn ring_up(till: &mut Till, dice: &mut Dice) {
    let amount = ["5.00", "8.00", "88.00"].into_iter().nth(usize::try_from(dice.below(3)).unwrap());
    if till.give(Input::AmountEntered(amount.unwrap().into())).is_ok() {
        let code = format!("13{:016}", dice.below(1 << 30));
        drop(till.give(Input::Scanned(Scan::from_message(code.into()))));
    }
}

/// The oldest wish is answered, one way or the other.
fn answer_something(till: &mut Till, dice: &mut Dice) {
    if till.effects.is_empty() {
        return;
    }
    let input = match till.effects.remove(0) {
        Effect::Pay { attempt, .. } => answered(till, dice, attempt, Asked::Pay),
        Effect::Inquire { attempt, .. } => answered(till, dice, attempt, Asked::Inquire),
        Effect::Reverse { attempt, .. } => answered(till, dice, attempt, Asked::Reverse),
        Effect::Refund { refund, .. } | Effect::InquireRefund { refund, .. } => {
            let rejection = Rejection { kind: RejectionKind::BadRequest, code: None, words: "no".into() };
            let answer = match dice.below(6) {
                0 | 1 => RefundAnswer::Silent(Silence::NoAnswer),
                2 => RefundAnswer::NotSent,
                3 => RefundAnswer::Rejected(rejection),
                4 => refunded(RefundStanding::Pending),
                _ => refunded(RefundStanding::Succeeded),
            };
            Input::RefundAnswered { refund, answer }
        }
        Effect::ProbeLine => Input::LineProbed(LineProof::Up),
        Effect::LookForPrinter => Input::PrinterLooked(Sight::Ready),
        Effect::Print { job, .. } => {
            Input::PrintEnded { job, ending: PrintEnding::Printed(PrintProof::Answered) }
        }
    };
    drop(till.give(input));
}

fn answered(till: &Till, dice: &mut Dice, attempt: quickpay_core::id::AttemptId, asked: Asked) -> Input {
    let (sale, known) = till.terminal.ledger().attempt(attempt).unwrap();
    let report = |status| {
        Answer::Intent(IntentReport {
            id: IntentId(format!("pi_{attempt}")),
            order: Some(known.order.clone()),
            amount_minor: sale.amount.minor(),
            currency: "CNY".into(),
            mode: Some(Mode::Test),
            status,
            wallet_reference: None,
        })
    };
    let answer = match dice.below(7) {
        0 => Answer::Silent(Silence::NoAnswer),
        1 => report(IntentStatus::Pending),
        2 => report(IntentStatus::Canceled),
        3 => report(IntentStatus::Refused(decline("payer_balance_not_enough"))),
        4 => Answer::NotSent,
        _ => report(IntentStatus::Succeeded),
    };
    Input::Answered { attempt, asked, answer }
}
