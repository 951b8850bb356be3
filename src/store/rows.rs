//! What an entry puts into the index: keys, values, and which sale each record is about.
//!
//! Invariant: the rows are a fold over the entries and nothing else, so that the index can be checked key for key
//! and made again. No value exceeds 16 KiB (sled keeps larger ones outside its log, storage rules, section 2).
//!
//! | key (numbers big endian) | value |
//! |---|---|
//! | `~v` | schema version, u32 |
//! | `~j` | seq u64, segment u64, offset u64, crc u32 of the last frame taken in |
//! | `~t` | segment u64: up to this one the journal is packed (see `packed.rs`) |
//! | `~b` | seq u64: the rows up to this entry are being made (see `rebuild.rs`); not there in a whole index |
//! | `e/` seq u64 | the frame, byte for byte; behind `~t` only |
//! | `s/` seq u64, sale u32 | nothing: the entry is about the sale; behind `~t` only |
//! | `c/` segment u64, offset u64, part u32 | that part of a checkpoint's frame; behind `~t` only; the doctor needs it |
//! | `d/` date at the till `2026-11-20/`, segment u64 | nothing: the segment has entries of that day |
//! | `m/` segment u64 | first seq u64, last seq u64 of a packed segment |
//! | `p/` block of 128 sales u32, segment u64, part u32 | which entries of that packed segment are about which of them |
//!
//! Every value is `version u8 | crc32c u32 of the version and the body | body`, big endian.

use std::collections::{BTreeMap, BTreeSet};

use quickpay_core::id::{JobId, SaleId};
use quickpay_core::record::{Entry, Record, Subject};

use crate::bytes::Fields;
use crate::index::{Batch, IndexError, Position};

/// The key of the schema version.
pub(crate) const SCHEMA: &[u8] = b"~v";
/// The key of the last frame taken in.
pub(crate) const POSITION: &[u8] = b"~j";
/// The key of the last packed segment.
pub(crate) const TIDIED: &[u8] = b"~t";
/// The key of the last entry whose rows are being made.
pub(crate) const UNMADE: &[u8] = b"~b";
/// Raised when keys or values change; an index of another schema is made anew.
pub(crate) const SCHEMA_VERSION: u32 = 2;

const VALUE_VERSION: u8 = 1;
/// Bytes of a checkpoint in one value.
const PART: usize = 15 * 1024;

/// What must be remembered from earlier entries to place later ones: a print job names its sale only once.
/// A settled job is forgotten: no record names it again.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Views {
    jobs: BTreeMap<JobId, SaleId>,
}

impl Views {
    /// The rows of the next entry; entries come in order.
    pub(crate) fn rows(&mut self, entry: &Entry, raw: &[u8], place: &Position) -> Batch {
        let sales = self.sales_of(entry);
        let mut rows = vec![(event_key(entry.seq), seal(raw)), date_row(entry, place)];
        rows.extend(sales.into_iter().map(|sale| (about_key(entry.seq, sale), seal(&[]))));
        rows.push(position_row(place));
        rows
    }

    /// The sales that the next entry is about.
    pub(crate) fn sales_of(&mut self, entry: &Entry) -> BTreeSet<SaleId> {
        let sales = entry.records.iter().filter_map(|record| self.sale_of(record)).collect();
        self.forget_settled(entry);
        sales
    }

    /// Takes the next entry into account without making its rows.
    pub(crate) fn follow(&mut self, entry: &Entry) {
        self.sales_of(entry);
    }

    fn forget_settled(&mut self, entry: &Entry) {
        for record in &entry.records {
            if let Record::PrintFinished { job, .. }
            | Record::PrintMissing { job, .. }
            | Record::PrintWithdrawn { job } = record
            {
                self.jobs.remove(job);
            }
        }
    }

    /// For a checkpoint.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let count = u32::try_from(self.jobs.len()).unwrap_or(u32::MAX);
        let mut bytes = count.to_le_bytes().to_vec();
        for (job, sale) in &self.jobs {
            bytes.extend_from_slice(&job.0.to_le_bytes());
            bytes.extend_from_slice(&sale.0.to_le_bytes());
        }
        bytes
    }

    /// From a checkpoint.
    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Views> {
        let count = fields.u32()?;
        let pair = |_| Some((JobId(fields.u32()?), SaleId(fields.u32()?)));
        Some(Views { jobs: (0..count).map(pair).collect::<Option<_>>()? })
    }

    fn sale_of(&mut self, record: &Record) -> Option<SaleId> {
        match record.subject() {
            Subject::Terminal => None,
            Subject::Sale(sale) => Some(sale),
            Subject::NewJob(job, sale) => {
                self.jobs.insert(job, sale);
                Some(sale)
            }
            Subject::Job(job) => self.jobs.get(&job).copied(),
        }
    }
}

