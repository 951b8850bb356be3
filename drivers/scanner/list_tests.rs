use super::super::fake_sysfs::{FakeMachine, Gun, KEYBOARD_KEYS};
use super::super::hid_descriptor::tests::USUAL;
use super::*;

const NEWLAND: Gun = Gun { vendor: "1eab", product: "0010", serial: Some("N\"1") };
const WEDGE: Gun = Gun { vendor: "0c2e", product: "0b61", serial: None };
const ADAPTER: Gun = Gun { vendor: "0403", product: "6001", serial: None };

#[test]
fn a_scanner_is_listed_with_the_lines_to_paste() {
    let machine = FakeMachine::new("list-one");
    machine.plug("1-1", &NEWLAND);
    machine.hidraw("1-1", 0, USUAL);
    let [found] = scanners(&machine.sysfs()).try_into().unwrap();
    let expected = Found {
        kind: Some(Mode::HidPos),
        path: Some(machine.dev("hidraw0")),
        name: "Maker Gun".to_owned(),
        certainty: Certainty::Scanner,
        vendor: Some(UsbId(0x1eab)),
        product: Some(UsbId(0x0010)),
        serial: Some("N\"1".to_owned()),
        port: Some("1-1".to_owned()),
        trouble: None,
        configuration: Some(
            "[[scanner]]\nkind = \"any\"\nvendor_id = \"1eab\"\nserial_number = \"N\\\"1\"\n".to_owned(),
        ),
    };
    assert_eq!(found, expected);
}

#[test]
fn a_port_is_named_only_where_nothing_else_tells_two_devices_apart() {
    let machine = FakeMachine::new("list-port");
    let configuration = |port: &str| {
        let found = scanners(&machine.sysfs()).into_iter().find(|one| one.port.as_deref() == Some(port));
        found.unwrap().configuration.unwrap()
    };
    machine.plug("1-1", &WEDGE);
    machine.keys("1-1", 0, 1, KEYBOARD_KEYS);
    assert_eq!(configuration("1-1"), "[[scanner]]\nkind = \"any\"\nvendor_id = \"0c2e\"\n");
    machine.plug("1-2", &WEDGE);
    machine.keys("1-2", 0, 2, KEYBOARD_KEYS);
    assert!(configuration("1-1").ends_with("port = \"1-1\"\n"));
    assert!(configuration("1-2").ends_with("port = \"1-2\"\n"));
    // Every shop has such an adapter, and it is the same everywhere.
    machine.plug("1-3", &ADAPTER);
    machine.acm("1-3", 0, Path::new("/dev/null"));
    assert!(configuration("1-3").ends_with("port = \"1-3\"\n"));
    machine.uart(0, "4");
    let uart = scanners(&machine.sysfs()).into_iter().find(|one| one.port.is_none()).unwrap();
    let path = machine.dev("ttyS0");
    assert_eq!(
        uart.configuration,
        Some(format!("[[scanner]]\nkind = \"serial\"\npath = \"{}\"\n", path.display()))
    );
}

#[test]
fn a_gun_with_two_keyboards_is_listed_once() {
    let machine = FakeMachine::new("list-composite");
    machine.plug("1-1", &WEDGE);
    machine.keys("1-1", 1, 4, KEYBOARD_KEYS);
    machine.keys("1-1", 0, 9, KEYBOARD_KEYS);
    let [found] = scanners(&machine.sysfs()).try_into().unwrap();
    assert_eq!(found.path, Some(machine.dev("input/event9")));
}

#[test]
fn scanners_come_first_and_a_keyboard_or_an_adapter_may_be_one() {
    let machine = FakeMachine::new("list-order");
    machine.plug("1-1", &Gun { vendor: "046d", product: "c31c", serial: None });
    machine.keys("1-1", 0, 1, KEYBOARD_KEYS);
    machine.plug("1-2", &WEDGE);
    machine.keys("1-2", 0, 2, KEYBOARD_KEYS);
    machine.plug("1-3", &ADAPTER);
    machine.acm("1-3", 0, Path::new("/dev/null"));
    let certain: Vec<_> = scanners(&machine.sysfs()).into_iter().map(|one| one.certainty).collect();
    assert_eq!(certain, [Certainty::Scanner, Certainty::Perhaps, Certainty::Perhaps]);
}

#[test]
fn a_gun_in_a_mode_that_is_not_read_is_listed_with_what_to_scan() {
    let machine = FakeMachine::new("list-mode");
    machine.plug("1-1", &Gun { vendor: "05e0", product: "1300", serial: None }); // "IBM hand-held"
    let [found] = scanners(&machine.sysfs()).try_into().unwrap();
    assert_eq!((found.kind, found.path, found.configuration), (None, None, None));
    assert!(found.trouble.unwrap().contains("set-up barcode"));
}

#[test]
fn who_holds_a_port_is_named_and_so_is_a_missing_node() {
    let machine = FakeMachine::new("list-held");
    machine.plug("1-1", &ADAPTER);
    let pty = machine.dev("pts0");
    std::fs::write(&pty, "").unwrap();
    machine.acm("1-1", 0, &pty);
    machine.hold(612, "ModemManager", "ttyACM0");
    let trouble = |machine: &FakeMachine| scanners(&machine.sysfs()).remove(0).trouble;
    assert_eq!(trouble(&machine), Some("in use by ModemManager (612)".to_owned()));
    std::fs::remove_file(machine.dev("ttyACM0")).unwrap();
    assert!(trouble(&machine).unwrap().contains("is missing"));
}

#[test]
fn a_node_that_may_not_be_opened_is_told_with_the_rule_and_the_group() {
    use std::os::unix::fs::PermissionsExt;
    let machine = FakeMachine::new("list-permission");
    machine.plug("1-1", &NEWLAND);
    machine.hidraw("1-1", 0, USUAL);
    let node = machine.dev("hidraw0");
    std::fs::set_permissions(&node, std::fs::Permissions::from_mode(0o000)).unwrap();
    if may_open(&node, Mode::HidPos) {
        #[allow(clippy::print_stdout)] // a test that does not run must say so
        {
            println!("skipped: root may open everything");
        }
        return;
    }
    let trouble = scanners(&machine.sysfs()).remove(0).trouble.unwrap();
    assert!(trouble.contains("70-quickpay-devices.rules") && trouble.contains("group quickpay"), "{trouble}");
}

#[test]
fn a_scanner_of_another_maker_is_named_by_its_mode_and_model() {
    let machine = FakeMachine::new("list-other-maker");
    machine.plug("1-1", &Gun { vendor: "26f1", product: "5650", serial: None });
    machine.hidraw("1-1", 0, USUAL);
    assert_eq!(
        scanners(&machine.sysfs()).remove(0).configuration.unwrap(),
        "[[scanner]]\nkind = \"hid-pos\"\nvendor_id = \"26f1\"\nproduct_id = \"5650\"\n"
    );
}
