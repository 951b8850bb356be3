//! Pages as the core would make them: full, empty, and with the longest texts there are.

use quickpay_core::id::{RefundId, SaleId};
use quickpay_core::page::{
    Choice, DetailPage, ListKind, ListPage, Page, PageAct, Part, RefundPage, RefundReason, RefundStep,
    SaleRow, StoryLine,
};
use quickpay_core::view::State;
use quickpay_core::words::{Language, PageWord};

/// The longest order id there is.
const LONG_ORDER: &str = "1234567890123456-3LK2QZ-S999999z";

fn row(n: u32, language: Language) -> SaleRow {
    let state = State::ALL.into_iter().skip(2).cycle().nth(usize::try_from(n).unwrap()).unwrap();
    SaleRow {
        sale: SaleId(n),
        when: if n < 18 { format!("11-20 13:{n:02}") } else { format!("14:{n:02}") },
        amount: if n.is_multiple_of(7) { "123456.00".into() } else { format!("{n}.50") },
        state,
        word: state.word(language).into(),
        order: if n.is_multiple_of(5) { LONG_ORDER.into() } else { format!("T1-3LK2QZ-S{n:04}a") },
    }
}

/// The second page of 23 sales, with something typed.
pub(crate) fn recent(language: Language) -> Page {
    Page::List(ListPage {
        kind: ListKind::Recent,
        typed: "S00".into(),
        says: PageWord::Searched.text(language).into(),
        rows: (8..16).rev().map(|n| row(n, language)).collect(),
        cursor: Some(2),
        part: Part::of(8, 8, 23),
    })
}

/// Nothing was found.
pub(crate) fn none_found(language: Language) -> Page {
    Page::List(ListPage {
        kind: ListKind::Refund,
        typed: "123456789012345678901234567890AB".into(),
        says: PageWord::NoneFound.text(language).into(),
        rows: Vec::new(),
        cursor: None,
        part: Part::of(0, 0, 0),
    })
}

/// What is open.
pub(crate) fn open(language: Language) -> Page {
    let rows: Vec<SaleRow> = (15..20).rev().map(|n| row(n, language)).collect();
    Page::List(ListPage {
        kind: ListKind::Open,
        typed: String::new(),
        says: format!("5 · CNY 152.00 {}", PageWord::AtStake.text(language)),
        part: Part::of(0, rows.len(), rows.len()),
        rows,
        cursor: Some(0),
    })
}

fn key(act: PageAct, shortcut: &'static str, language: Language) -> Choice {
    Choice { act, label: act.label(language).into(), shortcut }
}

fn facts(language: Language) -> Vec<(String, String)> {
    [
        (PageWord::Order, "T1-3LK2QZ-S0042a"),
        (PageWord::Wallet, "WeChat Pay"),
        (PageWord::RungUpAt, "2026-11-20 14:02"),
        (PageWord::Intent, "pi_3LK2QZ7XW90AB12CD34EF56"),
        (PageWord::Refunded, "CNY 10.00"),
        (PageWord::Left, "CNY 78.00"),
    ]
    .map(|(word, value)| (word.text(language).to_owned(), value.to_owned()))
    .into()
}

fn story(language: Language) -> Vec<StoryLine> {
    let states = [
        State::Submitted,
        State::AwaitingPayer,
        State::Approved,
        State::RefundSaved,
        State::RefundSent,
        State::Refunded,
    ];
    let mut lines: Vec<StoryLine> = states
        .into_iter()
        .enumerate()
        .map(|(n, state)| StoryLine { when: format!("14:02:{n:02}"), text: state.word(language).into() })
        .collect();
    lines.push(StoryLine {
        when: "2027-01-02 09:15:00".into(),
        text:
            "NOT REFUNDED: the gateway's own words, which may be as long as they like and longer than a line"
                .into(),
    });
    lines.push(StoryLine { when: "11-21 09:15:00".into(), text: PageWord::Copies.text(language).into() });
    lines
}

/// A paid sale of which a part went back.
pub(crate) fn detail(language: Language) -> Page {
    Page::Detail(paid(language))
}

fn paid(language: Language) -> DetailPage {
    DetailPage {
        sale: SaleId(42),
        amount: "CNY 88.00".into(),
        state: State::Approved,
        word: State::Approved.word(language).into(),
        facts: facts(language),
        story: story(language),
        part: Part::of(16, 8, 24),
        asks: None,
        choices: vec![
            key(PageAct::Resume, "F4", language),
            key(PageAct::Reprint, "F1", language),
            key(PageAct::Slip, "F11", language),
            key(PageAct::Refund, "F3", language),
        ],
        cursor: Some(1),
    }
}

