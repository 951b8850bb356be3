//! A till on a virtual clock: inputs in, effects caught, nothing real.

#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses its part"
)]

mod settings;

use std::time::Duration;

use quickpay_core::answer::{
    Answer, Decline, IntentReport, IntentStatus, Mode, RefundAnswer, RefundNumber, RefundReport,
    RefundStanding,
};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, OrderId, RefundId, SaleId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding};
use quickpay_core::journal::MemoryJournal;
use quickpay_core::ledger::Ledger;
use quickpay_core::payment_code::{FingerprintKey, Scan};
use quickpay_core::record::PrintProof;
use quickpay_core::refusal::Refusal;
use quickpay_core::settings::Settings;
use quickpay_core::terminal::Terminal;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::view::{State, View};

use quickpay_core::words::Language;

pub use self::settings::settings;

pub const CODE: &str = "132993614656096754";
pub const FRESH: &str = "142993614656096755";

pub struct Till {
    pub terminal: Terminal,
    pub journal: MemoryJournal,
    pub now: Moment,
    pub effects: Vec<Effect>,
}

impl Till {
    /// A till that has just been switched on for the first time, offline until it is told otherwise.
    pub fn new() -> Till {
        Till::with(settings())
    }

    pub fn with(settings: Settings) -> Till {
        let now = Moment {
            mono: Monotonic(1_000_000),
            boot: BootId(1),
            wall: WallTime { unix_ms: 1_763_600_000_000, offset_min: 480 },
        };
        let mut till = Till {
            terminal: Terminal::new(settings, FingerprintKey::new([9; 16])),
            journal: MemoryJournal::default(),
            now,
            effects: Vec::new(),
        };
        till.give(Input::Started).unwrap();
        till
    }

    /// A till whose line is proven.
    pub fn online() -> Till {
        let mut till = Till::new();
        till.line(LineProof::Up);
        till
    }

