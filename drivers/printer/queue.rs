//! A printer with its thread: papers go in, what became of each comes out; and a look at it before there is one.
//!
//! Invariant: every order taken is answered by exactly one [`PrinterEvent::Done`], every look by one
//! [`PrinterEvent::Looked`], also when the printer is stopped; the queue is bounded.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use quickpay_core::document::Document;
use quickpay_core::id::JobId;

use super::bitmap::Bitmap;
use super::escpos::{self, Drawer};
use super::fonts::Fonts;
use super::job::{PrintOutcome, Stage, Trouble};
use super::part::Part;
use super::port::{Patience, PrinterKind};
use super::press::{self, Manner, Sheet, Way};
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
    /// Whether it would take a paper now, and what is in the way.
    Looked(Result<(), Trouble>),
}

/// What the thread is asked to do.
#[derive(Debug)]
enum Errand {
    Print(PrintOrder),
    Look,
}

/// A printer at work. Dropping it stops and joins its thread within a second; a paper under way is then unknown.
#[derive(Debug)]
pub struct RunningPrinter {
    errands: SyncSender<Errand>,
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
        let (errands, waiting) = sync_channel(QUEUE_ORDERS);
        let thread = Stoppable::start("printer", move |stop| {
            let mut desk = Desk { kind, profile, fonts, limit, sink: &mut sink, open: None };
            desk.serve(&waiting, &stop);
        })?;
        Ok(RunningPrinter { errands, _thread: thread })
    }

    /// Hands an order over.
    ///
    /// # Errors
    /// Gives the order back, unprinted and unanswered, when too many wait.
    pub fn print(&self, order: PrintOrder) -> Result<(), PrintOrder> {
        let back = match self.errands.try_send(Errand::Print(order)) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(errand) | TrySendError::Disconnected(errand)) => errand,
        };
        match back {
            Errand::Print(order) => Err(order),
            Errand::Look => Ok(()),
        }
    }

    /// Asks whether it would take a paper now. Returns whether the question was taken; it is then answered once.
    #[must_use]
    pub fn look(&self) -> bool {
        self.errands.try_send(Errand::Look).is_ok()
    }
}

struct Desk<'a> {
    kind: PrinterKind,
    profile: Profile,
    fonts: Fonts,
    limit: Duration,
    sink: &'a mut dyn FnMut(PrinterEvent),
    /// From a look that found all well, and when that was.
    open: Option<(Way, Instant)>,
}

impl Desk<'_> {
    fn serve(&mut self, waiting: &Receiver<Errand>, stop: &Stop) {
        while !stop.is_asked() {
            match waiting.recv_timeout(LOOK_FOR_STOP_EVERY) {
                Ok(Errand::Print(order)) => self.print(&order, stop),
                Ok(Errand::Look) => self.look(stop),
                Err(RecvTimeoutError::Timeout) => self.let_go(stop),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        for errand in waiting.try_iter() {
            (self.sink)(match errand {
                Errand::Print(order) => {
                    let outcome = PrintOutcome::NotSent(Trouble::Stopped);
                    PrinterEvent::Done { job: order.job, outcome, missing: Vec::new() }
                }
                Errand::Look => PrinterEvent::Looked(Err(Trouble::Stopped)),
            });
        }
    }

    fn look(&mut self, stop: &Stop) {
        self.open = None;
        let looked = press::look(&self.kind, self.manner(), stop);
        tracing::debug!(well = looked.is_ok(), "looked for the printer");
        let said = looked.map(|way| self.open = way.map(|way| (way, Instant::now())));
        (self.sink)(PrinterEvent::Looked(said));
    }

    /// No paper came for the printer that was found well.
    fn let_go(&mut self, stop: &Stop) {
        if let Some((way, _)) = self.open.take_if(|(_, since)| since.elapsed() >= press::KEPT_FOR)
            && let Err(error) = way.close(&Patience::new(press::KEPT_FOR, stop))
        {
            tracing::debug!(%error, "the printer that was looked at");
        }
    }

    fn manner(&self) -> Manner {
        let Profile { answers, reports, port_status, .. } = self.profile;
        Manner { answers, reports, port_status, limit: self.limit }
    }

    fn print(&mut self, order: &PrintOrder, stop: &Stop) {
        let job = order.job;
        let parts = Part::with_logo(&order.document, order.logo.as_deref());
        let encoded = escpos::encode_parts(&parts, &self.profile, &self.fonts, order.drawer);
        let sheet = Sheet { job, bytes: encoded.bytes, manner: self.manner() };
        let open = self.open.take().map(|(way, _)| way);
        let sink = &mut *self.sink;
        let outcome =
            press::print(&self.kind, open, sheet, stop, &mut |stage| sink(PrinterEvent::Stage(job, stage)));
        tracing::debug!(%job, ?outcome, "paper");
        sink(PrinterEvent::Done { job, outcome, missing: encoded.missing });
    }
}
