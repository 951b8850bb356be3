//! Names of sales, attempts and print jobs, and what the gateway calls an attempt.
//!
//! Invariant: every id that leaves the machine holds a letter, so that no receipt barcode is ever taken for a
//! payment code; an order id is at most 32 of `[A-Za-z0-9_-]` and never given twice (quick-pay rules, section 1).
//! Deliberately absent: randomness; ids follow from the journal alone.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::time::Moment;

/// The terminal's name: 1 to 16 of `A-Z 0-9`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TerminalId(String);

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not 1 to 16 of `A-Z 0-9`.
    #[error("a terminal id is 1 to 16 of A-Z and 0-9, not {0:?}")]
    Terminal(String),
    /// Not of the form `S0001`.
    #[error("no sale has the name {0:?}; sales are named like S0001")]
    Sale(String),
}

impl TerminalId {
    /// Takes a configured name.
    ///
    /// # Errors
    /// [`IdError::Terminal`] when it is empty, longer than 16, or holds another character.
    pub fn parse(text: &str) -> Result<TerminalId, IdError> {
        let fits = (1..=16).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if fits { Ok(TerminalId(text.to_owned())) } else { Err(IdError::Terminal(text.to_owned())) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TerminalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which life of the journal an order id belongs to: seconds since 2020-01-01 UTC when the journal began, moved by the id of
/// the boot it began in, so that a till whose store was replaced does not repeat order ids. A till without a battery begins
/// each boot at much the same second, but each boot's id is random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

impl Epoch {
    /// The epoch of a journal that begins at this moment.
    #[must_use]
    pub fn beginning_at(now: Moment) -> Epoch {
        const SECONDS_TO_2020: i64 = 1_577_836_800; // 18,262 days
        const SIX_DIGITS: u128 = 36_u128.pow(6);
        let seconds = u128::try_from(now.wall.unix_ms.div_euclid(1000) - SECONDS_TO_2020).unwrap_or(0);
        let moved_by = now.boot.0 >> 64; // of a random id any half is random
        Epoch(u32::try_from((seconds + moved_by) % SIX_DIGITS).unwrap_or(0))
    }
}

/// Six base-36 digits; a larger number grows longer, never ambiguous.
impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [b'0'; 7];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            let value = u8::try_from(rest % 36).unwrap_or(0);
            *digit = if value < 10 { b'0' + value } else { b'A' + value - 10 };
            rest /= 36;
        }
        let text = std::str::from_utf8(&digits).unwrap_or("0");
        let short = text.trim_start_matches('0');
        write!(f, "{short:0>6}")
    }
}

/// A sale of this journal, counted from 1; written `S0001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SaleId(pub u32);

impl SaleId {
    /// Reads what [`Display`](fmt::Display) wrote.
    ///
    /// # Errors
    /// [`IdError::Sale`] for anything else.
    pub fn parse(text: &str) -> Result<SaleId, IdError> {
        let wrong = || IdError::Sale(text.to_owned());
        let digits = text.strip_prefix('S').ok_or_else(wrong)?;
        if digits.len() < 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        digits.parse().map(SaleId).map_err(|_| wrong())
    }
}

impl fmt::Display for SaleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{:04}", self.0)
    }
}

/// An attempt to pay a sale, `a` for the first; written `S0001a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId {
    /// The sale it belongs to.
    pub sale: SaleId,
    /// Its place in the sale, from 0 to [`AttemptId::LAST`].
    pub index: u8,
}

impl AttemptId {
    /// The last letter of the alphabet: a sale has at most 26 attempts, then it is closed and rung up anew.
    pub const LAST: u8 = 25;
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sale, char::from(b'a' + self.index.min(Self::LAST)))
    }
}

/// Our name for an attempt at the gateway (`merchant_order_id`, and the idempotency key). Records, requests and papers name
/// it again and again: they share one text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(Arc<str>);

impl OrderId {
    /// The longest id the gateway is promised.
    pub const MAX_LEN: usize = 32;

    /// The order id of an attempt, such as `T1-3LK2QZ-S0001a`, or `None` when it would be longer than
    /// [`OrderId::MAX_LEN`] (a terminal name of 16 after its millionth sale).
    #[must_use]
    pub fn of(terminal: &TerminalId, epoch: Epoch, attempt: AttemptId) -> Option<OrderId> {
        let text = format!("{terminal}-{epoch}-{attempt}");
        (text.len() <= Self::MAX_LEN).then(|| OrderId(text.into()))
    }

    /// Our number of a refund, such as `T1-3LK2QZ-S0001r1`: fixed at its creation and the same on every retry.
    #[must_use]
    pub fn of_refund(terminal: &TerminalId, epoch: Epoch, refund: RefundId) -> Option<OrderId> {
        let text = format!("{terminal}-{epoch}-{refund}");
        (text.len() <= Self::MAX_LEN).then(|| OrderId(text.into()))
    }

