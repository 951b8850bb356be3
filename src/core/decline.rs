//! What a decline means for the cashier: the one table of wallet codes.
//!
//! Invariant: a code that is not in the table, or that reads like a fault of the gateway, is doubtful, never a no.
//! Deliberately absent: HTTP, and words for people (see `words/`).
//! Source of the codes: quick-pay rules, section 5; the lower-case ones are the card vocabulary that WooshPay's
//! `decline_code` borrows (wire contract, section 5).

use crate::answer::Decline;

/// What is wrong, as far as the wallet tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeclineReason {
    /// The code is too old.
    CodeExpired,
    /// The code was used before.
    CodeUsed,
    /// The code is not one of this wallet's.
    CodeInvalid,
    /// The code belongs to another payer than before, or the number is closed: start again.
    StartAgain,
    /// Not enough money.
    Insufficient,
    /// The bank card behind the wallet cannot be used.
    CardNotAccepted,
    /// A limit of the payer or of the shop.
    LimitReached,
    /// The payer gave up at the phone.
    PayerCancelled,
    /// The wallet refuses without a reason for us.
    Refused,
    /// Our set-up: key, account, currency.
    SetUp,
    /// A fault, or words we do not know: proves nothing.
    Doubtful,
}

const TABLE: &[(&str, DeclineReason)] = &[
    // These say that it may be paid, or nothing at all: whatever else stands beside them, we ask.
    ("ORDERPAID", DeclineReason::Doubtful),
    ("OUT_TRADE_NO_USED", DeclineReason::Doubtful),
    ("TRADE_HAS_SUCCESS", DeclineReason::Doubtful),
    ("INVALID_REQUEST", DeclineReason::Doubtful),
    ("USERPAYING", DeclineReason::Doubtful),
    ("SYSTEMERROR", DeclineReason::Doubtful),
    ("SYSTEM_ERROR", DeclineReason::Doubtful),
    ("BANKERROR", DeclineReason::Doubtful),
    ("AUTHCODEEXPIRE", DeclineReason::CodeExpired),
    ("AUTH_CODE_ERROR", DeclineReason::CodeUsed),
    ("AUTH_CODE_INVALID", DeclineReason::CodeInvalid),
    ("PAYMENT_AUTH_CODE_INVALID", DeclineReason::CodeInvalid),
    ("PULL_MOBILE_CASHIER_FAIL", DeclineReason::CodeInvalid),
    ("BUYER_MISMATCH", DeclineReason::StartAgain),
    ("TRADE_BUYER_NOT_MATCH", DeclineReason::StartAgain),
    ("TRADE_HAS_CLOSE", DeclineReason::StartAgain),
    ("CONTEXT_INCONSISTENT", DeclineReason::StartAgain),
    ("ORDERCLOSED", DeclineReason::StartAgain),
    ("ORDERREVERSED", DeclineReason::StartAgain),
    ("NOTENOUGH", DeclineReason::Insufficient),
    ("INSUFFICIENT_FUNDS", DeclineReason::Insufficient),
    ("BUYER_BALANCE_NOT_ENOUGH", DeclineReason::Insufficient),
    ("BUYER_BANKCARD_BALANCE_NOT_ENOUGH", DeclineReason::Insufficient),
    ("NOTSUPORTCARD", DeclineReason::CardNotAccepted),
    ("NO_PAYMENT_INSTRUMENTS_AVAILABLE", DeclineReason::CardNotAccepted),
    ("NOT_SUPPORT_PAYMENT_INST", DeclineReason::CardNotAccepted),
    ("ERROR_BALANCE_PAYMENT_DISABLE", DeclineReason::CardNotAccepted),
    ("BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", DeclineReason::LimitReached),
    ("BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR", DeclineReason::LimitReached),
    ("TOTAL_FEE_EXCEED", DeclineReason::LimitReached),
    ("BEYOND_PAY_RESTRICTION", DeclineReason::LimitReached),
    ("BEYOND_PER_RECEIPT_RESTRICTION", DeclineReason::LimitReached),
    ("PAYER_CANCELLED", DeclineReason::PayerCancelled),
    ("PAYER_CANCELED", DeclineReason::PayerCancelled),
    ("TRADE_ERROR", DeclineReason::Refused),
    ("PAYMENT_FAIL", DeclineReason::Refused),
    ("MOBILE_PAYMENT_SWITCH_OFF", DeclineReason::Refused),
    ("USER_FACE_PAYMENT_SWITCH_OFF", DeclineReason::Refused),
    ("ERROR_BUYER_CERTIFY_LEVEL_LIMIT", DeclineReason::Refused),
    ("BUYER_ENABLE_STATUS_FORBID", DeclineReason::Refused),
    ("BUYER_SELLER_EQUAL", DeclineReason::Refused),
    ("PAYMENT_REQUEST_HAS_RISK", DeclineReason::Refused),
    ("NOT_CERTIFIED_USER", DeclineReason::Refused),
    ("GENERIC_DECLINE", DeclineReason::Refused),
    ("DO_NOT_HONOR", DeclineReason::Refused),
    ("NOAUTH", DeclineReason::SetUp),
    ("APPID_NOT_EXIST", DeclineReason::SetUp),
    ("MCHID_NOT_EXIST", DeclineReason::SetUp),
    ("APPID_MCHID_NOT_MATCH", DeclineReason::SetUp),
    ("PARAM_ERROR", DeclineReason::SetUp),
    ("SIGNERROR", DeclineReason::SetUp),
    ("XML_FORMAT_ERROR", DeclineReason::SetUp),
    ("REQUIRE_POST_METHOD", DeclineReason::SetUp),
    ("POST_DATA_EMPTY", DeclineReason::SetUp),
    ("INVALID_PARAMETER", DeclineReason::SetUp),
    ("ACCESS_FORBIDDEN", DeclineReason::SetUp),
    ("PARTNER_ERROR", DeclineReason::SetUp),
    ("INVALID_STORE_ID", DeclineReason::SetUp),
    ("SELLER_BEEN_BLOCKED", DeclineReason::SetUp),
    ("CURRENCY_NOT_SUPPORT", DeclineReason::SetUp),
    ("AMOUNT_OR_CURRENCY_ERROR", DeclineReason::SetUp),
];

