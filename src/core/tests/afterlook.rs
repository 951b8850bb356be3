//! Looking after what was given up: late money is found without anyone asking.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentStatus, Rejection, RejectionKind, Silence};
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::record::Record;
use quickpay_core::view::State;
use till::{Till, decline};

/// A till whose only attempt was cancelled and proven so, six seconds after it was sent.
fn reversed() -> Till {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Reversed);
    till
}

fn has(till: &Till, wanted: fn(&Record) -> bool) -> usize {
    till.journal.entries().iter().flat_map(|entry| &entry.records).filter(|record| wanted(record)).count()
}

fn ended(record: &Record) -> bool {
    matches!(record, Record::WatchEnded { .. })
}

fn owed(record: &Record) -> bool {
    matches!(record, Record::RefundOwed { .. })
}

/// The seconds at which the gateway is asked over a quarter of an hour, when each look is answered with this.
fn looks(till: &mut Till, status: &IntentStatus) -> Vec<u64> {
    let mut looks = Vec::new();
    for second in 1..=900 {
        till.seconds(1);
        if till.take(Asked::Inquire) > 0 {
            looks.push(second);
            till.says(Asked::Inquire, status.clone());
        }
        if second % 9 == 0 {
            till.line(LineProof::Up);
        }
    }
    looks
}

#[test]
fn a_reversed_attempt_is_looked_after_at_the_window_three_and_ten_minutes_and_then_no_more() {
    let mut till = reversed();
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [50, 180, 600]);
    assert_eq!(has(&till, ended), 1);
    assert_eq!(till.terminal.ledger().open_sales().count(), 0, "nobody has to do anything");
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [] as [u64; 0]);
}

#[test]
fn money_after_a_confirmed_cancel_is_owed_once_without_anyone_asking() {
    let mut till = reversed();
    till.seconds(50);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    till.line(LineProof::Up);
    assert_eq!(looks(&mut till, &IntentStatus::Succeeded).len(), 1);
    assert_eq!((till.state(), has(&till, owed)), (State::RefundDue, 1));
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(has(&till, owed), 1);
}

#[test]
fn the_watch_survives_restarts_and_no_look_is_lost() {
    for same_boot in [true, false] {
        let mut till = reversed();
        till.seconds(300);
        till.restart(same_boot);
        till.line(LineProof::Up);
        let looks = looks(&mut till, &IntentStatus::Canceled);
        let first_and_last = (looks.first().copied(), looks.last().copied());
        let expected = if same_boot { (Some(1), Some(300)) } else { (Some(50), Some(600)) };
        assert_eq!((first_and_last, has(&till, ended)), (expected, 1), "{looks:?}");
    }
}

#[test]
fn only_a_clear_answer_ends_the_watch() {
    let mut till = reversed();
    till.seconds(50);
    till.answer(Asked::Inquire, Answer::Silent(Silence::ServerError));
    assert!(looks(&mut till, &IntentStatus::Pending).len() > 5, "what is open is asked about on");
    assert_eq!(has(&till, ended), 0);
    assert_eq!(looks(&mut till, &IntentStatus::Canceled).len(), 1);
    assert_eq!(has(&till, ended), 1);
}

#[test]
fn a_decline_is_looked_after_and_a_refusal_by_the_api_is_not() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("NOTENOUGH")));
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Declined);
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [50, 180, 600]);
    let mut till = Till::paying();
    let rejection = Rejection { kind: RejectionKind::Unauthorized, code: None, words: "no such key".into() };
    till.answer(Asked::Pay, Answer::Rejected(rejection));
    assert_eq!(till.state(), State::Declined);
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [] as [u64; 0]);
}
