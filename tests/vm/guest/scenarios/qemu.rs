//! Devices that QEMU plays on its own xHCI controller: another implementation of the same buses.

use std::time::Duration;

use serde_json::json;

use super::super::codes::product;
use super::super::counter::Bench;
use super::super::errand::Errands;
use super::super::outcome::{Outcome, ensure};
use super::super::scenario::Measured;
use super::super::shop::Shop;
use super::super::till::{LIMIT, Mark};
use super::reading::SETTLED;

/// QEMU's keyboard is 0627:0001 with the serial number that it is given.
const KEYBOARD: &str =
    "[[scanner]]\nkind = \"evdev\"\nvendor_id = \"0627\"\nproduct_id = \"0001\"\nserial_number = \"KEYS\"\n";
/// QEMU's serial adapter is an FTDI chip, 0403:6001.
const ADAPTER: &str =
    "[[scanner]]\nkind = \"serial\"\nvendor_id = \"0403\"\nproduct_id = \"6001\"\nbaud = 9600\n";

pub(crate) fn keyboard(bench: &mut Bench) -> Outcome<Measured> {
    bench.errands.add("usb-kbd", "keys", &json!({ "serial": "KEYS" }))?;
    let mut till = Shop::new(bench, KEYBOARD, "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let mark = till.mark();
    typed(&mut bench.errands, &product(3))?;
    till.refused(mark, "product_barcode")?;
    let before = bench.gateway.charges()?;
    till.ring_up("7.00")?;
    let mark = till.mark();
    let code = bench.gateway.code()?;
    typed(&mut bench.errands, &code)?;
    till.sale(mark, "approved")?;
    ensure(bench.gateway.charges()? == before + 1, || "not one charge".to_owned())?;
    let mark = till.mark();
    bench.errands.remove("keys")?;
    till.device(mark, "scanner", "away", Duration::from_secs(2))?;
    let mark = till.mark();
    bench.errands.add("usb-kbd", "keys", &json!({ "serial": "KEYS" }))?;
    till.device(mark, "scanner", "ready", Duration::from_secs(4))?;
    std::thread::sleep(SETTLED);
    let mark = till.mark();
    typed(&mut bench.errands, &product(4))?;
    till.refused(mark, "product_barcode")?;
    till.quit()?;
    bench.errands.remove("keys")?;
    Ok(String::new())
}

/// Digits and Enter, each key down and up; QEMU takes 8 ms for an edge.
fn typed(errands: &mut Errands, digits: &str) -> Outcome {
    let keys = digits.chars().map(|digit| digit.to_string()).chain(["ret".to_owned()]);
    for key in keys {
        errands.key(&key, true)?;
        errands.key(&key, false)?;
    }
    Ok(())
}

pub(crate) fn serial(bench: &mut Bench) -> Outcome<Measured> {
    // The adapter is there while its character device is connected: a plug switch.
    bench.errands.plug()?;
    bench.errands.add("usb-serial", "adapter", &json!({ "chardev": "gun" }))?;
    let mut till = Shop::new(bench, ADAPTER, "")?.start()?;
    till.device(Mark::START, "scanner", "ready", LIMIT)?;
    std::thread::sleep(SETTLED);
    let before = bench.gateway.charges()?;
    till.ring_up("7.00")?;
    let mark = till.mark();
    let code = bench.gateway.code()?;
    let (first, second) = code.split_at(6);
    bench.errands.send(first.as_bytes())?;
    std::thread::sleep(Duration::from_millis(30));
    bench.errands.send(format!("{second}\r\n").as_bytes())?;
    till.sale(mark, "approved")?;
    ensure(bench.gateway.charges()? == before + 1, || "not one charge".to_owned())?;
    let mark = till.mark();
    bench.errands.send(b"69012")?;
    bench.errands.pull()?;
    till.device(mark, "scanner", "away", Duration::from_secs(2))?;
    let mark = till.mark();
    bench.errands.plug()?;
    till.device(mark, "scanner", "ready", Duration::from_secs(4))?;
    std::thread::sleep(SETTLED);
    let mark = till.mark();
    bench.errands.send(format!("{}\r", product(5)).as_bytes())?;
    till.refused(mark, "product_barcode")?;
    till.quit()?;
    bench.errands.pull()?;
    bench.errands.remove("adapter")?;
    Ok(String::new())
}
