//! A file instead of a printer: the very bytes, for inspection or another program.
//!
//! Invariant: a job counts as sent when it would survive a power cut.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use quickpay_core::id::JobId;

use super::port::{Patience, Port, progress};

/// Where papers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSettings {
    /// All into one file, one after the other.
    Append(PathBuf),
    /// Each into a file of its own in this folder, named `J0001.bin`; one that is there is never overwritten.
    OnePerJob(PathBuf),
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
