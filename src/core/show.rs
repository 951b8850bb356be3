//! From the terminal to the view: which state, which words, which acts.
//!
//! Invariant: "nothing charged" stands only with states that provably never left the till; no act is offered that
//! the terminal would refuse for the money's sake.
//! Deliberately absent: anything that changes the terminal.

mod lines;

use std::time::Duration;

use crate::attempt::{Attempt, Phase, Standing};
use crate::desk::LineStanding;
use crate::figures::booked_state;
use crate::id::{IntentId, RefundId};
use crate::print::{PrintJob, PrintStage};
use crate::record::PrintProof;
use crate::refund::{Refund, RefundPhase};
use crate::sale::Sale;
use crate::settings::PrinterPresence;
use crate::terminal::Terminal;
use crate::time::{Moment, Monotonic};
use crate::view::{Access, Act, Countdown, Device, OpenCount, RecentSale, State, View};
use crate::words::Language;
use crate::words::{PanelLine, PrinterLine};

/// For this long after sending, waiting is normal (screens contract, section 4).
const SENDING_FOR: Duration = Duration::from_secs(5);
/// How many past sales the screen shows.
const RECENT: usize = 5;

impl Terminal {
    /// What the screen shows now.
    #[must_use]
    pub fn view(&self, now: Moment, language: Language) -> View {
        let sale = self.shown_sale();
        let state = match sale {
            Some(sale) => self.state_of(sale, now),
            None if self.entered().is_ok() && self.asks().is_none() => State::Armed,
            None => State::Ready,
        };
        let shown_as = sale.map_or(state, |sale| self.shown_as(sale, now));
        let asks = if sale.is_none() { self.asks() } else { None };
        let access = self.access();
        let locked = matches!(access, Access::Locked(_));
        let lines = match (sale.and_then(Sale::latest), asks) {
            _ if locked => vec![PanelLine::SignInWithYourPin.text(language)],
            (_, Some(ask)) => {
                vec![PanelLine::Asks(ask).text(language), PanelLine::AnswerYesOrClear.text(language)]
            }
            (Some(_), None) => sale.map_or_else(Vec::new, |sale| self.sale_lines(sale, now, language)),
            (None, None) if self.is_seeking(now) => vec![PanelLine::ScanTheReceipt.text(language)],
            (None, None) if state == State::Armed => {
                let wallets = self.enabled_wallets(language);
                vec![PanelLine::AskForTheCode.text(language), wallets]
            }
            (None, None) => vec![PanelLine::EnterTheAmount.text(language)],
        };
        View {
            language,
            merchant: self.settings.merchant.clone(),
            terminal: self.settings.terminal.to_string(),
            clock: now.wall.clock(),
            access,
            state,
            shown_as,
            word: match asks {
                _ if locked => PanelLine::Locked.text(language),
                Some(ask) => ask.word(language).to_owned(),
                None => shown_as.word(language).to_owned(),
            },
            lines,
            sale: sale.map(|sale| sale.id),
            panel: self.desk.panel,
            reference: sale.and_then(Sale::latest).map(|attempt| attempt.order.to_string()),
            amount_text: self.amount_text(sale),
            amount: sale.map(|sale| sale.amount).or_else(|| self.entered().ok()),
            currency: self.settings.currency,
            shift: self.ledger.shifts.open.as_ref().map(|open| open.number),
            countdown: sale.and_then(Sale::latest).and_then(|attempt| self.countdown(attempt, state, now)),
            online: self.online(),
            open: self.open_counts(now),
            printer: self.printer(),
            printer_line: self.printer_line(sale).map(|line| line.text(language)),
            paper_asked: self.paper_asked().map(|job| job.id),
            refunds_asked: self.refunds_asked(now),
            scanner: self.desk.scanner,
            recent: self.recent(now, language),
            e_receipt: self.e_receipt_of(sale, state),
            asks,
            acts: if locked { Vec::new() } else { self.acts(sale, state, now) },
            notice: None,
        }
    }

    fn e_receipt_of(&self, sale: Option<&Sale>, state: State) -> Option<String> {
        let paid = sale.filter(|_| state == State::Approved)?.paid_by()?;
        self.e_receipt_address(paid)
    }

