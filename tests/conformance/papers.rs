//! QP-27: copies.

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
