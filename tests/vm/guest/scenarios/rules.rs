//! The udev rules that are shipped, under the udevd of Debian: they let in a user who is not root, and nobody else's guns.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::super::counter::Bench;
use super::super::firmware::Voice;
use super::super::gadget::Port;
use super::super::gun::{Gun, Kind, VENDOR};
use super::super::outcome::{Outcome, Trying as _, ensure, wait_for};
use super::super::printer::{PASSPORT, Printer};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{LIMIT, Mark};
use super::super::udevd::{Udevd, settle};
use super::reading::SETTLED;

/// A user of the group that `tests/vm/run` writes into the guest's `/etc/group`.
const USER: u32 = 1000;
const GROUP: u32 = 900;

pub(crate) fn let_in(bench: &mut Bench) -> Outcome<Measured> {
    let _daemon = Udevd::start()?;
    let mut guns = [
        Gun::with_serial(Kind::HidPos, "RULES1")?,
        Gun::with_serial(Kind::Wedge, "RULES2")?,
        Gun::with_serial(Kind::Acm, "RULES3")?,
    ];
    for (gun, port) in guns.iter_mut().zip([Port::First, Port::Second, Port::Third]) {
        gun.plug(port)?;
    }
    let mut printer = Printer::new("printer", PASSPORT, Voice::Honest)?;
    printer.plug(Port::Fourth)?;
    wait_for("usblp node", LIMIT, || Path::new("/dev/usb/lp0").exists().then_some(()))?;
    settle()?;
    let scanners = nodes_of(VENDOR);
    ensure(scanners.len() == 4, || format!("{scanners:?}: not two hidraw nodes, a tty and a keyboard"))?;
    scanners.iter().try_for_each(|node| is_ours(node))?;
    is_ours(Path::new("/dev/usb/lp0"))?;
    is_ours(&usb_node(Port::Fourth)?)?;
    has_property(&scanners, "ttyACM", "ID_MM_DEVICE_IGNORE=1")?;
    has_property(&scanners, "event", "LIBINPUT_IGNORE_DEVICE=1")?;
    for port in [Port::First, Port::Second, Port::Third, Port::Fourth] {
        let control = fs::read_to_string(device(port)?.join("power/control")).trying("power/control")?;
        ensure(control.trim() == "on", || format!("{} may fall asleep", port.name().unwrap_or_default()))?;
    }

    let tables: Vec<String> = guns.iter().map(Gun::table).collect();
    let shop = Shop::new(bench, &tables.join("\n"), "kind = \"usb\"\nprofile = \"epson-tm\"")?;
    let mut till = shop.start_as(Some((USER, GROUP)))?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED + SETTLED); // the others too
    for gun in &mut guns {
        till.ring_up("5.00")?;
        let mark = till.mark();
        gun.scan("", &bench.gateway.code()?)?;
        till.sale(mark, "approved")?;
        till.paper(mark, "printed", LIMIT)?;
    }
    till.quit()?;
    drop(guns);

    // A gun of a maker that the rules do not name stays root's, and the till says what to do.
    let mut stranger = Gun::of_maker(Kind::HidPos, "1209", "RULES4")?;
    stranger.plug(Port::First)?;
    settle()?;
    let mut till = Shop::new(bench, &stranger.table(), "")?.start_as(Some((USER, GROUP)))?;
    let says = |heard: &super::super::till::Heard| heard.text("notice").contains("permission");
    till.ask(json!({ "do": "view" }))?;
    till.event(Mark::START, "word about the permission", LIMIT, says)?;
    till.quit()?;
    Ok(String::new())
}

/// The nodes of a maker's devices that a scanner could be read through.
fn nodes_of(vendor: &str) -> Vec<PathBuf> {
    let classes = [("hidraw", "hidraw", "/dev"), ("tty", "ttyACM", "/dev"), ("input", "event", "/dev/input")];
    let mut nodes = Vec::new();
    for (class, begins, folder) in classes {
        let entries = fs::read_dir(Path::new("/sys/class").join(class)).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let of = entry.path().canonicalize().unwrap_or_default();
            let mut makers = of.ancestors().filter_map(|at| fs::read_to_string(at.join("idVendor")).ok());
            if name.starts_with(begins) && makers.next().is_some_and(|maker| maker.trim() == vendor) {
                nodes.push(Path::new(folder).join(name));
            }
        }
    }
    nodes
}

fn device(port: Port) -> Outcome<PathBuf> {
    Ok(Path::new("/sys/bus/usb/devices").join(port.name()?))
}

/// The node that libusb opens.
fn usb_node(port: Port) -> Outcome<PathBuf> {
    let device = device(port)?;
    let number = |name: &str| -> Outcome<u32> {
        fs::read_to_string(device.join(name)).trying(name)?.trim().parse().trying(name)
    };
    Ok(PathBuf::from(format!("/dev/bus/usb/{:03}/{:03}", number("busnum")?, number("devnum")?)))
}

/// Group and mode are those of the rules.
fn is_ours(node: &Path) -> Outcome {
    let about = fs::metadata(node).trying(node.display())?;
    let (group, mode) = (about.gid(), about.mode() & 0o777);
    ensure(group == GROUP && mode == 0o660, || format!("{}: group {group}, mode {mode:o}", node.display()))
}

fn has_property(nodes: &[PathBuf], begins: &str, property: &str) -> Outcome {
    let named =
        |node: &&PathBuf| node.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begins));
    let node = nodes.iter().find(named).ok_or(format!("no node {begins}"))?;
    let said = Command::new("udevadm").args(["info", "--query=property", "--name"]).arg(node).output();
    let said = String::from_utf8_lossy(&said.trying("udevadm info")?.stdout).into_owned();
    ensure(said.lines().any(|line| line == property), || format!("{}: no {property}", node.display()))
}
