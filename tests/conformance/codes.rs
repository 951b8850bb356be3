//! QP-15, QP-16, QP-29 and QP-30: the code is used once, is nothing else, and is kept nowhere.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::leak;
use crate::shop::{SetUp, Shop};
use crate::till::{KEY, LIMIT, Till};

#[test]
fn qp_15_the_same_code_twice_is_one_scan_for_a_moment_and_refused_afterwards() {
    let (shop, mut till) = Shop::with_till();
    till.ring_up("31.00");
    let code = shop.code("carla");
    let scan = json!({ "do": "scan", "text": code }).to_string();
    till.line(format!("{scan}\n{scan}\n{scan}"));
    till.reaches("S0001", "awaiting_payer");
    let refused = |event: &Value| event["event"] == "refused";
    let until = Instant::now() + LIMIT;
    let refusal = loop {
        let answer = till.scan(&code);
        if refused(&answer) {
            break answer;
        }
        assert!(Instant::now() < until, "{answer}");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(refusal["reason"], "code_already_used");
    assert_eq!(till.sale("S0001")["attempt"], "S0001a");
    assert_eq!(shop.gateway.requests("create").len(), 1);
    till.quit();
}

#[test]
fn qp_16_a_code_that_was_used_on_one_sale_is_refused_on_another() {
    let (shop, mut till) = Shop::with_till();
    let code = shop.code("anna");
    let sale = till.sell("10.00", &code);
    till.reaches(&sale, "approved");
    till.ring_up("11.00");
    let answer = till.scan(&code);
    assert_eq!(answer["reason"], "code_already_used", "{answer}");
    let answer = till.scan(&format!("]C0{code}"));
    assert_eq!(answer["reason"], "code_already_used", "{answer}");
    assert_eq!(till.sales().len(), 1);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    till.quit();
}

/// Asked, refused for this reason, with words.
fn refused(answer: &Value, reason: &str) {
    assert_eq!(answer["event"], "refused", "{answer}");
    assert_eq!(answer["reason"], reason, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|words| words.len() > 5), "{answer}");
}

#[test]
fn qp_29_what_is_no_payment_code_is_named_and_changes_nothing() {
    let (shop, mut till) = Shop::with_till();
    till.ring_up("5.00");
    let order = "T1-3LEGZA-S0001a";
    for (text, reason) in [
        ("6901234567892", "product_barcode"),
        ("]E06901234567892", "product_barcode"),
        ("96385074", "product_barcode"),
        ("]C1106141411234567897", "carton_label"),
        (order, "receipt_number"),
        ("289431869362714645", "wallet_not_enabled"),
        ("6212345678901234567", "wallet_not_enabled"),
        ("4200002345202607311234567890", "not_a_payment_code"),
        ("13299361465609675", "not_a_payment_code"),
        ("1329936146560967541", "not_a_payment_code"),
        ("132993614 656096754", "not_a_payment_code"),
        (" 132993614656096754", "not_a_payment_code"),
        ("hello", "not_a_payment_code"),
        ("", "not_a_payment_code"),
        ("https://example.com/132993614656096754", "not_a_payment_code"),
    ] {
        let answer = till.scan(text);
        refused(&answer, reason);
        assert!(text.len() < 8 || !answer.to_string().contains(text), "the scan is repeated: {answer}");
    }
    let view = till.ask(json!({ "do": "view" }));
    assert_eq!((view["state"].as_str(), view["amount_minor"].as_u64()), (Some("armed"), Some(500)), "{view}");
    till.ask(json!({ "do": "clear" }));
    assert_eq!(till.sales(), Vec::<Value>::new());
    assert_eq!(till.ask(json!({ "do": "view" }))["state"], "ready");
    assert!(shop.gateway.requests("create").is_empty());
    till.quit();
}

/// A day with every kind of sale; gives the codes that were scanned in it.
fn a_whole_day(shop: &Shop, till: &mut Till) -> Vec<String> {
    let mut scanned = Vec::new();
    let mut sell = |till: &mut Till, customer: &str, state: &str| {
        let code = shop.code(customer);
        let sale = till.sell("31.00", &code);
        scanned.push(code);
        till.reaches(&sale, state);
        sale
    };
    let paid = sell(till, "anna", "approved");
    sell(till, "ben", "approved");
    sell(till, "dong", "declined");
    sell(till, "carla", "reversed");
    for (then, state) in [
        (json!("drop_after"), "approved"),
        (json!({ "html": 502, "carried_out": true }), "approved"),
        (json!({ "status": 400, "code": "REQUEST_REFUSED" }), "declined"),
        (json!("QP-02"), "reversed"),
    ] {
        shop.script(&json!([{ "match": "create", "then": then }]));
        sell(till, "anna", state);
    }
    till.ask(json!({ "do": "refund", "sale": paid, "reason": "returned" }));
    till.reaches(&paid, "refunded");
    shop.line_down();
    till.is_offline();
    let held = sell(till, "anna", "held");
    till.reaches(&held, "expired");
    for nonsense in [scanned[0].as_str(), "13299361465609675", "]C1106141411234567897"] {
        till.scan(nonsense);
        till.line(nonsense);
        till.line(format!("{{\"do\":\"scan\",\"text\":\"{nonsense}\""));
    }
    scanned
}

#[test]
fn qp_30_after_every_kind_of_sale_no_file_log_receipt_or_story_holds_a_code_or_the_key() {
    let folder = crate::shop::own_folder();
    let printer = format!("kind = \"file\"\npath = {:?}", folder.join("paper.bin"));
    let set_up = SetUp {
        pay_window_ms: 900,
        submit_deadline_ms: 700,
        line_check_ms: 150,
        printer,
        ..SetUp::default()
    };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    let mut scanned = a_whole_day(&shop, &mut till);
    let held = shop.code("anna");
    till.sell("7.00", &held);
    scanned.push(held);
    till.kill(); // in the middle of a held code
    for (n, arguments) in [
        vec!["journal", "show"],
        vec!["journal", "show", "--json"],
        vec!["receipt", "S0001"],
        vec!["receipt", "S0004"],
        vec!["doctor", "verify"],
    ]
    .into_iter()
    .enumerate()
    {
        let shown = shop.run(&arguments);
        std::fs::write(shop.folder.join(format!("said-{n}.out")), &shown.stdout).unwrap();
        std::fs::write(shop.folder.join(format!("said-{n}.err")), &shown.stderr).unwrap();
    }
    assert!(scanned.len() > 9);
    shop.has_no_secret_left();
    assert_eq!(leak::files_with(&scanned, &folder), Vec::<std::path::PathBuf>::new(), "the paper");
    assert!(std::fs::metadata(folder.join("paper.bin")).unwrap().len() > 1_000);
    // The search would find them: the log of a careless program, and a configuration with the key in it.
    std::fs::write(folder.join("careless.log"), format!("scan {}\n", scanned[0])).unwrap();
    std::fs::write(folder.join("careless.toml"), format!("key = \"{KEY}\"\n")).unwrap();
    assert_eq!(leak::files_with(&scanned, &folder), [folder.join("careless.log")]);
    assert_eq!(leak::files_holding(KEY.as_bytes(), &folder), [folder.join("careless.toml")]);
    std::fs::remove_dir_all(folder).unwrap();
}
