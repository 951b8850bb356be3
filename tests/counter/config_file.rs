//! The configuration file and the secret key: what is wrong, where, and what would be right.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::shop::own_folder;
use crate::till::quickpay;

const GOOD: &str = "[terminal]\nid = \"T1\"\nmerchant = \"Shop\"\ndata_dir = \"DATA\"\n\n\
                    [gateway]\nbase_url = \"https://apitest.wooshpay.com\"\n";

struct File {
    folder: PathBuf,
}

impl File {
    fn of(text: &str) -> File {
        let folder = own_folder();
        let data = folder.join("data");
        std::fs::write(folder.join("terminal.toml"), text.replace("DATA", data.to_str().unwrap())).unwrap();
        File { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("terminal.toml")
    }

    /// `check-config`, perhaps with a key in the environment: exit code and all words, with the folder left out.
    fn check(&self, key: Option<&str>) -> (Option<i32>, String) {
        let mut command = quickpay();
        if let Some(key) = key {
            command.env("QUICKPAY_SECRET_KEY", key);
        }
        self.words(&command.arg("check-config").arg(self.path()).output().unwrap())
    }

    /// `run --headless` with a key and no input.
    fn run(&self, key: &str) -> (Option<i32>, String) {
        let output = quickpay()
            .args(["run", "--headless", "--config"])
            .arg(self.path())
            .env("QUICKPAY_SECRET_KEY", key)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.words(&output)
    }

    fn words(&self, output: &Output) -> (Option<i32>, String) {
        let both = [output.stdout.as_slice(), &output.stderr].concat();
        (output.status.code(), String::from_utf8(both).unwrap().replace(&*self.folder.to_string_lossy(), ""))
    }

    fn opened_nothing(&self) {
        assert!(!self.folder.join("data").exists(), "a data directory was made");
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// The good file with one text replaced.
fn changed(from: &str, to: &str) -> File {
    assert!(GOOD.contains(from));
    File::of(&GOOD.replacen(from, to, 1))
}

fn with(more: &str) -> File {
    File::of(&format!("{GOOD}{more}\n"))
}

#[test]
fn an_unknown_key_is_shown_with_line_and_column() {
    let file = changed("merchant", "trader");
    let (code, words) = file.check(None);
    assert_eq!(code, Some(2), "{words}");
    assert!(
        words.starts_with("quickpay: /terminal.toml:3:1: unknown field `trader`, expected one of"),
        "{words}"
    );
    assert!(words.ends_with("  | trader = \"Shop\"\n  | ^^^^^^\n"), "{words}");
    let (code, words) = file.run("sk_test_x");
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("/terminal.toml:3:1: unknown field `trader`"), "{words}");
    file.opened_nothing();
}

#[test]
fn each_fault_is_said_with_its_place_and_what_would_be_right() {
    let cases = [
        (
            changed("\"T1\"", "\"t-1\""),
            "/terminal.toml:2:6: a terminal id is 1 to 16 of A-Z and 0-9, not \"t-1\"",
        ),
        (
            with("[payment]\nsubmit_deadline_ms = 45001"),
            ":9:22: submit_deadline_ms is 1000 to 45000 milliseconds",
        ),
        (with("[payment]\nreverse_not_before_ms = 14999"), "reverse_not_before_ms is 15000 to 600000"),
        (with("[payment]\ninquiry_interval_ms = 2999"), "inquiry_interval_ms is 3000 to 60000"),
        (with("[payment]\npay_window_ms = \"50000\""), ":9:17: invalid type: string \"50000\", expected i64"),
        (with("[payment]\nconfirm_above = \"1.005\""), ":9:17: confirm_above: CNY has 2 decimals"),
        (
            with("[printer]\nkind = \"none\"\nprofile = \"x\""),
            ":10:11: no printer profile \"x\"; there are generic",
        ),
        (with("[refunds]\npin = true"), "unknown field `refunds`"),
        (
            changed("merchant = \"Shop\"", "merchant = \"Shop\"\ncurrency = \"XYZ\""),
            ":4:12: no currency \"XYZ\"",
        ),
        (
            changed("merchant = \"Shop\"", "merchant = \"Shop\"\nlanguage = \"fr\""),
            ":4:12: no language \"fr\"",
        ),
        (changed("merchant = \"Shop\"\n", ""), "missing field `merchant`"),
        (changed("merchant = \"Shop\"", "merchant = \"\""), ":3:12: merchant is empty"),
        (changed("id = \"T1\"", "id = T1"), "/terminal.toml:2:6:"),
        (changed("https://apitest.wooshpay.com", "https://apitest.wooshpay.com/v1"), ":7:12: base_url:"),
        (
            changed("https://apitest.wooshpay.com", "https://evil.example"),
            "evil.example is not a known gateway",
        ),
        (
            changed("https://apitest.wooshpay.com", "apitest.wooshpay.com"),
            ":7:12: base_url: this is not a web address",
        ),
    ];
    all_are_refused(&cases);
}

fn all_are_refused(cases: &[(File, &str)]) {
    for (file, expected) in cases {
        let (code, words) = file.check(None);
        assert_eq!(code, Some(2), "{words}");
        assert!(words.contains(expected), "no {expected:?} in\n{words}");
    }
}

#[test]
fn each_fault_of_a_customer_s_display_is_said_with_its_place() {
    let on = |more: &str| with(&format!("[customer_display]\nenabled = true\n{more}"));
    let glass = "x = 1024\nwidth = 1024\nheight = 600\ndiagonal_inches = 7\n";
    let (code, words) = on(glass).check(None);
    assert_eq!(code, Some(0), "{words}");
    all_are_refused(&[
        (on(""), ":9:11: a customer's display that is enabled needs x: pixels from the left edge"),
        (
            on("x = 1024\nwidth = 1024\nheight = 600"),
            ":9:11: a customer's display that is enabled needs diagonal_inches",
        ),
        (
            on(&glass.replace("600", "1024")),
            ":11:9: a customer's display lies: 1024 pixels across are not more than 1024",
        ),
        (on(&glass.replace('7', "5.0")), ":13:19: diagonal_inches is 6 to 32, as a number such as 7.0"),
        (on(&glass.replace('7', "\"7\"")), ":13:19: diagonal_inches is 6 to 32"),
        (on(&glass.replace("600", "100")), ":12:10: height is 320 to 4320 pixels, not 100"),
        (
            on(&format!("{glass}languages = []")),
            ":14:13: languages of the customer's display are 1 to 3 different ones",
        ),
        (on(&format!("{glass}languages = [\"en\", \"en\"]")), ":14:13: languages of the customer's display"),
        (on(&format!("{glass}languages = [\"fr\"]")), ":14:14: no language \"fr\""),
        (on(&format!("{glass}fullscreen = true")), ":14:1: unknown field `fullscreen`"),
        (with("[customer_display]\nheight = 1"), ":9:10: height is 320 to 4320 pixels"), // wrong also while it is off
    ]);
}

#[test]
fn each_fault_of_a_scanner_is_said_with_its_place() {
    all_are_refused(&[
        (
            with("[scanner]\nkind = \"laser\""),
            ":9:8: no scanner kind \"laser\"; it is \"serial\", \"evdev\", \"hid-pos\", \"any\", \"window\" or \"none\"",
        ),
        (with("[scanner]\nkind = \"serial\""), ":9:8: kind \"serial\" needs path"),
        (
            with("[scanner]\nkind = \"evdev\""),
            ":9:8: kind \"evdev\" needs path, or vendor_id with product_id,",
        ),
        (
            with("[scanner]\nkind = \"evdev\"\nvendor_id = 536"),
            ":10:13: vendor_id is four hexadecimal digits in quotes, such as \"0c2e\"",
        ),
        (
            with("[scanner]\nkind = \"any\"\nproduct_id = \"0010\""),
            ":10:14: product_id says nothing without vendor_id",
        ),
        (
            with("[scanner]\nkind = \"any\"\npath = \"/dev/ttyACM0\""),
            ":10:8: kind \"any\" is found by what it is: give vendor_id, serial_number or port, and no path",
        ),
        (
            with("[scanner]\nkind = \"serial\"\npath = \"/dev/ttyACM0\"\nport = \"1-1\""),
            ":11:8: port and path exclude each other",
        ),
        (
            with("[scanner]\nkind = \"hid-pos\"\nport = \"USB2\""),
            ":10:8: port is bus and ports, such as \"1-1.2\"",
        ),
        (
            with("[scanner]\nkind = \"hid-pos\"\nvendor_id = \"1eab\"\nbaud = 9600"),
            ":11:8: baud is for serial ports; kind \"hid-pos\" has none",
        ),
        (
            with("[scanner]\nkind = \"serial\"\npath = \"/dev/ttyACM0\"\nidle_end_ms = 5"),
            ":11:15: idle_end_ms is 20 to 500 milliseconds, not 5",
        ),
        (
            with("[[scanner]]\nkind = \"any\"\nport = \"1-1\"\n[[scanner]]\nkind = \"any\"\nport = \"1-1\""),
            ":12:8: this scanner is named twice",
        ),
        (
            with(
                "[[scanner]]\nkind = \"any\"\nvendor_id = \"1eab\"\n[[scanner]]\nkind = \"hid-pos\"\n\
                 vendor_id = \"1eab\"\nport = \"1-1\"",
            ),
            ":12:8: this table and that of scanner 1 mean one device",
        ),
        (
            with(
                "[[scanner]]\nkind = \"serial\"\npath = \"/dev/ttyACM0\"\n[[scanner]]\nkind = \"serial\"\n\
                 path = \"/dev/ttyACM0\"\nbaud = 115200",
            ),
            ":12:8: this table and that of scanner 1 mean one device",
        ),
    ]);
}

#[test]
fn each_fault_of_a_printer_is_said_with_its_place() {
    all_are_refused(&[
        (with("[printer]\nkind = \"tcp\"\naddress = \"printer\""), ":10:11: address is HOST:PORT"),
        (
            with("[printer]\nkind = \"none\"\nprofiles_file = \"nowhere.toml\""),
            ":10:17: /nowhere.toml: there is no such file",
        ),
        (with("[printer]\nkind = \"none\"\ndrawer = \"yes\""), ":10:10: no drawer \"yes\""),
        (with("[printer]\nkind = \"lpt\""), ":9:8: no printer kind \"lpt\"; it is \"usb\", \"tcp\""),
        (
            with("[printer]\nkind = \"usb\"\nvendor_id = \"epson\""),
            ":10:13: vendor_id is four hexadecimal digits",
        ),
        (
            with("[printer]\nkind = \"usb\"\nvendor_id = \"04b8\"\npath = \"/dev/usb/lp0\""),
            ":10:13: vendor_id and path exclude each other",
        ),
        (
            with("[printer]\nkind = \"tcp\"\naddress = \"a:1\"\nvendor_id = \"04b8\""),
            ":11:13: vendor_id is for kind \"usb\"",
        ),
        (
            with("[printer]\nkind = \"serial\"\npath = \"/dev/ttyS0\"\nflow = \"dtr\""),
            ":11:8: no flow control \"dtr\"",
        ),
    ]);
}

#[test]
fn devices_named_by_what_they_are_are_good() {
    for tables in [
        "[[scanner]]\nkind = \"any\"\nvendor_id = \"1eab\"\nserial_number = \"A1\"\n\
         [[scanner]]\nkind = \"evdev\"\nvendor_id = \"0x0C2E\"\nproduct_id = \"0b61\"\nport = \"3-1.4.2\"\n\
         [[scanner]]\nkind = \"hid-pos\"\nport = \"1-1\"\n\
         [[scanner]]\nkind = \"serial\"\nvendor_id = \"0403\"\nport = \"1-2\"\nbaud = 115200\nidle_end_ms = 80\n\
         [[scanner]]\nkind = \"hid-pos\"\npath = \"/dev/hidraw0\"\nrepeat_ms = 0",
        "[printer]\nkind = \"usb\"",
        "[printer]\nkind = \"usb\"\nvendor_id = \"04b8\"\nproduct_id = \"0202\"\nserial_number = \"J1\"",
        "[printer]\nkind = \"usb\"\npath = \"/dev/usb/lp0\"",
        "[printer]\nkind = \"serial\"\npath = \"/dev/ttyS0\"\nflow = \"rts-cts\"",
    ] {
        let (code, words) = with(tables).check(Some("sk_test_x"));
        assert_eq!(code, Some(0), "{words}");
    }
}

#[test]
fn a_star_printer_gets_a_hint_since_only_it_can_say_what_it_speaks() {
    let star = "[printer]\nkind = \"usb\"\nvendor_id = \"0519\"";
    let (code, words) = with(star).check(Some("sk_test_x"));
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("switched to ESC/POS emulation"), "{words}");
    let (_, words) = with("[printer]\nkind = \"usb\"\nvendor_id = \"04b8\"").check(Some("sk_test_x"));
    assert!(!words.contains("Star"), "{words}");
}

#[test]
fn all_faults_are_said_at_once() {
    let file = with("[payment]\nsubmit_deadline_ms = 99999\n[scanner]\nkind = \"laser\"");
    let (_, words) = file.check(None);
    assert!(words.contains(":9:22:") && words.contains(":11:8:"), "{words}");
}

#[test]
fn http_to_another_machine_is_refused() {
    for host in ["http://apitest.wooshpay.com", "http://192.168.1.9:8650", "http://127.0.0.1.example.com"] {
        let file = changed("https://apitest.wooshpay.com", host);
        let (code, words) = file.check(Some("sk_test_x"));
        assert_eq!(code, Some(2), "{words}");
        assert!(words.contains("/terminal.toml:7:12: base_url: "), "{words}");
        assert_eq!(file.run("sk_test_x").0, Some(2));
        file.opened_nothing();
    }
    let plain = changed("https://apitest.wooshpay.com", "http://apitest.wooshpay.com").check(None).1;
    assert!(plain.contains("would send the key in the clear; use https"), "{plain}");
}

#[test]
fn a_key_goes_only_to_the_host_it_belongs_to_and_is_never_repeated() {
    for (host, key, reason) in [
        ("https://apitest.wooshpay.com", "sk_live_planted51Secret", "does not belong to the test host"),
        ("https://api.wooshpay.com", "sk_test_planted51Secret", "does not belong to the live host"),
        ("http://127.0.0.1:9", "sk_live_planted51Secret", "must not go to a loopback address"),
        ("https://apitest.wooshpay.com", "pk_test_planted51Secret", "publishable key"),
        ("https://apitest.wooshpay.com", "planted51Secret", "begins with sk_test_ or sk_live_"),
    ] {
        let file = changed("https://apitest.wooshpay.com", host);
        for (code, words) in [file.check(Some(key)), file.run(key)] {
            assert_eq!(code, Some(2), "{words}");
            assert!(words.contains(reason), "{words}");
            assert!(!words.contains("planted51"), "the key is repeated: {words}");
        }
        file.opened_nothing();
    }
}

#[test]
fn a_good_file_is_good_with_and_without_its_key() {
    let file = File::of(GOOD);
    let (code, words) = file.check(Some("sk_test_x"));
    assert_eq!((code, words.as_str()), (Some(0), "/terminal.toml: well; a Test key is in place\n"));
    let (code, words) = file.check(None);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("well, but it cannot sell yet: no secret key"), "{words}");
    let output = quickpay()
        .args(["run", "--headless", "--config"])
        .arg(file.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    file.opened_nothing();
}

#[test]
fn the_shipped_configuration_is_good() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/terminal.toml");
    let output = quickpay().arg("check-config").arg(&shipped).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_file_that_is_not_there_is_said_by_name() {
    let output = quickpay().args(["check-config", "/nowhere/terminal.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("/nowhere/terminal.toml: there is no such file"), "{words}");
}

#[test]
fn a_key_file_is_read_without_its_line_end_and_named_when_it_is_not_there() {
    let file = changed("[gateway]", "[gateway]\nsecret_key_file = \"DATA.key\"");
    let key = file.folder.join("data.key");
    let (code, words) = file.check(None);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("it cannot sell yet") && words.contains("/data.key cannot be read"), "{words}");
    std::fs::write(&key, "sk_test_inTheFile\n").unwrap();
    assert!(file.check(None).1.contains("a Test key is in place"));
    std::fs::write(&key, "sk_live_inTheFile\n").unwrap();
    let (code, words) = file.check(None);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("test host") && !words.contains("inTheFile"), "{words}");
}
