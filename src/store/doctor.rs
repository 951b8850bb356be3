//! The doctor of a store: looks at it, mends what can be proven, and says in words what it found and did.
//!
//! Invariant: [`verify`] changes neither journal nor index; [`repair`] and [`rebuild`] refuse while a terminal runs,
//! keep every damaged file beside its successor, and change nothing in a journal that cannot be made whole.
//! Deliberately absent: guesses. An entry comes back only when its checksum fits and the chain proves its place.

use std::fmt;
use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use quickpay_core::id::TerminalId;
use quickpay_core::time::WallTime;

use crate::disk::{Disk, RealDisk};
use crate::error::StoreError;
use crate::index::{IndexError, IndexHouse};
use crate::lock::DirLock;
use crate::open::{OpenOptions, SEGMENT_BYTES};
use crate::plan::{Plan, Rewrite, numbered};
use crate::replay::Nobody;
use crate::salvage;
use crate::segment;
use crate::shelf::IndexOutcome;
use crate::sled_index::{SledHouse, remove_snapshots};
use crate::space::{self, LOW_SPACE_BYTES, megabytes};
use crate::store::Store;
use crate::verify::{self, Finding, Lists, VerifyReport, verify as check};
use crate::walk::Owner;

/// What a repair or a rebuild found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DoctorReport {
    /// What was wrong.
    pub found: Vec<String>,
    /// What was done about it.
    pub done: Vec<String>,
    /// What is still wrong; empty when the terminal can start.
    pub remains: Vec<String>,
    /// Entries put back into the journal.
    pub restored: Vec<u64>,
    /// Entries that are nowhere any more.
    pub lost: Vec<RangeInclusive<u64>>,
    /// Entries in the journal, when it is whole.
    pub entries: u64,
}

impl DoctorReport {
    /// Whether the terminal can start.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.remains.is_empty()
    }

    /// What a person should do now.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        if self.is_sound() {
            "Start the terminal."
        } else {
            "Do not sell on this terminal. Copy the whole data directory to another disk, then restore the newest \
             backup, or send the copy to whoever supports you. Every readable sale: `quickpay journal export`."
        }
    }
}

impl fmt::Display for DoctorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [("found", &self.found), ("done", &self.done), ("remains", &self.remains)];
        for (title, lines) in parts {
            for line in lines {
                writeln!(f, "{title}: {line}")?;
            }
        }
        if self.found.is_empty() && self.remains.is_empty() {
            writeln!(f, "found: nothing wrong")?;
        }
        write!(f, "{}", self.advice())
    }
}

/// Checks every frame of the journal and, when no terminal runs, every key of the index. Another terminal's journal than
/// `of` is a finding.
///
/// The journal is only read, and no lock is needed for it; while a terminal runs its last entry may be under way and
/// then counts as a tail. The index is looked at only while nobody else holds the store: under its lock, and in a
/// copy (`doctor.check`, removed again), because sled writes when it opens. Why it was not looked at, if so, is in
/// [`VerifyReport::unchecked`].
#[must_use]
pub fn verify(folder: &Path, of: Option<&TerminalId>) -> VerifyReport {
    let owner = of.map_or(Owner::Any, Owner::Only);
    let lock = match is_there(folder) {
        Ok(true) => DirLock::take(folder, Duration::ZERO),
        Ok(false) => return VerifyReport::of(no_journal(folder)),
        Err(error) => return VerifyReport::of(error),
    };
    let unchecked = |why: String| check(&RealDisk, folder, owner, Lists::Unchecked(why));
    match lock {
        Err(StoreError::InUse { pid, .. }) => {
            let by = pid.map_or_else(|| "another program".to_owned(), |pid| format!("pid {pid}"));
            unchecked(format!("the terminal runs ({by})"))
        }
        Err(error) => unchecked(error.to_string()),
        Ok(_lock) => match Copied::make(folder) {
            Ok(Some(copy)) => copy.check(folder, owner),
            Ok(None) => unchecked("there is none; the next start makes it".to_owned()),
            Err(error) => unchecked(format!("it cannot be copied: {error}")),
        },
    }
}

