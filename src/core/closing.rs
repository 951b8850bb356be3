//! What a person asks about shifts: to open one, to look at its figures, to close it, to print a report again.
//!
//! Invariant: a close hides nothing: what is open stands on its hand-over list, and nothing of it is asked about less.
//! Deliberately absent: what the papers say (`reports.rs`) and how the figures come about (`figures.rs`).

use crate::attempt::{Phase, Standing};
use crate::decision::Decision;
use crate::id::ShiftNumber;
use crate::record::{Copy, Record, Slip};
use crate::refusal::Refusal;
use crate::sale::Sale;
use crate::settings::PrinterPresence;
use crate::shift::JournalHead;
use crate::terminal::Terminal;
use crate::time::Moment;

/// The longest hand-over list: 60 lines are some 6 KiB, and one entry of the journal takes 15 with all figures (storage
/// rules, section 3; the store's `tests/store/shifts.rs`).
const MOST_OPEN: u32 = 60;

impl Terminal {
    pub(crate) fn shift_open_asked(&self) -> Result<Decision, Refusal> {
        if let Some(open) = &self.ledger.shifts.open {
            return Err(Refusal::ShiftOpen { open: open.number });
        }
        let mut decision = Decision::default();
        decision.record(Record::ShiftOpened {
            shift: self.ledger.next_shift(),
            operator: self.operator().cloned(),
        });
        Ok(decision)
    }

    /// Without a printer there is no paper; whoever asked is told the figures all the same.
    pub(crate) fn x_report_asked(&self) -> Result<Decision, Refusal> {
        let open = self.ledger.shifts.open.as_ref().ok_or(Refusal::NoShift)?;
        match self.settings.paper.printer {
            PrinterPresence::Configured => self.queue_slip(Slip::X(open.number)),
            PrinterPresence::None => Ok(Decision::default()),
        }
    }

    pub(crate) fn shift_close_asked(
        &self,
        now: Moment,
        head: Option<JournalHead>,
    ) -> Result<Decision, Refusal> {
        let report = self.ledger.shift_report(now, head).ok_or(Refusal::NoShift)?;
        self.refuse_while_a_customer_waits()?;
        if report.open.len() > usize::try_from(MOST_OPEN).unwrap_or(usize::MAX) {
            return Err(Refusal::TooMuchOpen { most: MOST_OPEN });
        }
        if report.in_doubt().count > 0 && self.settings.paper.printer == PrinterPresence::None {
            return Err(Refusal::HandOverNeedsPrinter);
        }
        let mut decision = Decision::default();
        decision.record(Record::ShiftClosed { report: Box::new(report) });
        Ok(decision)
    }

    /// A customer at the counter belongs to the cashier who began with him: an amount on the keys, a code in memory and
    /// the doubt on the panel are finished, put aside or cleared before the hand-over.
    fn refuse_while_a_customer_waits(&self) -> Result<(), Refusal> {
        let held = |sale: &Sale| sale.latest().is_some_and(|latest| latest.phase == Phase::Held);
        let at_hand = match self.shown_sale() {
            Some(sale) => sale.standing() == Standing::InDoubt,
            None => !self.desk.entry.is_empty(),
        };
        if at_hand || self.ledger.open_sales().any(held) { Err(Refusal::SaleAtHand) } else { Ok(()) }
    }

    pub(crate) fn z_copy_asked(&self, shift: Option<ShiftNumber>) -> Result<Decision, Refusal> {
        let shifts = &self.ledger.shifts;
        let shift = shift.or(shifts.closed.last_key_value().map(|(last, _)| *last));
        let report = shift.and_then(|shift| shifts.report_at_hand(shift)).ok_or(Refusal::NoSuchReport)?;
        self.queue_slip(Slip::Z(report.number))
    }

    pub(crate) fn next_z_copy(&self, shift: ShiftNumber) -> Copy {
        let earlier = self.ledger.shifts.z_copies.get(&shift).copied().unwrap_or(0);
        Copy::Number(earlier.saturating_add(1))
    }
}
