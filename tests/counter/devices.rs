//! `quickpay devices`: on a machine of files, on an empty one, and with a scanner and a printer of software.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use quickpay_drivers::printer::model::{Cover, Power, Roll, RunningModel};
use quickpay_drivers::scanner::model::ScannerModel;
use serde_json::Value;

use crate::machine::Machine;
use crate::shop::paper::printer;
use crate::till::quickpay;

/// A configuration of this machine in its own folder.
fn configure(machine: &Machine, tables: &str) -> std::path::PathBuf {
    let file = machine.root.join("terminal.toml");
    let text = format!(
        "[terminal]\nid = \"T1\"\nmerchant = \"Shop\"\ndata_dir = \"/nonexistent\"\n\n\
         [gateway]\nbase_url = \"http://127.0.0.1:9\"\n\n{tables}\n[devices]\nroot = {:?}\n",
        machine.root
    );
    std::fs::write(&file, text).unwrap();
    file
}

fn devices(config: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = quickpay().arg("devices").arg("--config").arg(config).args(more).output().unwrap();
    let words = [output.stdout.as_slice(), &output.stderr].concat();
    (output.status.code(), String::from_utf8(words).unwrap())
}

#[test]
fn what_is_plugged_in_is_listed_with_what_is_wrong_and_the_lines_to_paste() {
    let machine = Machine::new();
    let gun = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, gun.path());
    machine.hold(612, "ModemManager", "ttyACM0");
    machine.plug("1-2", "0e15");
    machine.usb_printer("1-2");
    let config =
        configure(&machine, "[[scanner]]\nkind = \"any\"\nport = \"1-3\"\n[printer]\nkind = \"usb\"\n");
    let (code, words) = devices(&config, &[]);
    assert_eq!(code, Some(0), "{words}");
    for expected in [
        "Scanner: Gun, 1eab:0006, serial number A1, port 1-1\n  serial at ",
        "dev/ttyACM0: in use by ModemManager (612)\n    [[scanner]]\n    kind = \"any\"\n    vendor_id = \"1eab\"\n",
        "Printer: Gun, 1eab:0e15, serial number A1, port 1-2\n  usb at ",
        "dev/bus/usb/001/007: usable\n    [printer]\n    kind = \"usb\"\n    vendor_id = \"1eab\"\n",
        "Configured:\n  scanner 1: unplugged\n  printer, profile generic: usb at ",
    ] {
        assert!(words.contains(expected), "no {expected:?} in\n{words}");
    }
    let (_, json) = devices(&config, &["--json"]);
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["kind"], "serial");
    assert_eq!(lines.last().unwrap()["device"], "printer");
}

#[test]
fn the_lines_it_gives_are_lines_that_the_till_takes_and_finds_the_device_by() {
    let machine = Machine::new();
    machine.plug("1-1", "0010");
    let _gun = machine.hid_pos("1-1");
    machine.plug("1-2", "0e15");
    machine.usb_printer("1-2");
    let (_, json) = devices(&configure(&machine, ""), &["--json"]);
    let lines = json.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let tables: String = lines.filter_map(|line| Some(line["configuration"].as_str()?.to_owned())).collect();
    let (code, words) = devices(&configure(&machine, &tables), &[]);
    assert_eq!(code, Some(0), "{words}\n{tables}");
    assert!(words.contains("scanner 1: hid-pos at ") && words.contains("hidraw0: usable\n"), "{words}");
    assert!(words.contains("profile generic: usb at ") && words.contains("001/007: usable"), "{words}");
}

#[test]
fn a_machine_without_devices_says_what_was_looked_at() {
    let machine = Machine::new();
    let (code, words) = devices(&configure(&machine, ""), &[]);
    assert_eq!(code, Some(0), "{words}");
    assert!(
        words.contains("Looked at what the kernel shows in ") && words.contains("is plugged in"),
        "{words}"
    );
    assert!(words.ends_with("Configured:\n  no scanner\n  no printer\n"), "{words}");
    std::fs::remove_dir_all(machine.root.join("sys")).unwrap();
    let (code, words) = devices(&configure(&machine, ""), &[]);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("bus/usb/devices is missing"), "{words}");
}

#[test]
fn a_wrong_configuration_is_said_and_this_machine_can_be_looked_at_without_one() {
    let machine = Machine::new();
    let (code, words) = devices(&configure(&machine, "[scanner]\nkind = \"laser\"\n"), &[]);
    assert_eq!(code, Some(2), "{words}");
    let output = quickpay().arg("devices").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("Looked at what the kernel shows in /sys."));
}

