//! Deliberate faults of the design, one at a time: a simulator that does not catch them is broken itself.
//!
//! Invariant: each mutant stands outside the core, at the place where a real rim could be wrong.
//! Deliberately absent: mutations of the core's own lines (cargo-mutants does those).

macro_rules! mutants {
    ($($(#[doc = $sentence:literal])+ $name:ident,)+) => {
        /// A fault that we put in on purpose.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mutant {
            $($(#[doc = $sentence])+ $name,)+
        }

        impl Mutant {
            /// All of them.
            pub const ALL: &'static [Mutant] = &[$(Mutant::$name,)+];

            /// What is wrong, in a sentence.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Mutant::$name => concat!($($sentence),+).trim_ascii(),)+
                }
            }

            /// The name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Mutant::$name => stringify!($name),)+
                }
            }
        }
    };
}

impl Mutant {
    /// Whether it needs people who sign in and out.
    pub(crate) fn is_about_people(self) -> bool {
        matches!(
            self,
            Mutant::CodeKeptOverSignOut
                | Mutant::SignOutLocksOnlyTheScreen
                | Mutant::LockIsOnlyAPicture
                | Mutant::LockedTillHearsNothing
                | Mutant::AnybodyPutsRight
        )
    }
}

mutants! {
    /// Effects leave before the journal has taken their records.
    SendBeforeCommit,
    /// A restart takes whatever was in doubt for declined.
    DoubtForgottenAtRestart,
    /// The disk says that it synced, and loses the last entries in a power cut.
    FsyncLies,
    /// A timeout is read as a refusal.
    TimeoutIsDecline,
    /// A timeout is read as "no byte left".
    TimeoutIsNotSent,
    /// The client sends a payment twice, the second time under another order id.
    PaysTwiceUnderTwoNames,
    /// The client sends a payment again under the same order id.
    PaysTwiceUnderOneName,
    /// The payment code is kept over a restart and sent again.
    CodeKeptOverRestart,
    /// A restart drops the attempt in doubt and begins a new one with a new code.
    NewAttemptAtRestart,
    /// Deadlines run on the wall clock, which jumps.
    DeadlineByWallClock,
    /// The clock of deadlines stands still while the machine sleeps.
    ClockStopsInSuspend,
    /// After a reboot the clock begins anew, and the till believes it is the same boot.
    BootForgotten,
    /// The receipt prints when the answer comes, before anything is recorded.
    PrintBeforeRecord,
    /// A copy prints without its mark.
    CopyUnmarked,
    /// A paper that was under way at a power cut prints as an original once more.
    PaperAgainAfterRestart,
    /// The client hands back the amount that we asked for, whatever the gateway says.
    AmountUnchecked,
    /// The client names a paid intent anew in each answer, so that one refund is owed twice.
    RefundOwedTwice,
    /// A reversal's own "canceled" is taken for an inquiry's.
    ReversalAnswerIsProof,
    /// A pending intent is read as canceled.
    PendingIsCanceled,
    /// An empty search is read as "canceled".
    EmptySearchIsNo,
    /// An answer is booked to the attempt that was sent last.
    AnswerToTheWrongAttempt,
    /// The question whether a same amount is a new customer is answered by the program.
    SameAmountNotAsked,
    /// Inquiries are never sent: an attempt in doubt stays so.
    NeverInquires,
    /// A checkpoint leaves out what is open.
    CheckpointForgetsOpenSales,
    /// A refund is asked for again under a new number.
    RefundUnderNewNumber,
    /// A refund leaves without its amount: all that was paid goes back.
    RefundsAllThatWasPaid,
    /// A refund that was under way at a restart is made anew.
    RefundAnewAfterRestart,
    /// A refund without an answer is taken for refused.
    RefundTimeoutIsNo,
    /// A refund that was only accepted is taken for returned.
    RefundPendingIsDone,
    /// Nobody looks for late money after a reversal.
    NeverLooksAgain,
    /// The client reads late money of another amount as no money.
    StrayMoneyUnsaid,
    /// The paper of a shift counts each refund twice.
    RefundCountedTwice,
    /// The hand-over list leaves out what is in doubt.
    HandOverForgetsDoubt,
    /// A checkpoint leaves out the shift and its sums.
    CheckpointForgetsTheShift,
    /// A held code is kept over a sign-out and sent.
    CodeKeptOverSignOut,
    /// Signing out locks only the screen: the core never hears of it.
    SignOutLocksOnlyTheScreen,
    /// Only the screen knows who works here: the core sells while nobody is signed in.
    LockIsOnlyAPicture,
    /// Answers are dropped while the till is locked.
    LockedTillHearsNothing,
    /// The client takes the payment code for the intent's name.
    CodeTakenForTheIntent,
    /// While nobody is signed in, anybody says what became of money at the gateway.
    AnybodyPutsRight,
}
