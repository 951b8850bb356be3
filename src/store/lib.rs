//! The journal file and the sled store behind it: what survives a power cut, and what answers questions about it.
//!
//! Invariant: the journal is the truth and its `fdatasync` the commit point; sled is a copy that is rebuilt from the
//! journal at any time, and the two anchor each other (the chain finds damage, sled's `~j` a shortened journal).
//! Deliberately absent: any judgement about money (the fold in the core), clocks, payment codes (no record holds one).
//!
//! From the door inwards: [`Store`] joins `journal` (append) and [`Index`] (sled); `walk` reads segments and tells a
//! torn tail from damage; `frame`, `segment` and `wire` are the format; [`Disk`] is all file access of the journal.
//! `start` reads what follows the newest [`Checkpoint`]; `space` watches the room left; [`doctor`] mends what `salvage`
//! can prove.
#![forbid(unsafe_code)]

mod background;
mod bytes;
mod checkpoint;
mod copies;
mod disk;
pub mod doctor;
mod draft;
mod error;
mod fit;
mod frame;
mod front;
mod heads;
mod index;
mod journal;
mod lock;
mod open;
mod packed;
mod plan;
mod query;
mod read;
mod rebuild;
mod replay;
mod rows;
mod salvage;
mod segment;
mod shelf;
mod sight;
mod sled_index;
mod space;
mod start;
mod states;
mod store;
mod tally;
mod tidy;
mod verify;
mod walk;
mod window;
mod wire;

pub use background::{BackgroundCheck, Checked};
pub use checkpoint::Checkpoint;
pub use disk::{Disk, DiskFile, DiskReader, RealDisk};
pub use doctor::DoctorReport;
pub use error::{Damage, Flaw, StoreError};
pub use front::{Front, FrontEnd};
pub use index::{Batch, Index, IndexError, IndexHouse, MemoryHouse, MemoryIndex, Position};
pub use open::{CHECKPOINT_EVERY, OpenOptions, OpenReport, Opened, SEGMENT_BYTES};
pub use read::{ReadEnd, ReadReport, TornTail, read_journal, show_journal};
pub use rebuild::{Rebuild, RebuildEnd};
pub use replay::Replay;
pub use shelf::IndexOutcome;
pub use sled_index::SledHouse;
pub use space::{LOW_SPACE_BYTES, RESERVE_BYTES, Reserve};
pub use store::{Health, RebuildReport, Store};
pub use verify::{Finding, VerifyReport};
