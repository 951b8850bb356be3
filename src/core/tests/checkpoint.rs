//! A start from a checkpoint against a start from the first entry: random lives, the same state, the same decisions.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod till;

use std::collections::BTreeSet;
use std::time::Duration;

use quickpay_core::answer::{
    Answer, IntentReport, IntentStatus, Mode, RefundAnswer, RefundNumber, RefundReport, RefundStanding,
    Silence,
};
use quickpay_core::checkpoint::{Checkpoint, recalled};
use quickpay_core::effect::{Effect, Inquiry};
use quickpay_core::id::{AttemptId, IntentId, JobId, OrderId, SaleId, ShiftNumber};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding, Seen, Sight};
use quickpay_core::journal::MemoryJournal;
use quickpay_core::ledger::Ledger;
use quickpay_core::payment_code::{FingerprintKey, Scan};
use quickpay_core::print::Hindrance;
use quickpay_core::record::{Entry, PrintProof, Record};
use quickpay_core::replay::{Replay, Replayed};
use quickpay_core::terminal::Terminal;
use quickpay_core::time::{BootId, Moment, Monotonic, WallTime};
use quickpay_core::words::Language;
use till::{CODE, Till, decline, settings};

/// A stream of numbers that one seed repeats (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit.max(1)
    }
}

/// A till that lives at random and makes checkpoints as the event loop does.
struct Life {
    dice: Dice,
    terminal: Terminal,
    journal: MemoryJournal,
    now: Moment,
    effects: Vec<Effect>,
    anchor: Checkpoint,
    recalls: u32,
    /// Records about sales that were forgotten before.
    recorded: u32,
    restarts: u32,
}

impl Life {
    fn new(seed: u64) -> Life {
        let now = Moment {
            mono: Monotonic(1_000_000),
            boot: BootId(1),
            wall: WallTime { unix_ms: 1_763_600_000_000, offset_min: 480 },
        };
        let mut life = Life {
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            terminal: Terminal::new(settings(), FingerprintKey::new([1; 16])),
            journal: MemoryJournal::default(),
            now,
            effects: Vec::new(),
            anchor: Checkpoint::default(),
            recalls: 0,
            recorded: 0,
            restarts: 0,
        };
        life.give(Input::Started);
        life
    }

    fn give(&mut self, input: Input) {
        let mut back = false;
        if let Some(id) = input.names_sale()
            && self.terminal.ledger().sale(id).is_none()
            && self.terminal.recall(id, self.journal.entries()).unwrap()
        {
            back = true;
            self.recalls += 1;
            self.anchor();
        }
        let Ok(decision) = self.terminal.decide(self.now, input) else { return };
        self.recorded += u32::from(back && !decision.records().is_empty());
        self.effects.extend(decision.commit(self.now, &mut self.terminal, &mut self.journal).unwrap());
        for _ in 0..64 {
            let due = self.terminal.decide(self.now, Input::DeadlineReached).unwrap();
            if due.is_empty() {
                return;
            }
            self.effects.extend(due.commit(self.now, &mut self.terminal, &mut self.journal).unwrap());
        }
    }

    fn anchor(&mut self) {
        self.anchor = self.terminal.checkpoint();
        self.terminal.forget_the_past();
    }

    fn started_at_the_checkpoint(&self) -> Terminal {
        let mut terminal = Terminal::new(settings(), FingerprintKey::new([2; 16]));
        terminal.begin_at(self.anchor.clone());
        let tail = self.journal.entries().iter().filter(|entry| entry.seq > self.anchor.last_seq);
        tail.for_each(|entry| terminal.apply(entry).unwrap());
        terminal
    }

    fn started_at_the_first_entry(&self) -> Terminal {
        let mut terminal = Terminal::new(settings(), FingerprintKey::new([2; 16]));
        self.journal.entries().iter().for_each(|entry| terminal.apply(entry).unwrap());
        terminal
    }

    fn step(&mut self) {
        let wait = self.dice.below(12_000);
        self.now.mono = self.now.mono.after(Duration::from_millis(wait));
        self.now.wall.unix_ms += i64::try_from(wait).unwrap();
        let input = if self.dice.below(2) == 0 { self.answer() } else { None };
        let input = input.unwrap_or_else(|| self.act());
        self.give(input);
        match self.dice.below(40) {
            0..2 => self.anchor(),
            2 => self.restart(),
            _ => {}
        }
    }

    fn restart(&mut self) {
        self.restarts += 1;
        self.terminal = self.started_at_the_checkpoint();
        self.effects.clear();
        if self.dice.below(2) == 0 {
            self.now.boot = BootId(self.now.boot.0 + 1);
            self.now.mono = Monotonic(500);
        }
        self.give(Input::Started);
    }

