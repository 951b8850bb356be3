//! How shifts and their figures look on disk, in a record and in a checkpoint.
//!
//! Invariant: the longest report that the core makes fits one decision: sums and hand-over lines are bare lists.

use std::collections::BTreeMap;

use quickpay_core::attempt::Standing;
use quickpay_core::figures::{Figures, Flow, Sum};
use quickpay_core::id::{JobId, OrderId, SaleId, ShiftNumber};
use quickpay_core::money::{Currency, Money};
use quickpay_core::person::PersonName;
use quickpay_core::shift::{JournalHead, OpenSale, OpenShift, ShiftReport, Shifts};
use quickpay_core::time::{Moment, WallTime};
use quickpay_core::view::State;
use quickpay_core::wallet::WalletId;
use serde::{Deserialize, Serialize};

use super::WireError;
use super::checkpoint::structs;
use super::forms::OnWire;

type Form<T> = <T as OnWire>::Form;

structs! {
    Flow as FlowForm { sales: Sum, late: Sum, refunds: Sum, unpaid: Sum }
    Figures as FiguresForm {
        own: BTreeMap<WalletId, Flow>,
        earlier: BTreeMap<WalletId, Flow>,
        outside: BTreeMap<WalletId, Flow>,
        states: BTreeMap<State, Sum>,
        copies: u32,
    }
    JournalHead as JournalHeadForm { seq: u64, chain: String }
    ShiftReport as ShiftReportForm {
        number: ShiftNumber,
        opened_at: Moment,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opened_by: Option<PersonName>,
        taken_at: Moment,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken_by: Option<PersonName>,
        figures: Figures,
        open: Vec<OpenSale>,
        head: Option<JournalHead>,
        previous: Option<u64>,
    }
    OpenShift as OpenShiftForm {
        number: ShiftNumber,
        opened_at: Moment,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opened_by: Option<PersonName>,
    }
    Shifts as ShiftsForm {
        open: Option<OpenShift>,
        last: Option<ShiftNumber>,
        figures: Figures,
        closed: BTreeMap<ShiftNumber, ShiftReport>,
        closed_at_seq: Option<u64>,
        z_copies: BTreeMap<ShiftNumber, u16>,
        looks: BTreeMap<JobId, ShiftReport>,
    }
}

/// `[count, minor units]`.
impl OnWire for Sum {
    type Form = (u32, u64);

    fn to_form(&self) -> (u32, u64) {
        (self.count, self.minor)
    }

    fn of_form((count, minor): (u32, u64)) -> Result<Sum, WireError> {
        Ok(Sum { count, minor })
    }
}

/// `[sale, shift, minor units, currency, state, standing, unix ms, minutes from UTC, order]`.
impl OnWire for OpenSale {
    type Form = (u32, Option<u32>, u64, String, Form<State>, Form<Standing>, i64, i16, String);

    fn to_form(&self) -> Self::Form {
        let OpenSale { sale, shift, amount, state, standing, since, order } = self;
        (
            sale.0,
            shift.to_form(),
            amount.minor(),
            amount.currency().to_form(),
            state.to_form(),
            standing.to_form(),
            since.unix_ms,
            since.offset_min,
            order.to_form(),
        )
    }

    fn of_form(form: Self::Form) -> Result<OpenSale, WireError> {
        let (sale, shift, minor, currency, state, standing, unix_ms, offset_min, order) = form;
        let currency = Currency::of_form(currency)?;
        Ok(OpenSale {
            sale: SaleId(sale),
            shift: shift.map(ShiftNumber),
            amount: Money::from_minor(minor, currency).map_err(|_| WireError::value("an amount", &minor))?,
            state: State::of_form(state)?,
            standing: Standing::of_form(standing)?,
            since: WallTime { unix_ms, offset_min },
            order: OrderId::of_form(order)?,
        })
    }
}
