//! Shifts: a cashier's period from open to close, what it is known by, and the report that its figures make.
//!
//! Invariant: shifts are numbered from 1 without gaps and one is open at most; the report of a closed one never changes.
//! A sale belongs to the shift in which it was begun, for good; what becomes of it later stands on the next report.
//! Deliberately absent: who may open or close one, and the obligation to: a till without shifts sells as ever (ADR 0016).

use std::collections::BTreeMap;

use crate::attempt::Standing;
use crate::figures::{Figures, Sum, booked_state};
use crate::id::{JobId, OrderId, SaleId, ShiftNumber};
use crate::ledger::Ledger;
use crate::money::Money;
use crate::person::PersonName;
use crate::print::{PrintJob, Sheet};
use crate::record::{Copy, Slip};
use crate::sale::Sale;
use crate::time::{Moment, WallTime};
use crate::view::State;

/// All that is known of shifts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shifts {
    /// The open one.
    pub open: Option<OpenShift>,
    /// The highest number that was given.
    pub last: Option<ShiftNumber>,
    /// What happened since the last close, in a shift or outside of any.
    pub figures: Figures,
    /// Closed ones by number that are held: the newest [`Shifts::KEPT`] always, and those of papers that are owed.
    pub closed: BTreeMap<ShiftNumber, ShiftReport>,
    /// Where the closing of the last one stands in the journal.
    pub closed_at_seq: Option<u64>,
    /// Copies of Z reports that were ordered; only of shifts with any.
    pub z_copies: BTreeMap<ShiftNumber, u16>,
    /// What X reports say that are held as print jobs.
    pub looks: BTreeMap<JobId, ShiftReport>,
}

/// A shift that is not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenShift {
    /// Which.
    pub number: ShiftNumber,
    /// Since when.
    pub opened_at: Moment,
    /// By whom; nobody where no people are configured.
    pub opened_by: Option<PersonName>,
}

/// The figures of a shift at one moment: an X report while it is open, its Z report when it was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftReport {
    /// Which shift.
    pub number: ShiftNumber,
    /// When it was opened.
    pub opened_at: Moment,
    /// Who opened it; nobody where no people are configured.
    pub opened_by: Option<PersonName>,
    /// The moment of the figures: the close, for a Z report.
    pub taken_at: Moment,
    /// Who had the till then.
    pub taken_by: Option<PersonName>,
    /// What happened since the last close.
    pub figures: Figures,
    /// What is open, of this shift and of earlier ones: the hand-over list.
    pub open: Vec<OpenSale>,
    /// Where the journal stood when the shift was closed.
    pub head: Option<JournalHead>,
    /// The entry that closed the shift before this one.
    pub previous: Option<u64>,
}

/// One line of a hand-over list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSale {
    /// Which.
    pub sale: SaleId,
    /// The shift it was begun in.
    pub shift: Option<ShiftNumber>,
    /// What is owed.
    pub amount: Money,
    /// Where it stands.
    pub state: State,
    /// What that means for its money.
    pub standing: Standing,
    /// Since when.
    pub since: WallTime,
    /// Our name for its latest attempt at the gateway.
    pub order: OrderId,
}

/// The end of the journal, by which a person can tell later whether it was cut short or rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalHead {
    /// The last entry.
    pub seq: u64,
    /// The chain value of the last frame, in hexadecimal.
    pub chain: String,
}

impl ShiftReport {
    /// What is in doubt, of this shift and of earlier ones.
    #[must_use]
    pub fn in_doubt(&self) -> Sum {
        self.open.iter().filter(|sale| sale.standing == Standing::InDoubt).fold(
            Sum::default(),
            |sum, sale| Sum {
                count: sum.count.saturating_add(1),
                minor: sum.minor.saturating_add(sale.amount.minor()),
            },
        )
    }
}

impl Ledger {
    /// All that is known of shifts.
    #[must_use]
    pub fn shifts(&self) -> &Shifts {
        &self.shifts
    }

