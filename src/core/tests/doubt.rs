//! Doubt: what ends it, and what does not.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Mode, Rejection, RejectionKind, Silence};
use quickpay_core::effect::{Effect, Inquiry};
use quickpay_core::id::{IntentId, OrderId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::refusal::Refusal;
use quickpay_core::view::State;
use till::{FRESH, Till, decline};

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
fn a_rejected_request_is_a_decline_of_our_own_making_and_names_its_code_for_support() {
    let mut till = Till::paying();
    let code = Some("authentication_error".to_owned());
    let rejection = Rejection { kind: RejectionKind::Unauthorized, code, words: "no such key".into() };
    till.answer(Asked::Pay, Answer::Rejected(rejection));
    assert_eq!(till.state(), State::Declined);
    let lines = till.view().lines;
    assert!(lines.iter().any(|line| line.contains("call support")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("(authentication_error)")), "{lines:?}");
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

/// Answers every search with these reports until the state changes or so many seconds are over.
fn search_until(till: &mut Till, seconds: u64, reports: &[IntentReport], state: State) -> u64 {
    for second in 0..seconds {
        if till.state() != state {
            return second;
        }
        till.seconds(1);
        if till.take(Asked::Inquire) > 0 {
            till.answer(Asked::Inquire, Answer::Found(reports.to_vec()));
        }
    }
    seconds
}

#[test]
fn a_code_that_was_truly_used_is_believed_after_the_window_and_closed() {
    let mut till = Till::paying();
    let used = till.report(IntentStatus::Refused(decline("AUTH_CODE_ERROR")));
    till.answer(Asked::Pay, Answer::Intent(used.clone()));
    assert_eq!(till.state(), State::Checking);
    assert_eq!(till.take(Asked::Reverse), 0, "it may be the second intent of a doubled request");
    assert!(till.view().lines.iter().any(|line| line.contains("already used")), "the cashier may read why");
    let waited = search_until(&mut till, 90, std::slice::from_ref(&used), State::Checking);
    assert!(waited >= 50, "{waited} s");
    search_until(&mut till, 30, std::slice::from_ref(&used), State::Checking);
    for _ in 0..20 {
        if till.take(Asked::Reverse) > 0 {
            break;
        }
        till.seconds(1);
        if till.take(Asked::Inquire) > 0 {
            till.answer(Asked::Inquire, Answer::Found(vec![used.clone()]));
        }
    }
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert_eq!(till.state(), State::Declined);
    assert!(till.view().lines.iter().any(|line| line.contains("already used")));
}

#[test]
fn a_used_code_refusal_never_hides_the_first_intent_of_a_doubled_request() {
    let mut till = Till::paying();
    let mut second = till.report(IntentStatus::Refused(decline("AUTH_CODE_ERROR")));
    second.id = IntentId("pi_2".into());
    till.answer(Asked::Pay, Answer::Intent(second.clone()));
    let first = till.report(IntentStatus::Pending);
    till.answer(Asked::Inquire, Answer::Found(vec![second, first]));
    assert_eq!(till.state(), State::AwaitingPayer);
    till.seconds(6);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::Approved);
}

#[test]
fn a_contradiction_that_passes_does_not_stop_the_automatic_reversal() {
    for wrong in ["amount", "currency", "order", "mode", "unknown"] {
        let mut till = Till::paying();
        till.says(Asked::Pay, IntentStatus::Pending);
        till.seconds(6);
        let mut report = till.report(IntentStatus::Pending);
        match wrong {
            "amount" => report.amount_minor += 1,
            "currency" => report.currency = "HKD".into(),
            "order" => report.order = Some(OrderId::from_journal("T9-x".into())),
            _ => report.mode = Some(Mode::Live),
        }
        let unknown = Rejection { kind: RejectionKind::NotFound, code: None, words: "no such intent".into() };
        let odd = if wrong == "unknown" { Answer::Rejected(unknown) } else { Answer::Intent(report) };
        till.answer(Asked::Inquire, odd);
        assert_eq!(till.state(), State::Checking, "{wrong}: an alarm is shown");
        for _ in 0..20 {
            till.seconds(3);
            if till.take(Asked::Inquire) > 0 {
                let agrees = till.report(IntentStatus::Pending);
                till.answer(Asked::Inquire, Answer::Intent(agrees));
            }
        }
        assert_eq!(till.state(), State::Reversing, "{wrong}");
        assert_eq!(till.take(Asked::Reverse), 1, "{wrong}");
    }
}

#[test]
fn an_intent_that_turns_out_to_be_another_orders_is_never_cancelled() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.seconds(6);
    let mut stranger = till.report(IntentStatus::Pending);
    stranger.order = Some(OrderId::from_journal("T9-x".into()));
    till.answer(Asked::Inquire, Answer::Intent(stranger.clone()));
    till.give(Input::CancelAsked).unwrap();
    let mut searched = 0;
    for _ in 0..60 {
        till.seconds(2);
        searched += till.effects.iter().filter(|e| asks_by_order(e)).count();
        if till.take(Asked::Inquire) > 0 {
            till.answer(Asked::Inquire, Answer::Intent(stranger.clone()));
        }
    }
    assert_eq!(till.take(Asked::Reverse), 0);
    assert!(searched > 3, "ours is searched for by its order id");
}

