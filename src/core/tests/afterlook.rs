//! Looking after what was given up: late money is found without anyone asking.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Mode, Rejection, RejectionKind, Silence};
use quickpay_core::effect::{Effect, Inquiry};
use quickpay_core::id::{AttemptId, IntentId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::record::Record;
use quickpay_core::refusal::Refusal;
use quickpay_core::view::State;
use till::{FRESH, Till, decline};

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
    let mut till = Till::reversed();
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [50, 180, 600, 605]);
    assert_eq!(has(&till, ended), 1);
    assert_eq!(till.terminal.ledger().open_sales().count(), 0, "nobody has to do anything");
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [] as [u64; 0]);
}

#[test]
fn money_after_a_confirmed_cancel_is_owed_once_without_anyone_asking() {
    let mut till = Till::reversed();
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
        let mut till = Till::reversed();
        till.seconds(300);
        till.restart(same_boot);
        till.line(LineProof::Up);
        let looks = looks(&mut till, &IntentStatus::Canceled);
        let first_and_last = (looks.first().copied(), looks.last().copied());
        let expected = if same_boot { (Some(1), Some(300)) } else { (Some(50), Some(605)) };
        assert_eq!((first_and_last, has(&till, ended)), (expected, 1), "{looks:?}");
    }
}

#[test]
fn only_a_clear_answer_ends_the_watch() {
    let mut till = Till::reversed();
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
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [50, 180, 600, 605]);
    let mut till = Till::paying();
    let rejection = Rejection { kind: RejectionKind::Unauthorized, code: None, words: "no such key".into() };
    till.answer(Asked::Pay, Answer::Rejected(rejection));
    assert_eq!(till.state(), State::Declined);
    assert_eq!(looks(&mut till, &IntentStatus::Canceled), [] as [u64; 0]);
}

/// One thing of a report made different.
type Change = fn(&mut IntentReport);

/// What the gateway tells of money that came for the cancelled attempt, with one thing changed.
fn late(till: &Till, change: impl FnOnce(&mut IntentReport)) -> Answer {
    let mut report = till.report(IntentStatus::Succeeded);
    change(&mut report);
    Answer::Intent(report)
}

fn told(record: &Record) -> bool {
    matches!(record, Record::StrayMoneyTold { .. })
}

fn wrong_amount(report: &mut IntentReport) {
    report.amount_minor = 88_000;
}

/// A cancelled sale for which ten times its amount came later.
fn astray() -> Till {
    let mut till = Till::reversed();
    till.seconds(50);
    let answer = late(&till, wrong_amount);
    till.answer(Asked::Inquire, answer);
    till
}

#[test]
fn late_money_that_nobody_asked_for_calls_the_manager_and_is_not_refunded() {
    let changes: [(Change, &str); 3] = [
        (wrong_amount, "CNY 880.00"),
        (|report| report.currency = "usd".into(), "USD 88.00"),
        (|report| report.mode = Some(Mode::Live), "CNY 88.00"),
    ];
    for (change, amount) in changes {
        let mut till = Till::reversed();
        till.seconds(50);
        let answer = late(&till, change);
        till.answer(Asked::Inquire, answer);
        let view = till.view();
        assert_eq!((view.state, view.word.as_str()), (State::AskManager, "ASK MANAGER"));
        assert_eq!(view.lines[0], format!("The gateway says that {amount} came after we gave up."));
        assert!(view.lines[1].contains(till.order().as_str()), "{:?}", view.lines);
        assert_eq!(view.lines[2], "Nothing was refunded. Call the manager.");
        assert_eq!(
            view.open.iter().map(|open| (open.state, open.count)).collect::<Vec<_>>(),
            [(State::AskManager, 1)]
        );
        assert_eq!((has(&till, owed), till.refund(None)), (0, Err(Refusal::NothingToRefund)));
        assert_eq!(till.scan(FRESH), Err(Refusal::AmountFirst), "no second charge for this sale");
    }
}

#[test]
fn the_alarm_is_told_once_and_stands_across_restarts_and_time() {
    let mut till = astray();
    for same_boot in [true, false] {
        till.restart(same_boot);
        till.line(LineProof::Up);
        for _ in 0..900 {
            till.seconds(1);
            if till.take(Asked::Inquire) > 0 {
                let answer = late(&till, wrong_amount);
                till.answer(Asked::Inquire, answer);
            }
        }
        assert_eq!((has(&till, told), has(&till, ended), till.state()), (1, 0, State::AskManager));
    }
}

#[test]
fn an_alarm_that_was_a_slip_of_the_gateway_passes_and_the_watch_goes_on() {
    for (status, ends, owes) in
        [(IntentStatus::Canceled, State::Reversed, 0), (IntentStatus::Succeeded, State::RefundDue, 1)]
    {
        let mut till = astray();
        till.seconds(300);
        till.says(Asked::Inquire, status);
        assert_eq!((till.state(), has(&till, owed)), (ends, owes));
    }
}