/// Mends the store: removes sled's snapshots, puts damaged entries back from the index, clears a torn tail, makes the
/// index anew. Each damaged segment is kept as `….j.damaged.<time>`.
///
/// # Errors
/// [`StoreError::InUse`] names the program that runs; [`StoreError::Io`] and [`StoreError::Index`] when the machine
/// refuses. The records are as they were, or better.
pub fn repair(folder: &Path, now: WallTime) -> Result<DoctorReport, StoreError> {
    let _lock = lock(folder)?;
    let mut report = DoctorReport::default();
    give_room(folder, &mut report)?;
    let removed = remove_snapshots(folder).map_err(StoreError::io("clear", folder.join("sled")))?;
    if removed > 0 {
        report.done.push(format!("removed {removed} snapshots of the lists; they are made again"));
    }
    repair_on(Arc::new(RealDisk), Box::new(SledHouse::new(folder)), folder, now, report)
}

/// Makes the index anew from the journal; the old one is kept beside it.
///
/// # Errors
/// As [`repair`], and [`StoreError::Damaged`] when the journal needs a repair first. The journal is untouched, but
/// for a torn tail.
pub fn rebuild(folder: &Path, now: WallTime) -> Result<DoctorReport, StoreError> {
    let _lock = lock(folder)?;
    let mut report = DoctorReport::default();
    give_room(folder, &mut report)?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    // The old index is a witness: a journal that lacks what it knows is not for a rebuild.
    let mut house: Box<dyn IndexHouse> = Box::new(SledHouse::new(folder));
    let plan = examine(&*disk, &mut *house, folder, &mut report)?;
    if !plan.hopeless.is_empty() || !plan.rewrites.is_empty() {
        report.found.extend(plan.in_words());
        report.remains.push("the journal is damaged; run `quickpay doctor repair`".to_owned());
        return Ok(report);
    }
    renew_index(disk, house, folder, now, (plan.terminal, plan.segment_bytes), &mut report)?;
    Ok(report)
}

/// As [`repair`], on another disk and with another index; without a lock, for tests and simulations.
///
/// # Errors
/// As [`repair`].
pub fn repair_on(
    disk: Arc<dyn Disk>,
    mut house: Box<dyn IndexHouse>,
    folder: &Path,
    now: WallTime,
    mut report: DoctorReport,
) -> Result<DoctorReport, StoreError> {
    let plan = examine(&*disk, &mut *house, folder, &mut report)?;
    report.found.extend(plan.in_words());
    if !plan.hopeless.is_empty() {
        report.lost = plan.lost;
        report.remains.extend(plan.hopeless);
        report.remains.extend(report.lost.iter().map(in_words));
        report.done.push("all files of the journal were left as they are".to_owned());
        return Ok(report);
    }
    for rewrite in &plan.rewrites {
        let kept = replace(&*disk, folder, rewrite, now)?;
        let kept =
            kept.map_or_else(String::new, |kept| format!("; the damaged one is kept as {}", kept.display()));
        report.done.push(format!("segment {} was written anew{kept}", rewrite.number));
    }
    if !plan.restored.is_empty() {
        report.done.push(format!("put back, proven by checksum and chain: {}", numbered(&plan.restored)));
    }
    report.restored = plan.restored;
    renew_index(disk, house, folder, now, (plan.terminal, plan.segment_bytes), &mut report)?;
    Ok(report)
}

fn examine(
    disk: &dyn Disk,
    house: &mut dyn IndexHouse,
    folder: &Path,
    report: &mut DoctorReport,
) -> Result<Plan, StoreError> {
    let index = match house.open() {
        Ok(index) => Some(index),
        Err(IndexError::Spoilt(reason)) => {
            report.found.push(format!("the lists are damaged: {reason}"));
            None
        }
        Err(error @ (IndexError::Unavailable { .. } | IndexError::GivenUp(_))) => return Err(error.into()),
    };
    salvage::plan(disk, folder, index.as_deref())
}

