//! The fold of the journal: everything durable that the terminal knows.
//!
//! Invariant: [`Ledger::apply`] is the only mutation, and folding the same records gives an equal ledger.
//! Deliberately absent: anything that a restart forgets (see `desk.rs`).

mod fold;
mod papers;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use thiserror::Error;

use crate::attempt::Attempt;
use crate::id::{AttemptId, Epoch, JobId, SaleId, TerminalId};
use crate::money::Currency;
use crate::person::PersonName;
use crate::print::PrintJob;
use crate::record::Entry;
use crate::sale::Sale;
use crate::shift::Shifts;
use crate::time::{Moment, Monotonic};

/// All durable state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub(crate) identity: Option<Identity>,
    pub(crate) started_at: Option<Moment>,
    /// Who has the till.
    pub(crate) signed_in: Option<PersonName>,
    pub(crate) sales: BTreeMap<SaleId, Sale>,
    /// Sales about which somebody still has to do something: work follows these, never all of history.
    pub(crate) open_sales: BTreeSet<SaleId>,
    /// Attempts that ended unpaid and are still asked about (see `afterlook.rs`); their sales need not be open.
    pub(crate) watched: BTreeSet<AttemptId>,
    pub(crate) jobs: BTreeMap<JobId, PrintJob>,
    /// Papers that are not settled.
    pub(crate) open_jobs: BTreeSet<JobId>,
    pub(crate) last_seq: u64,
    /// The highest number given; its sale may be forgotten (see `checkpoint.rs`).
    pub(crate) last_sale: Option<SaleId>,
    pub(crate) last_job: Option<JobId>,
    pub(crate) shifts: Shifts,
}

/// Who the journal belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// This terminal.
    pub terminal: TerminalId,
    /// Part of every order id.
    pub epoch: Epoch,
    /// What it sells in.
    pub currency: Currency,
}

/// A record that does not follow from those before it: the journal is not one of ours, or the program is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("entry {seq} does not follow from those before it: {what}")]
pub struct Unfounded {
    /// Where.
    pub seq: u64,
    /// What is missing.
    pub what: String,
}

impl Ledger {
    /// Folds one entry.
    ///
    /// # Errors
    /// [`Unfounded`] when a record contradicts the state; the ledger must then not be used.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Unfounded> {
        for record in &entry.records {
            let sale = record.subject().sale();
            let before = self.counted_state(sale);
            self.apply_record(entry, record)
                .ok_or_else(|| Unfounded { seq: entry.seq, what: format!("{record:?}") })?;
            self.count(record, sale, before);
        }
        self.last_seq = entry.seq;
        Ok(())
    }

    /// Who the journal belongs to, once it has begun.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// All sales by number that are held: open and newest ones always, the closed past as far as it was not forgotten.
    #[must_use]
    pub fn sales(&self) -> &BTreeMap<SaleId, Sale> {
        &self.sales
    }

    /// One sale.
    #[must_use]
    pub fn sale(&self, id: SaleId) -> Option<&Sale> {
        self.sales.get(&id)
    }

    /// One attempt together with its sale.
    #[must_use]
    pub fn attempt(&self, id: AttemptId) -> Option<(&Sale, &Attempt)> {
        let sale = self.sales.get(&id.sale)?;
        Some((sale, sale.attempt(id)?))
    }

    /// The open sales in order.
    pub fn open_sales(&self) -> impl Iterator<Item = &Sale> {
        self.open_sales.iter().filter_map(|id| self.sales.get(id))
    }

    /// The attempts that ended unpaid and are still asked about.
    pub fn watched(&self) -> impl Iterator<Item = &Attempt> {
        self.watched.iter().filter_map(|id| self.attempt(*id)).map(|(_, attempt)| attempt)
    }

    /// The unsettled papers in order.
    pub fn open_jobs(&self) -> impl Iterator<Item = &PrintJob> {
        self.open_jobs.iter().filter_map(|id| self.jobs.get(id))
    }

    /// Time since a moment of the journal, on the clock of deadlines. A moment of an earlier boot counts from the
    /// start of the program, so that a wait is never cut short by a restart or a jump of the wall clock.
    #[must_use]
    pub fn elapsed(&self, since: Moment, now: Moment) -> Duration {
        now.mono.since(self.on_this_clock(since, now).mono)
    }

    /// When a wait that began at a moment of the journal is over, on the clock of `now`.
    #[must_use]
    pub fn deadline(&self, since: Moment, wait: Duration, now: Moment) -> Monotonic {
        self.on_this_clock(since, now).mono.after(wait)
    }

    fn on_this_clock(&self, moment: Moment, now: Moment) -> Moment {
        if moment.boot == now.boot {
            return moment;
        }
        self.started_at.filter(|started| started.boot == now.boot).unwrap_or(now)
    }

    /// All print jobs by number that are held, as [`Ledger::sales`].
    #[must_use]
    pub fn jobs(&self) -> &BTreeMap<JobId, PrintJob> {
        &self.jobs
    }

    /// The highest number that a sale has, held or forgotten.
    #[must_use]
    pub fn last_sale(&self) -> Option<SaleId> {
        self.last_sale
    }

    /// The sequence number of the last entry; 0 before the first.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    pub(crate) fn next_sale(&self) -> SaleId {
        SaleId(self.last_sale.map_or(0, |id| id.0).saturating_add(1))
    }

    pub(crate) fn next_job(&self) -> JobId {
        JobId(self.last_job.map_or(0, |id| id.0).saturating_add(1))
    }

    pub(crate) fn reindex(&mut self, id: SaleId) {
        let Some(sale) = self.sales.get(&id) else { return };
        if sale.is_open() {
            self.open_sales.insert(id);
        } else {
            self.open_sales.remove(&id);
        }
        for attempt in &sale.attempts {
            if attempt.is_watched() {
                self.watched.insert(attempt.id);
            } else {
                self.watched.remove(&attempt.id);
            }
        }
    }
}
