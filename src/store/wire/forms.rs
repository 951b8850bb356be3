//! How each quantity, id and word of a record looks on disk in version 1.
//!
//! Invariant: what is written is read back equal; what could not have been written is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use quickpay_core::answer::{Decline, RefundNumber, Silence};
use quickpay_core::attempt::Standing;
use quickpay_core::id::{
    AttemptId, Epoch, IntentId, JobId, OrderId, RefundId, SaleId, ShiftNumber, TerminalId,
};
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::PersonName;
use quickpay_core::print::Hindrance;
use quickpay_core::record::{
    Contradiction, Copy, ExpiryCause, PrintProof, ReversalCause, ReversalProof, SignOutCause, Slip,
};
use quickpay_core::time::Monotonic;
use quickpay_core::view::State;
use quickpay_core::wallet::WalletId;
use serde::{Deserialize, Serialize};

use super::WireError;

/// A core type with a form on disk.
pub(super) trait OnWire: Sized {
    /// What serde writes and reads.
    type Form;

    fn to_form(&self) -> Self::Form;

    /// # Errors
    /// [`WireError::Value`] for a form that no value has.
    fn of_form(form: Self::Form) -> Result<Self, WireError>;
}

/// A newtype that is its content on disk.
macro_rules! plain {
    ($($of:ident($inner:ty)),+ $(,)?) => {
        $(impl OnWire for $of {
            type Form = $inner;

            fn to_form(&self) -> $inner {
                self.0.clone()
            }

            fn of_form(form: $inner) -> Result<$of, WireError> {
                Ok($of(form))
            }
        })+
    };
}

plain! { Epoch(u32), SaleId(u32), JobId(u32), ShiftNumber(u32), Monotonic(u64) }
plain! { WalletId(String), IntentId(String), RefundNumber(String) }

/// An enum of mere words; its form has the same words in snake case.
macro_rules! words {
    ($($of:ident as $form:ident { $($word:ident),+ })+) => {
        $(
            #[derive(Debug, Serialize, Deserialize)]
            #[serde(rename_all = "snake_case")]
            pub(super) enum $form { $($word),+ }

            impl OnWire for $of {
                type Form = $form;

                fn to_form(&self) -> $form {
                    match self { $($of::$word => $form::$word),+ }
                }

                fn of_form(form: $form) -> Result<$of, WireError> {
                    Ok(match form { $($form::$word => $of::$word),+ })
                }
            }
        )+
    };
}

words! {
    ExpiryCause as ExpiryCauseForm { Deadline, Restart, Cashier, SignOut }
    SignOutCause as SignOutCauseForm { Asked, Restart }
    ReversalProof as ReversalProofForm { Canceled, NeverCreated }
    Contradiction as ContradictionForm { Amount, Currency, Order, Mode, Unknown }
    PrintProof as PrintProofForm { Answered, Sent, Seen }
    Hindrance as HindranceForm { PaperOut, CoverOpen, NeedsAttention }
    Standing as StandingForm { Clear, InDoubt, Paid }
    State as StateWord {
        Ready, Armed, Held, Expired, Submitted, AwaitingPayer, Checking, Reversing, AskManager, Approved, Declined,
        Reversed, RefundDue, RefundSaved, RefundSent, Refunded, RefundRefused
    }
}

impl<T: OnWire> OnWire for Option<T> {
    type Form = Option<T::Form>;

    fn to_form(&self) -> Option<T::Form> {
        self.as_ref().map(T::to_form)
    }

    fn of_form(form: Option<T::Form>) -> Result<Self, WireError> {
        form.map(T::of_form).transpose()
    }
}

impl<T: OnWire> OnWire for Vec<T> {
    type Form = Vec<T::Form>;

    fn to_form(&self) -> Vec<T::Form> {
        self.iter().map(T::to_form).collect()
    }

    fn of_form(form: Vec<T::Form>) -> Result<Self, WireError> {
        form.into_iter().map(T::of_form).collect()
    }
}

impl<T: OnWire> OnWire for Box<T> {
    type Form = T::Form;

    fn to_form(&self) -> T::Form {
        T::to_form(self)
    }

