//! A past of so many paid sales, as the core itself records them: amount, scan, answer, receipt.
//!
//! Invariant: every record is the real core's decision and every frame the real store's; only the waiting for the disk is
//! left out, and the index, which the first start makes. Near its end somebody wants a copy of the first receipt.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Mode};
use quickpay_core::effect::Effect;
use quickpay_core::id::{IntentId, SaleId, TerminalId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding};
use quickpay_core::payment_code::{FingerprintKey, Scan};
use quickpay_core::record::PrintProof;
use quickpay_core::terminal::Terminal;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_store::{OpenOptions, Store, show_journal};

use crate::blind::Blind;
use crate::hasty::Hasty;
use crate::settings::settings;

/// From sale to sale: 400 a day of some nine hours.
const PAUSE: Duration = Duration::from_secs(80);

/// Which program wrote the states down that a start can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum States {
    /// This one.
    Ours,
    /// One whose states this one cannot read.
    OfAnotherVersion,
}

struct Shop {
    states: States,
    terminal: Terminal,
    store: Store,
    now: Moment,
    effects: Vec<Effect>,
}

/// Writes the history into `data` of this folder; how many entries it has.
pub(crate) fn write(folder: &Path, sales: u32, states: States) -> u64 {
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let now = Moment {
        mono: Monotonic(1_000_000),
        boot: BootId(1),
        wall: WallTime { unix_ms: 1_763_600_000_000, offset_min: 480 },
    };
    let mut options = OpenOptions::new(TerminalId::parse("T1").unwrap(), now.wall);
    (options.from_checkpoint, options.reserve_bytes) = (true, 0);
    let store = Store::open_on(Arc::new(Hasty), Box::new(Blind::default()), &data, &options).unwrap().store;
    let terminal = Terminal::new(settings(), FingerprintKey::new([9; 16]));
    let mut shop = Shop { states, terminal, store, now, effects: Vec::new() };
    shop.give(Input::Started);
    for n in 1..=sales {
        if n == sales {
            shop.copy_the_first_receipt(&data);
        }
        shop.sell(n);
    }
    let entries = shop.store.last_seq();
    shop.store.close().unwrap();
    entries
}

impl Shop {
    fn sell(&mut self, n: u32) {
        self.now.mono = self.now.mono.after(PAUSE);
        self.now.wall.unix_ms += i64::try_from(PAUSE.as_millis()).unwrap();
        self.give(Input::LineProbed(LineProof::Up));
        self.give(Input::AmountEntered(format!("{}.{:02}", 1 + n % 900, n % 100)));
        self.give(Input::Scanned(Scan::from_message(format!("13{n:016}").into())));
        let pays = |effect: &Effect| matches!(effect, Effect::Pay { .. });
        let at = self.effects.iter().position(pays).unwrap();
        let Effect::Pay { attempt, request } = self.effects.swap_remove(at) else { panic!("a payment") };
        let report = |status| {
            Answer::Intent(IntentReport {
                id: IntentId(format!("pi_21241028224703{n:08}")),
                order: Some(request.order.clone()),
                amount_minor: request.amount.minor(),
                currency: "CNY".into(),
                mode: Some(Mode::Test),
                status,
                wallet_reference: Some(format!("42000012342026112100{n:08}")),
            })
        };
        // Every fourth customer is asked for a password first.
        if n.is_multiple_of(4) {
            self.give(Input::Answered { attempt, asked: Asked::Pay, answer: report(IntentStatus::Pending) });
        }
        self.give(Input::Answered { attempt, asked: Asked::Pay, answer: report(IntentStatus::Succeeded) });
        self.print();
    }

    fn print(&mut self) {
        for effect in std::mem::take(&mut self.effects) {
            if let Effect::Print { job, .. } = effect {
                let ending = PrintEnding::Printed(PrintProof::Answered);
                self.give(Input::PrintEnded { job, ending });
            }
        }
        self.effects.clear();
    }

    /// As the event loop does it: recalled, written down, then decided.
    fn copy_the_first_receipt(&mut self, data: &Path) {
        let mut entries = Vec::new();
        let report = show_journal(&Hasty, data, &mut |entry| {
            if entry.seq <= 50 {
                entries.push(entry);
            }
        });
        report.unwrap();
        assert!(self.terminal.recall(SaleId(1), &entries).unwrap());
        self.write_down();
        self.give(Input::CopyAsked(SaleId(1)));
        self.print();
    }

    fn write_down(&mut self) {
        match self.states {
            States::Ours => self.store.keep_state(&self.terminal.checkpoint()).unwrap(),
            States::OfAnotherVersion => self.store.append_checkpoint(br#"{"version":0}"#).unwrap(),
        }
        self.terminal.forget_the_past();
    }

    fn give(&mut self, input: Input) {
        let decision = self.terminal.decide(self.now, input).unwrap();
        self.effects.extend(decision.commit(self.now, &mut self.terminal, &mut self.store).unwrap());
        loop {
            let due = self.terminal.decide(self.now, Input::DeadlineReached).unwrap();
            if due.is_empty() {
                break;
            }
            self.effects.extend(due.commit(self.now, &mut self.terminal, &mut self.store).unwrap());
        }
        if self.store.checkpoint_due() {
            self.write_down();
        }
    }
}
