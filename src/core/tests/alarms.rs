//! Answers that contradict the request: in doubt and an alarm, whatever their status is (quick-pay rules, QP-18).
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus};
use quickpay_core::id::{IntentId, OrderId};
use quickpay_core::input::{Asked, Input};
use quickpay_core::record::{Contradiction, Record};
use quickpay_core::view::State;
use till::{Till, decline};

fn alarms(till: &Till) -> Vec<Contradiction> {
    let records = till.journal.entries().iter().flat_map(|entry| &entry.records);
    let alarm = |record: &Record| {
        let Record::AnswerContradicted { contradiction, .. } = record else { return None };
        Some(*contradiction)
    };
    records.filter_map(alarm).collect()
}

/// A till whose payment waits for the payer, and the same report with another amount.
fn waiting() -> (Till, IntentReport) {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    let other = IntentReport { amount_minor: 9000, ..till.report(IntentStatus::Pending) };
    (till, other)
}

/// Answers every question with this for so long; how many there were.
fn asked_for(till: &mut Till, seconds: u64, report: &IntentReport) -> usize {
    let mut asked = 0;
    for _ in 0..seconds {
        till.seconds(1);
        if till.take(Asked::Inquire) > 0 {
            asked += 1;
            till.answer(Asked::Inquire, Answer::Intent(report.clone()));
        }
    }
    asked
}

#[test]
fn a_first_word_of_any_status_about_another_amount_is_an_alarm() {
    for status in [
        IntentStatus::Succeeded,
        IntentStatus::Pending,
        IntentStatus::Canceled,
        IntentStatus::Refused(decline("NOTENOUGH")),
        IntentStatus::Refused(decline("AUTH_CODE_ERROR")),
        IntentStatus::Unproven("requires_capture".into()),
    ] {
        let mut till = Till::paying();
        let other = IntentReport { amount_minor: 8799, ..till.report(status.clone()) };
        till.answer(Asked::Pay, Answer::Intent(other));
        assert_eq!(
            (till.state(), alarms(&till)),
            (State::Checking, vec![Contradiction::Amount]),
            "{status:?}"
        );
    }
}

#[test]
fn neither_more_nor_less_than_was_asked_for_approves() {
    for minor in [0, 1, 8799, 8801, 88_000] {
        for asked in [Asked::Pay, Asked::Inquire] {
            let mut till = Till::paying();
            if asked == Asked::Inquire {
                till.says(Asked::Pay, IntentStatus::Pending);
                till.seconds(6);
            }
            let paid = IntentReport { amount_minor: minor, ..till.report(IntentStatus::Succeeded) };
            till.answer(asked, Answer::Intent(paid));
            assert_eq!(
                (till.state(), alarms(&till)),
                (State::Checking, vec![Contradiction::Amount]),
                "{minor}"
            );
        }
    }
}

#[test]
fn an_alarm_is_recorded_once_and_again_when_its_reason_is_another() {
    let (mut till, other) = waiting();
    assert!(asked_for(&mut till, 20, &other) > 2);
    assert_eq!(alarms(&till), [Contradiction::Amount]);
    let stranger = IntentReport { order: Some(OrderId::from_journal("T9-x".into())), ..other };
    asked_for(&mut till, 20, &stranger);
    assert_eq!(alarms(&till), [Contradiction::Amount, Contradiction::Order]);
    till.give(Input::CancelAsked).unwrap();
    asked_for(&mut till, 60, &stranger);
    assert_eq!(till.take(Asked::Reverse), 0, "another order's intent is never cancelled");
}

#[test]
fn while_an_alarm_stands_the_end_of_the_window_reverses_nothing_and_questions_keep_their_pace() {
    let (mut till, other) = waiting();
    asked_for(&mut till, 60, &other);
    assert_eq!((till.state(), till.take(Asked::Reverse)), (State::Checking, 0));
    let asked = asked_for(&mut till, 60, &other);
    assert!((10..=14).contains(&asked), "{asked} questions a minute");
    let agrees = till.report(IntentStatus::Pending);
    let mut seconds = 0;
    while asked_for(&mut till, 1, &agrees) == 0 {
        seconds += 1;
    }
    assert_eq!(till.state(), State::Reversing, "the first answer that agrees ends it, after {seconds} s");
}

#[test]
fn an_alarm_that_comes_with_the_end_of_the_window_reverses_nothing() {
    let (mut till, other) = waiting();
    till.seconds(51);
    till.answer(Asked::Inquire, Answer::Intent(other));
    assert_eq!((till.state(), till.take(Asked::Reverse)), (State::Checking, 0));
}

#[test]
fn a_cashier_may_cancel_what_contradicts_in_its_amount_because_it_is_ours() {
    let (mut till, other) = waiting();
    asked_for(&mut till, 16, &other);
    till.give(Input::CancelAsked).unwrap();
    till.answer(Asked::Inquire, Answer::Intent(other));
    assert_eq!(till.take(Asked::Reverse), 1);
}

#[test]
fn an_answer_without_our_order_id_about_another_intent_is_not_ours() {
    let (mut till, other) = waiting();
    till.seconds(6);
    let unnamed =
        IntentReport { order: None, id: IntentId("pi_9".into()), status: IntentStatus::Succeeded, ..other };
    till.answer(Asked::Inquire, Answer::Intent(IntentReport { amount_minor: 8800, ..unnamed }));
    assert_eq!((till.state(), alarms(&till)), (State::Checking, vec![Contradiction::Order]));
}
