//! The counter at the core's doors: amounts, codes, sales put aside, what the view offers.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, IntentStatus, Silence};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PadKey};
use quickpay_core::payment_code::NotAPaymentCode;
use quickpay_core::refusal::Refusal;
use quickpay_core::view::{Act, Ask, State};
use till::{CODE, FRESH, Till, decline, settings};

#[test]
fn a_sale_goes_from_keys_to_paper() {
    let mut till = Till::online();
    assert_eq!(till.state(), State::Ready);
    for key in [PadKey::Digit(8), PadKey::Digit(8)] {
        till.give(Input::KeyPressed(key)).unwrap();
    }
    assert_eq!((till.state(), till.view().amount_text.as_str()), (State::Armed, "88"));
    till.scan(CODE).unwrap();
    assert_eq!(till.state(), State::Submitted);
    till.says(Asked::Pay, IntentStatus::Succeeded);
    assert_eq!((till.state(), till.view().word.as_str()), (State::Approved, "PAID"));
    assert!(till.effects.iter().any(|effect| matches!(effect, Effect::Print { .. })));
    till.printed();
    till.give(Input::KeyPressed(PadKey::Digit(5))).unwrap();
    assert_eq!((till.state(), till.view().amount_text.as_str()), (State::Armed, "5"));
    assert_eq!(till.view().recent.len(), 1);
}

#[test]
fn amounts_that_are_none_arm_nothing() {
    let mut till = Till::online();
    for text in ["0", "0.00", "-1", "1,000", "1.234", "99999999", ""] {
        assert!(matches!(till.give(Input::AmountEntered(text.into())), Err(Refusal::Amount(_))), "{text}");
    }
    assert_eq!(till.state(), State::Ready);
    for key in [PadKey::Digit(0), PadKey::Point, PadKey::Digit(5), PadKey::Digit(0)] {
        till.give(Input::KeyPressed(key)).unwrap();
    }
    assert_eq!((till.state(), till.view().amount_text.as_str()), (State::Armed, "0.50"));
    assert!(till.give(Input::KeyPressed(PadKey::Digit(1))).is_err());
    till.give(Input::KeyPressed(PadKey::Backspace)).unwrap();
    assert_eq!(till.view().amount_text, "0.5");
}

#[test]
fn a_large_sale_asks_once_before_it_is_armed() {
    let mut large = settings();
    large.confirm_above = quickpay_core::money::Money::from_minor(10_000, large.currency).ok();
    let mut till = Till::with(large);
    till.line(LineProof::Up);
    till.amount("100.01");
    assert_eq!((till.state(), till.view().asks), (State::Ready, Some(Ask::LargeAmount)));
    assert_eq!(till.scan(CODE), Err(Refusal::ConfirmFirst));
    till.give(Input::Confirmed).unwrap();
    assert_eq!(till.state(), State::Armed);
}

#[test]
fn what_is_not_a_code_is_refused_with_words_and_changes_nothing() {
    let mut till = Till::online();
    assert_eq!(till.scan(CODE), Err(Refusal::AmountFirst));
    till.amount("88");
    let before = till.journal.entries().len();
    for (text, refusal) in [
        ("6901234567892", NotAPaymentCode::ProductBarcode),
        ("]C1106141411234567897", NotAPaymentCode::CartonLabel),
        ("13299361465", NotAPaymentCode::Unknown),
    ] {
        assert_eq!(till.scan(text), Err(Refusal::NotACode(refusal)));
    }
    assert_eq!((till.state(), till.journal.entries().len()), (State::Armed, before));
}

#[test]
fn the_same_trigger_read_twice_is_ignored_and_later_refused() {
    let mut till = Till::paying();
    till.scan(CODE).unwrap();
    till.pass(Duration::from_millis(1600));
    assert_eq!(till.scan(CODE), Err(Refusal::CodeAlreadyUsed));
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.amount("5");
    assert_eq!(till.scan(CODE), Err(Refusal::CodeAlreadyUsed));
    assert_eq!(till.take(Asked::Pay), 0);
}

