//! What can go wrong at the store's door.
//!
//! Invariant: an error says what remains; none of them has changed or cut a recorded entry.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::index::IndexError;

/// Why the store cannot be opened or asked. What was recorded is untouched.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another program has it.
    #[error("nothing was changed: {} is in use by {}; close that one first", path.display(), owner(*pid))]
    InUse {
        /// The other program's id, if it had written it.
        pid: Option<u32>,
        /// The store.
        path: PathBuf,
    },
    /// The system refused; the records so far are as they were.
    #[error("the records are unchanged: cannot {doing} {}: {reason}{}", path.display(), what_to_do(reason))]
    Io {
        /// What was tried, such as `read`.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's reason; it stands in the sentence, so it is not chained.
        reason: io::Error,
    },
    /// There is nothing to look at or to mend.
    #[error("nothing was changed: there is no journal in {}; check data_dir in terminal.toml", path.display())]
    NoJournal {
        /// Where there should be a store.
        path: PathBuf,
    },
    /// The journal does not fit together; nothing was cut, no sale is possible.
    #[error("{0}")]
    Damaged(Box<Damage>),
    /// The journal of another terminal.
    #[error("nothing was changed: {} belongs to terminal {found}, not to {wanted}; check terminal.toml", path.display())]
    OtherTerminal {
        /// The segment that says so.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Who we are.
        wanted: String,
    },
    /// A newer program wrote it; this one leaves it alone.
    #[error("nothing was changed: {} has format {found}, this program reads up to {known}; install the newer version", path.display())]
    Newer {
        /// The segment that says so.
        path: PathBuf,
        /// Its format.
        found: u16,
        /// The newest format known here.
        known: u16,
    },
    /// The lists are being made anew ([`Rebuild`](crate::Rebuild)) and answer nothing until they are whole.
    #[error(
        "every sale is safe in the journal, but the lists of past sales are being made anew; ask again in some minutes"
    )]
    Incomplete,
    /// sled cannot be opened or asked; the journal is whole.
    #[error("every sale is safe in the journal, but the lists cannot be read: {0}")]
    Index(IndexError),
}

/// Where and how the journal does not fit together.
#[derive(Debug, Error)]
#[error(
    "the journal is damaged at byte {offset} of {}, where entry {seq} is expected: {flaw}; \
     nothing was cut or changed, no sale is possible; run `quickpay doctor repair`",
    file.display()
)]
pub struct Damage {
    /// The segment.
    pub file: PathBuf,
    /// Bytes from its start.
    pub offset: u64,
    /// The entry that should be there; all before it are good.
    pub seq: u64,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with a journal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Flaw {
    /// A segment between two others, or the first, is not there.
    #[error("this segment is missing")]
    SegmentMissing,
    /// The file is shorter or longer than it was made.
    #[error("the file has {found} bytes, not {expected}")]
    Length {
        /// Bytes on disk.
        found: u64,
        /// Bytes it was made with.
        expected: u64,
    },
    /// Magic, checksum or terminal id of the segment's header.
    #[error("the segment's header is unreadable")]
    Header,
    /// The header does not continue the segment before.
    #[error("the segment does not continue the one before it")]
    HeaderLink,
    /// Bytes that are no frame, and cannot be the torn end of the last one.
    #[error("unreadable bytes that are not the torn end of the last entry")]
    Frame,
    /// A good frame with another number than the next.
    #[error("entry {found} stands here instead")]
    Seq {
        /// The number it bears.
        found: u64,
    },
    /// A good frame that does not follow the one before it.
    #[error("the entry does not follow the one before it")]
    Chain,
    /// A good frame whose body this program cannot read.
    #[error("the entry's content is unreadable: {0}")]
    Body(String),
    /// A segment before the newest without a seal.
    #[error("the segment has no seal")]
    NotSealed,
    /// A seal whose count or hash differs, or something behind it.
    #[error("the segment's seal does not fit")]
    Seal,
    /// sled knows more than the journal holds: the journal was shortened.
    #[error("the journal ends here, but entry {known} had been recorded")]
    Shortened {
        /// The last entry sled knows.
        known: u64,
    },
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.into();
        move |reason| StoreError::Io { doing, path, reason }
    }
}

impl From<IndexError> for StoreError {
    fn from(error: IndexError) -> StoreError {
        StoreError::Index(error)
    }
}

/// What a person can do about a refusal of the system, as the end of a sentence; empty where nobody knows.
pub(crate) fn what_to_do(reason: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    const EIO: i32 = 5;
    if reason.raw_os_error() == Some(EIO) {
        return "; the disk fails: copy the data directory to another one";
    }
    let words = [
        (Kind::PermissionDenied, "; it must belong to the user who runs the terminal"),
        (
            Kind::ReadOnlyFilesystem,
            "; the disk must be mounted for writing; it is made read-only when it fails",
        ),
        (Kind::StorageFull, "; make room on the disk, or let `quickpay doctor repair` give back the reserve"),
        (Kind::QuotaExceeded, "; this user may not take more room on the disk"),
        (Kind::NotADirectory, "; something else has this name: move it away"),
        (Kind::IsADirectory, "; something else has this name: move it away"),
        (Kind::AlreadyExists, "; something else has this name: move it away"),
    ];
    words.into_iter().find_map(|(kind, words)| (kind == reason.kind()).then_some(words)).unwrap_or("")
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> StoreError {
        StoreError::Damaged(Box::new(damage))
    }
}

fn owner(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another program".to_owned(), |pid| format!("the program with pid {pid}"))
}
