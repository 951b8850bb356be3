//! What the gateway's word about a refund means, which parts a wallet gives, and which money goes back first.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{
    Answer, IntentReport, IntentStatus, RefundAnswer, RefundNumber, RefundReport, RefundStanding, Rejection,
    RejectionKind, Silence,
};
use quickpay_core::effect::Effect;
use quickpay_core::id::{IntentId, RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, Seen};
use quickpay_core::refund::{Refund, RefundPhase};
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Sale;
use quickpay_core::wallet::{PartialRefunds, WalletId, WalletTable};
use till::{CODE, Till, refunded, settings};

const FIRST: RefundId = RefundId { sale: SaleId(1), index: 1 };

fn sale(till: &Till) -> &Sale {
    till.terminal.ledger().sale(SaleId(1)).unwrap()
}

fn refund(till: &Till, index: u8) -> &Refund {
    sale(till).refund(RefundId { sale: SaleId(1), index }).unwrap()
}

fn is_sent(till: &Till) -> bool {
    matches!(refund(till, 1).phase, RefundPhase::Sent { .. })
}

/// A part of 10.00 that was sent.
fn sent() -> Till {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    assert_eq!(till.take_refunds().len(), 1);
    till
}

fn no(kind: RejectionKind) -> RefundAnswer {
    RefundAnswer::Rejected(Rejection { kind, code: None, words: "no".into() })
}

/// A paid sale at a till whose wallet gives parts so.
fn paid_with(partial_refunds: PartialRefunds) -> Till {
    let mut settings = settings();
    let mut wallet = settings.wallets.enabled().next().unwrap().clone();
    wallet.partial_refunds = partial_refunds;
    settings.wallets = WalletTable::new(vec![wallet]);
    let mut till = Till::with(settings);
    till.line(LineProof::Up);
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Succeeded);
    till.printed();
    till
}

#[test]
fn a_refused_question_about_a_named_refund_is_no_word_about_the_money() {
    use RejectionKind::{BadRequest, Forbidden, NotFound, Other, Unauthorized};
    for kind in [BadRequest, Unauthorized, Forbidden, NotFound, Other] {
        let mut till = sent();
        till.refund_says(1, refunded(RefundStanding::Pending));
        till.seconds(6);
        till.refund_says(1, no(kind));
        assert!(is_sent(&till), "{kind:?}");
        assert_eq!(till.refund(Some("78.01")), Err(Refusal::RefundTooLarge { left: left(&till) }));
    }
}

fn left(till: &Till) -> quickpay_core::money::Money {
    let (_, intent) = sale(till).refundable().unwrap();
    let left = sale(till).left_of(&intent);
    quickpay_core::money::Money::from_minor(left, sale(till).amount.currency()).unwrap()
}

#[test]
fn a_question_about_a_named_refund_that_could_not_leave_changes_nothing() {
    let mut till = sent();
    till.refund_says(1, refunded(RefundStanding::Pending));
    till.seconds(6);
    till.refund_says(1, RefundAnswer::NotSent);
    assert!(is_sent(&till));
}

#[test]
fn a_refund_of_which_no_byte_left_is_only_saved_and_can_be_taken_back() {
    let mut till = sent();
    till.refund_says(1, RefundAnswer::NotSent);
    assert_eq!(refund(&till, 1).phase, RefundPhase::Saved);
    till.give(Input::CancelAsked).unwrap();
    assert_eq!(refund(&till, 1).phase, RefundPhase::Withdrawn);
}

#[test]
fn a_repeat_that_could_not_leave_is_not_taken_for_a_refund_that_never_left() {
    let mut till = sent();
    till.refund_says(1, RefundAnswer::Silent(Silence::ServerError));
    till.seconds(6);
    assert_eq!(till.take_refunds().len(), 1);
    till.refund_says(1, RefundAnswer::NotSent);
    assert!(is_sent(&till));
}

