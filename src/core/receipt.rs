//! From the journal to paper: which document a job puts out, and the receipt of a paid sale with its marked copies.
//!
//! Invariant: only a paid attempt gives a receipt; a copy says what the receipt says now, under its mark.
//! Deliberately absent: payment codes (the journal has none), slips (`slips.rs`), columns and bytes.

use crate::attempt::{Attempt, Standing};
use crate::document::{Document, DocumentKind, Line, Style};
use crate::id::{IntentId, JobId, SaleId};
use crate::pen::Pen;
use crate::person::PersonName;
use crate::print::Sheet;
use crate::record::{Copy, Slip};
use crate::sale::Sale;
use crate::settings::Shown;
use crate::terminal::Terminal;
use crate::time::Moment;
use crate::words::PaperWord;

/// Whether and how a paper is marked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark<'a> {
    pub(crate) copy: Copy,
    /// When it was ordered; `None` for a paper that is only looked at.
    pub(crate) printed_at: Option<Moment>,
    /// Who ordered it.
    pub(crate) operator: Option<&'a PersonName>,
}

impl Mark<'_> {
    const LOOKED_AT: Mark<'static> = Mark { copy: Copy::Original, printed_at: None, operator: None };
}

impl Terminal {
    /// The paper of a print job.
    #[must_use]
    pub fn paper_of(&self, job: JobId) -> Option<Document> {
        let job = self.ledger.jobs().get(&job)?;
        let mark = Mark { copy: job.copy, printed_at: Some(job.queued_at), operator: job.operator.as_ref() };
        match job.sheet {
            Sheet::Receipt(attempt) => {
                let (sale, attempt) = self.ledger.attempt(attempt)?;
                Some(self.receipt(sale, attempt, &mark))
            }
            Sheet::Slip(Slip::Pending(attempt)) => {
                let (sale, attempt) = self.ledger.attempt(attempt)?;
                Some(self.pending_slip(sale, attempt, &mark))
            }
            Sheet::Slip(Slip::Reversal(attempt)) => {
                let (sale, attempt) = self.ledger.attempt(attempt)?;
                Some(self.reversal_slip(sale, attempt, &mark))
            }
            Sheet::Slip(Slip::Refund(refund)) => {
                let sale = self.ledger.sale(refund.sale)?;
                self.refund_slip(sale, sale.refund(refund)?, &mark)
            }
            Sheet::Slip(Slip::Test) => Some(self.test_page(job.queued_at)),
            Sheet::Slip(Slip::X(_)) => {
                let report = self.ledger.shifts.looks.get(&job.id)?;
                Some(self.shift_paper(report, DocumentKind::X, &mark))
            }
            Sheet::Slip(Slip::Z(shift)) => {
                let report = self.ledger.shifts.closed.get(&shift)?;
                Some(self.shift_paper(report, DocumentKind::Z, &mark))
            }
        }
    }

    /// The paper of a sale as it stands: its receipt when it is paid, otherwise a slip that says that it is not.
    #[must_use]
    pub fn paper_of_sale(&self, id: SaleId) -> Option<Document> {
        let sale = self.ledger.sale(id)?;
        let attempt = sale.paid_by().or_else(|| sale.latest())?;
        Some(match attempt.phase.standing() {
            Standing::Paid => self.receipt(sale, attempt, &Mark::LOOKED_AT),
            Standing::InDoubt => self.pending_slip(sale, attempt, &Mark::LOOKED_AT),
            Standing::Clear => self.reversal_slip(sale, attempt, &Mark::LOOKED_AT),
        })
    }

    /// Where a customer finds the electronic receipt of a paid attempt, if the shop has such a place.
    #[must_use]
    pub fn e_receipt_address(&self, attempt: &Attempt) -> Option<String> {
        let base = self.settings.paper.e_receipt_base.as_ref()?;
        Some(format!("{base}{}", attempt.order))
    }

    fn receipt(&self, sale: &Sale, attempt: &Attempt, mark: &Mark<'_>) -> Document {
        let mut pen = Pen::new(&self.settings);
        pen.copy_mark(mark);
        pen.head();
        pen.word(PaperWord::Sale, Style::Bold);
        pen.rule();
        pen.amount(PaperWord::Total, sale.amount.minor(), sale.amount.currency(), Style::Large);
        pen.word_pair(PaperWord::Paid, PaperWord::Yes);
        if let Some(intent) = attempt.phase.intent() {
            money_back(sale, intent, &mut pen);
        }
        pen.facts(sale, attempt, attempt.changed_at.wall, sale.cashier_of(attempt));
        pen.barcode(attempt.order.as_str());
        if let Some(address) = self.e_receipt_address(attempt).filter(|_| pen.shows(Shown::Qr)) {
            pen.space();
            pen.word(PaperWord::ElectronicReceipt, Style::Plain);
            pen.put(Line::Qr(address));
        }
        pen.footer();
        pen.legal();
        let kind = match mark.copy {
            Copy::Original => DocumentKind::Receipt,
            Copy::Number(_) => DocumentKind::Copy,
        };
        Document { kind, lines: pen.lines() }
    }
}

/// What of a payment went back, what is asked for and not confirmed, and what remains; nothing where nothing was asked for.
pub(crate) fn money_back(sale: &Sale, intent: &IntentId, pen: &mut Pen<'_>) {
    let currency = sale.amount.currency();
    let returned = sale.returned_of(intent);
    let of_intent = sale.refunds.iter().filter(|refund| refund.intent == *intent && refund.phase.is_open());
    let under_way: u64 = of_intent.map(|refund| refund.amount.minor()).sum();
    if returned > 0 {
        pen.amount(PaperWord::Refunded, returned, currency, Style::Bold);
    }
    if under_way > 0 {
        pen.amount(PaperWord::RefundUnderWay, under_way, currency, Style::Plain);
    }
    if returned > 0 || under_way > 0 {
        pen.amount(PaperWord::Remaining, sale.left_of(intent), currency, Style::Bold);
    }
    let owed: u64 = sale.refunds_owed.iter().map(|owed| sale.left_of(&owed.intent)).sum();
    if owed > 0 {
        pen.amount(PaperWord::RefundDue, owed, currency, Style::Bold);
    }
}
