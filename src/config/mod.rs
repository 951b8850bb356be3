//! Reads configuration files into typed settings; refuses unknown keys and points at the line.
//!
//! Invariant: a [`Config`] that exists can be run; every error says where, what is wrong and what would be right, and
//! all of them come in one go. Deliberately absent: defaults scattered in code (they stand in `check.rs` alone).

mod check;
mod customer_display;
mod devices;
mod file;
mod people;
mod printers;
mod problem;
mod receipt;
mod secret;
mod wallets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use quickpay_core::settings::Settings;
use quickpay_drivers::printer::bitmap::Bitmap;
use quickpay_drivers::printer::escpos::Drawer;
use quickpay_drivers::printer::port::PrinterKind;
use quickpay_drivers::printer::profile::Profile;
use quickpay_drivers::scanner::ScannerKind;
use quickpay_drivers::scanner::sysfs::Sysfs;
use quickpay_gateway::{ClientOptions, Endpoint, SecretKey};

use crate::pin_desk::PinHolder;

pub use customer_display::CustomerDisplay;
pub use problem::{ConfigError, Line, Problem};
pub use secret::KeyPlaceError;

/// One terminal's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the core is told.
    pub settings: Settings,
    /// Where journal and store live.
    pub data_dir: PathBuf,
    /// Where the gateway is and how long we wait for it.
    pub gateway: Gateway,
    /// How the people of the settings prove who they are.
    pub pins: Vec<PinHolder>,
    /// The scanners.
    pub scanners: Vec<Scanner>,
    /// The printer.
    pub printer: Printer,
    /// What the rim does with receipts besides printing them.
    pub receipt: Receipt,
    /// The customer's display, if it is switched on.
    pub customer_display: Option<CustomerDisplay>,
    /// Where the kernel's view of the devices is.
    pub sysfs: Sysfs,
}

/// What the rim does with receipts besides printing them; what they say is part of the core's settings.
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    /// The shop's logo, as wide as the paper at most.
    pub logo: Option<Arc<Bitmap>>,
    /// Where electronic receipts go.
    pub files: Option<ReceiptFiles>,
}

/// Where electronic receipts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFiles {
    /// The folder, made when it is not there.
    pub folder: PathBuf,
    /// As which files.
    pub formats: BTreeSet<FileFormat>,
    /// Receipts that are kept; older ones are removed.
    pub keep: usize,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFormat {
    /// A picture.
    Png,
    /// A page with that picture.
    Pdf,
}

/// The gateway's part.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Its address.
    pub endpoint: Endpoint,
    /// The file that holds the key, if one is named.
    pub secret_key_file: Option<PathBuf>,
    /// To find, connect and encrypt.
    pub connect_timeout: Duration,
    /// For a whole answer.
    pub answer_timeout: Duration,
    /// For the proof of an idle line.
    pub probe_timeout: Duration,
    /// This till's address as the gateway wants to see it; empty is left out.
    pub client_ip: String,
    /// `IOS` or `ANDROID`; empty is left out.
    pub os_type: String,
}

/// One scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// A device with a thread of its own.
    Device(ScannerKind),
    /// Types into the window.
    Window,
}

/// The printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Printer {
    /// There is none.
    None,
    /// One is meant to be there.
    Device {
        /// How it is connected.
        kind: PrinterKind,
        /// What it can do.
        profile: Profile,
        /// Whether the original receipt of a sale opens the cash drawer.
        drawer: Drawer,
    },
}

impl Printer {
    /// What the printer can do; the generic profile where there is none, for papers shown as text.
    #[must_use]
    pub fn profile(&self) -> Profile {
        match self {
            Printer::None => Profile::generic(),
            Printer::Device { profile, .. } => profile.clone(),
        }
    }

    /// Whether the original receipt of a sale opens the cash drawer.
    #[must_use]
    pub fn drawer(&self) -> Drawer {
        match self {
            Printer::None => Drawer::Leave,
            Printer::Device { drawer, .. } => *drawer,
        }
    }

    /// The same printer, told what its papers are.
    fn with_profile(self, profile: Profile) -> Printer {
        match self {
            Printer::None => Printer::None,
            Printer::Device { kind, drawer, profile: _ } => Printer::Device { kind, profile, drawer },
        }
    }
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`] names every problem with its line; nothing was opened.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::new(path, "", vec![Problem::unreadable(&error, "config/terminal.toml")])
        })?;
        Config::parse(path, &text)
    }

    /// Reads a configuration from its text; `path` is for messages.
    ///
    /// # Errors
    /// [`ConfigError`] names every problem with its line.
    pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
        let wrong = |problems| ConfigError::new(path, text, problems);
        let file = toml::from_str::<file::File>(text).map_err(|error| wrong(vec![Problem::of(&error)]))?;
        check::check(&file, path.parent().unwrap_or(Path::new(""))).map_err(wrong)
    }

    /// Finds the secret key where the configuration and the environment say.
    ///
    /// # Errors
    /// [`KeyPlaceError`] says where it was looked for, or that it does not belong to this host.
    pub fn secret_key(&self) -> Result<SecretKey, KeyPlaceError> {
        secret::find(&self.gateway)
    }

    /// The gateway client's options with a key.
    #[must_use]
    pub fn client_options(&self, key: SecretKey) -> ClientOptions {
        ClientOptions {
            connect_timeout: self.gateway.connect_timeout,
            answer_timeout: self.gateway.answer_timeout,
            probe_timeout: self.gateway.probe_timeout,
            client_ip: self.gateway.client_ip.clone(),
            os_type: self.gateway.os_type.clone(),
            terminal: self.settings.terminal.to_string(),
            ..ClientOptions::new(self.gateway.endpoint.clone(), key)
        }
    }
}
