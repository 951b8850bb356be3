//! All file access of the journal, behind a door that a test double can take the place of.
//!
//! Invariant: nothing here decides; an error is handed on as the system gave it, and nothing is tried twice.
//! Deliberately absent: buffers (one call is one system call), locks, and sled, which has its own file access.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

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

    /// The whole content of a file.
    ///
    /// # Errors
    /// As the system gave it.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

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

    /// Makes what was written durable (`fdatasync`).
    ///
    /// # Errors
    /// As the system gave it; what was written since the last sync may or may not survive, and a second sync would
    /// lie about it.
    fn sync(&mut self) -> io::Result<()>;
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

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(OpenOptions::new().write(true).open(path)?)))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(OpenOptions::new().write(true).create(true).truncate(true).open(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
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

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
