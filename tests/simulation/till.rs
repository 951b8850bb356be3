//! The till under test: its configuration, and a fresh one from a journal.
//!
//! Invariant: timers and wallets are those of the domain rules; only what may differ between shops differs by life.
//! Deliberately absent: configuration files (the rim's own tests).

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use quickpay_core::answer::Mode;
use quickpay_core::checkpoint::Checkpoint;
use quickpay_core::id::TerminalId;
use quickpay_core::ledger::Unfounded;
use quickpay_core::money::Currency;
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::person::People;
use quickpay_core::record::Entry;
use quickpay_core::settings::{Paper, PrinterPresence, Settings, Timers};
use quickpay_core::terminal::Terminal;
use quickpay_core::wallet::{
    Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet, WalletId, WalletTable,
};
use quickpay_core::words::Language;

/// From the scan until a held code expires.
pub(crate) const SUBMIT_DEADLINE_MS: u64 = 20_000;
/// From sending until a reversal of an unknown outcome may leave.
pub(crate) const REVERSE_NOT_BEFORE_MS: u64 = 15_000;

/// The least time between two refunds of one payment.
pub(crate) const REFUND_GAP_MS: u64 = 60_000;

/// What a wallet allows about parts, as the domain rules have it.
pub(crate) fn partial_refunds_of(wallet: &WalletId) -> PartialRefunds {
    match wallet.0.as_str() {
        "wechat_pay" => PartialRefunds::Many(50),
        "alipay" => PartialRefunds::Once,
        _ => PartialRefunds::None,
    }
}

/// A terminal that has read this journal. `run` makes the key of this run's code fingerprints.
pub(crate) fn terminal_from(
    entries: &[Entry],
    run: u32,
    settings: Arc<Settings>,
) -> Result<Terminal, Unfounded> {
    let mut key = [7; 16];
    key[0..4].copy_from_slice(&run.to_le_bytes());
    let mut terminal = Terminal::new(settings, FingerprintKey::new(key));
    entries.iter().try_for_each(|entry| terminal.apply(entry))?;
    Ok(terminal)
}

/// A terminal that began at a checkpoint and has read what follows it.
pub(crate) fn terminal_at(
    checkpoint: &Checkpoint,
    entries: &[Entry],
    run: u32,
    settings: Arc<Settings>,
) -> Result<Terminal, Unfounded> {
    let mut terminal = terminal_from(&[], run, settings)?;
    terminal.begin_at(checkpoint.clone());
    let tail = entries.iter().filter(|entry| entry.seq > checkpoint.last_seq);
    tail.into_iter().try_for_each(|entry| terminal.apply(entry))?;
    Ok(terminal)
}

/// The settings of a shop where these people work.
pub(crate) fn settings_with(people: People) -> Arc<Settings> {
    Arc::new(Settings { people, ..Settings::clone(&settings()) })
}

/// The settings of a shop where nobody need sign in.
pub(crate) fn settings() -> Arc<Settings> {
    static SETTINGS: OnceLock<Arc<Settings>> = OnceLock::new();
    let floor = Reversal::NotBefore(Duration::from_millis(REVERSE_NOT_BEFORE_MS));
    let week = ReversalEnd::After(Duration::from_secs(7 * 24 * 3600));
    let day = ReversalEnd::BeijingDay(Duration::from_secs(900));
    let shop = || Settings {
        terminal: TerminalId::parse("T1").expect("a good name"),
        merchant: "Demo Store".into(),
        currency: Currency::Cny,
        language: Language::En,
        mode: Mode::Test,
        timers: Timers {
            submit_deadline: Duration::from_millis(SUBMIT_DEADLINE_MS),
            inquiry_interval: Duration::from_secs(5),
            pay_window: Duration::from_secs(50),
            reverse_not_before: Duration::from_millis(REVERSE_NOT_BEFORE_MS),
            escalate_after: Duration::from_secs(900),
            line_check_interval: Duration::from_secs(30),
        },
        wallets: WalletTable::new(vec![
            wallet("wechat_pay", &["13"], 50, floor, week, PartialRefunds::Many(50)),
            wallet("alipay", &["28"], 60, floor, day, PartialRefunds::Once),
            wallet("bestpay", &["51"], 60, Reversal::Unsupported, week, PartialRefunds::None),
        ]),
        confirm_above: None,
        people: People::default(),
        paper: Paper { printer: PrinterPresence::Configured, ..Paper::default() },
    };
    SETTINGS.get_or_init(|| Arc::new(shop())).clone()
}

fn wallet(
    id: &str,
    prefixes: &[&str],
    window_s: u64,
    reversal: Reversal,
    reversal_end: ReversalEnd,
    partial_refunds: PartialRefunds,
) -> Wallet {
    Wallet {
        id: WalletId(id.into()),
        name_en: id.into(),
        name_zh: id.into(),
        enabled: true,
        codes: vec![CodePattern {
            prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
            min_len: 18,
            max_len: 18,
            alphabet: Alphabet::Digits,
        }],
        pay_window: Duration::from_secs(window_s),
        reversal,
        reversal_end,
        partial_refunds,
        refund_gap: Duration::from_millis(REFUND_GAP_MS),
    }
}
