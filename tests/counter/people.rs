//! People at the till, through the real program: PINs, the lock, and whose name stands where.

use std::io::Write as _;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::shop::paper::{papers, printer, set_up};
use crate::shop::{SetUp, Shop, leak};
use crate::till::{Till, quickpay};

/// PINs that stand nowhere else, neither in a time nor in an id.
const LI: &str = "60917428";
const KIM: &str = "83059174";
const WANG: &str = "29584061";

/// What `quickpay pin` makes of what is typed.
fn pin_command(typed: &str) -> Output {
    let mut child = quickpay()
        .arg("pin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The line of configuration for a PIN.
fn pin_line(pin: &str) -> String {
    let output = pin_command(&format!("{pin}\n{pin}\n"));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

pub(crate) fn person(name: &str, role: &str, pin: &str) -> String {
    format!("[[person]]\nname = \"{name}\"\nrole = \"{role}\"\n{}\n", pin_line(pin))
}

/// Li sells; Kim and Wang manage.
fn staff() -> String {
    [person("Li", "cashier", LI), person("Kim", "manager", KIM), person("王店长", "manager", WANG)].concat()
}

fn staffed() -> (Shop, Till) {
    Shop::with_till_of(&SetUp { more: staff(), ..SetUp::default() })
}

fn sign_in(till: &mut Till, who: &str, pin: &str) -> Value {
    till.ask(json!({ "do": "sign_in", "person": who, "pin": pin }))
}

/// Li has the till.
fn open() -> (Shop, Till) {
    let (shop, mut till) = staffed();
    let view = sign_in(&mut till, "Li", LI);
    assert_eq!((&view["event"], &view["person"]), (&json!("view"), &json!("Li")), "{view}");
    (shop, till)
}

fn story(till: &mut Till, sale: &str) -> String {
    till.sale(sale)["timeline"].to_string()
}

/// No PIN is in any file of the shop: journal, store, log, events.
pub(crate) fn no_pin_is_left(shop: &Shop, pins: &[&str]) {
    for pin in pins {
        let found = leak::files_holding(pin.as_bytes(), &shop.folder);
        assert!(found.is_empty(), "a PIN is in {found:?}");
    }
}

#[test]
fn a_pin_is_asked_for_twice_and_only_its_hash_is_printed() {
    let line = pin_line("4711");
    assert!(line.starts_with("pin = \"$argon2id$v=19$m=7168,t=5,p=1$"), "{line}");
    assert_ne!(line, pin_line("4711"), "each has a salt of its own");
    for (typed, said) in [
        ("4711\n4712\n", "the two PINs differ"),
        ("123\n123\n", "a PIN is 4 to 8 digits"),
        ("123456789\n123456789\n", "a PIN is 4 to 8 digits"),
        ("secret\nsecret\n", "a PIN is 4 to 8 digits"),
        ("", "a PIN is 4 to 8 digits"),
    ] {
        let output = pin_command(typed);
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{typed:?}: {words}");
        assert!(words.contains(said), "{typed:?}: {words}");
    }
}

#[test]
fn people_are_checked_with_the_configuration_and_a_plain_pin_is_not_repeated() {
    let hash = pin_line("4711");
    let cheap = "pin = \"$argon2id$v=19$m=16,t=2,p=1$MTIzNDU2Nzg5MDEyMzQ1Ng$hmF4E0fhh2kZcxDQZVRVuw\"";
    let of = |name: &str, role: &str, pin: &str| {
        format!("[[person]]\nname = \"{name}\"\nrole = \"{role}\"\n{pin}\n")
    };
    for (more, said) in [
        (of("Li", "cashier", "pin = \"60917428\""), "is a plain PIN"),
        (of("Li", "cashier", "pin = 60917428"), "is a plain PIN"),
        (of("Li", "cashier", "pin = \"hunter2\""), "run it and put its line here"),
        (of("Li", "cashier", cheap), "too low or too high a cost"),
        (of("Li", "boss", &hash), "no role \"boss\"; it is \"cashier\" or \"manager\""),
        (of(" Li", "cashier", &hash), "a person's name is 1 to 40 characters"),
        ([of("Li", "cashier", &hash), of("Li", "manager", &hash)].concat(), "two people of the name \"Li\""),
    ] {
        let shop = Shop::open(&SetUp { more, ..SetUp::default() });
        let output = quickpay().arg("check-config").arg(shop.folder.join("terminal.toml")).output().unwrap();
        let words = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(words.contains(said), "no {said:?} in {words}");
        assert!(!words.contains("60917428") && !words.contains("hunter2"), "it repeats a PIN: {words}");
    }
}

#[test]
fn a_locked_till_sells_nothing_until_somebody_signs_in() {
    let (shop, mut till) = staffed();
    let view = till.ask(json!({ "do": "view" }));
    assert_eq!((&view["state"], &view["locked"]), (&json!("ready"), &json!(true)), "{view}");
    assert_eq!(view["people"], json!(["Li", "Kim", "王店长"]));
    let code = shop.code("anna");
    for request in [
        json!({ "do": "enter_amount", "amount": "12.00" }),
        json!({ "do": "scan", "text": code }),
        json!({ "do": "refund", "sale": "S0001", "pin": KIM }),
        json!({ "do": "reprint" }),
        json!({ "do": "clear" }),
        json!({ "do": "test_page" }),
    ] {
        let refused = till.ask(request.clone());
        assert!(
            ["locked", "not_paid"].contains(&refused["reason"].as_str().unwrap()),
            "{request}: {refused}"
        );
    }
    assert_eq!(till.scan(&code)["reason"], "locked");
    assert_eq!(sign_in(&mut till, "Li", LI)["person"], "Li");
    assert_eq!(till.scan(&code)["reason"], "amount_first", "the scan before was forgotten");
    let sale = till.sell("12.00", &code);
    till.reaches(&sale, "approved");
    assert!(story(&mut till, &sale).contains("opened: CNY 12.00 by Li"));
    till.quit();
    no_pin_is_left(&shop, &[LI, KIM, WANG]);
}

#[test]
fn a_wrong_pin_an_unknown_person_and_a_second_one_are_refused() {
    let (shop, mut till) = staffed();
    assert_eq!(sign_in(&mut till, "Mallory", LI)["reason"], "no_such_person");
    assert_eq!(sign_in(&mut till, "", LI)["reason"], "no_such_person");
    assert_eq!(sign_in(&mut till, "Li", KIM)["reason"], "wrong_pin", "another's PIN is none");
    assert_eq!(sign_in(&mut till, "Li", "")["reason"], "wrong_pin");
    assert_eq!(till.ask(json!({ "do": "sign_out" }))["reason"], "nobody_signed_in");
    assert_eq!(sign_in(&mut till, "Li", LI)["person"], "Li");
    let refused = sign_in(&mut till, "Kim", KIM);
    assert_eq!(refused["reason"], "somebody_signed_in", "{refused}");
    assert_eq!(refused["message"], "Li is signed in. Sign out first.");
    till.quit();
    no_pin_is_left(&shop, &[LI, KIM, WANG]);
}

#[test]
fn five_wrong_pins_in_a_row_make_that_person_wait() {
    let (_shop, mut till) = staffed();
    for _ in 0..4 {
        assert_eq!(sign_in(&mut till, "Li", "0000")["reason"], "wrong_pin");
    }
    assert_eq!(sign_in(&mut till, "Li", "0000")["reason"], "pin_wait");
    let right = sign_in(&mut till, "Li", LI);
    assert_eq!(right["reason"], "pin_wait", "also the right one waits: {right}");
    assert!(right["message"].as_str().unwrap().starts_with("Too many wrong PINs. Wait "), "{right}");
    assert_eq!(sign_in(&mut till, "Kim", KIM)["person"], "Kim", "others do not wait");
    till.quit();
}

#[test]
fn signing_out_with_a_held_code_charges_nothing_and_loses_no_record() {
    let (shop, mut till) = open();
    shop.line_down();
    till.is_offline();
    let sale = till.sell("20.00", &shop.code("anna"));
    till.reaches(&sale, "held");
    till.ask(json!({ "do": "sign_out" }));
    till.reaches(&sale, "expired");
    shop.line_up();
    till.is_online();
    assert_eq!(sign_in(&mut till, "Kim", KIM)["person"], "Kim");
    let told = story(&mut till, &sale);
    assert!(told.contains("NOT CHARGED: the cashier signed out before it was sent"), "{told}");
    assert_eq!(shop.gateway.get("/sandbox/charges")["charges"], json!([]));
    till.quit();
    let journal = String::from_utf8(shop.run(&["journal", "show"]).stdout).unwrap();
    for line in ["Li signed in", "S0001 opened: CNY 20.00 by Li", "Li signed out", "Kim signed in"] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    no_pin_is_left(&shop, &[LI, KIM, WANG]);
}

#[test]
fn signing_out_while_in_doubt_drops_nothing_and_the_locked_till_finishes_it() {
    let (shop, mut till) = open();
    let sale = till.sell("15.00", &shop.code("ben"));
    till.reaches(&sale, "awaiting_payer");
    let view = till.ask(json!({ "do": "sign_out" }));
    assert_eq!((&view["locked"], &view["sale"]), (&json!(true), &Value::Null), "{view}");
    till.reaches(&sale, "approved");
    let locked = till.screen("locked, with nothing open", |view| view["open"] == json!([]));
    assert_eq!(locked["locked"], true);
    till.quit();
}

#[test]
fn a_restart_locks_the_till_and_what_was_in_doubt_is_there_again() {
    let (shop, mut till) = open();
    let sale = till.sell("15.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    till.kill();
    let mut till = shop.start();
    let view = till.ask(json!({ "do": "view" }));
    assert_eq!((&view["locked"], &view["sale"]), (&json!(true), &Value::Null), "{view}");
    assert_eq!(view["open"][0]["count"], 1, "{view}");
    assert_eq!(sign_in(&mut till, "Kim", KIM)["sale"], json!(sale));
    till.quit();
    let journal = String::from_utf8(shop.run(&["journal", "show"]).stdout).unwrap();
    assert!(journal.contains("Li signed out: the terminal restarted"), "{journal}");
}

#[test]
fn a_refund_needs_a_managers_pin_and_names_both() {
    let printer = printer();
    let shop = Shop::open(&SetUp { more: staff(), ..set_up(&printer) });
    let mut till = shop.start();
    till.is_online();
    sign_in(&mut till, "Li", LI);
    let sale = till.sell("12.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let receipt = papers(&printer, 1).remove(0);
    assert!(receipt.contains("Cashier") && receipt.contains("Li"), "{receipt}");
    let refund = |more: Value| {
        let mut request = json!({ "do": "refund", "sale": sale, "amount": "2.00", "reason": "returned" });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    for (more, reason) in [
        (json!({}), "manager_needed"),
        (json!({ "pin": LI }), "wrong_pin"),
        (json!({ "pin": "0000" }), "wrong_pin"),
        (json!({ "pin": KIM, "approver": "王店长" }), "wrong_pin"),
        (json!({ "pin": LI, "approver": "Li" }), "manager_needed"),
        (json!({ "pin": KIM, "approver": "Mallory" }), "manager_needed"),
        (json!({ "pin": KIM, "amount": "99.00" }), "refund_too_large"),
        (json!({ "pin": KIM, "sale": "S0009" }), "no_such_sale"),
    ] {
        let refused = till.ask(refund(more.clone()));
        assert_eq!(refused["reason"], reason, "{more}: {refused}");
    }
    assert_eq!(shop.gateway.get("/sandbox/charges")["refunds"], json!([]));
    let taken = till.ask(refund(json!({ "pin": KIM })));
    assert_eq!(taken["event"], "view", "{taken}");
    let slip = papers(&printer, 2).remove(1);
    assert!(slip.contains("Cashier") && slip.contains("Approved by") && slip.contains("Kim"), "{slip}");
    till.event("the money went back", |event| event["refunded_minor"] == 200);
    let told = story(&mut till, &sale);
    assert!(told.contains("(returned) by Li, approved by Kim"), "{told}");
    till.ask(json!({ "do": "sign_out" }));
    sign_in(&mut till, "王店长", WANG);
    assert_eq!(till.ask(refund(json!({})))["reason"], "manager_needed", "also a manager gives the PIN");
    let taken = till.ask(refund(json!({ "pin": WANG, "approver": "王店长" })));
    assert_eq!(taken["event"], "view", "{taken}");
    till.ask(json!({ "do": "reprint", "sale": sale }));
    let all = papers(&printer, 3); // the second refund waits out its wallet's minute
    let copy = all.iter().find(|paper| paper.contains("COPY 1")).unwrap();
    assert!(copy.contains("王店长"), "{copy}");
    till.quit();
    no_pin_is_left(&shop, &[LI, KIM, WANG]);
}

#[test]
fn a_till_without_people_asks_nobody() {
    let (shop, mut till) = Shop::with_till();
    assert_eq!(sign_in(&mut till, "Li", LI)["reason"], "no_people");
    assert_eq!(till.ask(json!({ "do": "sign_out" }))["reason"], "no_people");
    let sale = till.sell("12.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.ask(json!({ "do": "refund", "sale": sale, "pin": "1234" }));
    till.reaches(&sale, "refunded");
    let view = till.ask(json!({ "do": "view" }));
    assert!(view.get("locked").is_none() && view.get("person").is_none(), "{view}");
    till.quit();
}
