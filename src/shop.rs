//! Opens the shop: key, store, journal, devices, and the loop that joins them.
//!
//! Invariant: the journal is folded to its end before any device is opened; a second instance on the same data is refused.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use quickpay_drivers::scanner::RunningScanner;
use quickpay_gateway::{Client, SecretKey};
use quickpay_store::OpenOptions;
use tokio::sync::mpsc;

use crate::arrival::Arrival;
use crate::clock::Clock;
use crate::config::{Config, Scanner};
use crate::devices;
use crate::event_loop::{EventLoop, Listener, Parts};
use crate::receipt_files::ReceiptWriter;
use crate::typing::Typing;
use crate::workers::Workers;

/// Arrivals that may wait; a cashier and three devices never come near it.
const QUEUE: usize = 256;

/// A shop that is open but not yet selling.
#[allow(missing_debug_implementations, reason = "taken apart at once")]
pub struct Shop {
    /// The loop, to be run.
    pub event_loop: EventLoop,
    /// The devices: they are closed when this is dropped, after the loop has ended.
    pub scanners: Vec<RunningScanner>,
}

/// A queue to the loop, and its end.
#[must_use]
pub fn queue() -> (mpsc::Sender<Arrival>, mpsc::Receiver<Arrival>) {
    mpsc::channel(QUEUE)
}

/// Opens everything that the configuration names. Must be called on a tokio runtime.
///
/// # Errors
/// In words: the key, the data directory, another instance, a damaged journal. Nothing was sold.
pub fn open(
    config: &Config,
    key: SecretKey,
    arrivals: (mpsc::Sender<Arrival>, mpsc::Receiver<Arrival>),
    listener: Listener,
) -> Result<Shop> {
    let (queue, arrivals) = arrivals;
    let mut settings = config.settings.clone();
    settings.mode = key.mode();
    let client = Client::new(config.client_options(key)).context("the gateway client cannot be made")?;
    make_private(&config.data_dir)?;
    let options = OpenOptions::new(settings.terminal.clone(), Clock::new().now().wall);
    let (terminal, store) = crate::start::terminal_of(&config.data_dir, &options, &settings, random()?)?;
    terminal.check_identity()?;
    let printer = devices::start_printer(&config.printer, &queue)?;
    let typing =
        if config.scanners.contains(&Scanner::Window) { Typing::with_scanner() } else { Typing::Person };
    let scanners = devices::start_scanners(&config.scanners, &queue)?;
    let limit = config.gateway.connect_timeout + config.gateway.answer_timeout;
    let workers = Workers::new(client, limit, printer, queue)
        .with_logo(config.receipt.logo.clone())
        .with_drawer(config.printer.drawer());
    let columns = config.printer.profile().columns;
    let receipts = ReceiptWriter::start(config)?;
    let pins = config.pins.clone();
    let parts = Parts { terminal, store, workers, arrivals, listener, typing, pins, columns, receipts };
    Ok(Shop { event_loop: EventLoop::new(parts), scanners })
}

/// The data directory, readable by this user only.
fn make_private(directory: &PathBuf) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    if !directory.exists() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .with_context(|| format!("the data directory {} cannot be made", directory.display()))?;
    }
    let mode = std::fs::metadata(directory)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(directory = %directory.display(), "other users can read the data directory; chmod 700 it");
    }
    Ok(())
}

/// Random bytes of the system.
pub(crate) fn random() -> Result<[u8; 16]> {
    use std::io::Read as _;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no random bytes from the system")?;
    Ok(bytes)
}
