//! The compact rows of a segment that is full: which of its entries are about which sales.
//!
//! Invariant: a packed row depends on its own segment alone and never changes, so that the index grows by some bytes an
//! entry and its memory follows the newest segment, not history.
//!
//! The value of `p/`: first seq of the segment u64, then for each entry about a sale of the block: the sale's place in the
//! block u8, seq less the first u32.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use quickpay_core::id::SaleId;
use quickpay_core::record::Entry;

use crate::bytes::Fields;
use crate::index::{Batch, Index, IndexError, Position};
use crate::rows::{self, Views};

/// Sales in a block, a power of two of at most 256: rows of some 3 KiB at five entries a sale.
const BLOCK: u32 = 128;
/// Entries in one value, far below the 16 KiB that sled keeps sound.
const PART: usize = 2000;

/// What is known of a segment while it is read.
#[derive(Debug, Default, Clone)]
pub(crate) struct Pack {
    pub(crate) segment: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// In order of the entries.
    pub(crate) about: Vec<(u64, SaleId)>,
}

impl Pack {
    /// Its rows.
    pub(crate) fn rows(&self) -> Batch {
        let ends = [self.first.to_be_bytes(), self.last.to_be_bytes()].concat();
        let mut batch = vec![(segment_key(self.segment), rows::seal(&ends))];
        let mut blocks: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        for (seq, sale) in &self.about {
            let pairs = blocks.entry(sale.0 / BLOCK).or_default();
            pairs.push(u8::try_from(sale.0 % BLOCK).unwrap_or(0));
            let place = seq.saturating_sub(self.first);
            pairs.extend_from_slice(&u32::try_from(place).unwrap_or(u32::MAX).to_be_bytes());
        }
        for (block, pairs) in blocks {
            for (part, pairs) in (0_u32..).zip(pairs.chunks(PART * 5)) {
                let key =
                    rows::key(&block_prefix(block), &[&self.segment.to_be_bytes(), &part.to_be_bytes()]);
                batch.push((key, rows::seal(&[&self.first.to_be_bytes(), pairs].concat())));
            }
        }
        batch
    }
}

/// The rows of a whole journal, in the order of its entries: compact ones up to a segment, one by one behind it.
#[derive(Debug)]
pub(crate) struct Fold {
    pub(crate) views: Views,
    packed_to: u64,
    packed_up_to: u64,
    pack: Pack,
    /// Of the segment that is packed now: its days so far, and its last entry.
    days: BTreeSet<Vec<u8>>,
    place: Option<Position>,
}

impl Fold {
    pub(crate) fn new(views: Views, packed_to: u64) -> Fold {
        let (pack, days) = (Pack::default(), BTreeSet::new());
        Fold { views, packed_to, packed_up_to: 0, pack, days, place: None }
    }

    /// The compact rows of the segment before, if this entry is the first of another one, and the entry's own.
    pub(crate) fn rows(&mut self, entry: &Entry, raw: &[u8], place: &Position) -> (Batch, Batch) {
        let before = if place.segment == self.pack.segment { Batch::new() } else { self.finish() };
        if place.segment > self.packed_to {
            return (before, self.views.rows(entry, raw, place));
        }
        if self.pack.segment != place.segment {
            self.pack = Pack { segment: place.segment, first: place.seq, ..Pack::default() };
        }
        (self.pack.last, self.packed_up_to) = (place.seq, place.seq);
        self.pack.about.extend(self.views.sales_of(entry).into_iter().map(|sale| (place.seq, sale)));
        self.place = Some(*place);
        let day = rows::date_row(entry, place);
        (before, if self.days.insert(day.0.clone()) { vec![day] } else { Batch::new() })
    }

    /// Whether a checkpoint in this segment has rows.
    pub(crate) fn keeps_checkpoint(&self, segment: u64) -> bool {
        segment > self.packed_to
    }

    /// The last entry whose rows are compact, of those that were read.
    pub(crate) fn packed_up_to(&self) -> u64 {
        self.packed_up_to
    }

    /// The rows that the end of the journal leaves.
    pub(crate) fn finish(&mut self) -> Batch {
        let pack = std::mem::take(&mut self.pack);
        self.days.clear();
        let mut rows = if pack.segment == 0 { Batch::new() } else { pack.rows() };
        rows.extend(self.place.take().map(|place| rows::position_row(&place)));
        rows
    }
}

/// The last packed segment; 0 before the first.
pub(crate) fn tidied(index: &dyn Index) -> Result<u64, IndexError> {
    index.get(rows::TIDIED)?.map_or(Ok(0), |value| rows::tidied(&value))
}

/// First and last entry of a packed segment.
pub(crate) fn ends(index: &dyn Index, segment: u64) -> Result<Option<(u64, u64)>, IndexError> {
    let Some(value) = index.get(&segment_key(segment))? else { return Ok(None) };
    let mut fields = Fields(rows::unseal("m/", &value)?);
    let mut read = || Some((u64::from_be_bytes(fields.array()?), u64::from_be_bytes(fields.array()?)));
    read().map(Some).ok_or_else(|| rows::short("m/"))
}

/// The packed segment that holds this entry.
pub(crate) fn segment_of(index: &dyn Index, seq: u64) -> Result<Option<u64>, IndexError> {
    let (mut below, mut above) = (0, tidied(index)? + 1);
    while below + 1 < above {
        let middle = below + (above - below) / 2;
        match ends(index, middle)? {
            Some((first, last)) if (first..=last).contains(&seq) => return Ok(Some(middle)),
            Some((first, _)) if first > seq => above = middle,
            Some(_) | None => below = middle,
        }
    }
    Ok(None)
}

/// The entries about these sales in packed segments, by segment.
pub(crate) fn entries_of(
    index: &dyn Index,
    sales: &[SaleId],
) -> Result<BTreeMap<u64, BTreeSet<u64>>, IndexError> {
    let mut blocks: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for sale in sales {
        blocks.entry(sale.0 / BLOCK).or_default().push(sale.0 % BLOCK);
    }
    let mut found: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (block, wanted) in blocks {
        let mut broken = None;
        index.scan(&block_prefix(block), &mut |key, value| {
            if let Err(error) = read_block(key, value, &wanted, &mut found) {
                broken.get_or_insert(error);
            }
        })?;
        if let Some(error) = broken {
            return Err(error);
        }
    }
    Ok(found)
}

fn read_block(
    key: &[u8],
    value: &[u8],
    wanted: &[u32],
    found: &mut BTreeMap<u64, BTreeSet<u64>>,
) -> Result<(), IndexError> {
    let segment = key.get(6..).and_then(|key| key.first_chunk::<8>()).map(|bytes| u64::from_be_bytes(*bytes));
    let segment = segment.ok_or_else(|| rows::short("p/"))?;
    let mut fields = Fields(rows::unseal("p/", value)?);
    let first = fields.array().map(u64::from_be_bytes).ok_or_else(|| rows::short("p/"))?;
    while let (Some([sale]), Some(place)) = (fields.array(), fields.array().map(u32::from_be_bytes)) {
        if wanted.contains(&u32::from(sale)) {
            found.entry(segment).or_default().insert(first + u64::from(place));
        }
    }
    Ok(())
}

fn segment_key(segment: u64) -> Vec<u8> {
    rows::key(b"m/", &[&segment.to_be_bytes()])
}

fn block_prefix(block: u32) -> Vec<u8> {
    rows::key(b"p/", &[&block.to_be_bytes()])
}
