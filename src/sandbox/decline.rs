//! Why a wallet said no; the words are the wallet's own codes, so a till can be seen to know them. What a till should
//! do about each is absent: that is the till's to prove.

use serde::{Deserialize, Serialize};

/// A refusal by the wallet, as it appears in `last_payment_error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    decline_code: String,
    message: String,
}

/// Wallet codes with the message each comes with (`quick-pay.md` section 5).
const KNOWN: [(&str, &str); 15] = [
    ("NOTENOUGH", "Insufficient balance."),
    ("AUTHCODEEXPIRE", "The payment code has expired, please refresh and try again."),
    ("AUTH_CODE_ERROR", "Each payment code can be used only once, please refresh and try again."),
    ("AUTH_CODE_INVALID", "The payment code is not valid."),
    ("NOTSUPPORTCARD", "This card type is not supported."),
    ("TRADE_ERROR", "The wallet refused the payment."),
    ("PAYERROR", "Payment failed, please cancel the order and pay again."),
    ("ORDERCLOSED", "The order is closed."),
    ("ORDERREVERSED", "The order has been reversed."),
    ("ORDERPAID", "The order number has been paid already."),
    ("BUYER_MISMATCH", "The payer is not the one who began this order."),
    ("SYSTEMERROR", "Service error, please try again."),
    ("BANKERROR", "The bank did not answer, please inquire."),
    ("USER_CANCELED", "The customer cancelled on the phone."),
    ("invalid_request_error", "Service error, please try again."),
];

impl Decline {
    /// A decline by its wallet code; a code that is not known comes with a plain message.
    #[must_use]
    pub fn new(decline_code: &str) -> Self {
        let known = KNOWN.iter().find(|(code, _)| code.eq_ignore_ascii_case(decline_code));
        let (code, message) = known.copied().unwrap_or((decline_code, "The payment was refused."));
        Self { decline_code: code.to_owned(), message: message.to_owned() }
    }

    /// The wallet's code.
    #[must_use]
    pub fn decline_code(&self) -> &str {
        &self.decline_code
    }

    /// The wallet's message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}
