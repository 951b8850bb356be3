//! What the customer's display says, at the core's doors: whose sale, which words, which amount, and what never.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use quickpay_core::answer::{Answer, IntentStatus, RefundStanding, Silence};
use quickpay_core::customer::CustomerView;
use quickpay_core::id::SaleId;
use quickpay_core::input::{Asked, Input, LineProof, PadKey};
use quickpay_core::money::{Currency, MAX_MINOR, Money};
use quickpay_core::person::PersonName;
use quickpay_core::view::{Access, Countdown, OpenCount, Panel, RecentSale, State, View};
use quickpay_core::words::Language;
use till::{CODE, FRESH, Till, refunded, settings};

const BOTH: [Language; 2] = [Language::ZhCn, Language::En];

fn shown(till: &Till) -> CustomerView {
    CustomerView::of(&till.view(), &BOTH)
}

fn heads(shown: &CustomerView) -> Vec<&'static str> {
    shown.said.iter().map(|said| said.head).collect()
}

/// The English head and the amount.
fn gist(till: &Till) -> (&'static str, Option<String>) {
    let shown = shown(till);
    (shown.said.last().unwrap().head, shown.amount)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A view of any state with everything in it that a customer must not see.
fn full(state: State) -> View {
    let amount = Money::from_minor(8_800, Currency::Cny).unwrap();
    let other = Money::from_minor(7_777, Currency::Cny).unwrap();
    View {
        state,
        amount: Some(amount),
        lines: vec!["not enough money".into(), "Call the manager".into()],
        reference: Some("T1-3LK2QZ-S0001a".into()),
        countdown: Some(Countdown { left_ms: 27_000, of_ms: 50_000 }),
        open: vec![OpenCount {
            state: State::Checking,
            shown_as: State::Checking,
            count: 3,
            sum_minor: 7_777,
        }],
        recent: vec![RecentSale {
            sale: SaleId(9),
            clock: "13:58".into(),
            amount: other,
            state: State::Checking,
            shown_as: State::Checking,
            word: "CHECKING".into(),
        }],
        notice: Some("Code already used".into()),
        printer_line: Some("Did the paper of S0009 come out?".into()),
        e_receipt: Some("https://r.example/T1-3LK2QZ-S0001a".into()),
        ..Till::paying().view()
    }
}

fn all_words(shown: &CustomerView) -> String {
    shown.said.iter().map(|said| format!("{}\n{}\n", said.head, said.line)).collect()
}

#[test]
fn a_sale_is_told_from_welcome_to_thanks() {
    let mut with_receipts = settings();
    with_receipts.paper.e_receipt_base = Some("https://r.example/".into());
    let mut till = Till::with(with_receipts);
    till.line(LineProof::Up);
    assert_eq!(heads(&shown(&till)), ["欢迎光临", "Welcome"]);
    assert_eq!((shown(&till).shop.as_str(), shown(&till).amount), ("Demo Store", None));
    for key in [PadKey::Digit(8), PadKey::Digit(8)] {
        till.give(Input::KeyPressed(key)).unwrap();
    }
    assert_eq!(gist(&till), ("Show your payment code", some("88.00")));
    till.scan(CODE).unwrap();
    assert_eq!(gist(&till), ("SENDING", some("88.00")));
    till.says(Asked::Pay, IntentStatus::Pending);
    assert_eq!(gist(&till), ("Confirm on your phone", some("88.00")));
    assert!(shown(&till).countdown.is_some());
    till.seconds(5);
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    let paid = shown(&till);
    assert_eq!((heads(&paid), paid.amount.as_deref()), (vec!["收款成功", "PAID"], Some("88.00")));
    assert_eq!(paid.said.last().unwrap().line, "Thank you.");
    let invitation = paid.e_receipt.unwrap();
    assert_eq!(invitation.address, format!("https://r.example/{}", till.order()));
    assert_eq!(invitation.words, ["电子收据", "Your receipt"]);
    till.give(Input::Cleared).unwrap();
    assert_eq!(gist(&till), ("Welcome", None));
}

#[test]
fn while_we_do_not_know_the_customer_is_asked_to_wait_and_not_to_pay_again() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    let checking = shown(&till);
    assert_eq!(heads(&checking), ["正在核对，请稍候。", "We are checking. Please wait."]);
    assert_eq!(checking.said.last().unwrap().line, "Do not pay again.");
    assert_eq!(checking.countdown, None, "when we ask next is the till's business");
    till.seconds(901);
    assert_eq!(till.state(), State::AskManager);
    assert_eq!(heads(&shown(&till)), heads(&checking), "the manager is the shop's business");
}

