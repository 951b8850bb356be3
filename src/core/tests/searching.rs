//! What a search by our order id proves, and what it does not (quick-pay rules, section 4; wire contract, section 6).
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Rejection, RejectionKind, Silence};
use quickpay_core::attempt::Phase;
use quickpay_core::effect::{Effect, Inquiry};
use quickpay_core::id::{IntentId, SaleId};
use quickpay_core::input::{Asked, Input};
use quickpay_core::view::State;
use till::{Till, decline};

/// A payment that got no answer.
fn silent() -> Till {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till
}

/// A payment whose answer was a refusal that showed no intent.
fn refused(code: &str) -> Till {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Declined { decline: decline(code), intent: None });
    till
}

/// Waits for the next question and answers it with these.
fn finds(till: &mut Till, reports: &[IntentReport]) -> State {
    let asked = (0..20).any(|_| {
        let asked = till.take(Asked::Inquire) > 0;
        if !asked {
            till.seconds(1);
        }
        asked
    });
    assert!(asked, "a question every five seconds");
    till.answer(Asked::Inquire, Answer::Found(reports.to_vec()));
    till.state()
}

fn named(till: &Till, id: &str, status: IntentStatus) -> IntentReport {
    IntentReport { id: IntentId(id.into()), ..till.report(status) }
}

fn asks_by_order(till: &Till) -> bool {
    till.effects.iter().any(|effect| matches!(effect, Effect::Inquire { by: Inquiry::Order(_), .. }))
}

#[test]
fn three_empty_searches_in_a_row_past_the_window_prove_that_nothing_was_created() {
    let mut till = silent();
    till.seconds(51);
    assert_eq!(finds(&mut till, &[]), State::Reversing, "the window is over");
    assert_eq!(finds(&mut till, &[]), State::Reversing, "two prove nothing");
    assert_eq!(finds(&mut till, &[]), State::Reversed);
}

#[test]
fn no_number_of_empty_searches_within_the_window_proves_anything() {
    let mut till = silent();
    till.give(Input::CancelAsked).unwrap();
    for _ in 0..6 {
        assert_eq!(finds(&mut till, &[]), State::Reversing);
    }
}

#[test]
fn a_refusal_that_showed_no_intent_is_believed_after_two_empty_searches() {
    for code in [
        "AUTHCODEEXPIRE",
        "AUTH_CODE_INVALID",
        "BUYER_MISMATCH",
        "NOTENOUGH",
        "NOTSUPORTCARD",
        "TOTAL_FEE_EXCEED",
        "PAYER_CANCELLED",
        "TRADE_ERROR",
        "NOAUTH",
    ] {
        let mut till = refused(code);
        assert_eq!(finds(&mut till, &[]), State::Checking, "{code}");
        assert_eq!(finds(&mut till, &[]), State::Declined, "{code}");
    }
}

#[test]
fn what_is_found_between_two_empty_searches_begins_their_count_anew() {
    let mut till = refused("NOTENOUGH");
    assert_eq!(finds(&mut till, &[]), State::Checking);
    let odd = till.report(IntentStatus::Unproven("requires_capture".into()));
    assert_eq!(finds(&mut till, &[odd]), State::Checking);
    assert_eq!(finds(&mut till, &[]), State::Checking, "one in a row");
    assert_eq!(finds(&mut till, &[]), State::Declined);
}

#[test]
fn words_that_may_be_the_gateways_own_fault_are_confirmed_by_no_empty_search() {
    let mut till = refused("SYSTEMERROR");
    for _ in 0..6 {
        assert_eq!(finds(&mut till, &[]), State::Checking);
    }
}

#[test]
fn a_used_code_is_believed_after_three_empty_searches_past_the_window_and_its_intent_is_not_ours() {
    let mut till = Till::paying();
    let intent = Some(IntentId("pi_2".into()));
    till.answer(Asked::Pay, Answer::Declined { decline: decline("AUTH_CODE_ERROR"), intent });
    assert!(asks_by_order(&till), "the intent may be the second one of a doubled request");
    for _ in 0..5 {
        assert_eq!(finds(&mut till, &[]), State::Checking);
    }
    till.seconds(51);
    finds(&mut till, &[]);
    assert_eq!(finds(&mut till, &[]), State::Reversing);
    assert_eq!(finds(&mut till, &[]), State::Declined, "and it is the refusal that the cashier reads");
}

