//! Puts a page onto the screen, and says what was touched there.
//!
//! Invariant: every property is set from the page every time; with no page SALE alone is shown.
//! Deliberately absent: which page is open, and what a touch leads to.

use std::rc::Rc;

use crate::event::UiEvent;
use crate::generated::{Book, ChoiceRow, Fact, Field, Icon, Listing, PageRow, Screen, Told, Tone};
use crate::look;
use crate::present::replaced;
use quickpay_core::page::{
    Choice, DetailPage, ListKind, ListPage, Page, PageAct, Part, RefundPage, RefundStep,
};
use slint::SharedString;

/// Characters of an order id in a list.
const WIDEST: usize = 18;

/// What a page sets, with everything it has no use for empty.
#[derive(Default)]
struct Shown {
    screen: Screen,
    listing: Listing,
    rows: Vec<PageRow>,
    amount: SharedString,
    word: SharedString,
    tone: Tone,
    icon: Icon,
    facts: Vec<Fact>,
    story: Vec<Told>,
    says: SharedString,
    typed: SharedString,
    field: Field,
    choices: Vec<ChoiceRow>,
    cursor: Option<usize>,
    part: Part,
}

/// Sets the whole contract of the pages.
pub(crate) fn show(book: &Book<'_>, page: Option<&Page>) {
    let shown = match page {
        None => Shown::default(),
        Some(Page::List(page)) => list(page),
        Some(Page::Detail(page)) => detail(page),
        Some(Page::Refund(page)) => refund(page),
    };
    book.set_listing(shown.listing);
    book.set_rows(replaced(book.get_rows(), shown.rows));
    book.set_amount(shown.amount);
    book.set_word(shown.word);
    book.set_tone(shown.tone);
    book.set_icon(shown.icon);
    book.set_facts(replaced(book.get_facts(), shown.facts));
    book.set_story(replaced(book.get_story(), shown.story));
    book.set_says(shown.says);
    book.set_typed(shown.typed);
    book.set_field(shown.field);
    book.set_choices(replaced(book.get_choices(), shown.choices));
    book.set_cursor(shown.cursor.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1));
    let Part { first, last, of } = shown.part;
    let part = if of == 0 { SharedString::default() } else { slint::format!("{first}–{last} / {of}") };
    book.set_part(part);
    book.set_before(shown.part.has_before());
    book.set_after(shown.part.has_after());
    book.set_screen(shown.screen);
}

fn list(page: &ListPage) -> Shown {
    let rows = page.rows.iter().map(|row| PageRow {
        id: row.sale.to_string().into(),
        when: row.when.as_str().into(),
        amount: row.amount.as_str().into(),
        word: row.word.as_str().into(),
        order: end_of(&row.order).into(),
        tone: look::tone(row.state),
        icon: look::icon(row.state),
    });
    let (listing, field) = match page.kind {
        ListKind::Recent => (Listing::Recent, Field::Find),
        ListKind::Open => (Listing::Open, Field::None),
        ListKind::Refund => (Listing::Refund, Field::Find),
    };
    Shown {
        screen: Screen::List,
        listing,
        field,
        rows: rows.collect(),
        says: page.says.as_str().into(),
        typed: page.typed.as_str().into(),
        cursor: page.cursor,
        part: page.part,
        ..Shown::default()
    }
}

/// An order id that fits its column: the end tells one sale from another, the whole stands on the detail.
fn end_of(order: &str) -> String {
    let skipped = order.chars().count().saturating_sub(WIDEST);
    if skipped == 0 {
        return order.to_owned();
    }
    let end: String = order.chars().skip(skipped + 1).collect();
    format!("…{end}")
}

fn detail(page: &DetailPage) -> Shown {
    let told = |line: &quickpay_core::page::StoryLine| Told {
        when: line.when.as_str().into(),
        text: line.text.as_str().into(),
    };
    Shown {
        screen: Screen::Detail,
        amount: page.amount.as_str().into(),
        word: page.word.as_str().into(),
        tone: look::tone(page.state),
        icon: look::icon(page.state),
        facts: facts(&page.facts),
        story: page.story.iter().map(told).collect(),
        says: page.asks.as_deref().unwrap_or_default().into(),
        choices: page.choices.iter().map(choice).collect(),
        cursor: page.cursor,
        part: page.part,
        ..Shown::default()
    }
}

fn refund(page: &RefundPage) -> Shown {
    let field = match page.step {
        RefundStep::Amount if page.types => Field::Amount,
        RefundStep::Words if page.types => Field::Words,
        RefundStep::Pin => Field::Pin,
        RefundStep::Amount | RefundStep::Reason | RefundStep::Words | RefundStep::Confirm => Field::None,
    };
    Shown {
        screen: Screen::Refund,
        facts: facts(&page.facts),
        says: page.asks.as_str().into(),
        typed: page.typed.as_str().into(),
        field,
        choices: page.choices.iter().map(choice).collect(),
        cursor: page.cursor,
        ..Shown::default()
    }
}

fn facts(facts: &[(String, String)]) -> Vec<Fact> {
    facts.iter().map(|(label, value)| Fact { label: label.into(), value: value.into() }).collect()
}

fn choice(choice: &Choice) -> ChoiceRow {
    ChoiceRow {
        name: choice.act.name().into(),
        label: choice.label.as_str().into(),
        shortcut: choice.shortcut.into(),
        slot: slot(choice.act),
        money: choice.act.moves_money(),
    }
}

/// The place of a key on the detail, whatever else is offered.
fn slot(act: PageAct) -> i32 {
    match act {
        PageAct::Resume => 0,
        PageAct::CheckAgain => 1,
        PageAct::Reprint => 2,
        PageAct::Slip => 3,
        PageAct::Refund => 4,
        PageAct::CameBack(_) | PageAct::PutRight => 5,
        PageAct::DidNotComeBack(_) => 6,
        // Keys of a refund lie in their order.
        PageAct::All | PageAct::Typed | PageAct::Because(_) => 0,
        PageAct::OwnWords | PageAct::WordsDone | PageAct::RefundNow => 0,
        PageAct::PinDone => 0,
    }
}

/// Connects every callback of the pages.
pub(crate) fn connect(book: &Book<'_>, tell: &Rc<dyn Fn(UiEvent)>) {
    let fixed = |event: UiEvent| {
        let tell = Rc::clone(tell);
        move || tell(event.clone())
    };
    book.on_recent_tapped(fixed(UiEvent::RecentTapped));
    book.on_refund_tapped(fixed(UiEvent::RefundTapped));
    book.on_find_receipt(fixed(UiEvent::FindReceipt));
    book.on_back(fixed(UiEvent::Back));
    book.on_home(fixed(UiEvent::Home));
    book.on_page_up(fixed(UiEvent::PageUp));
    book.on_page_down(fixed(UiEvent::PageDown));
    book.on_act({
        let tell = Rc::clone(tell);
        move |name| {
            if let Some(act) = PageAct::parse(&name) {
                tell(UiEvent::Act(act));
            }
        }
    });
    book.on_letter({
        let tell = Rc::clone(tell);
        move |letter| {
            if let Some(letter) = letter.chars().next() {
                tell(UiEvent::Letter(letter));
            }
        }
    });
}
