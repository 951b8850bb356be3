//! The full check: every frame of the journal, and every key of the index against the fold of the journal.
//!
//! Invariant: nothing is changed. Comparing heads only lets 8 of 250 damages pass in silence, this check none
//! (storage rules, section 5).

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use quickpay_core::id::ShiftNumber;
use thiserror::Error;

use crate::checkpoint;
use crate::copies;
use crate::disk::Disk;
use crate::error::{Damage, Flaw, StoreError};
use crate::frame::Chain;
use crate::heads::Heads;
use crate::index::{Batch, Index, IndexError};
use crate::packed::{self, Fold};
use crate::rows::{self, Views};
use crate::segment;
use crate::sight::Sight;
use crate::states::States;
use crate::walk::{Begin, End, Owner, walk};

/// Findings past this many are counted, not listed.
const LISTED: usize = 20;

/// What a full check found.
#[derive(Debug)]
pub struct VerifyReport {
    /// Good entries.
    pub entries: u64,
    /// Segments read.
    pub segments: u64,
    /// Checkpoints read.
    pub checkpoints: u64,
    /// Second copies of full segments compared with them.
    pub copies: u64,
    /// The chain value of the last good frame, in hexadecimal.
    pub chain_head: String,
    /// What does not fit; at most 20 are listed.
    pub findings: Vec<Finding>,
    /// How many do not fit.
    pub count: u64,
    /// Why the index was not looked at, if it was not.
    pub unchecked: Option<String>,
    /// Full segments without a second copy. Nothing is wrong with them: the terminal makes it in a quiet second.
    pub uncopied: Vec<u64>,
    /// Bytes from the start of the newest segment.
    ends_at: u64,
    /// Segments whose second copies differ from them.
    rotten: Vec<u64>,
    /// The journal cannot be read to its end.
    cut_short: bool,
}

impl VerifyReport {
    /// Whether everything fits.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.count == 0
    }

    /// Whether there was nothing to check.
    #[must_use]
    pub fn found_no_journal(&self) -> bool {
        let none = |finding: &Finding| matches!(finding, Finding::Journal(StoreError::NoJournal { .. }));
        self.segments == 0 && self.findings.iter().all(none)
    }

    /// Segments that are whole and whose second copies are not.
    pub(crate) fn rotten_copies(&self) -> &[u64] {
        &self.rotten
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VerifyReport { entries, segments, checkpoints, copies, chain_head, .. } = self;
        writeln!(
            f,
            "read: {entries} entries, {checkpoints} checkpoints, {segments} segments and second copies of \
             {copies}; head {chain_head}"
        )?;
        for finding in &self.findings {
            writeln!(f, "found: {finding}")?;
        }
        if let Some(more) = self.count.checked_sub(LISTED.try_into().unwrap_or(0)).filter(|&more| more > 0) {
            writeln!(f, "found: {more} more of these")?;
        }
        if let Some(why) = &self.unchecked {
            writeln!(f, "not checked: the lists; {why}")?;
        }
        if !self.uncopied.is_empty() {
            let words = without_copies(&self.uncopied);
            writeln!(
                f,
                "copies: {words}; the terminal makes them in quiet seconds, `quickpay doctor repair` at once"
            )?;
        }
        if self.is_sound() {
            write!(f, "All that was checked is whole.")
        } else if !self.findings.iter().any(Finding::is_for_the_doctor) {
            write!(f, "Nothing was changed.")
        } else {
            write!(f, "Nothing was changed. Close the terminal and run `quickpay doctor repair`.")
        }
    }
}

/// One thing that does not fit.
#[derive(Debug, Error)]
pub enum Finding {
    /// The journal cannot be read to its end.
    #[error("journal: {0}")]
    Journal(StoreError),
    /// Bytes behind the last entry, from an append that was cut short; the next start clears them.
    #[error("journal: {0} bytes behind the last entry")]
    Tail(u64),
    /// A checkpoint that differs from the fold of the entries before it.
    #[error("journal: the checkpoint after entry {0} differs from the entries before it")]
    Checkpoint(u64),
    /// A second copy that differs from its whole segment.
    #[error("copies: the second copy of segment {0} is not as it was written; the segment itself is whole")]
    Copy(u64),
    /// The report of a closed shift that differs from the fold of the entries before it.
    #[error("journal: the report of shift {0} differs from the entries before it")]
    Shift(ShiftNumber),
    /// The head of the journal on a Z report that is not that of the journal before it.
    #[error(
        "journal: the Z report of shift {0} names another journal than this one; it was written anew since"
    )]
    Head(ShiftNumber),
    /// A key of the index.
    #[error("index: {0}")]
    Row(String),
    /// The index cannot be asked.
    #[error("index: {0}")]
    Index(IndexError),
}

