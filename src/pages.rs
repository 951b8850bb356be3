//! Which screen stands beside SALE, and what was typed there.
//!
//! Invariant: nothing here is money: a leaf is thrown away without asking, and what it leads to is decided by the core.
//! Deliberately absent: what the screens show (the core's `page.rs`), and the store that they read (the event loop).

mod approval;
mod find;
mod list;
mod refund;

use std::collections::BTreeMap;

use quickpay_core::id::SaleId;
use quickpay_core::page::{ListKind, PageAct};
use quickpay_core::record::Entry;
use quickpay_core::sale::Sale;

pub use approval::ApprovalLeaf;
pub use find::{fits, number_of};
pub use list::ListLeaf;
pub use refund::{PinEntry, RefundLeaf};

/// What a person does with the screens beside SALE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// To the list of past sales.
    Recent,
    /// To the list of open sales.
    Open,
    /// To the sales that can be refunded.
    Refund,
    /// This sale was tapped.
    Sale(SaleId),
    /// This key of a page was tapped.
    Act(PageAct),
    /// One step back, in the end to SALE.
    Back,
    /// To SALE at once.
    Home,
    /// The cursor, one up.
    Up,
    /// The cursor, one down.
    Down,
    /// A page earlier in the list or story.
    PageUp,
    /// A page later.
    PageDown,
    /// Take what the cursor is on.
    Enter,
    /// A letter was typed.
    Letter(char),
    /// F11: the slip of the sale whose detail is shown.
    Slip,
}

/// One open screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// A list.
    List(ListLeaf),
    /// A sale.
    Detail(DetailLeaf),
    /// A refund in the making.
    Refund(RefundLeaf),
    /// A manager's PIN for a word about money.
    Approval(ApprovalLeaf),
}

/// The detail of a sale, as a person looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailLeaf {
    /// Which.
    pub sale: SaleId,
    /// Lines of its story before the shown ones; `None` shows the newest.
    pub skipped: Option<usize>,
    /// The chosen key.
    pub cursor: Option<usize>,
}

/// The screens that are open, the last one on top; empty while SALE is shown.
#[derive(Debug, Default)]
pub struct Pages {
    leaves: Vec<Leaf>,
    /// Sales of long ago that the open lists show; the terminal does not hold them, so nothing about them changes.
    kept: BTreeMap<SaleId, Sale>,
    /// The story of the shown sale, as it was after this entry of the journal.
    story: Option<(SaleId, u64, Vec<Entry>)>,
    /// A manager's PIN, at the last step of a refund or for a word about money.
    pub pin: PinEntry,
}

impl Pages {
    /// The open screen.
    #[must_use]
    pub fn top(&self) -> Option<&Leaf> {
        self.leaves.last()
    }

    /// The open screen, to be changed.
    pub fn top_mut(&mut self) -> Option<&mut Leaf> {
        self.leaves.last_mut()
    }

    /// Back to SALE.
    pub fn close(&mut self) {
        *self = Pages::default();
    }

    /// Opens a list instead of whatever is open.
    pub fn list(&mut self, kind: ListKind) {
        self.close();
        self.leaves.push(Leaf::List(ListLeaf::new(kind)));
    }

    /// Opens the detail of a sale over what is open; over another detail, instead of it.
    pub fn detail(&mut self, sale: SaleId) {
        if matches!(self.top(), Some(Leaf::Detail(_))) {
            self.leaves.pop();
        }
        self.leaves.push(Leaf::Detail(DetailLeaf { sale, skipped: None, cursor: None }));
    }

    /// Begins a refund over what is open.
    pub fn refund(&mut self, sale: SaleId) {
        self.leaves.push(Leaf::Refund(RefundLeaf::new(sale)));
    }

    /// Asks for the PIN behind a word about money, over the detail of its sale.
    pub fn approval(&mut self, sale: SaleId, word: PageAct) {
        self.leaves.push(Leaf::Approval(ApprovalLeaf { sale, word, cursor: None }));
    }

    /// The refund is on its way: its sale is shown, and Back leads to SALE.
    pub fn refund_made(&mut self, sale: SaleId) {
        self.close();
        self.detail(sale);
    }

    /// One step back: within a refund, then to the screen below.
    pub fn back(&mut self) {
        self.pin = PinEntry::default();
        if let Some(Leaf::Refund(refund)) = self.top_mut()
            && refund.back()
        {
            return;
        }
        self.leaves.pop();
        if self.leaves.is_empty() {
            self.close();
        }
    }

    /// Takes something typed away; `false` when nothing was typed here.
    pub fn clear_typed(&mut self) -> bool {
        if !self.pin.shown().is_empty() {
            self.pin = PinEntry::default();
            return true;
        }
        match self.top_mut() {
            Some(Leaf::List(list)) => list.clear(),
            Some(Leaf::Refund(refund)) => refund.clear(),
            Some(Leaf::Detail(_) | Leaf::Approval(_)) | None => false,
        }
    }

    /// A sale that was brought for a list.
    #[must_use]
    pub fn kept(&self, id: SaleId) -> Option<&Sale> {
        self.kept.get(&id)
    }

    /// Keeps sales for as long as a list is open.
    pub fn keep(&mut self, sales: impl IntoIterator<Item = Sale>) {
        self.kept.extend(sales.into_iter().map(|sale| (sale.id, sale)));
    }

    /// The story of a sale, if it was read after the last entry of the journal.
    #[must_use]
    pub fn story(&self, sale: SaleId, last_seq: u64) -> Option<&[Entry]> {
        let (of, at, entries) = self.story.as_ref()?;
        (*of == sale && *at == last_seq).then_some(entries.as_slice())
    }

    /// Keeps a story.
    pub fn keep_story(&mut self, sale: SaleId, last_seq: u64, entries: Vec<Entry>) {
        self.story = Some((sale, last_seq, entries));
    }
}

/// A cursor one further, from the ends it starts over; nothing is chosen while there is nothing.
#[must_use]
pub fn moved(cursor: Option<usize>, turn: Turn, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match (turn, cursor) {
        (Turn::Down, None) => Some(0),
        (Turn::Down, Some(at)) => Some(if at >= last { 0 } else { at + 1 }),
        (Turn::Up, None | Some(0)) => Some(last),
        (Turn::Up, Some(at)) => Some(at.min(count) - 1),
        (
            Turn::Recent | Turn::Open | Turn::Refund | Turn::Sale(_) | Turn::Act(_) | Turn::Back | Turn::Home,
            at,
        )
        | (Turn::PageUp | Turn::PageDown | Turn::Enter | Turn::Letter(_) | Turn::Slip, at) => at,
    }
}
