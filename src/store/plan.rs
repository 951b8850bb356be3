//! What the doctor found in a journal and what each segment must become, told so that a person can read it.
//!
//! Invariant: what stands together is told in one line, however many entries it is.

use std::ops::RangeInclusive;

use quickpay_core::id::TerminalId;

/// What the journal must become.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Whose it is; `None` when nothing says so.
    pub(crate) terminal: Option<TerminalId>,
    /// Of the newest segment.
    pub(crate) segment_bytes: u64,
    /// What does not fit, in words.
    pub(crate) found: Vec<String>,
    /// Damaged frames that stand together, and are put back.
    pub(crate) runs: Vec<Run>,
    /// Entries put back.
    pub(crate) restored: Vec<u64>,
    /// Segments to be written anew.
    pub(crate) rewrites: Vec<Rewrite>,
    /// What cannot be put back, in words; then nothing is to be changed.
    pub(crate) hopeless: Vec<String>,
    /// Entries that are nowhere.
    pub(crate) lost: Vec<RangeInclusive<u64>>,
}

/// A segment to be written anew.
#[derive(Debug)]
pub(crate) struct Rewrite {
    pub(crate) number: u64,
    pub(crate) content: Vec<u8>,
}

/// Damaged frames of one segment with nothing good between them.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) segment: u64,
    /// Where the first stands.
    pub(crate) at: usize,
    pub(crate) entries: Vec<u64>,
    pub(crate) checkpoints: u32,
    pub(crate) seal: bool,
}

impl Plan {
    /// What does not fit, in words.
    pub(crate) fn in_words(&self) -> Vec<String> {
        self.found.iter().cloned().chain(self.runs.iter().map(Run::in_words)).collect()
    }
}

impl Run {
    fn in_words(&self) -> String {
        let Run { segment, at, entries, checkpoints, seal } = self;
        let entries = (!entries.is_empty()).then(|| numbered(entries));
        let states = match checkpoints {
            0 => None,
            1 => Some("the checkpoint".to_owned()),
            many => Some(format!("{many} checkpoints")),
        };
        let what: Vec<String> =
            [entries, states, seal.then(|| "the seal".to_owned())].into_iter().flatten().collect();
        let one = self.entries.len() <= 1 && *checkpoints <= 1 && what.len() == 1;
        format!(
            "segment {segment}, byte {at}: {} {} damaged",
            what.join(", "),
            if one { "is" } else { "are" }
        )
    }
}

/// Such as `entry 7` or `entries 3 to 5, 9`; they are in order.
pub(crate) fn numbered(entries: &[u64]) -> String {
    let mut ranges: Vec<RangeInclusive<u64>> = Vec::new();
    for &entry in entries {
        match ranges.last_mut() {
            Some(range) if *range.end() + 1 == entry => *range = *range.start()..=entry,
            Some(_) | None => ranges.push(entry..=entry),
        }
    }
    let words: Vec<String> = ranges
        .iter()
        .map(|range| {
            let (first, last) = (range.start(), range.end());
            if first == last { first.to_string() } else { format!("{first} to {last}") }
        })
        .collect();
    let name = if entries.len() == 1 { "entry" } else { "entries" };
    format!("{name} {}", words.join(", "))
}
