//! A payer's single-use payment code, and the scan it is read from: bearer secrets that live in memory only.
//!
//! Invariant: neither can be printed, compared by accident or written to disk; both are wiped when dropped, and
//! [`PaymentCode::reveal`] is the one way out, called by the gateway client alone.
//! Deliberately absent: `Display`, serialisation, a way to make a code without matching a wallet's shape.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::id::OrderId;
use crate::wallet::{WalletId, WalletTable};

/// The longest scan that is looked at; a longer one is not a payment code (hardware notes, section 2.2: 4 KiB).
pub const MAX_SCAN_BYTES: usize = 4096;

/// An AIM symbology identifier `]cm` that the scanner put before the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AimId {
    /// The code character, such as `C` for Code 128 and `Q` for QR.
    pub code: u8,
    /// The modifier character, such as `1` for GS1.
    pub modifier: u8,
}

impl AimId {
    /// Splits a leading `]cm` off the data.
    #[must_use]
    pub fn split(data: &[u8]) -> (Option<AimId>, &[u8]) {
        match data {
            [b']', code, modifier, rest @ ..]
                if code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                (Some(AimId { code: *code, modifier: *modifier }), rest)
            }
            _ => (None, data),
        }
    }

    /// `]C1`: a carton label, whose 18 digits can have the shape of a payment code.
    #[must_use]
    pub fn is_gs1_128(self) -> bool {
        self.code == b'C' && self.modifier == b'1'
    }

    /// Code 128 (`]C…`) or QR (`]Q…`): the symbologies wallets show.
    #[must_use]
    pub fn may_carry_a_payment_code(self) -> bool {
        matches!(self.code, b'C' | b'Q') && !self.is_gs1_128()
    }
}

/// One whole read of a scanner: the raw data, without terminator and without AIM identifier.
#[derive(Clone)]
pub struct Scan {
    data: Zeroizing<Vec<u8>>,
    aim: Option<AimId>,
}

impl Scan {
    /// Takes a message as the scanner framed it; a leading AIM identifier is split off, CR, LF and TAB at the
    /// ends are dropped, nothing inside is touched.
    #[must_use]
    pub fn from_message(message: Vec<u8>) -> Scan {
        let message = Zeroizing::new(message);
        let (aim, data) = AimId::split(&message);
        let at_end = |b: &u8| matches!(b, b'\r' | b'\n' | b'\t');
        let start = data.iter().position(|b| !at_end(b)).unwrap_or(data.len());
        let end = data.iter().rposition(|b| !at_end(b)).map_or(start, |last| last + 1);
        let trimmed = data.get(start..end).unwrap_or_default();
        Scan { data: Zeroizing::new(trimmed.to_vec()), aim }
    }

    /// The symbology the scanner told, if it tells.
    #[must_use]
    pub fn aim(&self) -> Option<AimId> {
        self.aim
    }

    /// The number of a receipt or refund slip, from whichever till, if that is what was read: no secret.
    #[must_use]
    pub fn receipt_number(&self) -> Option<&str> {
        std::str::from_utf8(&self.data).ok().filter(|text| OrderId::is_form_of(text))
    }

    /// How many bytes were read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scan({} bytes, {:?})", self.len(), self.aim)
    }
}

/// Why a scan is not a payment code that this till takes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAPaymentCode {
    /// An EAN or UPC whose check digit fits.
    #[error("a product barcode")]
    ProductBarcode,
    /// `]C1`.
    #[error("a GS1 carton label")]
    CartonLabel,
    /// One of our own order ids.
    #[error("a receipt number")]
    ReceiptNumber,
    /// A known wallet that is not enabled here.
    #[error("a code of a wallet that is not enabled")]
    WalletNotEnabled,
    /// Digits mixed with signs: a keyboard scanner with another layout than the till's.
    #[error("digits that came as signs; the scanner has another keyboard layout")]
    WrongLayout,
    /// Anything else, half a read included.
    #[error("not a payment code")]
    Unknown,
}

/// A well-formed payment code of an enabled wallet.
#[derive(Clone)]
pub struct PaymentCode {
    code: Zeroizing<String>,
    wallet: WalletId,
}