/// A refund that a person must look for; every key there can be.
pub(crate) fn parked(language: Language) -> Page {
    let refund = RefundId { sale: SaleId(42), index: 1 };
    let asks = PageWord::DidItComeBack.text(language);
    Page::Detail(DetailPage {
        state: State::RefundSent,
        word: State::RefundSent.word(language).into(),
        asks: Some(asks.replace("{refund}", LONG_ORDER).replace("{amount}", "CNY 999999.99")),
        choices: vec![
            key(PageAct::Resume, "F4", language),
            key(PageAct::CheckAgain, "F5", language),
            key(PageAct::Reprint, "F1", language),
            key(PageAct::Slip, "F11", language),
            key(PageAct::Refund, "F3", language),
            key(PageAct::CameBack(refund), "Y", language),
            key(PageAct::DidNotComeBack(refund), "N", language),
        ],
        cursor: None,
        ..paid(language)
    })
}

/// A step of a refund.
pub(crate) fn refund(step: RefundStep, language: Language) -> Page {
    let of = |act: PageAct, shortcut, amount: &str| {
        let Choice { label, .. } = key(act, shortcut, language);
        Choice { act, label: format!("{label}: {amount}"), shortcut }
    };
    let mut facts: Vec<(String, String)> = [
        (PageWord::Order, "T1-3LK2QZ-S0042a"),
        (PageWord::Amount, "CNY 88.00"),
        (PageWord::Left, "CNY 78.00"),
    ]
    .map(|(word, value)| (word.text(language).to_owned(), value.to_owned()))
    .into();
    let reasons = RefundReason::ALL.into_iter().zip(["1", "2", "3", "4", "5"]);
    let (typed, choices) = match step {
        RefundStep::Amount => {
            ("10.00", vec![of(PageAct::All, "F8", "CNY 78.00"), of(PageAct::Typed, "Enter", "CNY 10.00")])
        }
        RefundStep::Reason => {
            let keys = reasons.map(|(reason, name)| key(PageAct::Because(reason), name, language));
            ("", keys.chain([key(PageAct::OwnWords, "6", language)]).collect())
        }
        RefundStep::Words => {
            ("TOO SALTY, TOO LATE AND TOO LITTLE OF IT", vec![key(PageAct::WordsDone, "Enter", language)])
        }
        RefundStep::Pin => ("****", vec![key(PageAct::PinDone, "Enter", language)]),
        RefundStep::Confirm => {
            facts.push((
                PageWord::Reason.text(language).into(),
                RefundReason::NotDelivered.text(language).into(),
            ));
            ("", vec![of(PageAct::RefundNow, "F8", "CNY 10.00")])
        }
    };
    Page::Refund(RefundPage {
        sale: SaleId(42),
        step,
        asks: step.question(language).into(),
        facts,
        typed: typed.into(),
        types: !typed.is_empty(),
        choices,
        cursor: None,
    })
}

/// A manager's PIN for a word about a refund that the gateway cannot tell about.
fn approval(language: Language) -> Page {
    let fact = |word: PageWord, value: &str| (word.text(language).to_owned(), value.to_owned());
    let word = PageAct::DidNotComeBack(RefundId { sale: SaleId(42), index: 1 }).label(language);
    Page::Refund(RefundPage {
        sale: SaleId(42),
        step: RefundStep::Pin,
        asks: RefundStep::Pin.question(language).into(),
        facts: vec![
            fact(PageWord::Order, "T1-3LK2QZ-S0042a"),
            fact(PageWord::Amount, "CNY 88.00"),
            fact(PageWord::Refund, "1234567890123456-3LK2QZ-S999999r250 · CNY 10.00"),
            fact(PageWord::YourWord, word),
        ],
        typed: "****".into(),
        types: false,
        choices: vec![Choice { act: PageAct::PinDone, label: word.into(), shortcut: "Enter" }],
        cursor: None,
    })
}

/// Every page there is, by a name for its picture.
pub(crate) fn all(language: Language) -> Vec<(&'static str, Page)> {
    vec![
        ("recent", recent(language)),
        ("none-found", none_found(language)),
        ("open", open(language)),
        ("detail", detail(language)),
        ("parked", parked(language)),
        ("refund-amount", refund(RefundStep::Amount, language)),
        ("refund-reason", refund(RefundStep::Reason, language)),
        ("refund-words", refund(RefundStep::Words, language)),
        ("refund-confirm", refund(RefundStep::Confirm, language)),
        ("refund-pin", refund(RefundStep::Pin, language)),
        ("approval", approval(language)),
    ]
}
