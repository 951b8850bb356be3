//! The core's state in a checkpoint: every shape comes back, and another version's is of no use.

use std::path::Path;
use std::time::Duration;

use quickpay_core::answer::{Decline, RefundNumber, Silence};
use quickpay_core::attempt::{Attempt, Doubt, Phase, Stray, Watch};
use quickpay_core::checkpoint::Checkpoint as State;
use quickpay_core::id::{AttemptId, Epoch, IntentId, JobId, OrderId, RefundId, SaleId, ShiftNumber};
use quickpay_core::journal::Journal as _;
use quickpay_core::ledger::Identity;
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::PersonName;
use quickpay_core::print::{Hindrance, PrintJob, PrintStage, Sheet};
use quickpay_core::record::{
    Contradiction, Copy, ExpiryCause, PrintProof, ReversalCause, ReversalProof, Slip,
};
use quickpay_core::refund::{Refund, RefundPhase};
use quickpay_core::sale::{Place, RefundOwed, Sale};
use quickpay_core::shift::{OpenShift, Shifts};
use quickpay_core::time::Monotonic;
use quickpay_core::wallet::WalletId;
use quickpay_store::{Checkpoint, MemoryHouse};

use crate::checkpoints::open;
use crate::sample::{moment, options, order, report, sale_opened, terminal};
use crate::sim_disk::SimDisk;

fn phases() -> Vec<Phase> {
    let intent = || IntentId("pi_1Gq2".to_owned());
    let decline = || Decline {
        code: Some("a".to_owned()),
        decline_code: None,
        message: Some("\"no\" 余额".to_owned()),
    };
    let quiet = Doubt::since(moment(3));
    let loud = Doubt {
        sent_at: moment(4),
        intent: Some(intent()),
        missed: Some(Silence::Busy(Some(Duration::new(7, 5)))),
        decline: Some(decline()),
        contradiction: Some(Contradiction::Amount),
    };
    let cause = ReversalCause::Declined(decline());
    vec![
        Phase::Held,
        Phase::Expired { cause: ExpiryCause::Restart },
        Phase::Submitted(quiet.clone()),
        Phase::AwaitingPayer(loud.clone()),
        Phase::Reversing { doubt: quiet, cause: ReversalCause::Cashier },
        Phase::Reversing { doubt: loud, cause: cause.clone() },
        Phase::Approved { intent: intent(), wallet_reference: None },
        Phase::Approved { intent: intent(), wallet_reference: Some("42".to_owned()) },
        Phase::Declined { decline: decline(), intent: None },
        Phase::Reversed { proof: None, cause, intent: Some(intent()) },
        Phase::Reversed {
            proof: Some(ReversalProof::NeverCreated),
            cause: ReversalCause::WindowOver,
            intent: None,
        },
    ]
}

/// Every shape that a state can have.
#[allow(clippy::too_many_lines, reason = "one value")]
fn state() -> State {
    let amount = Money::from_minor(8_800, Currency::Cny).unwrap();
    let attempt = |sale, index, phase| Attempt {
        id: AttemptId { sale: SaleId(sale), index },
        order: order(sale),
        wallet: WalletId("wechat_pay".to_owned()),
        scanned_at: moment(1),
        submit_by: Monotonic(99),
        operator: None,
        changed_at: moment(2),
        phase,
        watch: if sale % 2 == 0 { Watch::On } else { Watch::Over },
    };
    let refund = |index, phase| Refund {
        id: RefundId { sale: SaleId(1), index },
        number: OrderId::from_journal(format!("T1-3LK2QZ-S0001r{index}")),
        attempt: AttemptId { sale: SaleId(1), index: 0 },
        intent: IntentId("pi_1".to_owned()),
        amount,
        reason: "returned".to_owned(),
        operator: None,
        approver: None,
        changed_at: moment(9),
        phase,
    };
    let refunds = [
        RefundPhase::Saved,
        RefundPhase::Sent { id: None, missed: None },
        RefundPhase::Sent { id: Some(RefundNumber("re_1".to_owned())), missed: Some(Silence::NoAnswer) },
        RefundPhase::Confirmed,
        RefundPhase::Refused { words: "too old".to_owned() },
        RefundPhase::Withdrawn,
    ];
    let mut sales: Vec<Sale> = (1..)
        .zip(phases())
        .map(|(n, phase)| Sale {
            id: SaleId(n),
            amount,
            opened_at: moment(u64::from(n)),
            operator: None,
            shift: (n % 2 == 0).then_some(ShiftNumber(2)),
            attempts: vec![attempt(n, 0, Phase::Held), attempt(n, 1, phase)],
            place: if n % 2 == 0 { Place::Aside } else { Place::AtHand },
            refunds_owed: Vec::new(),
            refunds: Vec::new(),
            copies: 3,
        })
        .collect();
    sales[0].refunds = (1..).zip(refunds).map(|(n, phase)| refund(n, phase)).collect();
    let owed_for = sales[1].attempts[1].id;
    sales[1].refunds_owed =
        vec![RefundOwed { attempt: owed_for, intent: IntentId("pi_2".to_owned()), amount }];
    let stages = [
        PrintStage::Queued,
        PrintStage::Printing,
        PrintStage::Printed(PrintProof::Seen),
        PrintStage::Unknown,
        PrintStage::Missing,
        PrintStage::Withdrawn,
    ];
    let sheets = [
        Sheet::Receipt(owed_for),
        Sheet::Slip(Slip::Pending(owed_for)),
        Sheet::Slip(Slip::Reversal(owed_for)),
        Sheet::Slip(Slip::Refund(RefundId { sale: SaleId(1), index: 4 })),
        Sheet::Slip(Slip::Test),
        Sheet::Slip(Slip::X(ShiftNumber(3))),
        Sheet::Slip(Slip::Z(ShiftNumber(2))),
    ];
    let job = |((n, stage), sheet)| PrintJob {
        id: JobId(n),
        sheet,
        copy: if n == 1 { Copy::Original } else { Copy::Number(2) },
        operator: None,
        queued_at: moment(5),
        stage,
    };
    State {
        identity: Some(Identity { terminal: terminal(), epoch: Epoch(217_000_000), currency: Currency::Cny }),
        started_at: Some(moment(0)),
        signed_in: None,
        last_seq: 1,
        last_sale: Some(SaleId(77)),
        last_job: Some(JobId(9)),
        sales,
        jobs: (1..).zip(stages.into_iter().cycle()).zip(sheets).map(job).collect(),
        shifts: Shifts {
            open: Some(OpenShift { number: ShiftNumber(4), opened_at: moment(8), opened_by: None }),
            last: Some(ShiftNumber(4)),
            figures: report().figures,
            closed: [(ShiftNumber(3), report())].into(),
            closed_at_seq: Some(40),
            z_copies: [(ShiftNumber(1), 2)].into(),
            looks: [(JobId(6), report())].into(),
        },
    }
}

