//! What the screens beside SALE show, as data: lists, the detail of a sale, a refund in the making.
//!
//! Invariant: a page offers only acts that the terminal would take, and says of money only what the sale's state says.
//! Deliberately absent: which page is open and what was typed there (the rim knows), colours and sizes (the screen).

use crate::id::{RefundId, SaleId};
use crate::money::Money;
use crate::view::State;

/// A screen beside SALE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Sales to choose from.
    List(ListPage),
    /// One sale.
    Detail(DetailPage),
    /// A refund in the making, or the last step of another act of a manager: the PIN.
    Refund(RefundPage),
}

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListKind {
    /// RECENT: all sales, to look at one.
    Recent,
    /// OPEN: those about which somebody still has to do something.
    Open,
    /// REFUND: all sales, to refund one.
    Refund,
}

/// Sales, newest first, a page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// What it is for.
    pub kind: ListKind,
    /// What was typed to find one; empty shows all.
    pub typed: String,
    /// One sentence: how many there are, what is at stake, or how to find one.
    pub says: String,
    /// At most [`ListPage::ROWS`].
    pub rows: Vec<SaleRow>,
    /// The row that Enter opens.
    pub cursor: Option<usize>,
    /// Which rows these are of how many.
    pub part: Part,
}

impl ListPage {
    /// Rows on one page: as many as a 10.1" screen shows with 9 mm each.
    pub const ROWS: usize = 8;
}

/// Which part of something long is shown, counted from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// The first of them; 0 when there is none.
    pub first: usize,
    /// The last of them.
    pub last: usize,
    /// All there are.
    pub of: usize,
}

impl Part {
    /// So many from this place on, of so many.
    #[must_use]
    pub fn of(skipped: usize, shown: usize, of: usize) -> Part {
        match shown {
            0 => Part { first: 0, last: 0, of },
            _ => Part { first: skipped.saturating_add(1), last: skipped.saturating_add(shown), of },
        }
    }

    /// Whether something comes before it.
    #[must_use]
    pub fn has_before(self) -> bool {
        self.first > 1
    }

    /// Whether something comes after it.
    #[must_use]
    pub fn has_after(self) -> bool {
        self.last < self.of
    }
}

/// A sale in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// Which.
    pub sale: SaleId,
    /// `14:02`, with the date before it when it was not today.
    pub when: String,
    /// Without currency.
    pub amount: String,
    /// What the screen calls and paints it, as in the view.
    pub state: State,
    /// The word for it.
    pub word: String,
    /// The order id of its latest attempt.
    pub order: String,
}

/// One sale: facts, story, acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailPage {
    /// Which.
    pub sale: SaleId,
    /// With currency.
    pub amount: String,
    /// What the screen calls and paints it, as in the view.
    pub state: State,
    /// The word for it.
    pub word: String,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// What happened, in order; at most [`DetailPage::LINES`].
    pub story: Vec<StoryLine>,
    /// Which of the lines these are.
    pub part: Part,
    /// What a person is asked about it, if anything.
    pub asks: Option<String>,
    /// What may be done with it now.
    pub choices: Vec<Choice>,
    /// The choice that Enter takes.
    pub cursor: Option<usize>,
}

impl DetailPage {
    /// Lines of a story on one page.
    pub const LINES: usize = 8;
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// `14:02:05`, with the date before it when it was not the day of the sale.
    pub when: String,
    /// In the words of the screen.
    pub text: String,
}

/// A refund in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPage {
    /// Of which sale.
    pub sale: SaleId,
    /// How far it is.
    pub step: RefundStep,
    /// What is asked now.
    pub asks: String,
    /// Label and value: what was paid, what is left, and what was chosen so far.
    pub facts: Vec<(String, String)>,
    /// The amount or the reason as typed; of a PIN asterisks.
    pub typed: String,
    /// Whether something can be typed now.
    pub types: bool,
    /// What may be chosen.
    pub choices: Vec<Choice>,
    /// The choice that Enter takes.
    pub cursor: Option<usize>,
}

/// What was chosen so far of a refund that nobody has confirmed; nothing of it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundDraft {
    /// Of which sale.
    pub sale: SaleId,
    /// How far it is.
    pub step: RefundStep,
    /// The amount or the reason as typed, at their steps; of a PIN only its length, as asterisks.
    pub typed: String,
    /// How much; `None` is all that is left.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
}

impl RefundDraft {
    /// Nothing is chosen yet.
    #[must_use]
    pub fn of(sale: SaleId) -> RefundDraft {
        let (typed, reason) = (String::new(), String::new());
        RefundDraft { sale, step: RefundStep::Amount, typed, amount: None, reason }
    }
}

/// How far a refund in the making is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundStep {
    /// How much.
    Amount,
    /// Why.
    Reason,
    /// Why, in own words.
    Words,
    /// The last look.
    Confirm,
    /// A manager's PIN, where people are configured; also the only step of a word about money elsewhere.
    Pin,
}

/// A key of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it does.
    pub act: PageAct,
    /// What stands on it.
    pub label: String,
    /// The key of the keyboard that does the same; empty when there is none but the cursor.
    pub shortcut: &'static str,
}

