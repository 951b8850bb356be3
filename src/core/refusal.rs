//! Why an input is not allowed now: the user may not, nothing changed, nothing is lost.
//!
//! Invariant: a refusal has a stable name for programs and words for people (`words/refusals.rs`).
//! Deliberately absent: faults of the world (`Answer`) and of the machine (`JournalError`).

use thiserror::Error;

use crate::id::ShiftNumber;
use crate::money::{AmountError, Money};
use crate::payment_code::NotAPaymentCode;
use crate::person::PersonName;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The scan is something else.
    #[error(transparent)]
    NotACode(#[from] NotAPaymentCode),
    /// The text is no amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// A code was scanned with no amount standing; it is forgotten.
    #[error("no amount stands")]
    AmountFirst,
    /// The sale at hand has an attempt in doubt.
    #[error("an attempt of this sale is in doubt")]
    AttemptInDoubt,
    /// The sale at hand waits for the line with a code in memory.
    #[error("a code of this sale waits for the line")]
    AttemptHeld,
    /// The code was scanned before.
    #[error("this code was already used")]
    CodeAlreadyUsed,
    /// The view asks something that must be answered first.
    #[error("a question waits for its answer")]
    ConfirmFirst,
    /// Nothing can be cancelled now.
    #[error("there is nothing to cancel")]
    NothingToCancel,
    /// Nothing is shown that could be put aside.
    #[error("there is nothing to put aside")]
    NothingToPutAside,
    /// Nothing is asked.
    #[error("nothing is asked")]
    NothingToConfirm,
    /// The sale is settled, or never left the till.
    #[error("there is nothing to check")]
    NothingToCheck,
    /// No sale has that number.
    #[error("no such sale")]
    NoSuchSale,
    /// Only paid sales have receipts to copy.
    #[error("the sale is not paid")]
    NotPaid,
    /// Nothing of this sale can go back: it was not paid, or all of it went back already.
    #[error("nothing is left to refund")]
    NothingToRefund,
    /// More than is left.
    #[error("only {left} is left to refund")]
    RefundTooLarge {
        /// What is left.
        left: Money,
    },
    /// The wallet gives money back whole, or in one part only.
    #[error("this wallet does not refund in such parts")]
    RefundInPartsNotAllowed,
    /// No printer is configured.
    #[error("no printer is configured")]
    NoPrinter,
    /// The sale has neither doubt nor an end that a slip could tell: its receipt says all.
    #[error("there is no slip for this sale")]
    NoSlip,
    /// A receipt was to be scanned, and this is none of ours.
    #[error("that is not a receipt")]
    NotAReceipt,
    /// Neither a paper nor a refund of that number waits for a person's word.
    #[error("nothing of that number is in question")]
    NothingToSettle,
    /// The till asked the gateway for the refund a moment ago, and the money may still go back.
    #[error("the gateway is being asked about this refund")]
    RefundUnderWay,
    /// The sale had 26 attempts.
    #[error("too many attempts; ring the sale up anew")]
    TooManyAttempts,
    /// Order ids would grow longer than the gateway takes.
    #[error("the journal has used up its order ids")]
    IdsExhausted,
    /// Nobody is signed in; a scan is forgotten.
    #[error("nobody is signed in")]
    Locked,
    /// No people are configured.
    #[error("no people are configured")]
    NoPeople,
    /// Nobody of that name works here.
    #[error("no such person")]
    NoSuchPerson,
    /// Somebody has the till.
    #[error("{person} is signed in")]
    SomebodySignedIn {
        /// Who.
        person: PersonName,
    },
    /// Nobody has the till.
    #[error("nobody is signed in")]
    NobodySignedIn,
    /// The act is a manager's to allow, by PIN.
    #[error("a manager's PIN is needed")]
    ManagerNeeded,
    /// The PIN is not this person's, or no manager's.
    #[error("wrong PIN")]
    WrongPin,
    /// Too many wrong PINs in a row.
    #[error("too many wrong PINs; wait {seconds} s")]
    PinWait {
        /// How long, in whole seconds.
        seconds: u64,
    },
    /// The PIN is that of more than one manager: who allows it cannot be told.
    #[error("more than one manager has this PIN")]
    PinNotUnique,
    /// Other PINs are still being looked at.
    #[error("other PINs are still being checked")]
    PinsBusy,
    /// No shift is open.
    #[error("no shift is open")]
    NoShift,
    /// A shift is open already.
    #[error("shift {open} is open")]
    ShiftOpen {
        /// Which.
        open: ShiftNumber,
    },
    /// An amount stands, a code is held, or the sale on the panel is in doubt: a close would hand over what a customer
    /// still waits for at the counter.
    #[error("a sale is at hand")]
    SaleAtHand,
    /// Sales are in doubt and their list cannot be printed.
    #[error("the hand-over list needs a printer")]
    HandOverNeedsPrinter,
    /// More is open than one hand-over list takes.
    #[error("more than {most} sales are open")]
    TooMuchOpen {
        /// As many fit.
        most: u32,
    },
    /// No closed shift of that number is known.
    #[error("no such Z report")]
    NoSuchReport,
    /// Little disk space is left: open sales finish, new ones wait.
    #[error("little disk space is left")]
    SpaceLow,
    /// The lists of past sales are being made anew; what is at hand goes on.
    #[error("the lists of past sales are being made anew")]
    ListsIncomplete,
    /// The store takes nothing more until a restart.
    #[error("the store is closed until a restart")]
    StorageFault,
}

