//! sled 0.34.7 behind the [`Index`] door, with the cures for its faults (storage rules, section 2).
//!
//! Invariant: a panic of sled never passes this file; only content that is no good is called spoilt, a machine that
//! refuses (full, failing or forbidden disk, lock) never is. This is the only file that names sled.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use quickpay_core::time::WallTime;

use crate::index::{Batch, Index, IndexError, IndexHouse};

/// Opening takes 2.3 s per million records (storage rules, section 2); past this it hangs.
const OPEN_LIMIT: Duration = Duration::from_secs(120);
/// sled's threads hold the file for a while after it was dropped.
const LOCK_TRIES: u32 = 60;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// Folders set aside that are kept: the newest, for whoever looks into what happened.
const QUARANTINES: usize = 3;
/// An eighth of the 64 MiB that were measured: a till asks for the newest sales, and only the newest segment has single
/// rows.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// The folder `sled` of a store.
#[derive(Debug)]
pub struct SledHouse {
    store: PathBuf,
}

impl SledHouse {
    /// The house in this store's folder; nothing is opened yet.
    #[must_use]
    pub fn new(store: &Path) -> SledHouse {
        SledHouse { store: store.to_path_buf() }
    }

    fn folder(&self) -> PathBuf {
        self.store.join("sled")
    }
}

impl IndexHouse for SledHouse {
    fn open(&mut self) -> Result<Box<dyn Index>, IndexError> {
        let folder = self.folder();
        remove_leftovers(&folder).map_err(unavailable("clear sled's leftovers"))?;
        let was_there = folder.join("db").exists();
        let db = open_guarded(folder.clone())?;
        if was_there && guarded("read sled", || Ok(db.is_empty()))? {
            return Err(IndexError::Spoilt("sled opened a file with content and found none".to_owned()));
        }
        sync_files(&self.store, &folder).map_err(unavailable("sync sled's files"))?;
        let file = File::open(folder.join("db")).map_err(unavailable("open sled's file"))?;
        Ok(Box::new(SledIndex { db, file }))
    }

    fn quarantine(&mut self, now: WallTime) -> Result<Option<PathBuf>, IndexError> {
        let folder = self.folder();
        if !folder.exists() {
            return Ok(None);
        }
        let name = |n: u32| self.store.join(format!("sled.quarantine.{}.{n}", now.unix_ms));
        let aside = (0..1000).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1000));
        fs::rename(&folder, &aside).map_err(unavailable("set sled aside"))?;
        File::open(&self.store).and_then(|store| store.sync_all()).map_err(unavailable("sync the store"))?;
        self.keep_newest_quarantines(&aside);
        Ok(Some(aside))
    }
}

impl SledHouse {
    /// Older ones only take room; one that cannot be removed stays.
    fn keep_newest_quarantines(&self, just_made: &Path) {
        let mut others = match quarantines(&self.store) {
            Ok(found) => found,
            Err(error) => return tracing::warn!(%error, "older quarantines of sled stay"),
        };
        others.retain(|(_, path)| path != just_made);
        let surplus = (others.len() + 1).saturating_sub(QUARANTINES);
        for (_, path) in others.into_iter().take(surplus) {
            if let Err(error) = fs::remove_dir_all(&path) {
                tracing::warn!(%error, path = %path.display(), "an old quarantine of sled stays");
            }
        }
    }
}

/// The folders set aside, oldest first, with the time and number in their names.
fn quarantines(store: &Path) -> io::Result<Vec<((i64, u32), PathBuf)>> {
    let mut found = Vec::new();
    for item in fs::read_dir(store)? {
        let path = item?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let parts = name.strip_prefix("sled.quarantine.").and_then(|rest| rest.split_once('.'));
        let numbers = parts.and_then(|(time, n)| Some((time.parse().ok()?, n.parse().ok()?)));
        found.extend(numbers.map(|numbers| (numbers, path)));
    }
    found.sort();
    Ok(found)
}

/// An open sled.
#[derive(Debug)]
struct SledIndex {
    db: sled::Db,
    /// `sled/db`, for our own `fdatasync`: sled's flush is none.
    file: File,
}

