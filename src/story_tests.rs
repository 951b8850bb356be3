//! The journal's words against the screen's, record by record.

use std::collections::BTreeSet;
use std::path::Path;

use quickpay_core::answer::{Decline, RefundNumber, Silence};
use quickpay_core::attempt::Stray;
use quickpay_core::id::{AttemptId, IntentId, JobId, OrderId, RefundId, SaleId};
use quickpay_core::money::{Currency, Money};
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::record::{Contradiction, Copy, Entry, ExpiryCause, Record, ReversalCause, ReversalProof};
use quickpay_core::terminal::Terminal;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::view::State;
use quickpay_core::wallet::WalletId;
use quickpay_core::words::Language;

use super::tell;
use crate::config::Config;

const CONFIG: &str = "[terminal]\nid = \"T1\"\nmerchant = \"Shop\"\ndata_dir = \"/nowhere\"\ncurrency = \"CNY\"\n\
    [gateway]\nbase_url = \"http://127.0.0.1:1\"\n[[scanner]]\nkind = \"none\"\n[printer]\nkind = \"none\"\n";

const SALE: SaleId = SaleId(1);

/// A terminal that takes records as they come, and which states they were told to lead to.
struct Teller {
    terminal: Terminal,
    seq: u64,
    said: BTreeSet<State>,
}

const NOW: Moment = Moment {
    mono: Monotonic(1_000_000),
    boot: BootId(1),
    wall: WallTime { unix_ms: 1_763_600_000_000, offset_min: 480 },
};

impl Teller {
    fn new() -> Teller {
        let settings = Config::parse(Path::new("till.toml"), CONFIG).unwrap().settings;
        let terminal = Terminal::new(settings, FingerprintKey::new([1; 16]));
        Teller { terminal, seq: 0, said: BTreeSet::new() }
    }

    /// Folds a record; whatever state its line names must be the word that the screen has for the sale now.
    fn goes_on(&mut self, record: Record) {
        self.seq += 1;
        let line = tell(&record, self.terminal.settings());
        let confirmed = matches!(record, Record::RefundConfirmed { .. });
        let entry = Entry { seq: self.seq, at: NOW, records: vec![record] };
        self.terminal.apply(&entry).unwrap();
        let sale = self.terminal.ledger().sale(SALE).unwrap();
        let shown = self.terminal.shown_as(sale, NOW);
        for state in states_in(&line) {
            let of_a_part = confirmed && shown == State::Approved;
            let expected = if of_a_part { State::Refunded } else { shown };
            assert_eq!(state, expected, "{line:?}, and the screen says {}", shown.word(Language::En));
            self.said.insert(state);
        }
    }

    fn sale(&mut self) {
        self.goes_on(Record::SaleOpened { sale: SALE, amount: cny(8_800), operator: None, shift: None });
    }

    fn is_submitted(&mut self, attempt: AttemptId) {
        let (order, wallet, submit_by) = (order("a"), wallet(), Monotonic(9_000_000));
        self.goes_on(Record::AttemptSubmitted { attempt, order, wallet, submit_by, operator: None });
    }

    fn saves(&mut self, index: u8, minor: u64) -> RefundId {
        let refund = RefundId { sale: SALE, index };
        self.goes_on(Record::RefundSaved {
            refund,
            number: order("r1"),
            attempt: attempt(0),
            intent: intent(),
            amount: cny(minor),
            reason: "returned".to_owned(),
            operator: None,
            approver: None,
        });
        refund
    }
}

/// The states whose words stand in a line, the longer word before one that it contains.
fn states_in(line: &str) -> Vec<State> {
    let mut left = line.to_owned();
    let mut states = State::ALL;
    states.sort_by_key(|state| std::cmp::Reverse(state.word(Language::En).len()));
    let mut found = Vec::new();
    for state in states {
        let word = state.word(Language::En);
        if left.contains(word) {
            left = left.replace(word, "");
            found.push(state);
        }
    }
    found
}

fn cny(minor: u64) -> Money {
    Money::from_minor(minor, Currency::Cny).unwrap()
}

fn order(last: &str) -> OrderId {
    OrderId::from_journal(format!("T1-3LK2QZ-S0001{last}"))
}

fn wallet() -> WalletId {
    WalletId("wechat_pay".to_owned())
}

fn intent() -> IntentId {
    IntentId("pi_1".to_owned())
}

fn attempt(index: u8) -> AttemptId {
    AttemptId { sale: SALE, index }
}

fn refused() -> Decline {
    Decline { code: None, decline_code: Some("TRADE_ERROR".to_owned()), message: None }
}