fn asks_by_order(effect: &Effect) -> bool {
    matches!(effect, Effect::Inquire { by: Inquiry::Order(_), .. })
}

#[test]
fn an_answer_without_our_order_id_counts_only_where_the_exchange_names_the_payment() {
    let mut till = Till::paying();
    let mut unnamed = till.report(IntentStatus::Succeeded);
    unnamed.order = None;
    till.answer(Asked::Pay, Answer::Intent(unnamed.clone()));
    assert_eq!(till.state(), State::Approved, "the answer to the payment itself");
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.answer(Asked::Inquire, Answer::Found(vec![unnamed]));
    assert_eq!(till.state(), State::Checking, "a search must bear our order id");
}

#[test]
fn a_decline_that_only_names_its_intent_is_asked_about_by_that_name() {
    let mut till = Till::paying();
    let intent = Some(IntentId("pi_1".into()));
    till.answer(Asked::Pay, Answer::Declined { decline: decline("NOTENOUGH"), intent });
    assert_eq!(till.state(), State::Checking);
    let by_name =
        |effect: &Effect| matches!(effect, Effect::Inquire { by: Inquiry::Intent(id), .. } if id.0 == "pi_1");
    assert!(till.effects.iter().any(by_name));
    till.says(Asked::Inquire, IntentStatus::Refused(decline("NOTENOUGH")));
    assert_eq!((till.state(), till.take(Asked::Reverse)), (State::Reversing, 1));
}

#[test]
fn silence_of_every_kind_keeps_the_doubt_and_an_answered_error_is_asked_about_at_once() {
    use Silence::{Busy, Conflict, NoAnswer, Nonsense, ServerError};
    for (silence, at_once) in [(NoAnswer, 0), (ServerError, 1), (Conflict, 1), (Nonsense, 1), (Busy(None), 0)]
    {
        let mut till = Till::paying();
        till.answer(Asked::Pay, Answer::Silent(silence));
        assert_eq!((till.state(), till.take(Asked::Inquire)), (State::Checking, at_once), "{silence:?}");
        assert_eq!(till.scan(FRESH), Err(Refusal::AttemptInDoubt), "{silence:?}");
    }
}

#[test]
fn a_busy_gateway_is_asked_again_only_after_the_time_it_named() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::Busy(Some(Duration::from_secs(20)))));
    till.seconds(19);
    assert_eq!(till.take(Asked::Inquire), 0);
    till.seconds(1);
    assert_eq!(till.take(Asked::Inquire), 1);
    till.answer(Asked::Inquire, Answer::Silent(Silence::Busy(None)));
    till.seconds(4);
    assert_eq!(till.take(Asked::Inquire), 0, "without a time it is the interval");
    till.seconds(2);
    assert_eq!(till.take(Asked::Inquire), 1);
}

#[test]
fn a_refused_request_is_searched_for_before_it_is_believed() {
    let mut till = Till::paying();
    let rejection = Rejection { kind: RejectionKind::BadRequest, code: None, words: "bad".into() };
    till.answer(Asked::Pay, Answer::Rejected(rejection));
    assert_eq!((till.state(), till.take(Asked::Inquire)), (State::Checking, 1));
    till.answer(Asked::Inquire, Answer::Found(Vec::new()));
    assert_eq!(till.state(), State::Checking, "one empty search proves nothing");
    till.seconds(6);
    till.answer(Asked::Inquire, Answer::Found(Vec::new()));
    assert_eq!(till.state(), State::Declined);
}

/// "This order was paid" or "was used" may be said to the second delivery of our own request, while the first is being
/// paid; a system error says nothing (quick-pay rules, section 5: inquire first).
#[test]
fn a_rejection_that_may_mean_paid_is_asked_about_to_the_end_of_the_window() {
    let codes = ["ORDERPAID", "OUT_TRADE_NO_USED", "ACQ.TRADE_HAS_SUCCESS", "INVALID_REQUEST", "SYSTEMERROR"];
    for code in codes {
        use RejectionKind::{BadRequest, Forbidden, NotFound, Other};
        for kind in [BadRequest, Forbidden, NotFound, Other] {
            for (code, words) in [(Some(code.to_owned()), "no".to_owned()), (None, format!("{code}: no"))] {
                let about = format!("{kind:?} {code:?} {words}");
                let mut till = Till::paying();
                till.answer(Asked::Pay, Answer::Rejected(Rejection { kind, code, words }));
                assert_eq!(search_until(&mut till, 30, &[], State::Checking), 30, "{about}");
                till.take(Asked::Inquire);
                let found = till.report(IntentStatus::Succeeded);
                till.answer(Asked::Inquire, Answer::Found(vec![found]));
                assert_eq!(till.state(), State::Approved, "{about}");
            }
        }
    }
}

#[test]
fn a_rejection_that_may_mean_paid_ends_when_searches_past_the_window_show_nothing() {
    let mut till = Till::paying();
    let code = Some("ORDERPAID".to_owned());
    let rejection = Rejection { kind: RejectionKind::BadRequest, code, words: "no".into() };
    till.answer(Asked::Pay, Answer::Rejected(rejection));
    let checked = search_until(&mut till, 120, &[], State::Checking);
    assert!((50..70).contains(&checked), "{checked}");
    search_until(&mut till, 120, &[], State::Reversing);
    assert_eq!(till.state(), State::Reversed);
}
