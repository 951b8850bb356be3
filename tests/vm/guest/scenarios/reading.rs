//! One gun of each kind sells, and what it reads besides is refused for the right reason.

use std::time::Duration;

use super::super::codes::product;
use super::super::counter::Bench;
use super::super::gadget::Port;
use super::super::gun::{Gun, Kind};
use super::super::outcome::{Outcome, ensure};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{LIMIT, Mark, Till};

/// Longer than a driver drops what arrives right after it opened a device or gave up half a read.
pub(super) const SETTLED: Duration = Duration::from_millis(400);

pub(crate) fn hid_pos_sells(bench: &mut Bench) -> Outcome<Measured> {
    sells(bench, Kind::HidPos)
}

/// Where each field is, only the descriptor tells.
pub(crate) fn other_hid_pos_sells(bench: &mut Bench) -> Outcome<Measured> {
    sells(bench, Kind::OtherHidPos)
}

pub(crate) fn wedge_sells(bench: &mut Bench) -> Outcome<Measured> {
    sells(bench, Kind::Wedge)
}

pub(crate) fn acm_sells(bench: &mut Bench) -> Outcome<Measured> {
    sells(bench, Kind::Acm)
}

fn sells(bench: &mut Bench, kind: Kind) -> Outcome<Measured> {
    let mut gun = Gun::new(kind)?;
    gun.plug(Port::First)?;
    let mut till = Shop::new(bench, &gun.table(), "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);

    refuses(&till, &mut gun, "", &product(1), "product_barcode")?;
    // A carton label has the shape of a WeChat code; only its AIM identifier tells.
    refuses(&till, &mut gun, "]C1", "106141411234567897", "carton_label")?;
    refuses(&till, &mut gun, "", &bench.gateway.code()?, "amount_first")?;
    refuses(&till, &mut gun, "]Q1", &"0123456789".repeat(7), "not_a_payment_code")?;
    half_a_read(&till, &mut gun)?;

    let before = bench.gateway.charges()?;
    till.ring_up("88.00")?;
    let mark = till.mark();
    gun.scan("]C0", &bench.gateway.code()?)?;
    till.sale(mark, "approved")?;
    let charges = bench.gateway.charges()? - before;
    ensure(charges == 1, || format!("{charges} charges for one scan"))?;
    till.quit()?;
    Ok(String::new())
}

/// A read that no sale wants is refused for this reason, and once.
fn refuses(till: &Till, gun: &mut Gun, aim: &str, text: &str, reason: &str) -> Outcome {
    let mark = till.mark();
    gun.scan(aim, text)?;
    till.refused(mark, reason)?;
    std::thread::sleep(Duration::from_millis(50));
    let refusals = till.events(mark, |heard| heard.text("event") == "refused");
    ensure(refusals.len() == 1, || format!("{} refusals, not one {reason}", refusals.len()))
}

/// A read without its end is given up with words, and the next is read whole.
fn half_a_read(till: &Till, gun: &mut Gun) -> Outcome {
    let mark = till.mark();
    gun.half("69012345")?;
    gun.let_go()?;
    till.refused(mark, "scan_discarded")?;
    std::thread::sleep(SETTLED);
    refuses(till, gun, "", &product(2), "product_barcode")
}
