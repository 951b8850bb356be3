//! Many lives, one after the other or on several cores, with one count over all.
//!
//! Invariant: which lives are run depends on the numbers given, never on the machine.
//! Deliberately absent: printing.

use std::time::{Duration, Instant};

use crate::life::{Care, Keep, Plan, Violation, live};
use crate::mutant::Mutant;
use crate::tally::Tally;

/// Which lives.
#[derive(Debug, Clone, Copy)]
pub struct Many {
    /// The first seed.
    pub first_seed: u64,
    /// How many lives.
    pub lives: u64,
    /// A fault put in on purpose.
    pub mutant: Option<Mutant>,
    /// How often the dear checks are made.
    pub care: Care,
    /// On so many threads.
    pub jobs: u64,
}

/// What came of them.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All counts.
    pub tally: Tally,
    /// Broken lives, the first of each thread's hundred.
    pub violations: Vec<Violation>,
    /// How many lives were broken.
    pub broken: u64,
    /// How long it took.
    pub took: Duration,
}

/// A thread keeps no more of these.
const KEEP: usize = 100;

impl Many {
    /// Runs them all.
    #[must_use]
    pub fn run(self) -> Outcome {
        let began = Instant::now();
        let jobs = self.jobs.max(1);
        let mut whole = std::thread::scope(|scope| {
            // The caller lives a share too: one job needs no thread, and then no lock in the allocator.
            let threads: Vec<_> = (1..jobs).map(|job| scope.spawn(move || self.share(job, jobs))).collect();
            let mut whole = self.share(0, jobs);
            for thread in threads {
                let part = thread.join().expect("a life panicked");
                whole.tally.add(&part.tally);
                whole.broken += part.broken;
                whole.violations.extend(part.violations);
            }
            whole
        });
        whole.violations.sort_by_key(|violation| violation.seed);
        whole.took = began.elapsed();
        whole
    }

    /// Every `of`-th life from `job`.
    fn share(self, job: u64, of: u64) -> Outcome {
        let mut outcome = Outcome::default();
        let mut at = job;
        while at < self.lives {
            let seed = self.first_seed + at;
            let report = live(Plan { seed, mutant: self.mutant, care: self.care, trace: Keep::No });
            outcome.tally.add(&report.tally);
            if let Some(violation) = report.violation {
                outcome.broken += 1;
                if outcome.violations.len() < KEEP {
                    outcome.violations.push(violation);
                }
            }
            at += of;
        }
        outcome
    }

    /// Runs until the first broken life.
    #[must_use]
    pub fn first_violation(self) -> Option<Violation> {
        let plan = |seed| Plan { seed, mutant: self.mutant, care: self.care, trace: Keep::No };
        (self.first_seed..self.first_seed + self.lives).find_map(|seed| live(plan(seed)).violation)
    }
}
