//! THE loop: input, decide, commit, dispatch, show.
//!
//! Invariant: everything that changes the terminal passes here, one thing at a time; the journal's order is the
//! order of history. Deliberately absent: deciding (the core), doing (the workers), drawing (the listener).

mod check;
mod leafing;
mod past;
mod people;
mod publish;
mod shifts;

use std::collections::BTreeMap;
use std::time::Duration;

use quickpay_core::decision::CommitError;
use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::Input;
use quickpay_core::page::Page;
use quickpay_core::print::{PrintJob, PrintStage};
use quickpay_core::refusal::Refusal;
use quickpay_core::terminal::Terminal;
use quickpay_core::time::{Moment, Monotonic};
use quickpay_core::view::View;
use quickpay_core::words::Language;
use quickpay_drivers::scanner::Discard;
use quickpay_store::{Health, Store};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::arrival::{Arrival, Request, Which};
use crate::clock::Clock;
use crate::happening::{Completeness, Happening, SaleLine, Tag};
use crate::headless::BadRequest;
use crate::lookup;
use crate::pages::Pages;
use crate::pin_desk::{PinDesk, PinHolder};
use crate::receipt_files::ReceiptWriter;
use crate::typing::{Meant, Typing};
use crate::workers::Workers;

/// Nothing is waited for longer than this: a suspended machine wakes to due work at once.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long a remark stays on the screen.
const NOTICE_FOR: Duration = Duration::from_secs(4);
/// What a stop waits for answers under way; a stop as a whole takes 2 s at most (contract of the commands).
const LAST_WAIT: Duration = Duration::from_millis(1200);

/// Who is told what happens.
pub type Listener = Box<dyn FnMut(Happening) + Send>;

/// The terminal at work.
pub struct EventLoop {
    terminal: Terminal,
    store: Store,
    workers: Workers,
    arrivals: mpsc::Receiver<Arrival>,
    listener: Listener,
    clock: Clock,
    typing: Typing,
    pins: PinDesk<people::Waiting>,
    language: Language,
    shown: Option<View>,
    pages: Pages,
    shown_page: Option<Page>,
    told_sales: BTreeMap<SaleId, SaleLine>,
    told_jobs: BTreeMap<JobId, PrintStage>,
    notice: Option<(String, Monotonic)>,
    fault: Option<String>,
    columns: u16,
    receipts: Option<ReceiptWriter>,
    idle_since: Option<Monotonic>,
    idle_at_seq: u64,
    /// What the check in the background found.
    unsound: Option<String>,
    check_again_at: Option<Monotonic>,
    /// After a state that was too large to be written down.
    no_checkpoint_before: u64,
}

impl std::fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventLoop").field("last_seq", &self.store.last_seq()).finish_non_exhaustive()
    }
}

/// What the loop is made of.
#[allow(missing_debug_implementations, reason = "a bundle that is taken apart at once")]
pub struct Parts {
    /// The terminal, folded up to the last entry.
    pub terminal: Terminal,
    /// Its journal.
    pub store: Store,
    /// Its hands.
    pub workers: Workers,
    /// Its queue.
    pub arrivals: mpsc::Receiver<Arrival>,
    /// Who is told.
    pub listener: Listener,
    /// Tells typing from scanning in the window.
    pub typing: Typing,
    /// How people prove who they are.
    pub pins: Vec<PinHolder>,
    /// Columns of papers shown as text.
    pub columns: u16,
    /// Who writes electronic receipts, if anybody.
    pub receipts: Option<ReceiptWriter>,
}

impl EventLoop {
    /// Puts a terminal to work.
    #[must_use]
    pub fn new(parts: Parts) -> EventLoop {
        let Parts { terminal, store, workers, arrivals, listener, typing, pins, columns, receipts } = parts;
        let language = terminal.settings().language;
        // A paper that a person must look for is told anew: who listens now may not have heard of it.
        let known = |job: &&PrintJob| job.stage != PrintStage::Unknown;
        let told_jobs = terminal.ledger().open_jobs().filter(known).map(|job| (job.id, job.stage)).collect();
        EventLoop {
            terminal,
            store,
            workers,
            arrivals,
            listener,
            clock: Clock::new(),
            typing,
            pins: PinDesk::new(pins),
            language,
            shown: None,
            pages: Pages::default(),
            shown_page: None,
            told_sales: BTreeMap::new(),
            told_jobs,
            notice: None,
            fault: None,
            columns,
            receipts,
            idle_since: None,
            idle_at_seq: 0,
            unsound: None,
            check_again_at: None,
            no_checkpoint_before: 0,
        }
    }

