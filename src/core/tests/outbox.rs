//! The outbox: the order of service, one question an attempt, a pace, and nothing that starves or blocks.
#![allow(clippy::unwrap_used, missing_docs)]

mod till;

use std::collections::BTreeMap;

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Mode, Silence};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof};
use quickpay_core::view::State;
use quickpay_core::wallet::{CodePattern, Wallet, WalletId, WalletTable};
use till::{FRESH, Till, settings};

fn attempt(sale: u32) -> AttemptId {
    AttemptId { sale: SaleId(sale), index: 0 }
}

fn code(n: u32) -> String {
    format!("13{:016}", 2_993_614_656_090_000_u64 + u64::from(n))
}

fn report(till: &Till, sale: u32, status: IntentStatus) -> IntentReport {
    let (known, attempt) = till.terminal.ledger().attempt(attempt(sale)).unwrap();
    IntentReport {
        id: IntentId(format!("pi_{sale}")),
        order: Some(attempt.order.clone()),
        amount_minor: known.amount.minor(),
        currency: "CNY".into(),
        mode: Some(Mode::Test),
        status,
        wallet_reference: None,
    }
}

/// So many sales in doubt, all put aside, their payers at the phone.
fn many_in_doubt(sales: u32) -> Till {
    let mut till = Till::online();
    for sale in 1..=sales {
        till.line(LineProof::Up);
        till.amount(&format!("{sale}.00"));
        till.scan(&code(sale)).unwrap();
        let pending = report(&till, sale, IntentStatus::Pending);
        till.answer_for(attempt(sale), Asked::Pay, Answer::Intent(pending));
        till.give(Input::PutAside).unwrap();
    }
    till
}

fn asked_about(effects: &[Effect]) -> Vec<(AttemptId, &'static str)> {
    let name = |effect: &Effect| match effect {
        Effect::Inquire { attempt, .. } => Some((*attempt, "inquire")),
        Effect::Reverse { attempt, .. } => Some((*attempt, "reverse")),
        Effect::Pay { attempt, .. } => Some((*attempt, "pay")),
        Effect::Refund { refund, .. } => Some((attempt(refund.sale.0), "refund")),
        Effect::InquireRefund { .. } | Effect::ProbeLine => None,
        Effect::LookForPrinter | Effect::Print { .. } => None,
    };
    effects.iter().filter_map(name).collect()
}

#[test]
fn when_the_line_returns_doubt_comes_first_then_refunds_then_a_held_code() {
    let mut till = Till::paid(); // sale 1
    till.seconds(120);
    till.line(LineProof::Up);
    till.amount("5.00"); // sale 2: in doubt
    till.scan(FRESH).unwrap();
    till.answer_for(attempt(2), Asked::Pay, Answer::Silent(Silence::NoAnswer));
    till.give(Input::PutAside).unwrap();
    till.line(LineProof::Down);
    till.line(LineProof::Down);
    till.give(Input::RefundAsked {
        sale: SaleId(1),
        amount: None,
        reason: "returned".into(),
        approver: None,
    })
    .unwrap();
    till.amount("7.00"); // sale 3: held
    till.scan(&code(3)).unwrap();
    till.effects.clear();
    till.seconds(10);
    till.line(LineProof::Up);
    let expected = [(attempt(2), "inquire"), (attempt(1), "refund"), (attempt(3), "pay")];
    assert_eq!(asked_about(&till.effects), expected);
}

#[test]
fn two_hundred_sales_in_doubt_are_asked_about_at_a_pace_and_none_starves() {
    const SALES: u32 = 200;
    let mut till = many_in_doubt(SALES);
    till.effects.clear();
    let mut times: BTreeMap<AttemptId, Vec<u64>> = BTreeMap::new();
    let mut by_second: BTreeMap<u64, usize> = BTreeMap::new();
    for tenth in 0..400_u64 {
        till.pass(std::time::Duration::from_millis(100));
        let effects = std::mem::take(&mut till.effects);
        for (id, what) in asked_about(&effects) {
            assert_eq!(what, "inquire");
            times.entry(id).or_default().push(tenth);
            *by_second.entry(tenth / 10).or_default() += 1;
            let pending = report(&till, id.sale.0, IntentStatus::Pending);
            let answer = Answer::Intent(pending);
            till.give(Input::Answered { attempt: id, asked: Asked::Inquire, answer }).unwrap();
        }
    }
    assert!(by_second.values().all(|count| *count <= 28), "{by_second:?}");
    assert_eq!(times.len(), usize::try_from(SALES).unwrap());
    for (id, times) in times {
        let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(400);
        assert!(longest < 150, "{id} waited {longest} tenths of a second");
    }
}

