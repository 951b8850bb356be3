//! Money that goes back, at the core's doors.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{IntentStatus, RefundAnswer, RefundStanding, Rejection, RejectionKind, Silence};
use quickpay_core::effect::Effect;
use quickpay_core::id::{RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, Seen};
use quickpay_core::refusal::Refusal;
use quickpay_core::view::State;
use quickpay_core::wallet::{PartialRefunds, WalletTable};
use quickpay_core::words::Language;
use till::{CODE, Till, refunded, settings};

fn state(till: &Till) -> State {
    till.terminal.state_of(till.terminal.ledger().sale(SaleId(1)).unwrap(), till.now)
}

#[test]
fn a_whole_refund_goes_from_saved_to_confirmed() {
    let mut till = Till::paid();
    till.refund(None).unwrap();
    assert_eq!(state(&till), State::RefundSent);
    let number = format!("{}r1", till.order().as_str().trim_end_matches('a'));
    assert_eq!(till.take_refunds(), [(number, 8800)]);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(state(&till), State::Refunded);
    assert_eq!(till.refund(None), Err(Refusal::NothingToRefund));
}

#[test]
fn a_payment_code_that_is_typed_into_the_reason_is_not_recorded() {
    let mut till = Till::paid();
    let reason = format!("returned{CODE}, call 13812345678");
    till.give(Input::RefundAsked { sale: SaleId(1), amount: None, reason, approver: None }).unwrap();
    let recorded = &till.terminal.ledger().sale(SaleId(1)).unwrap().refunds[0].reason;
    assert_eq!(recorded, "returned****, call 13812345678");
}

#[test]
fn a_refund_while_offline_is_only_saved_and_can_be_taken_back() {
    let mut till = Till::paid();
    till.line(LineProof::Down);
    till.refund(Some("10.00")).unwrap();
    assert_eq!((state(&till), till.take_refunds().len()), (State::RefundSaved, 0));
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(state(&till), State::Approved);
    till.refund(Some("10.00")).unwrap();
    till.line(LineProof::Up);
    assert_eq!((state(&till), till.take_refunds().len()), (State::RefundSent, 1));
    assert_eq!(till.give(Input::CancelAsked), Err(Refusal::NothingToCancel));
}

#[test]
fn a_lost_refund_reply_is_asked_about_under_the_same_number() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    let first = till.take_refunds();
    till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
    till.line(LineProof::Up);
    till.seconds(10);
    assert_eq!(till.take_refunds(), first);
    let rejection =
        Rejection { kind: RejectionKind::BadRequest, code: None, words: "already refunded".into() };
    till.refund_says(1, RefundAnswer::Rejected(rejection));
    assert_eq!(state(&till), State::RefundSent, "a repeated request's no proves nothing");
    till.seconds(30);
    assert_eq!(till.take_refunds(), first);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(state(&till), State::Approved);
    assert_eq!(till.refund(Some("78.01")), Err(Refusal::RefundTooLarge { left: left(&till) }));
    assert_eq!(left(&till).minor(), 7800);
}

fn left(till: &Till) -> quickpay_core::money::Money {
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    let (_, intent) = sale.refundable().unwrap();
    quickpay_core::money::Money::from_minor(sale.left_of(&intent), sale.amount.currency()).unwrap()
}

#[test]
fn the_first_no_of_the_gateway_returns_nothing_and_says_so() {
    let mut till = Till::paid();
    till.refund(None).unwrap();
    let rejection = Rejection { kind: RejectionKind::BadRequest, code: None, words: "too old".into() };
    till.refund_says(1, RefundAnswer::Rejected(rejection));
    assert_eq!(state(&till), State::RefundRefused);
    till.refund(None).unwrap();
    assert_eq!(state(&till), State::RefundSent);
}

#[test]
fn twenty_refunds_at_once_never_exceed_what_was_paid() {
    let mut till = Till::paid();
    let mut accepted = 0;
    for _ in 0..20 {
        accepted += u32::from(till.refund(Some("10.00")).is_ok());
    }
    assert_eq!(accepted, 8);
    assert_eq!(till.take_refunds().len(), 1, "one after the other");
    assert!(matches!(till.refund(Some("10.00")), Err(Refusal::RefundTooLarge { .. })));
    till.refund(None).unwrap();
    assert_eq!(till.refund(None), Err(Refusal::NothingToRefund));
}

