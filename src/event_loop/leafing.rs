//! The screens beside SALE: what touches and keys do there, and what they show.
//!
//! Invariant: whatever a page leads to passes through the same door as everything else; the sale at hand goes on.
//! Deliberately absent: what a page looks like, and whether an act is allowed (the core).

use std::collections::BTreeMap;

use quickpay_core::id::SaleId;
use quickpay_core::input::{Input, PadKey, Seen};
use quickpay_core::money::decimal;
use quickpay_core::page::{
    Choice, DetailPage, ListKind, ListPage, Page, PageAct, Part, RefundPage, RefundStep, StoryLine,
};
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Sale;
use quickpay_core::time::Moment;
use quickpay_core::words::PageWord;
use quickpay_store::StoreError;

use super::EventLoop;
use super::past::LISTED;
use crate::arrival::MoneyWish;
use crate::happening::Happening;
use crate::pages::{ApprovalLeaf, Leaf, ListLeaf, Turn, fits, moved, number_of};
use crate::typing::Meant;

impl EventLoop {
    /// A touch or a typed key: for the page, if one is open and has a use for it, else for SALE.
    pub(super) fn touched(&mut self, meant: Meant) {
        if let Meant::Discarded(why) = meant {
            return self.discarded(why);
        }
        if self.terminal.is_locked() && matches!(meant, Meant::Turn(_)) {
            return self.refused(&Refusal::Locked, None);
        }
        if let (Some(act), Meant::Input(_) | Meant::Copy | Meant::Turn(_)) = (self.act_of_key(&meant), &meant)
        {
            return self.act(act);
        }
        match (meant, self.pages.top().is_some()) {
            (Meant::Turn(turn), _) => self.turn(turn),
            (Meant::Copy, _) => self.copy_of_last(),
            (Meant::Input(input), true) => self.input_on_a_page(input),
            (Meant::Input(input), false) => self.happened(input),
            (Meant::Discarded(_), _) => {}
        }
    }

    /// The act whose key has this as its shortcut, on the open page.
    fn act_of_key(&self, meant: &Meant) -> Option<PageAct> {
        let key = match meant {
            Meant::Copy => "F1".to_owned(),
            Meant::Turn(Turn::Refund) => "F3".to_owned(),
            Meant::Turn(Turn::Enter) if self.cursor().is_none() => "Enter".to_owned(),
            Meant::Turn(Turn::Letter(letter)) => letter.to_ascii_uppercase().to_string(),
            Meant::Input(Input::PutAside) => "F4".to_owned(),
            Meant::Input(Input::CheckAsked(None)) => "F5".to_owned(),
            Meant::Input(Input::Confirmed) => "F8".to_owned(),
            Meant::Turn(Turn::Slip) => "F11".to_owned(),
            Meant::Input(Input::KeyPressed(PadKey::Digit(digit))) => digit.to_string(),
            Meant::Input(_) | Meant::Turn(_) | Meant::Discarded(_) => return None,
        };
        self.choices().iter().find(|choice| choice.shortcut == key).map(|choice| choice.act)
    }

    /// The keys that the open page shows now.
    fn choices(&self) -> Vec<Choice> {
        let now = self.clock.now();
        match self.pages.top() {
            Some(Leaf::Detail(leaf)) => self.terminal.choices_about(leaf.sale, now, self.language),
            Some(Leaf::Refund(leaf)) => {
                let mut draft = leaf.draft.clone();
                if draft.step == RefundStep::Pin {
                    draft.typed = self.pages.pin.shown();
                }
                let page = self.terminal.refund_page(&draft, now, self.language);
                page.map(|page| page.choices).unwrap_or_default()
            }
            Some(Leaf::Approval(leaf)) => {
                let page = self.approval_page(*leaf, now);
                page.map(|page| page.choices).unwrap_or_default()
            }
            Some(Leaf::List(_)) | None => Vec::new(),
        }
    }

    fn cursor(&self) -> Option<usize> {
        match self.pages.top() {
            Some(Leaf::Detail(leaf)) => leaf.cursor,
            Some(Leaf::Refund(leaf)) => leaf.cursor,
            Some(Leaf::Approval(leaf)) => leaf.cursor,
            Some(Leaf::List(_)) | None => None,
        }
    }

    fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Recent => self.pages.list(ListKind::Recent),
            Turn::Open => self.pages.list(ListKind::Open),
            Turn::Refund => self.pages.list(ListKind::Refund),
            Turn::Sale(sale) => self.open_sale(sale),
            Turn::Act(act) => self.act(act),
            Turn::Back => self.pages.back(),
            Turn::Home => self.pages.close(),
            Turn::Letter(letter) => match self.pages.top_mut() {
                Some(Leaf::List(list)) if list.takes_typing() => list.letter(letter),
                Some(Leaf::Refund(refund)) => refund.letter(letter),
                Some(Leaf::List(_) | Leaf::Detail(_) | Leaf::Approval(_)) | None => {}
            },
            Turn::Up | Turn::Down | Turn::PageUp | Turn::PageDown => self.leaf(turn),
            Turn::Enter => self.enter(),
            Turn::Slip => {}
        }
    }

    fn leaf(&mut self, turn: Turn) {
        let (rows, choices) = match &self.shown_page {
            Some(Page::List(page)) => (page.part.of, 0),
            Some(Page::Detail(page)) => (page.part.of, page.choices.len()),
            Some(Page::Refund(page)) => (0, page.choices.len()),
            None => (0, 0),
        };
        let lines = DetailPage::LINES;
        match (self.pages.top_mut(), turn) {
            (Some(Leaf::List(list)), _) => list.turn(turn, rows),
            (Some(Leaf::Detail(leaf)), Turn::PageUp) => {
                let skipped = leaf.skipped.unwrap_or_else(|| newest(rows));
                leaf.skipped = Some(skipped.saturating_sub(lines));
            }
            (Some(Leaf::Detail(leaf)), Turn::PageDown) => {
                let skipped = leaf.skipped.unwrap_or_else(|| newest(rows)) + lines;
                leaf.skipped = (skipped < newest(rows)).then_some(skipped);
            }
            (Some(Leaf::Detail(leaf)), _) => leaf.cursor = moved(leaf.cursor, turn, choices),
            (Some(Leaf::Refund(leaf)), _) => leaf.cursor = moved(leaf.cursor, turn, choices),
            (Some(Leaf::Approval(leaf)), _) => leaf.cursor = moved(leaf.cursor, turn, choices),
            (None, _) => {}
        }
    }

    /// Takes what the cursor is on.
    fn enter(&mut self) {
        let chosen = match &self.shown_page {
            Some(Page::List(page)) => {
                let row = page.cursor.and_then(|at| page.rows.get(at));
                return row.map(|row| row.sale).map_or((), |sale| self.open_sale(sale));
            }
            Some(Page::Detail(page)) => page.cursor.and_then(|at| page.choices.get(at)),
            Some(Page::Refund(page)) => page.cursor.and_then(|at| page.choices.get(at)),
            None => None,
        };
        if let Some(act) = chosen.map(|choice| choice.act) {
            self.act(act);
        }
    }

    /// What a key of the pad or of the sale does on a page. Digits are typed into the page if it has a field for them;
    /// otherwise they begin the next sale, as everywhere.
    fn input_on_a_page(&mut self, input: Input) {
        match (input, self.pages.top_mut()) {
            (Input::KeyPressed(key), Some(Leaf::List(list))) if list.takes_typing() => list.pad(key),
            (Input::KeyPressed(key), Some(Leaf::Refund(refund))) if refund.draft.step == RefundStep::Pin => {
                self.pages.pin.pad(key);
            }
            (Input::KeyPressed(key), Some(Leaf::Approval(_))) => self.pages.pin.pad(key),
            (Input::KeyPressed(key), Some(Leaf::Refund(refund))) => refund.pad(key),
            (Input::KeyPressed(key), _) => {
                self.pages.close();
                self.happened(Input::KeyPressed(key));
            }
            (Input::Cleared, _) => {
                if !self.pages.clear_typed() {
                    self.pages.back();
                }
            }
            (Input::CopyByScanAsked, Some(Leaf::List(list))) if list.takes_typing() => list.seek(),
            (Input::CopyByScanAsked, _) => {
                self.pages.close();
                self.happened(Input::CopyByScanAsked);
            }
            // Keys of the sale at hand do nothing while it is not shown.
            (Input::PutAside | Input::CancelAsked | Input::CheckAsked(None) | Input::Confirmed, _) => {}
            (input, _) => self.happened(input),
        }
    }

    /// A sale was chosen: its detail, or from the list of refunds, its refund.
    fn open_sale(&mut self, sale: SaleId) {
        if let Err(refusal) = self.recall(sale) {
            return self.refused(&refusal, None);
        }
        if let Some(Leaf::List(ListLeaf { kind: ListKind::Refund, .. })) = self.pages.top() {
            let acts = self.terminal.acts_of(self.clock.now(), sale);
            match acts.map_or(Err(Refusal::NoSuchSale), |acts| acts.refund) {
                Ok(_) => self.pages.refund(sale),
                Err(refusal) => self.refused(&refusal, None),
            }
        } else if self.terminal.ledger().sale(sale).is_some() {
            self.pages.detail(sale);
        } else {
            self.refused(&Refusal::NoSuchSale, None);
        }
    }

    /// A key of a page, if the page offers it now.
    fn act(&mut self, act: PageAct) {
        if !self.choices().iter().any(|choice| choice.act == act) {
            return; // it was gone when the finger came down
        }
        let now = self.clock.now();
        match self.pages.top_mut() {
            Some(Leaf::Detail(leaf)) => {
                let sale = leaf.sale;
                self.act_on(sale, act);
            }
            Some(Leaf::Refund(leaf)) => match act {
                PageAct::All => {
                    let offer = self.terminal.acts_of(now, leaf.draft.sale).map(|acts| acts.refund);
                    if let Some(Ok(offer)) = offer {
                        leaf.amount(offer.left);
                    }
                }
                PageAct::Typed => {
                    if let Some(Ok(amount)) = self.terminal.typed_amount(&leaf.draft, now) {
                        leaf.amount(amount);
                    }
                }
                PageAct::Because(reason) => leaf.because(reason, self.language),
                PageAct::OwnWords => leaf.own_words(),
                PageAct::WordsDone => leaf.words_done(),
                PageAct::RefundNow if !self.terminal.settings().people.is_empty() => leaf.ask_pin(),
                PageAct::RefundNow | PageAct::PinDone => self.give_back(),
                PageAct::Reprint | PageAct::Slip | PageAct::CheckAgain | PageAct::Resume => {}
                PageAct::Refund | PageAct::CameBack(_) | PageAct::DidNotComeBack(_) => {}
                PageAct::PutRight => {}
            },
            Some(Leaf::Approval(leaf)) => {
                // Its only key is the one that ends the PIN.
                let Some(act) = word_about_money(leaf.sale, leaf.word) else { return };
                let pin = Some(self.pages.pin.take());
                self.money_asked(MoneyWish { act, approver: None, pin }, None);
            }
            Some(Leaf::List(_)) | None => {}
        }
    }

    /// Sends the refund off. Where people are configured it waits for its PIN to be checked; the page stays until the
    /// refund is recorded, so that a wrong PIN can be typed again.
    fn give_back(&mut self) {
        let Some(Leaf::Refund(leaf)) = self.pages.top_mut() else { return };
        let ledger = self.terminal.ledger();
        leaf.sent_at = ledger.sale(leaf.draft.sale).map(|sale| sale.refunds.len());
        let (act, step) = (leaf.draft.input(), leaf.draft.step);
        let pin = (step == RefundStep::Pin).then(|| self.pages.pin.take());
        self.money_asked(MoneyWish { act, approver: None, pin }, None);
    }

    /// Leaves what was done or may not be seen: a refund that was recorded, every page of a locked till.
    fn leave_what_is_over(&mut self) {
        if self.terminal.is_locked() && self.pages.top().is_some() {
            self.pages.close();
        }
        if let Some(Leaf::Approval(leaf)) = self.pages.top() {
            let offered = self.terminal.choices_about(leaf.sale, self.clock.now(), self.language);
            if offered.iter().all(|choice| choice.act != leaf.word) {
                self.pages.back(); // said and recorded, or no longer asked for
            }
        }
        let Some(Leaf::Refund(leaf)) = self.pages.top() else { return };
        let (sale, sent_at) = (leaf.draft.sale, leaf.sent_at);
        let made = self.terminal.ledger().sale(sale).map(|sale| sale.refunds.len());
        if sent_at.is_some() && made > sent_at {
            self.pages.refund_made(sale);
        }
    }

    fn act_on(&mut self, sale: SaleId, act: PageAct) {
        match act {
            PageAct::Reprint => self.happened(Input::CopyAsked(sale)),
            PageAct::Slip => self.happened(Input::SlipAsked(sale)),
            PageAct::CheckAgain => self.happened(Input::CheckAsked(Some(sale))),
            PageAct::Resume => match self.attempt(Input::Resumed(sale)) {
                Ok(()) => self.pages.close(),
                Err(refusal) => self.refused(&refusal, None),
            },
            PageAct::Refund => self.pages.refund(sale),
            PageAct::PutRight | PageAct::CameBack(_) | PageAct::DidNotComeBack(_) => {
                self.give_word(sale, act);
            }
            PageAct::All | PageAct::Typed | PageAct::Because(_) => {}
            PageAct::OwnWords | PageAct::WordsDone => {}
            PageAct::RefundNow | PageAct::PinDone => {}
        }
    }

    /// A person says where money is: done at once, or where a manager must stand for it, once the PIN is given.
    fn give_word(&mut self, sale: SaleId, word: PageAct) {
        let Some(act) = word_about_money(sale, word) else { return };
        if self.needs_manager(&act) {
            self.pages.approval(sale, word);
        } else {
            self.happened(act);
        }
    }

    /// A receipt that is scanned while a list or a detail is open names the sale that is looked for. Whatever else is
    /// scanned is for the sale at hand, unless a person was asked for a receipt: then it is refused and forgotten.
    pub(super) fn not_a_receipt_sought(&mut self, input: Input) -> Option<Input> {
        let (finds, seeks) = match self.pages.top() {
            Some(Leaf::List(list)) => (list.takes_typing(), list.seeking),
            Some(Leaf::Detail(_)) => (true, false),
            Some(Leaf::Refund(_) | Leaf::Approval(_)) | None => (false, false),
        };
        let Input::Scanned(scan) = &input else { return Some(input) };
        let number = scan.receipt_number().map(str::to_owned);
        match number {
            Some(number) if finds => {
                self.open_scanned(&number);
                None
            }
            Some(_) | None if seeks => {
                self.refused(&Refusal::NotAReceipt, None);
                None
            }
            Some(_) | None => Some(input),
        }
    }

    fn open_scanned(&mut self, number: &str) {
        let named = quickpay_core::id::OrderId::sale_of(number);
        if let Some(Err(refusal)) = named.map(|sale| self.recall(sale)) {
            return self.refused(&refusal, None);
        }
        match self.terminal.sale_of_number(number).map(|sale| sale.id) {
            Some(sale) => {
                if let Some(Leaf::List(list)) = self.pages.top_mut() {
                    list.clear();
                }
                self.open_sale(sale);
            }
            None => self.refused(&Refusal::NotAReceipt, None),
        }
    }

    /// Tells what the open page shows, if that changed.
    pub(super) fn publish_page(&mut self, now: Moment) {
        self.leave_what_is_over();
        let page = self.page(now);
        if page.is_none() {
            self.pages.close(); // its sale is not to be had
        }
        if page != self.shown_page {
            self.tell(Happening::Page(page.clone().map(Box::new)));
            self.shown_page = page;
        }
    }

    fn page(&mut self, now: Moment) -> Option<Page> {
        match self.pages.top()?.clone() {
            Leaf::List(leaf) => Some(Page::List(self.list_page(&leaf, now))),
            Leaf::Detail(leaf) => {
                let mut page = self.detail_page(leaf.sale, leaf.skipped, now)?;
                page.cursor = leaf.cursor.filter(|at| *at < page.choices.len());
                Some(Page::Detail(page))
            }
            Leaf::Refund(mut leaf) => {
                if leaf.draft.step == RefundStep::Pin {
                    leaf.draft.typed = self.pages.pin.shown();
                }
                let mut page = self.terminal.refund_page(&leaf.draft, now, self.language)?;
                page.cursor = leaf.cursor.filter(|at| *at < page.choices.len());
                Some(Page::Refund(page))
            }
            Leaf::Approval(leaf) => {
                let mut page = self.approval_page(leaf, now)?;
                page.cursor = leaf.cursor.filter(|at| *at < page.choices.len());
                Some(Page::Refund(page))
            }
        }
    }

    fn approval_page(&self, leaf: ApprovalLeaf, now: Moment) -> Option<RefundPage> {
        let typed = self.pages.pin.shown();
        self.terminal.approval_page(leaf.sale, leaf.word, &typed, now, self.language)
    }

    fn detail_page(&mut self, id: SaleId, skipped: Option<usize>, now: Moment) -> Option<DetailPage> {
        let seq = self.store.last_seq();
        if self.pages.story(id, seq).is_none() {
            match self.store.entries_of_sales(&[id]) {
                Ok(entries) => self.pages.keep_story(id, seq, entries),
                Err(StoreError::Incomplete) => {} // the page says so
                Err(error) => tracing::error!(%error, sale = %id, "its story cannot be read"),
            }
        }
        if self.terminal.ledger().sale(id).is_none() {
            self.recall(id).ok(); // let go meanwhile; without it the page is shown without acts
        }
        let entries = self.pages.story(id, seq).unwrap_or_default();
        let closed = self.closed(id, entries);
        let sale = self.terminal.ledger().sale(id).or(closed.as_ref())?;
        let of = self.terminal.story_length(id, entries);
        let skipped = skipped.unwrap_or_else(|| newest(of));
        let mut page = self.terminal.detail_of(sale, entries, skipped, now, self.language);
        if of == 0 && !self.store.is_whole() {
            let text = PageWord::PastUnlisted.text(self.language).to_owned();
            page.story.push(StoryLine { when: String::new(), text });
        }
        Some(page)
    }

    fn list_page(&mut self, leaf: &ListLeaf, now: Moment) -> ListPage {
        let (ids, of) = self.listed(leaf);
        self.bring(&ids);
        let sales = ids.iter().filter_map(|id| self.held_or_kept(*id));
        let rows: Vec<_> = sales.filter_map(|sale| self.terminal.row_of(sale, now, self.language)).collect();
        let part = Part::of(leaf.skipped, rows.len(), of);
        let cursor = rows.len().checked_sub(1).map(|last| leaf.cursor.min(last));
        ListPage { kind: leaf.kind, typed: leaf.typed.clone(), says: self.says(leaf, of), rows, cursor, part }
    }

    /// The sales of the shown part, and how many there are.
    fn listed(&mut self, leaf: &ListLeaf) -> (Vec<SaleId>, usize) {
        let last = self.terminal.ledger().last_sale().map_or(0, |id| id.0);
        let all = match leaf.kind {
            ListKind::Open => {
                let mut open: Vec<SaleId> = self.terminal.ledger().open_sales().map(|sale| sale.id).collect();
                open.reverse();
                open
            }
            ListKind::Recent | ListKind::Refund if leaf.typed.is_empty() => {
                let skipped = u32::try_from(leaf.skipped).unwrap_or(u32::MAX);
                let newest = last.saturating_sub(skipped);
                let rows = u32::try_from(ListPage::ROWS).unwrap_or(u32::MAX);
                let shown = (newest.saturating_sub(rows).saturating_add(1)..=newest).rev();
                let shown = shown.filter(|id| *id > 0).map(SaleId).collect();
                return (shown, usize::try_from(last).unwrap_or(usize::MAX));
            }
            ListKind::Recent | ListKind::Refund => self.found(&leaf.typed, last),
        };
        let shown = all.iter().skip(leaf.skipped).take(ListPage::ROWS).copied().collect();
        (shown, all.len())
    }

    /// Of the newest sales those that fit, and the one whose number it is, however old.
    fn found(&mut self, typed: &str, last: u32) -> Vec<SaleId> {
        let newest: Vec<SaleId> =
            (last.saturating_sub(LISTED).saturating_add(1)..=last).rev().map(SaleId).collect();
        self.bring(&newest);
        let fitting = newest.iter().filter_map(|id| self.held_or_kept(*id)).filter(|sale| fits(sale, typed));
        let mut found: Vec<SaleId> = fitting.map(|sale| sale.id).collect();
        let named = number_of(typed).filter(|id| id.0 <= last);
        if let Some(named) = named {
            self.bring(&[named]);
            found.retain(|id| *id != named);
            found.insert(0, named);
        }
        found
    }

    fn held_or_kept(&self, id: SaleId) -> Option<&Sale> {
        self.terminal.ledger().sale(id).or_else(|| self.pages.kept(id))
    }

    /// Reads those sales that are neither held nor kept; what cannot be read is said once and shown as missing.
    fn bring(&mut self, ids: &[SaleId]) {
        let missing: Vec<SaleId> =
            ids.iter().copied().filter(|id| self.held_or_kept(*id).is_none()).collect();
        if missing.is_empty() {
            return;
        }
        match self.store.entries_of_sales(&missing) {
            Ok(entries) => {
                let brought: BTreeMap<SaleId, Sale> =
                    missing.into_iter().filter_map(|id| Some((id, self.closed(id, &entries)?))).collect();
                self.pages.keep(brought.into_values());
            }
            Err(StoreError::Incomplete) => {} // the page says so
            Err(error) => {
                tracing::error!(%error, "sales of long ago cannot be read");
                self.remark(Refusal::StorageFault.message(self.language, ""));
            }
        }
    }

    fn says(&self, leaf: &ListLeaf, of: usize) -> String {
        let word = match (leaf.kind, of) {
            (ListKind::Open, 0) => PageWord::NothingOpen,
            (ListKind::Open, _) => {
                let currency = self.terminal.settings().currency;
                let sums = self.terminal.ledger().open_sales().map(|sale| sale.amount.minor());
                let sum = decimal(sums.sum(), currency);
                return format!("{of} · {currency} {sum} {}", PageWord::AtStake.text(self.language));
            }
            (ListKind::Recent | ListKind::Refund, _) if leaf.seeking => PageWord::ScanNow,
            (ListKind::Recent | ListKind::Refund, _) if !self.store.is_whole() => PageWord::PastUnlisted,
            (ListKind::Recent | ListKind::Refund, 0) if leaf.typed.is_empty() => PageWord::NoSaleYet,
            (ListKind::Recent | ListKind::Refund, 0) => PageWord::NoneFound,
            (ListKind::Recent | ListKind::Refund, _) if leaf.typed.is_empty() => PageWord::HowToFind,
            (ListKind::Recent | ListKind::Refund, _) => PageWord::Searched,
        };
        word.text(self.language).to_owned()
    }
}

/// What a key of the detail says of money that the gateway cannot tell about, as nobody's word yet.
fn word_about_money(sale: SaleId, word: PageAct) -> Option<Input> {
    let looked = |refund, seen| Some(Input::RefundSeen { refund, seen, approver: None });
    match word {
        PageAct::PutRight => Some(Input::PutRight { sale, approver: None }),
        PageAct::CameBack(refund) => looked(refund, Seen::Yes),
        PageAct::DidNotComeBack(refund) => looked(refund, Seen::No),
        PageAct::Reprint | PageAct::Slip | PageAct::CheckAgain | PageAct::Resume | PageAct::Refund => None,
        PageAct::All | PageAct::Typed | PageAct::Because(_) => None,
        PageAct::OwnWords | PageAct::WordsDone | PageAct::RefundNow | PageAct::PinDone => None,
    }
}

/// How many lines of a story come before its newest page.
fn newest(of: usize) -> usize {
    of.saturating_sub(DetailPage::LINES)
}
