//! The tables of scanners and the printer: which device is meant, how it is read, what it can do.
//!
//! Invariant: a device is named by its path or by what it is, never by both; a key that means nothing for a kind of device
//! is an error, not ignored.

use std::ops::Range;
use std::path::{Path, PathBuf};

use quickpay_drivers::identity::{Identity, UsbId};
use quickpay_drivers::printer::escpos::Drawer;
use quickpay_drivers::printer::file::FileSettings;
use quickpay_drivers::printer::port::PrinterKind;
use quickpay_drivers::printer::profile::Profile;
use quickpay_drivers::printer::serial::{Flow, SerialPrinterSettings};
use quickpay_drivers::printer::tcp::TcpSettings;
use quickpay_drivers::printer::usb::UsbSettings;
use quickpay_drivers::scanner::ScannerKind;
use quickpay_drivers::scanner::evdev::EvdevSettings;
use quickpay_drivers::scanner::framing::FramingOptions;
use quickpay_drivers::scanner::hidraw::HidPosSettings;
use quickpay_drivers::scanner::identity::Mode;
use quickpay_drivers::scanner::life::IdentifiedSettings;
use quickpay_drivers::scanner::serial::SerialSettings;
use quickpay_drivers::scanner::sysfs::Sysfs;
use toml::Spanned;

use super::check::{Checker, named};
use super::file::{PrinterTable, ScannerTable};
use super::problem::Problem;
use super::{Printer, Scanner, printers};

const SCANNER_KINDS: &str = "\"serial\", \"evdev\", \"hid-pos\", \"any\", \"window\" or \"none\"";
const PRINTER_KINDS: &str = "\"usb\", \"tcp\", \"serial\", \"file\" or \"none\"";

/// The keys that say which device is meant.
struct Which<'a> {
    path: Option<&'a Spanned<String>>,
    vendor: Option<&'a Spanned<toml::Value>>,
    product: Option<&'a Spanned<toml::Value>>,
    serial: Option<&'a Spanned<String>>,
    port: Option<&'a Spanned<String>>,
}