    /// The world answers one of the effects that are under way.
    fn answer(&mut self) -> Option<Input> {
        if self.effects.is_empty() {
            return None;
        }
        let at = usize::try_from(self.dice.below(self.effects.len() as u64)).unwrap();
        Some(match self.effects.swap_remove(at) {
            Effect::Pay { attempt, request } => {
                let answer = self.word(attempt, &request.order);
                Input::Answered { attempt, asked: Asked::Pay, answer }
            }
            Effect::Inquire { attempt, by } => {
                let order = match by {
                    Inquiry::Order(order) => order,
                    Inquiry::Intent(_) => {
                        let (_, known) = self.terminal.ledger().attempt(attempt)?;
                        known.order.clone()
                    }
                };
                let answer = self.word(attempt, &order);
                Input::Answered { attempt, asked: Asked::Inquire, answer }
            }
            Effect::Reverse { attempt, order, .. } => {
                let answer = self.word(attempt, &order);
                Input::Answered { attempt, asked: Asked::Reverse, answer }
            }
            Effect::Refund { refund, .. } | Effect::InquireRefund { refund, .. } => {
                let standing = match self.dice.below(4) {
                    0 => RefundStanding::Failed("too old".into()),
                    1 => RefundStanding::Pending,
                    _ => RefundStanding::Succeeded,
                };
                let id = RefundNumber(format!("re_{refund}"));
                let report = RefundReport { id, amount_minor: None, standing };
                Input::RefundAnswered { refund, answer: RefundAnswer::Refund(report) }
            }
            Effect::ProbeLine => {
                let down = self.dice.below(5) == 0;
                Input::LineProbed(if down { LineProof::Down } else { LineProof::Up })
            }
            Effect::LookForPrinter => Input::PrinterLooked(match self.dice.below(4) {
                0 => Sight::Away,
                1 => Sight::NeedsCare(Hindrance::CoverOpen),
                _ => Sight::Ready,
            }),
            Effect::Print { job, .. } => {
                let ending = match self.dice.below(5) {
                    0 => PrintEnding::Unknown,
                    1 => PrintEnding::NotSent,
                    _ => PrintEnding::Printed(PrintProof::Sent),
                };
                Input::PrintEnded { job, ending }
            }
        })
    }

    fn word(&mut self, attempt: AttemptId, order: &OrderId) -> Answer {
        let status = match self.dice.below(9) {
            0..3 => IntentStatus::Succeeded,
            3 => IntentStatus::Pending,
            4 => IntentStatus::Canceled,
            5 => IntentStatus::Refused(decline("insufficient_funds")),
            6 => return Answer::Silent(Silence::NoAnswer),
            7 => return Answer::NotSent,
            _ => return Answer::Found(Vec::new()),
        };
        let amount = self.terminal.ledger().sale(attempt.sale).map_or(1, |sale| sale.amount.minor());
        Answer::Intent(IntentReport {
            id: IntentId(format!("pi_{attempt}")),
            order: Some(order.clone()),
            amount_minor: amount,
            currency: "CNY".into(),
            mode: Some(Mode::Test),
            status,
            wallet_reference: None,
        })
    }

    /// Somebody does something, often about a sale of long ago.
    fn act(&mut self) -> Input {
        let last = self.terminal.ledger().last_sale().map_or(1, |id| id.0);
        let sale = SaleId(1 + u32::try_from(self.dice.below(u64::from(last) + 1)).unwrap());
        match self.dice.below(30) {
            0..7 => Input::AmountEntered(format!("{}.00", 1 + self.dice.below(3000))),
            7..15 => {
                let code = format!("13{:016}", self.dice.below(1_000_000_000));
                Input::Scanned(Scan::from_message(code.into()))
            }
            15 => Input::CancelAsked,
            16 => Input::PutAside,
            17 => Input::Resumed(sale),
            18 => Input::CheckAsked(Some(sale)),
            19 => Input::CopyAsked(sale),
            20 => Input::RefundAsked { sale, amount: None, reason: "returned".into(), approver: None },
            21 => Input::RefundAsked {
                sale,
                amount: Some("0.50".into()),
                reason: "part".into(),
                approver: None,
            },
            22 => Input::Cleared,
            23 => Input::Confirmed,
            24 => {
                let seen = if self.dice.below(2) == 0 { Seen::Yes } else { Seen::No };
                let unknown = self.terminal.ledger().open_jobs().next().map_or(JobId(1), |job| job.id);
                Input::PaperSeen { job: unknown, seen }
            }
            25..27 => Input::SlipAsked(sale),
            27 => {
                let identity = self.terminal.ledger().identity().unwrap();
                let attempt = AttemptId { sale, index: 0 };
                let order = OrderId::of(&identity.terminal, identity.epoch, attempt).unwrap();
                Input::CopyOfOrderAsked(order.to_string())
            }
            28 => match self.dice.below(8) {
                0..3 => Input::ShiftOpenAsked,
                3 => Input::XReportAsked,
                4..6 => Input::ShiftCloseAsked { head: None },
                last => {
                    let closed = self.terminal.ledger().shifts().last.map_or(1, |last| last.0);
                    Input::ZCopyAsked((last == 6).then(|| ShiftNumber(closed.saturating_sub(1))))
                }
            },
            _ => Input::DeadlineReached,
        }
    }