impl Refusal {
    /// The stable name in events.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Refusal::NotACode(NotAPaymentCode::ProductBarcode) => "product_barcode",
            Refusal::NotACode(NotAPaymentCode::CartonLabel) => "carton_label",
            Refusal::NotACode(NotAPaymentCode::ReceiptNumber) => "receipt_number",
            Refusal::NotACode(NotAPaymentCode::WalletNotEnabled) => "wallet_not_enabled",
            Refusal::NotACode(NotAPaymentCode::WrongLayout) => "wrong_keyboard_layout",
            Refusal::NotACode(NotAPaymentCode::Unknown) => "not_a_payment_code",
            Refusal::Amount(AmountError::Zero) => "amount_zero",
            Refusal::Amount(AmountError::NotANumber) => "amount_not_a_number",
            Refusal::Amount(AmountError::TooManyDecimals { .. }) => "amount_too_many_decimals",
            Refusal::Amount(AmountError::TooLarge) => "amount_too_large",
            Refusal::AmountFirst => "amount_first",
            Refusal::AttemptInDoubt => "attempt_in_doubt",
            Refusal::AttemptHeld => "attempt_held",
            Refusal::CodeAlreadyUsed => "code_already_used",
            Refusal::ConfirmFirst => "confirm_first",
            Refusal::NothingToCancel => "nothing_to_cancel",
            Refusal::NothingToPutAside => "nothing_to_put_aside",
            Refusal::NothingToConfirm => "nothing_to_confirm",
            Refusal::NothingToCheck => "nothing_to_check",
            Refusal::NoSuchSale => "no_such_sale",
            Refusal::NotPaid => "not_paid",
            Refusal::NothingToRefund => "nothing_to_refund",
            Refusal::RefundTooLarge { .. } => "refund_too_large",
            Refusal::RefundInPartsNotAllowed => "refund_in_parts_not_allowed",
            Refusal::NoPrinter => "no_printer",
            Refusal::NoSlip => "no_slip",
            Refusal::NotAReceipt => "not_a_receipt",
            Refusal::NothingToSettle => "nothing_to_settle",
            Refusal::RefundUnderWay => "refund_under_way",
            Refusal::TooManyAttempts => "too_many_attempts",
            Refusal::IdsExhausted => "ids_exhausted",
            Refusal::Locked => "locked",
            Refusal::NoPeople => "no_people",
            Refusal::NoSuchPerson => "no_such_person",
            Refusal::SomebodySignedIn { .. } => "somebody_signed_in",
            Refusal::NobodySignedIn => "nobody_signed_in",
            Refusal::ManagerNeeded => "manager_needed",
            Refusal::WrongPin => "wrong_pin",
            Refusal::PinWait { .. } => "pin_wait",
            Refusal::PinNotUnique => "pin_not_unique",
            Refusal::PinsBusy => "pins_busy",
            Refusal::NoShift => "no_shift",
            Refusal::ShiftOpen { .. } => "shift_open",
            Refusal::SaleAtHand => "sale_at_hand",
            Refusal::HandOverNeedsPrinter => "hand_over_needs_printer",
            Refusal::TooMuchOpen { .. } => "too_much_open",
            Refusal::NoSuchReport => "no_such_report",
            Refusal::SpaceLow => "space_low",
            Refusal::ListsIncomplete => "lists_incomplete",
            Refusal::StorageFault => "storage_fault",
        }
    }
}
