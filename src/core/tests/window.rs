//! The payment window, the pauses between reversals and the legal end (quick-pay rules, section 3).
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, IntentStatus, Rejection, RejectionKind, Silence};
use quickpay_core::id::{AttemptId, IntentId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::record::{Record, ReversalCause};
use quickpay_core::view::State;
use quickpay_core::wallet::{ReversalEnd, Wallet, WalletTable};
use till::{CODE, Till, decline, settings};

fn causes(till: &Till) -> Vec<ReversalCause> {
    let records = till.journal.entries().iter().flat_map(|entry| &entry.records);
    let cause = |record: &Record| {
        let Record::ReversalOwed { cause, .. } = record else { return None };
        Some(cause.clone())
    };
    records.filter_map(cause).collect()
}

/// Answers every question and reversal for so many seconds; when reversals left, in seconds from the start.
fn reversals(till: &mut Till, seconds: u64) -> Vec<u64> {
    let mut left = Vec::new();
    for second in 0..seconds {
        while till.take(Asked::Inquire) > 0 {
            till.says(Asked::Inquire, IntentStatus::Pending);
        }
        if till.take(Asked::Reverse) > 0 {
            left.push(second);
            let (kind, words) = (RejectionKind::BadRequest, "USERPAYING".to_owned());
            till.answer(Asked::Reverse, Answer::Rejected(Rejection { kind, code: None, words }));
            till.says(Asked::Inquire, IntentStatus::Pending);
        }
        till.seconds(1);
    }
    left
}

#[test]
fn a_payer_still_awaited_when_the_window_was_slept_through_is_asked_about_before_anything_is_reversed() {
    let mut till = Till::paying();
    till.seconds(55);
    till.says(Asked::Pay, IntentStatus::Pending);
    assert_eq!((till.state(), till.take(Asked::Reverse)), (State::AwaitingPayer, 0));
    assert_eq!(till.take(Asked::Inquire), 1, "at once");
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!((till.state(), till.take(Asked::Reverse)), (State::Reversing, 1));
}

#[test]
fn silence_after_the_end_of_the_window_reverses_nothing() {
    for silence in [Silence::NoAnswer, Silence::ServerError, Silence::Nonsense, Silence::Busy(None)] {
        let mut till = Till::paying();
        till.says(Asked::Pay, IntentStatus::Pending);
        for _ in 0..20 {
            till.seconds(6);
            till.line(LineProof::Up);
            if till.take(Asked::Inquire) > 0 {
                till.answer(Asked::Inquire, Answer::Silent(silence));
            }
        }
        assert_eq!((causes(&till), till.take(Asked::Reverse)), (vec![], 0), "{silence:?}");
    }
}

#[test]
fn what_the_window_ended_is_cancelled_and_not_declined_whatever_fault_the_gateway_told_before() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("SYSTEMERROR")));
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.seconds(51);
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!(causes(&till), [ReversalCause::WindowOver]);
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Reversed);
}

#[test]
fn an_intent_that_the_gateway_closed_is_declined_for_the_reason_it_told_before() {
    let mut till = Till::paying();
    let intent = Some(IntentId("pi_1".into()));
    till.answer(Asked::Pay, Answer::Declined { decline: decline("NOTENOUGH"), intent });
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Declined);
    assert!(till.view().lines.iter().any(|line| line.contains("Not enough money")));
}

#[test]
fn the_window_ends_with_a_question_at_its_very_end() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(48);
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.seconds(1);
    assert_eq!(till.take(Asked::Inquire), 0);
    till.seconds(1);
    assert_eq!(till.take(Asked::Inquire), 1, "50 s after sending");
}

#[test]
fn a_reversal_is_repeated_after_5_5_10_20_40_seconds_and_so_on_to_five_minutes() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(8);
    till.give(Input::CancelAsked).unwrap();
    let left = reversals(&mut till, 1400);
    assert_eq!(left.first(), Some(&7), "15 s after sending");
    let pauses: Vec<u64> = left.iter().zip(left.iter().skip(1)).map(|(one, next)| next - one).collect();
    assert_eq!(pauses, [5, 5, 10, 20, 40, 80, 160, 300, 300, 300]);
}

#[test]
fn an_attempt_without_a_name_is_searched_for_at_the_usual_pace_after_the_cashier_gave_up() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.seconds(16);
    till.give(Input::CancelAsked).unwrap();
    let mut searches = 0;
    for _ in 0..30 {
        if till.take(Asked::Inquire) > 0 {
            searches += 1;
            till.answer(Asked::Inquire, Answer::Found(vec![]));
        }
        till.seconds(1);
    }
    assert!((5..=8).contains(&searches), "{searches} in 30 s");
}

#[test]
fn an_attempt_that_is_found_after_the_legal_end_is_asked_about_and_reversed_only_as_a_hint() {
    for same_boot in [true, false] {
        let mut settings = settings();
        let wallet = settings.wallets.enabled().next().unwrap().clone();
        let reversal_end = ReversalEnd::After(Duration::from_secs(600));
        settings.wallets = WalletTable::new(vec![Wallet { reversal_end, ..wallet }]);
        let mut till = Till::with(settings);
        till.line(LineProof::Up);
        till.amount("88.00");
        till.scan(CODE).unwrap();
        till.says(Asked::Pay, IntentStatus::Pending);
        till.line(LineProof::Down);
        till.now.wall.unix_ms += 700_000;
        if same_boot {
            till.now.mono = till.now.mono.after(Duration::from_secs(700));
        }
        till.restart(same_boot);
        till.line(LineProof::Up);
        if !same_boot {
            till.seconds(60); // the window counts from the start of the program
        }
        till.says(Asked::Inquire, IntentStatus::Pending);
        assert_eq!((till.state(), causes(&till)), (State::Reversing, vec![ReversalCause::WindowOver]));
        assert_eq!(reversals(&mut till, 850), [], "our clock may be wrong, so it is tried, but seldom");
        assert_eq!(reversals(&mut till, 120).len(), 1);
    }
}

#[test]
fn a_payment_that_could_not_leave_and_was_cancelled_meanwhile_is_over() {
    let mut till = Till::paying();
    till.give(Input::CancelAsked).unwrap();
    till.answer(Asked::Pay, Answer::NotSent);
    assert_eq!(till.state(), State::Expired, "no byte left: nothing to reverse");
    assert!(till.terminal.ledger().open_sales().next().is_none());
}

#[test]
fn a_code_that_could_not_leave_until_its_deadline_is_gone() {
    let mut till = Till::paying();
    till.effects.clear(); // the client drops its own
    till.seconds(21);
    till.answer(Asked::Pay, Answer::NotSent);
    assert_eq!(till.state(), State::Expired);
    assert!(!format!("{:?}", till.terminal).contains("PaymentCode("));
}

#[test]
fn the_wallets_own_number_is_kept_for_the_receipt() {
    let mut till = Till::paying();
    let mut paid = till.report(IntentStatus::Succeeded);
    paid.wallet_reference = Some("4200001234567890123456789012".into());
    till.answer(Asked::Pay, Answer::Intent(paid));
    let records = till.journal.entries().iter().flat_map(|entry| &entry.records);
    let kept = records.filter_map(|record| {
        let Record::AttemptApproved { attempt, wallet_reference, .. } = record else { return None };
        Some((*attempt, wallet_reference.clone()))
    });
    let attempt = AttemptId { sale: SaleId(1), index: 0 };
    assert_eq!(kept.collect::<Vec<_>>(), [(attempt, Some("4200001234567890123456789012".to_owned()))]);
}
