//! Reports of shifts on the disk: the longest fits one decision, and one that its entries do not make is found.

use quickpay_core::figures::{Flow, Flows, Sum};
use quickpay_core::id::{AttemptId, IntentId, OrderId, SaleId, ShiftNumber};
use quickpay_core::journal::Journal as _;
use quickpay_core::ledger::Ledger;
use quickpay_core::record::{Entry, Record};
use quickpay_core::shift::{JournalHead, ShiftReport};
use quickpay_core::wallet::WalletId;
use quickpay_store::{MemoryHouse, Store, VerifyReport, read_journal};

use crate::checkpoints::open;
use crate::sample::{moment, options, report, sale_opened};
use crate::sim_disk::SimDisk;

/// As many open sales as the core hands over, every number as long as it gets, more wallets than any shop takes.
fn longest() -> ShiftReport {
    let all = Sum { count: u32::MAX, minor: u64::MAX };
    let flow = Flow { sales: all, late: all, refunds: all, unpaid: all };
    let flows: Flows = (0..10).map(|n| (WalletId(format!("a_long_name_of_a_wallet_{n}")), flow)).collect();
    let mut longest = report();
    longest.open = longest.open.into_iter().cycle().take(60).collect();
    for open in &mut longest.open {
        open.order = OrderId::from_journal("1234567890123456-ZZZZZZ-S999999z".to_owned());
        (open.sale, open.shift) = (SaleId(999_999), Some(ShiftNumber(9_999)));
    }
    longest.figures.states.values_mut().for_each(|sum| *sum = all);
    (longest.figures.own, longest.figures.earlier, longest.figures.outside) =
        (flows.clone(), flows.clone(), flows);
    longest
}

#[test]
fn the_longest_report_fits_one_decision() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut roomy = options();
    roomy.segment_bytes = 256 * 1024;
    let mut store = open(&disk, &house, &roomy).unwrap().store;
    let closed = Record::ShiftClosed { report: Box::new(longest()) };
    store.append(moment(1), &[closed]).unwrap();
}

/// A shift with one paid sale, closed with what `change` makes of its report.
fn verified(change: impl FnOnce(&mut ShiftReport)) -> VerifyReport {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    let attempt = AttemptId { sale: SaleId(1), index: 0 };
    let mut opened = sale_opened(1);
    if let Some(Record::SaleOpened { shift, .. }) = opened.first_mut() {
        *shift = Some(ShiftNumber(1));
    }
    let paid =
        Record::AttemptApproved { attempt, intent: IntentId("pi_1".to_owned()), wallet_reference: None };
    let mut ledger = Ledger::default();
    for records in [vec![Record::ShiftOpened { shift: ShiftNumber(1), operator: None }], opened, vec![paid]] {
        let seq = store.append(moment(1), &records).unwrap();
        ledger.apply(&Entry { seq, at: moment(1), records }).unwrap();
    }
    let mut report = ledger.shift_report(moment(2), Some(store.head())).unwrap();
    assert_eq!(report.figures.begun(), Sum { count: 1, minor: 101 });
    change(&mut report);
    store.append(moment(2), &[Record::ShiftClosed { report: Box::new(report) }]).unwrap();
    store.verify()
}

#[test]
fn the_head_on_a_report_is_that_of_the_journal_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    store.append(moment(1), &sale_opened(1)).unwrap();
    let head = store.head();
    assert_eq!((head.seq, &head.chain), (1, &store.verify().chain_head));
    store.append(moment(1), &sale_opened(2)).unwrap();
    assert_ne!(store.head().chain, head.chain);
    drop(store);
    assert_eq!(read_journal(&quickpay_store::RealDisk, folder.path()).unwrap().0.len(), 2);
}

#[test]
fn a_report_with_the_head_of_another_journal_is_found() {
    let of_another = |change: fn(&mut JournalHead)| {
        let report = verified(|report| report.head.iter_mut().for_each(change));
        assert!(!report.is_sound(), "{report}");
        assert!(report.to_string().contains("the Z report of shift 1 names another journal"), "{report}");
    };
    of_another(|head| head.chain = "ab".repeat(32));
    of_another(|head| head.seq -= 1);
    assert!(verified(|report| report.head = None).is_sound(), "there is nothing to compare");
}

#[test]
fn a_head_taken_behind_a_checkpoint_or_at_the_end_of_a_segment_is_that_of_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    let mut ledger = Ledger::default();
    for n in 1..=60 {
        // Each close stands somewhere else in its segment; every other one behind a checkpoint.
        for close in [false, true] {
            let shift = ShiftNumber(n);
            let records = if close {
                let report = ledger.shift_report(moment(2), Some(store.head())).unwrap();
                vec![Record::ShiftClosed { report: Box::new(report) }]
            } else {
                vec![Record::ShiftOpened { shift, operator: None }]
            };
            let seq = store.append(moment(1), &records).unwrap();
            ledger.apply(&Entry { seq, at: moment(1), records }).unwrap();
            if n % 2 == 0 {
                store.append_checkpoint(b"of no version").unwrap();
            }
        }
    }
    let report = store.verify();
    assert!(report.is_sound() && report.segments > 5, "{report}");
}

#[test]
fn a_report_that_its_entries_do_not_make_is_found() {
    assert!(verified(|_| {}).is_sound());
    let wrong = verified(|report| report.figures.copies = 9);
    assert!(!wrong.is_sound());
    assert!(wrong.to_string().contains("the report of shift 1 differs"), "{wrong}");
    let hidden = verified(|report| report.figures.states.clear());
    assert!(!hidden.is_sound(), "the states must add up to all sales");
}
