//! One program per store: the file `LOCK`, held by an advisory lock, with the owner's pid inside.
//!
//! Invariant: the lock lives as long as the value; the system releases it when the program dies, whatever happens.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::error::StoreError;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// The store is ours.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

impl DirLock {
    /// Takes the lock, trying for about `wait`.
    ///
    /// # Errors
    /// [`StoreError::InUse`] with the owner's pid; [`StoreError::Io`]. Nothing changed.
    pub(crate) fn take(store: &Path, wait: Duration) -> Result<DirLock, StoreError> {
        let path = store.join("LOCK");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(StoreError::io("open", &path))?;
        let mut left = wait;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(StoreError::io("lock", &path)(source)),
                Err(TryLockError::WouldBlock) if left.is_zero() => {
                    return Err(StoreError::InUse { pid: owner(&mut file), path: store.to_path_buf() });
                }
                Err(TryLockError::WouldBlock) => {
                    thread::sleep(PAUSE.min(left));
                    left = left.saturating_sub(PAUSE);
                }
            }
        }
        sign(&mut file, &path);
        Ok(DirLock { _file: file })
    }
}

fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Writes our pid over the last owner's, in the same place, so that it needs no room on a full disk. It is only for
/// people: without it the lock is as good.
fn sign(file: &mut File, path: &Path) {
    let written = file.rewind().and_then(|()| writeln!(file, "{:>10}", std::process::id()));
    if let Err(error) = written {
        tracing::warn!(%error, path = %path.display(), "the lock is held, but does not say by whom");
    }
}
