//! Questions to the index: the entries of a sale, of an order, of a day.
//!
//! Invariant: these answers are for lists and people; what became of money is decided by the fold of the journal.

use std::collections::BTreeMap;

use quickpay_core::id::{AttemptId, OrderId, SaleId};
use quickpay_core::record::Entry;

use crate::error::StoreError;
use crate::frame::{Frame, Kind};
use crate::index::IndexError;
use crate::rows;
use crate::store::Store;
use crate::wire;

impl Store {
    /// One entry by its number; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Index`]; nothing was changed.
    pub fn entry(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        let value = self.index()?.get(&rows::event_key(seq))?;
        Ok(value.map(|value| read_entry(seq, &value)).transpose()?)
    }

    /// All entries that are about a sale, its print jobs included, in order.
    ///
    /// # Errors
    /// [`StoreError::Index`]; nothing was changed.
    pub fn entries_of_sale(&self, sale: SaleId) -> Result<Vec<Entry>, StoreError> {
        self.entries_under(&rows::sale_prefix(sale))
    }

    /// All entries that are about any of these sales, in order and each once.
    ///
    /// # Errors
    /// [`StoreError::Index`]; nothing was changed.
    pub fn entries_of_sales(&self, sales: &[SaleId]) -> Result<Vec<Entry>, StoreError> {
        let mut entries = BTreeMap::new();
        for sale in sales {
            entries.extend(self.entries_of_sale(*sale)?.into_iter().map(|entry| (entry.seq, entry)));
        }
        Ok(entries.into_values().collect())
    }

    /// The attempt that bears this order id.
    ///
    /// # Errors
    /// [`StoreError::Index`]; nothing was changed.
    pub fn attempt_of_order(&self, order: &OrderId) -> Result<Option<AttemptId>, StoreError> {
        let value = self.index()?.get(&rows::order_key(order))?;
        Ok(value.map(|value| rows::attempt(&value)).transpose()?)
    }

    /// All entries about the sale whose attempt bears this order id, in order; none when there is no such attempt.
    ///
    /// # Errors
    /// [`StoreError::Index`]; nothing was changed.
    pub fn entries_of_order(&self, order: &OrderId) -> Result<Vec<Entry>, StoreError> {
        let attempt = self.attempt_of_order(order)?;
        attempt.map_or(Ok(Vec::new()), |attempt| self.entries_of_sale(attempt.sale))
    }

    /// All entries of a day at the till, such as `2026-11-20`, in order.
    ///
    /// # Errors
    /// [`StoreError::Index`]; nothing was changed.
    pub fn entries_on(&self, date: &str) -> Result<Vec<Entry>, StoreError> {
        self.entries_under(&rows::date_prefix(date))
    }

    fn entries_under(&self, prefix: &[u8]) -> Result<Vec<Entry>, StoreError> {
        let mut keys = Vec::new();
        self.index()?.scan(prefix, &mut |key, _| keys.push(key.to_vec()))?;
        let entry_of = |key: Vec<u8>| {
            let seq = rows::seq_of(&key)?;
            self.entry(seq)?.ok_or_else(|| IndexError::Spoilt(format!("entry {seq} is missing")).into())
        };
        keys.into_iter().map(entry_of).collect()
    }
}

fn read_entry(seq: u64, value: &[u8]) -> Result<Entry, IndexError> {
    let spoilt = |why: String| IndexError::Spoilt(format!("entry {seq}: {why}"));
    let raw = rows::unseal("an entry", value)?;
    let frame = Frame::decode(raw).filter(|frame| frame.seq == seq && frame.kind == Some(Kind::Decision));
    let frame = frame.ok_or_else(|| spoilt("no frame of that number".to_owned()))?;
    wire::entry(&frame).map_err(|error| spoilt(error.to_string()))
}
