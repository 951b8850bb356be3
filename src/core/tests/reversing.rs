//! Undoing an attempt: when a reversal leaves, what proves it, when it comes too late.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, IntentStatus, Rejection, RejectionKind};
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::record::Record;
use quickpay_core::view::State;
use quickpay_core::wallet::{Reversal, ReversalEnd, Wallet, WalletTable};
use till::{CODE, Till, settings};

#[test]
fn an_unconfirmed_payment_is_reversed_after_its_window_and_proven() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    for _ in 0..9 {
        till.seconds(5);
        if till.take(Asked::Inquire) > 0 {
            till.says(Asked::Inquire, IntentStatus::Pending);
        }
    }
    assert_eq!(till.state(), State::AwaitingPayer);
    till.seconds(6);
    assert_eq!(till.take(Asked::Reverse), 0, "the window ends with an inquiry, never by the clock alone");
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!(till.state(), State::Reversing);
    assert_eq!(till.take(Asked::Reverse), 1);
    till.says(Asked::Reverse, IntentStatus::Canceled);
    assert_eq!(till.take(Asked::Inquire), 1);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!((till.state(), till.view().word.as_str()), (State::Reversed, "CANCELLED"));
}

#[test]
fn a_till_that_comes_back_after_the_window_asks_first_and_finds_it_paid() {
    for same_boot in [true, false] {
        let mut till = Till::paying();
        till.says(Asked::Pay, IntentStatus::Pending);
        till.line(LineProof::Down);
        till.seconds(600);
        till.restart(same_boot);
        assert_eq!((till.take(Asked::Inquire), till.take(Asked::Reverse)), (1, 0));
        till.says(Asked::Inquire, IntentStatus::Succeeded);
        assert_eq!(till.state(), State::Approved);
    }
}

#[test]
fn a_cancelled_payment_is_not_reversed_before_fifteen_seconds() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(8);
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(till.state(), State::Reversing);
    assert_eq!(till.take(Asked::Reverse), 0);
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.seconds(6);
    if till.take(Asked::Inquire) > 0 {
        till.says(Asked::Inquire, IntentStatus::Pending);
    }
    assert_eq!(till.take(Asked::Reverse), 0, "14 s after sending");
    till.seconds(1);
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!(till.take(Asked::Reverse), 1);
}

#[test]
fn money_that_arrives_while_we_cancel_is_owed_once() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::RefundDue);
    till.give(Input::CheckAsked(None)).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    let owed = |record: &Record| matches!(record, Record::RefundOwed { .. });
    let entries = till.journal.entries();
    assert_eq!(entries.iter().flat_map(|entry| &entry.records).filter(|r| owed(r)).count(), 1);
}

#[test]
fn late_money_after_a_reversal_is_found_by_checking_again() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Reversed);
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::RefundDue);
}

#[test]
fn a_reboot_never_shortens_the_wait_before_a_reversal() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(14);
    till.restart(false);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.seconds(14);
    while till.take(Asked::Inquire) > 0 {
        till.says(Asked::Inquire, IntentStatus::Pending);
    }
    assert_eq!(till.take(Asked::Reverse), 0);
    till.seconds(2);
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!(till.take(Asked::Reverse), 1);
}

/// A till whose one wallet takes reversals until then.
fn paying_with(end: ReversalEnd, sent_at: (u8, u8)) -> Till {
    let mut settings = settings();
    let wallet = settings.wallets.enabled().next().unwrap().clone();
    settings.wallets = WalletTable::new(vec![Wallet { reversal_end: end, ..wallet }]);
    let mut till = Till::with(settings);
    let midnight = 1_763_568_000_000; // 2025-11-20 00:00 in Beijing
    till.now.wall.unix_ms = midnight + i64::from(sent_at.0) * 3_600_000 + i64::from(sent_at.1) * 60_000;
    till.line(LineProof::Up);
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till
}

