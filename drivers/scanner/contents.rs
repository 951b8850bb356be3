//! What a scan holds, for tests: read as the code of a wallet that takes letters and digits.

use std::time::Duration;

use quickpay_core::payment_code::{PaymentCode, Scan};
use quickpay_core::wallet::{
    Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet, WalletId, WalletTable,
};

use super::framing::Framed;

/// The text of a scan of letters and digits that is no product number.
pub(super) fn text_of(scan: &Scan) -> String {
    let wallet = Wallet {
        id: WalletId("any".to_owned()),
        name_en: String::new(),
        name_zh: String::new(),
        enabled: true,
        codes: vec![CodePattern {
            prefixes: vec![String::new()],
            min_len: 1,
            max_len: 4096,
            alphabet: Alphabet::Alphanumeric,
        }],
        pay_window: Duration::from_secs(50),
        reversal: Reversal::NotBefore(Duration::from_secs(15)),
        reversal_end: ReversalEnd::After(Duration::from_secs(7 * 24 * 3600)),
        partial_refunds: PartialRefunds::Many(50),
        refund_gap: Duration::from_secs(60),
    };
    match PaymentCode::parse(scan, &WalletTable::new(vec![wallet])) {
        Ok(code) => code.reveal().to_owned(),
        Err(why) => format!("<{why}>"),
    }
}

/// Scans by their text, the rest by its reason.
pub(super) fn said(framed: impl IntoIterator<Item = Framed>) -> Vec<String> {
    let word = |framed| match framed {
        Framed::Scan(scan) => text_of(&scan),
        Framed::Discarded(why) => format!("{why:?}"),
    };
    framed.into_iter().map(word).collect()
}

/// Whether some texts are among others, in their order, each used once.
pub(super) fn is_subsequence(some: &[String], all: &[String]) -> bool {
    let mut rest = all.iter();
    some.iter().all(|one| rest.any(|other| other == one))
}
