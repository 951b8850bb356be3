//! The papers of a shift: X, Z, and the hand-over list that is a part of both.
//!
//! Invariant: what is open stands on the paper by name, under its state's own word, and what is in doubt is never added
//! to what was paid.
//! Deliberately absent: counting (`figures.rs`).

use crate::document::{Align, Document, DocumentKind, Line, Style};
use crate::figures::{Flow, Flows, Sum, total};
use crate::pen::Pen;
use crate::receipt::Mark;
use crate::shift::{OpenSale, ShiftReport};
use crate::terminal::Terminal;
use crate::view::State;
use crate::words::PaperWord;

/// A line to sign on: as long as the narrowest paper.
const SIGN_HERE: &str = "______________________________";

/// Digits of the journal's head in a line: as many as the narrowest paper has columns.
const IN_A_LINE: usize = 32;

impl Terminal {
    pub(crate) fn shift_paper(&self, report: &ShiftReport, kind: DocumentKind, mark: &Mark<'_>) -> Document {
        let mut pen = Pen::new(&self.settings);
        pen.copy_mark(mark);
        pen.head();
        let (head, until) = if kind == DocumentKind::Z {
            (PaperWord::ZReport, PaperWord::Closed)
        } else {
            (PaperWord::XReport, PaperWord::SoFar)
        };
        pen.word(head, Style::Large);
        pen.rule();
        pen.pair(PaperWord::Shift, report.number.to_string(), Style::Large);
        pen.pair(PaperWord::Terminal, self.settings.terminal.to_string(), Style::Plain);
        pen.time(PaperWord::Opened, report.opened_at.wall);
        pen.person(PaperWord::Cashier, report.opened_by.as_ref());
        pen.time(until, report.taken_at.wall);
        let other = report.taken_by.as_ref().filter(|by| Some(*by) != report.opened_by.as_ref());
        pen.person(PaperWord::Cashier, other);
        let figures = &report.figures;
        self.flows(PaperWord::SalesOfThisShift, &figures.own, &mut pen);
        self.flows(PaperWord::FromEarlier, &figures.earlier, &mut pen);
        self.flows(PaperWord::OutsideShifts, &figures.outside, &mut pen);
        let all = [&figures.own, &figures.earlier, &figures.outside].map(total);
        pen.rule();
        self.net(PaperWord::Net, all.into_iter().fold(Flow::default(), Flow::plus), Style::Large, &mut pen);
        pen.rule();
        pen.word(PaperWord::ByState, Style::Bold);
        for (state, sum) in &figures.states {
            pen.state(*state, sum.count, sum.minor, self.settings.currency);
        }
        self.sum(PaperWord::AllSales, figures.begun(), Style::Bold, &mut pen);
        pen.rule();
        self.sum(PaperWord::InDoubt, report.in_doubt(), Style::Bold, &mut pen);
        self.sum(PaperWord::Abandoned, figures.in_state(State::Expired), Style::Plain, &mut pen);
        pen.pair(PaperWord::Copies, figures.copies.to_string(), Style::Plain);
        if !report.open.is_empty() {
            hand_over(report, &mut pen);
        }
        if let Some(head) = &report.head {
            pen.rule();
            pen.pair(PaperWord::JournalEntry, head.seq.to_string(), Style::Plain);
            let digits: Vec<char> = head.chain.chars().collect();
            for line in digits.chunks(IN_A_LINE) {
                pen.text(line.iter().collect::<String>(), Align::Left, Style::Plain);
            }
        }
        Document { kind, lines: pen.lines() }
    }

    /// What each wallet brought and took back, and the sum where there are several.
    fn flows(&self, head: PaperWord, flows: &Flows, pen: &mut Pen<'_>) {
        if flows.is_empty() {
            return;
        }
        pen.rule();
        pen.word(head, Style::Bold);
        for (wallet, flow) in flows {
            pen.wallet(wallet);
            self.flow(*flow, pen);
        }
        if flows.len() > 1 {
            pen.word_left(PaperWord::Total, Style::Bold);
            self.flow(total(flows), pen);
        }
    }

    fn flow(&self, flow: Flow, pen: &mut Pen<'_>) {
        self.sum(PaperWord::Sales, flow.sales, Style::Plain, pen);
        if flow.late.count > 0 {
            self.sum(PaperWord::LateMoney, flow.late, Style::Plain, pen);
        }
        let currency = self.settings.currency;
        let Sum { count, minor } = flow.refunds;
        pen.counted(PaperWord::Refunds, count, -i128::from(minor), currency, Style::Plain);
        self.net(PaperWord::Net, flow, Style::Bold, pen);
        if flow.unpaid.count > 0 {
            self.sum(PaperWord::EndedUnpaid, flow.unpaid, Style::Plain, pen);
        }
    }

    fn sum(&self, label: PaperWord, sum: Sum, style: Style, pen: &mut Pen<'_>) {
        pen.counted(label, sum.count, i128::from(sum.minor), self.settings.currency, style);
    }

    fn net(&self, label: PaperWord, flow: Flow, style: Style, pen: &mut Pen<'_>) {
        pen.signed(label, i128::from(flow.net_minor()), self.settings.currency, style);
    }
}

/// What the next cashier takes over, a line to sign for each of both.
fn hand_over(report: &ShiftReport, pen: &mut Pen<'_>) {
    pen.rule();
    pen.mark(PaperWord::HandOverHead);
    pen.sentence(PaperWord::DoNotChargeAgain);
    for sale in &report.open {
        pen.space();
        open_sale(sale, pen);
    }
    for who in [PaperWord::HandedOverBy, PaperWord::TakenOverBy] {
        pen.space();
        pen.word_left(who, Style::Plain);
        pen.put(Line::Space);
        pen.text(SIGN_HERE, Align::Left, Style::Plain);
    }
}

fn open_sale(sale: &OpenSale, pen: &mut Pen<'_>) {
    let OpenSale { sale: id, shift, amount, state, standing: _, since, order } = sale;
    pen.named_state(*id, *state, amount.minor(), amount.currency());
    pen.time(PaperWord::Since, *since);
    pen.pair(PaperWord::Order, order.to_string(), Style::Plain);
    if let Some(shift) = shift {
        pen.pair(PaperWord::BegunInShift, shift.to_string(), Style::Plain);
    }
}
