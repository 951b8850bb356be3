//! From the terminal to the screens beside SALE: rows, facts, stories, and the acts that would be taken.
//!
//! Invariant: an act is offered exactly when the terminal would take it now ([`Terminal::acts_of`]).
//! Deliberately absent: which page is open, and anything that changes the terminal.

use std::collections::BTreeSet;

use crate::acts::{LeftToRefund, Parts};
use crate::id::SaleId;
use crate::input::Input;
use crate::money::{Money, decimal};
use crate::page::{
    Choice, DetailPage, PageAct, Part, RefundDraft, RefundPage, RefundReason, RefundStep, SaleRow, StoryLine,
};
use crate::record::{Entry, records_of};
use crate::refund::RefundPhase;
use crate::refusal::Refusal;
use crate::sale::Sale;
use crate::terminal::Terminal;
use crate::time::{Moment, WallTime};
use crate::words::{Language, PageWord};

impl Terminal {
    /// A sale as a row; `None` only for one without attempts, which no journal holds.
    #[must_use]
    pub fn row_of(&self, sale: &Sale, now: Moment, language: Language) -> Option<SaleRow> {
        let state = self.shown_as(sale, now);
        Some(SaleRow {
            sale: sale.id,
            when: when(sale.opened_at.wall, now.wall, Clock::Minutes),
            amount: sale.amount.decimal(),
            state,
            word: state.word(language).to_owned(),
            order: sale.latest()?.order.to_string(),
        })
    }

    /// What may be done with a sale now, as keys.
    #[must_use]
    pub fn choices_about(&self, id: SaleId, now: Moment, language: Language) -> Vec<Choice> {
        let Some(acts) = self.acts_of(now, id) else { return Vec::new() };
        let offered = [
            (PageAct::Resume, "F4", acts.resume.is_ok()),
            (PageAct::CheckAgain, "F5", acts.check_again.is_ok()),
            (PageAct::Reprint, "F1", acts.reprint.is_ok()),
            (PageAct::Slip, "F11", acts.slip.is_ok()),
            (PageAct::Refund, "F3", acts.refund.is_ok()),
        ];
        let offered = offered.into_iter().filter(|(_, _, taken)| *taken);
        let mut choices: Vec<Choice> =
            offered.map(|(act, shortcut, _)| choice(act, shortcut, language)).collect();
        // One question at a time.
        if let Some(refund) = acts.to_settle.first() {
            choices.push(choice(PageAct::CameBack(*refund), "Y", language));
            choices.push(choice(PageAct::DidNotComeBack(*refund), "N", language));
        } else if acts.put_right.is_ok() {
            choices.push(choice(PageAct::PutRight, "Y", language));
        }
        choices
    }

    /// A sale with its story, from this line of the story on; acts only for one that the terminal holds.
    #[must_use]
    pub fn detail_of(
        &self,
        sale: &Sale,
        entries: &[Entry],
        skipped: usize,
        now: Moment,
        language: Language,
    ) -> DetailPage {
        let state = self.shown_as(sale, now);
        let records = records_of(sale.id, entries);
        let day = sale.opened_at.wall;
        let story: Vec<StoryLine> = records
            .iter()
            .skip(skipped)
            .take(DetailPage::LINES)
            .map(|(at, record)| StoryLine {
                when: when(*at, day, Clock::Seconds),
                text: record.told(&self.settings, language),
            })
            .collect();
        let acts = self.acts_of(now, sale.id);
        let settle = acts.as_ref().and_then(|acts| acts.to_settle.first());
        let asks = match settle.and_then(|refund| sale.refund(*refund)) {
            Some(refund) => {
                let text = PageWord::DidItComeBack.text(language);
                let text = text.replace("{refund}", refund.number.as_str());
                Some(text.replace("{amount}", &refund.amount.to_string()))
            }
            None if acts.is_some_and(|acts| acts.put_right.is_ok()) => {
                Some(PageWord::PutItRight.text(language).to_owned())
            }
            None => None,
        };
        DetailPage {
            sale: sale.id,
            amount: sale.amount.to_string(),
            state,
            word: state.word(language).to_owned(),
            facts: self.facts_of(sale, language),
            part: Part::of(skipped, story.len(), records.len()),
            story,
            asks,
            choices: self.choices_about(sale.id, now, language),
            cursor: None,
        }
    }

    /// How many lines the story of a sale has.
    #[must_use]
    pub fn story_length(&self, id: SaleId, entries: &[Entry]) -> usize {
        records_of(id, entries).len()
    }

