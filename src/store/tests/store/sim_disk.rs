//! A disk in memory that loses what was not synced, tears what was under way, and fails when told.
//!
//! It behaves like the worst of real ones: after a failed sync the written bytes still show, and the next sync says
//! yes without writing them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use quickpay_store::{Disk, DiskFile, DiskReader};

use crate::sample::Dice;

const SECTOR: usize = 512;

#[derive(Debug, Clone, Default)]
pub(crate) struct SimDisk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    /// Each change of names since the last sync of the folder, as the whole table after it.
    unsynced_names: Vec<BTreeMap<PathBuf, usize>>,
    durable_names: BTreeMap<PathBuf, usize>,
    calls: Calls,
    failing: Option<Failing>,
    failed: bool,
    free: Option<u64>,
}

#[derive(Debug, Default, Clone)]
struct Inode {
    shown: Vec<u8>,
    durable: Vec<u8>,
    /// Writes since the last sync.
    pending: Vec<(usize, Vec<u8>)>,
}

/// How often the disk was asked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) writes: u32,
    pub(crate) syncs: u32,
    pub(crate) renames: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Write,
    Sync,
    /// Making, renaming or removing a file, and syncing a folder.
    Rename,
    /// Any call that needs new room, from then on: making a file, and writing past a file's end.
    Full,
    /// Any call that changes the disk; once it came, no other works either.
    PowerGone,
}

#[derive(Debug, Clone, Copy)]
struct Failing {
    call: Call,
    after: usize,
    errno: i32,
}

pub(crate) const ENOSPC: i32 = 28;
pub(crate) const EIO: i32 = 5;

impl SimDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn calls(&self) -> Calls {
        self.state().calls
    }

    /// The call of this kind after so many others of it fails with this error.
    pub(crate) fn fail(&self, call: Call, after: usize, errno: i32) {
        self.state().failing = Some(Failing { call, after, errno });
    }

    /// The room left from now on.
    pub(crate) fn set_free(&self, bytes: u64) {
        self.state().free = Some(bytes);
    }

    pub(crate) fn has(&self, path: &Path) -> bool {
        self.state().names.contains_key(path)
    }

    pub(crate) fn heal(&self) {
        self.state().failing = None;
    }

    /// What a program sees.
    pub(crate) fn content(&self, path: &Path) -> Vec<u8> {
        let state = self.state();
        state.files[state.names[path]].shown.clone()
    }

    /// Changes a file behind the program's back, durably.
    pub(crate) fn put(&self, path: &Path, content: Vec<u8>) {
        let mut state = self.state();
        let inode = state.names[path];
        state.files[inode] = Inode { shown: content.clone(), durable: content, pending: Vec::new() };
    }

    pub(crate) fn forget(&self, path: &Path) {
        let mut state = self.state();
        state.names.remove(path);
        state.durable_names.remove(path);
    }

    /// Whether the fault that was ordered has come.
    pub(crate) fn has_failed(&self) -> bool {
        self.state().failed
    }

    /// A copy that shares nothing, with what is not durable still in the cache.
    pub(crate) fn copy_with_cache(&self) -> SimDisk {
        let state = self.state();
        SimDisk(Arc::new(Mutex::new(State {
            files: state.files.clone(),
            names: state.names.clone(),
            unsynced_names: state.unsynced_names.clone(),
            durable_names: state.durable_names.clone(),
            ..State::default()
        })))
    }

    /// A copy that shares nothing.
    pub(crate) fn copy(&self) -> SimDisk {
        let state = self.state();
        let (files, names) = (state.files.clone(), state.names.clone());
        let durable_names = names.clone();
        SimDisk(Arc::new(Mutex::new(State { files, names, durable_names, ..State::default() })))
    }

    /// The power went: of what was not synced, a prefix or any sectors survive.
    pub(crate) fn cut_power(&self, dice: &mut Dice) {
        let mut state = self.state();
        state.failing = None;
        let survived = dice.below(state.unsynced_names.len() + 1);
        if let Some(names) = survived.checked_sub(1).map(|last| state.unsynced_names[last].clone()) {
            state.durable_names = names;
        }
        state.unsynced_names.clear();
        state.names = state.durable_names.clone();
        for inode in &mut state.files {
            let pending = std::mem::take(&mut inode.pending);
            inode.lose(&pending, dice);
        }
    }
}