    /// One input, then all that is due, as the event loop does it.
    pub fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let decision = self.terminal.decide(self.now, input)?;
        self.commit(decision);
        loop {
            let due = self.terminal.decide(self.now, Input::DeadlineReached).unwrap();
            if due.is_empty() {
                break;
            }
            self.commit(due);
        }
        self.check();
        Ok(())
    }

    fn commit(&mut self, decision: quickpay_core::decision::Decision) {
        let effects = decision.commit(self.now, &mut self.terminal, &mut self.journal).unwrap();
        self.effects.extend(effects);
    }

    /// Invariant 4: replaying the journal gives the live state.
    fn check(&self) {
        let mut replayed = Ledger::default();
        for entry in self.journal.entries() {
            replayed.apply(entry).unwrap();
        }
        assert_eq!(replayed, *self.terminal.ledger());
    }

    pub fn pass(&mut self, span: Duration) {
        let end = self.now.mono.after(span);
        while let Some(next) = self.terminal.next_deadline(self.now).filter(|next| *next <= end) {
            self.advance_to(next.max(self.now.mono));
            self.give(Input::DeadlineReached).unwrap();
            if self.terminal.next_deadline(self.now).is_some_and(|again| again <= self.now.mono) {
                panic!("due work that does not get done: {:?}", self.effects);
            }
        }
        self.advance_to(end);
        self.give(Input::DeadlineReached).unwrap();
    }

    pub fn seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    fn advance_to(&mut self, mono: Monotonic) {
        let step = i64::try_from(mono.since(self.now.mono).as_millis()).unwrap();
        self.now.mono = mono;
        self.now.wall.unix_ms += step;
    }

    pub fn line(&mut self, proof: LineProof) {
        self.give(Input::LineProbed(proof)).unwrap();
        self.effects.retain(|effect| !matches!(effect, Effect::ProbeLine));
    }

    pub fn amount(&mut self, text: &str) {
        self.give(Input::AmountEntered(text.into())).unwrap();
    }

    pub fn scan(&mut self, text: &str) -> Result<(), Refusal> {
        self.give(Input::Scanned(Scan::from_message(text.into())))
    }

    /// Rings up 88.00 and scans a code; the payment is on its way.
    pub fn paying() -> Till {
        let mut till = Till::online();
        till.amount("88.00");
        till.scan(CODE).unwrap();
        assert_eq!(till.pays(), 1);
        till
    }

    /// The only attempt was cancelled and proven so, six seconds after it was sent.
    pub fn reversed() -> Till {
        let mut till = Till::paying();
        till.says(Asked::Pay, IntentStatus::Pending);
        till.give(Input::CancelAsked).unwrap();
        till.says(Asked::Inquire, IntentStatus::Canceled);
        assert_eq!(till.state(), State::Reversed);
        till
    }

    pub fn pays(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Pay { .. })).count()
    }

    /// How many effects wish this, and forgets them.
    pub fn take(&mut self, wanted: Asked) -> usize {
        let is = |effect: &Effect| match effect {
            Effect::Pay { .. } => wanted == Asked::Pay,
            Effect::Inquire { .. } => wanted == Asked::Inquire,
            Effect::Reverse { .. } => wanted == Asked::Reverse,
            Effect::ProbeLine | Effect::LookForPrinter | Effect::Print { .. } => false,
            Effect::Refund { .. } | Effect::InquireRefund { .. } => false,
        };
        let count = self.effects.iter().filter(|effect| is(effect)).count();
        self.effects.retain(|effect| !is(effect));
        count
    }

    pub fn answer(&mut self, asked: Asked, answer: Answer) {
        self.answer_for(AttemptId { sale: SaleId(1), index: 0 }, asked, answer);
    }

    pub fn answer_for(&mut self, attempt: AttemptId, asked: Asked, answer: Answer) {
        self.take(asked);
        self.give(Input::Answered { attempt, asked, answer }).unwrap();
    }

    pub fn report(&self, status: IntentStatus) -> IntentReport {
        let attempt = AttemptId { sale: SaleId(1), index: 0 };
        let (sale, attempt) = self.terminal.ledger().attempt(attempt).unwrap();
        IntentReport {
            id: IntentId("pi_1".into()),
            order: Some(attempt.order.clone()),
            amount_minor: sale.amount.minor(),
            currency: "CNY".into(),
            mode: Some(Mode::Test),
            status,
            wallet_reference: None,
        }
    }

    pub fn says(&mut self, asked: Asked, status: IntentStatus) {
        let report = self.report(status);
        self.answer(asked, Answer::Intent(report));
    }

    pub fn printed(&mut self) {
        let jobs: Vec<_> = self
            .effects
            .iter()
            .filter_map(|effect| if let Effect::Print { job, .. } = effect { Some(*job) } else { None })
            .collect();
        self.effects.retain(|effect| !matches!(effect, Effect::Print { .. }));
        for job in jobs {
            self.give(Input::PrintEnded { job, ending: PrintEnding::Printed(PrintProof::Sent) }).unwrap();
        }
    }

    /// Power goes and comes back: the journal is all that stays. `same_boot` when only the program died.
    pub fn restart(&mut self, same_boot: bool) {
        let settings = self.terminal.settings().clone();
        let mut terminal = Terminal::new(settings, FingerprintKey::new([8; 16]));
        for entry in self.journal.entries() {
            terminal.apply(entry).unwrap();
        }
        self.terminal = terminal;
        self.effects.clear();
        if !same_boot {
            self.now.boot = BootId(self.now.boot.0 + 1);
            self.now.mono = Monotonic(500);
        }
        self.give(Input::Started).unwrap();
    }

    pub fn view(&self) -> View {
        self.terminal.view(self.now, Language::En)
    }

    pub fn state(&self) -> State {
        self.view().state
    }

    pub fn order(&self) -> OrderId {
        let attempt = AttemptId { sale: SaleId(1), index: 0 };
        self.terminal.ledger().attempt(attempt).unwrap().1.order.clone()
    }
}

impl Till {
    /// A till with a paid sale of 88.00, its paper out.
    pub fn paid() -> Till {
        let mut till = Till::paying();
        till.says(Asked::Pay, IntentStatus::Succeeded);
        till.printed();
        till
    }

    pub fn refund(&mut self, amount: Option<&str>) -> Result<(), Refusal> {
        let amount = amount.map(String::from);
        self.give(Input::RefundAsked { sale: SaleId(1), amount, reason: "returned".into(), approver: None })
    }

    /// The refunds that were wished, by number and amount, and forgets them.
    pub fn take_refunds(&mut self) -> Vec<(String, u64)> {
        let taken = self
            .effects
            .iter()
            .filter_map(|effect| {
                let Effect::Refund { request, .. } = effect else { return None };
                Some((request.number.to_string(), request.amount.minor()))
            })
            .collect();
        self.effects.retain(|effect| !matches!(effect, Effect::Refund { .. }));
        taken
    }

    pub fn refund_says(&mut self, index: u8, answer: RefundAnswer) {
        let refund = RefundId { sale: SaleId(1), index };
        self.give(Input::RefundAnswered { refund, answer }).unwrap();
    }
}

pub fn refunded(standing: RefundStanding) -> RefundAnswer {
    RefundAnswer::Refund(RefundReport { id: RefundNumber("re_1".into()), amount_minor: None, standing })
}

pub fn decline(code: &str) -> Decline {
    Decline { code: None, decline_code: Some(code.into()), message: None }
}
