//! The stand-in for the event loop: input, decide, commit, dispatch, on virtual time; and the program's end and start.
//!
//! Invariant: effects leave only after the journal took their records, unless a mutant says otherwise.
//! Deliberately absent: any judgement about money.

use quickpay_core::answer::RejectionKind;
use quickpay_core::decision::{CommitError, Decision};
use quickpay_core::input::{Asked, Input, PrintEnding};
use quickpay_core::refusal::Refusal;

use crate::cashier::{Act, scan_of};
use crate::conditions::Condition;
use crate::gateway::rejected;
use crate::life::{Care, Life};
use crate::mutant::Mutant;
use crate::payer::Code;
use crate::power::Cut;
use crate::queue::{Boot, Happens};
use crate::tally::Fault;
use crate::till::terminal_from;
use crate::watch::Origin;

/// Rounds of due work after one input, after which it is taken for endless.
const MOST_ROUNDS: u32 = 64;

impl Life {
    pub(crate) fn is(&self, mutant: Mutant) -> bool {
        self.plan.mutant == Some(mutant)
    }

    pub(crate) fn switch_on(&mut self) {
        self.power_comes(Boot::Same);
    }

    /// A person acts; what the till refuses is remembered by the person.
    pub(crate) fn cashier_does(&mut self, act: Act) {
        if self.is(Mutant::SameAmountNotAsked) && matches!(act.input, Input::Scanned(_)) {
            self.give(Input::Confirmed).ok();
        }
        let confirms = matches!(act.input, Input::Confirmed);
        let begins_anew =
            matches!(act.input, Input::AmountEntered(_) | Input::KeyPressed(_) | Input::Cleared);
        self.trace.say(self.clock.true_ms(), || format!("cashier: {:?} code {:?}", act.input, act.code));
        self.watch.scanning = act.code.map(|code| (code, self.clock.true_ms()));
        let leaves = matches!(act.input, Input::SignOutAsked);
        if let Input::PersonProven(person) = &act.input {
            self.watch.proven = Some(person.clone());
        }
        let served = |code| self.watch.seen.iter().any(|seen| seen.code == code);
        let served = act.code.is_some_and(served);
        let keeps_code = leaves && self.till.as_ref().is_some_and(|till| till.codes_in_memory() > 0);
        let heard = self.hand_on(act.input);
        self.watch.met.heard(heard.as_ref().err(), served);
        self.watch.met.met_if(keeps_code && heard.is_ok(), Condition::LeftWithCode);
        (self.watch.scanning, self.watch.proven) = (None, None);
        match heard {
            Ok(()) if leaves => self.has_left(),
            Ok(()) if confirms => self.watch.confirmed = true,
            Ok(()) if begins_anew => self.watch.confirmed = false,
            Ok(()) => {}
            Err(refusal) => {
                self.tally.fault(Fault::WrongAct);
                self.trace.say(self.clock.true_ms(), || format!("  refused: {refusal}"));
                self.cashier.hears(&refusal);
            }
        }
    }

