//! The core at its doors: inputs in, decisions out.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, IntentStatus, Rejection, RejectionKind, Silence};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, JobId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PadKey, PrintEnding, Seen};
use quickpay_core::payment_code::NotAPaymentCode;
use quickpay_core::record::Record;
use quickpay_core::refusal::Refusal;
use quickpay_core::view::{Act, Ask, Device, State};
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
fn a_payer_at_the_phone_is_polled_until_the_wallet_says_paid() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    assert_eq!(till.state(), State::AwaitingPayer);
    assert_eq!(till.take(Asked::Inquire), 0);
    till.seconds(5);
    assert_eq!(till.take(Asked::Inquire), 1);
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.seconds(6);
    assert_eq!(till.take(Asked::Inquire), 1);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::Approved);
}

#[test]
fn a_new_code_is_refused_while_an_attempt_is_in_doubt() {
    let mut till = Till::paying();
    assert_eq!(till.scan(FRESH), Err(Refusal::AttemptInDoubt));
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    assert_eq!(till.state(), State::Checking);
    assert_eq!(till.scan(FRESH), Err(Refusal::AttemptInDoubt));
    assert_eq!(till.give(Input::AmountEntered("1".into())), Err(Refusal::AttemptInDoubt));
    assert_eq!(till.give(Input::Cleared), Err(Refusal::AttemptInDoubt));
    assert_eq!(till.pays(), 0);
}

#[test]
fn a_lost_reply_is_found_by_search() {
    let mut till = Till::paying();
    till.seconds(10);
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    assert_eq!(till.take(Asked::Inquire), 1);
    let found = till.report(IntentStatus::Succeeded);
    till.answer(Asked::Inquire, Answer::Found(vec![found]));
    assert_eq!(till.state(), State::Approved);
}

#[test]
fn a_code_scanned_offline_is_sent_when_the_line_returns_in_time() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    assert_eq!((till.state(), till.pays()), (State::Held, 0));
    assert!(till.view().lines.contains(&"Nothing charged.".to_owned()));
    till.seconds(10);
    till.line(LineProof::Up);
    assert_eq!((till.state(), till.pays()), (State::Submitted, 1));
}

#[test]
fn a_code_held_past_its_deadline_is_never_sent() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    till.seconds(20);
    assert_eq!(till.state(), State::Expired);
    till.line(LineProof::Up);
    till.seconds(60);
    assert_eq!((till.state(), till.pays()), (State::Expired, 0));
    assert_eq!(till.view().word, "NOT CHARGED");
}

#[test]
fn an_expired_sale_takes_a_fresh_code_and_even_the_same_one() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    till.seconds(20);
    till.line(LineProof::Up);
    till.scan(CODE).unwrap();
    assert_eq!((till.state(), till.pays()), (State::Submitted, 1));
    let attempts = &till.terminal.ledger().sale(SaleId(1)).unwrap().attempts;
    assert_eq!(attempts.len(), 2);
    assert_ne!(attempts[0].order, attempts[1].order);
}

#[test]
fn a_connection_that_was_never_made_leaves_the_code_held() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::NotSent);
    assert_eq!(till.state(), State::Held);
    assert!(!till.view().online);
    till.line(LineProof::Up);
    assert_eq!(till.pays(), 1);
    till.says(Asked::Pay, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::Approved);
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
fn a_clear_decline_is_closed_at_the_gateway_before_it_counts() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("NOTENOUGH")));
    assert_eq!(till.state(), State::Reversing);
    assert_eq!(till.take(Asked::Reverse), 1);
    till.says(Asked::Reverse, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Reversing, "a reversal's own answer proves nothing");
    assert_eq!(till.take(Asked::Inquire), 1);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Declined);
    assert!(till.view().lines.iter().any(|line| line.contains("Not enough money")));
    till.scan(FRESH).unwrap();
    assert_eq!(till.pays(), 1);
}

#[test]
fn a_decline_that_reads_like_a_fault_keeps_the_doubt() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("SYSTEMERROR")));
    assert_eq!(till.state(), State::Checking);
    till.seconds(6);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::Approved);
}

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
fn an_answer_that_contradicts_the_request_never_approves() {
    for wrong in ["amount", "currency", "order", "mode"] {
        let mut till = Till::paying();
        let mut report = till.report(IntentStatus::Succeeded);
        match wrong {
            "amount" => report.amount_minor += 1,
            "currency" => report.currency = "HKD".into(),
            "order" => report.order = Some(quickpay_core::id::OrderId::from_journal("T9-x".into())),
            _ => report.mode = Some(quickpay_core::answer::Mode::Live),
        }
        till.answer(Asked::Pay, Answer::Intent(report));
        assert_eq!(till.state(), State::Checking, "{wrong}");
        till.seconds(120);
        assert_ne!(till.state(), State::Approved, "{wrong}");
        assert_eq!(till.take(Asked::Reverse), 0, "{wrong}: an intent that may not be ours is not cancelled");
    }
}

