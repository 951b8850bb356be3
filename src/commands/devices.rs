//! `quickpay devices`: what is plugged in, what each is, what is wrong, and the lines of configuration to paste.
//!
//! Invariant: looking opens no device that is plugged in; only `--test` does. A printer on the network can only be looked
//! at by asking it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use quickpay_drivers::printer::file::FileSettings;
use quickpay_drivers::printer::list::{FoundPrinter, node_trouble, printers};
use quickpay_drivers::printer::once::look;
use quickpay_drivers::printer::port::PrinterKind;
use quickpay_drivers::printer::profile::Profile;
use quickpay_drivers::scanner::Loss;
use quickpay_drivers::scanner::identity::Mode;
use quickpay_drivers::scanner::list::{Certainty, Found, scanners, whereabouts};
use quickpay_drivers::scanner::sysfs::Sysfs;
use serde_json::{Value, json};

use super::{device_test, say};
use crate::cli::{CONFIG, Devices};
use crate::config::{Config, Printer, Scanner};

pub(super) fn run(arguments: &Devices) -> Result<()> {
    crate::telemetry::start("warn");
    let config = read(arguments.config.as_deref())?;
    let sysfs = config.as_ref().map_or_else(Sysfs::default, |config| config.sysfs.clone());
    let (scanners, printers) = (scanners(&sysfs), printers(&sysfs));
    if arguments.test {
        return device_test::run(config.as_ref(), &scanners, &printers, arguments.wait);
    }
    if arguments.json {
        scanners.iter().for_each(|found| say(&scanner_json(found).to_string()));
        printers.iter().for_each(|found| say(&printer_json(found).to_string()));
        config.as_ref().and_then(configured_json).iter().for_each(|line| say(&line.to_string()));
        return Ok(());
    }
    say(&format!("Looked at what the kernel shows in {}.\n", sysfs.sys.display()));
    if scanners.is_empty() && printers.is_empty() {
        say(&nothing(&sysfs));
    }
    scanners.iter().for_each(say_scanner);
    printers.iter().for_each(say_printer);
    if let Some(config) = &config {
        say_configured(config, &printers);
    }
    Ok(())
}

/// The file that is named must be good; the default one only where it is.
fn read(named: Option<&Path>) -> Result<Option<Config>> {
    match named {
        Some(path) => Ok(Some(Config::read(path)?)),
        None if Path::new(CONFIG).exists() => Ok(Some(Config::read(Path::new(CONFIG))?)),
        None => Ok(None),
    }
}

/// Why there may be nothing, which is usual in a container.
fn nothing(sysfs: &Sysfs) -> String {
    let words = "No scanner, keyboard, serial port or USB printer is plugged in";
    if sysfs.sys.join("bus/usb/devices").is_dir() {
        return format!("{words}.\n");
    }
    format!(
        "{words} that can be seen from here: {} is missing. In a container that is usual: give it the machine's /sys and \
         /dev.\n",
        sysfs.sys.join("bus/usb/devices").display()
    )
}

fn say_scanner(found: &Found) {
    let what = match (found.certainty, found.kind) {
        (Certainty::Scanner, _) => "Scanner".to_owned(),
        (Certainty::Perhaps, Some(kind)) => format!("Perhaps a scanner ({})", kind.word()),
        (Certainty::Perhaps, None) => "Perhaps a scanner".to_owned(),
    };
    let ids = ids(found.vendor.map(|id| id.to_string()), found.product.map(|id| id.to_string()));
    say(&title(&what, &found.name, &ids, found.serial.as_deref(), found.port.as_deref()));
    let place = found.path.as_ref().map_or_else(String::new, |path| format!("at {}", path.display()));
    let way = found.kind.map_or("not readable", |kind| kind.word());
    say(&format!("  {way} {place}: {}", found.trouble.as_deref().unwrap_or("usable")));
    found.configuration.iter().for_each(|lines| say(&indented(lines)));
    say("");
}

fn say_printer(found: &FoundPrinter) {
    let identity = &found.identity;
    let ids = ids(identity.vendor.map(|id| id.to_string()), identity.product.map(|id| id.to_string()));
    say(&title("Printer", &found.name, &ids, identity.serial.as_deref(), identity.port.as_deref()));
    let kernel = found.kernel_node.as_ref();
    let kernel =
        kernel.map_or_else(String::new, |node| format!(" (the kernel shows it as {})", node.display()));
    say(&format!(
        "  usb at {}{kernel}: {}",
        found.path.display(),
        found.trouble.as_deref().unwrap_or("usable")
    ));
    say(&indented(&found.configuration));
    say("");
}

fn title(what: &str, name: &str, ids: &str, serial: Option<&str>, port: Option<&str>) -> String {
    let serial = serial.map_or_else(String::new, |serial| format!(", serial number {serial}"));
    let port = port.map_or_else(String::new, |port| format!(", port {port}"));
    let name = if name.is_empty() { "without a name" } else { name };
    format!("{what}: {name}{ids}{serial}{port}")
}