#[test]
fn the_wallets_gap_between_two_parts_is_kept_by_waiting() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.take_refunds();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    till.refund(Some("10.00")).unwrap();
    assert_eq!((state(&till), till.take_refunds().len()), (State::RefundSaved, 0));
    till.seconds(59);
    assert_eq!(till.take_refunds().len(), 0);
    till.seconds(1);
    assert_eq!((state(&till), till.take_refunds().len()), (State::RefundSent, 1));
}

#[test]
fn a_wallet_that_allows_one_part_gives_one() {
    let mut once = settings();
    let mut wallet = once.wallets.enabled().next().unwrap().clone();
    wallet.partial_refunds = PartialRefunds::Once;
    once.wallets = WalletTable::new(vec![wallet]);
    let mut till = Till::with(once);
    till.line(LineProof::Up);
    till.amount("88.00");
    till.scan(till::CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.refund(Some("10.00")).unwrap();
    assert_eq!(till.refund(Some("10.00")), Err(Refusal::RefundInPartsNotAllowed));
}

#[test]
fn a_refund_that_was_sent_survives_a_restart_and_is_asked_about_again() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    let first = till.take_refunds();
    till.restart(false);
    till.line(LineProof::Up);
    assert_eq!(till.take_refunds(), first);
    till.refund_says(1, RefundAnswer::NotSent);
    assert_eq!(state(&till), State::RefundSent, "an earlier request may have left");
    till.line(LineProof::Up);
    till.seconds(60);
    assert_eq!(till.take_refunds(), first);
    till.refund_says(1, refunded(RefundStanding::Pending));
    till.seconds(60);
    assert!(till.effects.iter().any(|effect| matches!(effect, Effect::InquireRefund { .. })));
}

#[test]
fn money_that_came_too_late_goes_back_by_the_same_way() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(state(&till), State::RefundDue);
    till.refund(None).unwrap();
    assert_eq!(till.take_refunds().len(), 1);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(state(&till), State::Refunded);
}

#[test]
fn nothing_goes_back_for_a_sale_that_was_not_paid() {
    let mut till = Till::paying();
    assert_eq!(till.refund(None), Err(Refusal::NothingToRefund));
}

#[test]
fn a_refund_that_the_gateway_cannot_tell_about_is_settled_by_a_person_who_looked() {
    for (seen, ends) in [(Seen::Yes, State::Approved), (Seen::No, State::RefundRefused)] {
        let mut till = Till::paid();
        let refund = RefundId { sale: SaleId(1), index: 1 };
        assert_eq!(
            till.give(Input::RefundSeen { refund, seen, approver: None }),
            Err(Refusal::NothingToSettle)
        );
        till.refund(Some("10.00")).unwrap();
        till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
        for _ in 0..100 {
            till.line(LineProof::Up);
            till.seconds(10);
            let rejection = Rejection { kind: RejectionKind::BadRequest, code: None, words: "no".into() };
            if !till.take_refunds().is_empty() {
                till.refund_says(1, RefundAnswer::Rejected(rejection));
            }
        }
        assert_eq!(state(&till), State::RefundSent, "a repeated request's no proves nothing");
        till.give(Input::RefundSeen { refund, seen, approver: None }).unwrap();
        assert_eq!(state(&till), ends);
    }
}

/// A part refund whose every reply is lost for a quarter of an hour, with the line up.
fn parked() -> Till {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    for _ in 0..1000 {
        if !till.take_refunds().is_empty() {
            till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
            till.line(LineProof::Up);
        }
        till.seconds(1);
    }
    till
}

const FIRST: RefundId = RefundId { sale: SaleId(1), index: 1 };