impl PaymentCode {
    /// Reads a scan. What exists afterwards is well formed; nobody checks it again.
    ///
    /// # Errors
    /// [`NotAPaymentCode`] says what it is instead; the scan is wiped when the caller drops it.
    pub fn parse(scan: &Scan, wallets: &WalletTable) -> Result<PaymentCode, NotAPaymentCode> {
        if scan.aim.is_some_and(AimId::is_gs1_128) {
            return Err(NotAPaymentCode::CartonLabel);
        }
        let text = match std::str::from_utf8(&scan.data) {
            Ok(text) if text.len() <= MAX_SCAN_BYTES => text,
            Ok(_) | Err(_) => return Err(NotAPaymentCode::Unknown),
        };
        if OrderId::is_form_of(text) {
            return Err(NotAPaymentCode::ReceiptNumber);
        }
        if is_product_number(text) {
            return Err(NotAPaymentCode::ProductBarcode);
        }
        match wallets.owner_of(text) {
            Some(_) if scan.aim.is_some_and(|aim| !aim.may_carry_a_payment_code()) => {
                Err(NotAPaymentCode::Unknown)
            }
            Some(wallet) if wallet.enabled => {
                Ok(PaymentCode { code: Zeroizing::new(text.to_owned()), wallet: wallet.id.clone() })
            }
            Some(_) => Err(NotAPaymentCode::WalletNotEnabled),
            None if looks_shifted(text) => Err(NotAPaymentCode::WrongLayout),
            None => Err(NotAPaymentCode::Unknown),
        }
    }

    /// The wallet that issued it.
    #[must_use]
    pub fn wallet(&self) -> &WalletId {
        &self.wallet
    }

    /// The secret itself, for the one request that carries it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.code
    }

    /// A keyed digest by which a second scan of the same code is known; useless without this boot's key.
    #[must_use]
    pub fn fingerprint(&self, key: &FingerprintKey) -> CodeFingerprint {
        let mut hasher = DefaultHasher::new();
        key.0.hash(&mut hasher);
        self.code.as_bytes().hash(&mut hasher);
        key.0.hash(&mut hasher);
        CodeFingerprint(hasher.finish())
    }
}

impl fmt::Debug for PaymentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentCode({}, redacted)", self.wallet.0)
    }
}

/// So many digits in a row may be a payment code, whichever wallet's; the gateway client's log leaves the same out.
const CODE_LIKE_DIGITS: usize = 13;

/// A person's words without what may be a payment code in them, as when a scanner types into the wrong field: they are
/// recorded and printed.
pub(crate) fn without_codes(words: &str) -> String {
    let mut clean = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, run) = rest.split_at(start);
        let end = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        let (digits, after) = run.split_at(end);
        clean.push_str(before);
        clean.push_str(if digits.len() < CODE_LIKE_DIGITS { digits } else { "****" });
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// Random bytes of this run of the program, from which fingerprints are keyed. Never leaves memory.
#[derive(Clone)]
pub struct FingerprintKey(Zeroizing<[u8; 16]>);

impl FingerprintKey {
    /// Takes random bytes from the rim.
    #[must_use]
    pub fn new(random: [u8; 16]) -> FingerprintKey {
        FingerprintKey(Zeroizing::new(random))
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(redacted)")
    }
}

/// The keyed digest of a code; lives in memory for at most five minutes, never in the journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeFingerprint(u64);

impl fmt::Debug for CodeFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeFingerprint(redacted)")
    }
}

/// EAN-8, UPC-A, EAN-13 or GTIN-14 with a fitting check digit (weights 3 and 1 from the right, modulo 10).
fn is_product_number(text: &str) -> bool {
    if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let weighted = text.bytes().rev().zip([1_u32, 3].into_iter().cycle());
    weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum::<u32>() % 10 == 0
}

