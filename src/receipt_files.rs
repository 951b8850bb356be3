//! Electronic receipts: each paid sale's receipt as files in a folder, for e-mail or a web server.
//!
//! Invariant: a file is there whole or not at all; it shows the printed picture, made from the bytes a printer would get;
//! the folder holds no more receipts than it may. Nothing waits for it, and no sale fails with it.
//! Deliberately absent: sending anything anywhere, and a memory of its own: receipts are made from the ledger again.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::SystemTime;

use quickpay_core::document::Document;
use quickpay_core::id::OrderId;
use quickpay_drivers::printer::bitmap::Bitmap;
use quickpay_drivers::printer::fonts::Fonts;
use quickpay_drivers::printer::part::Part;
use quickpay_drivers::printer::pdf::pdf;
use quickpay_drivers::printer::preview;
use quickpay_drivers::printer::profile::Profile;
use quickpay_drivers::printer::typeface::Typeface;

use crate::config::{Config, FileFormat, ReceiptFiles};

/// Receipts that may wait; a till makes one in seconds, the thread in milliseconds.
const QUEUE: usize = 64;

/// A receipt to be written.
#[derive(Debug)]
pub struct FiledReceipt {
    /// Its name.
    pub order: OrderId,
    /// What it says now.
    pub document: Document,
    /// Whether it is the last one of the till.
    pub place: PlaceInTime,
}

/// Whether a receipt is the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceInTime {
    /// The last one, also known as `last`.
    Last,
    /// An older one, which changed.
    Earlier,
}

/// A thread that writes receipts. Dropping it writes what waits and ends.
#[derive(Debug)]
pub struct ReceiptWriter {
    orders: Option<SyncSender<FiledReceipt>>,
    thread: Option<JoinHandle<()>>,
}

/// What pictures are made with.
struct Studio {
    files: ReceiptFiles,
    profile: Profile,
    logo: Option<Arc<Bitmap>>,
    fonts: Fonts,
    typeface: Arc<Typeface>,
}

impl ReceiptWriter {
    /// Starts the thread, if the configuration names a folder.
    ///
    /// # Errors
    /// When the folder cannot be made, the fonts are missing, or no thread can be started.
    pub fn start(config: &Config) -> anyhow::Result<Option<ReceiptWriter>> {
        let Some(files) = config.receipt.files.clone() else { return Ok(None) };
        make_folder(&files.folder)?;
        let studio = Studio {
            files,
            profile: config.printer.profile(),
            logo: config.receipt.logo.clone(),
            fonts: Fonts::in_folder(&crate::assets::fonts())?,
            typeface: Arc::new(crate::commands::typeface()?),
        };
        let (orders, waiting) = sync_channel(QUEUE);
        let thread =
            std::thread::Builder::new().name("receipts".to_owned()).spawn(move || studio.serve(&waiting))?;
        Ok(Some(ReceiptWriter { orders: Some(orders), thread: Some(thread) }))
    }

    /// Hands a receipt over. One too many is left out until its sale changes or the till starts again.
    pub fn write(&self, receipt: FiledReceipt) {
        let taken = self.orders.as_ref().is_some_and(|orders| orders.try_send(receipt).is_ok());
        if !taken {
            tracing::warn!("an electronic receipt was left out: too many wait");
        }
    }
}

impl Drop for ReceiptWriter {
    fn drop(&mut self) {
        self.orders = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer of electronic receipts ended badly");
        }
    }
}

impl Studio {
    fn serve(&self, waiting: &Receiver<FiledReceipt>) {
        for receipt in waiting {
            match self.file(&receipt) {
                Ok(()) => tracing::debug!(order = %receipt.order, "electronic receipt"),
                Err(error) => tracing::warn!(%error, order = %receipt.order, "no electronic receipt"),
            }
        }
    }

    fn file(&self, receipt: &FiledReceipt) -> io::Result<()> {
        let parts = Part::with_logo(&receipt.document, self.logo.as_deref());
        let picture = preview::printed(
            &parts,
            &self.profile,
            preview::rom_of(self.profile.charset),
            &self.fonts,
            &self.typeface,
        )
        .ok_or_else(|| io::Error::other("the printer model put out no paper"))?;
        for format in &self.files.formats {
            let (extension, bytes) = match format {
                FileFormat::Png => ("png", picture.to_png()?),
                FileFormat::Pdf => ("pdf", pdf(&picture, receipt.order.as_str())?),
            };
            put(&self.files.folder, &format!("{}.{extension}", receipt.order), &bytes)?;
            if receipt.place == PlaceInTime::Last {
                put(&self.files.folder, &format!("last.{extension}"), &bytes)?;
            }
        }
        forget_oldest(&self.files.folder, self.files.keep)
    }
}

/// For this user and its group, such as a web server's.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    use anyhow::Context as _;
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.is_dir() {
        return Ok(());
    }
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o750).create(folder);
    made.with_context(|| format!("the folder of electronic receipts {} cannot be made", folder.display()))
}

/// Whole or not at all: whoever serves the folder never sees half a file.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let half = folder.join(format!(".{name}.new"));
    std::fs::write(&half, bytes)?;
    std::fs::rename(&half, folder.join(name))
}

/// Removes the files of the oldest receipts beyond so many, and no other file.
fn forget_oldest(folder: &Path, keep: usize) -> io::Result<()> {
    let mut receipts: BTreeMap<String, (SystemTime, Vec<std::path::PathBuf>)> = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let part = |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).map(str::to_owned);
        let (Some(stem), Some(extension)) = (part(path.file_stem()), part(path.extension())) else {
            continue;
        };
        if !OrderId::is_form_of(&stem) || !matches!(extension.as_str(), "png" | "pdf") {
            continue;
        }
        let changed = std::fs::metadata(&path)?.modified()?;
        let (latest, files) = receipts.entry(stem).or_insert((changed, Vec::new()));
        *latest = changed.max(*latest);
        files.push(path);
    }
    let mut by_age: Vec<_> = receipts.into_values().collect();
    by_age.sort();
    let beyond = by_age.len().saturating_sub(keep);
    for (_, files) in by_age.into_iter().take(beyond) {
        files.into_iter().try_for_each(std::fs::remove_file)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("quickpay-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&folder).ok();
        make_folder(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_oldest_receipts_go_and_strangers_stay() {
        let folder = folder("oldest");
        for (n, order) in ["T1-3LK2QZ-S0003a", "T1-3LK2QZ-S0001a", "T1-3LK2QZ-S0002a"].iter().enumerate() {
            for extension in ["png", "pdf"] {
                put(&folder, &format!("{order}.{extension}"), b"x").unwrap();
                let path = folder.join(format!("{order}.{extension}"));
                let file = std::fs::File::options().write(true).open(path).unwrap();
                let age = std::time::Duration::from_secs(100 * (n as u64 + 1));
                file.set_modified(SystemTime::now() - std::time::Duration::from_secs(1000) + age).unwrap();
            }
        }
        for stranger in ["last.png", "logo.png", "T1-3LK2QZ-S0009a.txt"] {
            put(&folder, stranger, b"x").unwrap();
        }
        forget_oldest(&folder, 2).unwrap();
        assert_eq!(
            names(&folder),
            [
                "T1-3LK2QZ-S0001a.pdf",
                "T1-3LK2QZ-S0001a.png",
                "T1-3LK2QZ-S0002a.pdf",
                "T1-3LK2QZ-S0002a.png",
                "T1-3LK2QZ-S0009a.txt",
                "last.png",
                "logo.png"
            ]
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
