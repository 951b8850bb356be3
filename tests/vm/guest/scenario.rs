//! The scenarios, by name. A name is a sentence that is true when it passes.

use std::time::Duration;

use super::counter::Bench;
use super::outcome::Outcome;
use super::scenarios::{held, modem_manager, paper, plugging, qemu, reading, rules, serial_paper, speed};

/// Words to show beside the verdict: what was measured.
pub(crate) type Measured = String;

/// One scenario.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    pub(crate) in_core: InCore,
    pub(crate) limit: Duration,
    pub(crate) run: fn(&mut Bench) -> Outcome<Measured>,
}

/// Whether the short run has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InCore {
    Yes,
    No,
}

const fn core(
    name: &'static str,
    words: &'static str,
    seconds: u64,
    run: fn(&mut Bench) -> Outcome<Measured>,
) -> Scenario {
    Scenario { name, words, in_core: InCore::Yes, limit: Duration::from_secs(seconds), run }
}

const fn more(
    name: &'static str,
    words: &'static str,
    seconds: u64,
    run: fn(&mut Bench) -> Outcome<Measured>,
) -> Scenario {
    Scenario { in_core: InCore::No, ..core(name, words, seconds, run) }
}

/// All of them, in the order in which they run.
pub(crate) const ALL: &[Scenario] = &[
    core(
        "hid_pos_sells",
        "a HID POS gun's scan is paid once; halves and labels are not",
        60,
        reading::hid_pos_sells,
    ),
    more(
        "other_hid_pos_sells",
        "the same for reports of a layout that only their descriptor tells",
        60,
        reading::other_hid_pos_sells,
    ),
    core("wedge_sells", "the same for a gun that types", 60, reading::wedge_sells),
    core("acm_sells", "the same for a gun that is a serial port", 60, reading::acm_sells),
    core(
        "hid_pos_is_pulled",
        "pulled in a read during a sale, back on another port",
        90,
        plugging::hid_pos_is_pulled,
    ),
    core("wedge_is_pulled", "the same with a key held down", 90, plugging::wedge_is_pulled),
    core("acm_is_pulled", "the same for a serial port", 90, plugging::acm_is_pulled),
    more(
        "gun_changes_its_mode",
        "wedge, serial port, HID POS: one gun, one table",
        90,
        plugging::gun_changes_its_mode,
    ),
    more("two_guns_read", "both at once; one is pulled, the other still reads", 90, plugging::two_guns_read),
    more("wedge_is_held", "grabbed by another program: said, and read when it is let go", 90, held::wedge),
    more("acm_is_held", "the same for a serial port that is locked", 90, held::acm),
    core("hid_pos_back_to_back", "scans without a pause: none lost, none merged", 180, speed::hid_pos),
    core("wedge_back_to_back", "the same for a gun that types", 300, speed::wedge),
    core("acm_back_to_back", "the same for a serial port", 180, speed::acm),
    more("qemu_keyboard_types", "QEMU's keyboard as a gun, and unplugged", 90, qemu::keyboard),
    more("qemu_serial_reads", "QEMU's FTDI adapter as a gun, and unplugged", 90, qemu::serial),
    core(
        "gadget_printer_answers",
        "the rig's own printer through the kernel's usblp",
        60,
        paper::through_usblp,
    ),
    core(
        "usb_printer_prints",
        "a receipt comes out once; the kernel gets its printer back",
        60,
        paper::prints,
    ),
    core(
        "usb_printer_is_blocked",
        "back-pressure and partial writes: no byte lost or doubled",
        90,
        paper::is_blocked,
    ),
    core(
        "usb_printer_is_pulled",
        "in the middle of a paper: in doubt, then a marked copy",
        90,
        paper::is_pulled,
    ),
    more("usb_printer_is_switched_off", "the same, and its buffer is lost", 90, paper::is_switched_off),
    more("usb_printer_stalls", "before a paper: cleared; in the middle: in doubt", 90, paper::stalls),
    more(
        "usb_printer_is_interrupted",
        "paper out, cover open on the way: goes on, once",
        120,
        paper::is_interrupted,
    ),
    more(
        "usb_printer_has_no_paper",
        "nothing is sent; stale answers are not believed",
        120,
        paper::has_no_paper,
    ),
    more("usb_printer_is_silent", "never answers: not sent, or sent and not proven", 120, paper::is_silent),
    more(
        "usb_printer_has_a_twin",
        "two identical printers: none until the port says which",
        120,
        paper::has_a_twin,
    ),
    more(
        "usb_printer_has_a_number",
        "two identical printers told apart by serial number, on any port",
        120,
        paper::has_a_number,
    ),
    more(
        "usb_printer_is_away",
        "switched off while papers are owed: nothing recorded, each comes out once",
        120,
        paper::is_away,
    ),
    more(
        "usblp_prints",
        "the kernel's node: prints, is blocked, and is pulled in the middle",
        120,
        paper::by_usblp,
    ),
    more(
        "serial_printer_prints",
        "XOFF and a full line: no byte lost; switched off in the middle: in doubt",
        120,
        serial_paper::prints,
    ),
    more(
        "usb_printer_outlives_the_till",
        "kill -9 in the middle of a paper: in doubt",
        90,
        paper::outlives_the_till,
    ),
    more(
        "udev_rules_let_in",
        "our rules under udevd: a user who is not root sells and prints",
        120,
        rules::let_in,
    ),
    more(
        "udev_modem_manager_keeps_off",
        "ModemManager asks a strange port, and leaves ours alone",
        180,
        modem_manager::keeps_off,
    ),
];

/// Those of the short run with `--core`, and those whose names begin so, if names are given.
pub(crate) fn chosen(words: &[String]) -> Vec<Scenario> {
    let core = words.iter().any(|word| word == "--core");
    let names: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let wanted = |scenario: &&Scenario| {
        (!core || scenario.in_core == InCore::Yes)
            && (names.is_empty() || names.iter().any(|name| scenario.name.starts_with(name.as_str())))
    };
    ALL.iter().filter(wanted).copied().collect()
}