    fn of_form(form: T::Form) -> Result<Self, WireError> {
        T::of_form(form).map(Box::new)
    }
}

/// Pairs in the order of the keys.
impl<K: OnWire + Ord, V: OnWire> OnWire for BTreeMap<K, V> {
    type Form = Vec<(K::Form, V::Form)>;

    fn to_form(&self) -> Vec<(K::Form, V::Form)> {
        self.iter().map(|(key, value)| (key.to_form(), value.to_form())).collect()
    }

    fn of_form(form: Vec<(K::Form, V::Form)>) -> Result<Self, WireError> {
        form.into_iter().map(|(key, value)| Ok((K::of_form(key)?, V::of_form(value)?))).collect()
    }
}

/// A number that is itself on disk.
macro_rules! numbers {
    ($($of:ident),+) => {
        $(impl OnWire for $of {
            type Form = $of;

            fn to_form(&self) -> $of {
                *self
            }

            fn of_form(form: $of) -> Result<$of, WireError> {
                Ok(form)
            }
        })+
    };
}

numbers! { u16, u32, u64 }

impl OnWire for TerminalId {
    type Form = String;

    fn to_form(&self) -> String {
        self.as_str().to_owned()
    }

    fn of_form(form: String) -> Result<TerminalId, WireError> {
        TerminalId::parse(&form).map_err(|_| WireError::value("a terminal id", &form))
    }
}

impl OnWire for PersonName {
    type Form = String;

    fn to_form(&self) -> String {
        self.as_str().to_owned()
    }

    fn of_form(form: String) -> Result<PersonName, WireError> {
        PersonName::parse(&form).map_err(|_| WireError::value("a person's name", &form))
    }
}

impl OnWire for OrderId {
    type Form = String;

    fn to_form(&self) -> String {
        self.as_str().to_owned()
    }

    fn of_form(form: String) -> Result<OrderId, WireError> {
        Ok(OrderId::from_journal(form))
    }
}

/// `[sale, index]`.
impl OnWire for AttemptId {
    type Form = (u32, u8);

    fn to_form(&self) -> (u32, u8) {
        (self.sale.0, self.index)
    }

    fn of_form((sale, index): (u32, u8)) -> Result<AttemptId, WireError> {
        Ok(AttemptId { sale: SaleId(sale), index })
    }
}

impl OnWire for RefundId {
    type Form = (u32, u8);

    fn to_form(&self) -> (u32, u8) {
        (self.sale.0, self.index)
    }

    fn of_form((sale, index): (u32, u8)) -> Result<RefundId, WireError> {
        Ok(RefundId { sale: SaleId(sale), index })
    }
}

impl OnWire for String {
    type Form = String;

    fn to_form(&self) -> String {
        self.clone()
    }

    fn of_form(form: String) -> Result<String, WireError> {
        Ok(form)
    }
}

/// The ISO 4217 code.
impl OnWire for Currency {
    type Form = String;

    fn to_form(&self) -> String {
        self.code().to_owned()
    }

