//! `quickpay devices --test`: one scan is read and one page is printed, and what came of both is said.
//!
//! Invariant: what was scanned is never shown, since it may be a payment code; only how long it is and of which kind.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::terminal::Terminal;
use quickpay_drivers::printer::escpos::Drawer;
use quickpay_drivers::printer::fonts::Fonts;
use quickpay_drivers::printer::job::{PrintOutcome, Proof, Stage, Trouble};
use quickpay_drivers::printer::list::FoundPrinter;
use quickpay_drivers::printer::once::{print, ruler};
use quickpay_drivers::printer::part::Part;
use quickpay_drivers::printer::port::PrinterKind;
use quickpay_drivers::printer::profile::Profile;
use quickpay_drivers::printer::usb::UsbSettings;
use quickpay_drivers::scanner::framing::FramingOptions;
use quickpay_drivers::scanner::identity::Mode;
use quickpay_drivers::scanner::life::IdentifiedSettings;
use quickpay_drivers::scanner::list::{Certainty, Found};
use quickpay_drivers::scanner::sysfs::Sysfs;
use quickpay_drivers::scanner::{ScannerEvent, ScannerKind};

use super::say;
use crate::clock::Clock;
use crate::config::{Config, Printer, Scanner};

/// A page is printed within this, or something is wrong.
const PAGE_LIMIT: Duration = Duration::from_secs(20);

/// A configuration that exists in memory alone, for machines that have none yet.
const BARE: &str = "[terminal]\nid = \"TEST\"\nmerchant = \"quickpay\"\ndata_dir = \"/nonexistent\"\n\
                    [gateway]\nbase_url = \"https://apitest.wooshpay.com\"\n";

pub(super) fn run(
    config: Option<&Config>,
    scanners: &[Found],
    printers: &[FoundPrinter],
    wait_seconds: u64,
) -> Result<()> {
    let kinds = match config {
        Some(config) => config.scanners.iter().filter_map(configured).collect(),
        None => plugged_in(scanners),
    };
    let printer = match config {
        Some(config) => config.printer.clone(),
        None => only_printer(printers),
    };
    let scanned = read_a_scan(kinds, Duration::from_secs(wait_seconds));
    let printed = print_a_page(config, &printer);
    scanned.and(printed)
}

fn configured(scanner: &Scanner) -> Option<ScannerKind> {
    match scanner {
        Scanner::Device(kind) => Some(kind.clone()),
        Scanner::Window => None,
    }
}

/// Every certain scanner, by where it hangs now.
fn plugged_in(scanners: &[Found]) -> Vec<ScannerKind> {
    let usable = |found: &&Found| found.certainty == Certainty::Scanner && found.kind.is_some();
    let kind = |found: &Found| {
        let identity =
            quickpay_drivers::identity::Identity { port: found.port.clone(), ..Default::default() };
        ScannerKind::Identified(IdentifiedSettings {
            identity,
            modes: Mode::ALL.to_vec(),
            baud: 9_600,
            framing: FramingOptions::default(),
            sysfs: Sysfs::default(),
        })
    };
    let mut kinds: Vec<ScannerKind> = Vec::new();
    for found in scanners.iter().filter(usable).map(kind) {
        if !kinds.contains(&found) {
            kinds.push(found);
        }
    }
    kinds
}

fn only_printer(printers: &[FoundPrinter]) -> Printer {
    match printers {
        [_] => {
            let kind = PrinterKind::Usb(UsbSettings::default());
            Printer::Device { kind, profile: Profile::generic(), drawer: Drawer::Leave }
        }
        [..] => Printer::None,
    }
}

fn read_a_scan(kinds: Vec<ScannerKind>, wait: Duration) -> Result<()> {
    if kinds.is_empty() {
        say("Scanner: none to try. Plug one in, or name one in the configuration (--config FILE).");
        return Ok(());
    }
    let (tell, told) = channel();
    let mut running = Vec::new();
    for kind in kinds {
        let tell = tell.clone();
        running.push(kind.start(move |event| drop(tell.send(event))).context("no thread for a scanner")?);
    }
    say(&format!("Scanner: scan any code within {} s.", wait.as_secs()));
    let until = Instant::now() + wait;
    loop {
        match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(ScannerEvent::Opened) => say("Scanner: open."),
            Ok(ScannerEvent::Lost(loss)) => say(&format!("Scanner: {loss}")),
            Ok(ScannerEvent::Discarded(why)) => say(&format!("Scanner: {why}; scan again.")),
            Ok(ScannerEvent::Scan(scan)) => {
                let kind = scan.aim().map_or_else(
                    || "it does not say of which kind of code".to_owned(),
                    |aim| format!("AIM identifier ]{}{}", char::from(aim.code), char::from(aim.modifier)),
                );
                say(&format!("Scanner: read {} characters; {kind}.", scan.len()));
                return Ok(());
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                bail!("nothing was scanned within {} s", wait.as_secs())
            }
        }
    }
}

fn print_a_page(config: Option<&Config>, printer: &Printer) -> Result<()> {
    let Printer::Device { kind, profile, .. } = printer else {
        say("Printer: none to try. Plug one in, or name one in the configuration (--config FILE).");
        return Ok(());
    };
    let settings = match config {
        Some(config) => config.settings.clone(),
        None => Config::parse(std::path::Path::new("(none)"), BARE)?.settings,
    };
    let page = Terminal::new(settings, FingerprintKey::new([0; 16])).test_page(Clock::new().now());
    let ruler = ruler(profile.width_dots);
    let mut parts = vec![Part::Picture(&ruler)];
    parts.extend(Part::all_of(&page));
    let fonts = Fonts::in_folder(&crate::assets::fonts()).unwrap_or_else(|_| Fonts::none());
    say(&format!("Printer: printing a test page (profile {}).", profile.name));
    let on_stage = |stage| {
        if let Stage::Interrupted(hindrance) = stage {
            say(&format!("Printer: waiting; {}.", Trouble::Hindered(hindrance)));
        }
    };
    let tried = print(kind, profile, &fonts, &parts, PAGE_LIMIT, on_stage);
    if !tried.missing.is_empty() {
        say(&format!("Printer: {} characters are not in its set nor in our fonts.", tried.missing.len()));
    }
    match tried.outcome {
        PrintOutcome::Printed(Proof::Answered) => say("Printer: printed; the printer said so itself."),
        PrintOutcome::Printed(Proof::Sent) => say(
            "Printer: sent, not proven: this profile believes no answers. Look at the paper: the ruler must reach both edges, \
             every line must be readable, barcode and QR must scan.",
        ),
        PrintOutcome::NotSent(trouble) => bail!("nothing was printed: {trouble}"),
        PrintOutcome::Unknown(trouble) => bail!("look at the paper, it may be in part or whole: {trouble}"),
    }
    Ok(())
}
