//! What a start reads of the journal: everything, or what follows the newest checkpoint that can be used.
//!
//! Invariant: with or without a checkpoint the fold ends in the same place; each entry is handed on as it is read, so that
//! memory follows one segment and never history.

use crate::bytes::{len, offset};
use crate::checkpoint::{self, Checkpoint};
use crate::error::StoreError;
use crate::frame::{Frame, HEAD, Kind};
use crate::index::{Batch, Position};
use crate::replay::Replay;
use crate::rows::Views;
use crate::segment::{self, FORMAT_WITH_CHECKPOINTS, HEADER, Header};
use crate::shelf::Source;
use crate::sight::{Seen, Sight};
use crate::tally::Inside;
use crate::walk::{Begin, End, Owner, numbers, walk};
use crate::window::Window;

/// How often the whole journal is read at most: whoever replays asks once more when he has learnt what to keep.
const WHOLE_READS: usize = 3;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Start {
    /// Where the replay began; `None` is before the first entry.
    pub(crate) begun: Option<Place>,
    /// Entries handed on.
    pub(crate) entries: u64,
    /// Whether there is a newer checkpoint than that.
    pub(crate) passed_over: bool,
    pub(crate) places: Places,
    /// Of the checkpoints behind the last decision, which the index may lack.
    pub(crate) last_rows: Batch,
    /// As of the last entry.
    pub(crate) views: Views,
    /// From where the index can be filled up: the checkpoint, and the beginning of each segment behind it.
    bases: Vec<Base>,
    newest: Option<Place>,
}

/// Where a checkpoint lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The last decision before it.
    pub(crate) seq: u64,
    segment: u64,
    offset: u64,
}

/// A checkpoint that serves.
#[derive(Debug, Clone, Copy)]
struct Serving {
    place: Place,
    /// How the walk can begin right there, and not with the segment's header.
    inside: Option<Inside>,
}

/// A place from which rows can be made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Base {
    /// The last decision before it.
    pub(crate) seq: u64,
    /// The next one is in this segment or a later one.
    pub(crate) segment: u64,
    /// As of there.
    pub(crate) views: Views,
}

/// Where the decisions of the newest segment lie.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The number of the decision before the first of them.
    before: u64,
    read: Vec<Position>,
}

/// What is known of a decision's place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whereabouts<'a> {
    /// There is no such decision.
    Nowhere,
    /// Before what is known.
    Before,
    /// Here.
    At(&'a Position),
    /// Behind the end of the journal.
    Beyond,
}

impl Places {
    pub(crate) fn of(&self, seq: u64) -> Whereabouts<'_> {
        if seq == 0 {
            return Whereabouts::Nowhere;
        }
        let Some(index) = seq.checked_sub(self.before + 1) else { return Whereabouts::Before };
        self.read.get(len(index)).map_or(Whereabouts::Beyond, Whereabouts::At)
    }

    /// The number of the last decision.
    pub(crate) fn last(&self) -> u64 {
        self.read.last().map_or(self.before, |place| place.seq)
    }

    fn add(&mut self, place: Position) {
        if self.read.last().is_none_or(|last| last.segment != place.segment) {
            self.before = place.seq - 1;
            self.read.clear();
        }
        self.read.push(place);
    }
}

impl Start {
    /// Reads the journal and hands it to `replay`, from the newest checkpoint on that serves, if that is wanted.
    ///
    /// # Errors
    /// As [`walk`]; nothing was changed.
    pub(crate) fn read(
        source: &Source,
        from_checkpoint: bool,
        replay: &mut dyn Replay,
    ) -> Result<(Start, Option<End>), StoreError> {
        let mut from = if from_checkpoint { newest_that_serves(source, replay)? } else { None };
        if from.is_none() {
            replay.begin(None);
        }
        let mut reads = 0;
        loop {
            let (mut start, end) = Start::follow(source, from, replay)?;
            let again = replay.again() || start.begun != from.map(|serving| serving.place);
            reads += 1;
            if !again || reads > WHOLE_READS {
                start.passed_over = start.newest != start.begun;
                if let Some(end) = end.as_ref().filter(|_| start.places.read.is_empty()) {
                    start.places.before = end.seq;
                }
                return Ok((start, end));
            }
            tracing::warn!(
                begun_at = from.map_or(0, |serving| serving.place.seq),
                "the whole journal is read once more"
            );
            from = None;
            replay.begin(None);
        }
    }

    /// The last place from which rows can be made for an index that knows this entry; where it can be, one from which
    /// that entry is met once more.
    pub(crate) fn base(&self, known: u64) -> Option<&Base> {
        let first = self.bases.first().filter(|base| base.seq <= known);
        self.bases.iter().rev().find(|base| base.seq < known).or(first)
    }

