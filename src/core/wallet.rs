//! The wallets this till knows: what their payment codes look like and what they allow.
//!
//! Invariant: prefixes and limits are data (`config/wallets.toml`); a code belongs to a wallet only by a full match.
//! Deliberately absent: any wallet's name in code.

use std::sync::Arc;
use std::time::Duration;

use crate::time::WallTime;

/// The gateway's name of a wallet, such as `wechat_pay`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletId(pub String);

/// Which characters a code may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// `0-9`.
    Digits,
    /// `0-9 A-Z a-z`.
    Alphanumeric,
}

/// The shape of a wallet's payment codes: one of the prefixes, then characters up to a total length in range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePattern {
    /// The code begins with one of these.
    pub prefixes: Vec<String>,
    /// Shortest total length in characters.
    pub min_len: usize,
    /// Longest total length in characters.
    pub max_len: usize,
    /// What all its characters are.
    pub alphabet: Alphabet,
}

impl CodePattern {
    /// Whether the whole text is such a code.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let in_alphabet = |b: u8| match self.alphabet {
            Alphabet::Digits => b.is_ascii_digit(),
            Alphabet::Alphanumeric => b.is_ascii_alphanumeric(),
        };
        (self.min_len..=self.max_len).contains(&text.len())
            && text.bytes().all(in_alphabet)
            && self.prefixes.iter().any(|prefix| text.starts_with(prefix.as_str()))
    }
}

/// What a wallet does about giving money back in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartialRefunds {
    /// Only the whole amount.
    None,
    /// One part, once.
    Once,
    /// Several, up to this many per payment.
    Many(u32),
}

/// Whether an unwanted attempt can be undone at this wallet before it settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reversal {
    /// Yes, no earlier than this after sending.
    NotBefore(Duration),
    /// No: inquire until final, then refund.
    Unsupported,
}

/// Until when a wallet takes a reversal; after that one only asks, and refunds what was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalEnd {
    /// So long after sending.
    After(Duration),
    /// The Beijing day of sending, and so long into the next.
    BeijingDay(Duration),
}

/// Beijing is eight hours east of UTC all year.
const BEIJING_OFFSET_MIN: i16 = 480;
/// A clock that shows less was never set: 2020-01-01 UTC.
const PLAUSIBLE_FROM_MS: i64 = 1_577_836_800_000;
const DAY_MS: i64 = 86_400_000;

impl ReversalEnd {
    /// Whether a reversal comes too late. A clock that was never set tells nothing.
    #[must_use]
    pub fn is_over(self, sent: WallTime, now: WallTime) -> bool {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let end = match self {
            ReversalEnd::After(span) => sent.unix_ms.saturating_add(millis(span)),
            ReversalEnd::BeijingDay(grace) => {
                let offset = i64::from(BEIJING_OFFSET_MIN) * 60_000;
                let days = sent.unix_ms.saturating_add(offset).div_euclid(DAY_MS).saturating_add(1);
                days.saturating_mul(DAY_MS).saturating_sub(offset).saturating_add(millis(grace))
            }
        };
        sent.unix_ms >= PLAUSIBLE_FROM_MS && now.unix_ms >= end
    }
}

/// One wallet as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// The gateway's name of it.
    pub id: WalletId,
    /// Its name on the English screen and receipt.
    pub name_en: String,
    /// Its name on the Chinese screen and receipt.
    pub name_zh: String,
    /// Whether this till takes it.
    pub enabled: bool,
    /// The shapes of its codes.
    pub codes: Vec<CodePattern>,
    /// From sending until we reverse.
    pub pay_window: Duration,
    /// Whether an attempt can be undone.
    pub reversal: Reversal,
    /// Until when.
    pub reversal_end: ReversalEnd,
    /// How its money goes back in parts.
    pub partial_refunds: PartialRefunds,
    /// The least time between two refunds of one payment.
    pub refund_gap: Duration,
}

/// All wallets of `config/wallets.toml`, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WalletTable {
    wallets: Arc<[Wallet]>,
}

impl WalletTable {
    /// A table of these wallets; an earlier wallet wins where two shapes overlap.
    #[must_use]
    pub fn new(wallets: Vec<Wallet>) -> WalletTable {
        WalletTable { wallets: wallets.into() }
    }

    /// The wallet whose code this is: an enabled one if any matches, else one that is known but not enabled.
    #[must_use]
    pub fn owner_of(&self, text: &str) -> Option<&Wallet> {
        let matching = || self.wallets.iter().filter(|w| w.codes.iter().any(|code| code.matches(text)));
        matching().find(|wallet| wallet.enabled).or_else(|| matching().next())
    }

    /// A wallet by the gateway's name.
    #[must_use]
    pub fn get(&self, id: &WalletId) -> Option<&Wallet> {
        self.wallets.iter().find(|wallet| wallet.id == *id)
    }

    /// The wallets this till takes.
    pub fn enabled(&self) -> impl Iterator<Item = &Wallet> {
        self.wallets.iter().filter(|wallet| wallet.enabled)
    }
}
