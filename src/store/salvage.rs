//! Reading a damaged journal as far as it makes sense, and planning what each segment must hold.
//!
//! Invariant: nothing here writes. A frame is put back only when its own checksum fits and the chain proves that it
//! stood there; what cannot be proven is reported, never guessed.
//! Deliberately absent: changing files (`doctor.rs`).

use std::collections::BTreeSet;
use std::path::Path;

use quickpay_core::id::TerminalId;
use quickpay_core::record::Record;

use crate::bytes::{len, offset};
use crate::copies;
use crate::disk::Disk;
use crate::draft::Draft;
use crate::error::StoreError;
use crate::frame::{self, Chain, Frame, HEAD, Head, Kind};
use crate::index::{Index, IndexError, Position};
use crate::plan::{Plan, Rewrite, Run};
use crate::rows;
use crate::segment::{self, FORMAT, HEADER, Header, HeaderFlaw, SEAL_VERSION};
use crate::walk::{self, one_append};
use crate::wire;

/// Reads everything; `index` is the witness, if it can be asked.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::Newer`], [`StoreError::Index`] when the machine refuses. Nothing was changed.
pub(crate) fn plan(disk: &dyn Disk, store: &Path, index: Option<&dyn Index>) -> Result<Plan, StoreError> {
    let numbers: BTreeSet<u64> = walk::numbers(disk, store)?.into_iter().collect();
    let position = index.map_or(Ok(None), Index::position);
    let known = match position {
        Ok(position) => position,
        Err(IndexError::Spoilt(_) | IndexError::GivenUp(_)) => None,
        Err(error @ IndexError::Unavailable { .. }) => return Err(error.into()),
    };
    let copied =
        copies::numbers(disk, store).map_err(StoreError::io("list", segment::copies(store)))?.last().copied();
    let witnessed = known.map(|known| known.segment).max(newest_checkpoint(index)).max(copied);
    let last = numbers.last().copied().max(witnessed).unwrap_or(0);
    let plan = Plan::default();
    let (seq, chain, wall_ms) = (0, Chain::START, 0);
    let (in_run, sealed) = (false, false);
    let mut salvage =
        Salvage { disk, store, index, known, numbers, last, plan, seq, chain, wall_ms, in_run, sealed };
    salvage.find_terminal()?;
    for number in 1..=last {
        if !salvage.segment(number)? {
            salvage.count_the_lost()?;
            return Ok(salvage.plan);
        }
    }
    salvage.is_all_there();
    Ok(salvage.plan)
}

struct Salvage<'a> {
    disk: &'a dyn Disk,
    store: &'a Path,
    index: Option<&'a dyn Index>,
    known: Option<Position>,
    numbers: BTreeSet<u64>,
    last: u64,
    plan: Plan,
    /// As far as all is proven.
    seq: u64,
    chain: Chain,
    wall_ms: i64,
    /// The frame before was damaged too.
    in_run: bool,
    /// The segment before ended with its seal.
    sealed: bool,
}

/// How one step at the end of a draft went.
enum Step {
    Taken,
    Sealed,
    End,
    Stuck,
}