    /// One input, then all that is due.
    pub(crate) fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let Some(till) = &self.till else { return Ok(()) };
        self.tally.steps += 1;
        let origin = Origin::of(&input);
        let decision = till.decide(self.clock.moment(), input)?;
        self.commit(decision, origin);
        self.do_what_is_due();
        self.after_step();
        Ok(())
    }

    /// A deadline came.
    pub(crate) fn wake_till(&mut self) {
        self.tally.steps += 1;
        self.do_what_is_due();
        if self.next_due.is_some_and(|due| due <= self.clock.true_ms()) && self.till.is_some() {
            self.broken(0, || "due work that does not get done".to_owned());
        }
        self.after_step();
    }

    fn do_what_is_due(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let Some(till) = self.till.as_ref().filter(|_| self.violation.is_none()) else { return };
            match till.decide(self.clock.moment(), Input::DeadlineReached) {
                Ok(due) if due.is_empty() => return self.plan_wake(),
                Ok(due) => self.commit(due, Origin::Other),
                Err(refusal) => return self.broken(0, || format!("a deadline was refused: {refusal}")),
            }
        }
        self.broken(0, || "due work without end".to_owned());
    }

    pub(crate) fn plan_wake(&mut self) {
        let Some(till) = &self.till else { return };
        let next = till.next_deadline(self.clock.moment());
        self.next_due = next.map(|mono| self.clock.when(mono).max(self.clock.true_ms()));
    }

    fn commit(&mut self, decision: Decision, origin: Origin) {
        let writes = !decision.records().is_empty();
        let cut = if writes { self.power.at_commit() } else { None };
        let early = self.is(Mutant::SendBeforeCommit) && matches!(cut, Some(Cut::EntryLost | Cut::DiskFull));
        self.disk.next = cut.filter(|_| !early);
        let Some(till) = self.till.as_mut() else { return };
        let committed = decision.commit(self.clock.moment(), till, &mut self.disk);
        self.disk.next = None;
        match committed {
            Ok(effects) => {
                if writes {
                    self.check_commit(origin);
                }
                let most = if let Some(Cut::AfterEffects(most)) = cut { most } else { usize::MAX };
                for effect in effects.into_iter().take(most) {
                    self.carry_out(effect);
                }
                if early {
                    self.disk.entries.pop();
                }
                match cut {
                    Some(Cut::AfterEffects(_)) => {
                        self.tally.fault(Fault::EffectsCut);
                        self.power_goes(Boot::New);
                    }
                    Some(_) => self.power_goes(Boot::New),
                    None => {}
                }
            }
            Err(CommitError::Journal(_)) => self.entry_torn(cut, origin),
            Err(CommitError::Unfounded(unfounded)) => self.broken(4, || unfounded.to_string()),
        }
    }

    fn entry_torn(&mut self, cut: Option<Cut>, origin: Origin) {
        let (fault, boot) = match cut {
            Some(Cut::EntryKept) => (Fault::EntryKept, Boot::New),
            Some(Cut::DiskFull) => (Fault::DiskFull, Boot::Same),
            Some(Cut::EntryLost | Cut::AfterEffects(_)) | None => (Fault::EntryTorn, Boot::New),
        };
        self.tally.fault(fault);
        let (Some(till), Some(last)) = (&mut self.till, self.disk.entries.last()) else { return };
        if fault != Fault::EntryKept {
            return self.power_goes(boot);
        }
        // What the next start must find; this till does nothing more.
        if let Err(unfounded) = till.apply(last) {
            return self.broken(4, || unfounded.to_string());
        }
        let (ledger, now) = (till.ledger(), self.clock.true_ms());
        let checked = self.watch.committed(origin, last, ledger, &self.gateway, now);
        self.judge(checked);
        self.power_goes(boot);
    }

    /// The program ends here and now; only the disk stays.
    pub(crate) fn power_goes(&mut self, boot: Boot) {
        let Some(till) = self.till.take() else { return };
        self.tally.fault(if boot == Boot::New { Fault::PowerCut } else { Fault::ProgramDied });
        self.expected = Some(till);
        if self.is(Mutant::FsyncLies) && boot == Boot::New {
            let lost = usize::try_from(self.seed.between(1, 3)).unwrap_or(1);
            let left = self.disk.entries.len().saturating_sub(lost);
            self.disk.entries.truncate(left);
        }
        if self.is(Mutant::FsyncLies) || self.is(Mutant::SendBeforeCommit) {
            self.expected = None; // must be caught by the money, not by the bookkeeping
        }
        self.run += 1;
        self.calls.clear();
        self.next_due = None;
        self.watch.forget_run();
        let dark = match boot {
            Boot::Same => self.seed.between(50, 5000),
            Boot::New => self.seed.pick(&[2000, 8000, 30_000, 300_000], 2000),
        };
        let now = self.clock.true_ms();
        self.trace.say(now, || format!("the program ends ({boot:?} boot follows in {dark} ms)"));
        self.queue.put(now + dark, Happens::PowerComes(boot));
    }

    pub(crate) fn power_comes(&mut self, boot: Boot) {
        if boot == Boot::New {
            self.clock.reboot(self.seed.pick(&[500, 9000, 40_000], 500));
            if !self.healed && self.seed.chance(150) {
                self.clock.jump(self.seed.pick(&[-86_400_000, 3_600_000], 0));
            }
        }
        self.trace.say(self.clock.true_ms(), || format!("the program starts, run {}", self.run));
        let terminal = match terminal_from(&self.disk.entries, self.run, self.settings()) {
            Ok(terminal) => terminal,
            Err(unfounded) => return self.broken(4, || format!("the journal does not replay: {unfounded}")),
        };
        self.watch.met.restarted(terminal.ledger());
        self.check_checkpoint(terminal.ledger());
        let lost = self.expected.take().is_some_and(|expected| expected.ledger() != terminal.ledger());
        self.till = Some(terminal);
        if lost {
            return self.broken(4, || "the journal replays to another state than was left".to_owned());
        }
        if self.is(Mutant::PaperAgainAfterRestart) {
            self.forget_papers();
        }
        self.give(Input::Started).ok();
        self.mutant_restarts();
        if self.is(Mutant::RefundAnewAfterRestart) {
            self.refunds_begin_anew();
        }
    }

    fn forget_papers(&mut self) {
        let Some(till) = &self.till else { return };
        let printing = till.ledger().open_jobs().filter(|job| job.stage.is_under_way());
        for job in printing.map(|job| job.id).collect::<Vec<_>>() {
            self.give(Input::PrintEnded { job, ending: PrintEnding::NotSent }).ok();
        }
    }

    /// What three of the mutants do wrong when the program starts again.
    fn mutant_restarts(&mut self) {
        let Some(till) = &self.till else { return };
        let doubtful = till.ledger().open_sales().flat_map(|sale| {
            sale.attempts
                .iter()
                .filter(|attempt| attempt.phase.doubt().is_some())
                .map(|attempt| (attempt.id, attempt.order.clone(), sale.amount.minor()))
        });
        for (attempt, order, minor) in doubtful.collect::<Vec<_>>() {
            let forget = || {
                let answer = rejected(RejectionKind::Unauthorized);
                Input::Answered { attempt, asked: Asked::Pay, answer }
            };
            if self.is(Mutant::DoubtForgottenAtRestart) {
                self.give(forget()).ok();
            }
            if self.is(Mutant::NewAttemptAtRestart) {
                self.give(forget()).ok();
                let number = self.gateway.codes.len();
                self.gateway.codes.push(Code::draw(number, self.clock.true_ms(), &mut self.seed));
                self.give(Input::Resumed(attempt.sale)).ok();
                let act = scan_of(&self.gateway, number);
                self.cashier_does(act);
            }
            if self.is(Mutant::CodeKeptOverRestart)
                && let Some(code) = self.watch.code_of(attempt)
                && let Some(text) = self.gateway.codes.get(code).map(|code| code.text.clone())
            {
                self.pay(attempt, order, minor, text);
            }
        }
    }

    fn after_step(&mut self) {
        let checked = self.watch.held_in_time(self.clock.true_ms());
        if self.till.is_some() {
            self.judge(checked);
        }
        self.check_codes_wiped();
        self.check_truth();
        self.check_papers();
        if self.plan.care == Care::EveryStep || self.tally.steps % 61 == 17 {
            self.check_replay();
        }
        // Not drawn from the seed, so that the lives of all seeds stay the same.
        match self.tally.steps.wrapping_mul(self.plan.seed | 1) % 47 {
            7 | 19 => self.make_checkpoint(),
            31 => {
                if let Some(till) = self.till.take() {
                    self.check_checkpoint(till.ledger());
                    self.till = Some(till);
                }
            }
            _ => {}
        }
    }
}
