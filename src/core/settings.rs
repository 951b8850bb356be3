//! What the configuration tells the core: limits, timers, wallets, words of the paper.
//!
//! Invariant: settings are read once at start and never change while the terminal runs.
//! Deliberately absent: files, keys, addresses.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::answer::Mode;
use crate::id::TerminalId;
use crate::money::{Currency, Money};
use crate::person::People;
use crate::wallet::{Reversal, ReversalEnd, Wallet, WalletId, WalletTable};
use crate::words::Language;

/// Everything the core is told about this till.
#[derive(Debug, Clone)]
pub struct Settings {
    /// This terminal.
    pub terminal: TerminalId,
    /// The shop's name on screen and paper.
    pub merchant: String,
    /// What it sells in.
    pub currency: Currency,
    /// The language of paper and start-up; the screen may switch.
    pub language: Language,
    /// Which money the gateway key moves.
    pub mode: Mode,
    /// Deadlines and intervals.
    pub timers: Timers,
    /// The wallets and their codes.
    pub wallets: WalletTable,
    /// A sale above this asks once; `None` never asks.
    pub confirm_above: Option<Money>,
    /// Who works here; nobody need sign in where this is empty.
    pub people: People,
    /// What the receipt says besides the sale.
    pub paper: Paper,
}

/// Deadlines and intervals. Defaults and their sources: `config/terminal.toml` and the quick-pay rules, sections 2 and 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// From the scan until a held code expires.
    pub submit_deadline: Duration,
    /// Between two inquiries, plus or minus a tenth.
    pub inquiry_interval: Duration,
    /// From sending until we reverse, for a wallet that is no longer configured.
    pub pay_window: Duration,
    /// From sending until a reversal of an unknown outcome may leave, for a wallet that is no longer configured.
    pub reverse_not_before: Duration,
    /// In doubt for this long: ask the manager.
    pub escalate_after: Duration,
    /// An idle line is proven again after this.
    pub line_check_interval: Duration,
}

/// What papers say besides the sale, and which are printed. Where it comes from: `config/receipt.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Whether a printer is configured at all.
    pub printer: PrinterPresence,
    /// The shop's branch, under its name.
    pub store: Option<String>,
    /// Lines under the shop's name.
    pub header: Vec<String>,
    /// Lines at the end.
    pub footer: Vec<String>,
    /// Lines that the law wants, at the very end.
    pub legal: Vec<String>,
    /// One language or two beside each other; the till's own where there is none.
    pub languages: Vec<Language>,
    /// Marked copies that are printed beside each original.
    pub copies: u8,
    /// What a paper shows of that which it may leave out.
    pub show: BTreeSet<Shown>,
    /// The slips that print by themselves.
    pub slips: BTreeSet<SlipKind>,
    /// Where a customer finds the electronic receipt: this address and the order id.
    pub e_receipt_base: Option<String>,
}

/// Part of a paper that a shop may leave out. Amounts, marks, times, the wallet, the terminal and the order id always stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// The shop's logo.
    Logo,
    /// The sale's number at this till.
    SaleNumber,
    /// Who took the payment; of a refund who asked for it and who allowed it.
    Cashier,
    /// The gateway's id.
    GatewayId,
    /// The wallet's own number, if told.
    WalletId,
    /// Why money went back.
    RefundReason,
    /// The order id as a barcode.
    Barcode,
    /// The address of the electronic receipt as a QR symbol.
    Qr,
}

/// A slip that can print by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlipKind {
    /// When a sale in doubt is put aside.
    Pending,
    /// When an attempt was undone, or ended without a payment after a pending slip.
    Reversal,
    /// When a refund is confirmed.
    Refund,
}

impl Default for Paper {
    fn default() -> Paper {
        let show = [
            Shown::SaleNumber,
            Shown::Cashier,
            Shown::GatewayId,
            Shown::WalletId,
            Shown::RefundReason,
            Shown::Barcode,
        ];
        Paper {
            printer: PrinterPresence::None,
            store: None,
            header: Vec::new(),
            footer: Vec::new(),
            legal: Vec::new(),
            languages: Vec::new(),
            copies: 0,
            show: show.into(),
            slips: [SlipKind::Pending, SlipKind::Reversal, SlipKind::Refund].into(),
            e_receipt_base: None,
        }
    }
}

/// Whether papers can be put out at this till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrinterPresence {
    /// `kind = "none"`: nothing is ever queued.
    #[default]
    None,
    /// There is one, perhaps away now.
    Configured,
}

impl Settings {
    /// The payment window of a wallet.
    #[must_use]
    pub fn pay_window(&self, wallet: &WalletId) -> Duration {
        self.wallets.get(wallet).map_or(self.timers.pay_window, |wallet| wallet.pay_window)
    }

    /// How attempts of a wallet are undone.
    #[must_use]
    pub fn reversal(&self, wallet: &WalletId) -> Reversal {
        self.wallets
            .get(wallet)
            .map_or(Reversal::NotBefore(self.timers.reverse_not_before), |wallet| wallet.reversal)
    }

    /// Until when attempts of a wallet can be undone; seven days for a wallet that is no longer configured.
    #[must_use]
    pub fn reversal_end(&self, wallet: &WalletId) -> ReversalEnd {
        const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
        self.wallets.get(wallet).map_or(ReversalEnd::After(WEEK), |wallet| wallet.reversal_end)
    }

    /// A wallet's name for people.
    #[must_use]
    pub fn wallet_name(&self, id: &WalletId, language: Language) -> String {
        let name = |wallet: &Wallet| match language {
            Language::ZhCn | Language::ZhTw => wallet.name_zh.clone(),
            Language::En | Language::Ko => wallet.name_en.clone(),
        };
        self.wallets.get(id).map_or_else(|| id.0.clone(), name)
    }
}
