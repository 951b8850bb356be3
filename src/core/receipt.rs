//! From the journal to paper: the receipt of a paid sale, its marked copies, and the slip of one that is not proven.
//!
//! Invariant: only a paid attempt gives a receipt; whatever is open says so at its head and thanks nobody.
//! Deliberately absent: payment codes (the journal has none), columns and bytes.

use crate::attempt::{Attempt, Standing};
use crate::document::{Align, Document, DocumentKind, Line, Style};
use crate::id::{JobId, SaleId};
use crate::record::Copy;
use crate::sale::Sale;
use crate::terminal::Terminal;
use crate::time::Moment;
use crate::words::{Language, PaperWord};

impl Terminal {
    /// The paper of a print job.
    #[must_use]
    pub fn paper_of(&self, job: JobId) -> Option<Document> {
        let job = self.ledger.jobs().get(&job)?;
        let (sale, attempt) = self.ledger.attempt(job.attempt)?;
        Some(self.receipt(sale, attempt, job.copy, job.queued_at))
    }

    /// The paper of a sale as it stands: its receipt when it is paid, otherwise a slip that says that it is not.
    #[must_use]
    pub fn paper_of_sale(&self, id: SaleId) -> Option<Document> {
        let sale = self.ledger.sale(id)?;
        match sale.paid_by() {
            Some(attempt) => Some(self.receipt(sale, attempt, Copy::Original, attempt.changed_at)),
            None => Some(self.pending_slip(sale, sale.latest()?)),
        }
    }

    fn receipt(&self, sale: &Sale, attempt: &Attempt, copy: Copy, printed_at: Moment) -> Document {
        let language = self.settings.language;
        let mut lines = Vec::new();
        if let Copy::Number(n) = copy {
            lines.push(centred(format!("{} {n}", PaperWord::Copy.text(language)), Style::Large));
            lines.push(centred(printed_at.wall.to_string(), Style::Plain));
            lines.push(Line::Rule);
        }
        self.head(&mut lines);
        lines.push(centred(PaperWord::Sale.text(language).to_owned(), Style::Bold));
        lines.push(Line::Rule);
        lines.push(Line::Pair {
            label: PaperWord::Total.text(language).to_owned(),
            value: sale.amount.to_string(),
            style: Style::Large,
        });
        lines.push(pair(PaperWord::Paid, PaperWord::Yes.text(language).to_owned(), language));
        self.facts(sale, attempt, &mut lines);
        lines.push(Line::Space);
        lines.push(Line::Barcode(attempt.order.to_string()));
        if !self.settings.paper.footer.is_empty() {
            lines.push(Line::Space);
        }
        for text in &self.settings.paper.footer {
            lines.push(centred(text.clone(), Style::Plain));
        }
        let kind = match copy {
            Copy::Original => DocumentKind::Receipt,
            Copy::Number(_) => DocumentKind::Copy,
        };
        Document { kind, lines }
    }

    fn pending_slip(&self, sale: &Sale, attempt: &Attempt) -> Document {
        let language = self.settings.language;
        let warning = match sale.standing() {
            Standing::InDoubt => PaperWord::PendingHead,
            Standing::Clear | Standing::Paid if !sale.refunds_owed.is_empty() => PaperWord::RefundDueHead,
            Standing::Clear | Standing::Paid => PaperWord::NotPaidHead,
        };
        let mut lines = vec![centred(warning.text(language).to_owned(), Style::Large), Line::Rule];
        self.head(&mut lines);
        lines.push(pair(PaperWord::Total, sale.amount.to_string(), language));
        self.facts(sale, attempt, &mut lines);
        lines.push(Line::Space);
        lines.push(Line::Barcode(attempt.order.to_string()));
        Document { kind: DocumentKind::Pending, lines }
    }

    fn head(&self, lines: &mut Vec<Line>) {
        lines.push(centred(self.settings.merchant.clone(), Style::Large));
        for text in &self.settings.paper.header {
            lines.push(centred(text.clone(), Style::Plain));
        }
        lines.push(Line::Space);
    }

    fn facts(&self, sale: &Sale, attempt: &Attempt, lines: &mut Vec<Line>) {
        let language = self.settings.language;
        let wallet = self.settings.wallet_name(&attempt.wallet, language);
        lines.push(pair(PaperWord::Wallet, wallet, language));
        lines.push(pair(PaperWord::Time, attempt.changed_at.wall.to_string(), language));
        lines.push(Line::Rule);
        lines.push(pair(PaperWord::Terminal, self.settings.terminal.to_string(), language));
        lines.push(pair(PaperWord::SaleNumber, sale.id.to_string(), language));
        lines.push(pair(PaperWord::Order, attempt.order.to_string(), language));
        if let Some(intent) = attempt.phase.intent() {
            lines.push(pair(PaperWord::Intent, intent.to_string(), language));
        }
        if let crate::attempt::Phase::Approved { wallet_reference: Some(reference), .. } = &attempt.phase {
            lines.push(pair(PaperWord::WalletReference, reference.clone(), language));
        }
    }
}

fn centred(text: String, style: Style) -> Line {
    Line::Text { text, align: Align::Centre, style }
}

fn pair(label: PaperWord, value: String, language: Language) -> Line {
    Line::Pair { label: label.text(language).to_owned(), value, style: Style::Plain }
}
