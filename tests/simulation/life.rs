//! One life: a seed becomes a world, the world runs until its faults stop, then everything must settle.
//!
//! Invariant: the same plan gives the same life, step by step; a life ends at its first violation.
//! Deliberately absent: what a step does to the till (`rim.rs`) and what must hold after it (`invariants.rs`).

use quickpay_core::checkpoint::Checkpoint;
use quickpay_core::input::Input;
use quickpay_core::refund::RefundPhase;
use quickpay_core::terminal::Terminal;

use crate::cashier::{Act, Cashier};
use crate::clock::Clock;
use crate::conditions::Condition;
use crate::gateway::{Gateway, Habits};
use crate::mutant::Mutant;
use crate::network::{Network, Weather};
use crate::power::{Disk, Power};
use crate::printer::Printer;
use crate::queue::{Boot, Call, Happens, Queue};
use crate::seed::Seed;
use crate::staff::Staff;
use crate::tally::{Fault, Tally};
use crate::trace::Trace;
use crate::watch::Watch;

/// Steps after which a life is taken for one that never ends.
const MOST_STEPS: u64 = 20_000;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Decides everything.
    pub seed: u64,
    /// A fault put in on purpose.
    pub mutant: Option<Mutant>,
    /// How often the dear checks are made.
    pub care: Care,
    /// Whether the story is kept.
    pub trace: Keep,
}

/// How often the whole journal is replayed, and how often codes are looked for where they must not stand (`secrets.rs`);
/// all other checks are made after every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// After every step.
    EveryStep,
    /// Replayed at restarts, at the end, and now and then; codes are looked for at some of these moments, and in the whole
    /// journal at the end of some lives.
    Sampled,
}

/// Whether something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which of the twelve; 0 for liveness.
    pub invariant: u8,
    /// The life.
    pub seed: u64,
    /// The step in it.
    pub step: u64,
    /// What was seen.
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Violation { invariant, seed, step, what } = self;
        match invariant {
            0 => write!(f, "liveness broken, seed {seed}, step {step}: {what}"),
            number => write!(f, "invariant {number} broken, seed {seed}, step {step}: {what}"),
        }
    }
}

/// How a life went.
#[derive(Debug)]
pub struct Report {
    /// The first broken invariant.
    pub violation: Option<Violation>,
    /// What happened.
    pub tally: Tally,
    /// The story, if it was kept.
    pub story: Vec<String>,
}

/// A world with one till in it.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) plan: Plan,
    pub(crate) seed: Seed,
    pub(crate) clock: Clock,
    pub(crate) queue: Queue,
    pub(crate) disk: Disk,
    pub(crate) power: Power,
    pub(crate) gateway: Gateway,
    pub(crate) network: Network,
    pub(crate) printer: Printer,
    pub(crate) cashier: Cashier,
    pub(crate) staff: Staff,
    pub(crate) watch: Watch,
    pub(crate) tally: Tally,
    pub(crate) trace: Trace,
    /// The program, while it runs.
    pub(crate) till: Option<Terminal>,
    /// The program that ended: a restart must find its ledger, unless a mutant lied to the disk.
    pub(crate) expected: Option<Terminal>,
    /// The newest one on the disk.
    pub(crate) checkpoint: Checkpoint,
    pub(crate) run: u32,
    pub(crate) calls: Vec<Call>,
    pub(crate) call_count: u32,
    /// When the till wants to be woken, in true time.
    pub(crate) next_due: Option<u64>,
    pub(crate) asleep_until: Option<u64>,
    pub(crate) healed: bool,
    pub(crate) violation: Option<Violation>,
}

/// Runs one life.
#[must_use]
pub fn live(plan: Plan) -> Report {
    let mut life = Life::draw(plan);
    life.switch_on();
    life.suffer();
    life.settle();
    life.report()
}

impl Life {
    /// The world of this seed.
    pub(crate) fn draw(plan: Plan) -> Life {
        let mut seed = Seed::new(plan.seed);
        let power = Power::draw(&mut seed);
        let gateway = Gateway::new(Habits::draw(&mut seed));
        let network = Network::draw(&mut seed);
        let cashier = Cashier::draw(&mut seed);
        let mut life = Life::of(plan, seed, power, gateway, network, cashier);
        life.staff = Staff::of(plan);
        life.watch.manager = life.staff.manager();
        // By the seed's number and not drawn, so that all other lives stay what they were.
        if plan.seed % 16 == 5 {
            life.cashier.hurry();
            (life.gateway.habits.deaf_wallet, life.gateway.habits.slow_ms) = (true, 40_000);
        }
        life.plan_faults();
        life
    }

    /// A world without faults of its own, for stories that bring theirs.
    pub(crate) fn gentle(plan: Plan) -> Life {
        let mut seed = Seed::new(plan.seed);
        let cashier = Cashier::draw(&mut seed);
        let gateway = Gateway::new(Habits::gentle());
        let mut life = Life::of(plan, seed, Power::steady(), gateway, Network::gentle(), cashier);
        life.printer.calm();
        life.gateway.calm = true;
        life
    }