    /// The one state of a sale.
    #[must_use]
    pub fn state_of(&self, sale: &Sale, now: Moment) -> State {
        if let Some(state) = money_state(sale) {
            return state;
        }
        let Some(attempt) = sale.latest() else { return State::Ready };
        match &attempt.phase {
            Phase::Submitted(doubt) => {
                let quiet =
                    doubt.missed.is_none() && doubt.decline.is_none() && doubt.contradiction.is_none();
                match self.ledger.elapsed(doubt.sent_at, now) {
                    elapsed if elapsed >= self.settings.timers.escalate_after => State::AskManager,
                    elapsed if elapsed < SENDING_FOR && quiet => State::Submitted,
                    _ => State::Checking,
                }
            }
            Phase::AwaitingPayer(doubt) | Phase::Reversing { doubt, .. }
                if self.ledger.elapsed(doubt.sent_at, now) >= self.settings.timers.escalate_after =>
            {
                State::AskManager
            }
            Phase::AwaitingPayer(doubt)
                if doubt.contradiction.is_some() || self.is_past_window(now, attempt) =>
            {
                State::Checking
            }
            Phase::AwaitingPayer(_) | Phase::Reversing { .. } | Phase::Held | Phase::Expired { .. } => {
                booked_state(sale)
            }
            Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => booked_state(sale),
        }
    }

    /// What the screen calls and paints a sale: its state, or ASK MANAGER where a refund that the gateway cannot tell about
    /// waits for a person (screens contract, section 4: in doubt for 15 minutes).
    #[must_use]
    pub fn shown_as(&self, sale: &Sale, now: Moment) -> State {
        let state = self.state_of(sale, now);
        let parked = state == State::RefundSent && self.parked_of(sale, now).next().is_some();
        if parked { State::AskManager } else { state }
    }

    /// The lines that the panel has for a sale: did money move, why, what to do now.
    #[must_use]
    pub fn sale_lines(&self, sale: &Sale, now: Moment, language: Language) -> Vec<String> {
        let state = self.state_of(sale, now);
        let line = |line: PanelLine| line.text(language);
        if state == State::RefundSent
            && let Some(refund) = self.parked_of(sale, now).next()
        {
            return vec![
                line(PanelLine::RefundUnknown).replace("{amount}", &refund.amount.to_string()),
                line(PanelLine::LookUpRefund).replace("{number}", refund.number.as_str()),
                line(PanelLine::SayWhetherItWentBack),
            ];
        }
        if state == State::AskManager
            && let Some((attempt, stray)) = sale.stray()
        {
            let came = match attempt.phase.standing() {
                Standing::Paid => PanelLine::StrayMoneyBeside,
                Standing::Clear | Standing::InDoubt => PanelLine::StrayMoneyCame,
            };
            return vec![
                line(came).replace("{amount}", &stray.told),
                line(PanelLine::LookUpOrder).replace("{number}", attempt.order.as_str()),
                line(PanelLine::NothingRefundedCallManager),
            ];
        }
        sale.latest().map_or_else(Vec::new, |attempt| self.lines_of(attempt, state, now, language))
    }

    /// The refunds of a sale that a person must look up at the gateway and decide, in order.
    pub fn parked_of<'a>(&'a self, sale: &'a Sale, now: Moment) -> impl Iterator<Item = &'a Refund> {
        sale.refunds.iter().filter(move |refund| self.is_parked(now, refund))
    }

    fn refunds_asked(&self, now: Moment) -> Vec<RefundId> {
        let sales = self.ledger.open_sales();
        sales.flat_map(|sale| self.parked_of(sale, now)).map(|refund| refund.id).collect()
    }

    /// Past the window and past the inquiry that ends it: something keeps the answer from us.
    fn is_past_window(&self, now: Moment, attempt: &Attempt) -> bool {
        let grace = self.settings.timers.inquiry_interval * 2;
        self.window_end(now, attempt).is_some_and(|end| end.after(grace) <= now.mono)
    }

    /// Whether exchanges with the gateway can be completed, as far as is known.
    #[must_use]
    pub fn online(&self) -> bool {
        match self.desk.line.standing {
            LineStanding::Up | LineStanding::Suspect => true,
            LineStanding::Unproven | LineStanding::Down => false,
        }
    }

    /// The names of the wallets this till takes, for people.
    #[must_use]
    pub fn enabled_wallets(&self, language: Language) -> String {
        let names: Vec<String> =
            self.settings.wallets.enabled().map(|w| self.settings.wallet_name(&w.id, language)).collect();
        names.join(", ")
    }

