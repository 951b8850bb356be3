//! Records of every kind, moments, and small stores to put them in.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quickpay_core::answer::{Decline, RefundNumber, Silence};
use quickpay_core::attempt::{Standing, Stray};
use quickpay_core::figures::{Figures, Flow, Sum};
use quickpay_core::id::{
    AttemptId, Epoch, IntentId, JobId, OrderId, RefundId, SaleId, ShiftNumber, TerminalId,
};
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::PersonName;
use quickpay_core::print::Hindrance;
use quickpay_core::record::{
    Contradiction, Copy, ExpiryCause, PrintProof, Record, ReversalCause, ReversalProof, SignOutCause, Slip,
};
use quickpay_core::shift::{JournalHead, OpenSale, ShiftReport};
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::view::State;
use quickpay_core::wallet::WalletId;
use quickpay_store::{MemoryHouse, OpenOptions, Opened, Store, StoreError};

use crate::sim_disk::SimDisk;

pub(crate) const FOLDER: &str = "/till";

pub(crate) fn terminal() -> TerminalId {
    TerminalId::parse("T1").unwrap()
}

/// 2026-11-20 14:02:05 +08:00 and then one second per number.
pub(crate) fn moment(n: u64) -> Moment {
    let unix_ms = 1_795_154_525_000 + 1000 * i64::try_from(n).unwrap();
    Moment {
        mono: Monotonic(60_000 + 1000 * n),
        boot: BootId(0x0123_4567_89ab_cdef_0011_2233_4455_6677),
        wall: WallTime { unix_ms, offset_min: 480 },
    }
}

pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new(terminal(), moment(0).wall);
    options.segment_bytes = 4096;
    options.lock_wait = Duration::from_millis(100);
    (options.reserve_bytes, options.low_space_bytes) = (0, 0); // tests do not depend on the room of this machine
    options
}

pub(crate) fn open_sim(disk: &SimDisk, house: &MemoryHouse) -> Result<Opened, StoreError> {
    Store::open_on(Arc::new(disk.clone()), Box::new(house.clone()), Path::new(FOLDER), &options())
}

pub(crate) fn order(n: u32) -> OrderId {
    OrderId::of(&terminal(), Epoch(217_000_000), AttemptId { sale: SaleId(n), index: 0 }).unwrap()
}

/// Two records, as one decision makes them.
pub(crate) fn sale_opened(n: u32) -> Vec<Record> {
    let amount = Money::from_minor(u64::from(n) + 100, Currency::Cny).unwrap();
    let attempt = AttemptId { sale: SaleId(n), index: 0 };
    let (wallet, submit_by) = (WalletId("wechat_pay".to_owned()), Monotonic(99_000));
    vec![
        Record::SaleOpened { sale: SaleId(n), amount, operator: None, shift: None },
        Record::AttemptSubmitted { attempt, order: order(n), wallet, submit_by, operator: None },
    ]
}

/// A report with something everywhere.
pub(crate) fn report() -> ShiftReport {
    let sum = |count| Sum { count, minor: u64::from(count) * 8_800 };
    let flow = Flow { sales: sum(5), late: sum(1), refunds: sum(2), unpaid: sum(3) };
    let flows = || [(WalletId("alipay".to_owned()), flow), (WalletId("wechat_pay".to_owned()), flow)].into();
    let open = |(n, state, standing)| OpenSale {
        sale: SaleId(n),
        shift: (n % 2 == 0).then_some(ShiftNumber(2)),
        amount: Money::from_minor(8_800, Currency::Cny).unwrap(),
        state,
        standing,
        since: moment(7).wall,
        order: order(n),
    };
    ShiftReport {
        number: ShiftNumber(3),
        opened_at: moment(1),
        opened_by: Some(PersonName::parse("王小明").unwrap()),
        taken_at: moment(9),
        taken_by: Some(PersonName::parse("Kim").unwrap()),
        figures: Figures {
            own: flows(),
            earlier: flows(),
            outside: flows(),
            states: (1..).zip(State::ALL).map(|(n, state)| (state, sum(n))).collect(),
            copies: 4,
        },
        open: [
            (1, State::Checking, Standing::InDoubt),
            (2, State::RefundSent, Standing::Paid),
            (3, State::Held, Standing::Clear),
        ]
        .map(open)
        .into(),
        head: Some(JournalHead { seq: 41, chain: "00ff".repeat(16) }),
        previous: Some(17),
    }
}