#[test]
fn only_the_gateways_own_word_about_this_amount_ends_a_refund() {
    let report = |amount_minor, standing| {
        RefundAnswer::Refund(RefundReport { id: RefundNumber("re_1".into()), amount_minor, standing })
    };
    for (answer, phase) in [
        (report(None, RefundStanding::Succeeded), Some(RefundPhase::Confirmed)),
        (report(Some(1000), RefundStanding::Succeeded), Some(RefundPhase::Confirmed)),
        (report(Some(1001), RefundStanding::Succeeded), None),
        (report(Some(999), RefundStanding::Failed("no".into())), None),
        (
            report(None, RefundStanding::Failed("no".into())),
            Some(RefundPhase::Refused { words: "no".into() }),
        ),
        (report(None, RefundStanding::Pending), None),
        (report(None, RefundStanding::Unproven("done?".into())), None),
    ] {
        let mut till = sent();
        till.refund_says(1, answer.clone());
        assert_eq!(Some(&refund(&till, 1).phase).filter(|_| !is_sent(&till)), phase.as_ref(), "{answer:?}");
    }
}

/// Answers every question about the refund with this for so many seconds; how many there were.
fn asked_for(till: &mut Till, seconds: u64, answer: &RefundAnswer) -> usize {
    let mut asked = 0;
    for _ in 0..seconds {
        till.seconds(1);
        let before = till.effects.len();
        let is = |effect: &Effect| matches!(effect, Effect::Refund { .. } | Effect::InquireRefund { .. });
        till.effects.retain(|effect| !is(effect));
        if till.effects.len() < before {
            asked += 1;
            till.refund_says(1, answer.clone());
            till.line(LineProof::Up);
        }
    }
    asked
}

#[test]
fn a_refund_in_progress_is_asked_about_ever_more_rarely_and_at_least_every_minute() {
    let mut till = sent();
    till.refund_says(1, refunded(RefundStanding::Pending));
    asked_for(&mut till, 600, &refunded(RefundStanding::Pending));
    let asked = asked_for(&mut till, 600, &refunded(RefundStanding::Pending));
    assert!((9..=11).contains(&asked), "{asked} in ten minutes");
}

#[test]
fn the_quarter_of_an_hour_before_a_person_is_asked_begins_anew_with_the_gateways_word_that_it_works_on_it() {
    let mut till = sent();
    till.refund_says(1, RefundAnswer::Silent(Silence::ServerError));
    asked_for(&mut till, 600, &refunded(RefundStanding::Pending));
    asked_for(&mut till, 600, &RefundAnswer::Silent(Silence::ServerError));
    assert!(till.view().refunds_asked.is_empty());
    asked_for(&mut till, 320, &RefundAnswer::Silent(Silence::ServerError));
    assert_eq!(till.view().refunds_asked, [FIRST]);
}

#[test]
fn words_that_nobody_knows_are_no_sign_that_the_gateway_works_on_it() {
    let mut till = sent();
    asked_for(&mut till, 1000, &refunded(RefundStanding::Unproven("limbo".into())));
    till.refund_says(1, refunded(RefundStanding::Unproven("limbo".into())));
    asked_for(&mut till, 1000, &refunded(RefundStanding::Unproven("limbo".into())));
    assert_eq!(till.view().refunds_asked, [FIRST]);
}

#[test]
fn a_person_settles_nothing_about_a_refund_that_never_left() {
    let mut till = Till::paid();
    till.line(LineProof::Down);
    till.refund(Some("10.00")).unwrap();
    till.pass(std::time::Duration::from_secs(1000));
    for seen in [Seen::Yes, Seen::No] {
        assert_eq!(
            till.give(Input::RefundSeen { refund: FIRST, seen, approver: None }),
            Err(Refusal::NothingToSettle)
        );
    }
}

#[test]
fn a_refund_waits_for_a_proven_line() {
    let mut till = Till::paid();
    till.restart(true);
    till.refund(Some("10.00")).unwrap();
    assert_eq!((till.take_refunds().len(), &refund(&till, 1).phase), (0, &RefundPhase::Saved));
    till.line(LineProof::Up);
    assert_eq!(till.take_refunds().len(), 1);
}

