//! The core's part of a checkpoint's body: version 2, JSON.
//!
//! Invariant: what is written is read back equal; a body of another version is no error, but of no use: the start reads
//! the whole journal instead. `fixtures/` holds one of each version.
//! Deliberately absent: payment codes; nothing in a checkpoint has one.

use quickpay_core::answer::{Decline, RefundNumber, Silence};
use quickpay_core::attempt::{Attempt, Doubt, Phase, Stray, Watch};
use quickpay_core::checkpoint::Checkpoint;
use quickpay_core::id::{
    AttemptId, Epoch, IntentId, JobId, OrderId, RefundId, SaleId, ShiftNumber, TerminalId,
};
use quickpay_core::ledger::Identity;
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::PersonName;
use quickpay_core::print::{Hindrance, PrintJob, PrintStage, Sheet};
use quickpay_core::record::{
    Contradiction, Copy, ExpiryCause, PrintProof, ReversalCause, ReversalProof, Slip,
};
use quickpay_core::refund::{Refund, RefundPhase};
use quickpay_core::sale::{Place, RefundOwed, Sale};
use quickpay_core::shift::Shifts;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::wallet::WalletId;
use serde::{Deserialize, Serialize};

use super::WireError;
use super::forms::OnWire;

/// The version of this part that this program writes, and the only one it reads.
const STATE_VERSION: u16 = 2;

type Form<T> = <T as OnWire>::Form;

/// What every version begins with.
#[derive(Debug, Deserialize)]
struct Head {
    version: u16,
}

