//! A past of so many paid sales, as the core itself records them: amount, scan, answer, receipt.
//!
//! Invariant: every record is the real core's decision and every frame the real store's; only the waiting for the disk is
//! left out, and the index, which the first start makes.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Mode};
use quickpay_core::effect::Effect;
use quickpay_core::id::{IntentId, TerminalId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding};
use quickpay_core::money::Currency;
use quickpay_core::payment_code::{FingerprintKey, Scan};
use quickpay_core::record::PrintProof;
use quickpay_core::settings::{Paper, PrinterPresence, Settings, Timers};
use quickpay_core::terminal::Terminal;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::wallet::{
    Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet, WalletId, WalletTable,
};
use quickpay_core::words::Language;
use quickpay_store::{Batch, Disk, DiskFile, Index, IndexError, IndexHouse, OpenOptions, RealDisk, Store};

/// From sale to sale: 400 a day of some nine hours.
const PAUSE: Duration = Duration::from_secs(80);

struct Shop {
    terminal: Terminal,
    store: Store,
    now: Moment,
    effects: Vec<Effect>,
}

/// Writes the history into `data` of this folder; how many entries it has.
pub(crate) fn write(folder: &Path, sales: u32) -> u64 {
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
    let mut shop = Shop { terminal, store, now, effects: Vec::new() };
    shop.give(Input::Started);
    for n in 1..=sales {
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
        for effect in std::mem::take(&mut self.effects) {
            if let Effect::Print { job, .. } = effect {
                let ending = PrintEnding::Printed(PrintProof::Answered);
                self.give(Input::PrintEnded { job, ending });
            }
        }
        self.effects.clear();
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
            self.store.keep_state(&self.terminal.checkpoint()).unwrap();
            self.terminal.forget_the_past();
        }
    }
}

fn settings() -> Settings {
    let second = Duration::from_secs;
    let wallet = Wallet {
        id: WalletId("wechat_pay".into()),
        name_en: "WeChat Pay".into(),
        name_zh: "微信支付".into(),
        enabled: true,
        codes: vec![CodePattern {
            prefixes: vec!["13".into()],
            min_len: 18,
            max_len: 18,
            alphabet: Alphabet::Digits,
        }],
        pay_window: second(50),
        reversal: Reversal::NotBefore(second(15)),
        reversal_end: ReversalEnd::After(second(7 * 24 * 3600)),
        partial_refunds: PartialRefunds::Many(50),
        refund_gap: second(60),
    };
    Settings {
        terminal: TerminalId::parse("T1").unwrap(),
        merchant: "Corner Shop".into(),
        currency: Currency::Cny,
        language: Language::En,
        mode: Mode::Test,
        timers: Timers {
            submit_deadline: second(20),
            inquiry_interval: second(5),
            pay_window: second(50),
            reverse_not_before: second(15),
            escalate_after: second(900),
            line_check_interval: second(10),
        },
        wallets: WalletTable::new(vec![wallet]),
        confirm_above: None,
        paper: Paper { printer: PrinterPresence::Configured, ..Paper::default() },
    }
}

/// The real disk without waiting for it.
#[derive(Debug)]
struct Hasty;

#[derive(Debug)]
struct HastyFile(Box<dyn DiskFile>);

impl Disk for Hasty {
    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        RealDisk.names(folder)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        RealDisk.make_folder(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(HastyFile(RealDisk.open(path)?)))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(HastyFile(RealDisk.create(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        RealDisk.length(path)
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        RealDisk.free_bytes(folder)
    }

    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for HastyFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, bytes)
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        self.0.allocate(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An index that keeps only its position.
#[derive(Debug, Default)]
struct Blind(BTreeMap<Vec<u8>, Vec<u8>>);

impl IndexHouse for Blind {
    fn open(&mut self) -> Result<Box<dyn Index>, IndexError> {
        Ok(Box::new(Blind::default()))
    }

    fn quarantine(&mut self, _now: WallTime) -> Result<Option<PathBuf>, IndexError> {
        Ok(None)
    }
}

impl Index for Blind {
    fn apply(&mut self, batch: Batch) -> Result<(), IndexError> {
        self.0.extend(batch.into_iter().filter(|(key, _)| key.starts_with(b"~")));
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), IndexError> {
        self.0.iter().filter(|(key, _)| key.starts_with(prefix)).for_each(|(key, value)| show(key, value));
        Ok(())
    }

    fn remove(&mut self, _keys: &[Vec<u8>]) -> Result<(), IndexError> {
        Ok(())
    }

    fn first_keys(&self, _prefix: &[u8], _most: usize) -> Result<Vec<Vec<u8>>, IndexError> {
        Ok(Vec::new())
    }

    fn sync(&mut self) -> Result<(), IndexError> {
        Ok(())
    }
}