fn stray() -> Stray {
    Stray { intent: intent(), contradiction: Contradiction::Amount, told: "CNY 880.00".to_owned() }
}

/// Not sent in time, sent again, cancelled, and then money that nobody asked for.
fn cancelled(till: &mut Teller) {
    till.sale();
    let (first, second) = (attempt(0), attempt(1));
    let held = |attempt| Record::AttemptHeld {
        attempt,
        order: order("a"),
        wallet: wallet(),
        submit_by: Monotonic(9_000_000),
        operator: None,
    };
    till.goes_on(held(first));
    till.goes_on(Record::AttemptExpired { attempt: first, cause: ExpiryCause::Deadline });
    till.is_submitted(second);
    till.goes_on(Record::AttemptNotSent { attempt: second });
    till.is_submitted(second);
    till.goes_on(Record::PayerAwaited { attempt: second });
    for doubtful in [true, false] {
        till.goes_on(Record::AnswerMissed { attempt: second, silence: Silence::NoAnswer });
        till.goes_on(Record::DeclineDoubted { attempt: second, decline: refused() });
        till.goes_on(Record::AnswerContradicted { attempt: second, contradiction: Contradiction::Amount });
        till.goes_on(Record::AnswerAgreed { attempt: second });
        if doubtful {
            till.goes_on(Record::ReversalOwed { attempt: second, cause: ReversalCause::Cashier });
        }
    }
    till.goes_on(Record::AttemptReversed { attempt: second, proof: ReversalProof::Canceled });
    till.goes_on(Record::StrayMoneyTold { attempt: second, stray: stray() });
    till.goes_on(Record::StrayMoneyTakenBack { attempt: second });
    till.goes_on(Record::StrayMoneyTold { attempt: second, stray: stray() });
    till.goes_on(Record::StrayMoneyPutRight { attempt: second, seen_by: None });
}

/// Declined, paid late, and given back at the third try.
fn given_back(till: &mut Teller) {
    till.sale();
    till.is_submitted(attempt(0));
    till.goes_on(Record::AttemptDeclined { attempt: attempt(0), decline: refused() });
    till.goes_on(Record::RefundOwed { attempt: attempt(0), intent: intent(), amount: cny(8_800) });
    till.goes_on(Record::WatchEnded { attempt: attempt(0) });
    let first = till.saves(1, 8_800);
    till.goes_on(Record::RefundWithdrawn { refund: first });
    let second = till.saves(2, 8_800);
    till.goes_on(Record::RefundSent { refund: second });
    till.goes_on(Record::RefundNotSent { refund: second });
    till.goes_on(Record::RefundSent { refund: second });
    till.goes_on(Record::RefundMissed { refund: second, silence: Silence::NoAnswer });
    till.goes_on(Record::RefundNamed { refund: second, id: RefundNumber("re_1".to_owned()) });
    till.goes_on(Record::RefundRefused { refund: second, words: "too old".to_owned(), seen_by: None });
    let third = till.saves(3, 8_800);
    till.goes_on(Record::RefundSent { refund: third });
    till.goes_on(Record::RefundConfirmed { refund: third, seen_by: None });
}

/// Paid, printed, put aside, and a part given back.
fn paid(till: &mut Teller) {
    till.sale();
    till.is_submitted(attempt(0));
    till.goes_on(Record::IntentNamed { attempt: attempt(0), intent: intent() });
    till.goes_on(Record::SalePutAside { sale: SALE });
    till.goes_on(Record::SaleResumed { sale: SALE });
    till.goes_on(Record::AttemptApproved { attempt: attempt(0), intent: intent(), wallet_reference: None });
    let queued =
        Record::PrintQueued { job: JobId(1), attempt: attempt(0), copy: Copy::Original, operator: None };
    till.goes_on(queued);
    till.goes_on(Record::PrintStarted { job: JobId(1) });
    till.goes_on(Record::PrintUnknown { job: JobId(1) });
    let part = till.saves(1, 800);
    till.goes_on(Record::RefundSent { refund: part });
    till.goes_on(Record::RefundConfirmed { refund: part, seen_by: None });
}

#[test]
fn the_journal_calls_every_state_what_the_screen_calls_it() {
    let mut said = BTreeSet::new();
    for course in [cancelled, given_back, paid] {
        let mut till = Teller::new();
        course(&mut till);
        said.extend(till.said);
    }
    // No record leads to these: nothing is rung up yet, or only time has passed without an answer.
    let untold = [State::Ready, State::Armed, State::Checking];
    let expected: BTreeSet<State> = State::ALL.into_iter().filter(|state| !untold.contains(state)).collect();
    assert_eq!(said, expected);
}
