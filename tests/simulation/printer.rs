//! The model printer: papers come out, do not, or nobody knows.
//!
//! Invariant: what came out is remembered; what the till is told about it may be less.
//! Deliberately absent: bytes and columns (the drivers' own tests).

use quickpay_core::document::DocumentKind;
use quickpay_core::id::{AttemptId, JobId};
use quickpay_core::input::{PrintEnding, Sight};
use quickpay_core::print::Hindrance;
use quickpay_core::record::PrintProof;

use crate::seed::Seed;
use crate::tally::{Fault, Tally};

/// The paper side.
#[derive(Debug, Default)]
pub(crate) struct Printer {
    out: Vec<Paper>,
    calm: bool,
    /// How it last looked, and to which run of the program.
    seen: Option<(u32, Sight)>,
    looks: u64,
}

/// A paper that lies on the counter.
#[derive(Debug)]
pub(crate) struct Paper {
    pub(crate) job: Option<JobId>,
    pub(crate) attempt: Option<AttemptId>,
    pub(crate) kind: DocumentKind,
}

impl Printer {
    /// From now on it always prints.
    pub(crate) fn calm(&mut self) {
        self.calm = true;
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm
    }

    /// Takes a document: what will be told and after how many milliseconds.
    pub(crate) fn take(&mut self, paper: Paper, seed: &mut Seed, tally: &mut Tally) -> (u64, PrintEnding) {
        let after = seed.between(50, 3000);
        let luck = if self.calm { 999 } else { seed.below(1000) };
        match luck {
            0..100 => {
                tally.fault(Fault::PrinterAway);
                (after, PrintEnding::NotSent)
            }
            100..180 => {
                tally.fault(Fault::PaperUnknown);
                if seed.chance(500) {
                    self.put_out(paper, tally);
                }
                (after, PrintEnding::Unknown)
            }
            _ => {
                self.put_out(paper, tally);
                let proof = if luck < 500 { PrintProof::Answered } else { PrintProof::Sent };
                (after, PrintEnding::Printed(proof))
            }
        }
    }

    /// How it looks before a paper is given to it.
    pub(crate) fn look(&mut self, run: u32, tally: &mut Tally) -> Sight {
        self.looks += 1;
        // Not drawn from the seed: a till that looks more often meets the same world otherwise.
        let sight = match if self.calm { 999 } else { self.looks.wrapping_mul(617) % 1000 } {
            0..400 => {
                tally.fault(Fault::PrinterAway);
                Sight::Away
            }
            400..500 => Sight::NeedsCare(Hindrance::PaperOut),
            _ => Sight::Ready,
        };
        self.seen = Some((run, sight));
        sight
    }

    /// What a run of the program will be told of a paper is how the printer looks to it.
    pub(crate) fn tells(&mut self, run: u32, ending: &PrintEnding) {
        let sight = match ending {
            PrintEnding::Printed(_) => Sight::Ready,
            PrintEnding::NotSent => Sight::Away,
            PrintEnding::NeedsCare(why) => Sight::NeedsCare(*why),
            PrintEnding::Unknown => Sight::NeedsCare(Hindrance::NeedsAttention),
        };
        self.seen = Some((run, sight));
    }

    /// How it last looked to a run of the program.
    pub(crate) fn was_seen(&self, by: u32) -> Option<Sight> {
        self.seen.filter(|(run, _)| *run == by).map(|(_, sight)| sight)
    }

    pub(crate) fn put_out(&mut self, paper: Paper, tally: &mut Tally) {
        tally.papers += 1;
        self.out.push(paper);
    }

    /// All that came out.
    pub(crate) fn out(&self) -> &[Paper] {
        &self.out
    }

    /// Whether a person can find this job's paper.
    pub(crate) fn has(&self, job: JobId) -> bool {
        self.out.iter().any(|paper| paper.job == Some(job))
    }
}