    fn follow(
        source: &Source,
        from: Option<Serving>,
        replay: &mut dyn Replay,
    ) -> Result<(Start, Option<End>), StoreError> {
        let Source { disk, folder, terminal } = source;
        let mut start = Start::default();
        let begin = match from {
            None => Begin::FIRST,
            Some(Serving { place, inside: None }) => Begin::Segment(place.segment),
            Some(Serving { inside: Some(inside), .. }) => {
                start.places.add(inside.last);
                Begin::Inside(inside)
            }
        };
        let from = from.map(|serving| serving.place);
        let covered = from.map_or(0, |place| place.seq);
        let end = walk(&**disk, folder, Owner::Only(terminal), begin, &mut |sight| {
            match sight {
                Sight::Decision(found) => {
                    start.places.add(found.place);
                    start.last_rows.clear();
                    if found.place.seq > covered {
                        start.base_at(&found.place);
                        let entry = found.entry()?;
                        start.views.follow(&entry);
                        start.entries += 1;
                        replay.take(entry);
                    }
                }
                Sight::Checkpoint(seen) => {
                    start.last_rows.extend(seen.rows());
                    start.met(&seen, from);
                }
                Sight::Full { .. } => {}
            }
            Ok(())
        })?;
        Ok((start, end))
    }

    fn base_at(&mut self, place: &Position) {
        if self.bases.last().is_none_or(|base| base.segment != place.segment) {
            let Position { seq, segment, .. } = *place;
            self.bases.push(Base { seq: seq - 1, segment, views: self.views.clone() });
        }
    }

    fn met(&mut self, seen: &Seen<'_>, from: Option<Place>) {
        let place = Place { seq: seen.seq, segment: seen.segment, offset: seen.offset };
        self.newest = Some(place);
        if from == Some(place)
            && let Some((views, _)) = checkpoint::decode(seen.body)
        {
            (self.begun, self.views) = (from, views.clone());
            self.bases.push(Base { seq: place.seq, segment: place.segment, views });
        }
    }
}

/// Offers the checkpoints to `replay`, the newest first; the first that it begins at.
///
/// # Errors
/// [`StoreError::Io`]
fn newest_that_serves(source: &Source, replay: &mut dyn Replay) -> Result<Option<Serving>, StoreError> {
    let Source { disk, folder, .. } = source;
    let numbers = numbers(&**disk, folder)?;
    let newest = numbers.last().copied();
    for number in numbers.into_iter().rev() {
        let path = segment::file(folder, number);
        let io = || StoreError::io("read", &path);
        let mut window = Window::open(&**disk, &path).map_err(io())?;
        match Header::decode(window.bytes(0, HEADER).map_err(io())?) {
            Ok(header) if header.format >= FORMAT_WITH_CHECKPOINTS => {}
            Ok(_) | Err(_) => break, // formats only go up; what is wrong here the walk tells
        }
        let Outline { checkpoints, sealed } = Outline::of(&mut window).map_err(io())?;
        for spot in checkpoints.into_iter().rev() {
            // A torn one may stand behind a whole one.
            let Some(frame) = window.frame(spot.at).map_err(io())? else { continue };
            if serves(&frame, replay) {
                let place = Place { seq: frame.seq, segment: number, offset: spot.at };
                // A seal is held against all that it seals.
                let inside = if newest == Some(number) && !sealed {
                    spot.inside(&mut window, number).map_err(io())?
                } else {
                    None
                };
                return Ok(Some(Serving { place, inside }));
            }
        }
    }
    Ok(None)
}

fn serves(frame: &Frame<'_>, replay: &mut dyn Replay) -> bool {
    let readable = frame.version <= checkpoint::VERSION;
    let Some((_, core)) = checkpoint::decode(frame.body).filter(|_| readable) else { return false };
    replay.begin(Some(&Checkpoint { seq: frame.seq, body: core.to_vec() }))
}

/// Where the checkpoints of a segment lie. All frames are hopped over by their lengths, unchecked.
#[derive(Debug, Default)]
struct Outline {
    checkpoints: Vec<Spot>,
    sealed: bool,
}

/// Where a checkpoint lies, and what stands before it in its segment.
#[derive(Debug, Clone, Copy)]
struct Spot {
    at: u64,
    /// The frame right before it.
    before: Option<u64>,
    /// The last decision before it.
    decision: Option<u64>,
}

impl Outline {
    fn of(window: &mut Window) -> std::io::Result<Outline> {
        let mut outline = Outline::default();
        let (mut at, mut before, mut decision) = (offset(HEADER), None, None);
        while let Some((len, kind)) = Frame::outline(window.bytes(at, HEAD)?) {
            match kind {
                Some(Kind::Checkpoint) => outline.checkpoints.push(Spot { at, before, decision }),
                Some(Kind::Decision) => decision = Some(at),
                Some(Kind::Seal) => outline.sealed = true,
                None => {}
            }
            before = Some(at);
            at += offset(HEAD + len);
        }
        Ok(outline)
    }
}

impl Spot {
    /// What the checkpoint's link is held against, when the frames before it prove themselves; else the walk begins with
    /// the segment and finds what is wrong.
    fn inside(self, window: &mut Window, segment: u64) -> std::io::Result<Option<Inside>> {
        let Spot { at, before: Some(before), decision: Some(decision) } = self else { return Ok(None) };
        let Some((seq, chain)) = window.frame(before)?.map(|frame| (frame.seq, frame.chain)) else {
            return Ok(None);
        };
        let last =
            window.frame(decision)?.filter(|last| last.kind == Some(Kind::Decision) && last.seq == seq);
        let Some(crc) = last.map(|last| last.crc) else { return Ok(None) };
        let last = Position { seq, segment, offset: decision, crc };
        Ok(Some(Inside { offset: at, chain, last }))
    }
}