#[test]
fn a_refund_without_an_answer_for_a_quarter_of_an_hour_asks_for_the_manager() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
    till.seconds(899);
    let view = till.view();
    assert_eq!((view.state, view.word.as_str()), (State::RefundSent, "REFUND IN PROGRESS"));
    assert_eq!(view.refunds_asked, []);
    let till = parked();
    let view = till.view();
    assert_eq!((view.state, view.shown_as), (State::RefundSent, State::AskManager));
    assert_eq!((view.word.as_str(), view.recent[0].word.as_str()), ("ASK MANAGER", "ASK MANAGER"));
    assert_eq!(view.refunds_asked, [FIRST]);
    let sale = till.terminal.ledger().sale(SaleId(1)).unwrap();
    let row = till.terminal.row_of(sale, till.now, Language::En).unwrap();
    let detail = till.terminal.detail_of(sale, &[], 0, till.now, Language::En);
    assert_eq!((row.word.as_str(), row.state), ("ASK MANAGER", State::AskManager), "in a list");
    assert_eq!((detail.word.as_str(), detail.state), ("ASK MANAGER", State::AskManager), "on its own page");
    let number = till.terminal.ledger().sale(SaleId(1)).unwrap().refund(FIRST).unwrap().number.to_string();
    assert_eq!(
        view.lines,
        [
            "We do not know whether CNY 10.00 went back.".to_owned(),
            format!("No answer for long. Look up refund {number} at the gateway."),
            "Call the manager. Then say: went back, or did not.".to_owned(),
        ]
    );
    assert_eq!(
        view.open.iter().map(|open| (open.state, open.shown_as, open.count)).collect::<Vec<_>>(),
        [(State::RefundSent, State::AskManager, 1)]
    );
}

#[test]
fn a_refund_that_the_gateway_says_it_works_on_asks_nobody() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, refunded(RefundStanding::Pending));
    for _ in 0..200 {
        till.seconds(10);
        if till.effects.iter().any(|effect| matches!(effect, Effect::InquireRefund { .. })) {
            till.effects.clear();
            till.refund_says(1, refunded(RefundStanding::Pending));
        }
    }
    assert_eq!((till.view().word.as_str(), till.view().refunds_asked), ("REFUND IN PROGRESS", vec![]));
    let asked = Input::RefundSeen { refund: FIRST, seen: Seen::No, approver: None };
    assert_eq!(till.give(asked), Err(Refusal::NothingToSettle), "nobody overrules the gateway");
}

#[test]
fn no_person_is_heard_while_a_request_may_still_be_carried_out() {
    let mut till = parked();
    till.give(Input::CheckAsked(Some(SaleId(1)))).unwrap();
    assert_eq!(till.take_refunds().len(), 1);
    let seen = Input::RefundSeen { refund: FIRST, seen: Seen::No, approver: None };
    assert_eq!(till.give(seen.clone()), Err(Refusal::RefundUnderWay));
    till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
    till.line(LineProof::Up);
    till.seconds(59);
    assert_eq!(till.give(seen.clone()), Err(Refusal::RefundUnderWay));
    till.seconds(1);
    till.give(seen).unwrap();
    assert_eq!(state(&till), State::RefundRefused);
}

#[test]
fn a_refund_that_a_person_looks_for_is_repeated_only_every_quarter_of_an_hour() {
    let mut till = parked();
    till.seconds(800);
    assert_eq!(till.take_refunds().len(), 0);
    till.seconds(200);
    assert_eq!(till.take_refunds().len(), 1);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(till.view().refunds_asked, []);
}

#[test]
fn a_person_settles_no_refund_that_was_only_just_sent() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
    till.seconds(60);
    let refund = RefundId { sale: SaleId(1), index: 1 };
    assert_eq!(
        till.give(Input::RefundSeen { refund, seen: Seen::No, approver: None }),
        Err(Refusal::NothingToSettle)
    );
}

#[test]
fn a_busy_gateway_is_asked_about_a_refund_only_after_the_time_it_named() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    till.take_refunds();
    till.refund_says(1, RefundAnswer::Silent(Silence::Busy(Some(std::time::Duration::from_secs(40)))));
    till.seconds(39);
    assert_eq!(till.take_refunds().len(), 0);
    till.seconds(1);
    assert_eq!(till.take_refunds().len(), 1);
}
