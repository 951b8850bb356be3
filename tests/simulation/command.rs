//! Many lives by one command, or one of them as a story.
//!
//! `cargo run --profile dist -p quickpay-simulation -- --lives 1000000 --first-seed 0 [--jobs 2] [--mutant Name]`, or
//! `-- --seed 42 --trace`. Ends with 1 when an invariant broke. (The profile `dist` runs half as many again as `release`.)
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line for developers")]

use std::process::ExitCode;

use quickpay_simulation::life::{Care, Keep, Plan, live};
use quickpay_simulation::many::Many;
use quickpay_simulation::mutant::Mutant;

/// What the command line asks for.
#[derive(Debug)]
struct Asked {
    many: Many,
    seed: Option<u64>,
    trace: Keep,
}

fn main() -> ExitCode {
    match asked(std::env::args().skip(1)) {
        Ok(asked) => match asked.seed {
            Some(seed) => one(seed, &asked),
            None => all(asked.many),
        },
        Err(words) => {
            eprintln!("{words}");
            eprintln!("--lives N --first-seed N --jobs N --mutant Name --every-step | --seed N [--trace]");
            ExitCode::from(2)
        }
    }
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let many = Many { first_seed: 0, lives: 10_000, mutant: None, care: Care::Sampled, jobs: 1 };
    let mut asked = Asked { many, seed: None, trace: Keep::No };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("{text:?} is no number"));
        match word.as_str() {
            "--lives" => asked.many.lives = number(value()?)?,
            "--first-seed" => asked.many.first_seed = number(value()?)?,
            "--jobs" => asked.many.jobs = number(value()?)?,
            "--seed" => asked.seed = Some(number(value()?)?),
            "--trace" => asked.trace = Keep::Yes,
            "--every-step" => asked.many.care = Care::EveryStep,
            "--mutant" => {
                let name = value()?;
                let known = Mutant::ALL.iter().find(|mutant| mutant.name() == name);
                asked.many.mutant = Some(*known.ok_or(format!("no mutant is named {name:?}"))?);
            }
            _ => return Err(format!("{word:?} is not known")),
        }
    }
    Ok(asked)
}

fn one(seed: u64, asked: &Asked) -> ExitCode {
    let report = live(Plan { seed, mutant: asked.many.mutant, care: Care::EveryStep, trace: asked.trace });
    report.story.iter().for_each(|line| println!("{line}"));
    match report.violation {
        Some(violation) => {
            println!("{violation}");
            ExitCode::FAILURE
        }
        None => {
            println!("seed {seed}: no violation in {} steps", report.tally.steps);
            ExitCode::SUCCESS
        }
    }
}

fn all(many: Many) -> ExitCode {
    let outcome = many.run();
    print!("{}", outcome.tally);
    for violation in outcome.violations.iter().take(20) {
        println!("{violation}");
    }
    let lives = u128::from(outcome.tally.lives);
    let ms = outcome.took.as_millis().max(1);
    println!("violations {} in {lives} lives", outcome.broken);
    println!("{ms} ms on {} threads: {} lives/s", many.jobs.max(1), lives * 1000 / ms);
    if let Some(cpu_ms) = cpu_ms().filter(|cpu_ms| *cpu_ms > 0) {
        println!("{cpu_ms} ms of processor time: {} lives/s a core", lives * 1000 / cpu_ms);
    }
    if outcome.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What this process used of all cores, in milliseconds; Linux tells it in ticks of 10 ms (proc(5), fields 14 and 15).
fn cpu_ms() -> Option<u128> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    let ticks = after_name.split(' ').skip(11).take(2).map(|field| field.parse::<u128>().unwrap_or(0));
    Some(ticks.sum::<u128>() * 10)
}
