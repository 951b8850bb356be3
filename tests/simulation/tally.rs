//! What happened in a life or in many: counts for the record.
//!
//! Invariant: every fault that a room injects is counted here by its kind.
//! Deliberately absent: judgement (see `invariants.rs`).

use std::fmt;

use crate::conditions::Conditions;

macro_rules! faults {
    ($($name:ident = $words:literal,)+) => {
        /// A kind of injected fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the words beside each name are its doc")]
        pub enum Fault {
            $($name,)+
        }

        const WORDS: &[&str] = &[$($words,)+];
    };
}

faults! {
    RequestLost = "requests lost",
    RequestLate = "requests later than our timeout",
    RequestTwice = "requests delivered twice",
    Refused = "connections refused",
    Swallowed = "requests swallowed by a dead line",
    ReplyLost = "replies lost",
    ReplyLate = "replies later than our timeout",
    LineChange = "changes of the line",
    ServerError = "HTTP 5xx",
    Busy = "HTTP 429",
    Conflict = "HTTP 409",
    Nonsense = "unreadable replies",
    ApiRefusal = "requests refused by the API",
    NotFoundOnce = "404 on a known intent",
    WrongAmountTold = "wrong amount told",
    WrongOrderTold = "wrong order told",
    WrongModeTold = "wrong mode told",
    WrongCurrencyTold = "wrong currency told",
    OrderUntold = "order not echoed",
    UnknownWord = "unknown status told",
    WrongAmountCharged = "wrong amount charged",
    KeyIgnored = "idempotency key ignored",
    OrderRefused = "of them seconds refused by their order",
    SecondIntentPaid = "of them second intents paid with another amount",
    SearchLagged = "empty search though it exists",
    IntentUntold = "decline without its intent",
    DoubtfulDecline = "declines that read like a fault",
    LateSuccess = "doubtful declines that later succeeded",
    CancelLied = "reversals that said yes and did nothing",
    PaidAfterCancel = "payments after a confirmed cancel",
    StrayMoney = "of them of another amount than asked for",
    RefundRepeated = "refunds asked for again under their number",
    RefundRefused = "refunds refused by the gateway",
    PowerCut = "power cuts",
    EntryTorn = "entries lost in a power cut",
    EntryKept = "entries kept, effects lost",
    EffectsCut = "power cuts between effects",
    ProgramDied = "program restarts in the same boot",
    DiskFull = "disk full or broken",
    ClockJump = "jumps of the wall clock",
    Suspend = "suspends",
    PrinterAway = "printer not reached",
    PaperUnknown = "papers of unknown fate",
    WrongAct = "acts the till refused",
}

/// Counts.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Lives.
    pub lives: u64,
    /// Inputs given to the core.
    pub steps: u64,
    /// Sales rung up.
    pub sales: u64,
    /// Attempts.
    pub attempts: u64,
    /// Charges that the model wallet made.
    pub charges: u64,
    /// Sales that ended paid.
    pub paid: u64,
    /// Refunds that the model gateway accepted.
    pub refunds: u64,
    /// Refunds that the journal ends with as returned.
    pub returned: u64,
    /// Refunds that a person had to look for at the gateway.
    pub looked_for: u64,
    /// Refunds that ended owed.
    pub refunds_owed: u64,
    /// Papers that came out.
    pub papers: u64,
    /// Full replays compared with the live state.
    pub replays: u64,
    /// Checkpoints written down.
    pub checkpoints: u64,
    /// Restarts tried from a checkpoint and from the whole journal, side by side.
    pub twins: u64,
    /// Lives whose last money came after a confirmed cancel and was found without anyone asking.
    pub found_by_looking: u64,
    /// Refunds owed of money that a reversal, late on the line, gave back after all.
    pub returned_already: u64,
    /// Attempts that ended in doubt because the gateway truly contradicts us.
    pub contradicted: u64,
    /// Alarms about money that came late and that nobody had asked for; a person put it right.
    pub alarms: u64,
    /// How often the invariants were put to the test.
    pub met: Conditions,
    faults: [u64; WORDS.len()],
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            lives: 0,
            steps: 0,
            sales: 0,
            attempts: 0,
            charges: 0,
            paid: 0,
            refunds: 0,
            returned: 0,
            looked_for: 0,
            refunds_owed: 0,
            papers: 0,
            replays: 0,
            checkpoints: 0,
            twins: 0,
            found_by_looking: 0,
            returned_already: 0,
            contradicted: 0,
            alarms: 0,
            met: Conditions::default(),
            faults: [0; WORDS.len()],
        }
    }
}

impl Tally {
    pub(crate) fn of_one_life() -> Tally {
        Tally { lives: 1, ..Tally::default() }
    }

    /// Counts one fault.
    pub fn fault(&mut self, fault: Fault) {
        if let Some(count) = self.faults.get_mut(fault as usize) {
            *count += 1;
        }
    }

    /// How often this fault was injected.
    #[must_use]
    pub fn faults_of(&self, fault: Fault) -> u64 {
        self.faults.get(fault as usize).copied().unwrap_or(0)
    }

    /// How many faults of every kind.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.faults.iter().sum()
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Tally) {
        self.lives += other.lives;
        self.steps += other.steps;
        self.sales += other.sales;
        self.attempts += other.attempts;
        self.charges += other.charges;
        self.paid += other.paid;
        self.refunds += other.refunds;
        self.returned += other.returned;
        self.looked_for += other.looked_for;
        self.refunds_owed += other.refunds_owed;
        self.papers += other.papers;
        self.replays += other.replays;
        self.checkpoints += other.checkpoints;
        self.twins += other.twins;
        self.found_by_looking += other.found_by_looking;
        self.returned_already += other.returned_already;
        self.contradicted += other.contradicted;
        self.alarms += other.alarms;
        self.met.add(&other.met);
        for (mine, theirs) in self.faults.iter_mut().zip(&other.faults) {
            *mine += theirs;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { lives, steps, sales, attempts, charges, paid, refunds_owed, papers, replays, .. } = self;
        writeln!(f, "lives {lives}, steps {steps}, sales {sales}, attempts {attempts}, charges {charges}")?;
        writeln!(f, "paid {paid}, refunds owed {refunds_owed}, papers {papers}, full replays {replays}")?;
        writeln!(
            f,
            "checkpoints {}, restarts from one beside a full replay {}",
            self.checkpoints, self.twins
        )?;
        writeln!(
            f,
            "refunds made {}, returned by the journal {}, looked for by a person {}",
            self.refunds, self.returned, self.looked_for
        )?;
        writeln!(f, "late money found by looking again in {} lives", self.found_by_looking)?;
        writeln!(f, "refunds owed of money that a late reversal gave back: {}", self.returned_already)?;
        writeln!(f, "left in doubt because the gateway truly contradicts us: {}", self.contradicted)?;
        writeln!(f, "alarms about late money of another amount, put right by a person: {}", self.alarms)?;
        writeln!(f, "how often each invariant was put to the test (0 is liveness):\n{}", self.met)?;
        writeln!(f, "faults injected: {}", self.faults())?;
        for (words, count) in WORDS.iter().zip(&self.faults) {
            writeln!(f, "  {count:>10}  {words}")?;
        }
        Ok(())
    }
}