/// A dozen or more printable signs with hardly a letter or digit among them: the top row of a keyboard under
/// another layout (French AZERTY gives `&é"'(-è_çà` for the digits).
fn looks_shifted(text: &str) -> bool {
    let signs = text.chars().filter(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace()).count();
    let all = text.chars().count();
    (16..=24).contains(&all) && signs * 2 > all
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wallet::{Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet};

    fn wallet(id: &str, enabled: bool, prefixes: &[&str], min_len: usize, max_len: usize) -> Wallet {
        Wallet {
            id: WalletId(id.to_owned()),
            name_en: id.to_owned(),
            name_zh: id.to_owned(),
            enabled,
            codes: vec![CodePattern {
                prefixes: prefixes.iter().map(|&p| p.to_owned()).collect(),
                min_len,
                max_len,
                alphabet: Alphabet::Digits,
            }],
            pay_window: Duration::from_secs(50),
            reversal: Reversal::NotBefore(Duration::from_secs(15)),
            reversal_end: ReversalEnd::After(Duration::from_secs(7 * 24 * 3600)),
            partial_refunds: PartialRefunds::Many(50),
            refund_gap: Duration::from_secs(60),
        }
    }

    fn table() -> WalletTable {
        WalletTable::new(vec![
            wallet("wechat_pay", true, &["10", "11", "12", "13", "14", "15"], 18, 18),
            wallet("alipay", false, &["25", "26", "27", "28", "29", "30"], 16, 24),
        ])
    }

    fn read(message: &str) -> Result<WalletId, NotAPaymentCode> {
        PaymentCode::parse(&Scan::from_message(message.into()), &table()).map(|code| code.wallet().clone())
    }

    #[test]
    fn a_wechat_code_is_taken_with_or_without_its_aim_identifier() {
        let wechat = Ok(WalletId("wechat_pay".to_owned()));
        assert_eq!(read("132993614656096754"), wechat);
        assert_eq!(read("]C0132993614656096754\r\n"), wechat);
        assert_eq!(read("]Q1132993614656096754"), wechat);
        assert_eq!(read("\t132993614656096754\t"), wechat);
    }

    #[test]
    fn what_is_not_a_payment_code_is_named() {
        assert_eq!(read("6901234567892"), Err(NotAPaymentCode::ProductBarcode));
        assert_eq!(read("]E06901234567892"), Err(NotAPaymentCode::ProductBarcode));
        assert_eq!(read("]C1106141411234567897"), Err(NotAPaymentCode::CartonLabel));
        assert_eq!(read("]C100106141411234567897"), Err(NotAPaymentCode::CartonLabel));
        assert_eq!(read("T1-3LK2QZ-S0001a"), Err(NotAPaymentCode::ReceiptNumber));
        assert_eq!(read("289431869362714645"), Err(NotAPaymentCode::WalletNotEnabled));
        assert_eq!(read("&\"éçç\"-&'-(-à_-è('"), Err(NotAPaymentCode::WrongLayout));
        assert_eq!(read("]E0132993614656096754"), Err(NotAPaymentCode::Unknown));
        for other in ["", "1329936146560", "13299361465609675", "1329936146560967541", "1329936146 56096754"]
        {
            assert_eq!(read(other), Err(NotAPaymentCode::Unknown), "{other:?}");
        }
        assert_eq!(read("4200001234567890123456789012"), Err(NotAPaymentCode::Unknown));
    }

    #[test]
    fn neither_a_scan_nor_a_code_can_be_printed() {
        let scan = Scan::from_message("132993614656096754".into());
        let code = PaymentCode::parse(&scan, &table()).unwrap();
        let key = FingerprintKey::new([7; 16]);
        let shown = format!("{scan:?} {code:?} {key:?} {:?}", code.fingerprint(&key));
        assert!(!shown.contains("1329") && !shown.contains("6754") && !shown.contains('7'), "{shown}");
    }

    #[test]
    fn the_same_code_is_known_again_under_one_key_only() {
        let code = |text: &str| PaymentCode::parse(&Scan::from_message(text.into()), &table()).unwrap();
        let (one, two) = (FingerprintKey::new([1; 16]), FingerprintKey::new([2; 16]));
        let first = code("132993614656096754");
        assert_eq!(first.fingerprint(&one), code("132993614656096754").fingerprint(&one));
        assert_ne!(first.fingerprint(&one), code("132993614656096755").fingerprint(&one));
        assert_ne!(first.fingerprint(&one), first.fingerprint(&two));
    }
}
