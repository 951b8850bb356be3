//! Which papers the facts of a decision owe, what a person may have printed again, and when a paper is no longer true.
//!
//! Invariant: each paper is a record of the same decision as the fact behind it; a payment has one original receipt.
//! Deliberately absent: what the papers say (`receipt.rs`, `slips.rs`) and when the printer gets them (`outbox.rs`).

use crate::attempt::{Phase, Standing};
use crate::decision::Decision;
use crate::id::{AttemptId, JobId, OrderId, SaleId};
use crate::print::{PrintStage, Sheet};
use crate::record::{Copy, Record, Slip};
use crate::refund::RefundPhase;
use crate::refusal::Refusal;
use crate::sale::Sale;
use crate::settings::{PrinterPresence, SlipKind};
use crate::terminal::Terminal;

/// A paper that a fact owes.
enum Due {
    Receipt(AttemptId),
    Slip(Slip),
}

impl Terminal {
    /// Adds the papers that a decision's facts owe.
    pub(crate) fn owe_papers(&self, decision: &mut Decision) {
        if decision.records.is_empty() || self.settings.paper.printer == PrinterPresence::None {
            return;
        }
        let due: Vec<Due> = decision.records.iter().filter_map(|record| self.due_by(record)).collect();
        let first = decision.records.iter().filter(|record| is_queued(record)).count();
        let mut job = self.ledger.next_job();
        job.0 = job.0.saturating_add(u32::try_from(first).unwrap_or(0));
        for due in due {
            match due {
                Due::Receipt(attempt) => {
                    let copies = (1..=u16::from(self.settings.paper.copies)).map(Copy::Number);
                    for copy in std::iter::once(Copy::Original).chain(copies) {
                        let paid = self.ledger.attempt(attempt);
                        let operator = paid.and_then(|(sale, attempt)| sale.cashier_of(attempt)).cloned();
                        decision.record(Record::PrintQueued { job, attempt, copy, operator });
                        job.0 = job.0.saturating_add(1);
                    }
                }
                Due::Slip(slip) => {
                    let operator = self.operator().cloned();
                    decision.record(Record::SlipQueued { job, slip, copy: self.next_copy(slip), operator });
                    job.0 = job.0.saturating_add(1);
                }
            }
        }
    }

    fn due_by(&self, record: &Record) -> Option<Due> {
        let prints = |kind| self.settings.paper.slips.contains(&kind);
        match record {
            Record::AttemptApproved { attempt, .. } => Some(Due::Receipt(*attempt)),
            Record::ShiftClosed { report } => Some(Due::Slip(Slip::Z(report.number))),
            Record::ShiftOpened { .. } => None,
            Record::SalePutAside { sale } if prints(SlipKind::Pending) => {
                let sale = self.ledger.sale(*sale).filter(|sale| sale.standing() == Standing::InDoubt)?;
                let slip = Slip::Pending(sale.latest()?.id);
                (!self.was_queued(slip)).then_some(Due::Slip(slip))
            }
            Record::AttemptReversed { attempt, .. } if prints(SlipKind::Reversal) => {
                Some(Due::Slip(Slip::Reversal(*attempt)))
            }
            // Whoever was given a pending slip is told how it ended.
            Record::AttemptDeclined { attempt, .. } | Record::RefundOwed { attempt, .. }
                if prints(SlipKind::Reversal) =>
            {
                let told = self.was_queued(Slip::Pending(*attempt)) && self.is_in_doubt(*attempt);
                told.then_some(Due::Slip(Slip::Reversal(*attempt)))
            }
            Record::RefundConfirmed { refund, .. } if prints(SlipKind::Refund) => {
                Some(Due::Slip(Slip::Refund(*refund)))
            }
            Record::SalePutAside { .. } | Record::AttemptReversed { .. } => None,
            Record::AttemptDeclined { .. } | Record::RefundOwed { .. } => None,
            Record::RefundConfirmed { .. } | Record::RefundRefused { .. } => None,
            Record::JournalBegan { .. } | Record::TerminalStarted | Record::SaleOpened { .. } => None,
            Record::PersonSignedIn { .. } | Record::PersonSignedOut { .. } => None,
            Record::AttemptHeld { .. } | Record::AttemptSubmitted { .. } => None,
            Record::AttemptNotSent { .. } | Record::AttemptExpired { .. } => None,
            Record::IntentNamed { .. } | Record::AnswerMissed { .. } | Record::DeclineDoubted { .. } => None,
            Record::AnswerContradicted { .. } | Record::PayerAwaited { .. } => None,
            Record::ReversalOwed { .. } | Record::SaleResumed { .. } => None,
            Record::RefundSaved { .. } | Record::RefundSent { .. } | Record::RefundNotSent { .. } => None,
            Record::RefundNamed { .. } | Record::RefundMissed { .. } | Record::RefundWithdrawn { .. } => None,
            Record::PrintQueued { .. } | Record::SlipQueued { .. } | Record::PrintWithdrawn { .. } => None,
            Record::PrintInterrupted { .. } => None,
            Record::PrintStarted { .. } | Record::PrintNotSent { .. } | Record::PrintFinished { .. } => None,
            Record::PrintUnknown { .. } | Record::PrintMissing { .. } => None,
            Record::AnswerAgreed { .. } | Record::WatchEnded { .. } => None,
            Record::StrayMoneyTold { .. } | Record::StrayMoneyTakenBack { .. } => None,
            Record::StrayMoneyPutRight { .. } => None,
        }
    }