#[test]
fn a_sale_put_aside_leaves_the_counter_free_and_asks_before_the_same_amount() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    assert_eq!(till.state(), State::Ready);
    assert_eq!(till.view().open.first().map(|open| (open.state, open.count)), Some((State::Checking, 1)));
    till.amount("88.00");
    assert_eq!(till.view().asks, Some(Ask::SameAmountInDoubt));
    assert_eq!(till.scan(FRESH), Err(Refusal::ConfirmFirst));
    till.give(Input::Confirmed).unwrap();
    till.line(LineProof::Up);
    till.scan(FRESH).unwrap();
    assert_eq!(till.pays(), 1);
    let found = till.report(IntentStatus::Succeeded);
    till.answer(Asked::Inquire, Answer::Found(vec![found]));
    assert_eq!(till.state(), State::Submitted, "the sale at hand stays on the panel");
    assert_eq!(till.view().recent.last().map(|sale| sale.state), Some(State::Approved));
}

#[test]
fn fifteen_minutes_of_doubt_call_the_manager() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.line(LineProof::Down);
    till.line(LineProof::Down);
    for _ in 0..92 {
        till.seconds(10);
        till.line(LineProof::Down);
    }
    assert_eq!(till.state(), State::AskManager);
}

#[test]
fn the_view_never_offers_a_scan_while_money_may_have_moved() {
    let mut till = Till::paying();
    assert!(!till.view().allows(Act::Scan) && !till.view().allows(Act::Type));
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    assert!(!till.view().allows(Act::Scan) && till.view().allows(Act::PutAside));
    let attempt = AttemptId { sale: SaleId(1), index: 0 };
    assert!(till.terminal.ledger().attempt(attempt).is_some());
    assert!(till.order().as_str().ends_with("S0001a"));
}

#[test]
fn a_sale_put_aside_is_taken_up_again_and_sold_with_a_fresh_code() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("NOTENOUGH")));
    till.give(Input::PutAside).unwrap();
    till.line(LineProof::Up);
    till.amount("5.00");
    till.scan(FRESH).unwrap(); // the next customer
    let second = AttemptId { sale: SaleId(2), index: 0 };
    let mut paid = till.report(IntentStatus::Succeeded);
    paid.id = IntentId("pi_2".into());
    paid.amount_minor = 500;
    paid.order = till.terminal.ledger().attempt(second).map(|(_, attempt)| attempt.order.clone());
    till.answer_for(second, Asked::Pay, Answer::Intent(paid));
    assert_eq!(till.state(), State::Approved);
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    till.give(Input::Resumed(SaleId(1))).unwrap();
    assert_eq!(till.state(), State::Declined);
    till.line(LineProof::Up);
    till.scan("152993614656096756").unwrap();
    assert_eq!((till.state(), till.view().amount_text.as_str()), (State::Submitted, "88.00"));
}

#[test]
fn every_kind_of_doubt_calls_the_manager_after_a_quarter_of_an_hour() {
    for cancelled in [false, true] {
        let mut till = Till::paying();
        till.says(Asked::Pay, IntentStatus::Pending);
        if cancelled {
            till.give(Input::CancelAsked).unwrap();
        }
        till.line(LineProof::Down);
        till.line(LineProof::Down);
        for _ in 0..89 {
            till.seconds(10);
            till.line(LineProof::Down);
        }
        assert_ne!(till.state(), State::AskManager, "14 min 50 s");
        till.seconds(10);
        assert_eq!(till.state(), State::AskManager);
        till.line(LineProof::Up);
        till.take(Asked::Reverse);
        let says = if cancelled { IntentStatus::Canceled } else { IntentStatus::Succeeded };
        till.says(Asked::Inquire, says);
        assert_eq!(till.state(), if cancelled { State::Reversed } else { State::Approved });
    }
}