    /// Takes an id from the journal or the wire as it is; comparison is what gives it meaning.
    #[must_use]
    pub fn from_journal(text: String) -> OrderId {
        OrderId(text.into())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sale whose receipt or refund slip carries a number of our form, as the number says.
    #[must_use]
    pub fn sale_of(text: &str) -> Option<SaleId> {
        if !OrderId::is_form_of(text) {
            return None;
        }
        let (_, last) = text.rsplit_once('-')?;
        let end = last.find(|c: char| c.is_ascii_lowercase()).unwrap_or(last.len());
        SaleId::parse(last.get(..end)?).ok()
    }

    /// Whether a scanned text has the form of one of our order ids, from whichever till.
    #[must_use]
    pub fn is_form_of(text: &str) -> bool {
        let mut parts = text.split('-');
        let (Some(terminal), Some(epoch), Some(attempt), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let sale = attempt
            .find(|c: char| c.is_ascii_lowercase())
            .map_or(attempt, |at| attempt.get(..at).unwrap_or_default());
        TerminalId::parse(terminal).is_ok()
            && epoch.len() >= 6
            && epoch.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && SaleId::parse(sale).is_ok()
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A refund of a sale, counted from 1; written `S0001r1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefundId {
    /// The sale whose money goes back.
    pub sale: SaleId,
    /// Its place among the sale's refunds, from 1.
    pub index: u8,
}

impl RefundId {
    /// Reads what [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<RefundId> {
        let (sale, index) = text.split_once('r')?;
        Some(RefundId { sale: SaleId::parse(sale).ok()?, index: index.parse().ok()? })
    }
}

impl fmt::Display for RefundId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}r{}", self.sale, self.index)
    }
}

/// The gateway's id of a payment intent (`pi_…`), opaque to us.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntentId(pub String);

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A shift of this journal, counted from 1 without gaps: the number on its Z report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShiftNumber(pub u32);

impl fmt::Display for ShiftNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A print job of this journal, counted from 1; written `J0001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

impl JobId {
    /// Reads what [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<JobId> {
        text.strip_prefix('J')?.parse().ok().map(JobId)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "J{:04}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{BootId, Monotonic, WallTime};

    #[test]
    fn an_order_id_always_holds_a_letter_and_fits_the_gateway() {
        let terminal = TerminalId::parse("1234567890123456").unwrap();
        let attempt = AttemptId { sale: SaleId(999_999), index: AttemptId::LAST };
        let order = OrderId::of(&terminal, Epoch(2_176_782_335), attempt).unwrap();
        assert_eq!(order.as_str(), "1234567890123456-ZZZZZZ-S999999z");
        assert_eq!(order.as_str().len(), OrderId::MAX_LEN);
        assert!(OrderId::is_form_of(order.as_str()));
        let beyond = AttemptId { sale: SaleId(1_000_000), index: 0 };
        assert_eq!(OrderId::of(&terminal, Epoch(2_176_782_335), beyond), None);
    }

    #[test]
    fn the_epoch_is_counted_in_seconds_since_2020_from_where_the_boot_begins() {
        let at = |unix_ms, boot| {
            let wall = WallTime { unix_ms, offset_min: 0 };
            Epoch::beginning_at(Moment { mono: Monotonic(7), boot: BootId(boot), wall }).to_string()
        };
        assert_eq!((at(1_577_836_800_000, 5), at(1_577_836_835_000, 5)), ("000000".into(), "00000Z".into()));
        assert_eq!(at(-5, 5), "000000");
        // Two boots that show the same second, as without a battery: nothing of the first life's names is repeated.
        let [one, two] =
            [0x9c2e_41d7_7b0a_4f63_8e52_1d30_aa91_c4e8, 0x13f8_7a60_c9d4_4b1e_b7a5_02ce_6f49_d83b];
        assert_eq!((at(20_000, one), at(20_000, two)), ("X046SJ".into(), "WO302M".into()));
        assert_ne!(at(1_763_600_000_000, one), at(1_763_600_000_000, two));
        assert_eq!(at(i64::MAX, u128::MAX).len(), 6);
    }

    #[test]
    fn names_are_read_back_as_they_were_written() {
        assert_eq!(SaleId::parse("S0042"), Ok(SaleId(42)));
        assert_eq!(SaleId::parse(&SaleId(123_456).to_string()), Ok(SaleId(123_456)));
        assert_eq!(JobId::parse("J0007"), Some(JobId(7)));
        for wrong in ["", "42", "S", "S1", "S00x1", "s0001", "S99999999999"] {
            assert!(SaleId::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_payment_code_is_never_of_our_form() {
        for text in ["132993614656096754", "289431869362714645", "fp0123456789", "T1-S0001a", ""] {
            assert!(!OrderId::is_form_of(text), "{text:?}");
        }
    }

    #[test]
    fn a_terminal_id_is_upper_case_letters_and_digits() {
        assert!(TerminalId::parse("T1").is_ok());
        for wrong in ["", "t1", "T-1", "T 1", "ABCDEFGHIJKLMNOPQ"] {
            assert_eq!(TerminalId::parse(wrong), Err(IdError::Terminal(wrong.to_owned())));
        }
    }
}
