//! Papers that are no receipts: of a sale in doubt, of one that was not paid, of money that went back, and the test page.
//!
//! Invariant: whatever is open says so at its head and thanks nobody; a refund is called one only when it is confirmed.
//! Deliberately absent: when a slip is printed (`papers_due.rs`).

use crate::attempt::{Attempt, Phase, Standing};
use crate::document::{Align, Document, DocumentKind, Line, Style};
use crate::id::IntentId;
use crate::pen::Pen;
use crate::receipt::{Mark, money_back};
use crate::refund::{Refund, RefundPhase};
use crate::sale::Sale;
use crate::settings::Shown;
use crate::terminal::Terminal;
use crate::time::Moment;
use crate::view::State;
use crate::words::PaperWord;

/// What a test page shows of each script; a person compares it with the picture in the manual.
const SCRIPTS: [&str; 9] = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
    "ÄÖÜäöüß éèêç ñ ŁŻŹ ğış",
    "Ελληνικά Русский Українська",
    "简体中文：示范商店，合计人民币",
    "繁體中文：臺灣收據總計",
    "日本語：ひらがな カタカナ 領収書",
    "한국어 영수증 합계",
    "ภาษาไทย ที่ปู่ · हिन्दी रसीद",
    "עברית קבלה · العربية إيصال",
];

impl Terminal {
    pub(crate) fn pending_slip(&self, sale: &Sale, attempt: &Attempt, mark: &Mark<'_>) -> Document {
        let mut pen = Pen::new(&self.settings);
        pen.mark(PaperWord::PendingHead);
        pen.rule();
        pen.copy_mark(mark);
        pen.head();
        pen.amount(PaperWord::Amount, sale.amount.minor(), sale.amount.currency(), Style::Large);
        pen.facts(sale, attempt, attempt.scanned_at.wall, sale.cashier_of(attempt));
        if let Some(printed_at) = mark.printed_at {
            pen.time(PaperWord::Printed, printed_at.wall);
        }
        pen.space();
        pen.sentence(PaperWord::MoneyReturns);
        pen.barcode(attempt.order.as_str());
        pen.legal();
        Document { kind: DocumentKind::Pending, lines: pen.lines() }
    }

    pub(crate) fn reversal_slip(&self, sale: &Sale, attempt: &Attempt, mark: &Mark<'_>) -> Document {
        let mut pen = Pen::new(&self.settings);
        let late = late_money(sale, attempt);
        let head = match &attempt.phase {
            _ if sale.stray().is_some() => PaperWord::PendingHead,
            Phase::Reversed { .. } => PaperWord::ReversedHead,
            Phase::Held | Phase::Expired { .. } | Phase::Declined { .. } => PaperWord::NotPaidHead,
            Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => PaperWord::PendingHead,
            Phase::Approved { .. } => PaperWord::Reversal, // of an attempt that was paid there is none
        };
        match late {
            Some(state) => pen.mark_state(state),
            None => pen.mark(head),
        }
        pen.not_a_receipt();
        pen.rule();
        pen.copy_mark(mark);
        pen.head();
        if head == PaperWord::ReversedHead && late.is_none() {
            pen.word(PaperWord::Reversal, Style::Bold);
        }
        pen.amount(PaperWord::Amount, sale.amount.minor(), sale.amount.currency(), Style::Large);
        for owed in &sale.refunds_owed {
            money_back(sale, &owed.intent, &mut pen);
        }
        pen.facts(sale, attempt, attempt.changed_at.wall, sale.cashier_of(attempt));
        if head == PaperWord::ReversedHead && late.is_none() {
            pen.space();
            pen.sentence(PaperWord::NothingPaid);
        }
        pen.barcode(attempt.order.as_str());
        pen.legal();
        Document { kind: DocumentKind::Reversal, lines: pen.lines() }
    }