/// The damaged file is copied first and then replaced in one step, so that a crash leaves one of the two.
fn replace(
    disk: &dyn Disk,
    store: &Path,
    rewrite: &Rewrite,
    now: WallTime,
) -> Result<Option<PathBuf>, StoreError> {
    let path = segment::file(store, rewrite.number);
    let io = |doing| StoreError::io(doing, &path);
    let mut kept = None;
    disk.make_folder(&segment::folder(store)).map_err(io("restore"))?;
    if disk.length(&path).map_err(io("look at"))?.is_some() {
        let aside = free_name(disk, &path, now).map_err(io("look at"))?;
        let damaged = disk.read(&path).map_err(io("read"))?;
        write_whole(disk, &aside, &damaged).map_err(io("copy"))?;
        kept = Some(aside);
    }
    let restoring = path.with_extension("j.restoring");
    write_whole(disk, &restoring, &rewrite.content).map_err(io("restore"))?;
    disk.rename(&restoring, &path).map_err(io("restore"))?;
    disk.sync_folder(&segment::folder(store)).map_err(io("sync"))?;
    Ok(kept)
}

fn free_name(disk: &dyn Disk, path: &Path, now: WallTime) -> io::Result<PathBuf> {
    let mut n = 0;
    loop {
        let name = path.with_extension(format!("j.damaged.{}.{n}", now.unix_ms));
        if disk.length(&name)?.is_none() {
            return Ok(name);
        }
        n += 1;
    }
}

fn write_whole(disk: &dyn Disk, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = disk.create(path)?;
    file.write_at(0, content)?;
    file.sync()
}

fn renew_index(
    disk: Arc<dyn Disk>,
    mut house: Box<dyn IndexHouse>,
    folder: &Path,
    now: WallTime,
    (terminal, segment_bytes): (Option<TerminalId>, u64),
    report: &mut DoctorReport,
) -> Result<(), StoreError> {
    let Some(terminal) = terminal else {
        report.done.push("there is no journal yet; the next start begins one".to_owned());
        return Ok(());
    };
    if let Some(aside) = house.quarantine(now)? {
        report.done.push(format!("the old lists were set aside as {}", aside.display()));
    }
    let mut options = OpenOptions::new(terminal, now);
    options.segment_bytes = if segment_bytes == 0 { SEGMENT_BYTES } else { segment_bytes };
    options.reserve_bytes = 0; // the next start makes it, when there is room again
    options.from_checkpoint = true;
    let (mut store, opened) = Store::replay_on(disk, house, folder, &options, &mut Nobody)?;
    if let Some(torn) = opened.torn {
        report.found.push(format!("entry {} was cut short by a power cut and never counted", torn.seq));
        report.done.push("its remains were cleared".to_owned());
    }
    report.entries = store.last_seq();
    if matches!(opened.index, IndexOutcome::Rebuilt { .. } | IndexOutcome::Ready) {
        report.done.push(format!("the lists were made anew from {} entries", report.entries));
    }
    let missing = store.uncopied();
    store.tidy_all(); // each full segment gets its second copy
    if !missing.is_empty() {
        report.found.push(format!("copies: {}", verify::without_copies(&missing)));
        let words = if store.uncopied().is_empty() { "made them" } else { "they wait for room on the disk" };
        report.done.push(format!("second copies: {words}"));
    }
    let mut checked = store.verify();
    let rotten = checked.rotten_copies().to_vec();
    if !rotten.is_empty() {
        report.found.extend(rotten.iter().map(|number| Finding::Copy(*number).to_string()));
        store.copy_again(&rotten);
        store.tidy_all();
        checked = store.verify();
        let made = checked.rotten_copies().is_empty();
        let words =
            if made { "made them anew from their segments" } else { "they wait for room on the disk" };
        report.done.push(format!("second copies: {words}"));
    }
    let is_of_a_copy = |finding: &&Finding| matches!(finding, Finding::Copy(_)); // nothing that a start needs
    let remains = checked.findings.iter().filter(|finding| !is_of_a_copy(finding));
    report.remains.extend(remains.map(ToString::to_string));
    store.close()
}

