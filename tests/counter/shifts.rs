//! Shifts at the program's doors: opened, looked at, closed; what is open is handed over on paper.

use quickpay_drivers::printer::model::Power;
use serde_json::{Value, json};

use crate::shop::paper::{papers, printer, set_up};
use crate::shop::{SetUp, Shop};
use crate::till::Till;

fn shift(till: &mut Till, verb: &str) -> Value {
    let answer = till.ask(json!({ "do": verb }));
    assert_eq!(answer["event"], "shift", "{answer}");
    answer
}

fn refused(till: &mut Till, verb: &str) -> String {
    let answer = till.ask(json!({ "do": verb }));
    assert_eq!(answer["event"], "refused", "{answer}");
    assert!(!answer["message"].as_str().unwrap().is_empty());
    answer["reason"].as_str().unwrap().to_owned()
}

fn sell(shop: &Shop, till: &mut Till, amount: &str) -> String {
    let sale = till.sell(amount, &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.ask(json!({ "do": "clear" }));
    sale
}

/// A sale whose payer does not confirm, put aside.
fn leave_in_doubt(shop: &Shop, till: &mut Till, amount: &str) -> String {
    let sale = till.sell(amount, &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    till.ask(json!({ "do": "put_aside" }));
    sale
}

fn printed(till: &Till, kind: &str, copy: u64) -> Value {
    till.event(&format!("{kind} {copy} printed"), |event| {
        event["event"] == "receipt"
            && event["kind"] == kind
            && event["copy"] == copy
            && event["job"] == "printed"
    })
}

#[test]
fn a_shift_is_opened_looked_at_and_closed_and_its_papers_say_what_its_figures_say() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    assert_eq!(refused(&mut till, "x_report"), "no_shift");
    assert_eq!(refused(&mut till, "close_shift"), "no_shift");
    let before = sell(&shop, &mut till, "1.00");
    let opened = shift(&mut till, "open_shift");
    assert_eq!((&opened["shift"], &opened["state"]), (&json!(1), &json!("open")));
    till.screen("the shift", |view| view["shift"] == 1);
    assert_eq!(refused(&mut till, "open_shift"), "shift_open");
    let first = sell(&shop, &mut till, "88.00");
    sell(&shop, &mut till, "12.00");
    till.ask(json!({ "do": "refund", "sale": first, "amount": "8.00" }));
    till.event("the refund", |e| e["event"] == "sale" && e["sale"] == first && e["refunded_minor"] == 800);
    till.ask(json!({ "do": "reprint", "sale": first }));
    let looked = shift(&mut till, "x_report");
    let x = printed(&till, "x", 0);
    assert_eq!(looked["own"]["total"]["net_minor"], 9_200);
    assert!(x["text"].as_str().unwrap().contains("X REPORT"), "{x}");
    let closed = shift(&mut till, "close_shift");
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["own"]["wechat_pay"]["sales"], json!({ "count": 2, "minor": 10_000 }));
    assert_eq!(closed["own"]["wechat_pay"]["refunds"], json!({ "count": 1, "minor": 800 }));
    assert_eq!(closed["outside"]["total"]["sales"], json!({ "count": 1, "minor": 100 }), "{before}");
    assert_eq!(closed["sales"], json!({ "count": 2, "minor": 10_000 }));
    assert_eq!(closed["states"], json!({ "approved": { "count": 2, "minor": 10_000 } }));
    assert_eq!(closed["copies"], 1);
    assert_eq!(closed["open"], json!([]));
    let z = printed(&till, "z", 0);
    let chain = closed["head"]["chain"].as_str().unwrap();
    assert_eq!(chain.len(), 64);
    for words in ["Z REPORT", "CNY 92.00", "-CNY 8.00", "OUTSIDE SHIFTS"] {
        assert!(z["text"].as_str().unwrap().contains(words), "no {words:?} on {z}");
    }
    let paper = papers(&printer, 7).pop().unwrap();
    assert!(paper.contains("Z REPORT") && paper.contains("CNY 92.00"), "{paper}");
    till.quit();
}

