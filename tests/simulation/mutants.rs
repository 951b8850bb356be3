//! Each deliberate fault of the design is caught within 100 lives; a simulator that lets one live is broken itself.
#![allow(clippy::print_stdout, clippy::panic, missing_docs)]

use quickpay_simulation::life::Care;
use quickpay_simulation::many::Many;
use quickpay_simulation::mutant::Mutant;

fn is_caught(mutant: Mutant) {
    let many = Many { first_seed: 0, lives: 100, mutant: Some(mutant), care: Care::EveryStep, jobs: 1 };
    match many.first_violation() {
        Some(violation) => println!("{}: {} Caught: {violation}", mutant.name(), mutant.sentence()),
        None => panic!("{} lives: {}", mutant.name(), mutant.sentence()),
    }
}

macro_rules! caught {
    ($($test:ident: $mutant:ident,)+) => {
        $(
            #[test]
            fn $test() {
                is_caught(Mutant::$mutant);
            }
        )+

        #[test]
        fn every_mutant_has_its_test() {
            assert_eq!([$(Mutant::$mutant,)+], Mutant::ALL);
        }
    };
}

caught! {
    sending_before_the_commit_is_caught: SendBeforeCommit,
    forgetting_doubt_at_a_restart_is_caught: DoubtForgottenAtRestart,
    an_fsync_that_lies_is_caught: FsyncLies,
    a_timeout_read_as_a_decline_is_caught: TimeoutIsDecline,
    a_timeout_read_as_not_sent_is_caught: TimeoutIsNotSent,
    paying_twice_under_two_names_is_caught: PaysTwiceUnderTwoNames,
    paying_twice_under_one_name_is_caught: PaysTwiceUnderOneName,
    a_code_kept_over_a_restart_is_caught: CodeKeptOverRestart,
    a_new_attempt_at_a_restart_is_caught: NewAttemptAtRestart,
    deadlines_by_the_wall_clock_are_caught: DeadlineByWallClock,
    a_clock_that_stops_in_suspend_is_caught: ClockStopsInSuspend,
    a_boot_that_is_not_told_apart_is_caught: BootForgotten,
    printing_before_the_record_is_caught: PrintBeforeRecord,
    an_unmarked_copy_is_caught: CopyUnmarked,
    a_paper_printed_again_after_a_restart_is_caught: PaperAgainAfterRestart,
    an_unchecked_amount_is_caught: AmountUnchecked,
    a_refund_owed_twice_is_caught: RefundOwedTwice,
    a_reversal_taken_for_its_own_proof_is_caught: ReversalAnswerIsProof,
    a_pending_payment_read_as_canceled_is_caught: PendingIsCanceled,
    an_empty_search_read_as_a_no_is_caught: EmptySearchIsNo,
    an_answer_booked_to_another_attempt_is_caught: AnswerToTheWrongAttempt,
    a_same_amount_that_nobody_was_asked_about_is_caught: SameAmountNotAsked,
    inquiries_that_are_never_sent_are_caught: NeverInquires,
    a_checkpoint_that_forgets_open_sales_is_caught: CheckpointForgetsOpenSales,
    a_refund_repeated_under_a_new_number_is_caught: RefundUnderNewNumber,
    a_refund_of_all_that_was_paid_is_caught: RefundsAllThatWasPaid,
    a_refund_made_anew_after_a_restart_is_caught: RefundAnewAfterRestart,
    a_refund_without_an_answer_read_as_refused_is_caught: RefundTimeoutIsNo,
    an_accepted_refund_read_as_returned_is_caught: RefundPendingIsDone,
    late_money_that_nobody_looks_for_is_caught: NeverLooksAgain,
    late_money_of_another_amount_that_nobody_is_told_of_is_caught: StrayMoneyUnsaid,
    a_refund_counted_twice_is_caught: RefundCountedTwice,
    a_doubt_that_is_not_handed_over_is_caught: HandOverForgetsDoubt,
    a_checkpoint_that_forgets_the_shift_is_caught: CheckpointForgetsTheShift,
    a_code_kept_over_a_sign_out_is_caught: CodeKeptOverSignOut,
    a_sign_out_that_locks_only_the_screen_is_caught: SignOutLocksOnlyTheScreen,
    a_lock_that_is_only_a_picture_is_caught: LockIsOnlyAPicture,
    a_locked_till_that_hears_nothing_is_caught: LockedTillHearsNothing,
    a_code_taken_for_the_intents_name_is_caught: CodeTakenForTheIntent,
    anybody_who_puts_money_right_is_caught: AnybodyPutsRight,
}
