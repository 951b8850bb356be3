//! One code, one attempt, one sale: when a scan is taken and for what.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::collections::BTreeSet;
use std::time::Duration;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Silence};
use quickpay_core::effect::Effect;
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Place;
use quickpay_core::view::State;
use till::{CODE, FRESH, Till, decline};

fn code(number: usize) -> String {
    format!("1329936146{number:08}")
}

/// A sale whose payment was declined and closed.
fn declined() -> Till {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("NOTENOUGH")));
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Declined);
    till
}

#[test]
fn a_paid_sale_takes_no_further_code() {
    let mut till = Till::paid();
    assert_eq!(till.state(), State::Approved);
    assert_eq!(till.scan(FRESH), Err(Refusal::AmountFirst));
}

#[test]
fn a_sale_whose_code_waits_for_the_line_takes_no_second_one() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    assert_eq!(till.scan(FRESH), Err(Refusal::AttemptHeld));
    till.line(LineProof::Up);
    assert_eq!(till.pays(), 1);
}

#[test]
fn a_sale_that_owes_money_back_takes_no_further_code() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::RefundDue);
    assert_eq!(till.scan(FRESH), Err(Refusal::AmountFirst));
}

#[test]
fn a_sale_with_money_that_nobody_asked_for_takes_no_further_code() {
    let mut till = declined();
    till.give(Input::CheckAsked(None)).unwrap();
    let stray = IntentReport { amount_minor: 9000, ..till.report(IntentStatus::Succeeded) };
    till.answer(Asked::Inquire, Answer::Intent(stray));
    assert_eq!(till.scan(FRESH), Err(Refusal::AmountFirst));
}

#[test]
fn a_sale_has_at_most_26_attempts_and_each_its_own_order_id() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    for number in 0..26 {
        till.scan(&code(number)).unwrap();
        till.give(Input::CancelAsked).unwrap();
    }
    assert_eq!(till.scan(&code(26)), Err(Refusal::TooManyAttempts));
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    let orders: BTreeSet<_> = sale.attempts.iter().map(|attempt| attempt.order.as_str()).collect();
    assert_eq!(orders.len(), 26);
}

#[test]
fn a_code_is_known_for_five_minutes_and_then_forgotten() {
    let mut till = declined();
    till.seconds(298);
    assert_eq!(till.scan(CODE), Err(Refusal::CodeAlreadyUsed));
    till.seconds(3);
    assert_eq!(till.scan(CODE), Ok(()), "no trace of it is kept longer; the wallet refuses it");
}

#[test]
fn the_same_code_is_refused_in_words_as_soon_as_another_customer_stands_there() {
    let mut till = declined();
    till.amount("5.00");
    till.scan(FRESH).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::PutAside).unwrap();
    till.amount("6.00");
    assert_eq!(till.scan(FRESH), Err(Refusal::CodeAlreadyUsed), "at once, and on another sale");
}

#[test]
fn a_line_that_left_one_question_unanswered_is_proven_before_a_code_leaves() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    till.amount("5.00");
    till.scan(FRESH).unwrap();
    assert_eq!((till.state(), till.pays()), (State::Held, 0));
    till.line(LineProof::Up);
    assert_eq!(till.pays(), 1);
}

#[test]
fn a_code_that_is_held_has_the_line_tried_at_once() {
    let mut till = Till::new();
    for _ in 0..6 {
        till.line(LineProof::Down);
        till.seconds(5);
    }
    till.line(LineProof::Down);
    till.amount("12");
    assert!(!till.effects.iter().any(|effect| matches!(effect, Effect::ProbeLine)));
    till.scan(CODE).unwrap();
    assert!(till.effects.iter().any(|effect| matches!(effect, Effect::ProbeLine)));
}

#[test]
fn a_code_for_a_sale_that_was_put_aside_brings_it_back_to_the_counter() {
    let mut till = declined();
    till.give(Input::PutAside).unwrap();
    till.give(Input::Resumed(SaleId(1))).unwrap();
    till.give(Input::PutAside).unwrap();
    till.give(Input::Resumed(SaleId(1))).unwrap();
    till.scan(FRESH).unwrap();
    assert_eq!(till.terminal.ledger().sale(SaleId(1)).unwrap().place, Place::AtHand);
}

#[test]
fn codes_are_payments_again_once_a_receipt_was_found_or_half_a_minute_is_over() {
    for found in [true, false] {
        let mut till = Till::paid();
        let number = till.order().as_str().to_owned();
        till.give(Input::CopyByScanAsked).unwrap();
        assert_eq!(till.scan(FRESH), Err(Refusal::NotAReceipt));
        if found {
            till.scan(&number).unwrap();
            assert!(till.scan(&number).is_err(), "one receipt was looked for");
        } else {
            till.pass(Duration::from_secs(30));
        }
        assert_eq!(till.scan(FRESH), Err(Refusal::AmountFirst), "a payment code without an amount");
    }
}