    /// Invariant 4, for a restart here and now.
    fn check(&mut self) {
        let mut short = self.started_at_the_checkpoint();
        let mut whole = self.started_at_the_first_entry();
        assert_eq!(short.ledger(), self.terminal.ledger(), "the checkpoint and its tail are the live state");
        assert_eq!(narrow(short.ledger(), short.ledger()), narrow(whole.ledger(), short.ledger()));
        let last = self.terminal.ledger().last_sale().map_or(0, |id| id.0);
        if last > 0 {
            let asked = SaleId(1 + u32::try_from(self.dice.below(u64::from(last))).unwrap());
            let (sale, papers) = recalled(asked, self.journal.entries()).unwrap().unwrap();
            assert_eq!(Some(&sale), whole.ledger().sale(asked), "a recalled sale is the sale");
            let all = whole.ledger().jobs().values();
            let known: Vec<_> = all.filter(|job| job.sheet.sale() == Some(asked)).cloned().collect();
            assert_eq!(papers, known, "and its papers are its papers");
        }
        for _ in 0..6 {
            let input = self.act();
            if let Some(id) = input.names_sale() {
                short.recall(id, self.journal.entries()).unwrap();
            }
            self.both_decide(&mut short, &mut whole, &input);
        }
        self.both_decide(&mut short, &mut whole, &Input::Started);
        self.both_decide(&mut short, &mut whole, &Input::LineProbed(LineProof::Up));
        for _ in 0..4 {
            self.both_decide(&mut short, &mut whole, &Input::DeadlineReached);
        }
    }

    fn both_decide(&self, short: &mut Terminal, whole: &mut Terminal, input: &Input) {
        let said = format!("{input:?}");
        let [one, other] = [short, whole].map(|terminal| {
            let mut beside = MemoryJournal::default();
            let words = match terminal.decide(self.now, input.clone()) {
                Err(refusal) => format!("{refusal:?}"),
                Ok(decision) => {
                    let words = format!("{decision:?}");
                    decision.commit(self.now, terminal, &mut beside).unwrap();
                    words
                }
            };
            (words, terminal.view(self.now, Language::En), terminal.next_deadline(self.now))
        });
        assert_eq!(one, other, "after {said}");
    }
}

/// Only the sales that the other one holds.
fn narrow(ledger: &Ledger, held: &Ledger) -> Checkpoint {
    ledger.checkpoint(&held.sales().keys().copied().collect::<BTreeSet<_>>())
}

#[test]
fn a_start_from_a_checkpoint_decides_like_a_start_from_the_first_entry() {
    let (mut sales, mut recalls, mut recorded, mut restarts, mut forgotten) = (0, 0, 0, 0, 0);
    for seed in 0..80 {
        let mut life = Life::new(seed);
        for step in 0..500 {
            life.step();
            if step % 7 == 0 {
                life.check();
            }
        }
        let opened = life.terminal.ledger().last_sale().map_or(0, |id| id.0);
        sales += opened;
        forgotten += opened.saturating_sub(u32::try_from(life.terminal.ledger().sales().len()).unwrap());
        (recalls, recorded) = (recalls + life.recalls, recorded + life.recorded);
        restarts += life.restarts;
    }
    assert!(sales > 500 && restarts > 300, "{sales} sales, {restarts} restarts");
    assert!(recalls > 60 && recorded > 30, "{recalls} recalls, {recorded} of them recorded something");
    assert!(forgotten > 100, "the past was never let go: {forgotten}");
}

/// The whole journal as a start folds it that has no checkpoint: the state, and how often it was read.
fn replayed(entries: &[Entry], every: u32) -> (Ledger, u32) {
    let mut kept = BTreeSet::new();
    for times in 1..=2 {
        let mut replay = Replay::keeping(kept).letting_go_every(every);
        entries.iter().for_each(|entry| replay.take(entry));
        match replay.end().unwrap() {
            Replayed::State(ledger) => return (*ledger, times),
            Replayed::OnceMore(sales) => kept = sales,
        }
    }
    panic!("the second time is always enough");
}

