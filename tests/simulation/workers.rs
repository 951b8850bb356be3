//! The stand-in for the workers: effects become requests and papers, replies and silence become inputs.
//!
//! Invariant: exactly one input comes back for each effect of a run; a reply after the timeout is dropped.
//! Deliberately absent: retries, and any judgement about money.

use quickpay_core::answer::{
    Answer, IntentReport, IntentStatus, RefundAnswer, RefundReport, RefundStanding, RejectionKind, Silence,
};
use quickpay_core::document::{Document, DocumentKind};
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, IntentId, JobId, OrderId, RefundId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding, Sight};
use quickpay_core::print::Sheet;
use quickpay_core::record::Copy;
use quickpay_core::refund::RefundPhase;

use crate::gateway::{refund_rejected, rejected};
use crate::life::Life;
use crate::mutant::Mutant;
use crate::network::{Fate, Front, READ_LIMIT_MS};
use crate::printer::Paper;
use crate::queue::{About, Call, Happens, Reply, Request, Wish};
use crate::tally::Fault;
use crate::watch::Paying;

impl Life {
    pub(crate) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Pay { attempt, request } => {
                let code = request.code.reveal().to_owned();
                self.pay(attempt, request.order.clone(), request.amount.minor(), code);
            }
            Effect::Inquire { .. } if self.is(Mutant::NeverInquires) => {}
            Effect::Inquire { attempt, .. }
                if self.is(Mutant::NeverLooksAgain) && self.ended_unpaid(attempt) => {}
            Effect::Inquire { attempt, by } => {
                self.exchange(About::Attempt(attempt, Asked::Inquire), Wish::Inquire(by));
            }
            Effect::Reverse { attempt, intent, .. } => {
                let checked = match &self.till {
                    Some(till) => self.watch.reversing(attempt, till.ledger(), self.clock.true_ms()),
                    None => Ok(()),
                };
                self.judge(checked);
                self.exchange(About::Attempt(attempt, Asked::Reverse), Wish::Reverse(intent));
            }
            Effect::Refund { refund, request } => {
                self.refund(refund, request.number, request.intent, request.amount.minor());
            }
            Effect::InquireRefund { refund, id } => {
                self.exchange(About::Refund(refund), Wish::InquireRefund(id));
            }
            Effect::ProbeLine => self.exchange(About::Line, Wish::Probe),
            Effect::LookForPrinter => self.look_for_printer(),
            Effect::Print { job, document } => {
                let document = self.as_it_prints(document);
                self.print(job, document.kind, &document);
            }
        }
    }

    pub(crate) fn pay(&mut self, attempt: AttemptId, order: OrderId, minor: u64, code: String) {
        let now = self.clock.true_ms();
        let about = About::Attempt(attempt, Asked::Pay);
        let number = self.gateway.code(&code);
        if let Some(till) = &self.till {
            let paying = Paying { attempt, order: &order, minor, code: number, now };
            let checked = self.watch.paying(&paying, till.ledger());
            self.judge(checked);
        }
        if self.is(Mutant::PaysTwiceUnderTwoNames) {
            let order = OrderId::from_journal(format!("{order}-again"));
            self.exchange(about, Wish::Pay { order, minor, code: code.clone() });
        }
        if self.is(Mutant::PaysTwiceUnderOneName) {
            let wish = Wish::Pay { order: order.clone(), minor, code: code.clone() };
            self.exchange(about, wish);
        }
        self.exchange(about, Wish::Pay { order, minor, code });
    }

    /// A refund leaves, unless a mutant makes something else of it.
    fn refund(&mut self, id: RefundId, number: OrderId, intent: IntentId, minor: u64) {
        let now = self.clock.true_ms();
        let again = self.watch.refund_left_before(id);
        if let Some(till) = &self.till {
            let asked = (&number, &intent, minor);
            let checked = self.watch.refunding(id, asked, till.ledger(), &self.gateway, now);
            self.judge(checked);
        }
        let number = if again && self.is(Mutant::RefundUnderNewNumber) {
            OrderId::from_journal(format!("{number}-{}", self.call_count))
        } else {
            number
        };
        let paid = self.gateway.intents.iter().find(|known| known.id == intent).map(|known| known.minor);
        let minor = if self.is(Mutant::RefundsAllThatWasPaid) { paid.unwrap_or(minor) } else { minor };
        self.exchange(About::Refund(id), Wish::Refund { number, intent, minor });
    }

    /// What a mutant does to refunds that were under way when the program ended.
    pub(crate) fn refunds_begin_anew(&mut self) {
        let Some(till) = &self.till else { return };
        let sent = till.ledger().sales().values().flat_map(|sale| &sale.refunds);
        let sent = sent.filter(|refund| matches!(refund.phase, RefundPhase::Sent { .. }));
        for refund in sent.cloned().collect::<Vec<_>>() {
            let number = OrderId::from_journal(format!("{}-anew", refund.number));
            let wish = Wish::Refund { number, intent: refund.intent, minor: refund.amount.minor() };
            self.exchange(About::Refund(refund.id), wish);
        }
    }

    /// A request leaves, or the attempt to connect fails.
    fn exchange(&mut self, about: About, what: Wish) {
        let now = self.clock.true_ms();
        let call = Call { run: self.run, number: self.call_count, about };
        self.call_count += 1;
        let checked = self.watch.asking(call, &self.calls, now);
        self.judge(checked);
        self.calls.push(call);
        let fate = self.network.outgoing(&mut self.seed, &mut self.tally);
        self.trace.say(now, || format!("till: {} {fate:?}", said(&call, &what)));
        match fate {
            Fate::Refused { after } => {
                self.watch.not_sent(&call);
                let reply = match about {
                    About::Refund(_) => Reply::Refund(RefundAnswer::NotSent),
                    About::Line | About::Attempt(..) => Reply::Attempt(Answer::NotSent),
                };
                self.queue.put(now + after, Happens::Replies(call, Box::new(reply)));
            }
            Fate::Lost => self.queue.put(now + READ_LIMIT_MS, Happens::GivesUp(call)),
            Fate::Arrives { after, again } => {
                if let Wish::Pay { order, code, .. } = &what {
                    self.watch.in_air.push((order.clone(), self.gateway.code(code), now + after));
                }
                if let Wish::Refund { number, .. } = &what {
                    self.watch.in_air.push((number.clone(), None, now + after));
                }
                let request = Box::new(Request { call, what });
                if let Some(again) = again {
                    self.queue.put(now + after + again, Happens::Arrives(request.clone()));
                }
                self.queue.put(now + after, Happens::Arrives(request));
                self.queue.put(now + READ_LIMIT_MS, Happens::GivesUp(call));
            }
        }
    }

    pub(crate) fn request_arrives(&mut self, request: &Request) {
        let now = self.clock.true_ms();
        let front = match (request.call.about, &request.what) {
            (About::Line, _) => Front::Open,
            (About::Attempt(_, asked), _) => self.network.front(asked, &mut self.seed, &mut self.tally),
            (About::Refund(_), Wish::Refund { .. }) => {
                self.network.front(Asked::Pay, &mut self.seed, &mut self.tally)
            }
            (About::Refund(_), _) => self.network.front(Asked::Inquire, &mut self.seed, &mut self.tally),
        };
        if let Wish::Pay { order: name, .. } | Wish::Refund { number: name, .. } = &request.what {
            self.watch.in_air.retain(|(known, _, at)| known != name || *at > now);
        }
        let answer = match front {
            Front::Shut(answer) => like(request.call.about, answer),
            Front::Open => self.gateway_handles(&request.what),
            Front::Muddled(silence) => {
                self.gateway_handles(&request.what);
                like(request.call.about, Answer::Silent(silence))
            }
        };
        let reply = self.network.reply(answer, &mut self.seed, &mut self.tally);
        self.trace.say(now, || format!("gateway: {} -> {reply:?}", said(&request.call, &request.what)));
        if let Some((after, answer)) = reply {
            self.queue.put(now + after, Happens::Replies(request.call, Box::new(answer)));
        }
        self.check_truth();
    }

    fn gateway_handles(&mut self, what: &Wish) -> Reply {
        let now = self.clock.true_ms();
        match what {
            Wish::Pay { order, minor, code } => {
                let chance = (&mut self.seed, &mut self.tally);
                let (answer, later) = self.gateway.pay(now, (order, *minor, code), chance);
                for (after, at, act) in later {
                    self.queue.put(now + after, Happens::Wallet(at, act));
                }
                Reply::Attempt(answer)
            }
            Wish::Inquire(by) => Reply::Attempt(self.gateway.inquire(now, by, &mut self.tally)),
            Wish::Reverse(intent) => {
                Reply::Attempt(self.gateway.cancel(intent, &mut self.seed, &mut self.tally))
            }
            Wish::Refund { number, intent, minor } => {
                let chance = (&mut self.seed, &mut self.tally);
                let (answer, later) = self.gateway.refund(now, (number, intent, *minor), chance);
                if let Some((after, at, fate)) = later {
                    self.queue.put(now + after, Happens::Returned(at, fate));
                }
                Reply::Refund(answer)
            }
            Wish::InquireRefund(id) => Reply::Refund(self.gateway.inquire_refund(id)),
            Wish::Probe => Reply::Attempt(Answer::Found(Vec::new())),
        }
    }

    pub(crate) fn reply_arrives(&mut self, call: Call, reply: Reply) {
        if !self.ends(call) {
            self.tally.fault(Fault::ReplyLate);
            return;
        }
        if self.is(Mutant::LockedTillHearsNothing) && self.is_locked() {
            return;
        }
        match (call.about, reply) {
            (About::Attempt(attempt, asked), Reply::Attempt(answer)) => {
                self.answer_arrives(call, attempt, asked, answer);
            }
            (About::Refund(refund), Reply::Refund(answer)) => self.refund_answered(refund, answer),
            (About::Line, reply) => {
                let down = reply == Reply::Attempt(Answer::NotSent);
                self.give(Input::LineProbed(if down { LineProof::Down } else { LineProof::Up })).ok();
            }
            (About::Attempt(..), Reply::Refund(_)) | (About::Refund(_), Reply::Attempt(_)) => {
                self.broken(0, || "a reply to another kind of question".to_owned());
            }
        }
    }

    fn answer_arrives(&mut self, call: Call, attempt: AttemptId, asked: Asked, answer: Answer) {
        if self.is(Mutant::PrintBeforeRecord) && asked != Asked::Reverse && says_paid(&answer) {
            self.print_early(attempt);
        }
        let strays = self.strays_in(&answer);
        let (attempt, asked, answer) = self.understood(call, attempt, asked, answer);
        self.trace.say(self.clock.true_ms(), || format!("answer to {asked:?} {attempt}: {answer:?}"));
        self.give(Input::Answered { attempt, asked, answer }).ok();
        if asked != Asked::Reverse {
            self.check_alarm(attempt, &strays);
        }
    }

    fn refund_answered(&mut self, refund: RefundId, answer: RefundAnswer) {
        let done = |report: RefundReport| RefundReport { standing: RefundStanding::Succeeded, ..report };
        let answer = match answer {
            RefundAnswer::Refund(report)
                if self.is(Mutant::RefundPendingIsDone) && report.standing == RefundStanding::Pending =>
            {
                RefundAnswer::Refund(done(report))
            }
            other => other,
        };
        self.trace.say(self.clock.true_ms(), || format!("answer about {refund}: {answer:?}"));
        self.give(Input::RefundAnswered { refund, answer }).ok();
    }

    pub(crate) fn client_gives_up(&mut self, call: Call) {
        if !self.ends(call) {
            return;
        }
        if self.is(Mutant::LockedTillHearsNothing) && self.is_locked() {
            return;
        }
        let (attempt, asked) = match call.about {
            About::Line => {
                self.give(Input::LineProbed(LineProof::Down)).ok();
                return;
            }
            About::Refund(refund) if self.is(Mutant::RefundTimeoutIsNo) => {
                return self.refund_answered(refund, refund_rejected(RejectionKind::BadRequest));
            }
            About::Refund(refund) => {
                return self.refund_answered(refund, RefundAnswer::Silent(Silence::NoAnswer));
            }
            About::Attempt(attempt, asked) => (attempt, asked),
        };
        let answer = match self.plan.mutant {
            Some(Mutant::TimeoutIsDecline) => rejected(RejectionKind::Forbidden),
            Some(Mutant::TimeoutIsNotSent) => Answer::NotSent,
            _ => Answer::Silent(Silence::NoAnswer),
        };
        self.trace.say(self.clock.true_ms(), || format!("no answer to {asked:?} {attempt}: {answer:?}"));
        self.give(Input::Answered { attempt, asked, answer }).ok();
    }

    fn ended_unpaid(&self, attempt: AttemptId) -> bool {
        let known = self.till.as_ref().and_then(|till| till.ledger().attempt(attempt));
        known.is_some_and(|(_, attempt)| attempt.phase.doubt().is_none())
    }

    fn ends(&mut self, call: Call) -> bool {
        let open = self.calls.iter().position(|known| *known == call);
        open.map(|at| self.calls.swap_remove(at)).is_some()
    }

    /// What the client makes of a reply: itself, unless a mutant misreads it.
    fn understood(
        &self,
        call: Call,
        attempt: AttemptId,
        asked: Asked,
        answer: Answer,
    ) -> (AttemptId, Asked, Answer) {
        let Some(mutant) = self.plan.mutant else { return (attempt, asked, answer) };
        let sale = self.till.as_ref().and_then(|till| till.ledger().sale(attempt.sale));
        let owed = sale.map(|sale| sale.amount.minor());
        let owes_already = sale.is_some_and(|sale| !sale.refunds_owed.is_empty());
        let misread = |report: IntentReport| match mutant {
            Mutant::AmountUnchecked => {
                IntentReport { amount_minor: owed.unwrap_or(report.amount_minor), ..report }
            }
            Mutant::RefundOwedTwice if owes_already && report.status == IntentStatus::Succeeded => {
                let id = IntentId(format!("{}_{}", report.id, call.number));
                IntentReport { id, ..report }
            }
            Mutant::StrayMoneyUnsaid if owed != Some(report.amount_minor) => {
                IntentReport { status: IntentStatus::Canceled, ..report }
            }
            Mutant::PendingIsCanceled if report.status == IntentStatus::Pending => {
                IntentReport { status: IntentStatus::Canceled, ..report }
            }
            Mutant::CodeTakenForTheIntent => {
                let code = self.watch.code_of(attempt).and_then(|code| self.gateway.codes.get(code));
                IntentReport { id: code.map_or(report.id, |code| IntentId(code.text.clone())), ..report }
            }
            Mutant::AnswerToTheWrongAttempt => IntentReport { order: None, ..report },
            _ => report,
        };
        let answer = match answer {
            Answer::Intent(report) => Answer::Intent(misread(report)),
            Answer::Found(reports) if reports.is_empty() && mutant == Mutant::EmptySearchIsNo => {
                Answer::Found(owed.map(never_was).into_iter().collect())
            }
            Answer::Found(reports) => Answer::Found(reports.into_iter().map(misread).collect()),
            other => other,
        };
        match mutant {
            Mutant::ReversalAnswerIsProof => (attempt, Asked::Inquire, answer),
            Mutant::AnswerToTheWrongAttempt => (self.watch.last_paying().unwrap_or(attempt), asked, answer),
            _ => (attempt, asked, answer),
        }
    }

    fn print(&mut self, job: JobId, kind: DocumentKind, document: &Document) {
        let Some(till) = &self.till else { return };
        let Some(known) = till.ledger().jobs().get(&job).cloned() else {
            return self.broken(11, || format!("{job} prints and is not recorded"));
        };
        let out = self.printer.out();
        let receipt_of = match known.sheet {
            Sheet::Receipt(attempt) => Some(attempt),
            Sheet::Slip(_) => None,
        };
        let is_out = |attempt| out.iter().any(|paper| paper.attempt == Some(attempt));
        if self.is(Mutant::PrintBeforeRecord) && receipt_of.is_some_and(is_out) {
            let ending = PrintEnding::Printed(quickpay_core::record::PrintProof::Sent);
            return self.queue.put(self.clock.true_ms() + 10, Happens::Paper(self.run, job, ending));
        }
        if self.printer.was_seen(self.run).is_some_and(|sight| sight != Sight::Ready) {
            return self
                .broken(11, || format!("{job} begins though the printer was last found not to take it"));
        }
        let copy = self.is(Mutant::CopyUnmarked) && known.copy != Copy::Original && receipt_of.is_some();
        let kind = if copy { DocumentKind::Receipt } else { kind };
        let checked = self.watch.printing(&known, kind, document, till, &self.gateway);
        self.judge(checked);
        self.watch.met.printed(known.sheet, known.copy);
        self.check_paper_of_shift(known.id, known.sheet, document);
        let paper = Paper { job: Some(job), attempt: receipt_of, kind };
        let (after, ending) = self.printer.take(paper, &mut self.seed, &mut self.tally);
        self.printer.tells(self.run, &ending);
        self.trace.say(self.clock.true_ms(), || format!("printer: {job} {kind:?}, will tell {ending:?}"));
        let now = self.clock.true_ms();
        self.queue.put(now + after, Happens::Paper(self.run, job, ending));
        if !self.printer.is_calm() && self.seed.chance(60) {
            self.queue.put(now + self.seed.below(after), Happens::PowerGoes);
        }
        self.check_papers();
    }

    fn look_for_printer(&mut self) {
        let sight = self.printer.look(self.run, &mut self.tally);
        let now = self.clock.true_ms();
        self.trace.say(now, || format!("printer: looks {sight:?}"));
        self.queue.put(now + 40, Happens::PrinterLooked(self.run, sight));
    }

    fn print_early(&mut self, attempt: AttemptId) {
        let open = self.till.as_ref().and_then(|till| till.ledger().attempt(attempt));
        if open.is_some_and(|(_, attempt)| attempt.phase.doubt().is_some()) {
            let paper = Paper { job: None, attempt: Some(attempt), kind: DocumentKind::Receipt };
            self.printer.put_out(paper, &mut self.tally);
        }
    }

    pub(crate) fn printer_looked(&mut self, run: u32, sight: Sight) {
        if run == self.run {
            self.give(Input::PrinterLooked(sight)).ok();
        }
    }

    pub(crate) fn paper_ends(&mut self, run: u32, job: JobId, ending: PrintEnding) {
        if run == self.run {
            self.give(Input::PrintEnded { job, ending }).ok();
        }
    }
}

