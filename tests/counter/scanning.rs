//! Scanners of the running till: found by what they are, in a machine of files, on pseudo terminals and pipes.

use std::io::Write as _;
use std::time::{Duration, Instant};

use quickpay_drivers::scanner::model::ScannerModel;

use crate::machine::Machine;
use crate::till::Till;

/// What was promised: a device is found again within 2 s.
const FOUND_WITHIN: Duration = Duration::from_secs(2);
/// Bytes that come this soon after opening may lack their beginning; a person needs longer.
const SETTLE: Duration = Duration::from_millis(350);

fn hid_report(code: &str) -> Vec<u8> {
    let mut report = vec![0; 64];
    report[0] = 2;
    report[1] = u8::try_from(code.len()).unwrap();
    report[2..5].copy_from_slice(b"]C0");
    report[5..5 + code.len()].copy_from_slice(code.as_bytes());
    report
}

fn ready(till: &Till) {
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    std::thread::sleep(SETTLE);
}

/// Waits until the sale on the screen is approved, and gives its name.
fn approved(till: &Till, amount_minor: u64) -> String {
    let view = till.screen("approved", |v| v["state"] == "approved" && v["amount_minor"] == amount_minor);
    view["sale"].as_str().unwrap().to_owned()
}

#[test]
fn a_gun_pulled_during_a_sale_is_found_on_another_port_and_in_another_mode_and_no_scan_is_lost_or_invented() {
    let machine = Machine::new();
    let mut gun = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, gun.path());
    let (shop, mut till) = machine.till_with("kind = \"any\"\nvendor_id = \"1eab\"\nserial_number = \"A1\"");
    ready(&till);
    till.ring_up("1.00");
    gun.read_out(&shop.code("anna")).unwrap();
    let first = approved(&till, 100);

    // The cable is pulled in the middle of a read, while the next sale waits for its code.
    till.ring_up("2.00");
    let half = shop.code("anna");
    gun.send(&half.as_bytes()[..9]).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    machine.unplug("1-1");
    drop(gun);
    // Where the machine was slow, a remark about the half read stands before the one about the cable.
    let unplugged = "Scanner unplugged. Plug it in again, in any port.";
    let away = till.screen("scanner away, in words", |v| v["scanner"] == "away" && v["notice"] == unplugged);
    assert_eq!(away["state"], "armed", "half a read is no scan: {away}");
    std::thread::sleep(Duration::from_millis(1200)); // the back-off has grown

    // Another port, another number.
    let mut gun = ScannerModel::plug_in().unwrap();
    let plugged = Instant::now();
    machine.plug("1-2.4", "0006");
    machine.acm("1-2.4", 5, gun.path());
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    assert!(plugged.elapsed() < FOUND_WITHIN, "{:?}", plugged.elapsed());
    std::thread::sleep(SETTLE);
    gun.read_out(&shop.code("anna")).unwrap();
    let second = approved(&till, 200);

    // Back in another mode, as a set-up barcode makes it.
    till.ring_up("3.00");
    machine.unplug("1-2.4");
    drop(gun);
    till.screen("scanner away", |view| view["scanner"] == "away");
    let plugged = Instant::now();
    machine.plug("1-1", "0010");
    let mut gun = machine.hid_pos("1-1");
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    assert!(plugged.elapsed() < FOUND_WITHIN, "{:?}", plugged.elapsed());
    std::thread::sleep(SETTLE);
    gun.write_all(&hid_report(&shop.code("anna"))).unwrap();
    let third = approved(&till, 300);

    let sales = till.sales();
    let names: Vec<_> = sales.iter().rev().map(|sale| sale["sale"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, [first, second, third], "{sales:?}");
    assert!(sales.iter().all(|sale| sale["state"] == "approved"), "{sales:?}");
    till.quit();
}

#[test]
fn two_scanners_are_read_at_once_and_the_till_has_one_as_long_as_one_is_there() {
    let machine = Machine::new();
    let mut stand = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, stand.path());
    let mut hand = ScannerModel::plug_in().unwrap();
    let tables = format!(
        "kind = \"serial\"\nport = \"1-1\"\n\n[[scanner]]\nkind = \"serial\"\npath = {:?}",
        hand.path()
    );
    let (shop, mut till) = machine.till_with(&tables);
    ready(&till);
    till.ring_up("1.00");
    stand.read_out(&shop.code("anna")).unwrap();
    approved(&till, 100);
    till.ring_up("2.00");
    hand.read_out(&shop.code("anna")).unwrap();
    approved(&till, 200);
    machine.unplug("1-1");
    drop(stand);
    let view = till.screen("a loss in words", |view| !view["notice"].is_null());
    assert_eq!(view["scanner"], "ready");
    till.ring_up("3.00");
    hand.read_out(&shop.code("anna")).unwrap();
    approved(&till, 300);
    till.quit();
}

#[test]
fn a_scan_while_no_sale_is_armed_is_refused_in_words_and_forgotten() {
    let machine = Machine::new();
    let mut gun = ScannerModel::plug_in().unwrap();
    let (shop, mut till) = machine.till_with(&format!("kind = \"serial\"\npath = {:?}", gun.path()));
    ready(&till);
    let code = shop.code("anna");
    gun.read_out(&code).unwrap();
    let refused = till.event("refused", |event| event["event"] == "refused");
    assert!(!refused["message"].as_str().unwrap().is_empty());
    till.ring_up("1.00");
    std::thread::sleep(Duration::from_millis(300));
    let view = till.ask(serde_json::json!({ "do": "view" }));
    assert_eq!(view["state"], "armed", "the early code is not used: {view}");
    gun.read_out(&shop.code("anna")).unwrap();
    approved(&till, 100);
    assert_eq!(till.sales().len(), 1);
    till.quit();
}

#[test]
fn two_tables_that_mean_one_gun_are_said_and_its_scans_are_taken_once() {
    let machine = Machine::new();
    let mut gun = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, gun.path());
    let node = machine.root.join("dev/ttyACM0");
    let tables = format!(
        "kind = \"any\"\nvendor_id = \"1eab\"\n\n[[scanner]]\nkind = \"serial\"\npath = {node:?}\nrepeat_ms = 0"
    );
    let (shop, mut till) = machine.till_with(&tables);
    ready(&till);
    let said = till.screen("the two tables", |view| {
        view["notice"].as_str().is_some_and(|notice| notice.starts_with("One scanner stands twice"))
    });
    assert_eq!(said["scanner"], "ready");
    till.ring_up("1.00");
    gun.read_out(&shop.code("anna")).unwrap();
    approved(&till, 100);
    assert_eq!(till.sales().len(), 1);
    till.quit();
    let listed = shop.run(&["devices"]);
    let words = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(
        words.contains("scanner 2: serial at ") && words.contains("the same device as scanner 1"),
        "{words}"
    );
}

#[test]
fn a_serial_gun_that_another_program_holds_is_said_and_read_when_it_is_let_go() {
    let machine = Machine::new();
    let mut gun = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, gun.path());
    let holder = std::fs::File::options().read(true).write(true).open(gun.path()).unwrap();
    holder.lock().unwrap(); // what a well-behaved program does to a port besides TIOCEXCL
    let (shop, mut till) = machine.till_with("kind = \"any\"\nvendor_id = \"1eab\"");
    let said =
        till.screen("the other program", |view| view["notice"] == "Another program holds the scanner.");
    assert_eq!(said["scanner"], "away");
    till.ring_up("1.00"); // the till sells on, by another way
    drop(holder);
    ready(&till);
    gun.read_out(&shop.code("anna")).unwrap();
    approved(&till, 100);
    till.quit();
}