    fn of(
        plan: Plan,
        seed: Seed,
        power: Power,
        gateway: Gateway,
        network: Network,
        cashier: Cashier,
    ) -> Life {
        Life {
            plan,
            seed,
            clock: Clock::new(plan.mutant),
            queue: Queue::default(),
            disk: Disk::default(),
            power,
            gateway,
            network,
            printer: Printer::default(),
            cashier,
            staff: Staff::nobody(),
            watch: Watch::default(),
            tally: Tally::of_one_life(),
            trace: Trace::new(plan.trace),
            till: None,
            expected: None,
            checkpoint: Checkpoint::default(),
            run: 0,
            calls: Vec::new(),
            call_count: 0,
            next_due: None,
            asleep_until: None,
            healed: false,
            violation: None,
        }
    }

    fn plan_faults(&mut self) {
        let seed = &mut self.seed;
        if seed.chance(100) {
            self.clock.jump(-1_763_600_000_000); // the clock of a board without a battery
        }
        self.queue.put(seed.between(0, 3000), Happens::Cashier);
        if seed.chance(850) {
            self.queue.put(seed.between(0, 10_000), Happens::Weather);
        }
        if seed.chance(150) {
            self.queue.put(seed.between(100, 60_000), Happens::PowerGoes);
        }
        for _ in 0..seed.pick(&[0, 0, 1, 2], 0) {
            let by = seed.pick(&[-3_600_000, 3_600_000, -86_400_000, 600_000, -20_000, 1_763_600_000], 0);
            self.queue.put(seed.between(100, 60_000), Happens::ClockJumps(by));
        }
        if seed.chance(150) {
            let long = seed.pick(&[1000, 15_000, 30_000, 120_000], 0);
            self.queue.put(seed.between(100, 60_000), Happens::Sleeps(long));
        }
    }

    /// The part of the life with faults.
    fn suffer(&mut self) {
        let end = self.seed.between(20_000, 150_000);
        self.run_until(end, |life| life.cashier.is_done() && life.clock.true_ms() > 20_000);
    }

    /// Lets the world go on until this time, until `enough`, or until something is broken.
    pub(crate) fn run_until(&mut self, end: u64, enough: impl Fn(&Life) -> bool) {
        while self.violation.is_none() && !enough(self) {
            let awake = self.asleep_until.unwrap_or(0);
            let due = self.next_due.filter(|_| self.till.is_some()).map(|due| due.max(awake));
            let next = match (due, self.queue.next_at()) {
                (Some(due), Some(happens)) => Some(due.min(happens)),
                (due, happens) => due.or(happens),
            };
            let Some(next) = next.filter(|next| *next <= end) else {
                self.clock.advance(end);
                return;
            };
            self.clock.advance(next);
            if due == Some(next) {
                self.wake_till();
            } else if let Some(what) = self.queue.take() {
                self.happen(what);
            }
            if self.tally.steps > MOST_STEPS {
                self.broken(0, || "the life does not end".to_owned());
            }
        }
    }

    fn happen(&mut self, what: Happens) {
        let now = self.clock.true_ms();
        if let Some(wakes) = self.asleep_until.filter(|wakes| *wakes > now)
            && needs_the_machine(&what)
        {
            return self.queue.put(wakes, what);
        }
        match what {
            Happens::Cashier => self.cashier_acts(),
            Happens::Arrives(request) => self.request_arrives(&request),
            Happens::Replies(call, answer) => self.reply_arrives(call, *answer),
            Happens::GivesUp(call) => self.client_gives_up(call),
            Happens::Wallet(at, act) => {
                self.trace.say(now, || format!("wallet: {act:?} on pi_{at}"));
                self.gateway.act(at, act, &mut self.tally);
                self.check_truth();
            }
            Happens::Returned(at, fate) => {
                self.trace.say(now, || format!("wallet: {fate:?} re_{at}"));
                self.gateway.end_refund(at, fate);
                self.check_truth();
            }
            Happens::Paper(run, job, ending) => self.paper_ends(run, job, ending),
            Happens::PrinterLooked(run, sight) => self.printer_looked(run, sight),
            Happens::PowerComes(boot) => self.power_comes(boot),
            Happens::Wakes(slept) => {
                self.asleep_until = None;
                self.clock.slept(slept);
                if let Some(till) = &self.till {
                    self.watch.met.slept(till.ledger());
                }
                if !self.healed && self.seed.chance(700) {
                    self.network.weather = Weather::Fair; // whoever opens the lid looks after the line
                }
                self.plan_wake();
                self.trace.say(now, || format!("the machine wakes after {slept} ms"));
            }
            Happens::Weather | Happens::PowerGoes | Happens::ClockJumps(_) | Happens::Sleeps(_)
                if self.healed => {}
            Happens::Sleeps(_) if self.till.is_none() => {}
            Happens::Weather => {
                let lasts = self.network.change(&mut self.seed, &mut self.tally);
                self.trace.say(now, || format!("line: {:?} for {lasts} ms", self.network.weather));
                self.queue.put(now + lasts, Happens::Weather);
            }
            Happens::PowerGoes => {
                let boot = if self.seed.chance(700) { Boot::New } else { Boot::Same };
                self.power_goes(boot);
            }
            Happens::ClockJumps(by) => {
                self.tally.fault(Fault::ClockJump);
                self.trace.say(now, || format!("the wall clock jumps by {by} ms"));
                self.clock.jump(by);
                if let Some(till) = &self.till {
                    self.watch.met.jumped(till.ledger());
                }
                self.plan_wake();
            }
            Happens::Sleeps(long) => {
                self.tally.fault(Fault::Suspend);
                self.trace.say(now, || format!("the machine sleeps for {long} ms"));
                self.asleep_until = Some(now + long);
                self.queue.put(now + long, Happens::Wakes(long));
            }
        }
    }