#[test]
fn an_attempt_that_is_never_answered_blocks_no_other() {
    let mut till = many_in_doubt(3);
    till.effects.clear();
    let mut asked: BTreeMap<AttemptId, u32> = BTreeMap::new();
    for _ in 0..30 {
        till.seconds(1);
        let effects = std::mem::take(&mut till.effects);
        for (id, _) in asked_about(&effects) {
            *asked.entry(id).or_default() += 1;
            if id != attempt(1) {
                let answer = Answer::Intent(report(&till, id.sale.0, IntentStatus::Pending));
                till.give(Input::Answered { attempt: id, asked: Asked::Inquire, answer }).unwrap();
            }
        }
    }
    assert_eq!(asked.get(&attempt(1)), Some(&1), "one question is under way at a time");
    assert!(asked.get(&attempt(2)).is_some_and(|count| *count >= 5));
    assert!(asked.get(&attempt(3)).is_some_and(|count| *count >= 5));
}

#[test]
fn the_cashier_sells_on_while_the_outbox_is_busy() {
    let mut till = many_in_doubt(20);
    till.seconds(5);
    assert!(asked_about(&till.effects).len() >= 8, "as many as may be under way");
    till.line(LineProof::Up);
    till.effects.clear();
    till.amount("900.00");
    till.scan(FRESH).unwrap();
    assert_eq!(till.pays(), 1, "a scan waits for nobody");
}

#[test]
fn the_inquiry_interval_varies_by_a_tenth_at_most_and_tills_do_not_ask_in_step() {
    let mut till = many_in_doubt(5);
    till.effects.clear();
    let mut times: BTreeMap<AttemptId, Vec<u64>> = BTreeMap::new();
    for step in 0..800_u64 {
        till.pass(std::time::Duration::from_millis(50));
        let effects = std::mem::take(&mut till.effects);
        for (id, _) in asked_about(&effects) {
            times.entry(id).or_default().push(step * 50);
            let answer = Answer::Intent(report(&till, id.sale.0, IntentStatus::Pending));
            till.give(Input::Answered { attempt: id, asked: Asked::Inquire, answer }).unwrap();
        }
    }
    let gaps: Vec<u64> =
        times.values().flat_map(|times| times.windows(2).map(|pair| pair[1] - pair[0])).collect();
    assert!(gaps.iter().all(|gap| (4450..=5650).contains(gap)), "{gaps:?}");
    let mut different = gaps;
    different.sort_unstable();
    different.dedup();
    assert!(different.len() > 5, "{different:?}");
}

#[test]
fn each_wallet_has_its_own_window() {
    let mut two = settings();
    let wechat = two.wallets.enabled().next().unwrap().clone();
    let pattern = CodePattern { prefixes: vec!["28".into()], ..wechat.codes.first().unwrap().clone() };
    let alipay = Wallet {
        id: WalletId("alipay".into()),
        codes: vec![pattern],
        pay_window: std::time::Duration::from_secs(60),
        ..wechat.clone()
    };
    two.wallets = WalletTable::new(vec![wechat, alipay]);
    for (code, window) in [("132993614656096754", 50), ("282993614656096754", 60)] {
        let mut till = Till::with(two.clone());
        till.line(LineProof::Up);
        till.amount("88.00");
        till.scan(code).unwrap();
        till.says(Asked::Pay, IntentStatus::Pending);
        let mut second = 0;
        while till.state() == State::AwaitingPayer && second < 100 {
            till.seconds(1);
            second += 1;
            if till.take(Asked::Inquire) > 0 {
                till.says(Asked::Inquire, IntentStatus::Pending);
            }
        }
        assert_eq!((till.state(), second), (State::Reversing, window));
    }
}
