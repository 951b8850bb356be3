//! What the loop tells its listener: sales and papers that changed, then the view.
//!
//! Invariant: a row is told when it differs from what was told last, and never twice the same.

use std::collections::BTreeSet;

use quickpay_core::id::{JobId, SaleId};
use quickpay_core::refusal::Refusal;
use quickpay_core::sale::Sale;
use quickpay_core::time::Moment;
use quickpay_core::view::{Device, View};

use super::EventLoop;
use crate::happening::{Happening, Tag};
use crate::lookup;
use crate::receipt_files::{FiledReceipt, PlaceInTime};

impl EventLoop {
    /// Tells what changed: sales, papers, then the view; the view also when a request waits for it.
    pub(super) fn publish(&mut self, tag: Option<Tag>) {
        let now = self.clock.now();
        if self.notice.as_ref().is_some_and(|(_, until)| *until <= now.mono) {
            self.notice = None;
        }
        self.publish_sales(now);
        self.publish_papers();
        let mut view = self.terminal.view(now, self.language);
        self.remark_of_the_printer(&view);
        view.notice = match self.fault.as_ref().or(self.unsound.as_ref()) {
            Some(_) => Some(Refusal::StorageFault.message(self.language, "")),
            None => self.notice.as_ref().map(|(message, _)| message.clone()),
        };
        let changed = self.shown.as_ref().is_none_or(|shown| !lookup::looks_the_same(shown, &view));
        if changed || tag.is_some() {
            let tag = tag.filter(|tag| !tag.is_null());
            self.tell(Happening::View(Box::new(view.clone()), tag));
            self.shown = Some(view);
        }
        self.publish_page(now);
    }

    /// What there is to say of the printer is also remarked once, where a person looks; a paper that was only sent is not.
    fn remark_of_the_printer(&mut self, view: &View) {
        let said = self.shown.as_ref().and_then(|shown| shown.printer_line.as_ref());
        let trouble = view.printer != Device::Ready;
        if let Some(line) = view.printer_line.as_ref().filter(|line| trouble && Some(*line) != said) {
            self.remark(line.clone());
        }
    }

    fn publish_sales(&mut self, now: Moment) {
        let ledger = self.terminal.ledger();
        let open = ledger.open_sales().map(|sale| sale.id);
        let told = self.told_sales.keys().copied();
        let newest = ledger.sales().last_key_value().map(|(id, _)| *id);
        let ids: BTreeSet<SaleId> = open.chain(told).chain(newest).collect();
        let lines: Vec<_> = ids
            .into_iter()
            .filter_map(|id| ledger.sale(id))
            .filter_map(|sale| Some((sale.is_open(), lookup::sale_line(&self.terminal, sale, now)?)))
            .collect();
        for (open, line) in lines {
            let sale = line.sale;
            if self.told_sales.get(&sale) != Some(&line) {
                self.file_receipt(sale);
                self.tell(Happening::Sale(line.clone(), None));
            }
            if open || Some(sale) == newest {
                self.told_sales.insert(sale, line);
            } else {
                self.told_sales.remove(&sale);
            }
        }
    }

    /// Hands the receipt of a paid sale to whoever writes electronic ones: it was paid, or part of it went back.
    fn file_receipt(&self, id: SaleId) {
        let Some(receipts) = &self.receipts else { return };
        let ledger = self.terminal.ledger();
        let Some(paid) = ledger.sale(id).and_then(Sale::paid_by) else { return };
        let Some(document) = self.terminal.paper_of_sale(id) else { return };
        let last = ledger.sales().values().rev().find(|sale| sale.paid_by().is_some());
        let is_last = last.is_some_and(|last| last.id == id);
        let place = if is_last { PlaceInTime::Last } else { PlaceInTime::Earlier };
        receipts.write(FiledReceipt { order: paid.order.clone(), document, place });
    }

    fn publish_papers(&mut self) {
        let ledger = self.terminal.ledger();
        let last = ledger.jobs().last_key_value().map(|(id, _)| *id);
        let told = self.told_jobs.keys().copied();
        let ids: BTreeSet<JobId> = ledger.open_jobs().map(|job| job.id).chain(told).chain(last).collect();
        for id in ids {
            let Some(job) = self.terminal.ledger().jobs().get(&id).cloned() else { continue };
            if self.told_jobs.get(&id) == Some(&job.stage) {
                continue;
            }
            if let Some(line) = lookup::receipt_line(&self.terminal, &job, self.columns) {
                self.tell(Happening::Receipt(line));
            }
            self.told_jobs.insert(id, job.stage);
        }
        let keep = |id: &JobId| Some(*id) == last;
        self.told_jobs.retain(|id, stage| keep(id) || !stage.is_settled());
    }

    pub(super) fn tell(&mut self, happening: Happening) {
        (self.listener)(happening);
    }
}
