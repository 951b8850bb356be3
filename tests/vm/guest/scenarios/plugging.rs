//! Guns are pulled in the middle of a read and come back elsewhere: no scan is lost after that, none is invented.

use std::time::{Duration, Instant};

use super::super::codes::product;
use super::super::counter::Bench;
use super::super::gadget::Port;
use super::super::gun::{Gun, Kind, SERIAL, VENDOR};
use super::super::outcome::{Outcome, ensure, wait_for};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{Heard, LIMIT, Mark, Till};
use super::reading::SETTLED;

/// The screen tells of a lost scanner within this (hardware notes, section 2.5).
const TOLD_WITHIN: Duration = Duration::from_secs(1);
/// A scanner that is plugged in again is ready within this (issue 4).
const READY_WITHIN: Duration = Duration::from_secs(2);

pub(crate) fn hid_pos_is_pulled(bench: &mut Bench) -> Outcome<Measured> {
    is_pulled(bench, Kind::HidPos)
}

pub(crate) fn wedge_is_pulled(bench: &mut Bench) -> Outcome<Measured> {
    is_pulled(bench, Kind::Wedge)
}

pub(crate) fn acm_is_pulled(bench: &mut Bench) -> Outcome<Measured> {
    is_pulled(bench, Kind::Acm)
}

fn is_pulled(bench: &mut Bench, kind: Kind) -> Outcome<Measured> {
    let mut gun = Gun::new(kind)?;
    gun.plug(Port::First)?;
    let mut till = Shop::new(bench, &gun.table(), "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let before = bench.gateway.charges()?;
    let mut times = Times::default();
    for port in [Port::Second, Port::Third, Port::Fourth, Port::First] {
        till.ring_up("5.00")?;
        let mark = till.mark();
        gun.half("13299361465609")?;
        pull(&till, &mut gun, &mut times)?;
        plug(&till, &mut gun, port, &mut times)?;
        gun.let_go()?;
        std::thread::sleep(SETTLED);
        nothing_was_invented(&till, mark)?;
        let mark = till.mark();
        gun.scan("", &bench.gateway.code()?)?;
        till.sale(mark, "approved")?;
    }
    let charges = bench.gateway.charges()? - before;
    ensure(charges == 4, || format!("{charges} charges for four sales"))?;
    till.quit()?;
    Ok(format!(
        "pulled to told: {} ms at most; plugged in to ready: {} ms at most",
        times.told.as_millis(),
        times.ready.as_millis()
    ))
}

/// A set-up barcode makes the gun come back as another device: the same maker, the same serial number.
pub(crate) fn gun_changes_its_mode(bench: &mut Bench) -> Outcome<Measured> {
    let table =
        format!("[[scanner]]\nkind = \"any\"\nvendor_id = \"{VENDOR}\"\nserial_number = \"{SERIAL}\"\n");
    let mut till = Shop::new(bench, &table, "")?.start()?;
    let before = bench.gateway.charges()?;
    let mut times = Times::default();
    let kinds = [Kind::Wedge, Kind::Acm, Kind::HidPos];
    for (kind, port) in kinds.into_iter().zip([Port::First, Port::First, Port::Second]) {
        let mut gun = Gun::new(kind)?;
        plug(&till, &mut gun, port, &mut times)?;
        std::thread::sleep(SETTLED);
        till.ring_up("5.00")?;
        let mark = till.mark();
        gun.scan("", &bench.gateway.code()?)?;
        till.sale(mark, "approved")?;
        pull(&till, &mut gun, &mut times)?;
    }
    let charges = bench.gateway.charges()? - before;
    ensure(charges == 3, || format!("{charges} charges for three sales"))?;
    till.quit()?;
    Ok(format!("plugged in to ready: {} ms at most", times.ready.as_millis()))
}

/// Two guns at once, each its own; one is pulled and the other still sells.
pub(crate) fn two_guns_read(bench: &mut Bench) -> Outcome<Measured> {
    let mut first = Gun::with_serial(Kind::HidPos, "LEFT")?;
    let mut second = Gun::with_serial(Kind::Acm, "RIGHT")?;
    first.plug(Port::First)?;
    second.plug(Port::Second)?;
    let till = Shop::new(bench, &format!("{}\n{}", first.table(), second.table()), "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED + SETTLED); // the other one too
    for round in 0..20 {
        let mark = till.mark();
        first.scan("]E0", &product(2 * round))?;
        second.scan("]E0", &product(2 * round + 1))?;
        wait_for("two reads", LIMIT, || (till.refusals(mark) == 2).then_some(()))?;
    }
    let mark = till.mark();
    first.pull()?;
    std::thread::sleep(TOLD_WITHIN);
    let away = till.events(mark, |heard| heard.text("scanner") == "away");
    ensure(away.is_empty(), || "the till says that it has no scanner while it has one".to_owned())?;
    let mark = till.mark();
    second.scan("", &product(99))?;
    till.refused(mark, "product_barcode")?;
    let mark = till.mark();
    second.pull()?;
    till.device(mark, "scanner", "away", LIMIT)?;
    till.quit()?;
    Ok(String::new())
}

#[derive(Debug, Default)]
struct Times {
    told: Duration,
    ready: Duration,
}

fn pull(till: &Till, gun: &mut Gun, times: &mut Times) -> Outcome {
    let mark = till.mark();
    let pulled = gun.pull()?;
    let told = till.device(mark, "scanner", "away", LIMIT)?;
    let took = told.at.saturating_duration_since(pulled);
    ensure(took <= TOLD_WITHIN, || format!("told {} ms after the pull", took.as_millis()))?;
    times.told = times.told.max(took);
    Ok(())
}

fn plug(till: &Till, gun: &mut Gun, port: Port, times: &mut Times) -> Outcome {
    let mark = till.mark();
    let began = Instant::now();
    gun.plug(port)?;
    let ready = till.device(mark, "scanner", "ready", LIMIT)?;
    let took = ready.at.saturating_duration_since(began);
    ensure(took <= READY_WITHIN, || format!("ready {} ms after it was plugged in", took.as_millis()))?;
    times.ready = times.ready.max(took);
    Ok(())
}

/// Half a read may be discarded aloud; it may be no scan.
fn nothing_was_invented(till: &Till, since: Mark) -> Outcome {
    let scans = |heard: &Heard| match heard.text("event") {
        "refused" => heard.text("reason") != "scan_discarded",
        "sale" => true,
        _ => false,
    };
    let invented = till.events(since, scans);
    ensure(invented.is_empty(), || format!("half a read became {}", invented.len()))
}