/// What a key of a page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageAct {
    /// Print a marked copy of this sale's receipt.
    Reprint,
    /// Print the slip that fits where this sale stands.
    Slip,
    /// Ask the gateway now.
    CheckAgain,
    /// Put this sale on the panel.
    Resume,
    /// Begin a refund.
    Refund,
    /// A person found the refund at the gateway.
    CameBack(RefundId),
    /// A person did not find it.
    DidNotComeBack(RefundId),
    /// A person has put right at the gateway what came astray.
    PutRight,
    /// Refund all that is left.
    All,
    /// Refund what was typed.
    Typed,
    /// For this reason.
    Because(RefundReason),
    /// For another one, in own words.
    OwnWords,
    /// These are the words.
    WordsDone,
    /// Give the money back.
    RefundNow,
    /// That was the PIN.
    PinDone,
}

impl PageAct {
    /// The stable name, read back by [`PageAct::parse`].
    #[must_use]
    pub fn name(self) -> String {
        match self {
            PageAct::Reprint => "reprint".to_owned(),
            PageAct::Slip => "slip".to_owned(),
            PageAct::CheckAgain => "check_again".to_owned(),
            PageAct::Resume => "resume".to_owned(),
            PageAct::Refund => "refund".to_owned(),
            PageAct::CameBack(refund) => format!("came_back {refund}"),
            PageAct::DidNotComeBack(refund) => format!("did_not {refund}"),
            PageAct::PutRight => "put_right".to_owned(),
            PageAct::All => "all".to_owned(),
            PageAct::Typed => "typed".to_owned(),
            PageAct::Because(reason) => format!("because {}", reason.name()),
            PageAct::OwnWords => "own_words".to_owned(),
            PageAct::WordsDone => "words_done".to_owned(),
            PageAct::RefundNow => "refund_now".to_owned(),
            PageAct::PinDone => "pin_done".to_owned(),
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<PageAct> {
        let (verb, object) = name.split_once(' ').unwrap_or((name, ""));
        match verb {
            "reprint" => Some(PageAct::Reprint),
            "slip" => Some(PageAct::Slip),
            "check_again" => Some(PageAct::CheckAgain),
            "resume" => Some(PageAct::Resume),
            "refund" => Some(PageAct::Refund),
            "came_back" => RefundId::parse(object).map(PageAct::CameBack),
            "did_not" => RefundId::parse(object).map(PageAct::DidNotComeBack),
            "put_right" => Some(PageAct::PutRight),
            "all" => Some(PageAct::All),
            "typed" => Some(PageAct::Typed),
            "because" => {
                RefundReason::ALL.into_iter().find(|reason| reason.name() == object).map(PageAct::Because)
            }
            "own_words" => Some(PageAct::OwnWords),
            "words_done" => Some(PageAct::WordsDone),
            "refund_now" => Some(PageAct::RefundNow),
            "pin_done" => Some(PageAct::PinDone),
            _ => None,
        }
    }

    /// Whether it settles where money is, so that its key stands apart from the others.
    #[must_use]
    pub fn moves_money(self) -> bool {
        match self {
            PageAct::CameBack(_) | PageAct::DidNotComeBack(_) => true,
            PageAct::PutRight | PageAct::RefundNow | PageAct::PinDone => true,
            PageAct::Reprint | PageAct::Slip | PageAct::CheckAgain | PageAct::Resume => false,
            PageAct::Refund => false,
            PageAct::All | PageAct::Typed | PageAct::Because(_) => false,
            PageAct::OwnWords | PageAct::WordsDone => false,
        }
    }
}

/// Why money goes back, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundReason {
    /// The goods came back.
    Returned,
    /// Another amount was meant.
    WrongAmount,
    /// Paid twice, here or elsewhere.
    PaidTwice,
    /// There is none of it, or it is damaged.
    NotDelivered,
    /// The customer changed his mind.
    ChangedMind,
}

impl RefundReason {
    /// All of them in the order of the keys.
    pub const ALL: [RefundReason; 5] = [
        RefundReason::Returned,
        RefundReason::WrongAmount,
        RefundReason::PaidTwice,
        RefundReason::NotDelivered,
        RefundReason::ChangedMind,
    ];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RefundReason::Returned => "returned",
            RefundReason::WrongAmount => "wrong_amount",
            RefundReason::PaidTwice => "paid_twice",
            RefundReason::NotDelivered => "not_delivered",
            RefundReason::ChangedMind => "changed_mind",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::SaleId;

    #[test]
    fn the_name_of_an_act_is_read_back_and_nothing_else_is() {
        let refund = RefundId { sale: SaleId(7), index: 2 };
        let reasons = RefundReason::ALL.map(PageAct::Because);
        let acts = [PageAct::Reprint, PageAct::Slip, PageAct::CheckAgain, PageAct::Resume, PageAct::Refund]
            .into_iter()
            .chain([
                PageAct::CameBack(refund),
                PageAct::DidNotComeBack(refund),
                PageAct::PutRight,
                PageAct::All,
            ])
            .chain([
                PageAct::Typed,
                PageAct::OwnWords,
                PageAct::WordsDone,
                PageAct::RefundNow,
                PageAct::PinDone,
            ]);
        for act in acts.chain(reasons) {
            assert_eq!(PageAct::parse(&act.name()), Some(act));
        }
        for wrong in ["", "came_back", "came_back S1", "because", "because of it", "pay"] {
            assert_eq!(PageAct::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_part_knows_what_is_before_and_after_it() {
        let part = Part::of(8, 8, 20);
        assert_eq!((part.first, part.last, part.has_before(), part.has_after()), (9, 16, true, true));
        let part = Part::of(16, 4, 20);
        assert_eq!((part.first, part.last, part.has_before(), part.has_after()), (17, 20, true, false));
        let none = Part::of(0, 0, 0);
        assert_eq!((none.first, none.has_before(), none.has_after()), (0, false, false));
    }
}
