//! A file instead of a printer: the very bytes, for inspection or another program.
//!
//! Invariant: a job counts as sent when it would survive a power cut.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use quickpay_core::id::JobId;
use rustix::fs::{Access, access};

use super::port::{Patience, Port, progress};

/// Where papers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSettings {
    /// All into one file, one after the other.
    Append(PathBuf),
    /// Each into a file of its own in this folder, named `J0001.bin`; one that is there is never overwritten.
    OnePerJob(PathBuf),
}

impl FileSettings {
    /// Whether a paper could be put there; a file that is not there yet is not made.
    pub(crate) fn could_be_opened(&self) -> io::Result<()> {
        let writable = |path: &Path| access(path, Access::WRITE_OK).map_err(io::Error::from);
        let usable = |folder: &Path| {
            std::fs::read_dir(folder)?; // a folder that is none, or is not there
            access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(io::Error::from)
        };
        match self {
            FileSettings::Append(path) if path.exists() => writable(path),
            FileSettings::Append(path) => match path.parent() {
                Some(folder) if folder != Path::new("") => usable(folder),
                Some(_) | None => usable(Path::new(".")),
            },
            FileSettings::OnePerJob(folder) => usable(folder),
        }
    }
}

#[derive(Debug)]
pub(crate) struct FilePort {
    file: File,
}

impl FilePort {
    pub(crate) fn open(settings: &FileSettings, job: JobId) -> io::Result<FilePort> {
        let file = match settings {
            FileSettings::Append(path) => OpenOptions::new().create(true).append(true).open(path)?,
            FileSettings::OnePerJob(folder) => {
                OpenOptions::new().create_new(true).write(true).open(folder.join(format!("{job}.bin")))?
            }
        };
        Ok(FilePort { file })
    }
}

impl Port for FilePort {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress(self.file.write(bytes))
    }

    /// A file says nothing: choose a profile that answers nothing.
    fn read_some(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(super::port::PATIENCE);
        Ok(0)
    }

    fn close(self: Box<Self>, _patience: &Patience<'_>) -> io::Result<()> {
        self.file.sync_all()
    }
}
