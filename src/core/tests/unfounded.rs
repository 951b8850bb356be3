//! Records that do not follow from those before them: a journal that holds one is none of ours, and nothing is guessed.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{IntentStatus, RefundAnswer, RefundNumber, RefundStanding, Silence};
use quickpay_core::attempt::Stray;
use quickpay_core::id::{AttemptId, Epoch, IntentId, JobId, RefundId, SaleId, ShiftNumber};
use quickpay_core::input::{Asked, Input};
use quickpay_core::money::{Currency, Money};
use quickpay_core::record::{
    Contradiction, Copy, Entry, ExpiryCause, PrintProof, Record, ReversalCause, ReversalProof, Slip,
};
use quickpay_core::wallet::WalletId;
use till::{Till, decline, refunded};

const SALE: SaleId = SaleId(1);
const ATTEMPT: AttemptId = AttemptId { sale: SALE, index: 0 };
const REFUND: RefundId = RefundId { sale: SALE, index: 1 };

fn fits(till: &Till, record: &Record) -> bool {
    let mut ledger = till.terminal.ledger().clone();
    let entry = Entry { seq: ledger.last_seq() + 1, at: till.now, records: vec![record.clone()] };
    ledger.apply(&entry).is_ok()
}

fn none_fits(till: &Till, records: &[Record]) {
    for record in records {
        assert!(!fits(till, record), "{record:?}");
    }
}

fn submitted(till: &Till, index: u8) -> Record {
    let attempt = AttemptId { index, ..ATTEMPT };
    let (wallet, submit_by) = (WalletId("wechat_pay".into()), till.now.mono);
    Record::AttemptSubmitted { attempt, order: till.order(), wallet, submit_by, operator: None }
}

fn money(minor: u64) -> Money {
    Money::from_minor(minor, Currency::Cny).unwrap()
}

fn saved(till: &Till, index: u8, minor: u64) -> Record {
    Record::RefundSaved {
        refund: RefundId { index, ..REFUND },
        number: till.order(),
        attempt: ATTEMPT,
        intent: IntentId("pi_1".into()),
        amount: money(minor),
        reason: String::new(),
        operator: None,
        approver: None,
    }
}

#[test]
fn a_journal_begins_once_and_numbers_only_grow() {
    let mut till = Till::paid();
    till.give(Input::ShiftOpenAsked).unwrap();
    let terminal = till.terminal.settings().terminal.clone();
    let (operator, shift) = (None, None);
    none_fits(
        &till,
        &[
            Record::JournalBegan { terminal, epoch: Epoch(1), currency: Currency::Cny },
            Record::SaleOpened { sale: SALE, amount: money(1), operator: operator.clone(), shift },
            Record::PrintQueued { job: JobId(1), attempt: ATTEMPT, copy: Copy::Number(1), operator: None },
            Record::SlipQueued { job: JobId(1), slip: Slip::Test, copy: Copy::Original, operator: None },
            Record::ShiftOpened { shift: ShiftNumber(2), operator: None },
        ],
    );
    let sale = SaleId(2);
    assert!(fits(&till, &Record::SaleOpened { sale, amount: money(1), operator, shift }));
    let till = Till::paid();
    assert!(!fits(&till, &Record::ShiftOpened { shift: ShiftNumber(2), operator: None }), "1 comes first");
}

#[test]
fn an_attempt_in_doubt_is_neither_sent_again_nor_joined_by_another() {
    let mut till = Till::paying();
    none_fits(&till, &[submitted(&till, 0), submitted(&till, 1), submitted(&till, 2)]);
    let stray =
        Stray { intent: IntentId("pi_1".into()), contradiction: Contradiction::Amount, told: String::new() };
    none_fits(
        &till,
        &[
            Record::AttemptExpired { attempt: ATTEMPT, cause: ExpiryCause::Deadline },
            Record::WatchEnded { attempt: ATTEMPT },
            Record::StrayMoneyTold { attempt: ATTEMPT, stray },
            Record::StrayMoneyTakenBack { attempt: ATTEMPT },
            Record::StrayMoneyPutRight { attempt: ATTEMPT, seen_by: None },
            Record::AttemptReversed { attempt: ATTEMPT, proof: ReversalProof::Canceled },
            saved(&till, 1, 1),
        ],
    );
    till.says(Asked::Pay, IntentStatus::Pending);
    none_fits(
        &till,
        &[Record::AttemptNotSent { attempt: ATTEMPT }, Record::PayerAwaited { attempt: ATTEMPT }],
    );
    till.give(Input::CancelAsked).unwrap();
    let (intent, wallet_reference) = (IntentId("pi_1".into()), None);
    none_fits(
        &till,
        &[
            Record::AttemptApproved { attempt: ATTEMPT, intent, wallet_reference },
            Record::ReversalOwed { attempt: ATTEMPT, cause: ReversalCause::Cashier },
        ],
    );
}