    /// Runs until it is told to quit, then closes the store.
    ///
    /// # Errors
    /// [`CommitError`] when the store gave up at the very start; later faults are shown and wait for a restart.
    pub async fn run(mut self) -> Result<(), CommitError> {
        let now = self.clock.now();
        self.commit(now, Input::Started).ok();
        let terminal = self.terminal.settings().terminal.to_string();
        self.tell(Happening::Ready { terminal });
        self.do_what_is_due();
        self.publish(None);
        self.keep_up();
        self.look_after_the_store();
        while self.next().await {
            self.keep_up();
        }
        self.end().await;
        if self.fault.is_none() {
            self.make_checkpoint(); // the next start reads nothing behind it
        }
        if let Err(error) = self.store.close() {
            tracing::warn!(%error, "the index closed badly; it is rebuilt at the next start");
        }
        Ok(())
    }

    /// One turn. `false` when it is time to stop.
    async fn next(&mut self) -> bool {
        let wait = self.wait();
        let arrival = tokio::select! {
            biased;
            arrival = self.arrivals.recv() => arrival,
            () = sleep(wait) => {
                self.rest();
                self.idle_keys();
                self.do_what_is_due();
                self.publish(None);
                return true;
            }
        };
        // A worker that comes back, such as a probe of the line, does not end a quiet second; what it records does.
        if !matches!(arrival, Some(Arrival::Done(_))) {
            self.idle_since = None;
        }
        match arrival {
            None | Some(Arrival::Quit) => return false,
            Some(arrival) => self.take(arrival),
        }
        true
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Happened(input) => self.happened(input),
            Arrival::Done(input) => {
                self.workers.came_back();
                self.happened(input);
            }
            Arrival::Asked(request, tag) => return self.asked(request, tag),
            Arrival::NotUnderstood(BadRequest { message, tag }) => {
                return self.tell(Happening::Error { message, tag });
            }
            Arrival::Key(text) => {
                let now = self.clock.now().mono;
                let meant = self.typing.on_key(&text, now);
                self.keys(meant);
            }
            Arrival::Discarded(why) => self.discarded(why),
            Arrival::Checked(checked) => self.checked(&checked),
            Arrival::Rebuilt(end) => self.rebuilt(&end),
            Arrival::FrontRead(end) => self.front_read(end),
            Arrival::ScannerLost(why) => {
                self.remark(crate::devices::words_of_loss(&why, self.language).to_owned());
            }
            Arrival::PinChecked(fits) => return self.pin_checked(&fits),
            Arrival::Touched(meant) => self.touched(meant),
            Arrival::Quit => {}
        }
        self.do_what_is_due();
        self.publish(None);
    }

    fn asked(&mut self, request: Request, tag: Option<Tag>) {
        match request {
            Request::Do(input) => self.do_as_asked(Ok(input), tag),
            Request::SignIn(person, pin) => self.sign_in_asked(&person, pin, tag),
            Request::Money(wish) => self.money_asked(wish, tag),
            Request::Shift(act) => self.shift_asked(act, tag),
            Request::CopyOfLast => self.do_as_asked(self.last_copy(), tag),
            Request::View => self.publish(Some(tag.unwrap_or(Tag::Null))),
            Request::Sale(id) => self.tell_story(id, tag),
            Request::List(which) => {
                let lines = match which {
                    Which::All => self.newest_sales(),
                    Which::Open => Ok((self.open_lines(), Completeness::Whole)),
                };
                match lines {
                    Ok((lines, completeness)) => self.tell(Happening::List(lines, completeness, tag)),
                    Err(message) => self.tell(Happening::Error { message, tag }),
                }
            }
            Request::Language(language) => {
                self.language = language;
                self.publish(tag);
            }
        }
    }

    fn do_as_asked(&mut self, asked: Result<Input, Refusal>, tag: Option<Tag>) {
        if let Err(refusal) = asked.and_then(|input| self.attempt(input)) {
            self.refused(&refusal, tag);
            self.publish(None);
            return;
        }
        self.do_what_is_due();
        self.publish(tag);
    }

    fn happened(&mut self, input: Input) {
        let Some(input) = self.not_a_receipt_sought(input) else { return };
        if let Err(refusal) = self.attempt(input) {
            self.refused(&refusal, None);
        }
    }

    /// Decides and commits; a refusal changes nothing.
    fn attempt(&mut self, input: Input) -> Result<(), Refusal> {
        if begins_a_sale(&input) {
            match self.store.health() {
                Health::Sound if self.unsound.is_some() => return Err(Refusal::StorageFault),
                Health::Sound => {}
                Health::SpaceLow { .. } => return Err(Refusal::SpaceLow),
                Health::IndexLost { .. } | Health::JournalClosed { .. } => return Err(Refusal::StorageFault),
            }
        }
        if let Some(sale) = input.names_sale() {
            self.recall(sale)?;
        }
        self.commit(self.clock.now(), input)
    }

    fn open_lines(&self) -> Vec<SaleLine> {
        let now = self.clock.now();
        let mut open: Vec<_> = self.terminal.ledger().open_sales().collect();
        open.reverse();
        open.into_iter().filter_map(|sale| lookup::sale_line(&self.terminal, sale, now)).collect()
    }

    fn commit(&mut self, now: Moment, input: Input) -> Result<(), Refusal> {
        if self.fault.is_some() {
            return Err(Refusal::StorageFault);
        }
        let decision = self.terminal.decide(now, input)?;
        let tell = |record| crate::story::tell(record, self.terminal.settings());
        let told: Vec<String> = decision.records().iter().map(tell).collect();
        match decision.commit(now, &mut self.terminal, &mut self.store) {
            Ok(effects) => {
                for record in told {
                    tracing::info!(%record, "recorded");
                }
                effects.into_iter().for_each(|effect| self.workers.carry_out(effect));
                Ok(())
            }
            Err(error) => {
                self.stop_recording(&error.to_string());
                Err(Refusal::StorageFault)
            }
        }
    }

    /// The store gave up. It is never asked again: only a restart can tell what is on the disk.
    fn stop_recording(&mut self, error: &str) {
        tracing::error!(%error, "nothing more is recorded; the terminal stops selling");
        self.fault = Some(error.to_owned());
        self.tell(Happening::Error { message: error.to_owned(), tag: None });
    }

    fn do_what_is_due(&mut self) {
        // Each round does what is due; a round can make the next thing due (a paid sale owes a paper). Bounded, so
        // that no fault of ours can spin the till.
        for _ in 0..16 {
            if self.fault.is_some() {
                return;
            }
            let now = self.clock.now();
            match self.terminal.decide(now, Input::DeadlineReached) {
                Ok(decision) if decision.is_empty() => return,
                Ok(_) | Err(_) => {
                    if self.commit(now, Input::DeadlineReached).is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal, tag: Option<Tag>) {
        let wallets = self.terminal.enabled_wallets(self.language);
        let message = refusal.message(self.language, &wallets);
        tracing::info!(reason = refusal.name(), "refused");
        self.remark(message.clone());
        self.tell(Happening::Refused { reason: refusal.name(), message, tag });
    }

    fn discarded(&mut self, why: Discard) {
        if !why.asks_to_scan_again() {
            return;
        }
        let message = crate::typing::scan_again(self.language).to_owned();
        tracing::warn!(%why, "a scan was discarded");
        self.remark(message.clone());
        self.tell(Happening::Refused { reason: "scan_discarded", message, tag: None });
    }

    fn remark(&mut self, message: String) {
        self.notice = Some((message, self.clock.now().mono.after(NOTICE_FOR)));
    }

    fn keys(&mut self, meant: Vec<Meant>) {
        for meant in meant {
            match meant {
                // The digits of a PIN, which the lock screen takes; a scan is still refused in words.
                Meant::Input(Input::Scanned(scan)) => self.happened(Input::Scanned(scan)),
                Meant::Input(_) | Meant::Copy | Meant::Turn(_) if self.terminal.is_locked() => {}
                Meant::Input(_) | Meant::Copy | Meant::Turn(_) | Meant::Discarded(_) => self.touched(meant),
            }
        }
    }

    fn idle_keys(&mut self) {
        let now = self.clock.now().mono;
        let meant = self.typing.on_idle(now);
        self.keys(meant);
    }

    /// F1: of the paid sale on the panel, else of the last one.
    fn copy_of_last(&mut self) {
        let shown = self.shown.as_ref().and_then(|view| view.sale);
        let shown =
            shown.and_then(|id| self.terminal.ledger().sale(id)).filter(|sale| sale.paid_by().is_some());
        match shown.map(|sale| Input::CopyAsked(sale.id)).map_or_else(|| self.last_copy(), Ok) {
            Ok(input) => self.happened(input),
            Err(refusal) => self.refused(&refusal, None),
        }
    }

    fn last_copy(&self) -> Result<Input, Refusal> {
        let sales = self.terminal.ledger().sales();
        let last = sales.values().rev().find(|sale| sale.paid_by().is_some()).map(|sale| sale.id);
        last.map(Input::CopyAsked).ok_or(Refusal::NotPaid)
    }

    /// A quiet second: the store may catch up.
    fn rest(&mut self) {
        let now = self.clock.now().mono;
        if self.store.last_seq() != self.idle_at_seq {
            self.idle_at_seq = self.store.last_seq();
            self.idle_since = None;
        }
        match self.idle_since {
            None => self.idle_since = Some(now),
            Some(since) if now.since(since) >= Duration::from_secs(1) && self.fault.is_none() => {
                self.store.idle();
                self.check_daily();
                if let Health::IndexLost { reason } | Health::JournalClosed { reason } = self.store.health() {
                    tracing::error!(reason, "the store is not well");
                }
                self.idle_since = None;
            }
            Some(_) => {}
        }
    }

    fn wait(&self) -> Duration {
        let now = self.clock.now();
        let deadlines = [
            self.terminal.next_deadline(now).filter(|_| self.fault.is_none()),
            self.typing.deadline(),
            self.notice.as_ref().map(|(_, until)| *until),
        ];
        let next = deadlines.into_iter().flatten().map(|at| at.since(now.mono)).min();
        next.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
    }

    /// Lets answers under way come in for a moment, so that a quiet stop leaves no needless doubt.
    async fn end(&mut self) {
        let until = self.clock.now().mono.after(LAST_WAIT);
        loop {
            let left = until.since(self.clock.now().mono);
            if self.workers.under_way() == 0 || left.is_zero() {
                return;
            }
            match tokio::time::timeout(left, self.arrivals.recv()).await {
                Ok(Some(Arrival::Done(input))) => {
                    self.workers.came_back();
                    self.happened(input);
                    self.publish(None);
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }
}

fn begins_a_sale(input: &Input) -> bool {
    match input {
        Input::KeyPressed(_) | Input::AmountEntered(_) | Input::Scanned(_) => true,
        Input::Started | Input::DeadlineReached | Input::Cleared | Input::Confirmed => false,
        Input::CancelAsked | Input::PutAside | Input::Resumed(_) | Input::CheckAsked(_) => false,
        Input::CopyAsked(_) | Input::CopyOfOrderAsked(_) | Input::CopyByScanAsked => false,
        Input::SlipAsked(_) | Input::TestPageAsked => false,
        Input::PersonProven(_) | Input::SignOutAsked => false,
        Input::ShiftOpenAsked | Input::XReportAsked => false,
        Input::ShiftCloseAsked { .. } | Input::ZCopyAsked(_) => false,
        Input::PaperSeen { .. } | Input::Answered { .. } => false,
        Input::RefundAsked { .. } | Input::RefundAnswered { .. } | Input::RefundSeen { .. } => false,
        Input::PutRight { .. } => false,
        Input::LineProbed(_) | Input::PrintEnded { .. } => false,
        Input::PrintHindered { .. } | Input::PrinterLooked(_) | Input::ScannerIs(_) => false,
    }
}