/// One record of every kind and of every word in it.
#[expect(clippy::too_many_lines, reason = "one list: a sample of every record")]
pub(crate) fn every_record() -> Vec<Record> {
    let attempt = AttemptId { sale: SaleId(7), index: 2 };
    let (sale, job) = (SaleId(7), JobId(4));
    let order = OrderId::of(&terminal(), Epoch(217_000_000), attempt).unwrap();
    let (wallet, submit_by) = (WalletId("alipay".to_owned()), Monotonic(u64::MAX));
    let intent = IntentId("pi_1Gq2".to_owned());
    let amount = Money::from_minor(8800, Currency::Cny).unwrap();
    let decline = Decline {
        code: Some("card_declined".to_owned()),
        decline_code: None,
        message: Some("余额不足 \"quoted\" \\ \u{0}".to_owned()),
    };
    let (currency, epoch) = (Currency::Hkd, Epoch(217_000_000));
    let mut all = vec![
        Record::JournalBegan { terminal: terminal(), epoch, currency },
        Record::TerminalStarted,
        Record::SaleOpened { sale, amount, operator: None, shift: None },
        Record::SaleOpened { sale, amount, operator: None, shift: Some(ShiftNumber(3)) },
        Record::ShiftOpened { shift: ShiftNumber(3), operator: None },
        Record::ShiftClosed { report: Box::new(report()) },
        Record::AttemptHeld {
            attempt,
            order: order.clone(),
            wallet: wallet.clone(),
            submit_by,
            operator: PersonName::parse("Li").ok(),
        },
        Record::AttemptSubmitted { attempt, order, wallet, submit_by, operator: None },
        Record::AttemptNotSent { attempt },
        Record::IntentNamed { attempt, intent: intent.clone() },
        Record::DeclineDoubted { attempt, decline: decline.clone() },
        Record::AnswerAgreed { attempt },
        Record::PayerAwaited { attempt },
        Record::AttemptApproved { attempt, intent: intent.clone(), wallet_reference: None },
        Record::AttemptApproved { attempt, intent: intent.clone(), wallet_reference: Some("42".to_owned()) },
        Record::AttemptDeclined { attempt, decline: Decline::default() },
        Record::WatchEnded { attempt },
        Record::RefundOwed { attempt, intent, amount },
        Record::SalePutAside { sale },
        Record::SaleResumed { sale },
        Record::PrintStarted { job },
        Record::PrintNotSent { job },
        Record::PrintUnknown { job },
        Record::PrintMissing { job, seen_by: None },
    ];
    let causes = [ExpiryCause::Deadline, ExpiryCause::Restart, ExpiryCause::Cashier, ExpiryCause::SignOut];
    all.extend(causes.map(|cause| Record::AttemptExpired { attempt, cause }));
    let waits = [None, Some(Duration::ZERO), Some(Duration::new(u64::MAX, 999_999_999))];
    all.extend(waits.map(|wait| Record::AnswerMissed { attempt, silence: Silence::Busy(wait) }));
    let silences = [Silence::NoAnswer, Silence::ServerError, Silence::Conflict, Silence::Nonsense];
    all.extend(silences.map(|silence| Record::AnswerMissed { attempt, silence }));
    let contradictions = [
        Contradiction::Amount,
        Contradiction::Currency,
        Contradiction::Order,
        Contradiction::Mode,
        Contradiction::Unknown,
    ];
    all.extend(contradictions.map(|contradiction| Record::AnswerContradicted { attempt, contradiction }));
    all.extend(contradictions.map(|contradiction| {
        let (intent, told) = (IntentId("pi_9".to_owned()), "USD 880.00".to_owned());
        Record::StrayMoneyTold { attempt, stray: Stray { intent, contradiction, told } }
    }));
    all.extend([
        Record::StrayMoneyTakenBack { attempt },
        Record::StrayMoneyPutRight { attempt, seen_by: PersonName::parse("Kim").ok() },
    ]);
    let causes = [ReversalCause::Cashier, ReversalCause::WindowOver, ReversalCause::Declined(decline)];
    all.extend(causes.map(|cause| Record::ReversalOwed { attempt, cause }));
    let proofs = [ReversalProof::Canceled, ReversalProof::NeverCreated];
    all.extend(proofs.map(|proof| Record::AttemptReversed { attempt, proof }));
    let copies = [Copy::Original, Copy::Number(1), Copy::Number(u16::MAX)];
    all.extend(copies.map(|copy| Record::PrintQueued { job, attempt, copy, operator: None }));
    let refund = RefundId { sale, index: 1 };
    let mut slips = vec![Slip::Pending(attempt), Slip::Reversal(attempt), Slip::Refund(refund), Slip::Test];
    slips.extend([Slip::X(ShiftNumber(3)), Slip::Z(ShiftNumber(2))]);
    all.extend(slips.into_iter().map(|slip| Record::SlipQueued {
        job,
        slip,
        copy: Copy::Original,
        operator: None,
    }));
    all.push(Record::PrintWithdrawn { job });
    all.extend([
        Record::RefundSaved {
            refund,
            number: OrderId::from_journal("T1-3LK2QZ-S0007r1".to_owned()),
            attempt,
            intent: IntentId("pi_1Gq2".to_owned()),
            amount,
            reason: "returned".to_owned(),
            operator: None,
            approver: None,
        },
        Record::RefundSent { refund },
        Record::RefundNotSent { refund },
        Record::RefundNamed { refund, id: RefundNumber("re_1".to_owned()) },
        Record::RefundMissed { refund, silence: Silence::NoAnswer },
        Record::RefundConfirmed { refund, seen_by: None },
        Record::RefundRefused { refund, words: "too old".to_owned(), seen_by: None },
        Record::RefundWithdrawn { refund },
    ]);
    let hindrances = [Hindrance::PaperOut, Hindrance::CoverOpen, Hindrance::NeedsAttention];
    all.extend(hindrances.map(|why| Record::PrintInterrupted { job, why }));
    let proofs = [PrintProof::Answered, PrintProof::Sent, PrintProof::Seen];
    all.extend(proofs.map(|proof| Record::PrintFinished { job, proof, seen_by: None }));
    all.extend(by_name(sale, job, attempt, refund, amount));
    assert_eq!(all.iter().map(kind).collect::<BTreeSet<_>>(), (0..KINDS).collect(), "a kind has no sample");
    all
}