impl Salvage<'_> {
    fn read(&self, number: u64) -> Result<Vec<u8>, StoreError> {
        if !self.numbers.contains(&number) {
            return Ok(Vec::new());
        }
        let path = segment::file(self.store, number);
        self.disk.read(&path).map_err(StoreError::io("read", &path))
    }

    /// The second copy of a segment; empty when there is none.
    fn copy(&self, number: u64) -> Result<Vec<u8>, StoreError> {
        let path = segment::copy(self.store, number);
        match self.disk.length(&path).map_err(StoreError::io("look at", &path))? {
            Some(_) => self.disk.read(&path).map_err(StoreError::io("read", &path)),
            None => Ok(Vec::new()),
        }
    }

    fn header(&self, number: u64) -> Result<Option<Header>, StoreError> {
        match Header::decode(&self.read(number)?) {
            Ok(header) => Ok((header.number == number).then_some(header)),
            Err(HeaderFlaw::Unreadable) => Ok(None),
            Err(HeaderFlaw::Newer(found)) => {
                let path = segment::file(self.store, number);
                Err(StoreError::Newer { path, found, known: FORMAT })
            }
        }
    }

    /// Any good header says whose it is; without one the first entry does.
    fn find_terminal(&mut self) -> Result<(), StoreError> {
        for number in self.numbers.clone() {
            if let Some(header) = self.header(number)? {
                self.plan.terminal = Some(header.terminal);
                return Ok(());
            }
        }
        let first = self.read(1)?;
        let frame = first.get(HEADER..).and_then(Frame::decode);
        let own = frame.and_then(|frame| wire::entry(&frame).ok()).and_then(|entry| began(&entry.records));
        let witness = || self.stored(&rows::event_key(1));
        self.plan.terminal = own.or_else(|| {
            let raw = witness()?;
            began(&wire::entry(&Frame::decode(&raw)?).ok()?.records)
        });
        Ok(())
    }

    /// Whether the segment is whole, or can be made so.
    fn segment(&mut self, number: u64) -> Result<bool, StoreError> {
        let original = self.read(number)?;
        let copy = self.copy(number)?;
        if original.is_empty() {
            self.plan.found.push(format!("segment {number} is missing"));
        }
        let Some(header) = self.fitting_header(number, &original, &copy)? else {
            let words = format!("segment {number}: its header is unreadable and cannot be made again");
            self.plan.hopeless.push(words);
            return Ok(false);
        };
        if !original.is_empty() && header.bytes != offset(original.len()) {
            let words = format!("segment {number}: {} bytes instead of {}", original.len(), header.bytes);
            self.plan.found.push(words);
        }
        self.plan.segment_bytes = header.bytes;
        let mut draft = Draft::begin(header, &original, &copy);
        (self.in_run, self.sealed) = (false, false);
        loop {
            match self.step(&mut draft)? {
                Step::Taken => {}
                Step::Sealed => {
                    self.sealed = true;
                    break;
                }
                Step::End => {
                    // a torn tail is the next start's business, a file of the right length stays
                    if draft.kept() && offset(original.len()) == draft.header.bytes {
                        return Ok(true);
                    }
                    break;
                }
                Step::Stuck => {
                    let at = draft.content.len();
                    let words =
                        format!("segment {number}, byte {at}: no proof of what followed entry {}", self.seq);
                    self.plan.hopeless.push(words);
                    return Ok(false);
                }
            }
        }
        draft.content.resize(len(draft.header.bytes), 0);
        if draft.content != original {
            if draft.frames > 0 && draft.original_differs_only_behind() {
                self.plan.found.push(format!("segment {number}: bytes behind its end"));
            }
            self.plan.rewrites.push(Rewrite { number, content: draft.content });
        }
        Ok(true)
    }

    /// The segment's header as it must be; `None` when nobody knows whose it was.
    fn fitting_header(
        &mut self,
        number: u64,
        original: &[u8],
        copy: &[u8],
    ) -> Result<Option<Header>, StoreError> {
        let fits = |header: &Header| header.first_seq == self.seq + 1 && header.previous == self.chain;
        let found = self.header(number)?.filter(fits);
        if found.is_some() {
            return Ok(found);
        }
        if !original.is_empty() {
            self.plan.found.push(format!("segment {number}: its header is damaged"));
        }
        let second = Header::decode(copy).ok().filter(|header| header.number == number && fits(header));
        if let Some(header) = second {
            self.plan.terminal.get_or_insert_with(|| header.terminal.clone());
            return Ok(Some(header));
        }
        let mut neighbour = self.header(number + 1)?;
        if neighbour.is_none() && number > 1 {
            neighbour = self.header(number - 1)?;
        }
        let own = original.get(16..32).and_then(|name| std::str::from_utf8(name).ok());
        let own = own.and_then(|name| TerminalId::parse(name.trim_end_matches('\0')).ok());
        let make = |terminal: TerminalId, format| {
            let own = if original.is_empty() { self.plan.segment_bytes } else { offset(original.len()) };
            let bytes = neighbour.as_ref().map_or(own, |header| header.bytes);
            let (first_seq, previous) = (self.seq + 1, self.chain);
            Header { format, terminal, number, first_seq, bytes, previous }
        };
        // The damaged one's own words count where the rest proves them: all but the checksum, or the checksum.
        let proven = |header: &Header| {
            let made = header.encode();
            let same = |range: std::ops::Range<usize>| made.get(range.clone()) == original.get(range);
            same(12..16) || (same(0..12) && same(16..HEADER))
        };
        let names = self.plan.terminal.iter().chain(&own);
        let candidates = names.flat_map(|name| (1..=FORMAT).map(|format| make(name.clone(), format)));
        if let Some(header) = candidates.into_iter().find(proven) {
            self.plan.terminal.get_or_insert_with(|| header.terminal.clone());
            return Ok(Some(header));
        }
        let format = neighbour.as_ref().map_or(FORMAT, |header| header.format);
        Ok(self.plan.terminal.clone().map(|terminal| make(terminal, format)))
    }

    fn step(&mut self, draft: &mut Draft<'_>) -> Result<Step, StoreError> {
        if let Some(frame) = draft.next().filter(|frame| frame.follows(self.chain)) {
            let next = match frame.kind {
                Some(Kind::Decision) => frame.seq == self.seq + 1,
                Some(Kind::Checkpoint) => frame.seq == self.seq,
                Some(Kind::Seal) => frame.seq == self.seq && draft.seal_fits(&frame),
                None => {
                    let path = segment::file(self.store, draft.header.number);
                    return Err(StoreError::Newer { path, found: FORMAT + 1, known: FORMAT });
                }
            };
            if next {
                self.in_run = false;
                self.take(draft, &frame);
                return Ok(if frame.kind == Some(Kind::Seal) { Step::Sealed } else { Step::Taken });
            }
        }
        if self.is_the_end(draft) {
            return Ok(Step::End);
        }
        self.put_back(draft)
    }

    fn take(&mut self, draft: &mut Draft<'_>, frame: &Frame<'_>) {
        draft.push(frame.raw);
        (self.seq, self.chain, self.wall_ms) = (frame.seq, frame.chain, frame.wall_ms);
    }

    /// Whether nothing more was ever recorded: zeros or a torn append, and no witness of a later entry. In a file cut
    /// short right here the witness must say so itself.
    fn is_the_end(&self, draft: &Draft<'_>) -> bool {
        let witnessed = self.known.is_some_and(|known| known.seq <= self.seq);
        let contradicted = self.known.is_some_and(|known| known.seq > self.seq);
        if draft.header.number != self.last || contradicted {
            return false;
        }
        let at = offset(draft.content.len());
        let checkpoint = self.stored_checkpoint(draft.header.number, at);
        if checkpoint.is_some_and(|raw| self.follows(&raw, Kind::Checkpoint, self.seq)) {
            return false;
        }
        let rest = draft.original.get(draft.content.len()..).unwrap_or_default();
        let Some(written) = rest.iter().rposition(|&byte| byte != 0).and_then(|last| rest.get(..=last))
        else {
            return rest.len() >= HEAD || witnessed;
        };
        let torn = written.len() <= one_append(&draft.header) && !frame::any_good_after(written, self.seq);
        torn && (witnessed || offset(draft.original.len()) == draft.header.bytes)
    }

    /// Finds the frame that stood at the draft's end, with proof.
    fn put_back(&mut self, draft: &mut Draft<'_>) -> Result<Step, StoreError> {
        let (number, at, seq) = (draft.header.number, draft.content.len(), self.seq);
        let candidates = self.decisions(draft, seq + 1);
        if let Some(raw) = candidates.iter().find(|raw| self.follows(raw, Kind::Decision, seq + 1)) {
            self.is_damaged(draft, |run| run.entries.push(seq + 1));
            self.plan.restored.push(seq + 1);
            return Ok(self.take_raw(draft, raw, Step::Taken));
        }
        let second = draft.copy.get(at..).and_then(Frame::decode).map(|frame| frame.raw.to_vec());
        let checkpoints = self.stored_checkpoint(number, offset(at)).into_iter().chain(second);
        if let Some(raw) = checkpoints.into_iter().find(|raw| self.follows(raw, Kind::Checkpoint, seq)) {
            self.is_damaged(draft, |run| run.checkpoints += 1);
            return Ok(self.take_raw(draft, &raw, Step::Taken));
        }
        if let Some(raw) = self.seal_again(draft, &candidates)? {
            self.is_damaged(draft, |run| run.seal = true);
            return Ok(self.take_raw(draft, &raw, Step::Sealed));
        }
        Ok(Step::Stuck)
    }

    /// The frame at the draft's end is damaged, and is told with those right before it that are.
    fn is_damaged(&mut self, draft: &Draft<'_>, tell: impl FnOnce(&mut Run)) {
        let goes_on = std::mem::replace(&mut self.in_run, true);
        let new = || Run { segment: draft.header.number, at: draft.content.len(), ..Run::default() };
        let mut run = self.plan.runs.pop_if(|_| goes_on).unwrap_or_else(new);
        tell(&mut run);
        self.plan.runs.push(run);
    }

    /// A last segment that is only there as a copy had a successor, and without the index nobody knows what that held.
    fn is_all_there(&mut self) {
        if self.sealed && self.known.is_none() && self.last > 0 && !self.numbers.contains(&self.last) {
            let words = format!(
                "segment {}, and with it all that followed entry {}, is nowhere",
                self.last + 1,
                self.seq
            );
            self.plan.hopeless.push(words);
        }
    }

    fn take_raw(&mut self, draft: &mut Draft<'_>, raw: &[u8], step: Step) -> Step {
        let Some(frame) = Frame::decode(raw) else { return Step::Stuck };
        self.take(draft, &frame);
        step
    }

    fn follows(&self, raw: &[u8], kind: Kind, seq: u64) -> bool {
        Frame::decode(raw)
            .is_some_and(|frame| frame.kind == Some(kind) && frame.seq == seq && frame.follows(self.chain))
    }

    /// What may be the decision of this number: from the index, or from another place in the file.
    fn decisions(&self, draft: &mut Draft<'_>, seq: u64) -> Vec<Vec<u8>> {
        let mut found: Vec<Vec<u8>> = self.stored(&rows::event_key(seq)).into_iter().collect();
        let elsewhere = draft.pool().get(&seq).into_iter().flatten();
        found.extend(elsewhere.map(|raw| raw.to_vec()));
        found
    }

    /// A value of the index; what it cannot give, it does not know.
    fn stored(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.index?.get(key).ok().flatten()?;
        rows::unseal("a frame", &value).ok().map(<[u8]>::to_vec)
    }

    fn stored_checkpoint(&self, segment: u64, offset: u64) -> Option<Vec<u8>> {
        let mut raw = Vec::new();
        let mut whole = true;
        let prefix = rows::checkpoint_prefix(segment, offset);
        let scanned = self.index?.scan(&prefix, &mut |_, value| match rows::unseal("a checkpoint", value) {
            Ok(part) => raw.extend_from_slice(part),
            Err(_) => whole = false,
        });
        (scanned.is_ok() && whole && !raw.is_empty()).then_some(raw)
    }

    /// A seal is made again from what it seals. Its time is that of the decision before or after it; the next
    /// segment's header, or the next decision, proves it.
    fn seal_again(&self, draft: &Draft<'_>, next: &[Vec<u8>]) -> Result<Option<Vec<u8>>, StoreError> {
        let second = draft.copy.get(draft.content.len()..).and_then(Frame::decode);
        let own = second.filter(|frame| frame.kind == Some(Kind::Seal) && frame.seq == self.seq);
        if let Some(frame) = own.filter(|frame| frame.follows(self.chain) && draft.seal_fits(frame)) {
            return Ok(Some(frame.raw.to_vec()));
        }
        let body = serde_json::to_vec(&draft.seal()).unwrap_or_default();
        let header = self.header(draft.header.number + 1)?;
        let behind = self.read(draft.header.number + 1)?;
        let first = behind.get(HEADER..).and_then(Frame::decode).map(|frame| frame.wall_ms);
        let next: Vec<Frame<'_>> = next.iter().filter_map(|raw| Frame::decode(raw)).collect();
        let own = draft.original.get(draft.content.len() + 20..).and_then(|rest| rest.first_chunk::<8>());
        let times = next.iter().map(|frame| frame.wall_ms).chain(first).chain([self.wall_ms]);
        let times = times.chain(own.map(|bytes| i64::from_le_bytes(*bytes)));
        for wall_ms in times {
            let head = Head { seq: self.seq, kind: Kind::Seal, version: SEAL_VERSION, wall_ms };
            let Some(seal) = frame::encode(self.chain, head, &body) else { continue };
            let proven = header.as_ref().is_some_and(|header| header.previous == seal.chain)
                || next.iter().any(|frame| frame.follows(seal.chain));
            if proven {
                return Ok(Some(seal.raw));
            }
        }
        Ok(None)
    }

    /// Which entries are in no file and not in the index.
    fn count_the_lost(&mut self) -> Result<(), StoreError> {
        let mut there: BTreeSet<u64> = (1..=self.seq).collect();
        for number in self.numbers.clone() {
            let content = self.read(number)?;
            let decisions = frame::all_good(content.get(HEADER..).unwrap_or_default());
            let copy = self.copy(number)?;
            let copied = frame::all_good(copy.get(HEADER..).unwrap_or_default());
            let decisions = decisions.into_iter().chain(copied);
            let decisions = decisions.filter(|frame| frame.kind == Some(Kind::Decision));
            there.extend(decisions.map(|frame| frame.seq));
            there.extend(self.header(number)?.and_then(|header| header.first_seq.checked_sub(1)));
        }
        let end = there.last().copied().max(self.known.map(|known| known.seq)).unwrap_or(0);
        let is_lost = |seq: &u64| !there.contains(seq) && self.stored(&rows::event_key(*seq)).is_none();
        let lost: Vec<u64> = (self.seq + 1..=end).filter(is_lost).collect();
        for seq in lost {
            match self.plan.lost.last_mut() {
                Some(range) if *range.end() + 1 == seq => *range = *range.start()..=seq,
                Some(_) | None => self.plan.lost.push(seq..=seq),
            }
        }
        Ok(())
    }
}

/// The segment of the newest checkpoint that the index has.
fn newest_checkpoint(index: Option<&dyn Index>) -> Option<u64> {
    let mut newest = None;
    let scanned = index?.scan(b"c/", &mut |key, _| {
        newest = key.get(2..).and_then(|key| key.first_chunk::<8>()).map(|bytes| u64::from_be_bytes(*bytes));
    });
    scanned.ok().and(newest)
}

fn began(records: &[Record]) -> Option<TerminalId> {
    records.iter().find_map(|record| {
        if let Record::JournalBegan { terminal, .. } = record { Some(terminal.clone()) } else { None }
    })
}