#[test]
fn a_journal_replayed_without_its_past_decides_like_one_that_is_held_whole() {
    let (mut once_more, mut let_go) = (0, 0);
    for seed in 0..60 {
        let mut life = Life::new(seed);
        for step in 0..400 {
            life.step();
            if step % 40 != 39 {
                continue;
            }
            let mut whole = life.started_at_the_first_entry();
            let every = [1, 7, 50][usize::try_from(seed).unwrap() % 3];
            let (ledger, times) = replayed(life.journal.entries(), every);
            once_more += times - 1;
            let_go += whole.ledger().sales().len() - ledger.sales().len();
            assert_eq!(narrow(&ledger, &ledger), narrow(whole.ledger(), &ledger), "seed {seed}");
            let mut short = Terminal::new(settings(), FingerprintKey::new([2; 16]));
            short.begin_with(ledger);
            for _ in 0..6 {
                let input = life.act();
                if let Some(id) = input.names_sale() {
                    short.recall(id, life.journal.entries()).unwrap();
                }
                life.both_decide(&mut short, &mut whole, &input);
            }
            life.both_decide(&mut short, &mut whole, &Input::Started);
            life.both_decide(&mut short, &mut whole, &Input::DeadlineReached);
        }
    }
    assert!(once_more > 20 && let_go > 150, "{once_more} read twice, {let_go} sales let go");
}

#[test]
fn an_entry_that_follows_from_nothing_ends_a_replay() {
    let mut life = Life::new(3);
    (0..200).for_each(|_| life.step());
    let mut replay = Replay::keeping(BTreeSet::new()).letting_go_every(10);
    life.journal.entries().iter().for_each(|entry| replay.take(entry));
    let unknown = SaleId(life.terminal.ledger().last_sale().unwrap().0 + 1);
    let seq = life.terminal.ledger().last_seq() + 1;
    replay.take(&Entry { seq, at: life.now, records: vec![Record::SaleResumed { sale: unknown }] });
    if let Ok(Replayed::OnceMore(kept)) = replay.clone().end() {
        replay = Replay::keeping(kept);
        life.journal.entries().iter().for_each(|entry| replay.take(entry));
        replay.take(&Entry { seq, at: life.now, records: vec![Record::SaleResumed { sale: unknown }] });
    }
    assert_eq!(replay.end().unwrap_err().seq, seq);
}

#[test]
fn what_is_closed_and_old_is_forgotten_and_what_is_open_is_not() {
    let mut till = Till::online();
    till.amount("1.00");
    till.scan(CODE).unwrap();
    till.says(Asked::Pay, IntentStatus::Pending);
    till.give(Input::PutAside).unwrap();
    for n in 2..=40_u32 {
        till.amount(&format!("{n}.00"));
        till.scan(&format!("13{n:016}")).unwrap();
        let attempt = AttemptId { sale: SaleId(n), index: 0 };
        let order = till.terminal.ledger().attempt(attempt).unwrap().1.order.clone();
        let report = IntentReport {
            id: IntentId(format!("pi_{n}")),
            order: Some(order),
            amount_minor: u64::from(n) * 100,
            currency: "CNY".into(),
            mode: Some(Mode::Test),
            status: IntentStatus::Succeeded,
            wallet_reference: None,
        };
        till.answer_for(attempt, Asked::Pay, Answer::Intent(report));
        till.printed();
        till.now.mono = till.now.mono.after(Duration::from_secs(60));
    }
    till.now.mono = till.now.mono.after(Duration::from_secs(600));
    till.give(Input::Cleared).unwrap();
    let before = till.view();
    till.restart(true);
    let checkpoint = till.terminal.checkpoint();
    let held: Vec<u32> = checkpoint.sales.iter().map(|sale| sale.id.0).collect();
    assert_eq!(held, [1, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
    assert_eq!(
        (checkpoint.last_sale, checkpoint.jobs.len()),
        (Some(SaleId(40)), 11),
        "a slip and ten receipts"
    );
    till.terminal.forget_the_past();
    assert_eq!(till.view().recent, before.recent);
    assert!(till.terminal.ledger().sale(SaleId(7)).is_none());
    assert!(till.terminal.recall(SaleId(7), till.journal.entries()).unwrap());
    assert_eq!(till.terminal.ledger().sale(SaleId(7)).unwrap().amount.minor(), 700);
    assert!(!till.terminal.recall(SaleId(41), till.journal.entries()).unwrap());
}

#[test]
fn a_sale_on_the_panel_and_a_code_just_used_outlive_the_forgetting() {
    let mut till = Till::paid();
    for _ in 0..3 {
        till.terminal.forget_the_past();
    }
    assert_eq!(till.state(), quickpay_core::view::State::Approved);
    till.amount("9.00");
    assert!(till.scan(CODE).is_err(), "the code of a moment ago is still known");
}

#[test]
fn an_entry_about_a_sale_that_is_not_held_is_not_guessed_at() {
    let mut till = Till::paid();
    till.refund(Some("10.00")).unwrap();
    let mut empty = Ledger::default();
    let last = till.journal.entries().last().unwrap();
    assert!(empty.apply(last).is_err());
}