    fn of_form(form: String) -> Result<Currency, WireError> {
        Currency::parse(&form).ok_or_else(|| WireError::value("a currency", &form))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoneyForm {
    minor: u64,
    currency: String,
}

impl OnWire for Money {
    type Form = MoneyForm;

    fn to_form(&self) -> MoneyForm {
        MoneyForm { minor: self.minor(), currency: self.currency().to_form() }
    }

    fn of_form(form: MoneyForm) -> Result<Money, WireError> {
        let currency = Currency::of_form(form.currency)?;
        Money::from_minor(form.minor, currency).map_err(|_| WireError::value("an amount", &form.minor))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclineForm {
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
}

impl OnWire for Decline {
    type Form = DeclineForm;

    fn to_form(&self) -> DeclineForm {
        let Decline { code, decline_code, message } = self.clone();
        DeclineForm { code, decline_code, message }
    }

    fn of_form(form: DeclineForm) -> Result<Decline, WireError> {
        let DeclineForm { code, decline_code, message } = form;
        Ok(Decline { code, decline_code, message })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SilenceForm {
    NoAnswer,
    ServerError,
    Conflict,
    Nonsense,
    /// Seconds and nanoseconds the gateway asks us to wait.
    Busy(Option<(u64, u32)>),
}

impl OnWire for Silence {
    type Form = SilenceForm;

    fn to_form(&self) -> SilenceForm {
        match self {
            Silence::NoAnswer => SilenceForm::NoAnswer,
            Silence::ServerError => SilenceForm::ServerError,
            Silence::Conflict => SilenceForm::Conflict,
            Silence::Nonsense => SilenceForm::Nonsense,
            Silence::Busy(wait) => SilenceForm::Busy(wait.map(|wait| (wait.as_secs(), wait.subsec_nanos()))),
        }
    }

    fn of_form(form: SilenceForm) -> Result<Silence, WireError> {
        Ok(match form {
            SilenceForm::NoAnswer => Silence::NoAnswer,
            SilenceForm::ServerError => Silence::ServerError,
            SilenceForm::Conflict => Silence::Conflict,
            SilenceForm::Nonsense => Silence::Nonsense,
            SilenceForm::Busy(None) => Silence::Busy(None),
            SilenceForm::Busy(Some((_, nanos))) if nanos >= 1_000_000_000 => {
                return Err(WireError::value("nanoseconds of a second", &nanos)); // `Duration::new` may panic on it
            }
            SilenceForm::Busy(Some((seconds, nanos))) => Silence::Busy(Some(Duration::new(seconds, nanos))),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReversalCauseForm {
    Cashier,
    WindowOver,
    Declined(DeclineForm),
}

impl OnWire for ReversalCause {
    type Form = ReversalCauseForm;

    fn to_form(&self) -> ReversalCauseForm {
        match self {
            ReversalCause::Cashier => ReversalCauseForm::Cashier,
            ReversalCause::WindowOver => ReversalCauseForm::WindowOver,
            ReversalCause::Declined(decline) => ReversalCauseForm::Declined(decline.to_form()),
        }
    }

    fn of_form(form: ReversalCauseForm) -> Result<ReversalCause, WireError> {
        Ok(match form {
            ReversalCauseForm::Cashier => ReversalCause::Cashier,
            ReversalCauseForm::WindowOver => ReversalCause::WindowOver,
            ReversalCauseForm::Declined(decline) => ReversalCause::Declined(Decline::of_form(decline)?),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CopyForm {
    Original,
    Number(u16),
}

impl OnWire for Copy {
    type Form = CopyForm;

    fn to_form(&self) -> CopyForm {
        match self {
            Copy::Original => CopyForm::Original,
            Copy::Number(number) => CopyForm::Number(*number),
        }
    }

    fn of_form(form: CopyForm) -> Result<Copy, WireError> {
        Ok(match form {
            CopyForm::Original => Copy::Original,
            CopyForm::Number(number) => Copy::Number(number),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SlipForm {
    Pending((u32, u8)),
    Reversal((u32, u8)),
    Refund((u32, u8)),
    Test,
    X(u32),
    Z(u32),
}

impl OnWire for Slip {
    type Form = SlipForm;

    fn to_form(&self) -> SlipForm {
        match self {
            Slip::Pending(attempt) => SlipForm::Pending(attempt.to_form()),
            Slip::Reversal(attempt) => SlipForm::Reversal(attempt.to_form()),
            Slip::Refund(refund) => SlipForm::Refund(refund.to_form()),
            Slip::Test => SlipForm::Test,
            Slip::X(shift) => SlipForm::X(shift.0),
            Slip::Z(shift) => SlipForm::Z(shift.0),
        }
    }

    fn of_form(form: SlipForm) -> Result<Slip, WireError> {
        Ok(match form {
            SlipForm::Pending(attempt) => Slip::Pending(AttemptId::of_form(attempt)?),
            SlipForm::Reversal(attempt) => Slip::Reversal(AttemptId::of_form(attempt)?),
            SlipForm::Refund(refund) => Slip::Refund(RefundId::of_form(refund)?),
            SlipForm::Test => Slip::Test,
            SlipForm::X(shift) => Slip::X(ShiftNumber(shift)),
            SlipForm::Z(shift) => Slip::Z(ShiftNumber(shift)),
        })
    }
}