    fn cashier_acts(&mut self) {
        if self.healed {
            return;
        }
        let now = self.clock.true_ms();
        self.staff_acts();
        if let Some(till) = &self.till
            && let Some(act) = self.cashier.act(now, till, &mut self.gateway, &mut self.seed)
        {
            let scans = act.code.is_some();
            let refunds = matches!(act.input, Input::RefundAsked { .. });
            if refunds && self.seed.chance(400) {
                self.tally.fault(Fault::LineChange);
                self.network.weather = self.seed.pick(&[Weather::Slow, Weather::Rough], Weather::Slow);
            }
            let input = self.staff.approved(act.input);
            let act = Act { input: self.typed_by_scanner(input), ..act };
            self.cashier_does(act);
            if scans {
                self.aim_at_the_tender_moment();
            }
        }
        let pause = self.cashier.pause(&mut self.seed);
        self.queue.put(now + pause, Happens::Cashier);
    }

    /// In every sixteenth life the scanner types the last code into the reason of a refund.
    fn typed_by_scanner(&mut self, input: Input) -> Input {
        match (input, self.gateway.codes.last()) {
            (Input::RefundAsked { sale, amount, reason, approver }, Some(code))
                if self.plan.seed % 16 == 9 =>
            {
                self.watch.met.met(Condition::CodeInAReason);
                Input::RefundAsked { sale, amount, reason: reason + &code.text, approver }
            }
            (input, _) => input,
        }
    }

    /// Right after a scan a fault hurts most.
    fn aim_at_the_tender_moment(&mut self) {
        let at = self.clock.true_ms() + self.seed.between(0, 4000);
        let offline = matches!(self.network.weather, Weather::Refusing | Weather::Dead);
        match self.seed.below(if offline { 13 } else { 100 }) {
            0..6 => self.queue.put(at, Happens::Sleeps(self.seed.between(12_000, 32_000))),
            6..10 => self.queue.put(at, Happens::ClockJumps(self.seed.pick(&[-3_600_000, 3_600_000], 0))),
            10..13 => self.queue.put(at, Happens::PowerGoes),
            13..21 => self.queue.put(at, Happens::Weather),
            _ => {}
        }
    }

    pub(crate) fn broken(&mut self, invariant: u8, what: impl FnOnce() -> String) {
        if self.violation.is_none() {
            let (seed, step) = (self.plan.seed, self.tally.steps);
            let violation = Violation { invariant, seed, step, what: what() };
            self.trace.say(self.clock.true_ms(), || format!("!!! {violation}"));
            self.violation = Some(violation);
        }
    }

    pub(crate) fn report(mut self) -> Report {
        if let Some(till) = &self.till {
            let sales = till.ledger().sales();
            self.tally.sales = sales.len() as u64;
            self.tally.attempts = sales.values().map(|sale| sale.attempts.len() as u64).sum();
            self.tally.paid = sales.values().filter(|sale| sale.paid_by().is_some()).count() as u64;
            self.tally.returned = sales
                .values()
                .flat_map(|sale| &sale.refunds)
                .filter(|refund| refund.phase == RefundPhase::Confirmed)
                .count() as u64;
            self.tally.refunds_owed = sales.values().map(|sale| sale.refunds_owed.len() as u64).sum();
        }
        self.tally.met = self.watch.met;
        Report { violation: self.violation, tally: self.tally, story: self.trace.into_lines() }
    }
}

fn needs_the_machine(what: &Happens) -> bool {
    match what {
        Happens::Cashier | Happens::Replies(..) | Happens::GivesUp(_) => true,
        Happens::Paper(..) | Happens::PrinterLooked(..) => true,
        Happens::Sleeps(_) | Happens::PowerGoes => true,
        Happens::Arrives(_)
        | Happens::Wallet(..)
        | Happens::Returned(..)
        | Happens::Weather
        | Happens::Wakes(_) => false,
        Happens::PowerComes(_) | Happens::ClockJumps(_) => false,
    }
}
