//! Receipts on a serial printer: back-pressure, and a line that goes away in the middle of a paper.

use std::time::Duration;

use serde_json::json;

use super::super::counter::Bench;
use super::super::gadget::Port;
use super::super::outcome::{Outcome, ensure, wait_for};
use super::super::scenario::Measured;
use super::super::serial_printer::SerialPrinter;
use super::super::shop::Shop;
use super::super::till::LIMIT;
use super::paper::sell;

const TABLE: &str =
    "kind = \"serial\"\npath = \"/dev/ttyACM0\"\nbaud = 115200\nflow = \"xon-xoff\"\nprofile = \"epson-tm\"";

/// A paper comes out whole however often the printer says "wait"; no sale waits for it; and one that is switched off in
/// the middle leaves it in doubt.
pub(crate) fn prints(bench: &mut Bench) -> Outcome<Measured> {
    let mut printer = SerialPrinter::new()?;
    printer.plug(Port::First)?;
    let mut till = Shop::new(bench, "", TABLE)?.start()?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    let plain = printer.papers().concat().len();
    for hold_after in [200, 4000] {
        let taken = printer.taken();
        printer.hold_after(hold_after);
        let mark = sell(bench, &mut till)?;
        wait_for("bytes in the printer", LIMIT, || (printer.taken() >= taken + hold_after).then_some(()))?;
        std::thread::sleep(Duration::from_secs(2));
        till.ask(json!({ "do": "view" }))?;
        printer.flow();
        till.paper(mark, "printed", LIMIT)?;
        let length = printer.papers().last().map_or(0, Vec::len);
        ensure(length == plain, || format!("{length} bytes came out instead of {plain}"))?;
    }
    ensure(printer.papers().len() == 3, || format!("{} papers", printer.papers().len()))?;
    ensure(printer.unknown().is_empty(), || format!("unknown commands: {:02x?}", printer.unknown()))?;

    let taken = printer.taken();
    printer.hold_after(1000);
    let mark = sell(bench, &mut till)?;
    wait_for("bytes in the printer", LIMIT, || (printer.taken() >= taken + 1000).then_some(()))?;
    printer.switch_off()?;
    let asked = till.paper(mark, "unknown", LIMIT)?;
    printer.flow();
    printer.plug(Port::First)?;
    let mark = sell(bench, &mut till)?;
    till.paper(mark, "printed", LIMIT)?;
    ensure(printer.papers().len() == 4, || "the paper in doubt came out by itself".to_owned())?;
    let mark = till.mark();
    till.ask(json!({ "do": "printed", "job": asked.text("job_id"), "yes": false }))?;
    till.ask(json!({ "do": "reprint", "sale": asked.text("sale") }))?;
    till.paper(mark, "printed", LIMIT)?;
    till.quit()?;
    Ok(format!("{plain} bytes each time"))
}
