//! The two font files of the till, registered with slint before the first window.
//!
//! Invariant: with our files in place every text looks the same on every machine, also on one without any font and
//! without fontconfig. A machine's own fonts are asked only for characters that ours lack.
//! Deliberately absent: compiled-in fonts (10 MB of program each).
//!
//! One machine needs help: with fontconfig but without any font, fontique 0.11 panics before a window can be made
//! (slint issue 12671). [`settle`], called first in `main`, sees that and starts the program anew with
//! `FONTCONFIG_FILE` pointing to our `fonts.conf`; everywhere else it does nothing.

use slint::fontique_011::fontique::{Collection, CollectionOptions, FallbackKey, GenericFamily, Script};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The family that both files belong to.
pub const FAMILY: &str = "Noto Sans CJK SC";

/// The files, by name, in the folder given to [`Screen::new`](crate::Screen::new).
pub const FILES: [&str; 2] = ["NotoSansCJKsc-Regular-subset.otf", "NotoSansCJKsc-Bold-subset.otf"];

/// Scripts that our files can draw; for these no other font is asked.
const SCRIPTS: [&[u8; 4]; 7] = [b"Latn", b"Hani", b"Hira", b"Kana", b"Hang", b"Grek", b"Cyrl"];

/// What is wrong with the fonts.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// A file is not there or may not be read.
    #[error(
        "the font file {} cannot be read; the package brings it, ui/fonts/make-fonts.sh makes it",
        path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Fontconfig is there and knows no font at all, not even ours.
    #[error(
        "this machine has no font that fontconfig can find; set {FONTCONFIG_FILE} to the fonts.conf beside our fonts"
    )]
    NoneAtAll,
    /// The program could not start itself anew.
    #[error("this machine has no fonts, and the program could not be started anew with its own")]
    Restart(#[source] std::io::Error),
    /// The file is there, but holds no font of our family.
    #[error("{} is not the font {FAMILY}; make it anew with ui/fonts/make-fonts.sh", path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
}

/// Looks whether the files are there, for the self-test at start; registers nothing.
///
/// # Errors
/// [`FontError::Missing`] names the first file that cannot be read.
pub fn check(dir: &Path) -> Result<(), FontError> {
    for path in FILES.map(|file| dir.join(file)) {
        std::fs::File::open(&path).map_err(|source| FontError::Missing { path, source })?;
    }
    Ok(())
}

/// Makes sure that slint can start. Call it first in `main`, before threads, files and devices: on a machine with
/// fontconfig but without any font it replaces the process by itself with the environment that helps.
///
/// # Errors
/// [`FontError::Missing`] without our files; [`FontError::NoneAtAll`] or [`FontError::Restart`] if even the new
/// start does not help. Nothing has changed then.
pub fn settle(dir: &Path) -> Result<(), FontError> {
    check(dir)?;
    if can_start() {
        return Ok(());
    }
    let config = dir.join("fonts.conf");
    if std::env::var_os(FONTCONFIG_FILE).is_some_and(|file| file == config.as_os_str()) {
        return Err(FontError::NoneAtAll); // we are the new start already
    }
    let program = std::env::current_exe().map_err(FontError::Restart)?;
    let mut again = std::process::Command::new(program);
    let mut arguments = std::env::args_os();
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    Err(FontError::Restart(again.args(arguments).env(FONTCONFIG_FILE, config).exec()))
}

/// The variable that names fontconfig's configuration.
const FONTCONFIG_FILE: &str = "FONTCONFIG_FILE";

/// Whether the collection of the system's fonts can be made: the one thing slint does that may panic. Asked once.
fn can_start() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {})); // an expected answer, not a crash to report
        let options = CollectionOptions { shared: false, system_fonts: true };
        let made = std::panic::catch_unwind(|| drop(Collection::new(options)));
        std::panic::set_hook(hook);
        made.is_ok()
    })
}

/// What must hold before slint is touched at all.
pub(crate) fn ready(dir: &Path) -> Result<(), FontError> {
    check(dir)?;
    if can_start() { Ok(()) } else { Err(FontError::NoneAtAll) }
}

/// Registers the files for all windows of this thread. The platform must have been chosen before.
pub(crate) fn install(dir: &Path) -> Result<(), FontError> {
    if INSTALLED.get() {
        return Ok(());
    }
    let mut collection = slint::fontique_011::shared_collection();
    for file in FILES {
        // One by one: given together, fontique 0.11 lists the first file twice.
        collection.load_fonts_from_paths([dir.join(file)]);
    }
    let family =
        collection.family_id(FAMILY).ok_or_else(|| FontError::NotOurs { path: dir.to_path_buf() })?;
    for generic in [GenericFamily::SansSerif, GenericFamily::SystemUi, GenericFamily::UiSansSerif] {
        collection.set_generic_families(generic, std::iter::once(family));
    }
    for script in SCRIPTS {
        let key = FallbackKey::new(Script::from_bytes(*script), None);
        collection.set_fallbacks(key, std::iter::once(family));
    }
    INSTALLED.set(true);
    Ok(())
}

thread_local! {
    /// slint keeps one set of fonts per thread with windows.
    static INSTALLED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}
