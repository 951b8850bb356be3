//! Looking after what was given up, at its edges: what is clear, how often is asked, when it ends, and alarms that stand.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::time::Duration;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Silence};
use quickpay_core::effect::{Effect, Inquiry};
use quickpay_core::id::{IntentId, OrderId, SaleId};
use quickpay_core::input::{Asked, LineProof};
use till::Till;

fn is_watched(till: &Till) -> bool {
    till.terminal.ledger().watched().next().is_some()
}

fn has_alarm(till: &Till) -> bool {
    till.terminal.ledger().sale(SaleId(1)).unwrap().stray().is_some()
}

/// Answers each look for so many seconds, one by the order as a search does; how many there were.
fn looks(till: &mut Till, seconds: u64, report: &IntentReport, beside: &[IntentReport]) -> usize {
    let mut looks = 0;
    for second in 0..seconds {
        till.seconds(1);
        let by_order = |effect: &Effect| matches!(effect, Effect::Inquire { by: Inquiry::Order(_), .. });
        let searched = till.effects.iter().any(by_order);
        if till.take(Asked::Inquire) > 0 {
            looks += 1;
            let found = || Answer::Found(beside.to_vec());
            till.answer(Asked::Inquire, if searched { found() } else { Answer::Intent(report.clone()) });
        }
        if second % 9 == 0 {
            till.line(LineProof::Up);
        }
    }
    looks
}

/// Money of another amount, told of the intent that was cancelled.
fn stray(till: &Till) -> IntentReport {
    IntentReport { amount_minor: 9000, ..till.report(IntentStatus::Succeeded) }
}

fn astray() -> Till {
    let mut till = Till::reversed();
    till.seconds(50);
    let answer = Answer::Intent(stray(&till));
    till.answer(Asked::Inquire, answer);
    assert!(has_alarm(&till));
    till
}

/// The line is away for so long.
fn away(till: &mut Till, days: u64) {
    let span = Duration::from_secs(days * 86_400);
    till.line(LineProof::Down);
    till.line(LineProof::Down);
    till.now.mono = till.now.mono.after(span);
    till.now.wall.unix_ms += i64::try_from(span.as_millis()).unwrap();
    till.line(LineProof::Up);
}

#[test]
fn one_look_at_a_time_and_none_without_a_line() {
    let mut till = Till::reversed();
    till.seconds(60);
    assert_eq!(till.take(Asked::Inquire), 1);
    till.seconds(700);
    assert_eq!(till.take(Asked::Inquire), 0, "the first is not answered yet");
    till.says(Asked::Inquire, IntentStatus::Pending);
    till.line(LineProof::Down);
    till.line(LineProof::Down);
    till.seconds(60);
    assert_eq!(till.take(Asked::Inquire), 0);
}

#[test]
fn words_that_leave_it_open_whether_money_came_end_no_watch() {
    let till = Till::reversed();
    let canceled = till.report(IntentStatus::Canceled);
    let odd = till.report(IntentStatus::Unproven("requires_capture".into()));
    let pending = till.report(IntentStatus::Pending);
    let order = Some(OrderId::from_journal("T9-x".into()));
    let others = IntentReport { order, ..till.report(IntentStatus::Succeeded) };
    for (report, beside) in [
        (odd.clone(), vec![odd.clone()]),
        (pending.clone(), vec![pending.clone()]),
        (others.clone(), vec![others.clone()]),
        (canceled.clone(), vec![canceled.clone(), odd]),
        (canceled.clone(), vec![pending, canceled]),
    ] {
        let mut till = Till::reversed();
        looks(&mut till, 1200, &report, &beside);
        assert!(is_watched(&till), "{report:?} beside {beside:?}");
    }
}

#[test]
fn what_stays_open_is_asked_about_ever_more_rarely_and_at_least_every_five_minutes() {
    let mut till = Till::reversed();
    let pending = till.report(IntentStatus::Pending);
    let beside = [pending.clone()];
    looks(&mut till, 4 * 3600, &pending, &beside);
    let asked = looks(&mut till, 3600, &pending, &beside);
    assert!((11..=13).contains(&asked), "{asked} an hour");
}

#[test]
fn a_busy_gateway_is_looked_at_only_after_the_time_it_named() {
    let mut till = Till::reversed();
    till.seconds(50);
    till.answer(Asked::Inquire, Answer::Silent(Silence::Busy(Some(Duration::from_secs(200)))));
    till.seconds(199);
    assert_eq!(till.take(Asked::Inquire), 0);
    till.seconds(1);
    assert_eq!(till.take(Asked::Inquire), 1);
}

#[test]
fn after_seven_days_nothing_more_is_asked_whatever_the_gateway_leaves_open() {
    let mut till = Till::reversed();
    away(&mut till, 7);
    assert!(is_watched(&till), "an answer ends it, not the clock");
    till.says(Asked::Inquire, IntentStatus::Pending);
    assert!(!is_watched(&till));
}

#[test]
fn an_alarm_stands_for_as_long_as_nobody_put_it_right() {
    let mut till = astray();
    away(&mut till, 8);
    let told = stray(&till);
    looks(&mut till, 60, &told, std::slice::from_ref(&told));
    assert!(has_alarm(&till) && is_watched(&till));
}

#[test]
fn an_alarm_is_taken_back_only_by_a_word_about_the_same_money() {
    let mut till = astray();
    let told = stray(&till);
    let other = IntentReport { id: IntentId("pi_2".into()), ..till.report(IntentStatus::Canceled) };
    looks(&mut till, 1200, &told, &[other]);
    assert!(has_alarm(&till), "a search that shows another intent");
    looks(&mut till, 1200, &told, &[]);
    assert!(has_alarm(&till), "a search that shows none");
    let canceled = till.report(IntentStatus::Canceled);
    looks(&mut till, 400, &canceled, std::slice::from_ref(&canceled));
    assert!(!has_alarm(&till));
}

#[test]
fn money_of_another_amount_that_has_not_come_yet_is_no_alarm() {
    for status in [IntentStatus::Pending, IntentStatus::Canceled, IntentStatus::Unproven("x".into())] {
        let mut till = Till::reversed();
        till.seconds(50);
        let report = IntentReport { status, ..stray(&till) };
        till.answer(Asked::Inquire, Answer::Intent(report));
        assert!(!has_alarm(&till));
    }
}

#[test]
fn an_alarm_says_the_amount_that_the_gateway_told_last() {
    let mut till = astray();
    let more = IntentReport { amount_minor: 9900, ..stray(&till) };
    looks(&mut till, 60, &more, std::slice::from_ref(&more));
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    assert_eq!(sale.stray().unwrap().1.told, "CNY 99.00");
}
