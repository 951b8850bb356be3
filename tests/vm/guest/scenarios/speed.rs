//! Scans back to back, as fast as the device gives them; and how much later than the device's own time the till had each.
//!
//! The digits are judged by the till itself: a product barcode is one only when its check digit fits.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::codes::product;
use super::super::counter::Bench;
use super::super::gadget::Port;
use super::super::gun::{Gun, Kind};
use super::super::outcome::{Outcome, Trying as _, ensure, wait_for};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{LIMIT, Mark, Till};
use super::reading::SETTLED;

/// Scans one at a time.
const ALONE: u64 = 30;
/// Scans that may be under way, and how often that is looked at: looking costs the emulated machine time too.
const FOLLOWS: u64 = 100;
const LOOK_EVERY: u64 = 25;

pub(crate) fn hid_pos(bench: &mut Bench) -> Outcome<Measured> {
    back_to_back(bench, Kind::HidPos)
}

pub(crate) fn wedge(bench: &mut Bench) -> Outcome<Measured> {
    back_to_back(bench, Kind::Wedge)
}

pub(crate) fn acm(bench: &mut Bench) -> Outcome<Measured> {
    back_to_back(bench, Kind::Acm)
}

fn back_to_back(bench: &mut Bench, kind: Kind) -> Outcome<Measured> {
    let mut gun = Gun::new(kind)?;
    gun.plug(Port::First)?;
    let till = Shop::new(bench, &gun.table(), "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let arrivals = match kind {
        Kind::HidPos => Some(Arrivals::listen(|report| report.first() == Some(&2))?),
        Kind::OtherHidPos => Some(Arrivals::listen(|report| report.first() == Some(&5))?),
        Kind::Wedge => Some(Arrivals::listen(|report| report.get(2) == Some(&0x28))?),
        Kind::Acm => None, // a serial port has one reader
    };

    // One at a time: how much later than the device's own time.
    let mut sent = Vec::new();
    let alone = till.mark();
    for n in 0..ALONE {
        let mark = till.mark();
        gun.scan("", &product(n))?;
        sent.push(Instant::now());
        till.refused(mark, "product_barcode")?;
        std::thread::sleep(Duration::from_millis(10));
    }
    let own = arrivals.as_ref().map_or(sent, Arrivals::so_far);
    let latency = Latency::of(&own, &heard(&till, alone))?;

    // Without a pause: none lost, none merged.
    let mark = till.mark();
    let began = Instant::now();
    let mut held_back = 0;
    for n in 0..bench.scans {
        let next = Instant::now() + pace(kind);
        gun.scan("", &product(100 + n))?;
        if n % LOOK_EVERY == 0 {
            held_back += u64::from(let_the_till_follow(&till, mark, n)?);
        }
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let sent_in = began.elapsed();
    all_were_read(&till, mark, bench.scans)?;
    till.quit()?;
    let from = if kind == Kind::Acm { "hand-over to the kernel" } else { "arrival in the kernel" };
    let each = u128::from(bench.scans);
    Ok(format!(
        "{each} scans, {} us each, held back {held_back} times; {from} to event: {latency}",
        sent_in.as_micros() / each.max(1)
    ))
}

/// How long a gun takes for a scan at least: a report of a full-speed device every 10 ms; 14 characters at 9600 baud; 28
/// reports of keys at 2 ms.
fn pace(kind: Kind) -> Duration {
    Duration::from_millis(match kind {
        Kind::HidPos | Kind::OtherHidPos => 10,
        Kind::Acm => 15,
        Kind::Wedge => 28 * 2,
    })
}

/// The emulated machine is slower than any real one: before the till's own queue (256) is full, the gun waits for it.
fn let_the_till_follow(till: &Till, since: Mark, sent: u64) -> Outcome<bool> {
    let behind = || sent.saturating_sub(u64::try_from(till.refusals(since)).unwrap_or(u64::MAX));
    if behind() < FOLLOWS {
        return Ok(false);
    }
    wait_for("till that follows", LIMIT, || (behind() < FOLLOWS / 2).then_some(true))
}

fn heard(till: &Till, since: Mark) -> Vec<Instant> {
    till.events(since, |heard| heard.text("event") == "refused").iter().map(|heard| heard.at).collect()
}

/// As many refusals as scans, and all because the digits are those of a product.
fn all_were_read(till: &Till, since: Mark, scans: u64) -> Outcome {
    let wanted = usize::try_from(scans).unwrap_or(usize::MAX);
    let until = Instant::now() + LIMIT;
    while till.refusals(since) < wanted && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(SETTLED); // for one too many
    let refusals = till.events(since, |heard| heard.text("event") == "refused");
    let wrong: Vec<&str> = refusals
        .iter()
        .map(|heard| heard.text("reason"))
        .filter(|reason| *reason != "product_barcode")
        .collect();
    ensure(refusals.len() == wanted && wrong.is_empty(), || {
        format!("{} of {wanted} scans came, of them not as they were sent: {wrong:?}", refusals.len())
    })
}

/// When the last report of each read reached the host's kernel: a second reader of the same hidraw node.
#[derive(Debug)]
struct Arrivals(Arc<Mutex<Vec<Instant>>>);

impl Arrivals {
    fn listen(is_last: impl Fn(&[u8]) -> bool + Send + 'static) -> Outcome<Arrivals> {
        let node = fs::read_dir("/sys/class/hidraw")
            .trying("/sys/class/hidraw")?
            .filter_map(Result::ok)
            .map(|entry| PathBuf::from("/dev").join(entry.file_name()))
            .next()
            .ok_or("no hidraw node")?;
        let mut node = File::open(&node).trying(node.display())?;
        let times = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&times);
        std::thread::spawn(move || {
            let mut report = [0_u8; 64];
            let mut left = ALONE;
            while let Ok(read) = node.read(&mut report)
                && left > 0
            {
                if is_last(report.get(..read).unwrap_or_default()) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
                    left -= 1;
                }
            }
        });
        Ok(Arrivals(times))
    }

    fn so_far(&self) -> Vec<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How much later the till had the scans, sorted.
#[derive(Debug)]
struct Latency(Vec<Duration>);

impl Latency {
    fn of(own: &[Instant], heard: &[Instant]) -> Outcome<Latency> {
        ensure(own.len() == heard.len() && !own.is_empty(), || {
            format!("{} reads of the device, {} events of the till", own.len(), heard.len())
        })?;
        let later = |(own, heard): (&Instant, &Instant)| heard.saturating_duration_since(*own);
        let mut sorted: Vec<Duration> = own.iter().zip(heard).map(later).collect();
        sorted.sort_unstable();
        Ok(Latency(sorted))
    }
}

impl std::fmt::Display for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = |hundredths: usize| {
            let index = (self.0.len() * hundredths / 100).min(self.0.len().saturating_sub(1));
            self.0.get(index).copied().unwrap_or_default().as_micros()
        };
        write!(f, "median {} us, 95 of 100 below {} us, worst {} us", at(50), at(95), at(100))
    }
}
