//! The closed past: let go when a checkpoint is durable, brought back when somebody asks for it.
//!
//! Invariant: a sale that was brought back is in a checkpoint before anything is recorded about it, so that a start needs
//! no more than the newest checkpoint and what follows it.

use std::collections::BTreeMap;

use quickpay_core::checkpoint::recalled;
use quickpay_core::id::SaleId;
use quickpay_core::journal::JournalError;
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Sale;
use quickpay_store::{CHECKPOINT_EVERY, StoreError};

use super::EventLoop;
use crate::happening::{Completeness, Happening, SaleLine, Tag};
use crate::lookup;

/// How many sales a list shows at most: some days of a till; whoever wants more asks `journal show`.
pub(super) const LISTED: u32 = 500;

impl EventLoop {
    /// Makes a checkpoint if one is due, once the effects have left; some milliseconds in a thousand decisions.
    pub(super) fn keep_up(&mut self) {
        if self.fault.is_none()
            && self.store.checkpoint_due()
            && self.store.last_seq() >= self.no_checkpoint_before
        {
            self.make_checkpoint();
        }
    }

    /// Writes the state down and lets the closed past go.
    pub(super) fn make_checkpoint(&mut self) {
        match self.store.keep_state(&self.terminal.checkpoint()) {
            Ok(()) => self.terminal.forget_the_past(),
            Err(error @ JournalError::TooLarge { .. }) => {
                tracing::warn!(%error, "no checkpoint: more is open than it can hold; starts take longer");
                self.no_checkpoint_before = self.store.last_seq().saturating_add(CHECKPOINT_EVERY);
            }
            Err(error @ (JournalError::Full | JournalError::Broken(_))) => {
                self.stop_recording(&error.to_string());
            }
        }
    }

    /// Brings a sale back that was let go, if there is such a sale: the input about it is decided next.
    pub(super) fn recall(&mut self, id: SaleId) -> Result<(), Refusal> {
        let ledger = self.terminal.ledger();
        if ledger.sale(id).is_some() || ledger.last_sale().is_none_or(|last| id > last) {
            return Ok(());
        }
        let lost = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, sale = %id, "a sale of long ago cannot be brought back");
            Refusal::StorageFault
        };
        let entries = self.store.entries_of_sales(&[id]).map_err(|error| {
            let unmade = matches!(error, StoreError::Incomplete);
            if unmade { Refusal::ListsIncomplete } else { lost(&error) }
        })?;
        if self.terminal.recall(id, &entries).map_err(|error| lost(&error))? {
            self.make_checkpoint();
        }
        Ok(())
    }

    pub(super) fn tell_story(&mut self, id: SaleId, tag: Option<Tag>) {
        let now = self.clock.now();
        let entries = match self.store.entries_of_sales(&[id]) {
            Ok(entries) => entries,
            Err(StoreError::Incomplete) => return self.refused(&Refusal::ListsIncomplete, tag),
            Err(error) => return self.tell(Happening::Error { message: error.to_string(), tag }),
        };
        let ledger = self.terminal.ledger();
        let sale = ledger.sale(id).cloned().or_else(|| self.closed(id, &entries));
        let line = sale.and_then(|sale| lookup::sale_line(&self.terminal, &sale, now));
        let Some(line) = line else { return self.refused(&Refusal::NoSuchSale, tag) };
        let story = lookup::story(id, &entries, self.terminal.settings());
        self.tell(Happening::Story(line, story, tag));
    }

    /// All sales, newest first, as far as a list goes; only those that are held while the lists are made anew.
    pub(super) fn newest_sales(&self) -> Result<(Vec<SaleLine>, Completeness), String> {
        let now = self.clock.now();
        let ledger = self.terminal.ledger();
        let last = ledger.last_sale().map_or(0, |id| id.0);
        let ids = || (last.saturating_sub(LISTED).saturating_add(1)..=last).map(SaleId);
        let completeness = if self.store.is_whole() { Completeness::Whole } else { Completeness::Incomplete };
        let can_ask = completeness == Completeness::Whole;
        let closed: Vec<SaleId> = ids().filter(|id| can_ask && ledger.sale(*id).is_none()).collect();
        let entries = self.store.entries_of_sales(&closed).map_err(|error| error.to_string())?;
        let closed: BTreeMap<SaleId, Sale> =
            closed.into_iter().filter_map(|id| Some((id, self.closed(id, &entries)?))).collect();
        let sales = ids().rev().filter_map(|id| ledger.sale(id).or_else(|| closed.get(&id)));
        Ok((sales.filter_map(|sale| lookup::sale_line(&self.terminal, sale, now)).collect(), completeness))
    }

    pub(super) fn closed(&self, id: SaleId, entries: &[quickpay_core::record::Entry]) -> Option<Sale> {
        recalled(id, entries)
            .inspect_err(|error| tracing::error!(%error, sale = %id, "its entries do not make sense"))
            .ok()
            .flatten()
            .map(|(sale, _)| sale)
    }
}
