//! The papers of the ledger: queued in order, each from step to step.
//!
//! Invariant: a job's number is larger than all before it, and a job leaves a stage only by a record that may follow it.
//! Deliberately absent: what stands on a paper (`receipt.rs`, `slips.rs`).

use super::Ledger;
use crate::id::{AttemptId, JobId};
use crate::person::PersonName;
use crate::print::{PrintJob, PrintStage, Sheet};
use crate::record::{Copy, Slip};
use crate::time::Moment;

impl Ledger {
    pub(super) fn queue_print(
        &mut self,
        at: Moment,
        job: JobId,
        attempt: AttemptId,
        copy: Copy,
        operator: Option<&PersonName>,
    ) -> Option<()> {
        let sale = self.sales.get_mut(&attempt.sale)?;
        if let Copy::Number(n) = copy {
            sale.copies = sale.copies.max(n);
        }
        self.queue(at, job, Sheet::Receipt(attempt), copy, operator)
    }

    pub(super) fn queue_slip(
        &mut self,
        at: Moment,
        job: JobId,
        slip: Slip,
        copy: Copy,
        operator: Option<&PersonName>,
    ) -> Option<()> {
        match slip {
            Slip::Pending(attempt) | Slip::Reversal(attempt) => self.attempt(attempt).map(|_| ())?,
            Slip::Refund(refund) => self.sale(refund.sale)?.refund(refund).map(|_| ())?,
            Slip::Test => {}
            Slip::X(_) | Slip::Z(_) => self.keep_shift_paper(at, job, slip, copy)?,
        }
        self.queue(at, job, Sheet::Slip(slip), copy, operator)
    }

    fn queue(
        &mut self,
        at: Moment,
        job: JobId,
        sheet: Sheet,
        copy: Copy,
        operator: Option<&PersonName>,
    ) -> Option<()> {
        if self.last_job.is_some_and(|last| job <= last) {
            return None;
        }
        self.last_job = Some(job);
        self.open_jobs.insert(job);
        let operator = operator.cloned();
        self.jobs.insert(
            job,
            PrintJob { id: job, sheet, copy, operator, queued_at: at, stage: PrintStage::Queued },
        );
        Some(())
    }

    pub(super) fn step(
        &mut self,
        job: JobId,
        may_leave: fn(PrintStage) -> bool,
        to: PrintStage,
    ) -> Option<()> {
        self.jobs.get_mut(&job)?.step(may_leave, to)?;
        if to.is_settled() {
            self.open_jobs.remove(&job);
        }
        Some(())
    }
}

pub(super) fn is_queued(stage: PrintStage) -> bool {
    stage == PrintStage::Queued
}

pub(super) fn is_unknown(stage: PrintStage) -> bool {
    stage == PrintStage::Unknown
}