impl Index for SledIndex {
    fn apply(&mut self, batch: Batch) -> Result<(), IndexError> {
        let mut rows = sled::Batch::default();
        for (key, value) in batch {
            rows.insert(key, value);
        }
        guarded("write sled", || {
            self.db.apply_batch(rows)?;
            self.db.flush().map(|_bytes| ())
        })
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        guarded("read sled", || Ok(self.db.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), IndexError> {
        guarded("read sled", || {
            for row in self.db.scan_prefix(prefix) {
                let (key, value) = row?;
                show(&key, &value);
            }
            Ok(())
        })
    }

    fn remove(&mut self, keys: &[Vec<u8>]) -> Result<(), IndexError> {
        let mut rows = sled::Batch::default();
        keys.iter().for_each(|key| rows.remove(key.as_slice()));
        guarded("write sled", || {
            self.db.apply_batch(rows)?;
            self.db.flush().map(|_bytes| ())
        })
    }

    fn first_keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, IndexError> {
        guarded("read sled", || {
            self.db.scan_prefix(prefix).keys().take(most).map(|key| Ok(key?.to_vec())).collect()
        })
    }

    fn sync(&mut self) -> Result<(), IndexError> {
        guarded("flush sled", || self.db.flush().map(|_bytes| ()))?;
        self.file.sync_data().map_err(unavailable("sync sled"))
    }

    fn reader(&self) -> Option<Box<dyn Index>> {
        let file = self.file.try_clone().ok()?;
        Some(Box::new(SledIndex { db: self.db.clone(), file }))
    }
}

/// For the doctor: half-made snapshots first, then all of them; sled recovers from its log. How many there were.
pub(crate) fn remove_snapshots(store: &Path) -> io::Result<u32> {
    let folder = store.join("sled");
    remove_leftovers(&folder)?;
    let mut removed = 0;
    if !folder.exists() {
        return Ok(removed);
    }
    for item in fs::read_dir(&folder)? {
        let item = item?;
        if item.file_name().to_string_lossy().starts_with("snap.") {
            fs::remove_file(item.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Snapshots that a killed program left half-made; sled would take the newest for whole (12 of 156 kill points).
fn remove_leftovers(folder: &Path) -> io::Result<()> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for item in listing {
        let item = item?;
        let name = item.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(%name, "removing a half-made snapshot of sled");
            fs::remove_file(item.path())?;
        }
    }
    Ok(())
}

/// Opens in a thread of its own, so that neither a panic nor a hang of sled takes the till along.
fn open_guarded(folder: PathBuf) -> Result<sled::Db, IndexError> {
    let (sender, receiver) = mpsc::channel();
    let opening = move || {
        let result = open_patiently(&folder);
        if sender.send(result).is_err() {
            tracing::warn!("sled opened after the limit; nobody waits any more");
        }
    };
    thread::Builder::new()
        .name("sled-open".to_owned())
        .spawn(opening)
        .map_err(unavailable("start a thread for sled"))?;
    receiver
        .recv_timeout(OPEN_LIMIT)
        .unwrap_or_else(|_| Err(IndexError::Spoilt(format!("no answer in {} s", OPEN_LIMIT.as_secs()))))
}

fn open_patiently(folder: &Path) -> Result<sled::Db, IndexError> {
    let open = || {
        let config = sled::Config::new().path(folder).cache_capacity(CACHE_BYTES);
        guarded("open sled", || config.flush_every_ms(None).open())
    };
    for _ in 1..LOCK_TRIES {
        match open() {
            Err(IndexError::Unavailable { reason, .. }) if is_lock(&reason) => thread::sleep(LOCK_PAUSE),
            other => return other,
        }
    }
    open()
}

fn guarded<T>(doing: &'static str, ask: impl FnOnce() -> sled::Result<T>) -> Result<T, IndexError> {
    match catch_unwind(AssertUnwindSafe(ask)) {
        Ok(result) => result.map_err(|error| judged(doing, error)),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
            Err(IndexError::Spoilt(format!("sled panicked: {words}")))
        }
    }
}

fn judged(doing: &'static str, error: sled::Error) -> IndexError {
    match error {
        sled::Error::Io(reason) if is_the_machine(&reason) => IndexError::Unavailable { doing, reason },
        sled::Error::Io(source) => IndexError::Spoilt(source.to_string()),
        other @ (sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Corruption { .. }) => IndexError::Spoilt(other.to_string()),
    }
}

/// Whether the error is about the machine, not about the content: then nothing is set aside. An error that sled
/// hands on a second time has lost its number and keeps it in its words (`Os { code: 5, …`).
fn is_the_machine(error: &io::Error) -> bool {
    const EIO: i32 = 5;
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    let words = error.to_string();
    let numbered = |code| error.raw_os_error() == Some(code) || words.contains(&format!("code: {code},"));
    is_lock(error)
        || [EIO, ENFILE, EMFILE].into_iter().any(numbered)
        || matches!(
            error.kind(),
            io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::OutOfMemory
                | io::ErrorKind::ResourceBusy
                | io::ErrorKind::Interrupted
        )
}

fn is_lock(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

/// What sled made while opening, and the names of it.
fn sync_files(store: &Path, folder: &Path) -> io::Result<()> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        if item.file_type()?.is_file() {
            File::open(item.path())?.sync_all()?;
        }
    }
    File::open(folder)?.sync_all()?;
    File::open(store)?.sync_all()
}

fn unavailable(doing: &'static str) -> impl FnOnce(io::Error) -> IndexError {
    move |reason| IndexError::Unavailable { doing, reason }
}