/// So many reversals leave in so many minutes while the gateway says that the payer is at the phone.
fn reversals_in(till: &mut Till, minutes: u64) -> usize {
    let mut reversals = 0;
    for _ in 0..minutes * 12 {
        till.seconds(5);
        till.line(LineProof::Up);
        if till.take(Asked::Inquire) > 0 {
            till.says(Asked::Inquire, IntentStatus::Pending);
        }
        if till.take(Asked::Reverse) > 0 {
            reversals += 1;
            let kind = RejectionKind::BadRequest;
            till.answer(
                Asked::Reverse,
                Answer::Rejected(Rejection { kind, code: None, words: "too late".into() }),
            );
        }
    }
    reversals
}

/// The line is away for so many minutes, then the cashier cancels.
fn cancelled_after(till: &mut Till, minutes: u64) {
    till.line(LineProof::Down);
    till.line(LineProof::Down);
    for _ in 0..minutes * 6 {
        till.seconds(10);
        till.line(LineProof::Down);
    }
    till.line(LineProof::Up);
    till.give(Input::CancelAsked).unwrap();
}

#[test]
fn alipay_takes_a_reversal_until_a_quarter_past_midnight_in_beijing() {
    let day = ReversalEnd::BeijingDay(Duration::from_secs(900));
    let mut till = paying_with(day, (23, 50));
    cancelled_after(&mut till, 23); // 00:13
    assert!(reversals_in(&mut till, 1) > 0, "00:14");
    let mut till = paying_with(day, (23, 50));
    cancelled_after(&mut till, 26); // 00:16
    assert_eq!(reversals_in(&mut till, 14), 0, "too late: only questions");
    till.seconds(60);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::RefundDue, "what was paid goes back as a refund");
}

#[test]
fn after_the_legal_end_a_reversal_is_tried_at_most_every_quarter_of_an_hour() {
    let mut till = paying_with(ReversalEnd::After(Duration::from_secs(600)), (12, 0));
    cancelled_after(&mut till, 11);
    let reversals = reversals_in(&mut till, 62);
    assert!((3..=4).contains(&reversals), "{reversals} in an hour, in case our clock is wrong");
    assert_eq!(till.state(), State::AskManager);
}

#[test]
fn before_the_legal_end_reversals_go_on_without_a_limit_of_their_number() {
    let mut till = paying_with(ReversalEnd::After(Duration::from_secs(7 * 24 * 3600)), (12, 0));
    till.seconds(16);
    till.give(Input::CancelAsked).unwrap();
    let first_hour = reversals_in(&mut till, 60);
    let second_hour = reversals_in(&mut till, 60);
    assert!((14..=22).contains(&first_hour), "{first_hour}: 5, 5, 10, 20, 40 s and so on to 5 minutes");
    assert!((11..=12).contains(&second_hour), "{second_hour}: every five minutes");
}

#[test]
fn setting_the_wall_clock_makes_no_attempt_too_old_for_a_reversal() {
    let mut till = paying_with(ReversalEnd::After(Duration::from_secs(7 * 24 * 3600)), (12, 0));
    till.now.wall.unix_ms += 30 * 86_400_000;
    till.seconds(16);
    till.give(Input::CancelAsked).unwrap();
    assert!(reversals_in(&mut till, 1) > 0);
}

#[test]
fn a_wallet_without_reversal_is_asked_about_until_it_is_final_and_refunded_if_paid() {
    let mut without = settings();
    let wallet = without.wallets.enabled().next().unwrap().clone();
    without.wallets = WalletTable::new(vec![Wallet { reversal: Reversal::Unsupported, ..wallet }]);
    let mut till = Till::with(without);
    till.line(LineProof::Up);
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(reversals_in(&mut till, 5), 0);
    till.seconds(6);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::RefundDue);
}

#[test]
fn a_reversal_that_waited_for_the_line_asks_first() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(16);
    till.take(Asked::Inquire);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert_eq!(till.take(Asked::Reverse), 1);
    till.answer(Asked::Reverse, Answer::NotSent);
    till.seconds(600);
    assert_eq!((till.take(Asked::Reverse), till.take(Asked::Inquire)), (0, 0), "no line");
    till.line(LineProof::Up);
    assert_eq!((till.take(Asked::Reverse), till.take(Asked::Inquire)), (0, 1));
}
