//! A gun that another program holds: here a second till, which takes a wedge by EVIOCGRAB and a port by its lock.

use std::time::Duration;

use super::super::codes::product;
use super::super::counter::Bench;
use super::super::gadget::Port;
use super::super::gun::{Gun, Kind};
use super::super::outcome::{Outcome, ensure};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{Heard, LIMIT, Mark};
use super::reading::SETTLED;

/// A keyboard that is grabbed.
pub(crate) fn wedge(bench: &mut Bench) -> Outcome<Measured> {
    is_held(bench, Kind::Wedge)
}

/// A serial port that is locked.
pub(crate) fn acm(bench: &mut Bench) -> Outcome<Measured> {
    is_held(bench, Kind::Acm)
}

fn is_held(bench: &mut Bench, kind: Kind) -> Outcome<Measured> {
    let mut gun = Gun::new(kind)?;
    gun.plug(Port::First)?;
    let holder = Shop::new(bench, &gun.table(), "")?.start()?;
    holder.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let till = Shop::new(bench, &gun.table(), "")?.start()?;
    let says = |heard: &Heard| heard.text("notice") == "Another program holds the scanner.";
    let said = till.event(Mark::START, "word about the other program", LIMIT, says)?;
    ensure(said.text("scanner") == "away", || "the scanner is not said to be away".to_owned())?;
    // Whoever holds it reads it, alone.
    let (mark, elsewhere) = (holder.mark(), till.mark());
    gun.scan("", &product(1))?;
    holder.refused(mark, "product_barcode")?;
    std::thread::sleep(Duration::from_millis(200));
    ensure(till.refusals(elsewhere) == 0, || "both tills read the scan".to_owned())?;
    let mark = till.mark();
    holder.quit()?;
    till.device(mark, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let mark = till.mark();
    gun.scan("", &product(2))?;
    till.refused(mark, "product_barcode")?;
    till.quit()?;
    Ok(String::new())
}