    fn is_in_doubt(&self, attempt: AttemptId) -> bool {
        let phase = self.ledger.attempt(attempt).map(|(_, attempt)| attempt.phase.standing());
        phase == Some(Standing::InDoubt)
    }

    /// Whether such a slip is on paper or on its way there.
    fn was_queued(&self, slip: Slip) -> bool {
        self.next_copy(slip) != Copy::Original
    }

    fn next_copy(&self, slip: Slip) -> Copy {
        let earlier = |job: &&crate::print::PrintJob| {
            job.sheet == Sheet::Slip(slip) && job.stage != PrintStage::Withdrawn
        };
        match self.ledger.jobs().values().filter(earlier).count() {
            0 => Copy::Original,
            earlier => Copy::Number(u16::try_from(earlier).unwrap_or(u16::MAX)),
        }
    }

    /// A pending slip is true only while its attempt is in doubt.
    pub(crate) fn is_outdated(&self, job: JobId) -> bool {
        match self.ledger.jobs().get(&job).map(|job| job.sheet) {
            Some(Sheet::Slip(Slip::Pending(attempt))) => !self.is_in_doubt(attempt),
            Some(Sheet::Slip(Slip::Reversal(_) | Slip::Refund(_) | Slip::Test) | Sheet::Receipt(_))
            | Some(Sheet::Slip(Slip::X(_) | Slip::Z(_)))
            | None => false,
        }
    }

    pub(crate) fn copy_asked(&self, id: SaleId) -> Result<Decision, Refusal> {
        let sale = self.ledger.sale(id).ok_or(Refusal::NoSuchSale)?;
        let attempt = sale.paid_by().ok_or(Refusal::NotPaid)?;
        self.refuse_without_printer()?;
        let copy = Copy::Number(sale.copies.saturating_add(1));
        let mut decision = Decision::default();
        let (job, operator) = (self.ledger.next_job(), self.operator().cloned());
        decision.record(Record::PrintQueued { job, attempt: attempt.id, copy, operator });
        Ok(decision)
    }

    /// A copy of the receipt that carries this number, or of the sale whose refund slip does.
    pub(crate) fn copy_of_order_asked(&self, number: &str) -> Result<Decision, Refusal> {
        self.copy_asked(self.sale_of_number(number).ok_or(Refusal::NoSuchSale)?.id)
    }

    /// The sale that one of our numbers belongs to; another till's is none of ours.
    #[must_use]
    pub fn sale_of_number(&self, number: &str) -> Option<&Sale> {
        let sale = self.ledger.sale(OrderId::sale_of(number)?)?;
        let is_order = sale.attempts.iter().any(|attempt| attempt.order.as_str() == number);
        let is_refund = sale.refunds.iter().any(|refund| refund.number.as_str() == number);
        (is_order || is_refund).then_some(sale)
    }

    /// The slip that fits where a sale stands: of its doubt, of its last confirmed refund, of its end without a payment.
    pub(crate) fn slip_asked(&self, id: SaleId) -> Result<Decision, Refusal> {
        let sale = self.ledger.sale(id).ok_or(Refusal::NoSuchSale)?;
        let latest = sale.latest().ok_or(Refusal::NoSlip)?;
        let confirmed = sale.refunds.iter().rev().find(|refund| refund.phase == RefundPhase::Confirmed);
        let slip = match (sale.standing(), confirmed) {
            (Standing::InDoubt, _) => Slip::Pending(latest.id),
            (Standing::Paid | Standing::Clear, Some(refund)) => Slip::Refund(refund.id),
            (Standing::Clear, None) if latest.phase != Phase::Held => Slip::Reversal(latest.id),
            (Standing::Paid | Standing::Clear, None) => return Err(Refusal::NoSlip),
        };
        self.queue_slip(slip)
    }

    pub(crate) fn test_page_asked(&self) -> Result<Decision, Refusal> {
        self.queue_slip(Slip::Test)
    }

    pub(crate) fn queue_slip(&self, slip: Slip) -> Result<Decision, Refusal> {
        self.refuse_without_printer()?;
        let copy = match slip {
            Slip::Test | Slip::X(_) => Copy::Original, // each is one of its own
            Slip::Z(shift) => self.next_z_copy(shift),
            Slip::Pending(_) | Slip::Reversal(_) | Slip::Refund(_) => self.next_copy(slip),
        };
        let mut decision = Decision::default();
        let (job, operator) = (self.ledger.next_job(), self.operator().cloned());
        decision.record(Record::SlipQueued { job, slip, copy, operator });
        Ok(decision)
    }

    fn refuse_without_printer(&self) -> Result<(), Refusal> {
        match self.settings.paper.printer {
            PrinterPresence::None => Err(Refusal::NoPrinter),
            PrinterPresence::Configured => Ok(()),
        }
    }
}

fn is_queued(record: &Record) -> bool {
    matches!(record, Record::PrintQueued { .. } | Record::SlipQueued { .. })
}