impl Finding {
    /// Whether a repair may help; the other findings say themselves what to do.
    fn is_for_the_doctor(&self) -> bool {
        match self {
            Finding::Journal(error) => matches!(error, StoreError::Damaged(_)),
            Finding::Tail(_) | Finding::Checkpoint(_) | Finding::Copy(_) | Finding::Shift(_) => true,
            Finding::Head(_) | Finding::Row(_) | Finding::Index(_) => true,
        }
    }
}

/// The index to compare with.
#[derive(Debug)]
pub(crate) enum Lists<'a> {
    /// In use.
    Open(&'a dyn Index),
    /// It cannot be asked.
    Broken(IndexError),
    /// It is not looked at, for this reason.
    Unchecked(String),
}

impl Lists<'_> {
    /// Those of an index that can be asked; one that is being made is not looked at.
    pub(crate) fn of(index: &dyn Index) -> Lists<'_> {
        match index.get(rows::UNMADE) {
            Ok(None) => Lists::Open(index),
            Ok(Some(_)) => {
                Lists::Unchecked("they are being made anew; the terminal goes on with it".to_owned())
            }
            Err(error) => Lists::Broken(error),
        }
    }
}

/// Says which segments have no second copy.
pub(crate) fn without_copies(numbers: &[u64]) -> String {
    let mut named: Vec<String> = numbers.iter().take(LISTED).map(u64::to_string).collect();
    if let Some(more) = numbers.len().checked_sub(LISTED).filter(|&more| more > 0) {
        named.push(format!("{more} more"));
    }
    format!("full segments without a second copy: {}", named.join(", "))
}

/// Reads everything and compares it.
pub(crate) fn verify(disk: &dyn Disk, folder: &Path, owner: Owner<'_>, lists: Lists<'_>) -> VerifyReport {
    let mut report = VerifyReport::empty();
    let (mut misfits, mut rotten) = (Vec::new(), Vec::new());
    let copied = copies::numbers(disk, folder).unwrap_or_default();
    let mut expected = Expected::default();
    let packed_to = match &lists {
        Lists::Open(index) => packed::tidied(*index).unwrap_or(0), // then its rows will not fit, and are told
        Lists::Broken(_) | Lists::Unchecked(_) => 0,
    };
    let mut fold = Fold::new(Views::default(), packed_to);
    let mut states = States::new();
    let mut heads = Heads::default();
    let walked = walk(disk, folder, owner, Begin::FIRST, &mut |sight| {
        match sight {
            Sight::Decision(found) => {
                let entry = found.entry()?;
                states.entry(&entry);
                heads.entry(&entry, found.chain);
                let (packed, rows) = fold.rows(&entry, found.raw, &found.place);
                if matches!(lists, Lists::Open(_)) {
                    expected.add(&packed);
                    expected.add(&rows);
                }
                report.entries = found.place.seq;
                report.segments = found.place.segment;
                report.chain_head = found.chain.hex();
            }
            Sight::Checkpoint(seen) => {
                report.checkpoints += 1;
                heads.other(seen.chain);
                if matches!(lists, Lists::Open(_)) && fold.keeps_checkpoint(seen.segment) {
                    expected.add(&seen.rows());
                }
                let parts = checkpoint::decode(seen.body);
                if !parts.is_some_and(|(then, core)| then == fold.views && states.fits(core)) {
                    misfits.push(seen.seq);
                }
            }
            Sight::Full { number, chain } => {
                heads.other(chain);
                if !copied.contains(&number) {
                    report.uncopied.push(number);
                    return Ok(());
                }
                report.copies += 1;
                if copies::differs(disk, folder, number).map_err(StoreError::io("read", folder))? {
                    rotten.push(number);
                }
            }
        }
        Ok(())
    });
    expected.add(&fold.finish());
    if packed_to > 0 {
        expected.add(&vec![rows::tidied_row(packed_to)]);
        expected.tolerate_before(packed_to, fold.packed_up_to());
    }
    report.add_all(misfits.into_iter().map(Finding::Checkpoint));
    report.add_all(states.misreported().into_iter().map(Finding::Shift));
    report.add_all(heads.foreign.into_iter().map(Finding::Head));
    report.have_rotten(rotten);
    let gone = matches!(walked, Ok(None)) && !copied.is_empty();
    let file = segment::file(folder, 1);
    let gone = gone.then(|| Damage { file, offset: 0, seq: 1, flaw: Flaw::SegmentMissing }.into());
    report.ended(gone.map_or(walked, Err));
    report.compare(lists, expected, packed_to, folder);
    report
}

impl VerifyReport {
    fn empty() -> VerifyReport {
        VerifyReport {
            entries: 0,
            segments: 0,
            checkpoints: 0,
            copies: 0,
            chain_head: Chain::START.hex(),
            findings: Vec::new(),
            count: 0,
            unchecked: None,
            uncopied: Vec::new(),
            ends_at: 0,
            rotten: Vec::new(),
            cut_short: false,
        }
    }

