//! Runs the scenarios, one after another, and says how each ended.
//!
//! Invariant: a scenario that does not end in time ends the run: what it left plugged in would spoil the next.

use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Instant;

use super::counter::Bench;
use super::outcome::Outcome;
use super::scenario::{Measured, Scenario, chosen};
use super::shop::clear_disk;
use super::till::last_words;

/// Scans back to back in the whole rig, and in the short run.
const SCANS: u64 = 1000;
const SCANS_IN_CORE: u64 = 200;

/// `--core`, or the beginnings of names; nothing means all.
pub(crate) fn all(words: &[String]) -> ExitCode {
    let core = words.iter().any(|word| word == "--core");
    let chosen = chosen(words);
    if chosen.is_empty() {
        say("no scenario has that name; --list names them");
        return ExitCode::FAILURE;
    }
    let mut bench = match Bench::lay_out(if core { SCANS_IN_CORE } else { SCANS }) {
        Ok(bench) => bench,
        Err(why) => {
            say(&format!("FAIL  nothing can be run: {why}"));
            return ExitCode::FAILURE;
        }
    };
    let began = Instant::now();
    let (mut passed, mut failed) = (0, 0);
    for scenario in &chosen {
        let Some((back, ok)) = one(scenario, bench) else { return ExitCode::FAILURE };
        bench = back;
        if ok { passed += 1 } else { failed += 1 }
    }
    say(&format!("{passed} passed, {failed} failed, {} s", began.elapsed().as_secs()));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `None` when it did not end.
fn one(scenario: &Scenario, mut bench: Bench) -> Option<(Bench, bool)> {
    clear_disk();
    let began = Instant::now();
    let run = scenario.run;
    let (done, ended) = mpsc::sync_channel::<(Bench, Outcome<Measured>, Vec<String>)>(1);
    std::thread::spawn(move || {
        let outcome = run(&mut bench);
        done.send((bench, outcome, last_words())).ok();
    });
    let Ok((bench, outcome, last_words)) = ended.recv_timeout(scenario.limit) else {
        say(&format!("FAIL  {}: not over after {} s", scenario.name, scenario.limit.as_secs()));
        return None;
    };
    let seconds = format!("{}.{} s", began.elapsed().as_secs(), began.elapsed().subsec_millis() / 100);
    match outcome {
        Ok(measured) => {
            say(&format!("pass  {:<26} {seconds:>7}  {measured}", scenario.name));
            Some((bench, true))
        }
        Err(why) => {
            say(&format!("FAIL  {:<26} {seconds:>7}  {why}", scenario.name));
            for line in &last_words {
                say(&format!("        {}", line.chars().take(400).collect::<String>()));
            }
            Some((bench, false))
        }
    }
}

/// A line for people.
fn say(words: &str) {
    println!(":: {words}");
}
