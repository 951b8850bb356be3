//! QP-27 and QP-28: copies, and the hand-over list of a shift that closes with doubt.

use serde_json::json;

use crate::shop::Shop;
use crate::shop::paper::{papers, printer, set_up};

#[test]
fn qp_27_a_copy_is_marked_and_numbered() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    papers(&printer, 1);
    for n in 1..=2 {
        let answer = till.ask(json!({ "do": "reprint", "sale": sale }));
        assert_eq!(answer["event"], "view", "{answer}");
        let copy =
            till.event("a copy", |e| e["event"] == "receipt" && e["copy"] == n && e["job"] == "printed");
        assert_eq!(copy["kind"], "copy");
        let papers = papers(&printer, n + 1);
        assert!(papers[n].contains(&format!("COPY {n}")), "{}", papers[n]);
    }
    till.quit();
}

#[test]
fn qp_28_a_shift_that_closes_with_one_in_doubt_prints_a_hand_over_list_and_asks_on() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    till.ask(json!({ "do": "open_shift" }));
    let paid = till.sell("88.00", &shop.code("anna"));
    till.reaches(&paid, "approved");
    let doubtful = till.sell("52.00", &shop.code("carla"));
    till.reaches(&doubtful, "awaiting_payer");
    till.ask(json!({ "do": "put_aside" }));
    let closed = till.ask(json!({ "do": "close_shift" }));
    assert_eq!((&closed["event"], &closed["state"]), (&json!("shift"), &json!("closed")), "{closed}");
    assert_eq!(closed["own"]["total"]["sales"], json!({ "count": 1, "minor": 8_800 }), "doubt is no takings");
    assert_eq!(closed["in_doubt"], json!({ "count": 1, "minor": 5_200 }));
    till.event("the Z report", |e| e["event"] == "receipt" && e["kind"] == "z" && e["job"] == "printed");
    let order = till.sale(&doubtful)["order"].as_str().unwrap().to_owned();
    let paper = papers(&printer, 3).pop().unwrap();
    for words in ["HAND-OVER LIST", "52.00", &doubtful, &order, "Handed over by", "Taken over by"] {
        assert!(paper.contains(words), "no {words:?} on\n{paper}");
    }
    assert!(!paper.contains(&format!("{paid} ")), "a paid sale is not handed over\n{paper}");
    let asked = shop.gateway.requests("retrieve").len();
    shop.gateway.is_asked("retrieve", asked + 2);
    till.quit();
}