fn lock(folder: &Path) -> Result<DirLock, StoreError> {
    if is_there(folder)? { DirLock::take(folder, Duration::ZERO) } else { Err(no_journal(folder)) }
}

/// Whether there is a store, or what is left of one.
fn is_there(folder: &Path) -> Result<bool, StoreError> {
    for part in [segment::folder(folder), segment::copies(folder), folder.join("sled")] {
        if part.try_exists().map_err(StoreError::io("look at", &part))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn no_journal(folder: &Path) -> StoreError {
    StoreError::NoJournal { path: folder.to_path_buf() }
}

fn give_room(folder: &Path, report: &mut DoctorReport) -> Result<(), StoreError> {
    let io = || StoreError::io("look at", folder);
    let free = RealDisk.free_bytes(folder).map_err(io())?;
    if free < LOW_SPACE_BYTES {
        let words =
            format!("only {} are free; new sales need {}", megabytes(free), megabytes(LOW_SPACE_BYTES));
        report.found.push(words);
        let freed = space::free_reserve(&RealDisk, folder).map_err(io())?;
        if freed > 0 {
            report.done.push(format!("gave back the reserve of {}", megabytes(freed)));
        }
    }
    Ok(())
}

fn in_words(range: &RangeInclusive<u64>) -> String {
    if range.start() == range.end() {
        format!("entry {} cannot be restored", range.start())
    } else {
        format!("entries {} to {} cannot be restored", range.start(), range.end())
    }
}

/// A copy of sled to look at; removed with the value.
struct Copied(PathBuf);

impl Copied {
    /// `None` when there is no index.
    fn make(store: &Path) -> io::Result<Option<Copied>> {
        let sled = store.join("sled");
        if !sled.join("db").exists() {
            return Ok(None);
        }
        let copy = Copied(store.join("doctor.check"));
        if copy.0.exists() {
            fs::remove_dir_all(&copy.0)?;
        }
        let needed = size_of(&sled)?;
        if RealDisk.free_bytes(store)? < needed.saturating_add(space::RESERVE_BYTES) {
            let needed = megabytes(needed.saturating_add(space::RESERVE_BYTES));
            return Err(io::Error::new(io::ErrorKind::StorageFull, format!("{needed} of room needed")));
        }
        copy_folder(&sled, &copy.0.join("sled"))?;
        Ok(Some(copy))
    }

    fn check(&self, store: &Path, owner: Owner<'_>) -> VerifyReport {
        match SledHouse::new(&self.0).open() {
            Ok(index) => check(&RealDisk, store, owner, Lists::of(&*index)),
            Err(error) => check(&RealDisk, store, owner, Lists::Broken(error)),
        }
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        for _ in 0..20 {
            match fs::remove_dir_all(&self.0) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                Err(_) => thread::sleep(Duration::from_millis(50)), // sled's threads end a little later
            }
        }
        tracing::warn!(path = %self.0.display(), "the copy that was checked stays; remove it by hand");
    }
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for item in fs::read_dir(folder)? {
        let item = item?;
        let about = item.metadata()?;
        bytes += if about.is_dir() { size_of(&item.path())? } else { about.len() };
    }
    Ok(bytes)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for item in fs::read_dir(from)? {
        let item = item?;
        let target = to.join(item.file_name());
        if item.file_type()?.is_dir() {
            copy_folder(&item.path(), &target)?;
        } else {
            fs::copy(item.path(), &target)?;
        }
    }
    Ok(())
}
