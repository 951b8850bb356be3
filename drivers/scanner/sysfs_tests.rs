use super::super::fake_sysfs::{FakeMachine, Gun, KEYBOARD_KEYS};
use super::super::hid_descriptor::tests::USUAL;
use super::*;

const GUN: Gun = Gun { vendor: "1eab", product: "0010", serial: Some("A1") };

#[test]
fn nodes_of_every_mode_are_found_with_what_their_device_says() {
    let machine = FakeMachine::new("sysfs-modes");
    machine.plug("1-1", &GUN);
    machine.hidraw("1-1", 3, USUAL);
    machine.plug("1-1.2", &Gun { vendor: "0c2e", product: "0b81", serial: None });
    machine.keys("1-1.2", 1, 7, KEYBOARD_KEYS);
    machine.plug("1-4", &Gun { vendor: "065a", product: "0009", serial: None });
    machine.acm("1-4", 0, Path::new("/dev/null"));
    machine.uart(0, "4");
    let nodes = machine.sysfs().nodes();
    let told: Vec<_> = nodes
        .iter()
        .map(|n| (n.mode, file_name(&n.path), n.identity.port.clone().unwrap_or_default(), n.interface))
        .collect();
    let expected = [
        (Mode::HidPos, "hidraw3", "1-1", 0),
        (Mode::Wedge, "event7", "1-1.2", 1),
        (Mode::Serial, "ttyACM0", "1-4", 0),
        (Mode::Serial, "ttyS0", "", 0),
    ];
    let mut expected = expected.map(|(m, n, p, i)| (m, n.to_owned(), p.to_owned(), i)).to_vec();
    expected.sort_by_key(|(_, name, _, _)| {
        machine.dev(&if name.starts_with("event") { format!("input/{name}") } else { name.clone() })
    });
    assert_eq!(told, expected);
    let hid = nodes.iter().find(|node| node.mode == Mode::HidPos).unwrap();
    assert_eq!(hid.name, "Maker Gun");
    assert_eq!(hid.identity.serial.as_deref(), Some("A1"));
    assert_eq!(hid.identity.vendor, Some(UsbId(0x1eab)));
}

#[test]
fn what_cannot_scan_is_no_node() {
    let machine = FakeMachine::new("sysfs-others");
    machine.plug("1-1", &GUN);
    machine.hidraw("1-1", 0, &[0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0]); // a keyboard's hidraw
    machine.keys("1-1", 1, 0, "3e000 0 0 0"); // volume keys
    machine.keys("1-1", 2, 1, ""); // a joystick without keys
    machine.uart(1, "0"); // a UART that is not there
    assert_eq!(machine.sysfs().nodes(), []);
}

#[test]
fn a_machine_without_any_of_it_has_no_nodes() {
    let nowhere =
        Sysfs { sys: "/nonexistent".into(), dev: "/nonexistent".into(), proc: "/nonexistent".into() };
    assert_eq!(nowhere.nodes(), []);
    assert_eq!(nowhere.usb_devices(), []);
    assert_eq!(nowhere.layout(Path::new("/nonexistent/hidraw0")), Err(()));
}

#[test]
fn looking_at_this_machine_disturbs_nothing_and_does_not_fail() {
    let _whatever_is_plugged_in = Sysfs::default().nodes();
}