/// Records that name people.
fn by_name(
    sale: SaleId,
    job: JobId,
    attempt: AttemptId,
    refund: RefundId,
    amount: Money,
) -> impl Iterator<Item = Record> {
    let named = |name: &str| PersonName::parse(name).unwrap();
    let (person, operator, seen_by) = (named("王小明"), Some(named("Li \"L\"")), Some(named("Kim")));
    let causes = [SignOutCause::Asked, SignOutCause::Restart];
    let left = causes.map(|cause| Record::PersonSignedOut { person: person.clone(), cause });
    let named = [
        Record::PersonSignedIn { person },
        Record::ShiftOpened { shift: ShiftNumber(3), operator: operator.clone() },
        Record::SaleOpened { sale, amount, operator: operator.clone(), shift: None },
        Record::PrintQueued { job, attempt, copy: Copy::Number(1), operator: operator.clone() },
        Record::SlipQueued { job, slip: Slip::Test, copy: Copy::Original, operator: operator.clone() },
        Record::RefundSaved {
            refund,
            number: OrderId::from_journal("T1-3LK2QZ-S0007r1".to_owned()),
            attempt,
            intent: IntentId("pi_1Gq2".to_owned()),
            amount,
            reason: String::new(),
            operator,
            approver: seen_by.clone(),
        },
        Record::RefundConfirmed { refund, seen_by: seen_by.clone() },
        Record::RefundRefused { refund, words: "gone".to_owned(), seen_by: seen_by.clone() },
        Record::PrintFinished { job, proof: PrintProof::Seen, seen_by: seen_by.clone() },
        Record::PrintMissing { job, seen_by },
    ];
    left.into_iter().chain(named)
}

const KINDS: u8 = 45;

/// A new record does not compile here until it has a sample above.
fn kind(record: &Record) -> u8 {
    match record {
        Record::JournalBegan { .. } => 0,
        Record::TerminalStarted => 1,
        Record::SaleOpened { .. } => 2,
        Record::AttemptHeld { .. } => 3,
        Record::AttemptSubmitted { .. } => 4,
        Record::AttemptNotSent { .. } => 5,
        Record::AttemptExpired { .. } => 6,
        Record::IntentNamed { .. } => 7,
        Record::AnswerMissed { .. } => 8,
        Record::DeclineDoubted { .. } => 9,
        Record::AnswerContradicted { .. } => 10,
        Record::PayerAwaited { .. } => 11,
        Record::AttemptApproved { .. } => 12,
        Record::AttemptDeclined { .. } => 13,
        Record::ReversalOwed { .. } => 14,
        Record::AttemptReversed { .. } => 15,
        Record::RefundOwed { .. } => 16,
        Record::SalePutAside { .. } => 17,
        Record::SaleResumed { .. } => 18,
        Record::PrintQueued { .. } => 19,
        Record::PrintInterrupted { .. } => 37,
        Record::PrintStarted { .. } => 20,
        Record::PrintNotSent { .. } => 21,
        Record::PrintFinished { .. } => 22,
        Record::PrintUnknown { .. } => 23,
        Record::PrintMissing { .. } => 24,
        Record::RefundSaved { .. } => 25,
        Record::RefundSent { .. } => 26,
        Record::RefundNotSent { .. } => 27,
        Record::RefundNamed { .. } => 28,
        Record::RefundMissed { .. } => 29,
        Record::RefundConfirmed { .. } => 30,
        Record::RefundRefused { .. } => 31,
        Record::RefundWithdrawn { .. } => 32,
        Record::SlipQueued { .. } => 33,
        Record::PrintWithdrawn { .. } => 34,
        Record::AnswerAgreed { .. } => 35,
        Record::WatchEnded { .. } => 36,
        Record::PersonSignedIn { .. } => 38,
        Record::PersonSignedOut { .. } => 39,
        Record::StrayMoneyTold { .. } => 40,
        Record::StrayMoneyTakenBack { .. } => 41,
        Record::StrayMoneyPutRight { .. } => 42,
        Record::ShiftOpened { .. } => 43,
        Record::ShiftClosed { .. } => 44,
    }
}

/// A stream of numbers that one seed repeats (xorshift64*).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % limit.max(1)
    }
}
