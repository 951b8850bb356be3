//! The fold of the journal without the closed past, as a value; and closed sales brought back when somebody asks.
//!
//! Invariant: a ledger that begins at a checkpoint and takes in the entries behind it decides like one that took in the
//! whole journal, for every sale it holds; a record about a sale that it does not hold is [`Unfounded`], never guessed.
//! So a sale that was recalled is in a checkpoint before anything is recorded about it.
//! Deliberately absent: the form on disk (the store's `wire/checkpoint.rs`) and when one is made (the event loop).

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{JobId, SaleId};
use crate::ledger::{Identity, Ledger, Unfounded};
use crate::person::PersonName;
use crate::print::PrintJob;
use crate::record::{Entry, Record, Subject};
use crate::sale::Sale;
use crate::shift::Shifts;
use crate::terminal::Terminal;
use crate::time::Moment;

/// The newest sales that stay, closed or not: twice what the screen lists (screens contract, section 2: five).
const NEWEST: usize = 10;

/// What is known after an entry, without the closed past: its size follows open work, not history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Who the journal belongs to.
    pub identity: Option<Identity>,
    /// When the program last started.
    pub started_at: Option<Moment>,
    /// Who has the till.
    pub signed_in: Option<PersonName>,
    /// The last entry that is in it.
    pub last_seq: u64,
    /// The highest number a sale has, held here or not.
    pub last_sale: Option<SaleId>,
    /// The highest number a paper has, held here or not.
    pub last_job: Option<JobId>,
    /// Open sales and those still asked about, those of the papers below, the newest ones, the newest paid one, and those
    /// at hand.
    pub sales: Vec<Sale>,
    /// Papers that are not settled, the last one, and all of the sales above: a slip's next copy is counted by them.
    pub jobs: Vec<PrintJob>,
    /// The open shift and its figures, the newest closed ones, and those of the papers above.
    pub shifts: Shifts,
}

impl Ledger {
    /// The state without the closed past, but with these sales as far as they are known.
    #[must_use]
    pub fn checkpoint(&self, at_hand: &BTreeSet<SaleId>) -> Checkpoint {
        let last_job = self.jobs.last_key_value().map(|(id, _)| *id);
        let owed: BTreeSet<JobId> = self.open_jobs.iter().copied().chain(last_job).collect();
        let paid = self.sales.values().rev().find(|sale| sale.paid_by().is_some()).map(|sale| sale.id);
        let newest = self.sales.keys().rev().take(NEWEST);
        let mut sales: BTreeSet<SaleId> =
            self.open_sales.iter().chain(at_hand).chain(newest).copied().collect();
        sales.extend(self.watched.iter().map(|attempt| attempt.sale));
        sales.extend(owed.iter().filter_map(|id| self.jobs.get(id)?.sheet.sale()).chain(paid));
        let of_these = |job: &&PrintJob| job.sheet.sale().is_some_and(|sale| sales.contains(&sale));
        let jobs: Vec<PrintJob> =
            self.jobs.values().filter(|job| owed.contains(&job.id) || of_these(job)).cloned().collect();
        Checkpoint {
            identity: self.identity.clone(),
            started_at: self.started_at,
            signed_in: self.signed_in.clone(),
            last_seq: self.last_seq,
            last_sale: self.last_sale,
            last_job: self.last_job,
            sales: sales.iter().filter_map(|id| self.sales.get(id)).cloned().collect(),
            shifts: self.shifts.without_the_past(&jobs),
            jobs,
        }
    }
}

impl From<Checkpoint> for Ledger {
    /// A ledger that goes on from here.
    fn from(checkpoint: Checkpoint) -> Ledger {
        let Checkpoint {
            identity,
            started_at,
            signed_in,
            last_seq,
            last_sale,
            last_job,
            sales,
            jobs,
            shifts,
        } = checkpoint;
        let open_sales = sales.iter().filter(|sale| sale.is_open()).map(|sale| sale.id).collect();
        let attempts = sales.iter().flat_map(|sale| &sale.attempts);
        let watched = attempts.filter(|attempt| attempt.is_watched()).map(|attempt| attempt.id).collect();
        let open_jobs = jobs.iter().filter(|job| !job.stage.is_settled()).map(|job| job.id).collect();
        Ledger {
            identity,
            started_at,
            signed_in,
            sales: sales.into_iter().map(|sale| (sale.id, sale)).collect::<BTreeMap<_, _>>(),
            open_sales,
            watched,
            jobs: jobs.into_iter().map(|job| (job.id, job)).collect(),
            open_jobs,
            last_seq,
            last_sale,
            last_job,
            shifts,
        }
    }
}

/// A sale and its papers as its entries leave them; `None` when they do not open it. Entries and records about others
/// are passed over.
///
/// # Errors
/// [`Unfounded`] when its records contradict each other, as when some of its entries are missing.
pub fn recalled(id: SaleId, entries: &[Entry]) -> Result<Option<(Sale, Vec<PrintJob>)>, Unfounded> {
    let mut alone = Ledger::default();
    let mut papers = BTreeSet::new();
    let mut mine = |record: &Record| match record.subject() {
        Subject::Sale(sale) => sale == id,
        Subject::NewJob(job, sale) => sale == id && papers.insert(job),
        Subject::Job(job) => papers.contains(&job),
        Subject::Terminal => false,
    };
    for entry in entries {
        let records = entry.records.iter().filter(|record| mine(record)).cloned().collect();
        alone.apply(&Entry { seq: entry.seq, at: entry.at, records })?;
    }
    Ok(alone.sales.remove(&id).map(|sale| (sale, alone.jobs.into_values().collect())))
}

impl Terminal {
    /// What a restart must know: the ledger without the closed past, and what the cashier has before him.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.ledger.checkpoint(&self.desk.sales_at_hand())
    }

    /// Begins at a checkpoint instead of at the first entry.
    pub fn begin_at(&mut self, checkpoint: Checkpoint) {
        self.ledger = Ledger::from(checkpoint);
    }

    /// Begins with what a replay of the journal gave.
    pub fn begin_with(&mut self, ledger: Ledger) {
        self.ledger = ledger;
    }

    /// Lets the closed past go, so that memory follows open work. To be called when a checkpoint of this moment is
    /// durable: from then on the two hold the same.
    pub fn forget_the_past(&mut self) {
        self.ledger = Ledger::from(self.checkpoint());
    }

    /// Brings a closed sale back from its entries, until the next is; whether there is such a sale. A checkpoint must be
    /// durable before the next commit, or the next start does not find the sale that the commit is about and reads the
    /// whole journal.
    ///
    /// # Errors
    /// [`Unfounded`]; nothing was changed.
    pub fn recall(&mut self, id: SaleId, entries: &[Entry]) -> Result<bool, Unfounded> {
        if self.ledger.sales.contains_key(&id) {
            return Ok(true);
        }
        let Some((sale, papers)) = recalled(id, entries)? else { return Ok(false) };
        self.ledger.sales.insert(id, sale);
        for paper in papers {
            self.ledger.jobs.entry(paper.id).or_insert(paper); // open ones were never let go
        }
        self.ledger.reindex(id);
        self.desk.recalled = Some(id);
        Ok(true)
    }
}