/// Runs the test of both devices; the trigger is pulled when it asks for it.
fn test_devices(config: &Path, gun: &mut ScannerModel, code: &str) -> (Option<i32>, String) {
    let mut child = quickpay()
        .args(["devices", "--test", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut words = String::new();
    while !words.contains("open.") {
        assert!(lines.read_line(&mut words).unwrap() > 0, "{words}");
    }
    std::thread::sleep(Duration::from_millis(350));
    gun.read_out(code).unwrap();
    lines.read_to_string(&mut words).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    (child.wait().unwrap().code(), words)
}

fn with_models(machine: &Machine, gun: &ScannerModel, printer: &RunningModel) -> std::path::PathBuf {
    let tables = format!(
        "[scanner]\nkind = \"serial\"\npath = {:?}\n[printer]\nkind = \"tcp\"\naddress = \"{}\"\nprofile = \"demo\"\n",
        gun.path(),
        printer.address()
    );
    configure(machine, &tables)
}

#[test]
fn the_test_reads_a_scan_without_showing_it_and_prints_a_page() {
    let machine = Machine::new();
    let (mut gun, printer) = (ScannerModel::plug_in().unwrap(), printer());
    let config = with_models(&machine, &gun, &printer);
    let secret = "132993614656096754";
    let (code, words) = test_devices(&config, &mut gun, secret);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("Scanner: read 18 characters; AIM identifier ]C0."), "{words}");
    assert!(words.contains("Printer: printed; the printer said so itself."), "{words}");
    assert!(!words.contains(secret), "a code is shown");
    let [page] = printer.papers().try_into().unwrap();
    for expected in ["1234567890123456789012345678901234567890", "简体中文", "TEST-T1"] {
        assert!(page.text.contains(expected), "no {expected:?} on\n{}", page.text);
    }
    assert_eq!(page.barcodes.len(), 2, "a barcode and a QR symbol");
    assert_eq!(printer.unknown_commands(), Vec::<Vec<u8>>::new());
}

#[test]
fn the_test_says_what_is_wrong_with_the_printer() {
    let machine = Machine::new();
    let (mut gun, printer) = (ScannerModel::plug_in().unwrap(), printer());
    let config = with_models(&machine, &gun, &printer);
    printer.cover(Cover::Open);
    let (code, words) = test_devices(&config, &mut gun, "132993614656096754");
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("nothing was printed: the printer's cover is open"), "{words}");
    printer.cover(Cover::Closed);
    printer.roll(Roll::Out);
    let (_, words) = test_devices(&config, &mut gun, "132993614656096754");
    assert!(words.contains("nothing was printed: the printer is out of paper"), "{words}");
    assert!(printer.papers().is_empty());
}

#[test]
fn a_configured_printer_that_no_bus_lists_is_looked_at_and_what_is_wrong_is_said() {
    let machine = Machine::new();
    let printer = printer();
    let table =
        format!("[printer]\nkind = \"tcp\"\naddress = \"{}\"\nprofile = \"demo\"\n", printer.address());
    let config = configure(&machine, &table);
    let line = format!("  printer, profile demo: tcp at {}: ", printer.address());
    let (code, words) = devices(&config, &[]);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.ends_with(&format!("{line}usable\n")), "{words}");
    printer.cover(Cover::Open);
    let (_, words) = devices(&config, &[]);
    assert!(words.ends_with(&format!("{line}the printer's cover is open\n")), "{words}");
    printer.power(Power::Off);
    let (_, words) = devices(&config, &[]);
    assert!(words.contains(&format!("{line}the printer cannot be reached: ")), "{words}");
    let (_, json) = devices(&config, &["--json"]);
    let last: Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    assert_eq!((&last["kind"], &last["configured"]), (&Value::from("tcp"), &Value::from(true)), "{last}");
    assert!(last["trouble"].as_str().unwrap().starts_with("the printer cannot be reached"), "{last}");
    assert!(printer.papers().is_empty(), "a look prints nothing");
}

#[test]
fn a_file_or_a_port_instead_of_a_printer_is_looked_at_too_and_no_file_is_made() {
    let machine = Machine::new();
    let paper = machine.root.join("stick/paper.bin");
    let config = configure(&machine, &format!("[printer]\nkind = \"file\"\npath = {paper:?}\n"));
    let (_, words) = devices(&config, &[]);
    assert!(words.contains("paper.bin: the printer cannot be reached: "), "{words}");
    std::fs::create_dir_all(paper.parent().unwrap()).unwrap();
    let (_, words) = devices(&config, &[]);
    assert!(words.ends_with("paper.bin: usable\n"), "{words}");
    assert!(!paper.exists());
    let port = machine.root.join("dev/ttyUSB0");
    let config = configure(&machine, &format!("[printer]\nkind = \"serial\"\npath = {port:?}\n"));
    let (_, words) = devices(&config, &[]);
    assert!(words.contains("ttyUSB0: not there; is the printer plugged in and switched on?"), "{words}");
}
