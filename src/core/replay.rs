//! A journal of any length folded at a start: the closed past is let go on the way, so that memory follows open work.
//!
//! Invariant: what comes out is the fold of all entries without some of the closed past, or the names of sales that must
//! not be let go: those about which something was recorded after they had closed and been let go. Whoever replays then
//! begins once more and keeps them; that second time is always enough.
//! Deliberately absent: where entries and checkpoints come from (the store), and that a running till recalls such sales
//! (the event loop): a replay has no lists to ask.

use std::collections::BTreeSet;

use crate::checkpoint::Checkpoint;
use crate::id::{JobId, SaleId};
use crate::ledger::{Ledger, Unfounded};
use crate::record::{Entry, Record, Subject};

/// Entries between two times that the closed past is let go; as often as a checkpoint is made.
const LET_GO_EVERY: u32 = 1000;

/// The fold so far.
#[derive(Debug, Clone)]
pub struct Replay {
    ledger: Ledger,
    since: u32,
    every: u32,
    kept: BTreeSet<SaleId>,
    missed: BTreeSet<SaleId>,
    /// Papers of missed sales.
    papers: BTreeSet<JobId>,
    /// What did not follow, when no sale had been missed.
    unfounded: Option<Unfounded>,
}

/// How a replay ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// The state after the last entry.
    State(Box<Ledger>),
    /// These sales were let go too early: once more from the first entry, keeping them.
    OnceMore(BTreeSet<SaleId>),
}

impl Replay {
    /// Before the first entry; these sales are kept throughout.
    #[must_use]
    pub fn keeping(kept: BTreeSet<SaleId>) -> Replay {
        Replay::begin(Ledger::default(), kept)
    }

    /// From a checkpoint on.
    #[must_use]
    pub fn from_checkpoint(checkpoint: Checkpoint) -> Replay {
        Replay::begin(Ledger::from(checkpoint), BTreeSet::new())
    }

    fn begin(ledger: Ledger, kept: BTreeSet<SaleId>) -> Replay {
        let (missed, papers, unfounded) = (BTreeSet::new(), BTreeSet::new(), None);
        Replay { ledger, since: 0, every: LET_GO_EVERY, kept, missed, papers, unfounded }
    }

    /// Lets the past go after so many entries instead of a thousand.
    #[must_use]
    pub fn letting_go_every(self, every: u32) -> Replay {
        Replay { every, ..self }
    }

    /// Folds the next entry. After the first that does not follow nothing is folded any more.
    pub fn take(&mut self, entry: &Entry) {
        if self.unfounded.is_some() {
            return;
        }
        let let_go: Vec<bool> = entry.records.iter().map(|record| self.is_about_the_past(record)).collect();
        let folded = if let_go.contains(&true) {
            let records = entry.records.iter().zip(let_go).filter(|(_, let_go)| !let_go);
            let records = records.map(|(record, _)| record.clone()).collect();
            self.ledger.apply(&Entry { seq: entry.seq, at: entry.at, records })
        } else {
            self.ledger.apply(entry)
        };
        self.unfounded = folded.err();
        self.since += 1;
        if self.since >= self.every {
            self.ledger = Ledger::from(self.ledger.checkpoint(&self.kept));
            self.since = 0;
        }
    }

    /// What became of it.
    ///
    /// # Errors
    /// [`Unfounded`] when an entry contradicts those before it: the journal is not one of ours, or the checkpoint that
    /// the replay began with is not of this journal.
    pub fn end(self) -> Result<Replayed, Unfounded> {
        if !self.missed.is_empty() {
            return Ok(Replayed::OnceMore(self.missed));
        }
        match self.unfounded {
            Some(unfounded) => Err(unfounded),
            None => Ok(Replayed::State(Box::new(self.ledger))),
        }
    }

    /// Whether it is about a sale that was let go, or about a paper of one.
    fn is_about_the_past(&mut self, record: &Record) -> bool {
        match record.subject() {
            Subject::Terminal => false,
            Subject::Sale(sale) => self.was_let_go(sale),
            Subject::NewJob(job, sale) => self.was_let_go(sale) && self.papers.insert(job),
            Subject::Job(job) => self.papers.contains(&job),
        }
    }

    fn was_let_go(&mut self, sale: SaleId) -> bool {
        let opened = self.ledger.last_sale().is_some_and(|last| sale <= last);
        let let_go = opened && self.ledger.sale(sale).is_none();
        if let_go {
            self.missed.insert(sale);
        }
        let_go
    }
}