#[test]
fn a_report_is_printed_again_under_a_mark_and_stands_in_the_journal() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    shift(&mut till, "open_shift");
    sell(&shop, &mut till, "88.00");
    shift(&mut till, "close_shift");
    let z = printed(&till, "z", 0);
    let again = till.ask(json!({ "do": "reprint", "shift": 1 }));
    assert_eq!(again["event"], "view", "{again}");
    let copy = printed(&till, "z", 1);
    assert!(copy["text"].as_str().unwrap().contains("COPY 1"), "{copy}");
    assert!(copy["text"].as_str().unwrap().contains(z["text"].as_str().unwrap().trim()), "{copy}\n{z}");
    assert_eq!(till.ask(json!({ "do": "reprint", "shift": 2 }))["reason"], "no_such_report");
    assert_eq!(shift(&mut till, "open_shift")["shift"], 2);
    till.quit();
    let story = String::from_utf8(shop.run(&["journal", "show"]).stdout).unwrap();
    for words in
        ["shift 1 opened", "shift 1 closed: 1 sales begun, 0 open handed over", "Z report of shift 1 queued"]
    {
        assert!(story.contains(words), "no {words:?} in {story}");
    }
    let verified = shop.run(&["doctor", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn a_close_with_doubt_hands_it_over_and_the_next_shift_s_report_says_how_it_ended() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    shift(&mut till, "open_shift");
    let sale = till.sell("52.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    assert_eq!(refused(&mut till, "close_shift"), "sale_at_hand");
    till.ask(json!({ "do": "put_aside" }));
    till.enter("3.00");
    assert_eq!(refused(&mut till, "close_shift"), "sale_at_hand");
    till.ask(json!({ "do": "clear" }));
    let closed = shift(&mut till, "close_shift");
    assert_eq!(closed["in_doubt"], json!({ "count": 1, "minor": 5_200 }));
    let order = till.sale(&sale)["order"].as_str().unwrap().to_owned();
    assert_eq!(closed["open"][0]["sale"], sale);
    assert_eq!(closed["open"][0]["order"], order);
    let z = printed(&till, "z", 0);
    for words in ["HAND-OVER LIST", &format!("{sale} CUSTOMER CONFIRMS"), &order, "Taken over by"] {
        assert!(z["text"].as_str().unwrap().contains(words), "no {words:?} on {z}");
    }
    let next = shift(&mut till, "open_shift");
    assert_eq!(next["open"][0]["sale"], sale, "inherited");
    till.ask(json!({ "do": "resume", "sale": sale }));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "reversed");
    till.ask(json!({ "do": "clear" }));
    let closed = shift(&mut till, "close_shift");
    assert_eq!(closed["earlier"]["total"]["unpaid"], json!({ "count": 1, "minor": 5_200 }));
    assert_eq!((&closed["sales"]["count"], &closed["open"]), (&json!(0), &json!([])));
    till.quit();
}

#[test]
fn doubt_is_not_handed_over_without_paper_and_a_settled_shift_closes_without_a_printer() {
    let (shop, mut till) = Shop::with_till_of(&SetUp::default());
    shift(&mut till, "open_shift");
    let sale = leave_in_doubt(&shop, &mut till, "52.00");
    assert_eq!(refused(&mut till, "close_shift"), "hand_over_needs_printer");
    assert_eq!(shift(&mut till, "x_report")["in_doubt"]["count"], 1);
    till.ask(json!({ "do": "resume", "sale": sale }));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "reversed");
    till.ask(json!({ "do": "clear" }));
    assert_eq!(shift(&mut till, "close_shift")["states"]["reversed"]["count"], 1);
    till.quit();
}

#[test]
fn a_kill_between_the_close_and_its_paper_prints_the_same_figures_after_the_restart() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    shift(&mut till, "open_shift");
    sell(&shop, &mut till, "88.00");
    let sale = leave_in_doubt(&shop, &mut till, "52.00");
    printed(&till, "receipt", 0);
    printed(&till, "pending", 0);
    printer.power(Power::Off);
    let closed = shift(&mut till, "close_shift");
    let owed = till.event("the paper owed", |e| e["event"] == "receipt" && e["kind"] == "z");
    till.screen("printer away", |view| view["printer"] == "away"); // no byte of it left
    till.kill();
    let mut till = shop.start();
    till.is_online();
    // What happens now belongs to the next report.
    till.ask(json!({ "do": "resume", "sale": sale }));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "reversed");
    till.ask(json!({ "do": "clear" }));
    printer.power(Power::On);
    let z = printed(&till, "z", 0);
    assert_eq!(z["text"], owed["text"]);
    assert!(
        z["text"].as_str().unwrap().contains(closed["head"]["chain"].as_str().unwrap().get(..30).unwrap())
    );
    let z_papers = printer.papers().into_iter().filter(|paper| paper.text.contains("Z REPORT")).count();
    assert_eq!(z_papers, 1);
    assert_eq!(shift(&mut till, "open_shift")["shift"], 2);
    till.quit();
}