fn says_paid(answer: &Answer) -> bool {
    match answer {
        Answer::Intent(report) => report.status == IntentStatus::Succeeded,
        Answer::Found(reports) => reports.iter().any(|report| report.status == IntentStatus::Succeeded),
        Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined { .. } => false,
    }
}

fn never_was(amount_minor: u64) -> IntentReport {
    IntentReport {
        id: IntentId("pi_none".to_owned()),
        order: None,
        amount_minor,
        currency: "CNY".to_owned(),
        mode: None,
        status: IntentStatus::Canceled,
        wallet_reference: None,
    }
}

/// The front's answer in the words of what was asked.
fn like(about: About, answer: Answer) -> Reply {
    match (about, answer) {
        (About::Refund(_), Answer::Silent(silence)) => Reply::Refund(RefundAnswer::Silent(silence)),
        (About::Refund(_), Answer::Rejected(rejection)) => Reply::Refund(RefundAnswer::Rejected(rejection)),
        (_, answer) => Reply::Attempt(answer),
    }
}

/// A request in words, without its code.
fn said(call: &Call, what: &Wish) -> String {
    let about = match call.about {
        About::Line => String::new(),
        About::Attempt(attempt, _) => attempt.to_string(),
        About::Refund(refund) => refund.to_string(),
    };
    match what {
        Wish::Pay { order, minor, .. } => format!("pay {about} {order} {minor}"),
        Wish::Inquire(by) => format!("inquire {about} {by:?}"),
        Wish::Reverse(intent) => format!("reverse {about} {intent}"),
        Wish::Refund { number, intent, minor } => format!("refund {about} {number} {minor} of {intent}"),
        Wish::InquireRefund(id) => format!("inquire {about} {}", id.0),
        Wish::Probe => "probe".to_owned(),
    }
}
