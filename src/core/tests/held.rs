//! Codes that wait for the line: deadlines that nothing extends.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentStatus};
use quickpay_core::effect::Effect;
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, LineProof};
use quickpay_core::view::State;
use till::{CODE, Till};

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
fn a_payment_knows_until_when_it_may_leave_however_long_the_machine_sleeps_before() {
    for held in [false, true] {
        let mut till = if held { Till::new() } else { Till::online() };
        if held {
            till.line(LineProof::Down);
        }
        till.amount("12");
        till.scan(CODE).unwrap();
        if held {
            till.seconds(10);
            till.line(LineProof::Up);
        }
        let submit_by = till.terminal.ledger().sale(SaleId(1)).unwrap().attempts[0].submit_by;
        let request = till.effects.iter().find_map(|effect| {
            let Effect::Pay { request, .. } = effect else { return None };
            Some(request)
        });
        assert_eq!(request.unwrap().submit_by, submit_by, "held: {held}");
    }
}

#[test]
fn a_code_that_grew_too_old_on_the_way_out_is_not_charged() {
    let mut till = Till::paying();
    till.seconds(3600); // the machine slept while the connection was being made
    till.answer(Asked::Pay, Answer::NotSent);
    till.seconds(1);
    assert_eq!((till.state(), till.pays()), (State::Expired, 0));
    till.line(LineProof::Up);
    till.seconds(60);
    assert_eq!((till.state(), till.pays()), (State::Expired, 0));
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
fn a_wrong_clock_at_boot_that_is_set_later_moves_no_deadline() {
    let mut till = Till::new();
    till.now.wall.unix_ms = 0; // 1970: a board without a battery
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    till.seconds(10);
    till.now.wall.unix_ms = 1_763_600_000_000;
    till.seconds(9);
    assert_eq!(till.state(), State::Held);
    till.seconds(1);
    assert_eq!(till.state(), State::Expired);
    till.line(LineProof::Up);
    assert_eq!(till.pays(), 0);
}

#[test]
fn a_machine_that_slept_past_the_deadline_sends_nothing_when_it_wakes() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    till.now.mono = till.now.mono.after(std::time::Duration::from_secs(60)); // no tick came meanwhile
    till.line(LineProof::Up);
    assert_eq!((till.state(), till.pays()), (State::Expired, 0));
}

/// How long each pause between two probes is, in milliseconds, while every one of them fails.
fn pauses(till: &mut Till) -> Vec<u64> {
    let mut pauses = Vec::new();
    let mut last = till.now.mono.0;
    till.line(LineProof::Down);
    while pauses.len() < 12 {
        till.pass(std::time::Duration::from_millis(10));
        if till.effects.iter().any(|effect| matches!(effect, Effect::ProbeLine)) {
            pauses.push(till.now.mono.0 - last);
            last = till.now.mono.0;
            till.line(LineProof::Down);
        }
    }
    pauses
}

#[test]
fn a_line_that_is_down_is_tried_more_often_while_something_is_owed() {
    for (mut till, longest) in [(Till::online(), 5_010), (Till::paying(), 2_010)] {
        let pauses = pauses(&mut till);
        assert!(pauses.iter().all(|pause| *pause <= longest), "{pauses:?}");
        assert!(pauses.iter().skip(4).all(|pause| *pause >= (longest - 10) * 8 / 10), "{pauses:?}");
        assert!(pauses.iter().collect::<std::collections::BTreeSet<_>>().len() > 3, "in step: {pauses:?}");
    }
}