fn kept(state: &State) -> Checkpoint {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut roomy = options();
    (roomy.from_checkpoint, roomy.segment_bytes) = (true, 64 * 1024);
    let mut store = open(&disk, &house, &roomy).unwrap().store;
    store.append(moment(0), &sale_opened(0)).unwrap();
    store.keep_state(state).unwrap();
    open(&disk, &house, &roomy).unwrap().checkpoint.unwrap()
}

#[test]
fn every_shape_of_the_state_comes_back_from_the_disk_as_it_was() {
    assert_eq!(kept(&state()).state(), Some(state()));
    let empty = State { last_seq: 1, ..State::default() };
    assert_eq!(kept(&empty).state(), Some(empty));
}

/// Apart from the sample of version 2, which is written as ever.
#[test]
fn an_interrupted_paper_comes_back_with_its_why() {
    for why in [Hindrance::PaperOut, Hindrance::CoverOpen, Hindrance::NeedsAttention] {
        let mut state = state();
        state.jobs[0].stage = PrintStage::Interrupted(why);
        assert_eq!(kept(&state).state(), Some(state));
    }
}

/// Apart from the sample of version 1, which knew no people and is written as ever.
#[test]
fn people_come_back_by_name() {
    let named = |name: &str| Some(PersonName::parse(name).unwrap());
    let mut state = state();
    state.signed_in = named("Li");
    state.sales[0].operator = named("王小明");
    state.sales[0].refunds[0].operator = named("Li");
    state.sales[0].refunds[0].approver = named("Kim");
    state.jobs[0].operator = named("Li");
    assert_eq!(kept(&state).state(), Some(state));
}

/// Nor did it know of money that came astray.
#[test]
fn an_alarm_about_stray_money_comes_back_whole() {
    let mut state = state();
    state.sales[0].attempts[0].watch = Watch::Astray(Stray {
        intent: IntentId("pi_9".to_owned()),
        contradiction: Contradiction::Currency,
        told: "USD 88.00".to_owned(),
    });
    assert_eq!(kept(&state).state(), Some(state));
}

/// `UPDATE_FIXTURES=1` writes the file for a new version; that of an old one never changes.
#[test]
fn the_state_of_version_2_is_written_and_read_as_ever() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/state.v2.json");
    let body = kept(&state()).body;
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&file, &body).unwrap();
    }
    let fixture = std::fs::read(&file).unwrap();
    assert_eq!(String::from_utf8_lossy(&body), String::from_utf8_lossy(&fixture));
    assert_eq!(Checkpoint { seq: 1, body: fixture }.state(), Some(state()));
}

/// Its figures of shifts are missing: the start reads the whole journal, which has them.
#[test]
fn a_state_of_version_1_is_of_no_use() {
    let old = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/state.v1.json")).unwrap();
    assert_eq!(Checkpoint { seq: 1, body: old }.state(), None);
}

#[test]
fn a_state_of_another_version_or_of_another_entry_is_of_no_use() {
    let body = kept(&state()).body;
    let text = String::from_utf8(body.clone()).unwrap();
    let newer = text.replacen("\"version\":2", "\"version\":3", 1).into_bytes();
    assert_ne!(newer, body);
    assert_eq!(Checkpoint { seq: 1, body: newer }.state(), None);
    assert_eq!(Checkpoint { seq: 2, body: body.clone() }.state(), None);
    let mut stranger = body;
    stranger.truncate(100);
    assert_eq!(Checkpoint { seq: 1, body: stranger }.state(), None);
}
