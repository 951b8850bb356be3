//! What is no sale gets words and changes nothing.

use serde_json::{Value, json};

use crate::shop::{SetUp, Shop};
use crate::till::Till;

/// Asked, refused for this reason, with words.
fn refused(answer: &Value, reason: &str) {
    assert_eq!(answer["event"], "refused", "{answer}");
    assert_eq!(answer["reason"], reason, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|words| words.len() > 5), "{answer}");
}

/// Nothing was sold, asked or armed.
fn nothing_happened(shop: &Shop, till: &mut Till) {
    assert_eq!(till.sales(), Vec::<Value>::new());
    assert_eq!(till.ask(json!({ "do": "view" }))["state"], "ready");
    assert!(shop.gateway.requests("create").is_empty());
}

#[test]
fn a_code_that_was_scanned_without_an_amount_is_forgotten() {
    let (shop, mut till) = Shop::with_till();
    let code = shop.code("anna");
    refused(&till.scan(&code), "amount_first");
    till.ring_up("5.00");
    assert_eq!(till.ask(json!({ "do": "view" }))["state"], "armed");
    till.scan(&code);
    till.reaches("S0001", "approved");
    refused(&till.scan(&shop.code("anna")), "amount_first");
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn what_is_no_amount_arms_nothing() {
    let (shop, mut till) = Shop::with_till();
    for (amount, reason) in [
        ("0", "amount_zero"),
        ("0.00", "amount_zero"),
        ("000", "amount_zero"),
        ("", "amount_not_a_number"),
        (" ", "amount_not_a_number"),
        (".", "amount_not_a_number"),
        (".5", "amount_not_a_number"),
        ("5.", "amount_not_a_number"),
        ("-1.00", "amount_not_a_number"),
        ("+1.00", "amount_not_a_number"),
        ("1,000.00", "amount_not_a_number"),
        ("1 000", "amount_not_a_number"),
        ("1.0.0", "amount_not_a_number"),
        ("1e3", "amount_not_a_number"),
        ("0x10", "amount_not_a_number"),
        ("NaN", "amount_not_a_number"),
        ("８８", "amount_not_a_number"),
        ("¥88", "amount_not_a_number"),
        ("1.005", "amount_too_many_decimals"),
        ("1.000", "amount_too_many_decimals"),
        ("1000000.00", "amount_too_large"),
        ("99999999999999999999999999", "amount_too_large"),
    ] {
        refused(&till.enter(amount), reason);
    }
    nothing_happened(&shop, &mut till);
    assert_eq!(till.enter("999999.99")["amount_minor"], 99_999_999);
    assert_eq!(till.enter("0.01")["amount_minor"], 1);
    assert_eq!(till.enter("007.5")["amount_minor"], 750);
    till.quit();
}

#[test]
fn a_currency_without_decimals_takes_whole_amounts_only() {
    let (_shop, mut till) = Shop::with_till_of(&SetUp { currency: "JPY", ..SetUp::default() });
    let armed = till.enter("1000");
    assert_eq!(
        (armed["state"].as_str(), armed["amount_minor"].as_u64()),
        (Some("armed"), Some(1000)),
        "{armed}"
    );
    assert_eq!(armed["amount"], "1000");
    assert_eq!(armed["currency"], "JPY");
    refused(&till.enter("10.5"), "amount_too_many_decimals");
    refused(&till.enter("1000.00"), "amount_too_many_decimals");
    refused(&till.enter("0"), "amount_zero");
    assert_eq!(till.ask(json!({ "do": "view" }))["amount_minor"], 1000, "the refusals changed nothing");
    till.quit();
}

#[test]
fn a_currency_with_three_decimals_takes_them() {
    let (_shop, mut till) = Shop::with_till_of(&SetUp { currency: "KWD", ..SetUp::default() });
    assert_eq!(till.enter("1.005")["amount_minor"], 1005);
    refused(&till.enter("1.0005"), "amount_too_many_decimals");
    till.quit();
}

#[test]
fn a_currency_the_wallet_lacks_is_refused_by_the_gateway_and_takes_no_money() {
    let (shop, mut till) =
        Shop::with_till_of(&SetUp { currency: "JPY", pay_window_ms: 1_000, ..SetUp::default() });
    let sale = till.sell("1000", &shop.code("anna"));
    till.settles();
    let state = till.sale(&sale)["state"].clone();
    assert!(state == "declined" || state == "reversed", "{state}");
    assert!(shop.gateway.charges().is_empty());
    till.quit();
}

#[test]
fn a_malformed_line_is_an_error_that_repeats_nothing_and_changes_nothing() {
    let (shop, mut till) = Shop::with_till();
    let code = shop.code("anna");
    let lines = [
        "hello".to_owned(),
        code.clone(),
        "{}".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "\"scan\"".to_owned(),
        r#"{"do":5}"#.to_owned(),
        r#"{"do":"scan"}"#.to_owned(),
        format!(r#"{{"do":"scan","text":{code}}}"#),
        format!(r#"{{"do":"scan","text":"{code}""#),
        format!(r#"{{"do":"scan","text":"{code}","amount":"1"}}"#),
        format!(r#"{{"do":"scan","text":"{code}"}} {{"do":"quit"}}"#),
        format!(r#"{{"do":"{code}"}}"#),
        format!(r#"{{"do":"scan","do":"scan","text":"{code}"}}"#),
        r#"{"do":"enter_amount","amount":88.00}"#.to_owned(),
        r#"{"do":"enter_amount"}"#.to_owned(),
        r#"{"do":"enter_amount","amount":"1.00","currency":"CNY"}"#.to_owned(),
        r#"{"do":"sale","sale":"1"}"#.to_owned(),
        r#"{"do":"sale","sale":1}"#.to_owned(),
        r#"{"do":"list","open":"yes"}"#.to_owned(),
        r#"{"do":"printed","job":"X","yes":true}"#.to_owned(),
        r#"{"do":"quit","now":true}"#.to_owned(),
        r#"{"do":"sell"}"#.to_owned(),
        format!(r#"{{"do":"scan","text":"{}"}}"#, "1".repeat(70_000)),
        "[".repeat(60_000),
    ];
    for line in &lines {
        till.line(line);
    }
    till.line([b'{', 0xff, 0xfe, b'}']);
    till.line("");
    till.line("   ");
    nothing_happened(&shop, &mut till);
    let said = std::fs::read_to_string(shop.folder.join("events.jsonl")).unwrap();
    let errors: Vec<&str> = said.lines().filter(|line| line.contains(r#""event":"error""#)).collect();
    assert_eq!(errors.len(), lines.len() + 1, "{errors:#?}");
    till.quit();
}

#[test]
fn an_error_echoes_the_id_of_its_request() {
    let (shop, mut till) = Shop::with_till();
    for id in [json!("x"), json!(7), json!([1, "a"]), json!({ "n": 1 })] {
        till.line(json!({ "do": "scan", "id": id }).to_string());
        let error = till.event("its error", |e| e["id"] == id);
        assert_eq!(error["event"], "error", "{error}");
    }
    let missing = till.ask(json!({ "do": "sale", "sale": "S0042" }));
    refused(&missing, "no_such_sale");
    for verb in ["cancel", "put_aside", "check_again", "confirm"] {
        assert_eq!(till.ask(json!({ "do": verb }))["event"], "refused", "{verb}");
    }
    nothing_happened(&shop, &mut till);
    till.quit();
}

#[test]
fn where_no_people_are_configured_nobody_signs_in_or_out_and_nothing_changes() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    for request in [json!({ "do": "sign_in", "person": "li", "pin": "1234" }), json!({ "do": "sign_out" })] {
        refused(&till.ask(request), "no_people");
    }
    assert_eq!(till.sale(&sale)["state"], "approved");
    till.quit();
}