/// A struct of the core whose form has the same fields.
macro_rules! structs {
    ($($of:ident as $form:ident { $($(#[$how:meta])* $field:ident: $kind:ty),+ $(,)? })+) => {$(
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $form { $($(#[$how])* $field: Form<$kind>),+ }

        impl OnWire for $of {
            type Form = $form;

            fn to_form(&self) -> $form {
                $form { $($field: self.$field.to_form()),+ }
            }

            fn of_form(form: $form) -> Result<$of, WireError> {
                Ok($of { $($field: <$kind as OnWire>::of_form(form.$field)?),+ })
            }
        }
    )+};
}

pub(super) use structs;

/// An enum of the core whose form has the same variants with the same named fields.
macro_rules! enums {
    ($($of:ident as $form:ident { $($variant:ident { $($field:ident: $kind:ty),* }),+ $(,)? })+) => {$(
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
        pub(super) enum $form { $($variant { $($field: Form<$kind>),* }),+ }

        impl OnWire for $of {
            type Form = $form;

            fn to_form(&self) -> $form {
                match self {
                    $($of::$variant { $($field),* } => $form::$variant { $($field: $field.to_form()),* }),+
                }
            }

            fn of_form(form: $form) -> Result<$of, WireError> {
                Ok(match form {
                    $($form::$variant { $($field),* } => {
                        $of::$variant { $($field: <$kind as OnWire>::of_form($field)?),* }
                    })+
                })
            }
        }
    )+};
}

structs! {
    Identity as IdentityForm { terminal: TerminalId, epoch: Epoch, currency: Currency }
    Sale as SaleForm {
        id: SaleId,
        amount: Money,
        opened_at: Moment,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shift: Option<ShiftNumber>,
        attempts: Vec<Attempt>,
        place: Place,
        refunds_owed: Vec<RefundOwed>,
        refunds: Vec<Refund>,
        copies: u16,
    }
    Attempt as AttemptForm {
        id: AttemptId,
        order: OrderId,
        wallet: WalletId,
        scanned_at: Moment,
        submit_by: Monotonic,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
        changed_at: Moment,
        phase: Phase,
        watch: Watch,
    }
    Doubt as DoubtForm {
        sent_at: Moment,
        intent: Option<IntentId>,
        missed: Option<Silence>,
        decline: Option<Decline>,
        contradiction: Option<Contradiction>,
    }
    Stray as StrayForm { intent: IntentId, contradiction: Contradiction, told: String }
    RefundOwed as RefundOwedForm { attempt: AttemptId, intent: IntentId, amount: Money }
    Refund as RefundForm {
        id: RefundId,
        number: OrderId,
        attempt: AttemptId,
        intent: IntentId,
        amount: Money,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<PersonName>,
        changed_at: Moment,
        phase: RefundPhase,
    }
    PrintJob as PrintJobForm {
        id: JobId,
        sheet: Sheet,
        copy: Copy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<PersonName>,
        queued_at: Moment,
        stage: PrintStage,
    }
}

enums! {
    RefundPhase as RefundPhaseForm {
        Saved {},
        Sent { id: Option<RefundNumber>, missed: Option<Silence> },
        Confirmed {},
        Refused { words: String },
        Withdrawn {},
    }
    Place as PlaceForm { AtHand {}, Aside {} }
}

/// Whether an attempt is still looked after; what came astray stands beside the word.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum WatchForm {
    On {},
    Astray { stray: StrayForm },
    Over {},
}

impl OnWire for Watch {
    type Form = WatchForm;

    fn to_form(&self) -> WatchForm {
        match self {
            Watch::On => WatchForm::On {},
            Watch::Astray(stray) => WatchForm::Astray { stray: stray.to_form() },
            Watch::Over => WatchForm::Over {},
        }
    }

    fn of_form(form: WatchForm) -> Result<Watch, WireError> {
        Ok(match form {
            WatchForm::On {} => Watch::On,
            WatchForm::Astray { stray } => Watch::Astray(Stray::of_form(stray)?),
            WatchForm::Over {} => Watch::Over,
        })
    }
}

/// Where an attempt is; the doubt stands beside its phase.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum PhaseForm {
    Held,
    Expired { cause: Form<ExpiryCause> },
    Submitted { doubt: DoubtForm },
    AwaitingPayer { doubt: DoubtForm },
    Reversing { doubt: DoubtForm, cause: Form<ReversalCause> },
    Approved { intent: String, wallet_reference: Option<String> },
    Declined { decline: Form<Decline>, intent: Option<String> },
    Reversed { proof: Option<Form<ReversalProof>>, cause: Form<ReversalCause>, intent: Option<String> },
}

impl OnWire for Phase {
    type Form = PhaseForm;

    fn to_form(&self) -> PhaseForm {
        match self {
            Phase::Held => PhaseForm::Held,
            Phase::Expired { cause } => PhaseForm::Expired { cause: cause.to_form() },
            Phase::Submitted(doubt) => PhaseForm::Submitted { doubt: doubt.to_form() },
            Phase::AwaitingPayer(doubt) => PhaseForm::AwaitingPayer { doubt: doubt.to_form() },
            Phase::Reversing { doubt, cause } => {
                PhaseForm::Reversing { doubt: doubt.to_form(), cause: cause.to_form() }
            }
            Phase::Approved { intent, wallet_reference } => {
                PhaseForm::Approved { intent: intent.to_form(), wallet_reference: wallet_reference.clone() }
            }
            Phase::Declined { decline, intent } => {
                PhaseForm::Declined { decline: decline.to_form(), intent: intent.to_form() }
            }
            Phase::Reversed { proof, cause, intent } => PhaseForm::Reversed {
                proof: proof.to_form(),
                cause: cause.to_form(),
                intent: intent.to_form(),
            },
        }
    }

    fn of_form(form: PhaseForm) -> Result<Phase, WireError> {
        Ok(match form {
            PhaseForm::Held => Phase::Held,
            PhaseForm::Expired { cause } => Phase::Expired { cause: ExpiryCause::of_form(cause)? },
            PhaseForm::Submitted { doubt } => Phase::Submitted(Doubt::of_form(doubt)?),
            PhaseForm::AwaitingPayer { doubt } => Phase::AwaitingPayer(Doubt::of_form(doubt)?),
            PhaseForm::Reversing { doubt, cause } => {
                Phase::Reversing { doubt: Doubt::of_form(doubt)?, cause: ReversalCause::of_form(cause)? }
            }
            PhaseForm::Approved { intent, wallet_reference } => {
                Phase::Approved { intent: IntentId(intent), wallet_reference }
            }
            PhaseForm::Declined { decline, intent } => {
                Phase::Declined { decline: Decline::of_form(decline)?, intent: OnWire::of_form(intent)? }
            }
            PhaseForm::Reversed { proof, cause, intent } => Phase::Reversed {
                proof: OnWire::of_form(proof)?,
                cause: ReversalCause::of_form(cause)?,
                intent: OnWire::of_form(intent)?,
            },
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SheetForm {
    Receipt(Form<AttemptId>),
    Slip(Form<Slip>),
}

impl OnWire for Sheet {
    type Form = SheetForm;

    fn to_form(&self) -> SheetForm {
        match self {
            Sheet::Receipt(attempt) => SheetForm::Receipt(attempt.to_form()),
            Sheet::Slip(slip) => SheetForm::Slip(slip.to_form()),
        }
    }

    fn of_form(form: SheetForm) -> Result<Sheet, WireError> {
        Ok(match form {
            SheetForm::Receipt(attempt) => Sheet::Receipt(AttemptId::of_form(attempt)?),
            SheetForm::Slip(slip) => Sheet::Slip(Slip::of_form(slip)?),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PrintStageForm {
    Queued,
    Printing,
    Interrupted(Form<Hindrance>),
    Printed(Form<PrintProof>),
    Unknown,
    Missing,
    Withdrawn,
}

impl OnWire for PrintStage {
    type Form = PrintStageForm;

    fn to_form(&self) -> PrintStageForm {
        match self {
            PrintStage::Queued => PrintStageForm::Queued,
            PrintStage::Printing => PrintStageForm::Printing,
            PrintStage::Interrupted(why) => PrintStageForm::Interrupted(why.to_form()),
            PrintStage::Printed(proof) => PrintStageForm::Printed(proof.to_form()),
            PrintStage::Unknown => PrintStageForm::Unknown,
            PrintStage::Missing => PrintStageForm::Missing,
            PrintStage::Withdrawn => PrintStageForm::Withdrawn,
        }
    }

    fn of_form(form: PrintStageForm) -> Result<PrintStage, WireError> {
        Ok(match form {
            PrintStageForm::Queued => PrintStage::Queued,
            PrintStageForm::Printing => PrintStage::Printing,
            PrintStageForm::Interrupted(why) => PrintStage::Interrupted(Hindrance::of_form(why)?),
            PrintStageForm::Printed(proof) => PrintStage::Printed(PrintProof::of_form(proof)?),
            PrintStageForm::Unknown => PrintStage::Unknown,
            PrintStageForm::Missing => PrintStage::Missing,
            PrintStageForm::Withdrawn => PrintStage::Withdrawn,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MomentForm {
    boot: String,
    mono_ms: u64,
    unix_ms: i64,
    offset_min: i16,
}

impl OnWire for Moment {
    type Form = MomentForm;

    fn to_form(&self) -> MomentForm {
        let Moment { mono, boot, wall } = self;
        let boot = format!("{:032x}", boot.0);
        MomentForm { boot, mono_ms: mono.0, unix_ms: wall.unix_ms, offset_min: wall.offset_min }
    }

    fn of_form(form: MomentForm) -> Result<Moment, WireError> {
        let MomentForm { boot, mono_ms, unix_ms, offset_min } = form;
        let boot = u128::from_str_radix(&boot, 16).map_err(|_| WireError::value("a boot id", &boot))?;
        let wall = WallTime { unix_ms, offset_min };
        Ok(Moment { mono: Monotonic(mono_ms), boot: BootId(boot), wall })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateForm {
    version: u16,
    identity: Option<IdentityForm>,
    started_at: Option<MomentForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed_in: Option<String>,
    last_seq: u64,
    last_sale: Option<u32>,
    last_job: Option<u32>,
    sales: Vec<SaleForm>,
    jobs: Vec<PrintJobForm>,
    shifts: Form<Shifts>,
}

/// The state as bytes.
///
/// # Errors
/// None that JSON of these types can have; nothing was written.
pub(crate) fn encode(state: &Checkpoint) -> Result<Vec<u8>, WireError> {
    let Checkpoint { identity, started_at, signed_in, last_seq, last_sale, last_job, sales, jobs, shifts } =
        state;
    Ok(serde_json::to_vec(&StateForm {
        version: STATE_VERSION,
        identity: identity.to_form(),
        started_at: started_at.to_form(),
        signed_in: signed_in.to_form(),
        last_seq: *last_seq,
        last_sale: last_sale.to_form(),
        last_job: last_job.to_form(),
        sales: sales.to_form(),
        jobs: jobs.to_form(),
        shifts: shifts.to_form(),
    })?)
}

/// The state of these bytes.
///
/// # Errors
/// [`WireError`] when they are not of this version.
pub(crate) fn decode(bytes: &[u8]) -> Result<Checkpoint, WireError> {
    let Head { version } = serde_json::from_slice(bytes)?;
    if version != STATE_VERSION {
        return Err(WireError::value("the version of a checkpoint", &version));
    }
    let form: StateForm = serde_json::from_slice(bytes)?;
    Ok(Checkpoint {
        identity: OnWire::of_form(form.identity)?,
        started_at: OnWire::of_form(form.started_at)?,
        signed_in: OnWire::of_form(form.signed_in)?,
        last_seq: form.last_seq,
        last_sale: OnWire::of_form(form.last_sale)?,
        last_job: OnWire::of_form(form.last_job)?,
        sales: OnWire::of_form(form.sales)?,
        jobs: OnWire::of_form(form.jobs)?,
        shifts: OnWire::of_form(form.shifts)?,
    })
}
