//! What the till has said so far, for whoever waits for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quickpay_core::document::DocumentKind;
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::print::PrintStage;
use quickpay_core::view::View;

use crate::happening::{Happening, ReceiptLine, SaleLine};

/// All that was said.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) view: Option<View>,
    pub(super) sales: BTreeMap<SaleId, SaleLine>,
    pub(super) papers: Vec<ReceiptLine>,
    pub(super) refusals: Vec<String>,
    pub(super) ended: bool,
    /// Whoever waits is asked to give up.
    pub(super) given_up: bool,
}

impl Said {
    /// The kinds of all papers that came out.
    pub(super) fn printed(&self) -> Vec<DocumentKind> {
        let last: BTreeMap<JobId, &ReceiptLine> = self.papers.iter().map(|line| (line.job, line)).collect();
        let came_out = last.into_values().filter(|line| matches!(line.stage, PrintStage::Printed(_)));
        came_out.map(|line| line.kind).collect()
    }

    /// Whether every paper that was owed came to its end.
    pub(super) fn no_paper_is_owed(&self) -> bool {
        let last: BTreeMap<JobId, &ReceiptLine> = self.papers.iter().map(|line| (line.job, line)).collect();
        last.into_values().all(|line| line.stage.is_settled())
    }

    /// Whether waiting has no sense any more.
    pub(super) fn is_over(&self) -> bool {
        self.ended || self.given_up
    }
}

/// A shared ear.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    said: Arc<(Mutex<Said>, Condvar)>,
}

impl Watch {
    /// Notes one happening.
    pub(super) fn hear(&self, happening: Happening) {
        let mut said = self.lock();
        match happening {
            Happening::View(view, _) => said.view = Some(*view),
            Happening::Sale(line, _) => {
                said.sales.insert(line.sale, line);
            }
            Happening::Receipt(line) => said.papers.push(line),
            Happening::Refused { message, .. } => said.refusals.push(message),
            Happening::Error { message, .. } => {
                tracing::error!(message, "the till reports a fault");
            }
            Happening::Ready { .. } | Happening::Story(..) | Happening::List(..) => {}
            Happening::Shift(..) | Happening::Page(_) => {}
        }
        drop(said);
        self.said.1.notify_all();
    }

    /// The till has ended.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.said.1.notify_all();
    }

    /// Ends every wait, until [`Watch::wait_again`].
    pub(super) fn give_up(&self) {
        self.lock().given_up = true;
        self.said.1.notify_all();
    }

    /// Waits make sense again.
    pub(super) fn wait_again(&self) {
        self.lock().given_up = false;
    }

    /// Looks at what was said.
    pub(super) fn look<T>(&self, at: impl FnOnce(&Said) -> T) -> T {
        at(&self.lock())
    }

    /// Waits until something holds, and says whether it did in time.
    pub(super) fn until(&self, limit: Duration, holds: impl Fn(&Said) -> bool) -> bool {
        let end = Instant::now() + limit;
        let mut said = self.lock();
        loop {
            if holds(&said) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || said.is_over() {
                return false;
            }
            said = self.said.1.wait_timeout(said, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