#[test]
fn a_paid_attempt_stays_paid() {
    let till = Till::paid();
    none_fits(
        &till,
        &[
            submitted(&till, 0),
            submitted(&till, 1),
            Record::AttemptNotSent { attempt: ATTEMPT },
            Record::AttemptDeclined { attempt: ATTEMPT, decline: decline("NOTENOUGH") },
            Record::AttemptReversed { attempt: ATTEMPT, proof: ReversalProof::Canceled },
            Record::ReversalOwed { attempt: ATTEMPT, cause: ReversalCause::Cashier },
            Record::PrintFinished { job: JobId(1), proof: PrintProof::Sent, seen_by: None },
        ],
    );
}

#[test]
fn a_sale_without_doubt_takes_its_next_attempt_under_the_next_number_alone() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Refused(decline("NOTENOUGH")));
    till.says(Asked::Reverse, IntentStatus::Canceled);
    till.says(Asked::Inquire, IntentStatus::Canceled);
    assert!(fits(&till, &submitted(&till, 1)));
    none_fits(&till, &[submitted(&till, 0), submitted(&till, 2)]);
}

#[test]
fn one_intent_is_owed_back_once() {
    let mut till = Till::paying();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::CancelAsked).unwrap();
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    let (intent, amount) = (IntentId("pi_1".into()), money(8800));
    none_fits(&till, &[Record::RefundOwed { attempt: ATTEMPT, intent, amount }]);
}

#[test]
fn refunds_are_numbered_without_gaps_and_never_exceed_what_came() {
    let mut till = Till::paid();
    none_fits(&till, &[saved(&till, 0, 1), saved(&till, 2, 1), saved(&till, 1, 8801)]);
    assert!(fits(&till, &saved(&till, 1, 8800)));
    till.refund(Some("80.00")).unwrap();
    none_fits(&till, &[saved(&till, 1, 1), saved(&till, 2, 801)]);
    assert!(fits(&till, &saved(&till, 2, 800)));
}

#[test]
fn a_refund_goes_one_way_from_saved_to_its_end() {
    let sent = Record::RefundSent { refund: REFUND };
    let unsent = Record::RefundNotSent { refund: REFUND };
    let named = Record::RefundNamed { refund: REFUND, id: RefundNumber("re_1".into()) };
    let missed = Record::RefundMissed { refund: REFUND, silence: Silence::NoAnswer };
    let confirmed = Record::RefundConfirmed { refund: REFUND, seen_by: None };
    let refused = Record::RefundRefused { refund: REFUND, words: "no".into(), seen_by: None };
    let withdrawn = Record::RefundWithdrawn { refund: REFUND };
    let mut till = Till::paid();
    till.line(quickpay_core::input::LineProof::Down);
    till.refund(Some("10.00")).unwrap();
    none_fits(&till, &[unsent.clone(), named.clone(), missed.clone(), confirmed.clone(), refused.clone()]);
    till.line(quickpay_core::input::LineProof::Up);
    none_fits(&till, &[sent.clone(), withdrawn.clone()]);
    till.refund_says(1, RefundAnswer::Silent(Silence::NoAnswer));
    none_fits(&till, &[sent.clone(), unsent.clone(), withdrawn.clone()]);
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    none_fits(&till, &[sent, unsent, named, missed, confirmed, refused, withdrawn]);
}
