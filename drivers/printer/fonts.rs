//! The fonts that lines are drawn with where a printer has no characters for them.
//!
//! Invariant: the first file that has a character draws it; files are mapped, not copied, and only once a line needs them.
//! Deliberately absent: fonts of the system: the same paper on every till.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::typeset::Typesetter;

/// A list of font files, shared by all that draw. Cloning is cheap.
#[derive(Clone)]
pub struct Fonts {
    files: Arc<[PathBuf]>,
    typesetter: Arc<Mutex<Option<Typesetter>>>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fonts").field(&self.files).finish()
    }
}

impl Fonts {
    /// No fonts: nothing is drawn, and what a printer lacks is a `?`.
    #[must_use]
    pub fn none() -> Fonts {
        Fonts { files: Arc::new([]), typesetter: Arc::new(Mutex::new(None)) }
    }

    /// These files, the most preferred first; weights of one family may stand anywhere.
    ///
    /// # Errors
    /// When one of them cannot be opened.
    pub fn from_files(files: Vec<PathBuf>) -> io::Result<Fonts> {
        for file in &files {
            std::fs::File::open(file)?;
        }
        Ok(Fonts { files: files.into(), ..Fonts::none() })
    }

    /// All `.otf` and `.ttf` files of a folder in the order of their names: with the bundled ones, Noto Sans comes before
    /// its companions and lends them its digits.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn in_folder(folder: &Path) -> io::Result<Fonts> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "otf" || extension == "ttf") {
                files.push(path);
            }
        }
        files.sort();
        Fonts::from_files(files)
    }

    /// Whether there is nothing to draw with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Draws, with the fonts at hand. `None` without fonts, and when the foreign shaper gave up on a text: a till goes on.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Typesetter) -> T) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        let mut held = self.typesetter.lock().unwrap_or_else(PoisonError::into_inner);
        let mut typesetter = match held.take() {
            Some(typesetter) => typesetter,
            None => Typesetter::new(&self.files)?,
        };
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            let drawn = draw(&mut typesetter);
            (typesetter, drawn)
        }));
        match drawn {
            Ok((typesetter, drawn)) => {
                *held = Some(typesetter);
                Some(drawn)
            }
            Err(_) => {
                tracing::error!("a line could not be drawn; it is printed as text with marks");
                None
            }
        }
    }
}
