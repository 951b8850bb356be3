//! Reading the journal from its first frame to its last, and telling what its end means.
//!
//! Invariant: nothing here writes. Bytes behind the last good frame are a torn tail only when they can be the one
//! append that was under way: within one frame's length, in the newest segment, and with no good frame behind them;
//! everything else that does not fit is damage (storage rules, section 4).

use std::path::Path;

use crate::bytes::{len, offset};
use crate::checkpoint;
use crate::disk::Disk;
use crate::error::{Damage, Flaw, StoreError};
use crate::frame::{self, Chain, DECISION_LIMIT, Frame, HEAD, Kind};
use crate::index::Position;
use crate::segment::{self, FORMAT, FORMAT_WITH_CHECKPOINTS, HEADER, Header, HeaderFlaw, SEAL_VERSION, Seal};
use crate::sight::{Found, Seen, Sight};
use crate::tally::{Inside, Tally};
use crate::window::Window;
use crate::wire;
use quickpay_core::id::TerminalId;

/// How the newest segment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Zeros follow the last frame.
    Clean,
    /// A seal; the next segment was not made yet.
    Sealed,
    /// An append was cut short; this many bytes up to the last one that is not zero.
    Torn(u64),
}

/// The end of the journal, from which it can be continued.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// Of the newest segment.
    pub(crate) header: Header,
    /// Where its next frame goes.
    pub(crate) offset: u64,
    /// The last decision.
    pub(crate) seq: u64,
    /// The value the next frame links to.
    pub(crate) chain: Chain,
    /// Of the newest segment up to `offset`.
    pub(crate) tally: Tally,
    /// The newest segment's last frame and its place.
    pub(crate) last: Option<(u64, Vec<u8>)>,
    pub(crate) ending: Ending,
    /// The time in the last frame.
    pub(crate) wall_ms: i64,
    pub(crate) checkpoints: Checkpoints,
}

/// What a writer must know of the checkpoints so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Checkpoints {
    /// Decisions since the last one.
    pub(crate) since: u64,
    /// Whether the newest segment has one.
    pub(crate) here: bool,
}

/// Where a walk begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Begin {
    /// With the first frame of this segment; what stands before is trusted as the segment's header names it.
    Segment(u64),
    /// With a checkpoint of the newest segment; what stands before it there is for [`walk_to`].
    Inside(Inside),
}

impl Begin {
    /// Before everything.
    pub(crate) const FIRST: Begin = Begin::Segment(1);

    fn segment(self) -> u64 {
        match self {
            Begin::Segment(number) => number,
            Begin::Inside(place) => place.last.segment,
        }
    }
}

/// Whether the terminal's name in the headers is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// It must be this one.
    Only(&'a TerminalId),
    /// Any, but the same throughout.
    Any,
}