    fn amount_text(&self, sale: Option<&Sale>) -> String {
        match sale {
            Some(sale) => sale.amount.decimal(),
            None if self.desk.entry.is_empty() => crate::money::decimal(0, self.settings.currency),
            None => self.desk.entry.clone(),
        }
    }

    fn printer(&self) -> Device {
        match self.settings.paper.printer {
            PrinterPresence::None => Device::Absent,
            PrinterPresence::Configured if self.paper_asked().is_some() => Device::Unknown,
            PrinterPresence::Configured if self.desk.printer.device == Device::Absent => Device::Ready,
            PrinterPresence::Configured => self.desk.printer.device,
        }
    }

    /// The oldest paper of unknown fate; only a person can tell.
    fn paper_asked(&self) -> Option<&PrintJob> {
        self.ledger.open_jobs().find(|job| job.stage == PrintStage::Unknown)
    }

    /// What is worst first; of a paper that is only sent, while its sale is on the panel.
    fn printer_line(&self, shown: Option<&Sale>) -> Option<PrinterLine> {
        if self.settings.paper.printer == PrinterPresence::None {
            return None;
        }
        if let Some(job) = self.paper_asked() {
            return Some(PrinterLine::DidItPrint(job.sheet.sale()));
        }
        match (self.desk.printer.device, self.desk.printer.hindrance) {
            (Device::NeedsCare, Some(why)) => return Some(PrinterLine::WaitsFor(why)),
            (Device::Away, _) => return Some(PrinterLine::Away),
            (Device::NeedsCare | Device::Ready | Device::Absent | Device::Unknown, _) => {}
        }
        let shown = shown?.id;
        let last = self.ledger.jobs().values().rev().find(|job| job.sheet.sale() == Some(shown))?;
        (last.stage == PrintStage::Printed(PrintProof::Sent)).then_some(PrinterLine::SentNotProven)
    }

    fn open_counts(&self, now: Moment) -> Vec<OpenCount> {
        let mut counts: Vec<OpenCount> = Vec::new();
        for sale in self.ledger.open_sales() {
            let (state, shown_as) = (self.state_of(sale, now), self.shown_as(sale, now));
            let minor = sale.amount.minor();
            match counts.iter_mut().find(|open| (open.state, open.shown_as) == (state, shown_as)) {
                Some(open) => {
                    open.count += 1;
                    open.sum_minor += minor;
                }
                None => counts.push(OpenCount { state, shown_as, count: 1, sum_minor: minor }),
            }
        }
        counts.sort_by_key(|open| (open.state, open.shown_as));
        counts
    }

    fn recent(&self, now: Moment, language: Language) -> Vec<RecentSale> {
        let newest_first = self.ledger.sales().values().rev();
        newest_first
            .take(RECENT)
            .map(|sale| {
                let shown_as = self.shown_as(sale, now);
                RecentSale {
                    sale: sale.id,
                    clock: sale.opened_at.wall.clock(),
                    amount: sale.amount,
                    state: self.state_of(sale, now),
                    shown_as,
                    word: shown_as.word(language).to_owned(),
                }
            })
            .collect()
    }

    fn countdown(&self, attempt: &Attempt, state: State, now: Moment) -> Option<Countdown> {
        let until = |at: Monotonic, of: Duration| {
            let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
            Countdown { left_ms: millis(at.since(now.mono)), of_ms: millis(of).max(1) }
        };
        let timers = &self.settings.timers;
        match state {
            State::Held => Some(until(attempt.submit_by, timers.submit_deadline)),
            State::AwaitingPayer => {
                let window = self.settings.pay_window(&attempt.wallet);
                let doubt = attempt.phase.doubt()?;
                Some(until(self.ledger.deadline(doubt.sent_at, window, now), window))
            }
            State::Checking => Some(until(self.desk.poll(attempt.id).next_at, timers.inquiry_interval)),
            State::Reversing => {
                let floor = self.reversal_floor(now, attempt)?;
                (floor > now.mono).then(|| until(floor, timers.reverse_not_before))
            }
            State::Ready | State::Armed | State::Expired | State::Submitted | State::AskManager => None,
            State::Approved | State::Declined | State::Reversed | State::RefundDue => None,
            State::RefundSaved | State::RefundSent | State::Refunded | State::RefundRefused => None,
        }
    }