    /// Nothing could be looked at.
    pub(crate) fn of(error: StoreError) -> VerifyReport {
        let mut report = VerifyReport::empty();
        report.ended(Err(error));
        report
    }

    fn ended(&mut self, walked: Result<Option<End>, StoreError>) {
        match walked {
            Ok(Some(end)) => {
                (self.segments, self.chain_head) = (end.header.number, end.chain.hex());
                self.ends_at = end.offset;
                if let Some(bytes) = end.torn_bytes() {
                    self.add(Finding::Tail(bytes));
                }
            }
            Ok(None) => {}
            Err(error) => {
                self.cut_short = true;
                self.add(Finding::Journal(error));
            }
        }
    }

    /// The lists are copies of a journal that can be read to its end; what they lack or have beyond a damaged one says
    /// nothing about them.
    fn compare(&mut self, lists: Lists<'_>, expected: Expected, packed_to: u64, folder: &Path) {
        let compared = match lists {
            Lists::Open(_) if self.cut_short => {
                self.unchecked = Some("the journal comes first".to_owned());
                Ok(())
            }
            Lists::Open(index) => self.compare_with(index, expected, packed_to, folder),
            Lists::Broken(error) => Err(error),
            Lists::Unchecked(why) => {
                self.unchecked = Some(why);
                Ok(())
            }
        };
        if let Err(error) = compared {
            self.add(Finding::Index(error));
        }
    }

    fn compare_with(
        &mut self,
        index: &dyn Index,
        expected: Expected,
        packed_to: u64,
        folder: &Path,
    ) -> Result<(), IndexError> {
        let known = index.position()?.map_or(0, |position| position.seq);
        if known > self.entries {
            // Whatever else the lists have is of entries that are gone, and the doctor needs it.
            let file = segment::file(folder, self.segments.max(1));
            let (seq, flaw) = (self.entries + 1, Flaw::Shortened { known });
            self.add(Finding::Journal(Damage { file, offset: self.ends_at, seq, flaw }.into()));
            return Ok(());
        }
        if packed_to > 0 && packed_to >= self.segments {
            self.add(Finding::Row(format!("segment {packed_to} is packed and not full")));
        }
        expected.differences(index, &mut |row| self.add(Finding::Row(row)))
    }

    fn have_rotten(&mut self, copies: Vec<u64>) {
        self.add_all(copies.iter().copied().map(Finding::Copy));
        self.rotten = copies;
    }

    fn add_all(&mut self, findings: impl Iterator<Item = Finding>) {
        findings.for_each(|finding| self.add(finding));
    }

    fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        }
    }
}

/// The checksum of each value that the index should hold.
#[derive(Debug)]
pub(crate) struct Expected {
    rows: BTreeMap<Vec<u8>, u32>,
    /// Packed up to this segment and entry: what is left of them one by one is being taken out.
    packed: (u64, u64),
}

impl Default for Expected {
    fn default() -> Expected {
        let mut expected = Expected { rows: BTreeMap::new(), packed: (0, 0) };
        expected.add(&vec![rows::schema_row()]);
        expected
    }
}

impl Expected {
    pub(crate) fn add(&mut self, rows: &Batch) {
        for (key, value) in rows {
            self.rows.insert(key.clone(), crc32c::crc32c(value));
        }
    }

    /// Rows one by one of packed segments may be there or not.
    pub(crate) fn tolerate_before(&mut self, segment: u64, seq: u64) {
        self.packed = (segment, seq);
    }

    fn is_leftover(&self, key: &[u8]) -> bool {
        let (segment, seq) = self.packed;
        let limit = match key.get(..2) {
            Some(b"e/" | b"s/") => seq,
            Some(b"c/") => segment,
            Some(_) | None => return false,
        };
        rows::first_number(key).is_some_and(|number| number <= limit)
    }

    /// The first key that does not fit, in words.
    pub(crate) fn first_difference(self, index: &dyn Index) -> Result<Option<String>, IndexError> {
        let mut first = None;
        self.differences(index, &mut |row| {
            first.get_or_insert(row);
        })?;
        Ok(first)
    }

    fn differences(mut self, index: &dyn Index, show: &mut dyn FnMut(String)) -> Result<(), IndexError> {
        index.scan(b"", &mut |key, value| match self.rows.remove(key) {
            Some(crc) if crc == crc32c::crc32c(value) => {}
            Some(_) => show(format!("the value of {} is another", key.escape_ascii())),
            None if self.is_leftover(key) => {}
            None => show(format!("{} should not be there", key.escape_ascii())),
        })?;
        for key in self.rows.keys() {
            show(format!("{} is missing", key.escape_ascii()));
        }
        Ok(())
    }
}
