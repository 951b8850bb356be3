//! Questions to the index: the entries of a sale, of an order, of a day.
//!
//! Invariant: these answers are for lists and people; what became of money is decided by the fold of the journal.

use std::collections::{BTreeMap, BTreeSet};

use quickpay_core::id::{AttemptId, OrderId, SaleId};
use quickpay_core::record::{Entry, Record};

use crate::error::StoreError;
use crate::frame::{Frame, Kind};
use crate::index::IndexError;
use crate::packed;
use crate::rows;
use crate::shelf::Source;
use crate::sight::Sight;
use crate::store::Store;
use crate::walk::{Owner, walk_one};
use crate::wire;

impl Store {
    /// One entry by its number; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::Incomplete`] while the index is made anew; nothing was changed.
    pub fn entry(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        let index = self.index()?;
        if let Some(value) = index.get(&rows::event_key(seq))? {
            return Ok(Some(read_entry(seq, &value)?));
        }
        let Some(segment) = packed::segment_of(index, seq)? else { return Ok(None) };
        let mut found = BTreeMap::new();
        self.read_from(segment, &mut |entry| entry == seq, &mut found)?;
        Ok(found.into_values().next())
    }

    /// All entries that are about a sale, its print jobs included, in order.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::Incomplete`] while the index is made anew; nothing was changed.
    pub fn entries_of_sale(&self, sale: SaleId) -> Result<Vec<Entry>, StoreError> {
        self.entries_of_sales(&[sale])
    }

    /// All entries that are about any of these sales, in order and each once. Those of full segments are read from the
    /// journal, a segment in some tens of milliseconds, checksum and chain proven.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::Incomplete`] while the index is made anew; nothing was changed.
    pub fn entries_of_sales(&self, sales: &[SaleId]) -> Result<Vec<Entry>, StoreError> {
        if sales.is_empty() {
            return Ok(Vec::new());
        }
        let index = self.index()?;
        let mut found = BTreeMap::new();
        for (segment, seqs) in packed::entries_of(index, sales)? {
            self.read_from(segment, &mut |seq| seqs.contains(&seq), &mut found)?;
        }
        let wanted: BTreeSet<SaleId> = sales.iter().copied().collect();
        let mut newer = BTreeSet::new();
        let mut broken = None;
        index.scan(b"s/", &mut |key, _| match rows::about(key) {
            Ok((seq, sale)) if wanted.contains(&sale) => drop(newer.insert(seq)),
            Ok(_) => {}
            Err(error) => drop(broken.get_or_insert(error)),
        })?;
        if let Some(error) = broken {
            return Err(error.into());
        }
        for seq in newer {
            if found.contains_key(&seq) {
                continue; // its segment was packed a moment ago
            }
            let missing = || IndexError::Spoilt(format!("entry {seq} is missing"));
            let value = index.get(&rows::event_key(seq))?.ok_or_else(missing)?;
            found.insert(seq, read_entry(seq, &value)?);
        }
        Ok(found.into_values().collect())
    }

    /// The attempt that bears this order id.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::Incomplete`] while the index is made anew; nothing was changed.
    pub fn attempt_of_order(&self, order: &OrderId) -> Result<Option<AttemptId>, StoreError> {
        Ok(attempt_of(order, &self.entries_of_order(order)?))
    }

    /// All entries about the sale whose attempt bears this order id, in order; none when there is no such attempt.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::Incomplete`] while the index is made anew; nothing was changed.
    pub fn entries_of_order(&self, order: &OrderId) -> Result<Vec<Entry>, StoreError> {
        let Some(sale) = OrderId::sale_of(order.as_str()) else { return Ok(Vec::new()) };
        let entries = self.entries_of_sale(sale)?;
        Ok(if attempt_of(order, &entries).is_some() { entries } else { Vec::new() })
    }

    /// All entries of a day at the till, such as `2026-11-20`, in order.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreError::Incomplete`] while the index is made anew; nothing was changed.
    pub fn entries_on(&self, date: &str) -> Result<Vec<Entry>, StoreError> {
        let mut segments = Vec::new();
        let keys = &mut |key: &[u8], _: &[u8]| segments.push(rows::seq_of(key));
        self.index()?.scan(&rows::date_prefix(date), keys)?;
        let mut found = BTreeMap::new();
        for segment in segments {
            self.read_from(segment?, &mut |_| true, &mut found)?;
        }
        Ok(found.into_values().filter(|entry| entry.at.wall.date() == date).collect())
    }

    /// Reads entries of one segment of the journal.
    fn read_from(
        &self,
        segment: u64,
        wanted: &mut dyn FnMut(u64) -> bool,
        found: &mut BTreeMap<u64, Entry>,
    ) -> Result<(), StoreError> {
        let Source { disk, folder, terminal } = self.source();
        walk_one(&**disk, folder, Owner::Only(terminal), segment, &mut |sight| {
            if let Sight::Decision(decision) = sight
                && wanted(decision.place.seq)
            {
                found.insert(decision.place.seq, decision.entry()?);
            }
            Ok(())
        })
    }
}

fn attempt_of(order: &OrderId, entries: &[Entry]) -> Option<AttemptId> {
    let records = entries.iter().flat_map(|entry| &entry.records);
    records
        .filter_map(|record| {
            if let Record::AttemptHeld { attempt, order, .. }
            | Record::AttemptSubmitted { attempt, order, .. } = record
            {
                return Some((order, *attempt));
            }
            None
        })
        .find_map(|(known, attempt)| (known == order).then_some(attempt))
}

fn read_entry(seq: u64, value: &[u8]) -> Result<Entry, IndexError> {
    let spoilt = |why: String| IndexError::Spoilt(format!("entry {seq}: {why}"));
    let raw = rows::unseal("an entry", value)?;
    let frame = Frame::decode(raw).filter(|frame| frame.seq == seq && frame.kind == Some(Kind::Decision));
    let frame = frame.ok_or_else(|| spoilt("no frame of that number".to_owned()))?;
    wire::entry(&frame).map_err(|error| spoilt(error.to_string()))
}