/// A checkpoint's frame, in parts that sled keeps sound.
pub(crate) fn checkpoint_rows(segment: u64, offset: u64, raw: &[u8]) -> Batch {
    let prefix = checkpoint_prefix(segment, offset);
    let part = |(n, part): (u32, &[u8])| (key(&prefix, &[&n.to_be_bytes()]), seal(part));
    (0..).zip(raw.chunks(PART)).map(part).collect()
}

pub(crate) fn checkpoint_prefix(segment: u64, offset: u64) -> Vec<u8> {
    key(b"c/", &[&segment.to_be_bytes(), &offset.to_be_bytes()])
}

pub(crate) fn schema_row() -> (Vec<u8>, Vec<u8>) {
    (SCHEMA.to_vec(), seal(&SCHEMA_VERSION.to_be_bytes()))
}

pub(crate) fn position_row(place: &Position) -> (Vec<u8>, Vec<u8>) {
    let mut body = Vec::with_capacity(28);
    body.extend_from_slice(&place.seq.to_be_bytes());
    body.extend_from_slice(&place.segment.to_be_bytes());
    body.extend_from_slice(&place.offset.to_be_bytes());
    body.extend_from_slice(&place.crc.to_be_bytes());
    (POSITION.to_vec(), seal(&body))
}

/// Reads the value of `~j`.
pub(crate) fn position(value: &[u8]) -> Result<Position, IndexError> {
    let mut fields = Fields(unseal("~j", value)?);
    let mut read = || {
        Some(Position {
            seq: u64::from_be_bytes(fields.array()?),
            segment: u64::from_be_bytes(fields.array()?),
            offset: u64::from_be_bytes(fields.array()?),
            crc: u32::from_be_bytes(fields.array()?),
        })
    };
    read().ok_or_else(|| short("~j"))
}

pub(crate) fn date_row(entry: &Entry, place: &Position) -> (Vec<u8>, Vec<u8>) {
    let date = entry.at.wall.date();
    (key(b"d/", &[date.as_bytes(), b"/", &place.segment.to_be_bytes()]), seal(&[]))
}

pub(crate) fn tidied_row(segment: u64) -> (Vec<u8>, Vec<u8>) {
    (TIDIED.to_vec(), seal(&segment.to_be_bytes()))
}

pub(crate) fn unmade_row(seq: u64) -> (Vec<u8>, Vec<u8>) {
    (UNMADE.to_vec(), seal(&seq.to_be_bytes()))
}

/// Reads the value of `~t`.
pub(crate) fn tidied(value: &[u8]) -> Result<u64, IndexError> {
    Fields(unseal("~t", value)?).array().map(u64::from_be_bytes).ok_or_else(|| short("~t"))
}

/// Reads a key of `s/`.
pub(crate) fn about(key: &[u8]) -> Result<(u64, SaleId), IndexError> {
    let mut fields = Fields(key.get(2..).unwrap_or_default());
    let mut read =
        || Some((u64::from_be_bytes(fields.array()?), SaleId(u32::from_be_bytes(fields.array()?))));
    read().ok_or_else(|| short("a key"))
}

/// The first number in a key of `e/`, `s/` or `c/`.
pub(crate) fn first_number(key: &[u8]) -> Option<u64> {
    key.get(2..)?.first_chunk::<8>().map(|number| u64::from_be_bytes(*number))
}

/// The number at the end of a key.
pub(crate) fn seq_of(key: &[u8]) -> Result<u64, IndexError> {
    key.last_chunk::<8>().map(|seq| u64::from_be_bytes(*seq)).ok_or_else(|| short("a key"))
}

pub(crate) fn event_key(seq: u64) -> Vec<u8> {
    key(b"e/", &[&seq.to_be_bytes()])
}

fn about_key(seq: u64, sale: SaleId) -> Vec<u8> {
    key(b"s/", &[&seq.to_be_bytes(), &sale.0.to_be_bytes()])
}

pub(crate) fn date_prefix(date: &str) -> Vec<u8> {
    key(b"d/", &[date.as_bytes(), b"/"])
}

pub(crate) fn key(prefix: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    [prefix, &parts.concat()].concat()
}

/// A body as a value.
pub(crate) fn seal(body: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(5 + body.len());
    value.push(VALUE_VERSION);
    value.extend_from_slice(&checksum(body).to_be_bytes());
    value.extend_from_slice(body);
    value
}

/// The body of a value, if its checksum fits.
pub(crate) fn unseal<'v>(key: &str, value: &'v [u8]) -> Result<&'v [u8], IndexError> {
    let mut fields = Fields(value);
    let version: Option<[u8; 1]> = fields.array();
    let crc = fields.array().map(u32::from_be_bytes);
    if version != Some([VALUE_VERSION]) || crc != Some(checksum(fields.0)) {
        return Err(IndexError::Spoilt(format!("the value of {key} does not fit its checksum")));
    }
    Ok(fields.0)
}

fn checksum(body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&[VALUE_VERSION]), body)
}

pub(crate) fn short(key: &str) -> IndexError {
    IndexError::Spoilt(format!("{key} is too short"))
}