    fn acts(&self, sale: Option<&Sale>, state: State, now: Moment) -> Vec<Act> {
        let cancel = |mut acts: Vec<Act>| {
            let floor = sale.and_then(Sale::latest).and_then(|attempt| self.reversal_floor(now, attempt));
            if floor.is_some_and(|floor| floor <= now.mono) {
                acts.push(Act::Cancel);
            }
            acts
        };
        let prints = self.settings.paper.printer == PrinterPresence::Configured;
        match state {
            State::Ready if self.desk.entry.is_empty() => vec![Act::Type],
            State::Ready if self.asks().is_some() => vec![Act::Type, Act::Clear, Act::Confirm],
            State::Ready => vec![Act::Type, Act::Clear],
            State::Armed => vec![Act::Type, Act::Clear, Act::Scan],
            State::Held => vec![Act::Cancel],
            State::Expired => vec![Act::Type, Act::Clear, Act::Scan, Act::PutAside],
            State::Submitted => vec![],
            State::AwaitingPayer => cancel(vec![Act::CheckAgain, Act::PutAside]),
            State::Checking => cancel(vec![Act::CheckAgain, Act::PutAside]),
            State::Reversing => vec![Act::CheckAgain, Act::PutAside],
            State::AskManager if sale.is_some_and(|sale| sale.standing() == Standing::InDoubt) => {
                cancel(vec![Act::CheckAgain, Act::PutAside])
            }
            State::AskManager if sale.is_some_and(|sale| sale.standing() == Standing::Clear) => {
                vec![Act::Type, Act::Clear, Act::CheckAgain, Act::PutAside]
            }
            State::AskManager => vec![Act::Type, Act::Clear, Act::CheckAgain],
            State::Approved if prints => vec![Act::Type, Act::Clear, Act::Reprint],
            State::Approved => vec![Act::Type, Act::Clear],
            State::Declined => vec![Act::Type, Act::Clear, Act::Scan],
            State::Reversed => vec![Act::Type, Act::Clear, Act::Scan, Act::CheckAgain],
            State::RefundDue if sale.is_some_and(|sale| sale.standing() == Standing::InDoubt) => {
                vec![Act::CheckAgain, Act::PutAside]
            }
            State::RefundDue => vec![Act::Type, Act::Clear, Act::PutAside],
            State::RefundSaved => vec![Act::Type, Act::Clear, Act::Cancel],
            State::RefundSent => vec![Act::Type, Act::Clear, Act::CheckAgain],
            State::Refunded | State::RefundRefused
                if prints && sale.is_some_and(|s| s.paid_by().is_some()) =>
            {
                vec![Act::Type, Act::Clear, Act::Reprint]
            }
            State::Refunded | State::RefundRefused => vec![Act::Type, Act::Clear],
        }
    }
}

/// What goes back of a sale, and money that nobody asked for, come before what its attempt says.
pub(crate) fn money_state(sale: &Sale) -> Option<State> {
    match refund_state(sale) {
        Some(state @ (State::RefundSent | State::RefundSaved)) => Some(state), // under way
        _ if sale.stray().is_some() => Some(State::AskManager),
        other => other,
    }
}

/// What a sale's refunds make of its state: what is under way, then what is owed, then how the last one ended. A part
/// that went back leaves the sale as it was paid.
fn refund_state(sale: &Sale) -> Option<State> {
    let any = |is: fn(&RefundPhase) -> bool| sale.refunds.iter().any(|refund| is(&refund.phase));
    if any(|phase| matches!(phase, RefundPhase::Sent { .. })) {
        return Some(State::RefundSent);
    }
    if any(|phase| *phase == RefundPhase::Saved) {
        return Some(State::RefundSaved);
    }
    let last_refused =
        sale.refunds.last().is_some_and(|last| matches!(last.phase, RefundPhase::Refused { .. }));
    if last_refused {
        return Some(State::RefundRefused);
    }
    if sale.refunds_owed.iter().any(|owed| sale.left_of(&owed.intent) > 0) {
        return Some(State::RefundDue);
    }
    let paid_back = |intent: &IntentId| sale.returned_of(intent) == sale.received_by(intent);
    match sale.paid_by().and_then(|attempt| attempt.phase.intent()) {
        Some(intent) => paid_back(intent).then_some(State::Refunded),
        None => sale.refunds_owed.last().map(|_| State::Refunded),
    }
}