#[test]
fn a_customer_who_must_act_is_told_that_there_is_no_network() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("88.00");
    till.scan(CODE).unwrap();
    assert_eq!(gist(&till), ("WAITING", some("88.00")));
    assert!(all_words(&shown(&till)).contains("No network. Nothing charged. Please wait."));
    assert!(shown(&till).countdown.is_some());
    till.seconds(21);
    assert_eq!(gist(&till), ("NOT CHARGED", some("88.00")));
    assert!(all_words(&shown(&till)).contains("No network. Nothing was taken."));
    till.line(LineProof::Up);
    assert!(all_words(&shown(&till)).contains("Please refresh your code."));
}

#[test]
fn a_sale_that_was_put_aside_is_gone_and_looked_up_again_it_stays_the_cashier_s() {
    let mut till = Till::paying();
    till.answer(Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    assert_eq!(gist(&till), ("Welcome", None));
    till.amount("12.00");
    assert_eq!(gist(&till), ("Show your payment code", some("12.00")));
    till.give(Input::Cleared).unwrap();
    till.give(Input::Resumed(SaleId(1))).unwrap();
    assert_eq!(till.state(), State::Checking, "the cashier sees it");
    assert_eq!(gist(&till), ("Welcome", None), "the next customer does not");
    till.says(Asked::Inquire, IntentStatus::Succeeded);
    assert_eq!(till.state(), State::Approved);
    assert_eq!((gist(&till), shown(&till).e_receipt), (("Welcome", None), None));
}

#[test]
fn a_looked_up_sale_is_the_customer_s_again_once_a_code_is_scanned_for_it() {
    let mut till = Till::new();
    till.line(LineProof::Down);
    till.amount("88.00");
    till.scan(CODE).unwrap();
    till.seconds(21);
    assert_eq!(gist(&till), ("NOT CHARGED", some("88.00")));
    till.give(Input::PutAside).unwrap();
    till.give(Input::Resumed(SaleId(1))).unwrap();
    assert_eq!(gist(&till), ("Welcome", None));
    till.line(LineProof::Up);
    till.scan(FRESH).unwrap();
    assert_eq!(gist(&till), ("SENDING", some("88.00")));
}

#[test]
fn the_sale_at_the_counter_stays_the_customer_s_when_it_is_tapped() {
    let mut till = Till::paid();
    till.give(Input::Resumed(SaleId(1))).unwrap();
    assert_eq!(gist(&till), ("PAID", some("88.00")));
}

#[test]
fn a_refund_of_the_sale_on_the_panel_is_told_without_an_amount_that_may_be_too_much() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    assert_eq!(gist(&till), ("REFUND IN PROGRESS", None));
    till.refund_says(1, refunded(RefundStanding::Succeeded));
    assert_eq!(gist(&till), ("PAID", some("88.00")));
    till.give(Input::Cleared).unwrap();
    till.give(Input::Resumed(SaleId(1))).unwrap();
    assert_eq!(gist(&till), ("Welcome", None));
    till.refund(None).unwrap();
    till.seconds(61);
    till.refund_says(2, refunded(RefundStanding::Succeeded));
    assert_eq!(gist(&till), ("REFUNDED", some("88.00")), "its customer stands here");
}