fn ids(vendor: Option<String>, product: Option<String>) -> String {
    match (vendor, product) {
        (Some(vendor), Some(product)) => format!(", {vendor}:{product}"),
        (_, _) => String::new(),
    }
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn say_configured(config: &Config, printers: &[FoundPrinter]) {
    say("Configured:");
    let mut taken: Vec<(usize, PathBuf)> = Vec::new();
    for (n, scanner) in (1..).zip(&config.scanners) {
        let how = match scanner {
            Scanner::Window => "types into the window".to_owned(),
            Scanner::Device(kind) => match whereabouts(kind, &config.sysfs) {
                Ok((mode, path)) => {
                    let node = path.canonicalize().unwrap_or_else(|_| path.clone());
                    let twin = taken.iter().find(|(_, other)| *other == node).map(|(place, _)| *place);
                    taken.push((n - 1, node));
                    let how = twin.map_or("usable".to_owned(), |place| Loss::ReadAs { place }.to_string());
                    format!("{} at {}: {how}", mode.word(), path.display())
                }
                Err(words) => words,
            },
        };
        say(&format!("  scanner {n}: {how}"));
    }
    if config.scanners.is_empty() {
        say("  no scanner");
    }
    say(&format!("  {}", configured_printer(&config.printer, printers, &config.sysfs)));
}

fn configured_printer(printer: &Printer, found: &[FoundPrinter], sysfs: &Sysfs) -> String {
    let Printer::Device { kind, profile, .. } = printer else { return "no printer".to_owned() };
    let how = match kind {
        PrinterKind::Usb(settings) => {
            let wanted = &settings.identity;
            let meant: Vec<_> =
                found.iter().filter(|one| wanted.is_empty() || wanted.matches(&one.identity)).collect();
            match meant[..] {
                [] => "usb: not plugged in".to_owned(),
                [one] => {
                    let how = one.trouble.as_deref().unwrap_or("usable");
                    format!("usb at {}: {how}", one.path.display())
                }
                [..] => "usb: several match; add the serial number or the port".to_owned(),
            }
        }
        PrinterKind::UsbLp(path) => at_node("usb", path, sysfs),
        PrinterKind::Serial(settings) => at_node("serial", &settings.path, sysfs),
        PrinterKind::Tcp(settings) => format!("tcp at {}: {}", settings.address, asked(kind, profile)),
        PrinterKind::File(settings) => {
            format!("file {}: {}", place(settings).display(), asked(kind, profile))
        }
    };
    format!("printer, profile {}: {how}", profile.name)
}

/// In words, whether it could take a paper now.
fn asked(kind: &PrinterKind, profile: &Profile) -> String {
    match look(kind, profile) {
        Ok(()) => "usable".to_owned(),
        Err(trouble) => trouble.to_string(),
    }
}

fn place(settings: &FileSettings) -> &Path {
    match settings {
        FileSettings::Append(path) | FileSettings::OnePerJob(path) => path,
    }
}

/// Nothing at a node says what hangs on it.
fn at_node(kind: &str, path: &Path, sysfs: &Sysfs) -> String {
    let how = node_trouble(path, sysfs).unwrap_or_else(|| "is there; --test prints a page".to_owned());
    format!("{kind} at {}: {how}", path.display())
}

/// The configured printer that no bus lists, as `printer_json` tells of the others.
fn configured_json(config: &Config) -> Option<Value> {
    let Printer::Device { kind, profile, .. } = &config.printer else { return None };
    let (word, at, trouble) = match kind {
        PrinterKind::Usb(_) => return None,
        PrinterKind::UsbLp(path) => ("usb", path.display().to_string(), node_trouble(path, &config.sysfs)),
        PrinterKind::Serial(settings) => {
            ("serial", settings.path.display().to_string(), node_trouble(&settings.path, &config.sysfs))
        }
        PrinterKind::Tcp(settings) => {
            ("tcp", settings.address.clone(), look(kind, profile).err().map(|trouble| trouble.to_string()))
        }
        PrinterKind::File(settings) => {
            let trouble = look(kind, profile).err().map(|trouble| trouble.to_string());
            ("file", place(settings).display().to_string(), trouble)
        }
    };
    Some(json!({
        "device": "printer",
        "configured": true,
        "kind": word,
        "path": at,
        "profile": profile.name,
        "trouble": trouble,
    }))
}

fn scanner_json(found: &Found) -> Value {
    json!({
        "device": "scanner",
        "certain": found.certainty == Certainty::Scanner,
        "kind": found.kind.map(Mode::word),
        "path": found.path,
        "name": found.name,
        "vendor_id": found.vendor.map(|id| id.to_string()),
        "product_id": found.product.map(|id| id.to_string()),
        "serial_number": found.serial,
        "port": found.port,
        "trouble": found.trouble,
        "configuration": found.configuration,
    })
}

fn printer_json(found: &FoundPrinter) -> Value {
    json!({
        "device": "printer",
        "certain": true,
        "kind": "usb",
        "path": found.path,
        "name": found.name,
        "vendor_id": found.identity.vendor.map(|id| id.to_string()),
        "product_id": found.identity.product.map(|id| id.to_string()),
        "serial_number": found.identity.serial,
        "port": found.identity.port,
        "trouble": found.trouble,
        "configuration": found.configuration,
    })
}
