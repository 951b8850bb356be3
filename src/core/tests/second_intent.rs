//! A request that arrived twice: a second intent of another amount beside the one that is kept.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Silence};
use quickpay_core::effect::{Effect, Inquiry};
use quickpay_core::id::{IntentId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::record::Record;
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Sale;
use quickpay_core::view::State;
use till::{FRESH, Till};

fn sale(till: &Till) -> &Sale {
    till.terminal.ledger().sale(SaleId(1)).unwrap()
}

fn told(till: &Till) -> usize {
    let records = till.journal.entries().iter().flat_map(|entry| &entry.records);
    records.filter(|record| matches!(record, Record::StrayMoneyTold { .. })).count()
}

fn asked(till: &Till, status: IntentStatus) -> IntentReport {
    till.report(status)
}

fn other(till: &Till, status: IntentStatus) -> IntentReport {
    IntentReport { id: IntentId("pi_2".into()), amount_minor: 88_000, ..till.report(status) }
}

/// The first reply was lost; the till searches.
fn searching() -> Till {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.line(LineProof::Up);
    till
}

/// The search shows both, in this order.
fn both(till: &mut Till, first: IntentReport, second: IntentReport) {
    till.answer(Asked::Inquire, Answer::Found(vec![first, second]));
}

/// One thing of a report made different.
type Change = fn(&mut IntentReport);

/// Paid, and ten times as much beside it.
fn paid_beside() -> Till {
    let mut till = searching();
    let (first, second) = (asked(&till, IntentStatus::Succeeded), other(&till, IntentStatus::Succeeded));
    both(&mut till, first, second);
    till
}

#[test]
fn the_payment_that_was_asked_for_counts_in_whatever_order_the_search_shows_them() {
    for turned in [false, true] {
        let mut till = searching();
        let (ours, other) = (asked(&till, IntentStatus::Succeeded), other(&till, IntentStatus::Succeeded));
        let (first, second) = if turned { (other, ours) } else { (ours, other) };
        both(&mut till, first, second);
        assert_eq!(sale(&till).paid_by().unwrap().phase.intent(), Some(&IntentId("pi_1".into())), "{turned}");
        assert_eq!(sale(&till).refunds_owed, [], "what was paid is not owed back");
        assert_eq!(told(&till), 1, "{turned}");
    }
}

#[test]
fn a_second_intent_of_another_amount_beside_the_paid_one_calls_the_manager() {
    let changes: [(Change, &str); 2] =
        [(|_| {}, "CNY 880.00"), (|report| report.currency = "usd".into(), "USD 880.00")];
    for (change, amount) in changes {
        let mut till = searching();
        let mut second = other(&till, IntentStatus::Succeeded);
        change(&mut second);
        let first = asked(&till, IntentStatus::Succeeded);
        both(&mut till, first, second);
        let view = till.view();
        assert_eq!((view.state, view.word.as_str()), (State::AskManager, "ASK MANAGER"));
        assert_eq!(view.lines[0], format!("Paid. The gateway tells of {amount} more for this sale."));
        assert!(view.lines[1].contains(till.order().as_str()), "{:?}", view.lines);
        assert_eq!(view.lines[2], "Nothing was refunded. Call the manager.");
        assert_eq!(till.scan(FRESH), Err(Refusal::AmountFirst), "no second charge for this sale");
        till.amount("12.50");
        assert_eq!(till.state(), State::Armed, "the next customer is served");
    }
}

#[test]
fn the_alarm_stands_is_asked_about_by_the_order_and_ends_when_a_person_has_put_it_right() {
    let mut till = paid_beside();
    for same_boot in [true, false] {
        till.restart(same_boot);
        till.line(LineProof::Up);
        let mut looks = 0;
        for _ in 0..900 {
            till.seconds(1);
            let by_order = |effect: &Effect| matches!(effect, Effect::Inquire { by: Inquiry::Order(_), .. });
            if till.effects.iter().any(by_order) {
                looks += 1;
                let found =
                    vec![other(&till, IntentStatus::Succeeded), asked(&till, IntentStatus::Succeeded)];
                till.answer(Asked::Inquire, Answer::Found(found));
            }
        }
        assert!(looks > 2, "{looks}");
        assert_eq!((told(&till), sale(&till).is_open()), (1, true));
    }
    till.give(Input::Resumed(SaleId(1))).unwrap();
    assert_eq!(till.state(), State::AskManager);
    till.give(Input::PutRight { sale: SaleId(1), approver: None }).unwrap();
    assert_eq!((till.state(), till.view().open.len()), (State::Approved, 0));
    till.take(Asked::Inquire);
    till.seconds(3600);
    assert_eq!(till.take(Asked::Inquire), 0, "nothing more is asked");
}

#[test]
fn an_alarm_beside_a_paid_sale_that_was_a_slip_passes() {
    let mut till = paid_beside();
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    let (first, second) = (asked(&till, IntentStatus::Succeeded), other(&till, IntentStatus::Canceled));
    both(&mut till, first, second);
    assert_eq!((till.state(), sale(&till).is_open()), (State::Approved, false));
    till.take(Asked::Inquire);
    till.seconds(3600);
    assert_eq!(till.take(Asked::Inquire), 0, "a paid sale is not watched");
    assert_eq!(till.give(Input::CheckAsked(Some(SaleId(1)))), Err(Refusal::NothingToCheck));
}

#[test]
fn an_alarm_beside_a_paid_sale_that_turns_out_to_be_the_same_money_twice_is_owed_back() {
    let mut till = paid_beside();
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    let twice = IntentReport { id: IntentId("pi_2".into()), ..asked(&till, IntentStatus::Succeeded) };
    // The kept intent is missing in this answer: the other one is still the second.
    till.answer(Asked::Inquire, Answer::Found(vec![twice]));
    assert_eq!(till.state(), State::RefundDue);
    assert_eq!(sale(&till).refunds_owed.len(), 1);
    assert_eq!(sale(&till).refunds_owed[0].intent, IntentId("pi_2".into()));
    assert!(sale(&till).paid_by().is_some());
}

#[test]
fn money_found_while_it_is_being_undone_hides_no_second_intent_of_another_amount() {
    let mut till = searching();
    till.give(Input::CancelAsked).unwrap();
    let (first, second) = (other(&till, IntentStatus::Succeeded), asked(&till, IntentStatus::Succeeded));
    both(&mut till, first, second);
    assert_eq!((sale(&till).refunds_owed.len(), told(&till), till.state()), (1, 1, State::AskManager));
    till.give(Input::PutRight { sale: SaleId(1), approver: None }).unwrap();
    assert_eq!(till.state(), State::RefundDue);
}

#[test]
fn an_intent_that_a_search_lists_twice_is_owed_once() {
    let mut till = searching();
    let ours = asked(&till, IntentStatus::Succeeded);
    let twice = IntentReport { id: IntentId("pi_2".into()), ..ours.clone() };
    till.answer(Asked::Inquire, Answer::Found(vec![ours.clone(), twice.clone(), twice, ours]));
    assert_eq!((sale(&till).paid_by().is_some(), sale(&till).refunds_owed.len()), (true, 1));
}

/// Money that was found while it was being undone is not watched; an alarm about it that passes leaves it so.
#[test]
fn an_alarm_about_an_attempt_that_is_not_watched_passes_after_any_time() {
    for status in [IntentStatus::Canceled, IntentStatus::Succeeded] {
        let mut till = searching();
        till.give(Input::CancelAsked).unwrap();
        let ours = asked(&till, IntentStatus::Succeeded);
        till.answer(Asked::Inquire, Answer::Found(vec![ours.clone()]));
        assert_eq!(till.state(), State::RefundDue);
        till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
        let wrong = IntentReport { amount_minor: 88_000, ..ours };
        till.answer(Asked::Inquire, Answer::Found(vec![wrong.clone()]));
        assert_eq!(till.state(), State::AskManager);
        for _ in 0..700 {
            till.seconds(1);
            till.line(LineProof::Up);
            if till.take(Asked::Inquire) > 0 {
                till.answer(Asked::Inquire, Answer::Found(vec![wrong.clone()]));
            }
        }
        for _ in 0..2 {
            till.take(Asked::Inquire);
            till.give(Input::CheckAsked(Some(SaleId(1)))).ok();
            till.says(Asked::Inquire, status.clone());
        }
        assert_eq!(till.state(), State::RefundDue);
        till.take(Asked::Inquire);
        till.seconds(3600);
        assert_eq!(till.take(Asked::Inquire), 0);
    }
}