    /// `None` for a refund of an attempt that is not there, which no journal holds.
    pub(crate) fn refund_slip(&self, sale: &Sale, refund: &Refund, mark: &Mark<'_>) -> Option<Document> {
        let attempt = sale.attempt(refund.attempt)?;
        let mut pen = Pen::new(&self.settings);
        pen.copy_mark(mark);
        pen.head();
        pen.word(PaperWord::Refund, Style::Bold);
        pen.rule();
        let currency = sale.amount.currency();
        pen.amount(PaperWord::Refund, refund.amount.minor(), currency, Style::Large);
        pen.amount(PaperWord::Paid, sale.received_by(&refund.intent), currency, Style::Plain);
        money_back(sale, &refund.intent, &mut pen);
        if pen.shows(Shown::RefundReason) && !refund.reason.is_empty() {
            pen.pair(PaperWord::Reason, refund.reason.clone(), Style::Plain);
        }
        pen.facts(sale, attempt, refund.changed_at.wall, refund.operator.as_ref());
        pen.person(PaperWord::ApprovedBy, refund.approver.as_ref());
        pen.pair(PaperWord::RefundNumber, refund.number.to_string(), Style::Plain);
        pen.space();
        pen.sentence(PaperWord::ToTheWalletThatPaid);
        pen.barcode(refund.number.as_str());
        pen.footer();
        pen.legal();
        Some(Document { kind: DocumentKind::Refund, lines: pen.lines() })
    }

    /// A page that shows what a printer makes of our papers: every script, each size, the number of columns, a barcode and a
    /// QR symbol.
    #[must_use]
    pub fn test_page(&self, printed_at: Moment) -> Document {
        let mut pen = Pen::new(&self.settings);
        pen.mark(PaperWord::TestHead);
        pen.rule();
        pen.head();
        pen.pair(PaperWord::Terminal, self.settings.terminal.to_string(), Style::Plain);
        pen.time(PaperWord::Printed, printed_at.wall);
        pen.rule();
        // As wide as any paper: where it breaks is the number of columns.
        let ruler: String = "1234567890".chars().cycle().take(64).collect();
        pen.text(ruler, Align::Left, Style::Plain);
        for text in SCRIPTS {
            pen.text(text, Align::Left, Style::Plain);
        }
        pen.text("Bold 加粗", Align::Left, Style::Bold);
        pen.text("Large 加大", Align::Left, Style::Large);
        for align in [Align::Left, Align::Centre, Align::Right] {
            pen.text("|<- 8.88 ->|", align, Style::Plain);
        }
        pen.amount(PaperWord::Amount, 8888, self.settings.currency, Style::Large);
        pen.space();
        // Neither an order id nor a payment code.
        let number = format!("TEST-{}", self.settings.terminal);
        pen.put(Line::Barcode(number.clone()));
        pen.put(Line::Qr(number));
        Document { kind: DocumentKind::Test, lines: pen.lines() }
    }
}

/// Where money stands that came for a sale after an attempt was given up; `None` when none came, or when some came astray and
/// the matter is open anyway.
fn late_money(sale: &Sale, attempt: &Attempt) -> Option<State> {
    let is_late = |intent: &IntentId| sale.refunds_owed.iter().any(|owed| owed.intent == *intent);
    if sale.refunds_owed.iter().any(|owed| sale.left_of(&owed.intent) > 0) {
        return Some(State::RefundDue);
    }
    if sale.stray().is_some() || sale.refunds_owed.is_empty() || attempt.phase.standing() != Standing::Clear {
        return None;
    }
    let of_late = sale.refunds.iter().filter(|refund| is_late(&refund.intent));
    let open: Vec<&RefundPhase> =
        of_late.map(|refund| &refund.phase).filter(|phase| phase.is_open()).collect();
    match open.as_slice() {
        [] => Some(State::Refunded),
        phases if phases.iter().any(|phase| matches!(phase, RefundPhase::Sent { .. })) => {
            Some(State::RefundSent)
        }
        _ => Some(State::RefundSaved),
    }
}
