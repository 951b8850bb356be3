//! What a person says of money that the gateway cannot tell about: where a manager works, it is the manager's word.

use quickpay_core::id::SaleId;
use quickpay_core::input::Input;
use quickpay_core::page::{PageAct, RefundStep};
use quickpay_core::person::PersonName;
use quickpay_core::view::State;
use quickpay_ui::UiEvent;
use serde_json::{Value, json};

use crate::pages::Window;
use crate::people::{no_pin_is_left, person};
use crate::shop::{SetUp, Shop};
use crate::till::Till;

/// PINs that stand nowhere else.
const LI: &str = "62840715";
const KIM: &str = "95317406";

fn set_up() -> SetUp {
    let more = [person("Li", "cashier", LI), person("Kim", "manager", KIM)].concat();
    SetUp { inquiry_interval_ms: 50, escalate_after_ms: 1_500, more, ..SetUp::default() }
}

/// Li has the till.
fn open() -> (Shop, Till) {
    let (shop, mut till) = Shop::with_till_of(&set_up());
    sign_in(&mut till);
    (shop, till)
}

fn sign_in(till: &mut Till) {
    let view = till.ask(json!({ "do": "sign_in", "person": "Li", "pin": LI }));
    assert_eq!(view["person"], "Li", "{view}");
}

/// A refund that is carried out and whose every reply is lost: a person has to look it up.
fn with_a_parked_refund(shop: &Shop, till: &mut Till) -> String {
    let sale = till.sell("10.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    shop.script(
        &json!([{ "match": "refund", "times": 1000, "then": { "status": 500, "carried_out": true } }]),
    );
    till.ask(json!({ "do": "refund", "sale": sale, "amount": "4.00", "pin": KIM }));
    let asked = json!([format!("{sale}r1")]);
    till.event("the sale asks", |event| event["event"] == "sale" && event["refunds_asked"] == asked);
    sale
}

/// Money of another amount that came after the cashier had given the payment up.
fn with_stray_money(shop: &Shop, till: &mut Till) -> String {
    let charges = || shop.gateway.get("/sandbox/charges")["charges"].as_array().unwrap().len();
    let before = charges();
    let sale = till.sell("30.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    shop.script(&json!([{ "match": "cancel", "then": { "cancel": "paid_after", "after_ms": 500 } }]));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "reversed");
    shop.script(&json!([{ "match": "inquiry", "times": 1000, "then": { "amount_off_by": 1 } }]));
    while charges() == before {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    till.ask(json!({ "do": "check_again", "sale": sale }));
    till.reaches(&sale, "ask_manager");
    sale
}

/// Asks until no request of ours can be under way any more.
fn settled(till: &mut Till, looked: &Value) -> Value {
    loop {
        let answer = till.ask(looked.clone());
        if answer["reason"] != "refund_under_way" {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn timeline(till: &mut Till, sale: &str) -> String {
    till.sale(sale)["timeline"].to_string()
}

#[test]
fn a_manager_s_pin_stands_behind_what_became_of_a_refund() {
    let (shop, mut till) = open();
    let sale = with_a_parked_refund(&shop, &mut till);
    let looked = json!({ "do": "refunded", "refund": format!("{sale}r1"), "yes": true });
    let with = |more: Value| {
        let mut looked = looked.clone();
        looked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        looked
    };
    assert_eq!(settled(&mut till, &looked)["reason"], "manager_needed");
    for (more, reason) in [
        (json!({ "pin": LI }), "wrong_pin"),
        (json!({ "pin": LI, "approver": "Li" }), "manager_needed"),
        (json!({ "pin": KIM, "approver": "Mallory" }), "manager_needed"),
    ] {
        let refused = settled(&mut till, &with(more));
        assert_eq!(refused["reason"], reason, "{refused}");
    }
    let taken = settled(&mut till, &with(json!({ "pin": KIM })));
    assert_eq!(taken["event"], "view", "{taken}");
    till.reaches(&sale, "approved");
    let told = timeline(&mut till, &sale);
    assert!(told.contains("REFUNDED, seen by Kim"), "{told}");
    till.quit();
    no_pin_is_left(&shop, &[LI, KIM]);
}

#[test]
fn a_manager_s_pin_ends_an_alarm() {
    let (shop, mut till) = open();
    let sale = with_stray_money(&shop, &mut till);
    let refused = till.ask(json!({ "do": "put_right", "sale": sale }));
    assert_eq!(refused["reason"], "manager_needed", "{refused}");
    let refused = till.ask(json!({ "do": "put_right", "sale": sale, "pin": LI }));
    assert_eq!(refused["reason"], "wrong_pin", "{refused}");
    let taken = till.ask(json!({ "do": "put_right", "sale": sale, "pin": KIM, "approver": "Kim" }));
    assert_eq!(taken["event"], "view", "{taken}");
    till.reaches(&sale, "reversed");
    let told = timeline(&mut till, &sale);
    assert!(told.contains("put right at the gateway by a person, seen by Kim"), "{told}");
    till.quit();
    no_pin_is_left(&shop, &[LI, KIM]);
}

#[test]
fn the_window_asks_for_the_manager_s_pin_and_goes_back_to_the_sale() {
    let (shop, mut till) = open();
    let sale = with_a_parked_refund(&shop, &mut till);
    let astray = with_stray_money(&shop, &mut till);
    till.quit();
    let [sale, astray] = [sale, astray].map(|name| SaleId::parse(&name).unwrap());
    let till = Window::open(&shop);
    let li = PersonName::parse("Li").unwrap();
    till.queue.blocking_send(quickpay::arrival::Arrival::Happened(Input::PersonProven(li))).unwrap();
    till.touch(UiEvent::SaleTapped(astray));
    let page = till.detail("the alarm", |page| page.choices.iter().any(|it| it.act == PageAct::PutRight));
    assert!(page.asks.is_some(), "{page:?}");
    till.touch(UiEvent::Letter('y'));
    let page = till.refund(RefundStep::Pin);
    assert!(page.facts.iter().any(|(_, value)| value == "CNY 30.01"), "{page:?}");
    assert!(page.choices.is_empty(), "nothing is typed yet: {page:?}");
    till.typed(LI);
    till.touch(UiEvent::Enter);
    till.refused("wrong_pin");
    till.refund(RefundStep::Pin);
    till.touch(UiEvent::Back);
    let page = till.detail("not yet", |page| page.sale == astray);
    assert_eq!(page.state, State::AskManager, "a step back says nothing");
    till.act(PageAct::PutRight);
    till.refund(RefundStep::Pin);
    till.typed(KIM);
    till.act(PageAct::PinDone);
    till.detail("put right", |page| page.sale == astray && page.state == State::Reversed);
    till.touch(UiEvent::Home);
    till.touch(UiEvent::SaleTapped(sale));
    let parked = till.detail("the parked refund", |page| {
        page.sale == sale && page.choices.iter().any(|it| matches!(it.act, PageAct::DidNotComeBack(_)))
    });
    let came = parked.choices.iter().find(|it| matches!(it.act, PageAct::CameBack(_))).unwrap().act;
    till.act(came);
    till.refund(RefundStep::Pin);
    till.typed(KIM);
    till.touch(UiEvent::Enter);
    let page = till.detail("went back", |page| page.sale == sale && page.state == State::Approved);
    assert!(page.story.iter().any(|line| line.text.contains("REFUNDED (Kim)")), "{page:?}");
    till.close();
    no_pin_is_left(&shop, &[LI, KIM]);
}
