//! All file access of the journal, behind a door that a test double can take the place of.
//!
//! Invariant: nothing here decides; an error is handed on as the system gave it, and nothing is tried twice.
//! Deliberately absent: buffers (one call is one system call; `window.rs` has one), locks, and sled, which has its own file
//! access.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::bytes::{len, offset};

/// A folder tree that can be made durable.
pub trait Disk: Send + Sync + Debug {
    /// Names in a folder, in no order; none when the folder does not exist.
    ///
    /// # Errors
    /// As the system gave it.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Makes a folder and those above it; it may exist.
    ///
    /// # Errors
    /// As the system gave it; some of them may exist now.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;

    /// The whole content of a file, for the doctor; whoever runs beside sales reads piece by piece.
    ///
    /// # Errors
    /// As the system gave it.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Opens a file that exists, for reading piece by piece.
    ///
    /// # Errors
    /// As the system gave it.
    fn reader(&self, path: &Path) -> io::Result<Box<dyn DiskReader>>;

    /// Opens a file that exists, for writing.
    ///
    /// # Errors
    /// As the system gave it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Makes a file, empty, for writing; an older one of that name is emptied.
    ///
    /// # Errors
    /// As the system gave it; the file may exist now.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name, in place of what had it.
    ///
    /// # Errors
    /// As the system gave it; nothing was renamed.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a file away.
    ///
    /// # Errors
    /// As the system gave it; the file is where it was.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The length of a file in bytes; `None` when there is none.
    ///
    /// # Errors
    /// As the system gave it.
    fn length(&self, path: &Path) -> io::Result<Option<u64>>;

    /// Bytes that this program may still write on the disk that holds this folder.
    ///
    /// # Errors
    /// As the system gave it.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// As the system gave it; the names may or may not survive.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A file open for writing.
pub trait DiskFile: Send + Debug {
    /// Writes all bytes at a place counted from the start of the file.
    ///
    /// # Errors
    /// As the system gave it; some of the bytes may be written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Takes room for so many bytes from the start of the file; they read as zeros.
    ///
    /// # Errors
    /// As the system gave it; some of the room may be taken.
    fn allocate(&mut self, bytes: u64) -> io::Result<()>;

    /// Makes what was written durable (`fdatasync`).
    ///
    /// # Errors
    /// As the system gave it; what was written since the last sync may or may not survive, and a second sync would
    /// lie about it.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file open for reading.
pub trait DiskReader: Send + Debug {
    /// Its length in bytes.
    ///
    /// # Errors
    /// As the system gave it.
    fn length(&self) -> io::Result<u64>;

    /// Reads from a place counted from the start of the file, until `into` is full or the file ends; how many bytes.
    ///
    /// # Errors
    /// As the system gave it; what `into` holds is then of no use.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let listing = match fs::read_dir(folder) {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        listing.map(|item| Ok(item?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn reader(&self, path: &Path) -> io::Result<Box<dyn DiskReader>> {
        Ok(Box::new(RealFile(File::open(path)?)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(OpenOptions::new().write(true).open(path)?)))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(OpenOptions::new().write(true).create(true).truncate(true).open(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        match fs::metadata(path) {
            Ok(about) => Ok(Some(about.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

#[derive(Debug)]
struct RealFile(File);

impl DiskFile for RealFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.0, rustix::fs::FallocateFlags::empty(), 0, bytes) {
            // A file system without it: written out.
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => write_zeros(self, 0, bytes),
            other => Ok(other?),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

impl DiskReader for RealFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.0.read_at(rest, offset + crate::bytes::offset(filled)) {
                Ok(0) => break,
                Ok(bytes) => filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// Zeros from here to there, one piece after another.
pub(crate) fn write_zeros(file: &mut dyn DiskFile, from: u64, to: u64) -> io::Result<()> {
    let zeros = [0_u8; 64 * 1024];
    let mut at = from;
    while at < to {
        let piece = zeros.get(..len(to - at).min(zeros.len())).unwrap_or(&zeros);
        file.write_at(at, piece)?;
        at += offset(piece.len());
    }
    Ok(())
}
