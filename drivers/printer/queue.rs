//! A printer with its thread: papers go in, what became of each comes out.
//!
//! Invariant: every order taken is answered by exactly one [`PrinterEvent::Done`], also when the printer is stopped; the
//! queue is bounded.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use quickpay_core::document::Document;
use quickpay_core::id::JobId;

use super::bitmap::Bitmap;
use super::escpos::{self, Drawer};
use super::fonts::Fonts;
use super::job::{PrintOutcome, Stage, Trouble};
use super::part::Part;
use super::port::PrinterKind;
use super::press::{self, Sheet};
use super::profile::Profile;
use crate::stop::{Stop, Stoppable};

/// Papers that may wait.
const QUEUE_ORDERS: usize = 64;
const LOOK_FOR_STOP_EVERY: Duration = Duration::from_millis(100);

/// A paper to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintOrder {
    /// Whose answer it will be.
    pub job: JobId,
    /// What it says.
    pub document: Document,
    /// Whether the cash drawer opens with it.
    pub drawer: Drawer,
    /// The dots that stand where the document has the shop's logo.
    pub logo: Option<Arc<Bitmap>>,
}

/// What a printer has to say about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterEvent {
    /// It got further.
    Stage(JobId, Stage),
    /// It is over.
    Done {
        /// Which job.
        job: JobId,
        /// What is known about the paper.
        outcome: PrintOutcome,
        /// Characters that stand as `?` or a box on it.
        missing: Vec<char>,
    },
}

/// A printer at work. Dropping it stops and joins its thread within a second; a paper under way is then unknown.
#[derive(Debug)]
pub struct RunningPrinter {
    orders: SyncSender<PrintOrder>,
    _thread: Stoppable,
}

impl RunningPrinter {
    /// Starts the thread of a printer. The sink is told, from that thread, what happens; `limit` is the longest that
    /// one job may take, paper changes included (a minute is usual).
    ///
    /// # Errors
    /// When no thread can be started. A printer that is not there is said per job.
    pub fn start(
        kind: PrinterKind,
        profile: Profile,
        limit: Duration,
        sink: impl FnMut(PrinterEvent) + Send + 'static,
    ) -> io::Result<RunningPrinter> {
        RunningPrinter::start_with(kind, profile, Fonts::none(), limit, sink)
    }

    /// The same, drawing with fonts what the printer has no characters for.
    ///
    /// # Errors
    /// As [`RunningPrinter::start`].
    pub fn start_with(
        kind: PrinterKind,
        profile: Profile,
        fonts: Fonts,
        limit: Duration,
        mut sink: impl FnMut(PrinterEvent) + Send + 'static,
    ) -> io::Result<RunningPrinter> {
        let (orders, waiting) = sync_channel(QUEUE_ORDERS);
        let thread = Stoppable::start("printer", move |stop| {
            let mut desk = Desk { kind, profile, fonts, limit, sink: &mut sink };
            desk.serve(&waiting, &stop);
        })?;
        Ok(RunningPrinter { orders, _thread: thread })
    }

    /// Hands an order over.
    ///
    /// # Errors
    /// Gives the order back, unprinted and unanswered, when too many wait.
    pub fn print(&self, order: PrintOrder) -> Result<(), PrintOrder> {
        match self.orders.try_send(order) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => Err(order),
        }
    }
}

struct Desk<'a> {
    kind: PrinterKind,
    profile: Profile,
    fonts: Fonts,
    limit: Duration,
    sink: &'a mut dyn FnMut(PrinterEvent),
}

impl Desk<'_> {
    fn serve(&mut self, waiting: &Receiver<PrintOrder>, stop: &Stop) {
        while !stop.is_asked() {
            match waiting.recv_timeout(LOOK_FOR_STOP_EVERY) {
                Ok(order) => self.print(&order, stop),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        for order in waiting.try_iter() {
            let outcome = PrintOutcome::NotSent(Trouble::Stopped);
            (self.sink)(PrinterEvent::Done { job: order.job, outcome, missing: Vec::new() });
        }
    }

    fn print(&mut self, order: &PrintOrder, stop: &Stop) {
        let job = order.job;
        let parts = Part::with_logo(&order.document, order.logo.as_deref());
        let encoded = escpos::encode_parts(&parts, &self.profile, &self.fonts, order.drawer);
        let Profile { answers, reports, port_status, .. } = self.profile;
        let sheet = Sheet { job, bytes: encoded.bytes, answers, reports, port_status, limit: self.limit };
        let sink = &mut *self.sink;
        let outcome =
            press::print(&self.kind, sheet, stop, &mut |stage| sink(PrinterEvent::Stage(job, stage)));
        tracing::debug!(%job, ?outcome, "paper");
        sink(PrinterEvent::Done { job, outcome, missing: encoded.missing });
    }
}