    /// The figures of the open shift as they are now; `None` while none is open.
    #[must_use]
    pub fn shift_report(&self, now: Moment, head: Option<JournalHead>) -> Option<ShiftReport> {
        let OpenShift { number, opened_at, opened_by } = self.shifts.open.clone()?;
        Some(ShiftReport {
            number,
            opened_at,
            opened_by,
            taken_at: now,
            taken_by: self.signed_in.clone(),
            figures: self.shifts.figures.clone(),
            open: self.open_sales().filter_map(open_sale).collect(),
            head,
            previous: self.shifts.closed_at_seq,
        })
    }

    pub(crate) fn next_shift(&self) -> ShiftNumber {
        ShiftNumber(self.shifts.last.map_or(0, |last| last.0).saturating_add(1))
    }

    pub(crate) fn open_shift(
        &mut self,
        at: Moment,
        number: ShiftNumber,
        opened_by: Option<PersonName>,
    ) -> Option<()> {
        if self.shifts.open.is_some() || number != self.next_shift() {
            return None;
        }
        self.shifts.last = Some(number);
        self.shifts.open = Some(OpenShift { number, opened_at: at, opened_by });
        Some(())
    }

    /// The report is taken at its word: what a later program would count otherwise stays as it was printed. That it is
    /// what its entries make is proven by the store's full check and by the simulator.
    pub(crate) fn close_shift(&mut self, seq: u64, report: &ShiftReport) -> Option<()> {
        if self.shifts.open.as_ref().map(|open| open.number) != Some(report.number) {
            return None;
        }
        self.shifts.open = None;
        self.shifts.figures = Figures::default();
        self.shifts.closed_at_seq = Some(seq);
        self.shifts.closed.insert(report.number, report.clone());
        Some(())
    }

    /// Keeps what a shift's paper says: an X report as it is now, a Z report by its number.
    pub(crate) fn keep_shift_paper(&mut self, at: Moment, job: JobId, slip: Slip, copy: Copy) -> Option<()> {
        match slip {
            Slip::X(number) => {
                let report = self.shift_report(at, None).filter(|report| report.number == number)?;
                self.shifts.looks.insert(job, report);
            }
            Slip::Z(number) => {
                self.shifts.closed.get(&number)?;
                if let Copy::Number(copy) = copy {
                    self.shifts.z_copies.insert(number, copy);
                }
            }
            Slip::Pending(_) | Slip::Reversal(_) | Slip::Refund(_) | Slip::Test => {}
        }
        Some(())
    }
}

impl Shifts {
    /// Reports that are at hand for a copy: a month of a shift a day.
    pub const KEPT: u32 = 31;

    /// The report of a closed shift, if it is one of the newest: whatever else is held or let go, a replay has these.
    #[must_use]
    pub fn report_at_hand(&self, number: ShiftNumber) -> Option<&ShiftReport> {
        let (last, _) = self.closed.last_key_value()?;
        self.closed.get(&number).filter(|_| number.0.saturating_add(Shifts::KEPT) > last.0)
    }

    /// Without what neither work nor these papers need.
    pub(crate) fn without_the_past(&self, papers: &[PrintJob]) -> Shifts {
        let needed = |number: &ShiftNumber| {
            self.report_at_hand(*number).is_some()
                || papers.iter().any(|job| job.sheet == Sheet::Slip(Slip::Z(*number)))
        };
        let mut kept = self.clone();
        kept.closed.retain(|number, _| needed(number));
        kept.looks.retain(|job, _| papers.iter().any(|paper| paper.id == *job));
        kept
    }
}

/// `None` for a sale without attempts, which no whole entry leaves.
fn open_sale(sale: &Sale) -> Option<OpenSale> {
    let latest = sale.latest()?;
    let refund = sale.refunds.iter().find(|refund| refund.phase.is_open()).map(|refund| refund.changed_at);
    let since = latest.phase.doubt().map(|doubt| doubt.sent_at).or(refund).unwrap_or(latest.changed_at);
    Some(OpenSale {
        sale: sale.id,
        shift: sale.shift,
        amount: sale.amount,
        state: booked_state(sale),
        standing: sale.standing(),
        since: since.wall,
        order: latest.order.clone(),
    })
}
