use super::*;

fn node(mode: Mode, vendor: u16, serial: Option<&str>, port: &str, interface: u8) -> Node {
    let identity = Identity {
        vendor: Some(UsbId(vendor)),
        product: Some(UsbId(0x0010)),
        serial: serial.map(str::to_owned),
        port: Some(port.to_owned()),
    };
    let path = PathBuf::from(format!("/dev/{mode:?}-{port}-{interface}"));
    Node { mode, path, identity, interface, name: String::new() }
}

fn by(vendor: Option<u16>, serial: Option<&str>, port: Option<&str>) -> Identity {
    Identity {
        vendor: vendor.map(UsbId),
        product: None,
        serial: serial.map(str::to_owned),
        port: port.map(str::to_owned),
    }
}

fn chosen(nodes: &[Node], wanted: &Identity, modes: &[Mode]) -> Result<PathBuf, Loss> {
    choose(nodes, wanted, modes).map(|node| node.path.clone())
}

#[test]
fn a_usb_id_is_four_hexadecimal_digits() {
    assert_eq!("0c2e".parse(), Ok(UsbId(0x0c2e)));
    assert_eq!("0x0C2E".parse(), Ok(UsbId(0x0c2e)));
    assert_eq!(UsbId(0x0c2e).to_string(), "0c2e");
    for wrong in ["", "c2e", "0c2e0", "+c2e", "0c2g", "0x", "3118"] {
        assert_eq!(wrong.parse::<UsbId>().is_ok(), wrong == "3118", "{wrong}");
    }
}

#[test]
fn a_device_is_known_by_all_that_is_asked_and_by_nothing_else() {
    let nodes =
        [node(Mode::Serial, 0x1eab, Some("A1"), "1-1", 0), node(Mode::Serial, 0x0c2e, None, "1-2.4", 0)];
    let found = |wanted| chosen(&nodes, &wanted, &Mode::ALL);
    assert_eq!(found(by(Some(0x1eab), Some("A1"), None)), Ok("/dev/Serial-1-1-0".into()));
    assert_eq!(found(by(None, Some("A1"), None)), Ok("/dev/Serial-1-1-0".into()));
    assert_eq!(found(by(None, None, Some("1-2.4"))), Ok("/dev/Serial-1-2.4-0".into()));
    assert_eq!(found(by(Some(0x1eab), Some("A2"), None)), Err(Loss::Unplugged));
    assert_eq!(found(by(Some(0x1eab), None, Some("1-2.4"))), Err(Loss::Unplugged));
    assert_eq!(found(by(None, None, Some("1-2"))), Err(Loss::Unplugged));
}

#[test]
fn an_identity_that_says_nothing_matches_nothing() {
    let nodes = [node(Mode::Serial, 0x1eab, Some("A1"), "1-1", 0)];
    assert_eq!(chosen(&nodes, &Identity::default(), &Mode::ALL), Err(Loss::Unplugged));
}

#[test]
fn of_two_devices_that_match_none_is_chosen() {
    let nodes = [node(Mode::Wedge, 0x1eab, None, "1-1", 0), node(Mode::Wedge, 0x1eab, None, "1-2", 0)];
    assert_eq!(chosen(&nodes, &by(Some(0x1eab), None, None), &Mode::ALL), Err(Loss::SeveralMatch));
    // Also when they are in two modes: both could be meant.
    let nodes = [node(Mode::Wedge, 0x1eab, None, "1-1", 0), node(Mode::Serial, 0x1eab, None, "1-2", 0)];
    assert_eq!(chosen(&nodes, &by(Some(0x1eab), None, None), &Mode::ALL), Err(Loss::SeveralMatch));
    assert!(chosen(&nodes, &by(Some(0x1eab), None, None), &[Mode::Serial]).is_ok());
}

#[test]
fn of_one_device_the_best_mode_allowed_and_its_first_interface_are_chosen() {
    let nodes = [
        node(Mode::Wedge, 0x1eab, None, "1-1", 2),
        node(Mode::Wedge, 0x1eab, None, "1-1", 1),
        node(Mode::HidPos, 0x1eab, None, "1-1", 0),
    ];
    let wanted = by(Some(0x1eab), None, None);
    assert_eq!(chosen(&nodes, &wanted, &Mode::ALL), Ok("/dev/HidPos-1-1-0".into()));
    assert_eq!(chosen(&nodes, &wanted, &[Mode::Wedge]), Ok("/dev/Wedge-1-1-1".into()));
    assert_eq!(chosen(&nodes, &wanted, &[Mode::Serial]), Err(Loss::Unplugged));
}
