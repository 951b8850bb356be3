//! Answers to questions that change nothing: rows of sales and papers, the story of one sale, whether two views look
//! the same.

use quickpay_core::id::SaleId;
use quickpay_core::print::PrintJob;
use quickpay_core::record::{Entry, records_of};
use quickpay_core::refund::{Refund, RefundPhase};
use quickpay_core::sale::Sale;
use quickpay_core::settings::Settings;
use quickpay_core::terminal::Terminal;
use quickpay_core::time::Moment;
use quickpay_core::view::{Countdown, View};
use quickpay_drivers::printer::text::plain_text;

use crate::happening::{ReceiptLine, SaleLine, StoryLine};
use crate::story;

/// A sale as a row; `None` only for a sale without attempts, which no journal holds.
#[must_use]
pub fn sale_line(terminal: &Terminal, sale: &Sale, now: Moment) -> Option<SaleLine> {
    let latest = sale.latest()?;
    Some(SaleLine {
        sale: sale.id,
        order: latest.order.clone(),
        state: terminal.state_of(sale, now),
        attempt: latest.id.to_string(),
        amount_minor: sale.amount.minor(),
        currency: sale.amount.currency(),
        refunded_minor: sale.refunds.iter().map(returned_by).sum(),
        refunds_asked: terminal.parked_of(sale, now).map(|refund| refund.id).collect(),
        intent: latest.phase.intent().map(ToString::to_string),
        opened_at: sale.opened_at.wall,
    })
}

/// What a refund has given back.
fn returned_by(refund: &Refund) -> u64 {
    if refund.phase == RefundPhase::Confirmed { refund.amount.minor() } else { 0 }
}

/// A paper as a row.
#[must_use]
pub fn receipt_line(terminal: &Terminal, job: &PrintJob, columns: u16) -> Option<ReceiptLine> {
    let document = terminal.paper_of(job.id)?;
    Some(ReceiptLine {
        sale: job.sheet.sale(),
        job: job.id,
        kind: document.kind,
        copy: job.copy,
        stage: job.stage,
        text: plain_text(&document, columns),
    })
}

/// The story of a sale from its entries, its papers included.
#[must_use]
pub fn story(id: SaleId, entries: &[Entry], settings: &Settings) -> Vec<StoryLine> {
    let lines = records_of(id, entries).into_iter();
    lines.map(|(at, record)| StoryLine { at, record: story::tell(record, settings) }).collect()
}

/// Whether a person would see any difference: a countdown counts by whole seconds.
#[must_use]
pub fn looks_the_same(one: &View, other: &View) -> bool {
    let seconds = |countdown: &Option<Countdown>| countdown.as_ref().map(|left| left.left_ms.div_ceil(1000));
    if seconds(&one.countdown) != seconds(&other.countdown) {
        return false;
    }
    let mut aligned = one.clone();
    aligned.countdown = other.countdown;
    aligned == *other
}
