//! A segment being put together from its two files: what is proven so far, and what they still offer.
//!
//! Invariant: a draft begins with its header and grows by whole frames only. Deliberately absent: the proof (`salvage.rs`).

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::bytes::hex;
use crate::frame::{self, Frame, Kind};
use crate::segment::{HEADER, Header, Seal};

/// A segment being put together.
pub(crate) struct Draft<'f> {
    pub(crate) header: Header,
    pub(crate) original: &'f [u8],
    /// The second copy of the segment, if there is one.
    pub(crate) copy: &'f [u8],
    pub(crate) content: Vec<u8>,
    pub(crate) frames: u64,
    /// Good decisions of both files, wherever they stand; searched for once.
    pool: Option<BTreeMap<u64, Vec<&'f [u8]>>>,
}

impl<'f> Draft<'f> {
    /// Nothing but the header yet.
    pub(crate) fn begin(header: Header, original: &'f [u8], copy: &'f [u8]) -> Draft<'f> {
        let content = header.encode();
        Draft { header, original, copy, content, frames: 0, pool: None }
    }

    /// The frame that stands in the file where the draft ends.
    pub(crate) fn next(&self) -> Option<Frame<'f>> {
        self.original.get(self.content.len()..).and_then(Frame::decode)
    }

    /// Puts a proven frame at the end.
    pub(crate) fn push(&mut self, raw: &[u8]) {
        self.content.extend_from_slice(raw);
        self.frames += 1;
    }

    pub(crate) fn pool(&mut self) -> &BTreeMap<u64, Vec<&'f [u8]>> {
        let (original, copy) = (self.original, self.copy);
        self.pool.get_or_insert_with(|| {
            let mut pool: BTreeMap<u64, Vec<&'f [u8]>> = BTreeMap::new();
            let both = [original, copy].map(|file| frame::all_good(file.get(HEADER..).unwrap_or_default()));
            for frame in both.into_iter().flatten() {
                if frame.kind == Some(Kind::Decision) {
                    pool.entry(frame.seq).or_default().push(frame.raw);
                }
            }
            pool
        })
    }

    pub(crate) fn seal(&self) -> Seal {
        Seal { frames: self.frames, sha256: hex(&Sha256::digest(&self.content)) }
    }

    pub(crate) fn seal_fits(&self, frame: &Frame<'_>) -> bool {
        serde_json::from_slice::<Seal>(frame.body).is_ok_and(|seal| seal == self.seal())
    }

    /// Whether all of the draft stands in the file already.
    pub(crate) fn kept(&self) -> bool {
        self.original.starts_with(&self.content)
    }

    pub(crate) fn original_differs_only_behind(&self) -> bool {
        let written = self.content.iter().rposition(|&byte| byte != 0).unwrap_or(0);
        self.original.get(..=written) == self.content.get(..=written)
            && self.original.len() == self.content.len()
    }
}