#[test]
fn an_empty_search_says_nothing_about_an_intent_that_the_gateway_named() {
    let no_such = Rejection { kind: RejectionKind::NotFound, code: None, words: "no such intent".into() };
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    let mut searches = 0;
    for _ in 0..40 {
        till.seconds(5);
        let by_order = asks_by_order(&till);
        if till.take(Asked::Inquire) > 0 {
            searches += usize::from(by_order);
            let unknown = Answer::Rejected(no_such.clone());
            till.answer(Asked::Inquire, if by_order { Answer::Found(vec![]) } else { unknown });
        }
        let phase = &till.terminal.ledger().sale(SaleId(1)).unwrap().latest().unwrap().phase;
        assert!(matches!(phase, Phase::Reversing { .. }), "{phase:?}");
    }
    assert!(searches > 5, "{searches}");
}

#[test]
fn of_several_intents_of_one_order_the_one_that_tells_most_about_the_money_decides() {
    use IntentStatus::{Canceled, Pending, Refused, Succeeded, Unproven};
    let odd = || Unproven("requires_capture".into());
    let short = || Refused(decline("NOTENOUGH"));
    for (more, less, state) in [
        (Succeeded, Pending, State::Approved),
        (Succeeded, odd(), State::Approved),
        (Succeeded, short(), State::Approved),
        (Succeeded, Canceled, State::Approved),
        (Pending, odd(), State::AwaitingPayer),
        (Pending, short(), State::AwaitingPayer),
        (Pending, Canceled, State::AwaitingPayer),
        (odd(), short(), State::Checking),
        (odd(), Canceled, State::Checking),
        (short(), Canceled, State::Reversing),
    ] {
        for turned in [false, true] {
            let mut till = silent();
            let mut found = vec![named(&till, "pi_1", more.clone()), named(&till, "pi_2", less.clone())];
            if turned {
                found.reverse();
            }
            assert_eq!(finds(&mut till, &found), state, "{more:?} beside {less:?}");
            assert!(till.terminal.ledger().sale(SaleId(1)).unwrap().refunds_owed.is_empty());
        }
    }
}

#[test]
fn an_intent_with_a_status_we_do_not_know_is_not_named_so_that_the_search_goes_on() {
    let mut till = silent();
    let odd = till.report(IntentStatus::Unproven("requires_capture".into()));
    finds(&mut till, &[odd]);
    till.seconds(6);
    assert!(asks_by_order(&till));
    let mut cancelled = Till::paying();
    cancelled.give(Input::CancelAsked).unwrap();
    cancelled.says(Asked::Pay, IntentStatus::Unproven("requires_capture".into()));
    cancelled.seconds(6);
    assert!(asks_by_order(&cancelled), "nor where the first word comes after the cashier gave up");
}

#[test]
fn a_second_payment_of_another_amount_is_not_refunded_by_the_till() {
    let mut till = silent();
    let second = IntentReport { amount_minor: 9000, ..named(&till, "pi_2", IntentStatus::Succeeded) };
    let first = named(&till, "pi_1", IntentStatus::Succeeded);
    finds(&mut till, &[second, first]);
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    assert!(sale.paid_by().is_some() && sale.refunds_owed.is_empty());
}

#[test]
fn money_that_came_twice_after_we_gave_up_is_owed_once_each_however_often_it_is_told() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Canceled);
    let both = [named(&till, "pi_1", IntentStatus::Succeeded), named(&till, "pi_2", IntentStatus::Succeeded)];
    for _ in 0..3 {
        till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
        till.answer(Asked::Inquire, Answer::Found(both.to_vec()));
        assert_eq!(till.terminal.ledger().sale(SaleId(1)).unwrap().refunds_owed.len(), 2);
    }
}