/// Reads all segments from this place on in order and shows each decision and checkpoint; `None` when there is no
/// journal yet.
///
/// # Errors
/// [`StoreError::Damaged`] at the first thing that does not fit, with all before it already shown;
/// [`StoreError::Newer`], [`StoreError::OtherTerminal`], [`StoreError::Io`]. Nothing was changed.
pub(crate) fn walk(
    disk: &dyn Disk,
    store: &Path,
    owner: Owner<'_>,
    from: Begin,
    show: &mut dyn FnMut(Sight<'_>) -> Result<(), StoreError>,
) -> Result<Option<End>, StoreError> {
    let mut end: Option<End> = None;
    for (number, expected) in numbers(disk, store)?.into_iter().zip(1_u64..) {
        let path = segment::file(store, expected);
        if number != expected {
            let seq = end.as_ref().map_or(1, |end| end.seq + 1);
            return Err(Damage { file: path, offset: 0, seq, flaw: Flaw::SegmentMissing }.into());
        }
        if number < from.segment() {
            continue;
        }
        let mut window = Window::open(disk, &path).map_err(StoreError::io("read", &path))?;
        let mut reader = Reader::begin(&path, &mut window, number, end.as_ref(), owner)?;
        if let Begin::Inside(place) = from
            && place.last.segment == number
        {
            reader.hop_to(place);
        }
        reader.frames(&mut window, show)?;
        if reader.end.ending == Ending::Sealed {
            show(Sight::Full { number, chain: reader.end.chain })?;
        }
        end = Some(reader.end);
    }
    Ok(end)
}

/// Reads one segment by itself: its frames are held against its own header, which is trusted.
///
/// # Errors
/// As [`walk`].
pub(crate) fn walk_one(
    disk: &dyn Disk,
    store: &Path,
    owner: Owner<'_>,
    number: u64,
    show: &mut dyn FnMut(Sight<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let path = segment::file(store, number);
    let mut window = Window::open(disk, &path).map_err(StoreError::io("read", &path))?;
    Reader::begin(&path, &mut window, number, None, owner)?.frames(&mut window, show)
}

/// Reads what stands before this place in its segment, up to there and no further.
///
/// # Errors
/// As [`walk`]; [`StoreError::Damaged`] also when it does not lead to that place.
pub(crate) fn walk_to(
    disk: &dyn Disk,
    store: &Path,
    owner: Owner<'_>,
    place: &Inside,
) -> Result<Tally, StoreError> {
    let number = place.last.segment;
    let path = segment::file(store, number);
    let mut window = Window::open(disk, &path).map_err(StoreError::io("read", &path))?;
    let mut reader = Reader::begin(&path, &mut window, number, None, owner)?;
    reader.stop_at = place.offset;
    reader.frames(&mut window, &mut |_| Ok(()))?;
    if reader.end.offset != place.offset {
        return Err(reader.damage(Flaw::Frame));
    }
    if reader.end.chain != place.chain || reader.end.seq != place.last.seq {
        return Err(reader.damage(Flaw::Chain));
    }
    Ok(reader.end.tally)
}

/// The numbers of the segments that are there, in order.
///
/// # Errors
/// [`StoreError::Io`]
pub(crate) fn numbers(disk: &dyn Disk, store: &Path) -> Result<Vec<u64>, StoreError> {
    let folder = segment::folder(store);
    let names = disk.names(&folder).map_err(StoreError::io("list", &folder))?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment::number_of(name)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// One segment being read.
struct Reader<'a> {
    path: &'a Path,
    /// Nothing is read from here on.
    stop_at: u64,
    end: End,
}

impl<'a> Reader<'a> {
    fn begin(
        path: &'a Path,
        window: &mut Window,
        number: u64,
        before: Option<&End>,
        owner: Owner<'_>,
    ) -> Result<Reader<'a>, StoreError> {
        let (mut seq, mut chain, sealed) =
            before.map_or((0, Chain::START, Ending::Sealed), |end| (end.seq, end.chain, end.ending));
        let since = before.map_or(0, |end| end.checkpoints.since);
        let wall_ms = before.map_or(0, |end| end.wall_ms);
        let damage = |seq: u64, offset, flaw| -> StoreError {
            Damage { file: path.to_path_buf(), offset, seq: seq + 1, flaw }.into()
        };
        if sealed != Ending::Sealed {
            return Err(damage(seq, 0, Flaw::NotSealed));
        }
        let length = window.length();
        let raw = window.bytes(0, HEADER).map_err(StoreError::io("read", path))?;
        let header = Header::decode(raw).map_err(|flaw| match flaw {
            HeaderFlaw::Unreadable => damage(seq, 0, Flaw::Header),
            HeaderFlaw::Newer(found) => newer(path, found),
        })?;
        let wanted = match owner {
            Owner::Only(terminal) => terminal,
            Owner::Any => before.map_or(&header.terminal, |end| &end.header.terminal),
        };
        if header.terminal != *wanted {
            let (found, wanted) = (header.terminal.to_string(), wanted.to_string());
            return Err(StoreError::OtherTerminal { path: path.to_path_buf(), found, wanted });
        }
        if before.is_none() && number > 1 {
            (seq, chain) = (header.first_seq.saturating_sub(1), header.previous);
        }
        if header.number != number || header.first_seq != seq + 1 || header.previous != chain {
            return Err(damage(seq, 0, Flaw::HeaderLink));
        }
        if header.bytes != length {
            let (found, expected) = (length, header.bytes);
            return Err(damage(seq, found.min(expected), Flaw::Length { found, expected }));
        }
        let tally = Tally::begin(raw);
        let (offset, last, ending) = (offset(HEADER), None, Ending::Clean);
        let checkpoints = Checkpoints { since, here: false };
        let end = End { header, offset, seq, chain, tally, last, ending, wall_ms, checkpoints };
        Ok(Reader { path, stop_at: u64::MAX, end })
    }

    /// Goes on from there, and not from the header.
    fn hop_to(&mut self, place: Inside) {
        (self.end.offset, self.end.seq, self.end.chain) = (place.offset, place.last.seq, place.chain);
        self.end.tally = Tally::inside(place);
    }

    fn frames(
        &mut self,
        window: &mut Window,
        show: &mut dyn FnMut(Sight<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut looked_again = false;
        while self.end.offset < self.stop_at {
            let Some(frame) = window.frame(self.end.offset).map_err(StoreError::io("read", self.path))?
            else {
                if !std::mem::replace(&mut looked_again, true) {
                    window.look_again(); // whoever reads beside a running terminal
                    continue;
                }
                self.end.ending = self.ending(window)?;
                return Ok(());
            };
            looked_again = false;
            self.fits(&frame)?;
            match frame.kind {
                Some(Kind::Seal) => {
                    self.seal(&frame)?;
                    return self.nothing_behind(window);
                }
                Some(Kind::Checkpoint) => {
                    if frame.version > checkpoint::VERSION {
                        return Err(newer(self.path, frame.version));
                    }
                    let (segment, offset) = (self.end.header.number, self.end.offset);
                    let Frame { seq, chain, raw, body, .. } = frame;
                    let seen = Seen { seq, segment, offset, chain, raw, body };
                    show(Sight::Checkpoint(seen))?;
                    self.step(&frame);
                    self.end.checkpoints = Checkpoints { since: 0, here: true };
                }
                Some(Kind::Decision) => {
                    let found = self.decision(&frame)?;
                    show(Sight::Decision(found))?;
                    self.step(&frame);
                    self.end.checkpoints.since += 1;
                }
                None => return Err(newer(self.path, FORMAT + 1)),
            }
        }
        Ok(())
    }

    /// Its number and its link.
    fn fits(&self, frame: &Frame<'_>) -> Result<(), StoreError> {
        let expected = match frame.kind {
            Some(Kind::Decision) | None => self.end.seq + 1,
            Some(Kind::Checkpoint | Kind::Seal) => self.end.seq,
        };
        if frame.seq != expected && frame.kind.is_some() {
            return Err(self.damage(Flaw::Seq { found: frame.seq }));
        }
        if !frame.follows(self.end.chain) {
            return Err(self.damage(Flaw::Chain));
        }
        Ok(())
    }

    fn decision<'f>(&'f self, frame: &Frame<'f>) -> Result<Found<'f>, StoreError> {
        if frame.version > wire::VERSION {
            return Err(newer(self.path, frame.version));
        }
        let (segment, offset) = (self.end.header.number, self.end.offset);
        let place = Position { seq: frame.seq, segment, offset, crc: frame.crc };
        let terminal = &self.end.header.terminal;
        let (raw, chain, frame, path) = (frame.raw, frame.chain, *frame, self.path);
        Ok(Found { place, raw, chain, terminal, frame, path })
    }

    fn seal(&mut self, frame: &Frame<'_>) -> Result<(), StoreError> {
        if frame.version > SEAL_VERSION {
            return Err(newer(self.path, frame.version));
        }
        let seal: Seal =
            serde_json::from_slice(frame.body).map_err(|error| self.damage(Flaw::Body(error.to_string())))?;
        if self.end.tally.seal() != Some(seal) {
            return Err(self.damage(Flaw::Seal));
        }
        self.step(frame);
        self.end.ending = Ending::Sealed;
        Ok(())
    }

    fn nothing_behind(&self, window: &mut Window) -> Result<(), StoreError> {
        let End { offset, seq, last, .. } = &self.end;
        if window.last_written(*offset).map_err(StoreError::io("read", self.path))?.is_none() {
            return Ok(());
        }
        let offset = last.as_ref().map_or(*offset, |(seal, _)| *seal);
        Err(Damage { file: self.path.to_path_buf(), offset, seq: seq + 1, flaw: Flaw::Seal }.into())
    }

    fn step(&mut self, frame: &Frame<'_>) {
        let (at, raw) = self.end.last.get_or_insert_default();
        *at = self.end.offset;
        raw.clear();
        raw.extend_from_slice(frame.raw);
        self.end.offset += offset(frame.raw.len());
        self.end.seq = frame.seq;
        self.end.chain = frame.chain;
        self.end.tally.add(frame.raw);
        self.end.wall_ms = frame.wall_ms;
    }

    /// What bytes that are no frame mean.
    fn ending(&self, window: &mut Window) -> Result<Ending, StoreError> {
        let io = || StoreError::io("read", self.path);
        let from = self.end.offset;
        let Some(last) = window.last_written(from).map_err(io())? else { return Ok(Ending::Clean) };
        let written = last + 1 - from;
        let one_append = one_append(&self.end.header);
        if len(written) > one_append
            || frame::any_good_after(window.bytes(from, len(written)).map_err(io())?, self.end.seq)
        {
            return Err(self.damage(Flaw::Frame));
        }
        Ok(Ending::Torn(written))
    }

    fn damage(&self, flaw: Flaw) -> StoreError {
        let (offset, seq) = (self.end.offset, self.end.seq + 1);
        Damage { file: self.path.to_path_buf(), offset, seq, flaw }.into()
    }
}

/// The most that one append can leave behind in this segment: a seal is shorter than a decision, a checkpoint longer.
pub(crate) fn one_append(header: &Header) -> usize {
    let checkpoints = header.format >= FORMAT_WITH_CHECKPOINTS;
    HEAD + if checkpoints {
        segment::checkpoint_limit(header.bytes).max(DECISION_LIMIT)
    } else {
        DECISION_LIMIT
    }
}

fn newer(path: &Path, found: u16) -> StoreError {
    StoreError::Newer { path: path.to_path_buf(), found, known: FORMAT }
}
