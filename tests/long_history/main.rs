//! Starts after a long history: what the program reads, how long it takes, what memory it has.
//!
//! `just start-up` measures a thousand and a million past sales side by side; see the ignored test.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss
)]

#[path = "../../src/store/tests/store/blind.rs"]
mod blind;
#[path = "../../src/store/tests/store/hasty.rs"]
mod hasty;
mod history;
mod pages;
mod program;
#[path = "../../src/core/tests/till/settings.rs"]
mod settings;

use std::time::{Duration, Instant};

use history::States;
use program::Program;

fn own_folder(name: &str) -> std::path::PathBuf {
    let folder =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_start_reads_no_more_after_a_long_history_than_after_a_short_one() {
    for sales in [300, 6_000] {
        let folder = own_folder(&format!("history-{sales}"));
        history::write(&folder, sales, States::Ours);
        let mut till = Program::start(&folder);
        till.ready();
        if sales > 5_000 {
            till.wait_for_log_from_the_start("the lists are whole", Duration::from_secs(300));
        }
        let first = till.ask(r#"{"do":"sale","sale":"S0001","id":1}"#);
        assert!(first.contains(r#""state":"approved""#) && first.contains("PAID"), "{first}");
        till.quit();
        let till = Program::start(&folder); // the first one made the index
        till.ready();
        till.quit();
        let read = entries_read(&folder);
        assert_eq!(read.len(), 2);
        assert!(read[0] <= 1_000, "{sales} sales: {read:?} entries");
        assert_eq!(read[1], 0, "after an orderly stop there is nothing behind the checkpoint");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

/// How many entries each start has read so far.
fn entries_read(folder: &std::path::Path) -> Vec<u64> {
    let log = std::fs::read_to_string(folder.join("till.log")).unwrap();
    let told = log.lines().filter(|line| line.contains("the journal is read"));
    told.map(|line| line.rsplit_once('=').unwrap().1.trim().parse().unwrap()).collect()
}

#[test]
fn a_start_that_can_use_no_state_reads_everything_and_the_next_one_reads_nothing_of_it() {
    let folder = own_folder("history-of-another-version");
    let entries = history::write(&folder, 6_000, States::OfAnotherVersion);
    let mut till = Program::start(&folder);
    till.ready();
    till.wait_for_log_from_the_start("the lists are whole", Duration::from_secs(300));
    let first = till.ask(r#"{"do":"sale","sale":"S0001","id":1}"#);
    assert!(first.contains(r#""state":"approved""#) && first.contains("COPY"), "{first}");
    let list = till.ask(r#"{"do":"list","id":1}"#);
    assert!(list.contains("S6000") && list.contains("S5990"), "{list}");
    till.kill(); // the state was written down at once, not at the stop
    let till = Program::start(&folder);
    till.ready();
    till.quit();
    let read = entries_read(&folder);
    assert_eq!((read.len(), read[0]), (2, entries));
    assert!(read[1] <= 10, "{read:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// `SALES=1000000`: how many.
#[test]
#[ignore = "measures; writes 2 GB and takes minutes: `just start-up-of-another-version`"]
fn a_start_that_can_use_no_state_is_measured() {
    let sales = std::env::var("SALES").map_or(1_000_000, |text| text.parse().unwrap());
    let folder = own_folder(&format!("measured-without-states-{sales}"));
    let entries = history::write(&folder, sales, States::OfAnotherVersion);
    Program::doctor(&folder, "rebuild"); // makes the index and records nothing
    for what in ["without a state that serves", "after that"] {
        let begun = Instant::now();
        let till = Program::start(&folder);
        till.ready();
        println!("{entries} entries, {what}: ready after {:?}; memory {}", begun.elapsed(), till.memory());
        till.quit();
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn damage_that_no_start_reads_is_found_in_the_background_and_stops_new_sales() {
    let folder = own_folder("history-damaged");
    history::write(&folder, 15_000, States::Ours);
    let till = Program::start(&folder);
    till.ready();
    till.wait_for_log_from_the_start("the lists are whole", Duration::from_secs(300));
    till.quit();
    let full = folder.join("data/journal/00000001.j");
    let mut bytes = std::fs::read(&full).unwrap();
    bytes[5_000_000] ^= 1;
    std::fs::write(&full, &bytes).unwrap();
    let mut till = Program::start(&folder);
    till.ready();
    let words = till.event("no new sale");
    assert!(words.contains("00000001.j") && words.contains("quickpay doctor"), "{words}");
    let refused = till.ask(r#"{"do":"enter_amount","amount":"5.00","id":1}"#);
    assert!(refused.contains(r#""reason":"storage_fault""#), "{refused}");
    till.quit();
    assert!(std::fs::read(&full).unwrap() == bytes, "nothing was cut or changed");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn damage_before_the_newest_checkpoint_is_told_right_after_the_start_and_stops_new_sales() {
    let folder = own_folder("history-with-a-damaged-front");
    history::write(&folder, 2_000, States::Ours); // eight checkpoints in one segment
    let till = Program::start(&folder);
    till.ready();
    till.quit();
    let newest = folder.join("data/journal/00000001.j");
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes[500_000] ^= 1;
    std::fs::write(&newest, &bytes).unwrap();
    let mut till = Program::start(&folder);
    till.ready();
    let words = till.event("no new sale");
    assert!(words.contains("00000001.j") && words.contains("quickpay doctor"), "{words}");
    let refused = till.ask(r#"{"do":"enter_amount","amount":"5.00","id":1}"#);
    assert!(refused.contains(r#""reason":"storage_fault""#), "{refused}");
    till.kill();
    Program::doctor(&folder, "repair");
    let mut till = Program::start(&folder);
    till.ready();
    till.wait_for_log_from_the_start("the newest segment is whole", Duration::from_secs(60));
    let armed = till.ask(r#"{"do":"enter_amount","amount":"5.00","id":1}"#);
    assert!(armed.contains(r#""state":"armed""#), "{armed}");
    till.quit();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn lost_lists_are_made_anew_while_selling_goes_on_and_older_sales_wait_for_them() {
    let folder = own_folder("history-without-lists");
    history::write(&folder, 15_000, States::Ours);
    let mut till = Program::start(&folder);
    till.ready();
    let armed = till.ask(r#"{"do":"enter_amount","amount":"5.00","id":1}"#);
    assert!(armed.contains(r#""state":"armed""#), "{armed}");
    // It is a race with the lists, which nobody needs to win: an answer is whole or says that it is not.
    let first = till.ask(r#"{"do":"sale","sale":"S0001","id":1}"#);
    let waits = first.contains(r#""reason":"lists_incomplete""#);
    assert!(waits || first.contains(r#""state":"approved""#), "{first}");
    let list = till.ask(r#"{"do":"list","id":1}"#);
    let incomplete = list.contains(r#""incomplete":true"#);
    assert!(list.contains("S15000") && (incomplete || list.contains("S14600")), "{list}");
    till.wait_for_log_from_the_start("the lists are whole", Duration::from_secs(300));
    till.wait_for_log_from_the_start(
        "the whole journal and every list were checked",
        Duration::from_secs(300),
    );
    let first = till.ask(r#"{"do":"sale","sale":"S0001","id":1}"#);
    assert!(first.contains(r#""state":"approved""#), "{first}");
    let list = till.ask(r#"{"do":"list","id":1}"#);
    assert!(list.contains("S14600") && !list.contains("incomplete"), "{list}");
    till.quit();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_second_copy_that_rotted_is_made_anew_while_selling_goes_on() {
    let folder = own_folder("history-copied");
    history::write(&folder, 15_000, States::Ours); // more than one segment
    let [segment, copy] = ["journal", "copies"].map(|place| folder.join(format!("data/{place}/00000001.j")));
    let till = Program::start(&folder);
    till.ready();
    let is_whole = || std::fs::read(&copy).is_ok_and(|bytes| bytes == std::fs::read(&segment).unwrap());
    wait_until("the copy is made", is_whole);
    till.quit();
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes[5_000_000] ^= 1;
    std::fs::write(&copy, &bytes).unwrap();
    let mut till = Program::start(&folder);
    till.ready();
    till.wait_for_log("the second copy was made anew", Duration::from_secs(300));
    assert!(is_whole());
    let armed = till.ask(r#"{"do":"enter_amount","amount":"5.00","id":1}"#);
    assert!(armed.contains(r#""state":"armed""#), "{armed}");
    till.quit();
    std::fs::remove_dir_all(&folder).unwrap();
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(300);
    while !is_so() {
        assert!(Instant::now() < until, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// `SALES=1000,1000000`: the lengths; `STARTS=5`: how many starts of each, in turns.
#[test]
#[ignore = "measures; writes 2 GB and takes minutes: `just start-up`"]
fn starts_after_a_short_and_a_long_history_are_measured() {
    let number = |name: &str| std::env::var(name).ok();
    let lengths = number("SALES").unwrap_or_else(|| "1000,1000000".to_owned());
    let starts: usize = number("STARTS").map_or(5, |text| text.parse().unwrap());
    let mut histories = Vec::new();
    for sales in lengths.split(',').map(|text| text.parse::<u32>().unwrap()) {
        let folder = own_folder(&format!("measured-{sales}"));
        let begun = Instant::now();
        let entries = history::write(&folder, sales, States::Ours);
        println!("{sales} sales: {entries} entries written in {:.1} s", begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let till = Program::start(&folder);
        till.ready();
        println!("  first start: ready after {:.1} s", begun.elapsed().as_secs_f64());
        if entries > 20_000 {
            till.wait_for_log_from_the_start("the lists are whole", Duration::from_secs(3600));
            println!("  lists made beside sales: {:.1} s; {}", begun.elapsed().as_secs_f64(), till.memory());
        }
        till.quit();
        histories.push((sales, folder, Vec::new()));
    }
    for _ in 0..starts {
        for (_, folder, times) in &mut histories {
            let begun = Instant::now();
            let till = Program::start(folder);
            till.ready();
            let took = begun.elapsed();
            let at_ready = till.memory();
            std::thread::sleep(Duration::from_secs(2));
            times.push((took, at_ready, till.memory()));
            till.kill(); // the next start has a tail to read
        }
    }
    let mut medians = Vec::new();
    for (sales, folder, times) in &mut histories {
        times.sort_by_key(|(took, ..)| *took);
        let (took, at_ready, later) = &times[times.len() / 2];
        println!("{sales} past sales: ready after {took:?} (median of {starts}: {:?})", {
            times.iter().map(|(took, ..)| took.as_millis()).collect::<Vec<_>>()
        });
        println!("  memory at ready {at_ready}; 2 s later {later}; disk {} MB", megabytes(folder));
        medians.push(took.as_secs_f64());
    }
    let (first, last) = (medians[0], medians[medians.len() - 1]);
    println!("ratio of the last to the first: {:.2}", last / first);
    for (sales, folder, _) in histories {
        println!("{sales} past sales:");
        let mut till = Program::start(&folder);
        till.ready();
        let begun = Instant::now();
        let answer = till.ask(r#"{"do":"sale","sale":"S0007","id":1}"#);
        println!("  the first sales' story after {:?}; {} bytes", begun.elapsed(), answer.len());
        let begun = Instant::now();
        till.wait_for_log("the whole journal and every list were checked", Duration::from_secs(600));
        println!("  checked whole in the background after {:?}; memory {}", begun.elapsed(), till.memory());
        till.quit();
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

fn megabytes(folder: &std::path::Path) -> u64 {
    fn bytes(folder: &std::path::Path) -> u64 {
        let items = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        items
            .map(|item| match item.metadata().unwrap() {
                about if about.is_dir() => bytes(&item.path()),
                about => about.len(),
            })
            .sum()
    }
    bytes(folder) / 1_000_000
}