    fn facts_of(&self, sale: &Sale, language: Language) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        let mut fact = |word: PageWord, value: String| facts.push((word.text(language).to_owned(), value));
        if let Some(latest) = sale.latest() {
            fact(PageWord::Order, latest.order.to_string());
            fact(PageWord::Wallet, self.settings.wallet_name(&latest.wallet, language));
        }
        let at = sale.opened_at.wall;
        fact(PageWord::RungUpAt, format!("{} {}", at.date(), at.clock()));
        if let Some(intent) = sale.latest().and_then(|latest| latest.phase.intent()) {
            fact(PageWord::Intent, intent.to_string());
        }
        let currency = sale.amount.currency();
        let sum = |of: fn(&RefundPhase) -> bool| -> u64 {
            let refunds = sale.refunds.iter().filter(|refund| of(&refund.phase));
            refunds.map(|refund| refund.amount.minor()).sum()
        };
        let returned = sum(|phase| *phase == RefundPhase::Confirmed);
        let under_way = sum(RefundPhase::is_open);
        let left = left_of(sale);
        let money = |minor: u64| format!("{currency} {}", decimal(minor, currency));
        if returned > 0 {
            fact(PageWord::Refunded, money(returned));
        }
        if under_way > 0 {
            fact(PageWord::RefundUnderWay, money(under_way));
        }
        if left > 0 {
            fact(PageWord::Left, money(left));
        }
        if sale.copies > 0 {
            fact(PageWord::Copies, sale.copies.to_string());
        }
        facts
    }

    /// A refund in the making; `None` for a sale that the terminal does not hold.
    #[must_use]
    pub fn refund_page(&self, draft: &RefundDraft, now: Moment, language: Language) -> Option<RefundPage> {
        let sale = self.ledger.sale(draft.sale)?;
        let label = |word: PageWord| word.text(language).to_owned();
        let mut facts = vec![
            (label(PageWord::Order), sale.latest().map_or_else(String::new, |it| it.order.to_string())),
            (label(PageWord::Amount), sale.amount.to_string()),
        ];
        let offered = self.acts_of(now, draft.sale)?.refund;
        if let Ok(LeftToRefund { left, .. }) = &offered {
            facts.push((label(PageWord::Left), left.to_string()));
        }
        let (asks, choices) = match (&offered, draft.step) {
            (Err(refusal), _) => (refusal.message(language, ""), Vec::new()),
            (Ok(offer), RefundStep::Amount) => self.amounts(draft, *offer, now, language),
            (Ok(_), RefundStep::Reason) => (String::new(), reasons(language)),
            (Ok(_), RefundStep::Words) if draft.typed.trim().is_empty() => (String::new(), Vec::new()),
            (Ok(_), RefundStep::Words) => {
                (String::new(), vec![choice(PageAct::WordsDone, "Enter", language)])
            }
            (Ok(_), RefundStep::Pin) if draft.typed.is_empty() => (String::new(), Vec::new()),
            (Ok(_), RefundStep::Pin) => (String::new(), vec![choice(PageAct::PinDone, "Enter", language)]),
            (Ok(offer), RefundStep::Confirm) => {
                facts.push((label(PageWord::Reason), draft.reason.clone()));
                let amount = draft.amount.unwrap_or(offer.left);
                match self.would_refund(now, draft.input()) {
                    Ok(()) => (String::new(), vec![of(PageAct::RefundNow, "F8", amount, language)]),
                    Err(refusal) => (refusal.message(language, ""), Vec::new()),
                }
            }
        };
        let asks = if asks.is_empty() { draft.step.question(language).to_owned() } else { asks };
        let typed = draft.typed.clone();
        let parts = offered.map_or(Parts::WholeOnly, |offer| offer.parts);
        let types =
            draft.step == RefundStep::Words || draft.step == RefundStep::Amount && parts == Parts::Allowed;
        Some(RefundPage { sale: sale.id, step: draft.step, asks, facts, typed, types, choices, cursor: None })
    }

    /// The page that asks a manager for the PIN behind a word about a sale's money; `None` when that word is no longer
    /// asked for. Of the PIN only its length is typed, as asterisks.
    #[must_use]
    pub fn approval_page(
        &self,
        id: SaleId,
        word: PageAct,
        typed: &str,
        now: Moment,
        language: Language,
    ) -> Option<RefundPage> {
        let sale = self.ledger.sale(id)?;
        let offered = self.choices_about(id, now, language).into_iter().find(|choice| choice.act == word)?;
        let label = |word: PageWord| word.text(language).to_owned();
        let mut facts = vec![
            (label(PageWord::Order), sale.latest().map_or_else(String::new, |it| it.order.to_string())),
            (label(PageWord::Amount), sale.amount.to_string()),
        ];
        let about = match word {
            PageAct::CameBack(refund) | PageAct::DidNotComeBack(refund) => sale.refund(refund),
            PageAct::Reprint | PageAct::Slip | PageAct::CheckAgain | PageAct::Resume => None,
            PageAct::Refund | PageAct::PutRight | PageAct::All | PageAct::Typed => None,
            PageAct::Because(_) | PageAct::OwnWords | PageAct::WordsDone => None,
            PageAct::RefundNow | PageAct::PinDone => None,
        };
        if let Some(refund) = about {
            facts.push((label(PageWord::Refund), format!("{} · {}", refund.number, refund.amount)));
        }
        if let Some((_, stray)) = sale.stray().filter(|_| word == PageAct::PutRight) {
            facts.push((label(PageWord::Astray), stray.told.clone()));
        }
        facts.push((label(PageWord::YourWord), offered.label.clone()));
        let choices = match typed {
            "" => Vec::new(),
            _ => vec![Choice { act: PageAct::PinDone, label: offered.label, shortcut: "Enter" }],
        };
        Some(RefundPage {
            sale: id,
            step: RefundStep::Pin,
            asks: RefundStep::Pin.question(language).to_owned(),
            facts,
            typed: typed.to_owned(),
            types: false,
            choices,
            cursor: None,
        })
    }

    /// Whether nothing but a manager's PIN is missing.
    fn would_refund(&self, now: Moment, input: Input) -> Result<(), Refusal> {
        match self.decide_on(now, input) {
            Ok(_) | Err(Refusal::ManagerNeeded) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// The amounts to choose from, and what is wrong with the typed one, if anything is.
    fn amounts(
        &self,
        draft: &RefundDraft,
        offer: LeftToRefund,
        now: Moment,
        language: Language,
    ) -> (String, Vec<Choice>) {
        let mut choices = vec![of(PageAct::All, "F8", offer.left, language)];
        let asks = match self.typed_amount(draft, now) {
            None if offer.parts == Parts::WholeOnly => PageWord::WholeOnly.text(language).to_owned(),
            None => String::new(),
            Some(Ok(amount)) => {
                choices.push(of(PageAct::Typed, "Enter", amount, language));
                String::new()
            }
            Some(Err(refusal)) => refusal.message(language, ""),
        };
        (asks, choices)
    }

    /// The typed amount, if it would be taken; `None` while nothing is typed.
    #[must_use]
    pub fn typed_amount(&self, draft: &RefundDraft, now: Moment) -> Option<Result<Money, Refusal>> {
        let text = draft.typed.trim_end_matches('.');
        if text.is_empty() {
            return None;
        }
        let amount = Money::parse(text, self.settings.currency).map_err(Refusal::from);
        Some(
            amount.and_then(|amount| {
                self.would_refund(now, asked(draft.sale, Some(amount), "")).map(|()| amount)
            }),
        )
    }
}

impl RefundDraft {
    /// What it asks for, once a person has confirmed it.
    #[must_use]
    pub fn input(&self) -> Input {
        asked(self.sale, self.amount, &self.reason)
    }
}

fn asked(sale: SaleId, amount: Option<Money>, reason: &str) -> Input {
    let (amount, reason) = (amount.map(Money::decimal), reason.to_owned());
    Input::RefundAsked { sale, amount, reason, approver: None }
}

/// A key with the amount it is about.
fn of(act: PageAct, shortcut: &'static str, amount: Money, language: Language) -> Choice {
    Choice { act, label: format!("{}: {amount}", act.label(language)), shortcut }
}

fn reasons(language: Language) -> Vec<Choice> {
    let keys = RefundReason::ALL.into_iter().zip(["1", "2", "3", "4", "5"]);
    let own = choice(PageAct::OwnWords, "6", language);
    keys.map(|(reason, key)| choice(PageAct::Because(reason), key, language)).chain([own]).collect()
}

fn choice(act: PageAct, shortcut: &'static str, language: Language) -> Choice {
    Choice { act, label: act.label(language).to_owned(), shortcut }
}

/// What is left to refund of all that came, in minor units.
fn left_of(sale: &Sale) -> u64 {
    let owed = sale.refunds_owed.iter().map(|owed| &owed.intent);
    let paid = sale.paid_by().and_then(|attempt| attempt.phase.intent());
    let intents: BTreeSet<_> = owed.chain(paid).collect();
    intents.into_iter().map(|intent| sale.left_of(intent)).sum()
}

/// How exactly a time is told.
#[derive(Clone, Copy)]
enum Clock {
    Minutes,
    Seconds,
}

/// The time alone on the same day, with month and day in the same year, else with the whole date.
fn when(at: WallTime, today: WallTime, exact: Clock) -> String {
    let time = match exact {
        Clock::Minutes => at.clock(),
        Clock::Seconds => format!("{}:{:02}", at.clock(), at.civil().second),
    };
    let (date, this) = (at.date(), today.date());
    if date == this {
        return time;
    }
    let same_year = date.get(..4) == this.get(..4);
    let shown = if same_year { date.get(5..).unwrap_or(&date) } else { &date };
    format!("{shown} {time}")
}
