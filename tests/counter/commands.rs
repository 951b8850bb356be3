//! The commands that only look, and how all of them say yes and no.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::shop::{SetUp, Shop, own_folder};
use crate::till::quickpay;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A shop whose till has sold once, been refused once, and closed.
fn a_day() -> Shop {
    let (shop, mut till) = Shop::with_till();
    let paid = till.sell("88.00", &shop.code("anna"));
    till.reaches(&paid, "approved");
    let refused = till.sell("40.00", &shop.code("dong"));
    till.reaches(&refused, "declined");
    till.quit();
    shop
}

#[test]
fn the_journal_is_shown_as_text_and_as_json() {
    let shop = a_day();
    let shown = shop.run(&["journal", "show"]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    let words = text(&shown.stdout);
    for told in [
        "journal of terminal T1 began",
        "terminal started",
        "S0001 opened: CNY 88.00",
        "S0001a SENDING",
        "S0001a PAID",
        "S0002a NOT PAID",
    ] {
        assert!(words.contains(told), "no {told:?} in\n{words}");
    }
    for command in [["journal", "show", "--json"], ["journal", "export", "--json"]] {
        let shown = shop.run(&command);
        assert_eq!(shown.status.code(), Some(0));
        let lines: Vec<Value> =
            text(&shown.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let numbers: Vec<u64> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
        let records: usize = lines.iter().map(|line| line["records"].as_array().unwrap().len()).sum();
        assert_eq!(records, words.lines().count());
    }
}

/// Every word that the screen showed over a sale, in order, without what a restart forgets and what is only about time:
/// CHECKING comes when an answer is late; what the journal tells is the silence.
fn words_on_the_screen(shop: &Shop, sale: &str) -> Vec<String> {
    let said = std::fs::read_to_string(shop.folder.join("events.jsonl")).unwrap();
    let events = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mine = events.filter(|event| event["event"] == "view" && event["sale"] == sale);
    let mut words: Vec<String> = mine.map(|view| view["word"].as_str().unwrap().to_owned()).collect();
    words.retain(|word| !["READY", "SCAN", "CHECKING", "ASK MANAGER"].contains(&word.as_str()));
    words.dedup();
    words
}

#[test]
fn the_journal_tells_the_day_in_the_words_of_the_screen() {
    let set_up = SetUp { pay_window_ms: 700, submit_deadline_ms: 600, ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    let mut sales = Vec::new();
    for (customer, then, end) in [
        ("anna", None, "approved"),
        ("ben", None, "approved"),
        ("dong", None, "declined"),
        ("carla", None, "reversed"),
        ("anna", Some(json!("drop_after")), "approved"),
        ("anna", Some(json!("QP-02")), "reversed"),
        ("anna", Some(json!("QP-08")), "refund_due"),
    ] {
        if let Some(then) = then {
            shop.script(&json!([{ "match": "create", "then": then }]));
        }
        let sale = till.sell("31.00", &shop.code(customer));
        till.reaches(&sale, end);
        till.screen("the end", |view| view["sale"] == sale && view["state"] == end);
        sales.push(sale);
    }
    till.ask(json!({ "do": "refund", "sale": sales[0], "amount": "3.00", "reason": "broken cup" }));
    till.event("a part back", |event| event["event"] == "sale" && event["refunded_minor"] == 300);
    shop.line_down();
    till.is_offline();
    let held = till.sell("31.00", &shop.code("anna"));
    till.screen("expired", |view| view["sale"] == held && view["state"] == "expired");
    sales.push(held);
    till.quit();
    let told = text(&shop.run(&["journal", "show"]).stdout);
    assert!(told.contains("SENDING: WeChat Pay, order T1-"), "a wallet has the name of the screen\n{told}");
    assert!(told.contains("REFUND WAITING: CNY 3.00 of pi_") && told.contains("(broken cup)"), "{told}");
    assert!(!told.contains("wechat_pay") && !told.contains("()"), "{told}");
    for sale in sales {
        let mut lines = told.lines().filter(|line| line.contains(&format!("  {sale}")));
        for word in words_on_the_screen(&shop, &sale) {
            let next = lines.find(|line| line.contains(&format!(" {word}")));
            assert!(next.is_some(), "{sale} {word} is not told in its place\n{told}");
        }
    }
}

#[test]
fn a_reader_that_stops_reading_the_journal_is_no_fault() {
    let shop = a_day();
    let mut show = quickpay()
        .args(["journal", "show", "--config"])
        .arg(shop.folder.join("terminal.toml"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(show.stdout.take());
    let ended = show.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), text(&ended.stderr).as_str()), (Some(0), ""));
}

#[test]
fn the_journal_can_be_read_while_the_till_sells() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let shown = shop.run(&["journal", "show"]);
    assert!(text(&shown.stdout).contains("S0001a PAID"), "{}", text(&shown.stderr));
    let receipt = shop.run(&["receipt", "S0001"]);
    assert_eq!(receipt.status.code(), Some(0));
    till.quit();
}

#[test]
fn a_receipt_is_rendered_as_text_and_as_a_picture() {
    let shop = a_day();
    let paid = shop.run(&["receipt", "S0001"]);
    assert_eq!(paid.status.code(), Some(0), "{}", text(&paid.stderr));
    let words = text(&paid.stdout);
    for told in ["Corner Shop", "CNY 88.00", "WeChat Pay", "S0001", "T1-"] {
        assert!(words.contains(told), "no {told:?} in\n{words}");
    }
    assert!(!words.contains("NOT PAID"), "{words}");
    let refused = shop.run(&["receipt", "S0002"]);
    assert!(text(&refused.stdout).contains("NOT PAID"), "{}", text(&refused.stdout));

    let picture = shop.folder.join("receipt.png");
    let painted = shop.run(&["receipt", "S0001", "--png", picture.to_str().unwrap()]);
    assert_eq!(painted.status.code(), Some(0), "{}", text(&painted.stderr));
    let bytes = std::fs::read(&picture).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() > 1000, "{} bytes", bytes.len());
    let page = shop.folder.join("receipt.pdf");
    let painted = shop.run(&["receipt", "S0001", "--pdf", page.to_str().unwrap()]);
    assert_eq!(painted.status.code(), Some(0), "{}", text(&painted.stderr));
    assert!(std::fs::read(&page).unwrap().starts_with(b"%PDF-1.4\n"));
}