impl<'a> Which<'a> {
    fn scanner(table: &'a ScannerTable) -> Which<'a> {
        Which {
            path: table.path.as_ref(),
            vendor: table.vendor_id.as_ref(),
            product: table.product_id.as_ref(),
            serial: table.serial_number.as_ref(),
            port: table.port.as_ref(),
        }
    }

    fn printer(table: &'a PrinterTable) -> Which<'a> {
        Which {
            path: table.path.as_ref(),
            vendor: table.vendor_id.as_ref(),
            product: table.product_id.as_ref(),
            serial: table.serial_number.as_ref(),
            port: table.port.as_ref(),
        }
    }

    /// The first key of an identity, with its place.
    fn identity_key(&self) -> Option<(&'static str, Range<usize>)> {
        let keys = [
            ("vendor_id", self.vendor.map(Spanned::span)),
            ("product_id", self.product.map(Spanned::span)),
            ("serial_number", self.serial.map(Spanned::span)),
            ("port", self.port.map(Spanned::span)),
        ];
        keys.into_iter().find_map(|(key, span)| Some((key, span?)))
    }
}

impl Checker {
    pub(super) fn scanners(&mut self, tables: &[Spanned<ScannerTable>], sysfs: &Sysfs) -> Vec<Scanner> {
        let mut scanners: Vec<Scanner> = Vec::new();
        for table in tables {
            let Some(scanner) = self.scanner(table.get_ref(), sysfs) else { continue };
            let twin = (1..).zip(&scanners).find(|(_, other)| are_one_device(other, &scanner));
            if let Some((number, other)) = twin {
                let words = if *other == scanner {
                    "this scanner is named twice; each read would be taken twice".to_owned()
                } else {
                    format!(
                        "this table and that of scanner {number} mean one device: what fits the one fits the other too; \
                         tell them apart by serial_number or port, or remove one"
                    )
                };
                self.problems.push(Problem::at(table.get_ref().kind.span(), words));
            }
            scanners.push(scanner);
        }
        scanners
    }

    fn scanner(&mut self, table: &ScannerTable, sysfs: &Sysfs) -> Option<Scanner> {
        let modes = match table.kind.get_ref().as_str() {
            "serial" => vec![Mode::Serial],
            "evdev" => vec![Mode::Wedge],
            "hid-pos" => vec![Mode::HidPos],
            "any" => Mode::ALL.to_vec(),
            "window" => return Some(Scanner::Window),
            "none" => return None,
            other => {
                let words = format!("no scanner kind \"{other}\"; it is {SCANNER_KINDS}");
                self.problems.push(Problem::at(table.kind.span(), words));
                return None;
            }
        };
        let baud = self.baud(table.baud.as_ref(), 9_600);
        let framing = self.framing(table);
        if !modes.contains(&Mode::Serial) {
            let kind = table.kind.get_ref();
            for (key, value) in [("baud", &table.baud), ("idle_end_ms", &table.idle_end_ms)] {
                if let Some(value) = value {
                    let words = format!("{key} is for serial ports; kind \"{kind}\" has none");
                    self.problems.push(Problem::at(value.span(), words));
                }
            }
        }
        let (path, identity) = self.which(&Which::scanner(table), &table.kind)?;
        let kind = match (path, modes.as_slice()) {
            (None, _) => ScannerKind::Identified(IdentifiedSettings {
                identity,
                modes,
                baud,
                framing,
                sysfs: sysfs.clone(),
            }),
            (Some(path), [Mode::Serial]) => ScannerKind::Serial(SerialSettings { path, baud, framing }),
            (Some(path), [Mode::Wedge]) => {
                ScannerKind::Evdev(EvdevSettings { path, repeat_window: framing.repeat_window })
            }
            (Some(path), [Mode::HidPos]) => {
                ScannerKind::HidPos(HidPosSettings { path, repeat_window: framing.repeat_window })
            }
            (Some(_), _) => {
                let place = table.path.as_ref().map_or(table.kind.span(), Spanned::span);
                let words =
                    "kind \"any\" is found by what it is: give vendor_id, serial_number or port, and no path";
                self.problems.push(Problem::at(place, words));
                return None;
            }
        };
        Some(Scanner::Device(kind))
    }

    fn framing(&mut self, table: &ScannerTable) -> FramingOptions {
        let usual = FramingOptions::default();
        let usual_repeat_ms = u64::try_from(usual.repeat_window.as_millis()).unwrap_or(500);
        FramingOptions {
            idle_flush: table
                .idle_end_ms
                .as_ref()
                .map(|value| self.millis("idle_end_ms", Some(value), 80, 20..=500)),
            repeat_window: self.millis("repeat_ms", table.repeat_ms.as_ref(), usual_repeat_ms, 0..=5_000),
        }
    }

    /// Its path, or what it is.
    fn which(&mut self, which: &Which<'_>, kind: &Spanned<String>) -> Option<(Option<PathBuf>, Identity)> {
        let before = self.problems.len();
        let identity = self.identity(which);
        match (which.path, which.identity_key()) {
            (Some(_), Some((key, span))) => {
                let words =
                    format!("{key} and path exclude each other: give the path, or what the device is");
                self.problems.push(Problem::at(span, words));
            }
            (None, None) => {
                let words = format!(
                    "kind \"{}\" needs path, or vendor_id with product_id, serial_number or port; \
                     `quickpay devices` shows what is plugged in",
                    kind.get_ref()
                );
                self.problems.push(Problem::at(kind.span(), words));
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
        let path = which.path.and_then(|path| self.take(path, |text| named("path", text).map(PathBuf::from)));
        (self.problems.len() == before).then_some((path, identity))
    }

    fn identity(&mut self, which: &Which<'_>) -> Identity {
        let vendor = which.vendor.and_then(|value| self.take(value, |value| usb_id("vendor_id", value)));
        let product = which.product.and_then(|value| self.take(value, |value| usb_id("product_id", value)));
        let serial = which.serial.and_then(|value| self.take(value, |text| named("serial_number", text)));
        let port = which.port.and_then(|value| self.take(value, |text| usb_port(text)));
        if let (Some(product), None) = (which.product, which.vendor) {
            let words = "product_id says nothing without vendor_id";
            self.problems.push(Problem::at(product.span(), words));
        }
        Identity { vendor, product, serial, port }
    }

    pub(super) fn printer(&mut self, table: &Spanned<PrinterTable>, folder: &Path) -> Option<Printer> {
        let printer = table.get_ref();
        let profile = self.profile(printer, folder);
        let drawer = self.optional(printer.drawer.as_ref(), Drawer::Leave, |word| drawer(word));
        let kind = match printer.kind.get_ref().as_str() {
            "none" => return Some(Printer::None),
            "tcp" => PrinterKind::Tcp(TcpSettings::at(self.address(printer)?)),
            "serial" => {
                let baud = self.baud(printer.baud.as_ref(), 19_200);
                let flow = self.optional(printer.flow.as_ref(), Flow::XonXoff, |text| flow(text));
                let path = PathBuf::from(self.needed("path", printer.path.as_ref(), &printer.kind)?);
                PrinterKind::Serial(SerialPrinterSettings { path, baud, flow })
            }
            "file" => {
                let path = PathBuf::from(self.needed("path", printer.path.as_ref(), &printer.kind)?);
                PrinterKind::File(FileSettings::Append(path))
            }
            "usb" => self.usb_printer(printer)?,
            other => {
                let words = format!("no printer kind \"{other}\"; it is {PRINTER_KINDS}");
                self.problems.push(Problem::at(printer.kind.span(), words));
                return None;
            }
        };
        if !matches!(kind, PrinterKind::Usb(_))
            && let Some((key, span)) = Which::printer(printer).identity_key()
        {
            let words = format!("{key} is for kind \"usb\"");
            self.problems.push(Problem::at(span, words));
        }
        Some(Printer::Device { kind, profile, drawer })
    }

    /// With a path it is usblp's node; else the one that is meant, or the only one that is plugged in.
    fn usb_printer(&mut self, printer: &PrinterTable) -> Option<PrinterKind> {
        let which = Which::printer(printer);
        if which.path.is_none() && which.identity_key().is_none() {
            return Some(PrinterKind::Usb(UsbSettings::default()));
        }
        let (path, identity) = self.which(&which, &printer.kind)?;
        Some(match path {
            Some(node) => PrinterKind::UsbLp(node),
            None => PrinterKind::Usb(UsbSettings { identity }),
        })
    }

    fn address(&mut self, printer: &PrinterTable) -> Option<String> {
        let address = self.needed("address", printer.address.as_ref(), &printer.kind)?;
        let place = printer.address.as_ref().map_or(printer.kind.span(), Spanned::span);
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if port.is_none() {
            self.problems.push(Problem::at(place, "address is HOST:PORT, such as 192.168.1.50:9100"));
        }
        Some(address)
    }

    fn profile(&mut self, printer: &PrinterTable, folder: &Path) -> Profile {
        let file = printer.profiles_file.as_ref();
        let profiles = match printers::read(file.map(|file| folder.join(file.get_ref())).as_deref()) {
            Ok(profiles) => profiles,
            Err(error) => {
                let words = error.to_string();
                self.problems.push(match file {
                    Some(file) => Problem::at(file.span(), words),
                    None => Problem::nowhere(words),
                });
                Profile::built_in()
            }
        };
        let by_name = |name: &String| printers::named(name, &profiles);
        let profile = self.optional(printer.profile.as_ref(), Profile::generic(), by_name);
        let columns = self.optional(printer.columns.as_ref(), profile.columns, printers::columns);
        let width_dots = self.optional(printer.width_dots.as_ref(), profile.width_dots, printers::width_dots);
        Profile { columns, width_dots, ..profile }
    }

    fn baud(&mut self, value: Option<&Spanned<i64>>, default: u32) -> u32 {
        self.optional(value, default, |n| {
            let baud = u32::try_from(*n).ok().filter(|n| (300..=921_600).contains(n));
            baud.ok_or("baud is 300 to 921600, mostly 9600 or 115200".to_owned())
        })
    }

    fn needed(
        &mut self,
        key: &str,
        value: Option<&Spanned<String>>,
        kind: &Spanned<String>,
    ) -> Option<String> {
        match value {
            Some(value) => self.take(value, |text| named(key, text)),
            None => {
                let words = format!("kind \"{}\" needs {key}", kind.get_ref());
                self.problems.push(Problem::at(kind.span(), words));
                None
            }
        }
    }
}

/// Whether a device that fits one of two tables fits the other too, whatever is plugged in. A path beside an identity
/// cannot be judged here; the drivers see it when both find the same node.
fn are_one_device(one: &Scanner, other: &Scanner) -> bool {
    let (Scanner::Device(one), Scanner::Device(other)) = (one, other) else { return one == other };
    match (one, other) {
        (ScannerKind::Identified(one), ScannerKind::Identified(other)) => {
            let meet = one.modes.iter().any(|mode| other.modes.contains(mode));
            meet && (one.identity.is_within(&other.identity) || other.identity.is_within(&one.identity))
        }
        (ScannerKind::Identified(_), _) | (_, ScannerKind::Identified(_)) => false,
        (one, other) => node_of(one) == node_of(other),
    }
}

fn node_of(kind: &ScannerKind) -> Option<&Path> {
    match kind {
        ScannerKind::Serial(settings) => Some(&settings.path),
        ScannerKind::Evdev(settings) => Some(&settings.path),
        ScannerKind::HidPos(settings) => Some(&settings.path),
        ScannerKind::Identified(_) => None,
    }
}

fn drawer(text: &str) -> Result<Drawer, String> {
    match text {
        "leave" => Ok(Drawer::Leave),
        "open" => Ok(Drawer::Open),
        other => Err(format!("no drawer \"{other}\"; it is \"leave\" or \"open\"")),
    }
}

fn flow(text: &str) -> Result<Flow, String> {
    match text {
        "xon-xoff" => Ok(Flow::XonXoff),
        "rts-cts" => Ok(Flow::RtsCts),
        "none" => Ok(Flow::None),
        other => Err(format!("no flow control \"{other}\"; it is \"xon-xoff\", \"rts-cts\" or \"none\"")),
    }
}

/// `"0c2e"` or `"0x0c2e"`. No bare number: whether 1200 was meant in hexadecimal cannot be told.
fn usb_id(key: &str, value: &toml::Value) -> Result<UsbId, String> {
    let id = match value {
        toml::Value::String(text) => text.parse().ok(),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => None,
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    };
    id.ok_or_else(|| format!("{key} is four hexadecimal digits in quotes, such as \"0c2e\""))
}

/// As the kernel writes it: the bus, then the ports down to the device.
fn usb_port(text: &str) -> Result<String, String> {
    let numbers = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let well_formed =
        text.split_once('-').is_some_and(|(bus, ports)| numbers(bus) && ports.split('.').all(numbers));
    if well_formed { Ok(text.to_owned()) } else { Err("port is bus and ports, such as \"1-1.2\"".to_owned()) }
}
