//! The file in which a sandbox remembers; it is replaced as a whole and only once the new one is on the disk, and no
//! payment code is in it. Scripts, logs and the line are absent: they end with the run.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::world::{Books, World};

const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
struct Kept<'a> {
    version: u32,
    books: &'a Books,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    version: u32,
    books: Books,
}

/// Where the state is kept, and up to which revision of the world it is.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    saved: u64,
}

impl StateFile {
    /// Opens the file; a missing one is an empty world.
    pub(crate) fn open(path: &Path) -> Result<(Self, Books), SandboxError> {
        let own = Self { path: path.to_owned(), saved: 0 };
        let failed = |source| SandboxError::StateFile { path: path.to_owned(), source };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let empty = text_of(&Books::default()).map_err(io::Error::other).map_err(failed)?;
                replace(path, &empty).map_err(failed)?;
                return Ok((own, Books::default()));
            }
            Err(source) => return Err(failed(source)),
        };
        let damaged = |reason: String| SandboxError::StateDamaged { path: path.to_owned(), reason };
        let found: Found = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if found.version != VERSION {
            return Err(damaged(format!("version {} is not known here, {VERSION} is", found.version)));
        }
        Ok((own, found.books))
    }

    /// The path and the new text, when the world has changed since the last save.
    pub(crate) fn pending(&self, world: &World) -> Option<(PathBuf, u64, serde_json::Result<Vec<u8>>)> {
        let revision = world.revision();
        (revision != self.saved).then(|| (self.path.clone(), revision, text_of(world.books())))
    }

    /// The world is on the disk up to `revision`.
    pub(crate) const fn saved(&mut self, revision: u64) {
        self.saved = revision;
    }
}

fn text_of(books: &Books) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec_pretty(&Kept { version: VERSION, books })
}

/// Puts the text in the file's place, on the disk before it counts.
pub(crate) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = File::create(&beside)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