#[test]
fn the_paper_of_a_sale_in_doubt_says_that_it_is_no_receipt() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    let paper = text(&shop.run(&["receipt", &sale]).stdout);
    assert!(paper.lines().next().unwrap().contains("NOT A RECEIPT"), "{paper}");
    assert!(!paper.contains("Thank"), "{paper}");
    till.quit();
}

#[test]
fn a_receipt_that_cannot_be_given_says_why() {
    let shop = a_day();
    let unknown = shop.run(&["receipt", "S0009"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("no sale S0009"), "{}", text(&unknown.stderr));
    let wrong = shop.run(&["receipt", "42"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("sales are named like S0001"), "{}", text(&wrong.stderr));
    let nowhere = shop.run(&["receipt", "S0001", "--png", "/nowhere/receipt.png"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(&nowhere.stderr).contains("/nowhere/receipt.png"), "{}", text(&nowhere.stderr));
}

#[test]
fn a_journal_that_is_not_there_is_not_made() {
    let shop = Shop::open(&SetUp::default());
    for command in [["journal", "show"], ["receipt", "S0001"], ["doctor", "verify"]] {
        let shown = shop.run(&command);
        let (said, words) = (text(&shown.stdout), text(&shown.stderr));
        assert_eq!((shown.status.code(), said.as_str()), (Some(1), ""), "{command:?}");
        let (what, advice) = ("quickpay: there is no journal in ", "check data_dir in the configuration");
        assert!(words.starts_with(what) && words.contains(advice), "{command:?}: {words}");
    }
    assert!(!shop.data_dir().exists());
}

#[test]
fn every_command_helps() {
    let all: [&[&str]; 9] = [
        &[],
        &["demo"],
        &["run"],
        &["sandbox"],
        &["check-config"],
        &["journal"],
        &["journal", "show"],
        &["journal", "export"],
        &["receipt"],
    ];
    for command in all {
        let help = quickpay().args(command).arg("--help").output().unwrap();
        assert_eq!(help.status.code(), Some(0), "{command:?}");
        assert!(text(&help.stdout).contains("Usage: quickpay"), "{command:?}");
        assert_eq!(help.stderr, b"", "{command:?}");
    }
    let version = quickpay().arg("--version").output().unwrap();
    assert_eq!(text(&version.stdout), format!("quickpay {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_is_no_command_is_used_wrongly() {
    let all: [&[&str]; 8] = [
        &[],
        &["sell"],
        &["run", "--no-head"],
        &["journal"],
        &["check-config"],
        &["receipt"],
        &["sandbox", "--listen", "here"],
        &["demo", "--sales", "many"],
    ];
    for command in all {
        let output = quickpay().args(command).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert_eq!(output.stdout, b"", "{command:?}");
        assert!(!output.stderr.is_empty(), "{command:?}");
    }
}

#[test]
fn the_sandbox_listens_on_this_machine_only() {
    for arguments in [["--listen", "0.0.0.0:0"], ["--listen", "192.0.2.1:8650"], ["--control", "0.0.0.0:0"]] {
        let output = quickpay().arg("sandbox").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let words = text(&output.stderr);
        assert!(words.contains("loopback addresses only"), "{words}");
    }
}

#[test]
fn the_sandbox_says_what_is_wrong_with_its_files() {
    let folder = own_folder();
    let script = folder.join("script.json");
    std::fs::write(&script, r#"[{"then":"explode"}]"#).unwrap();
    let output =
        quickpay().args(["sandbox", "--listen", "127.0.0.1:0", "--script"]).arg(&script).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("script.json is wrong: step 1: then: then is one of ok,"),
        "{}",
        text(&output.stderr)
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn logs_that_go_to_a_file_hold_no_colours() {
    let shop = a_day();
    let log = std::fs::read(shop.folder.join("till.log")).unwrap();
    assert!(!log.is_empty());
    assert!(!log.contains(&0x1b), "{}", text(&log));
}

#[test]
fn the_doctor_finds_a_used_store_sound_and_leaves_a_running_till_alone() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let refused = shop.run(&["doctor", "rebuild"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&till.pid().to_string()), "{refused:?}");
    till.quit();
    for act in ["verify", "rebuild", "repair", "verify"] {
        let output = shop.run(&["doctor", act]);
        assert!(output.status.success(), "{act}: {output:?}");
        assert!(!output.stdout.is_empty(), "{act} says nothing");
    }
    let mut again = shop.start();
    assert_eq!(again.sale(&sale)["state"], "approved");
    again.quit();
}

#[test]
fn a_configuration_that_is_no_file_is_named_as_what_it_is() {
    let shop = Shop::open(&SetUp::default());
    let blob = shop.folder.join("blob");
    std::fs::write(&blob, [0xff, 0xfe, 0x00]).unwrap();
    for (file, wanted) in [
        (shop.folder.join("nowhere.toml"), "there is no such file; write one after config/terminal.toml"),
        (shop.folder.clone(), "that is a directory; name the file in it"),
        (blob, "that is no text; name the file that `config/terminal.toml` is the model of"),
    ] {
        let ended = quickpay().arg("check-config").arg(&file).output().unwrap();
        let words = text(&ended.stderr);
        assert!(ended.status.code() == Some(2) && words.contains(wanted), "{file:?}: {words}");
    }
}