#[test]
fn never_created_needs_several_empty_searches_past_the_window() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    let mut searches = 0;
    while till.state() != State::Reversed && searches < 40 {
        till.seconds(6);
        if till.take(Asked::Inquire) > 0 {
            searches += 1;
            till.answer(Asked::Inquire, Answer::Found(Vec::new()));
        }
    }
    assert_eq!(till.state(), State::Reversed);
    assert!(searches >= 8, "{searches} searches in 50 s");
    assert_eq!(till.pays(), 0);
}

#[test]
fn a_rejected_request_is_a_decline_of_our_own_making() {
    let mut till = Till::paying();
    let rejection = Rejection { kind: RejectionKind::Unauthorized, words: "no such key".into() };
    till.answer(Asked::Pay, Answer::Rejected(rejection));
    assert_eq!(till.state(), State::Declined);
    assert!(till.view().lines.iter().any(|line| line.contains("call support")));
}

#[test]
fn after_a_restart_an_attempt_is_asked_about_and_never_paid_again() {
    for same_boot in [true, false] {
        let mut till = Till::paying();
        till.restart(same_boot);
        assert_eq!(till.pays(), 0);
        assert_eq!(till.take(Asked::Inquire), 1);
        assert!(matches!(till.state(), State::Submitted | State::Checking));
        let found = till.report(IntentStatus::Succeeded);
        till.answer(Asked::Inquire, Answer::Found(vec![found]));
        assert_eq!(till.state(), State::Approved);
        assert_eq!(till.pays(), 0);
    }
}

#[test]
fn a_restart_while_held_is_not_charged_for_good() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    till.restart(true);
    till.line(LineProof::Up);
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    assert_eq!(till.terminal.state_of(sale, till.now), State::Expired);
    assert_eq!(till.pays(), 0);
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

#[test]
fn a_wall_clock_jump_moves_no_deadline() {
    for jump_ms in [-3_600_000, 3_600_000] {
        let mut till = Till::new();
        till.line(LineProof::Down);
        till.amount("12");
        till.scan(CODE).unwrap();
        till.seconds(10);
        till.now.wall.unix_ms += jump_ms;
        till.seconds(9);
        assert_eq!(till.state(), State::Held);
        till.seconds(1);
        assert_eq!(till.state(), State::Expired);
    }
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
fn one_lost_reply_leaves_the_till_online_until_a_probe_fails() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    assert!(till.view().online);
    assert!(till.effects.iter().any(|effect| matches!(effect, Effect::ProbeLine)));
    till.line(LineProof::Down);
    assert!(!till.view().online);
    let mut busy = Till::paying();
    busy.answer(Asked::Pay, Answer::Silent(Silence::ServerError));
    assert!(busy.view().online);
}

#[test]
fn a_printer_that_is_away_gets_the_paper_later_and_only_once() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    let prints = |till: &Till| till.effects.iter().filter(|e| matches!(e, Effect::Print { .. })).count();
    assert_eq!(prints(&till), 1);
    till.effects.clear();
    till.give(Input::PrintEnded { job: JobId(1), ending: PrintEnding::NotSent }).unwrap();
    assert_eq!((prints(&till), till.view().printer), (0, Device::Away));
    till.seconds(2);
    assert_eq!(prints(&till), 1);
    till.printed();
    till.seconds(60);
    assert_eq!(prints(&till), 0);
}

#[test]
fn a_paper_of_unknown_fate_waits_for_a_persons_word() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.restart(true);
    assert_eq!(till.view().printer, Device::Unknown);
    assert!(!till.effects.iter().any(|effect| matches!(effect, Effect::Print { .. })));
    till.give(Input::PaperSeen { job: JobId(1), seen: Seen::Yes }).unwrap();
    assert_eq!(till.view().printer, Device::Ready);
    assert_eq!(till.give(Input::PaperSeen { job: JobId(1), seen: Seen::No }), Err(Refusal::NothingToSettle));
}

#[test]
fn copies_are_numbered() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    for n in 1..=2 {
        till.give(Input::CopyAsked(SaleId(1))).unwrap();
        let paper = till.terminal.paper_of(JobId(n + 1)).unwrap();
        assert!(format!("{:?}", paper.lines.first()).contains(&format!("COPY {n}")));
        till.printed();
    }
}

#[test]
fn a_doubled_request_that_was_paid_twice_keeps_one_and_owes_the_other() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    let first = till.report(IntentStatus::Succeeded);
    let mut second = first.clone();
    second.id = quickpay_core::id::IntentId("pi_2".into());
    till.answer(Asked::Inquire, Answer::Found(vec![first, second]));
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    assert!(sale.paid_by().is_some());
    assert_eq!(sale.refunds_owed.len(), 1);
    assert_eq!(till.state(), State::RefundDue);
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
