//! The body of a decision's frame: version 1, JSON.
//!
//! Invariant: the table below is the one list of records on disk, in both directions; a record that is missing there
//! does not compile. Names and shapes of a version never change once written (`fixtures/` holds a journal of each); a
//! changed record is a new version, which lifts the old one while reading. What may be nobody is left out when it is
//! nobody, so that it could be added to a version.
//! Deliberately absent: payment codes; no record has one.

pub(crate) mod checkpoint;
mod forms;
mod shift;

use quickpay_core::answer::{Decline, RefundNumber, Silence};
use quickpay_core::attempt::Stray;
use quickpay_core::id::{
    AttemptId, Epoch, IntentId, JobId, OrderId, RefundId, SaleId, ShiftNumber, TerminalId,
};
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::PersonName;
use quickpay_core::print::Hindrance;
use quickpay_core::record::{
    Contradiction, Copy, Entry, ExpiryCause, PrintProof, Record, ReversalCause, ReversalProof, SignOutCause,
    Slip,
};
use quickpay_core::shift::ShiftReport;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::wallet::WalletId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::forms::OnWire;
use crate::frame::Frame;

/// The version of the body that this program writes, and the newest it reads.
pub(crate) const VERSION: u16 = 1;

/// Why a body is not an entry.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    /// Not JSON, or not of this version's shape.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A field of the right shape with an impossible value.
    #[error("{what} cannot be {value:?}")]
    Value { what: &'static str, value: String },
}

impl WireError {
    fn value(what: &'static str, value: &(impl ToString + ?Sized)) -> WireError {
        WireError::Value { what, value: value.to_string() }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    boot: String,
    mono_ms: u64,
    offset_min: i16,
    records: Vec<RecordForm>,
}

/// The body of one decision.
///
/// # Errors
/// None that JSON of these types can have; nothing was written.
pub(crate) fn encode(at: Moment, records: &[Record]) -> Result<Vec<u8>, WireError> {
    let body = Body {
        boot: format!("{:032x}", at.boot.0),
        mono_ms: at.mono.0,
        offset_min: at.wall.offset_min,
        records: records.iter().map(RecordForm::from).collect(),
    };
    Ok(serde_json::to_vec(&body)?)
}

/// The entry in a decision's frame.
///
/// # Errors
/// [`WireError`] when the body is not of this version's shape.
pub(crate) fn entry(frame: &Frame<'_>) -> Result<Entry, WireError> {
    let body: Body = serde_json::from_slice(frame.body)?;
    let boot = u128::from_str_radix(&body.boot, 16).map_err(|_| WireError::value("a boot id", &body.boot))?;
    let at = Moment {
        mono: Monotonic(body.mono_ms),
        boot: BootId(boot),
        wall: WallTime { unix_ms: frame.wall_ms, offset_min: body.offset_min },
    };
    let records = body.records.into_iter().map(Record::try_from).collect::<Result<_, _>>()?;
    Ok(Entry { seq: frame.seq, at, records })
}

macro_rules! records {
    ($($name:ident { $($(#[$how:meta])* $field:ident: $of:ty),* $(,)? })+) => {
        /// A record on disk: `is` names it, its fields follow.
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
        enum RecordForm {
            $($name { $($(#[$how])* $field: <$of as OnWire>::Form),* }),+
        }

        impl From<&Record> for RecordForm {
            fn from(record: &Record) -> RecordForm {
                match record {
                    $(Record::$name { $($field),* } => RecordForm::$name { $($field: $field.to_form()),* }),+
                }
            }
        }

        impl TryFrom<RecordForm> for Record {
            type Error = WireError;

            fn try_from(form: RecordForm) -> Result<Record, WireError> {
                Ok(match form {
                    $(RecordForm::$name { $($field),* } => {
                        Record::$name { $($field: <$of as OnWire>::of_form($field)?),* }
                    })+
                })
            }
        }
    };
}

records! {
    JournalBegan { terminal: TerminalId, epoch: Epoch, currency: Currency }
    TerminalStarted {}
    PersonSignedIn { person: PersonName }
    PersonSignedOut { person: PersonName, cause: SignOutCause }
    SaleOpened {
        sale: SaleId,
        amount: Money,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shift: Option<ShiftNumber>,
    }
    AttemptHeld {
        attempt: AttemptId,
        order: OrderId,
        wallet: WalletId,
        submit_by: Monotonic,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
    }
    AttemptSubmitted {
        attempt: AttemptId,
        order: OrderId,
        wallet: WalletId,
        submit_by: Monotonic,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
    }
    AttemptNotSent { attempt: AttemptId }
    AttemptExpired { attempt: AttemptId, cause: ExpiryCause }
    IntentNamed { attempt: AttemptId, intent: IntentId }
    AnswerMissed { attempt: AttemptId, silence: Silence }
    DeclineDoubted { attempt: AttemptId, decline: Decline }
    AnswerContradicted { attempt: AttemptId, contradiction: Contradiction }
    AnswerAgreed { attempt: AttemptId }
    PayerAwaited { attempt: AttemptId }
    AttemptApproved { attempt: AttemptId, intent: IntentId, wallet_reference: Option<String> }
    AttemptDeclined { attempt: AttemptId, decline: Decline }
    ReversalOwed { attempt: AttemptId, cause: ReversalCause }
    AttemptReversed { attempt: AttemptId, proof: ReversalProof }
    WatchEnded { attempt: AttemptId }
    StrayMoneyTold { attempt: AttemptId, stray: Stray }
    StrayMoneyTakenBack { attempt: AttemptId }
    StrayMoneyPutRight {
        attempt: AttemptId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_by: Option<PersonName>,
    }
    RefundOwed { attempt: AttemptId, intent: IntentId, amount: Money }
    RefundSaved {
        refund: RefundId,
        number: OrderId,
        attempt: AttemptId,
        intent: IntentId,
        amount: Money,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<PersonName>,
    }
    RefundSent { refund: RefundId }
    RefundNotSent { refund: RefundId }
    RefundNamed { refund: RefundId, id: RefundNumber }
    RefundMissed { refund: RefundId, silence: Silence }
    RefundConfirmed {
        refund: RefundId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_by: Option<PersonName>,
    }
    RefundRefused {
        refund: RefundId,
        words: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_by: Option<PersonName>,
    }
    RefundWithdrawn { refund: RefundId }
    SalePutAside { sale: SaleId }
    SaleResumed { sale: SaleId }
    PrintQueued {
        job: JobId,
        attempt: AttemptId,
        copy: Copy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
    }
    SlipQueued {
        job: JobId,
        slip: Slip,
        copy: Copy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
    }
    ShiftOpened {
        shift: ShiftNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
    }
    ShiftClosed { report: Box<ShiftReport> }
    PrintWithdrawn { job: JobId }
    PrintStarted { job: JobId }
    PrintInterrupted { job: JobId, why: Hindrance }
    PrintNotSent { job: JobId }
    PrintFinished {
        job: JobId,
        proof: PrintProof,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_by: Option<PersonName>,
    }
    PrintUnknown { job: JobId }
    PrintMissing {
        job: JobId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_by: Option<PersonName>,
    }
}
