//! What all papers share: the shop's head, marks, facts of an attempt, in one language or two beside each other.
//!
//! Invariant: a mark that changes what a paper is stands in English and in a second language on every paper.
//! Deliberately absent: what a particular paper says (`receipt.rs`, `slips.rs`).

use crate::attempt::{Attempt, Phase};
use crate::document::{Align, Line, Style};
use crate::id::SaleId;
use crate::money::{Currency, decimal};
use crate::person::PersonName;
use crate::receipt::Mark;
use crate::record::Copy;
use crate::sale::Sale;
use crate::settings::{Settings, Shown};
use crate::time::WallTime;
use crate::view::State;
use crate::wallet::WalletId;
use crate::words::{Language, PaperWord};

/// Lines that a paper without a template of the shop has.
const USUAL_LINES: usize = 16;

/// Writes a paper from top to bottom.
pub(crate) struct Pen<'a> {
    settings: &'a Settings,
    languages: Vec<Language>,
    lines: Vec<Line>,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(settings: &'a Settings) -> Pen<'a> {
        let mut languages = settings.paper.languages.clone();
        if languages.is_empty() {
            languages.push(settings.language);
        }
        Pen { settings, languages, lines: Vec::with_capacity(USUAL_LINES) }
    }

    pub(crate) fn lines(self) -> Vec<Line> {
        self.lines
    }

    pub(crate) fn shows(&self, what: Shown) -> bool {
        self.settings.paper.show.contains(&what)
    }

    pub(crate) fn rule(&mut self) {
        self.lines.push(Line::Rule);
    }

    pub(crate) fn space(&mut self) {
        self.lines.push(Line::Space);
    }

    pub(crate) fn put(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub(crate) fn text(&mut self, text: impl Into<String>, align: Align, style: Style) {
        self.lines.push(Line::Text { text: text.into(), align, style });
    }

    /// In the paper's languages beside each other.
    pub(crate) fn word(&mut self, word: PaperWord, style: Style) {
        let text = self.beside(word, " / ");
        self.text(text, Align::Centre, style);
    }

    /// In the paper's languages below each other.
    pub(crate) fn sentence(&mut self, word: PaperWord) {
        let mut said = Vec::new();
        for language in &self.languages {
            let text = word.text(*language);
            if !said.contains(&text) {
                said.push(text);
            }
        }
        said.into_iter().for_each(|text| self.text(text, Align::Left, Style::Plain));
    }

    /// What a paper is, in English and a second language, whatever the paper's languages are.
    pub(crate) fn mark(&mut self, word: PaperWord) {
        for language in self.both() {
            self.text(word.text(language), Align::Centre, Style::Large);
        }
    }

    /// The word of a state as such a mark, which is the screen's.
    pub(crate) fn mark_state(&mut self, state: State) {
        for language in self.both() {
            self.text(state.word(language), Align::Centre, Style::Large);
        }
    }

    /// In both languages of the mark above it.
    pub(crate) fn not_a_receipt(&mut self) {
        let said = self.both().map(|language| PaperWord::NotAReceipt.text(language));
        self.text(said.join(" / "), Align::Centre, Style::Bold);
    }

    /// That this is a copy: which, when, from which terminal, and who made it.
    pub(crate) fn copy_mark(&mut self, mark: &Mark<'_>) {
        let (Some(printed_at), Copy::Number(number)) = (mark.printed_at, mark.copy) else { return };
        let [english, other] = self.both();
        let duplicate = PaperWord::Duplicate;
        self.text(format!("COPY {number}"), Align::Centre, Style::Large);
        let both = format!("{} / {}", duplicate.text(english), duplicate.text(other));
        self.text(both, Align::Centre, Style::Bold);
        let whence = format!("{}  {}", self.settings.terminal, printed_at.wall);
        self.text(whence, Align::Centre, Style::Plain);
        if let Some(person) = mark.operator {
            let copied = PaperWord::CopiedBy;
            let who = format!("{} / {}: {person}", copied.text(english), copied.text(other));
            self.text(who, Align::Centre, Style::Plain);
        }
        self.rule();
    }

    pub(crate) fn pair(&mut self, label: PaperWord, value: impl Into<String>, style: Style) {
        let label = self.beside(label, " ");
        self.lines.push(Line::Pair { label, value: value.into(), style });
    }

    pub(crate) fn word_pair(&mut self, label: PaperWord, value: PaperWord) {
        let value = self.beside(value, " ");
        self.pair(label, value, Style::Plain);
    }

    /// An amount, or a sum that may be above the largest one.
    pub(crate) fn amount(&mut self, label: PaperWord, minor: u64, currency: Currency, style: Style) {
        self.pair(label, format!("{currency} {}", decimal(minor, currency)), style);
    }

    /// A label with a count, and the amount of so many; less than nothing where money went out.
    pub(crate) fn counted(
        &mut self,
        label: PaperWord,
        count: u32,
        minor: i128,
        currency: Currency,
        style: Style,
    ) {
        let label = format!("{} × {count}", self.beside(label, " "));
        self.lines.push(Line::Pair { label, value: signed(minor, currency), style });
    }

    pub(crate) fn signed(&mut self, label: PaperWord, minor: i128, currency: Currency, style: Style) {
        self.pair(label, signed(minor, currency), style);
    }

    /// How many sales stand so.
    pub(crate) fn state(&mut self, state: State, count: u32, minor: u64, currency: Currency) {
        let label = format!("{} × {count}", self.state_word(state));
        let value = format!("{currency} {}", decimal(minor, currency));
        self.lines.push(Line::Pair { label, value, style: Style::Plain });
    }

    /// One sale and where it stands.
    pub(crate) fn named_state(&mut self, sale: SaleId, state: State, minor: u64, currency: Currency) {
        let label = format!("{sale} {}", self.state_word(state));
        let value = format!("{currency} {}", decimal(minor, currency));
        self.lines.push(Line::Pair { label, value, style: Style::Bold });
    }

    fn state_word(&self, state: State) -> String {
        unlike(self.languages.iter().map(|language| state.word(*language).to_owned()), " ")
    }

    /// A wallet's name at the left edge.
    pub(crate) fn wallet(&mut self, wallet: &WalletId) {
        let names = self.languages.iter().map(|language| self.settings.wallet_name(wallet, *language));
        let name = unlike(names, " ");
        self.text(name, Align::Left, Style::Bold);
    }

    /// A word at the left edge.
    pub(crate) fn word_left(&mut self, word: PaperWord, style: Style) {
        let text = self.beside(word, " / ");
        self.text(text, Align::Left, style);
    }

    pub(crate) fn time(&mut self, label: PaperWord, time: WallTime) {
        self.pair(label, time.to_string(), Style::Plain);
    }

    /// The shop.
    pub(crate) fn head(&mut self) {
        let settings = self.settings;
        if self.shows(Shown::Logo) {
            self.put(Line::Logo);
            self.space();
        }
        self.text(settings.merchant.clone(), Align::Centre, Style::Large);
        for text in settings.paper.store.iter().chain(&settings.paper.header) {
            self.text(text.clone(), Align::Centre, Style::Plain);
        }
        self.space();
    }

    /// Which attempt of which sale at which terminal by which wallet, and who stood there.
    pub(crate) fn facts(
        &mut self,
        sale: &Sale,
        attempt: &Attempt,
        time: WallTime,
        cashier: Option<&PersonName>,
    ) {
        let names =
            self.languages.iter().map(|language| self.settings.wallet_name(&attempt.wallet, *language));
        let wallet = unlike(names, " ");
        self.pair(PaperWord::Wallet, wallet, Style::Plain);
        self.time(PaperWord::Time, time);
        self.rule();
        self.pair(PaperWord::Terminal, self.settings.terminal.to_string(), Style::Plain);
        self.person(PaperWord::Cashier, cashier);
        if self.shows(Shown::SaleNumber) {
            self.pair(PaperWord::SaleNumber, sale.id.to_string(), Style::Plain);
        }
        self.pair(PaperWord::Order, attempt.order.to_string(), Style::Plain);
        if let Some(intent) = attempt.phase.intent().filter(|_| self.shows(Shown::GatewayId)) {
            self.pair(PaperWord::Intent, intent.to_string(), Style::Plain);
        }
        if let Phase::Approved { wallet_reference: Some(reference), .. } = &attempt.phase
            && self.shows(Shown::WalletId)
        {
            self.pair(PaperWord::WalletReference, reference.clone(), Style::Plain);
        }
    }

    /// A person, where one is known.
    pub(crate) fn person(&mut self, label: PaperWord, person: Option<&PersonName>) {
        if let Some(person) = person.filter(|_| self.shows(Shown::Cashier)) {
            self.pair(label, person.to_string(), Style::Plain);
        }
    }

    /// The number as a barcode; as text it stands among the facts.
    pub(crate) fn barcode(&mut self, number: &str) {
        if self.shows(Shown::Barcode) {
            self.space();
            self.put(Line::Barcode(number.to_owned()));
        }
    }

    pub(crate) fn footer(&mut self) {
        let paper = &self.settings.paper;
        if !paper.footer.is_empty() {
            self.space();
        }
        for text in &paper.footer {
            self.text(text.clone(), Align::Centre, Style::Plain);
        }
    }

    pub(crate) fn legal(&mut self) {
        let paper = &self.settings.paper;
        if !paper.legal.is_empty() {
            self.rule();
        }
        for text in &paper.legal {
            self.text(text.clone(), Align::Left, Style::Plain);
        }
    }

    /// English, and the first other language of this paper: Chinese where it has none.
    fn both(&self) -> [Language; 2] {
        let other = self.languages.iter().copied().find(|language| *language != Language::En);
        [Language::En, other.unwrap_or(Language::ZhCn)]
    }

    fn beside(&self, word: PaperWord, between: &str) -> String {
        match self.languages.as_slice() {
            [alone] => word.text(*alone).to_owned(),
            several => unlike(several.iter().map(|language| word.text(*language).to_owned()), between),
        }
    }
}

fn signed(minor: i128, currency: Currency) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let size = u64::try_from(minor.unsigned_abs()).unwrap_or(u64::MAX);
    format!("{sign}{currency} {}", decimal(size, currency))
}

/// Texts beside each other, the same one only once.
fn unlike(texts: impl Iterator<Item = String>, between: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for text in texts {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.join(between)
}
