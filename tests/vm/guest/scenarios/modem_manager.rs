//! Debian's ModemManager beside a gun that is a serial port. Today's leaves a lone port alone; so a rule of the rig's own
//! makes every port one that a plugin of it knows, and it asks each, as older ones did: our rule alone keeps it off.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::codes::product;
use super::super::counter::Bench;
use super::super::gadget::Port;
use super::super::gun::{Gun, Kind};
use super::super::outcome::{Outcome, Trying as _, ensure, wait_for};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{LIMIT, Mark};
use super::super::udevd::{Udevd, settle};
use super::reading::SETTLED;

/// Scans while it runs.
const SCANS: u64 = 20;

pub(crate) fn keeps_off(bench: &mut Bench) -> Outcome<Measured> {
    // Not the gun's own side, which is a tty of the same kernel here.
    let rules = "KERNEL==\"ttyACM*\", ENV{ID_MM_LONGCHEER_TAGGED}=\"1\"\n";
    std::fs::create_dir_all("/etc/udev/rules.d").trying("/etc/udev/rules.d")?;
    std::fs::write("/etc/udev/rules.d/75-rig.rules", rules).trying("75-rig.rules")?;
    let _udevd = Udevd::start()?;
    let _bus = Daemon::start("/usr/bin/dbus-daemon", &["--config-file=/rig/dbus.conf", "--nofork"])?;
    wait_for("socket of the bus", LIMIT, || {
        std::path::Path::new("/run/dbus/system_bus_socket").exists().then_some(())
    })?;
    let _manager = Daemon::start("/usr/sbin/ModemManager", &["--log-level=DEBUG", "--log-file=/tmp/mm.log"])?;

    // It is awake and asks: a gun that our rules do not name hears it.
    let mut stranger = Gun::of_maker(Kind::Acm, "1209", "MM1")?;
    stranger.plug(Port::First)?;
    settle()?;
    let began = Instant::now();
    let mut heard = Vec::new(); // it writes a byte at a time
    wait_for("AT from ModemManager", Duration::from_secs(60), || {
        heard.extend(stranger.heard().unwrap_or_default());
        heard.windows(2).any(|two| two == b"AT").then_some(())
    })
    .map_err(|why| format!("{why}, but {heard:02x?}; it says: {}", last_words()))?;
    let asked = began.elapsed();
    stranger.pull()?;
    drop(stranger);

    // Ours hears nothing, from its plug on, and loses no scan.
    let mut gun = Gun::with_serial(Kind::Acm, "MM2")?;
    gun.plug(Port::Second)?;
    settle()?;
    let till = Shop::new(bench, &gun.table(), "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let mark = till.mark();
    for n in 0..SCANS {
        gun.scan("", &product(n))?;
        std::thread::sleep(Duration::from_secs(1)); // together longer than it took to ask the stranger
    }
    let read = || u64::try_from(till.refusals(mark)).unwrap_or(u64::MAX);
    wait_for("all scans", LIMIT, || (read() >= SCANS).then_some(()))?;
    let refused = till.events(mark, |heard| heard.text("event") == "refused");
    let spoken = gun.heard()?;
    ensure(refused.iter().all(|heard| heard.text("reason") == "product_barcode"), || {
        let spoken = String::from_utf8_lossy(&spoken).into_owned();
        format!("a scan was spoiled; the gun heard {spoken:?}; ModemManager says: {}", last_words())
    })?;
    ensure(read() == SCANS, || format!("{} reads of {SCANS} scans", read()))?;
    ensure(spoken.is_empty(), || format!("{} bytes were sent to the gun", spoken.len()))?;
    till.quit()?;
    std::fs::remove_file("/etc/udev/rules.d/75-rig.rules").ok();
    Ok(format!("a port without our rule heard AT after {} ms, ours nothing in {SCANS} s", asked.as_millis()))
}

/// The end of what ModemManager wrote down, or of what the two programs complained of.
fn last_words() -> String {
    let said: String = ["/tmp/mm.log", "/tmp/daemons.log"]
        .map(|file| std::fs::read_to_string(file).unwrap_or_default())
        .concat();
    let about_ports =
        |line: &&str| line.contains("filter") || line.contains("ttyACM") || line.contains("warn");
    let lines: Vec<&str> = said.lines().filter(about_ports).collect();
    lines.get(lines.len().saturating_sub(40)..).unwrap_or_default().join(" | ")
}

/// A program in the background; ended when dropped.
struct Daemon(Child);

impl Daemon {
    fn start(program: &str, arguments: &[&str]) -> Outcome<Daemon> {
        std::fs::create_dir_all("/run/dbus").trying("/run/dbus")?;
        let mut command = Command::new(program);
        let log = std::fs::File::options().create(true).append(true).open("/tmp/daemons.log");
        let log = log.trying("daemons.log")?;
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().map(Daemon).trying(program)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
