//! Some thousands of lives in the normal tests, with every check after every step.
#![allow(clippy::panic, missing_docs)]

use quickpay_simulation::conditions::Condition;
use quickpay_simulation::life::{Care, Keep, Plan, live};
use quickpay_simulation::many::Many;
use quickpay_simulation::tally::Fault;

/// CI runs more with `QUICKPAY_LIVES=50000`.
fn lives() -> u64 {
    std::env::var("QUICKPAY_LIVES").ok().and_then(|text| text.parse().ok()).unwrap_or(2000)
}

#[test]
fn no_life_breaks_an_invariant_and_every_sale_ends() {
    let outcome = Many { first_seed: 0, lives: lives(), mutant: None, care: Care::EveryStep, jobs: 2 }.run();
    if let Some(violation) = outcome.violations.first() {
        let seed = violation.seed;
        let story = live(Plan { seed, mutant: None, care: Care::EveryStep, trace: Keep::Yes }).story;
        panic!("{} broken lives; the first: {violation}\n{}", outcome.broken, story.join("\n"));
    }
    for fault in [Fault::PowerCut, Fault::RequestLost, Fault::ReplyLate, Fault::ClockJump, Fault::EntryKept] {
        assert!(outcome.tally.faults_of(fault) > 0, "{fault:?} never happened");
    }
    for condition in Condition::ALL {
        let times = outcome.tally.met.times(*condition);
        let (invariant, words) = (condition.invariant(), condition.words());
        assert!(
            times >= (lives() / 1000).max(1),
            "invariant {invariant} hardly says anything: {times} {words}"
        );
    }
    assert!(outcome.tally.paid > outcome.tally.lives / 2, "most lives sell something");
    assert!(outcome.tally.twins > outcome.tally.lives, "restarts from a checkpoint were hardly tried");
}

#[test]
fn one_seed_replays_one_life_exactly() {
    for seed in 0..200 {
        let plan = Plan { seed, mutant: None, care: Care::EveryStep, trace: Keep::Yes };
        assert_eq!(live(plan).story, live(plan).story, "seed {seed}");
    }
}
