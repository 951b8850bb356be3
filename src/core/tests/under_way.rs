//! How many questions are under way at once: few, and some room is kept for money that may be moving.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Silence};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use till::{CODE, Till};

fn attempt(sale: u32) -> AttemptId {
    AttemptId { sale: SaleId(sale), index: 0 }
}

/// Rings up the sale of this number and scans for it.
fn begin(till: &mut Till, sale: u32) {
    till.amount(&format!("{sale}.00"));
    till.scan(&format!("13299361460960{sale:04}")).unwrap();
    assert!(till.terminal.ledger().sale(SaleId(sale)).is_some());
}

/// So many further sales whose payment an error ended; all are asked about at once.
fn in_doubt(till: &mut Till, sales: std::ops::RangeInclusive<u32>) {
    for sale in sales {
        begin(till, sale);
        till.give(Input::Answered {
            attempt: attempt(sale),
            asked: Asked::Pay,
            answer: Answer::Silent(Silence::ServerError),
        })
        .unwrap();
        till.give(Input::PutAside).unwrap();
    }
    till.line(LineProof::Up);
    till.seconds(5); // more than the pace needs; panics where something is due and does not get done
}

fn inquiries(till: &Till) -> Vec<AttemptId> {
    let asked = |effect: &Effect| match effect {
        Effect::Inquire { attempt, .. } => Some(*attempt),
        Effect::Pay { .. } | Effect::Reverse { .. } | Effect::Refund { .. } => None,
        Effect::InquireRefund { .. } | Effect::ProbeLine | Effect::LookForPrinter => None,
        Effect::Print { .. } => None,
    };
    till.effects.iter().filter_map(asked).collect()
}

#[test]
fn at_most_eight_questions_are_under_way_and_each_answer_lets_the_next_leave() {
    let mut till = Till::online();
    in_doubt(&mut till, 1..=12);
    assert_eq!(inquiries(&till).len(), 8);
    for asked in 9..=12 {
        let first = inquiries(&till)[asked - 9];
        till.give(Input::Answered { attempt: first, asked: Asked::Inquire, answer: Answer::Found(vec![]) })
            .unwrap();
        till.seconds(1);
        assert_eq!(inquiries(&till).len(), asked);
    }
}

#[test]
fn a_refund_under_way_counts_like_any_question() {
    let mut till = Till::online();
    till.amount("1.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    till.refund(None).unwrap();
    assert_eq!(till.take_refunds().len(), 1);
    in_doubt(&mut till, 2..=12);
    assert_eq!(inquiries(&till).len(), 7);
}

#[test]
fn looks_after_what_was_given_up_leave_room_for_what_is_in_doubt() {
    let mut till = Till::online();
    for sale in 1..=9 {
        begin(&mut till, sale);
        let id = attempt(sale);
        let (of, known) = till.terminal.ledger().attempt(id).unwrap();
        let report = IntentReport {
            id: IntentId(format!("pi_{sale}")),
            order: Some(known.order.clone()),
            amount_minor: of.amount.minor(),
            ..till.report(IntentStatus::Canceled)
        };
        till.give(Input::Answered { attempt: id, asked: Asked::Pay, answer: Answer::Intent(report) })
            .unwrap();
    }
    till.effects.clear();
    for _ in 0..12 {
        till.seconds(5);
        till.line(LineProof::Up);
    }
    assert_eq!(inquiries(&till).len(), 4, "nine are due");
    in_doubt(&mut till, 10..=20);
    assert_eq!(inquiries(&till).len(), 8);
}