#[test]
fn every_state_says_something_in_every_language_and_nothing_that_is_not_proven() {
    let proven = |state: State, head: &str| match state {
        State::Approved => head == "PAID",
        State::Reversed => head == "CANCELLED",
        State::Refunded => head == "REFUNDED",
        State::RefundRefused => head == "NOT REFUNDED",
        State::Declined => head == "NOT PAID",
        State::Expired => head == "NOT CHARGED",
        State::Ready | State::Armed | State::Held | State::Submitted | State::AwaitingPayer => true,
        State::Checking | State::AskManager | State::Reversing => true,
        State::RefundDue | State::RefundSaved | State::RefundSent => true,
    };
    for state in State::ALL {
        for online in [true, false] {
            let shown = CustomerView::of(&View { online, ..full(state) }, &Language::ALL);
            assert_eq!(shown.said.len(), Language::ALL.len());
            assert!(shown.said.iter().all(|said| !said.head.is_empty()), "{state:?}");
            let [en, zh_cn, zh_tw, ko] = shown.said.as_slice() else { panic!("four languages") };
            assert!(proven(state, en.head), "{state:?}: {}", en.head);
            let words = all_words(&shown);
            let unproven = !matches!(
                state,
                State::Approved | State::Declined | State::Reversed | State::Refunded | State::RefundRefused
            );
            for claim in ["PAID", "Paid", "paid", "pproved", "成功", "결제 완료", "will go through", "failed"]
            {
                assert!(!(unproven && words.contains(claim)), "{state:?} says {claim:?}: {words}");
            }
            for (claim, owner) in [
                ("CANCELLED", State::Reversed),
                ("已撤", State::Reversed),
                ("취소됨", State::Reversed),
                ("REFUNDED", State::Refunded),
                ("已退款", State::Refunded),
                ("환불 완료", State::Refunded),
            ] {
                let denied = state == State::RefundRefused && claim == "REFUNDED"; // NOT REFUNDED
                assert!(state == owner || denied || !words.contains(claim), "{state:?} says {claim:?}");
            }
            let in_doubt = matches!(state, State::Submitted | State::Checking | State::AskManager);
            for act in ["Show your", "efresh", "scan", "出示", "刷新", "更新", "새로"] {
                assert!(!(in_doubt && words.contains(act)), "{state:?} asks for a code: {act}");
            }
            for said in [zh_cn, zh_tw, ko] {
                assert!(!said.head.contains("PAID"), "{state:?}");
                assert_eq!(said.line.is_empty(), en.line.is_empty(), "{state:?}");
            }
        }
    }
}

#[test]
fn nothing_of_the_cashier_s_lists_no_reference_and_no_code_ever_shows() {
    for state in State::ALL {
        for panel in [Panel::Counter, Panel::LookedUp] {
            let shown = CustomerView::of(&View { panel, ..full(state) }, &Language::ALL);
            let (address, rest) = (
                shown.e_receipt.clone().map(|invitation| invitation.address).unwrap_or_default(),
                format!("{:?}", CustomerView { e_receipt: None, ..shown.clone() }),
            );
            for secret in [CODE, "S0001", "S0009", "77.77", "13:58", "already", "enough", "manager", "T1"] {
                assert!(!rest.contains(secret), "{state:?} shows {secret}: {rest}");
            }
            assert_eq!(address.is_empty(), state != State::Approved || panel == Panel::LookedUp, "{state:?}");
            assert!(!address.contains(CODE));
            assert!(panel == Panel::Counter || (shown.amount.is_none() && shown.state == State::Ready));
        }
    }
}

#[test]
fn a_locked_till_welcomes_and_names_nobody() {
    let name = PersonName::parse("Li Wei").unwrap();
    for state in State::ALL {
        let people = Access::Locked(vec![name.clone()]);
        let shown = CustomerView::of(&View { access: people, ..full(state) }, &BOTH);
        assert_eq!(
            (shown.state, shown.amount.as_ref(), shown.e_receipt.as_ref()),
            (State::Ready, None, None)
        );
        let served = CustomerView::of(&View { access: Access::SignedIn(name.clone()), ..full(state) }, &BOTH);
        assert_eq!(served, CustomerView::of(&full(state), &BOTH));
    }
}

#[test]
fn amounts_are_shown_as_the_currency_writes_them_up_to_the_largest() {
    let of = |minor, currency| {
        let amount = Money::from_minor(minor, currency).ok();
        CustomerView::of(&View { amount, currency, ..full(State::Approved) }, &BOTH)
    };
    for (minor, currency, text) in [
        (1, Currency::Cny, "0.01"),
        (MAX_MINOR, Currency::Cny, "999999.99"),
        (MAX_MINOR, Currency::Jpy, "99999999"),
        (MAX_MINOR, Currency::Krw, "99999999"),
    ] {
        let shown = of(minor, currency);
        assert_eq!((shown.amount.as_deref(), shown.currency), (Some(text), currency));
    }
    assert_eq!(of(0, Currency::Cny).amount, None);
}

#[test]
fn the_languages_stand_in_the_order_of_the_display() {
    let order = [Language::Ko, Language::ZhTw, Language::En];
    let shown = CustomerView::of(&full(State::Armed), &order);
    assert_eq!(heads(&shown), ["결제 코드를 보여 주세요", "請出示付款碼", "Show your payment code"]);
}