#[test]
fn a_wallet_without_parts_gives_all_or_nothing() {
    let mut till = paid_with(PartialRefunds::None);
    assert_eq!(till.refund(Some("87.99")), Err(Refusal::RefundInPartsNotAllowed));
    till.refund(Some("88.00")).unwrap();
}

#[test]
fn a_part_that_was_refused_does_not_use_up_the_one_part_that_a_wallet_gives() {
    let mut till = paid_with(PartialRefunds::Once);
    till.refund(Some("10.00")).unwrap();
    till.refund_says(1, no(RejectionKind::BadRequest));
    till.refund(Some("10.00")).unwrap();
    assert_eq!(till.refund(Some("10.00")), Err(Refusal::RefundInPartsNotAllowed));
}

#[test]
fn a_wallet_gives_as_many_parts_as_it_says() {
    let mut till = paid_with(PartialRefunds::Many(2));
    till.refund(Some("10.00")).unwrap();
    till.refund(Some("10.00")).unwrap();
    assert_eq!(till.refund(Some("10.00")), Err(Refusal::RefundInPartsNotAllowed));
}

#[test]
fn of_a_wallet_that_is_no_longer_configured_nothing_is_given_in_parts() {
    let mut till = paid_with(PartialRefunds::Many(50));
    let entries = till.journal.entries().to_vec();
    let mut other = settings();
    let wallet = other.wallets.enabled().next().unwrap().clone();
    other.wallets =
        WalletTable::new(vec![quickpay_core::wallet::Wallet { id: WalletId("new".into()), ..wallet }]);
    till.terminal = quickpay_core::terminal::Terminal::new(
        other,
        quickpay_core::payment_code::FingerprintKey::new([8; 16]),
    );
    entries.iter().for_each(|entry| till.terminal.apply(entry).unwrap());
    assert_eq!(till.refund(Some("10.00")), Err(Refusal::RefundInPartsNotAllowed));
    till.refund(None).unwrap();
}

/// A sale that was paid twice by a doubled request: one payment is kept, the other owed.
fn paid_twice(parts: PartialRefunds) -> Till {
    let mut till = paid_with(parts);
    let mut settings = till.terminal.settings().clone();
    settings.confirm_above = None;
    till = Till::with(settings);
    till.line(LineProof::Up);
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.answer(Asked::Pay, Answer::Silent(Silence::ServerError));
    let first = till.report(IntentStatus::Succeeded);
    let second = IntentReport { id: IntentId("pi_2".into()), ..first.clone() };
    till.answer(Asked::Inquire, Answer::Found(vec![first, second]));
    assert_eq!(sale(&till).refunds_owed.len(), 1);
    till
}

#[test]
fn what_is_owed_to_the_customer_goes_back_before_the_payment_and_the_sale_is_open_until_then() {
    let mut till = paid_twice(PartialRefunds::Once);
    let owed = sale(&till).refunds_owed.first().unwrap().intent.clone();
    let kept = sale(&till).paid_by().unwrap().phase.intent().unwrap().clone();
    assert!(sale(&till).is_open());
    till.refund(Some("87.99")).unwrap();
    assert_eq!(refund(&till, 1).intent, owed);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert!(sale(&till).is_open(), "a fen is left of it");
    assert_eq!((sale(&till).left_of(&owed), sale(&till).left_of(&kept)), (1, 8800));
    assert_eq!((sale(&till).returned_of(&owed), sale(&till).returned_of(&kept)), (8799, 0));
    assert_eq!(till.refund(Some("0.02")), Err(Refusal::RefundTooLarge { left: left(&till) }));
}

#[test]
fn parts_of_one_payment_are_none_of_the_other() {
    let mut till = paid_twice(PartialRefunds::Once);
    till.refund(None).unwrap();
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert!(!sale(&till).is_open(), "the second payment went back whole");
    till.refund(Some("10.00")).unwrap();
    assert_eq!(refund(&till, 2).intent, *sale(&till).paid_by().unwrap().phase.intent().unwrap());
    assert_eq!(sale(&till).received_by(&IntentId("pi_9".into())), 0, "an intent of nobody brought nothing");
}
