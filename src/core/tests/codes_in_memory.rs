//! How long a payment code is in memory: each way in which a code is done with leaves none.
//!
//! That a dropped code is wiped is its type's (`Zeroizing`); here it is that it is dropped. Codes show in the terminal's
//! `Debug` as redacted ones, so they can be counted.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentStatus, Silence};
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::payment_code::Scan;
use quickpay_core::view::State;
use till::{CODE, FRESH, Till, decline};

/// Codes that the terminal itself holds, and those on their way to the gateway.
fn codes(till: &Till) -> (usize, usize) {
    let count = |shown: String| shown.matches("PaymentCode(").count();
    (count(format!("{:?}", till.terminal)), count(format!("{:?}", till.effects)))
}

/// A code that waits for the line.
fn holding() -> Till {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("12");
    till.scan(CODE).unwrap();
    assert_eq!((till.state(), codes(&till)), (State::Held, (1, 0)));
    till
}

/// One whose request left, and was handed to the gateway's client.
fn sent() -> Till {
    let mut till = Till::paying();
    assert_eq!(codes(&till), (1, 1), "until its answer: a connection that was never made puts it back");
    till.effects.clear(); // the client drops its own when the exchange is over
    till
}

#[test]
fn a_code_is_gone_after_any_answer_to_its_payment() {
    type Answers = fn(&mut Till);
    let answers: [(&str, Answers); 5] = [
        ("paid", |till| till.says(Asked::Pay, IntentStatus::Succeeded)),
        ("waits for the payer", |till| till.says(Asked::Pay, IntentStatus::Pending)),
        ("refused", |till| till.answer(Asked::Pay, Answer::Declined { decline: decline("x"), intent: None })),
        ("no answer", |till| till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer))),
        ("nothing is known", |till| till.answer(Asked::Pay, Answer::Found(Vec::new()))),
    ];
    for (name, answer) in answers {
        let mut till = sent();
        answer(&mut till);
        assert_eq!(codes(&till).0, 0, "{name}");
    }
}

#[test]
fn a_code_is_gone_when_the_cashier_gives_up_what_was_sent() {
    let mut till = sent();
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(codes(&till), (0, 0));
}

#[test]
fn a_held_code_is_gone_at_its_deadline_and_when_the_cashier_gives_up() {
    let mut till = holding();
    till.seconds(20);
    assert_eq!((till.state(), codes(&till)), (State::Expired, (0, 0)));
    let mut till = holding();
    till.give(Input::CancelAsked).unwrap();
    assert_eq!((till.state(), codes(&till)), (State::Expired, (0, 0)));
}

#[test]
fn a_code_that_was_put_back_is_gone_at_its_deadline_too() {
    let mut till = sent();
    till.answer(Asked::Pay, Answer::NotSent);
    assert_eq!(codes(&till), (1, 0));
    till.seconds(60);
    assert_eq!(codes(&till), (0, 0));
}

#[test]
fn a_code_that_is_refused_is_never_kept() {
    let mut till = Till::online();
    till.scan(CODE).unwrap_err(); // no amount yet
    assert_eq!(codes(&till), (0, 0));
    let mut till = sent();
    till.scan(FRESH).unwrap_err(); // an attempt is in doubt
    assert_eq!(codes(&till), (1, 0), "only the one that was sent");
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.scan(FRESH).unwrap_err();
    assert_eq!(codes(&till), (0, 0));
}

#[test]
fn a_scan_that_is_no_code_and_a_restart_leave_none() {
    let mut till = Till::online();
    till.amount("5");
    till.give(Input::Scanned(Scan::from_message(b"6901234567892".to_vec()))).unwrap_err();
    assert_eq!(codes(&till), (0, 0));
    let mut till = holding();
    till.restart(true);
    assert_eq!((codes(&till).0, till.terminal.ledger().sale(SaleId(1)).unwrap().attempts.len()), (0, 1));
}