#[test]
fn a_stray_order_is_none_of_ours() {
    let mut till = Till::reversed();
    till.seconds(50);
    let answer = late(&till, |report| {
        report.order = Some(quickpay_core::id::OrderId::from_journal("T9-000000-S0001a".into()));
        report.id = IntentId("pi_stranger".into());
    });
    till.answer(Asked::Inquire, answer);
    assert_eq!((till.state(), has(&till, told)), (State::Reversed, 0));
}

#[test]
fn a_person_who_put_it_right_at_the_gateway_ends_the_alarm() {
    let mut till = astray();
    till.give(Input::PutRight { sale: SaleId(1), approver: None }).unwrap();
    assert_eq!((till.state(), till.view().open.len()), (State::Reversed, 0));
    assert_eq!(till.give(Input::PutRight { sale: SaleId(1), approver: None }), Err(Refusal::NothingToSettle));
    till.take(Asked::Inquire);
    till.seconds(3600);
    assert_eq!(till.take(Asked::Inquire), 0, "nothing more is asked");
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    let answer = late(&till, wrong_amount);
    till.answer(Asked::Inquire, answer);
    assert_eq!(till.state(), State::AskManager, "whoever asks again is told again");
}

#[test]
fn a_second_alarm_of_the_sale_stands_until_somebody_has_looked_at_that_one_too() {
    let mut till = Till::reversed();
    let first = late(&till, wrong_amount);
    till.scan(FRESH).unwrap();
    let [one, two] = [0, 1].map(|index| AttemptId { sale: SaleId(1), index });
    let order = till.terminal.ledger().attempt(two).unwrap().1.order.clone();
    let of_two = |till: &Till, status: IntentStatus, minor: u64| {
        let id = IntentId("pi_2".into());
        let report = till.report(status);
        Answer::Intent(IntentReport { id, order: Some(order.clone()), amount_minor: minor, ..report })
    };
    let pending = of_two(&till, IntentStatus::Pending, 8_800);
    till.answer_for(two, Asked::Pay, pending);
    till.give(Input::CancelAsked).unwrap();
    let canceled = of_two(&till, IntentStatus::Canceled, 8_800);
    till.answer_for(two, Asked::Inquire, canceled);
    assert_eq!(till.state(), State::Reversed);
    till.seconds(60);
    till.answer_for(one, Asked::Inquire, first);
    let second = of_two(&till, IntentStatus::Succeeded, 8_801);
    till.answer_for(two, Asked::Inquire, second);
    assert_eq!(has(&till, told), 2);
    for shown in ["CNY 880.00", "CNY 88.01"] {
        assert_eq!(till.state(), State::AskManager);
        assert!(till.view().lines.iter().any(|line| line.contains(shown)), "{:?}", till.view().lines);
        till.give(Input::PutRight { sale: SaleId(1), approver: None }).unwrap();
    }
    assert_eq!(till.state(), State::Reversed);
}

#[test]
fn a_second_intent_of_one_request_is_found_by_the_order_and_owed_back() {
    let mut till = Till::reversed();
    let mut ways = Vec::new();
    for second in 1..=900_u64 {
        till.seconds(1);
        let by_order =
            till.effects.iter().any(|effect| matches!(effect, Effect::Inquire { by: Inquiry::Order(_), .. }));
        if till.take(Asked::Inquire) > 0 {
            ways.push(by_order);
            let known = till.report(IntentStatus::Canceled);
            let second = IntentReport { id: IntentId("pi_2".into()), ..till.report(IntentStatus::Succeeded) };
            let found = Answer::Found(vec![known.clone(), second]);
            till.answer(Asked::Inquire, if by_order { found } else { Answer::Intent(known) });
        }
        if second % 9 == 0 {
            till.line(LineProof::Up);
        }
    }
    assert_eq!(ways, [false, true], "the intent, and then the order");
    assert_eq!((till.state(), has(&till, owed)), (State::RefundDue, 1));
}

#[test]
fn stray_money_in_a_search_is_found_beside_a_canceled_intent() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.line(LineProof::Up);
    till.give(Input::CancelAsked).unwrap();
    for _ in 0..200 {
        till.seconds(1);
        till.line(LineProof::Up);
        if till.state() == State::Reversed {
            break;
        }
        if till.take(Asked::Inquire) > 0 {
            till.answer(Asked::Inquire, Answer::Found(vec![]));
        }
    }
    assert_eq!(till.state(), State::Reversed);
    let canceled = till.report(IntentStatus::Canceled);
    let mut other = till.report(IntentStatus::Succeeded);
    other.id = IntentId("pi_2".into());
    wrong_amount(&mut other);
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    till.answer(Asked::Inquire, Answer::Found(vec![canceled, other]));
    assert_eq!((till.state(), has(&till, owed)), (State::AskManager, 0));
}