impl Inode {
    fn lose(&mut self, pending: &[(usize, Vec<u8>)], dice: &mut Dice) {
        let sectors = dice.below(2) == 0;
        let whole = dice.below(pending.len() + 1);
        for (n, (offset, bytes)) in pending.iter().enumerate() {
            if sectors {
                for start in (*offset..offset + bytes.len()).step_by(SECTOR) {
                    let end = ((start / SECTOR + 1) * SECTOR).min(offset + bytes.len());
                    if dice.below(2) == 0 {
                        lay(&mut self.durable, start, &bytes[start - offset..end - offset]);
                    }
                }
            } else if n < whole {
                lay(&mut self.durable, *offset, bytes);
            } else if n == whole {
                lay(&mut self.durable, *offset, &bytes[..dice.below(bytes.len() + 1)]);
            }
        }
        self.shown = self.durable.clone();
    }
}

fn lay(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

impl State {
    fn count(&mut self, call: Call) -> io::Result<()> {
        match call {
            Call::Write => self.calls.writes += 1,
            Call::Sync => self.calls.syncs += 1,
            Call::Rename => self.calls.renames += 1,
            Call::PowerGone | Call::Full => {}
        }
        let Some(failing) = &mut self.failing else { return Ok(()) };
        if failing.call != call && (failing.call != Call::PowerGone || call == Call::Full) {
            return Ok(());
        }
        if failing.after > 0 {
            failing.after -= 1;
            return Ok(());
        }
        let error = io::Error::from_raw_os_error(failing.errno);
        self.failed = true;
        if failing.call != Call::PowerGone && failing.call != Call::Full {
            self.failing = None;
        }
        Err(error)
    }

    fn name(&mut self, change: impl FnOnce(&mut BTreeMap<PathBuf, usize>)) {
        change(&mut self.names);
        let names = self.names.clone();
        self.unsynced_names.push(names);
    }
}

impl Disk for SimDisk {
    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        let here = state.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(here.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect())
    }

    fn make_folder(&self, _folder: &Path) -> io::Result<()> {
        self.state().count(Call::Rename)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.state();
        let inode = state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(state.files[*inode].shown.clone())
    }

    fn reader(&self, path: &Path) -> io::Result<Box<dyn DiskReader>> {
        let inode = *self.state().names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimFile { disk: self.clone(), inode }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let inode = *self.state().names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimFile { disk: self.clone(), inode }))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.count(Call::Full)?;
        state.count(Call::Rename)?;
        let inode = state.files.len();
        state.files.push(Inode::default());
        state.name(|names| {
            names.insert(path.to_path_buf(), inode);
        });
        Ok(Box::new(SimFile { disk: self.clone(), inode }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.count(Call::Rename)?;
        let inode = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        state.name(|names| {
            names.remove(from);
            names.insert(to.to_path_buf(), inode);
        });
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.count(Call::Rename)?;
        state.name(|names| {
            names.remove(path);
        });
        Ok(())
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        let state = self.state();
        Ok(state.names.get(path).map(|inode| state.files[*inode].shown.len() as u64))
    }

    fn free_bytes(&self, _folder: &Path) -> io::Result<u64> {
        Ok(self.state().free.unwrap_or(u64::MAX))
    }

    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.count(Call::Rename)?;
        state.durable_names = state.names.clone();
        state.unsynced_names.clear();
        Ok(())
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    inode: usize,
}

impl DiskFile for SimFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let end = usize::try_from(offset).unwrap() + bytes.len();
        if end > state.files[self.inode].shown.len() {
            state.count(Call::Full)?;
        }
        let counted = state.count(Call::Write);
        let written = if counted.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        let offset = usize::try_from(offset).unwrap();
        let inode = &mut state.files[self.inode];
        lay(&mut inode.shown, offset, written);
        inode.pending.push((offset, written.to_vec()));
        counted
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        self.write_at(0, &vec![0; usize::try_from(bytes).unwrap()])
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        let counted = state.count(Call::Sync);
        let power = state.failing.is_some_and(|failing| failing.call == Call::PowerGone);
        let inode = &mut state.files[self.inode];
        if counted.is_err() && power {
            return counted; // the writes are still on their way
        }
        let pending = std::mem::take(&mut inode.pending);
        if counted.is_ok() {
            for (offset, bytes) in pending {
                lay(&mut inode.durable, offset, &bytes);
            }
        }
        counted
    }
}

impl DiskReader for SimFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state().files[self.inode].shown.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let shown = &state.files[self.inode].shown;
        let from = usize::try_from(offset).unwrap().min(shown.len());
        let bytes = into.len().min(shown.len() - from);
        into[..bytes].copy_from_slice(&shown[from..from + bytes]);
        Ok(bytes)
    }
}