/// Codes of [`Decline`] that a rejected request carries (made by `judge.rs`, not by a wallet).
pub(crate) const REJECTED_BY_API: &str = "rejected_by_api";
/// The gateway closed the intent without giving a reason.
pub(crate) const CLOSED_BY_GATEWAY: &str = "closed_by_gateway";

impl Decline {
    /// What the decline means. The most particular field speaks first: `decline_code`, then `code`, then a code that
    /// stands as a word in `message`. A request that the API rejected is our set-up's fault, unless the words may mean that
    /// an earlier delivery of it was taken.
    #[must_use]
    pub fn reason(&self) -> DeclineReason {
        match (self.code.as_deref(), self.told()) {
            (Some(CLOSED_BY_GATEWAY), _) => DeclineReason::Refused,
            (Some(REJECTED_BY_API), Some(DeclineReason::Doubtful)) => DeclineReason::Doubtful,
            (Some(REJECTED_BY_API), _) => DeclineReason::SetUp,
            (Some(_) | None, told) => told.unwrap_or(DeclineReason::Doubtful),
        }
    }

    /// What a word of the table says.
    fn told(&self) -> Option<DeclineReason> {
        let coded = [&self.decline_code, &self.code].into_iter().flatten().find_map(|code| look_up(code));
        let worded = || {
            let message = self.message.as_deref()?;
            message.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find_map(look_up)
        };
        coded.or_else(worded)
    }
}

fn look_up(code: &str) -> Option<DeclineReason> {
    let bare = code.strip_prefix("ACQ.").unwrap_or(code);
    TABLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(bare)).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str, decline_code: &str, message: &str) -> DeclineReason {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Decline { code: some(code), decline_code: some(decline_code), message: some(message) }.reason()
    }

    #[test]
    fn a_wallets_code_is_found_in_whichever_field_it_shows_through() {
        assert_eq!(reason("payment_method_provider_decline", "NOTENOUGH", ""), DeclineReason::Insufficient);
        assert_eq!(reason("AUTHCODEEXPIRE", "", ""), DeclineReason::CodeExpired);
        assert_eq!(reason("card_error", "", "wallet said AUTH_CODE_ERROR."), DeclineReason::CodeUsed);
        assert_eq!(reason("", "ACQ.TRADE_HAS_CLOSE", ""), DeclineReason::StartAgain);
    }

    #[test]
    fn a_decline_that_reads_like_a_fault_proves_nothing() {
        let seed = reason(
            "payment_method_provider_decline",
            "invalid_request_error",
            "Service error, please try again.",
        );
        assert_eq!(seed, DeclineReason::Doubtful);
        for code in ["SYSTEMERROR", "PAYERROR", "ORDERPAID", "INVALID_REQUEST", "something_new", ""] {
            assert_eq!(reason("", code, ""), DeclineReason::Doubtful, "{code}");
        }
    }
}
