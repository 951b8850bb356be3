use super::*;

/// Feeds keys at the given pace as a rim does: deadlines are kept. Tells what came of them, typed keys joined.
fn play(keys: &[(&str, u64)]) -> Vec<String> {
    let mut keystrokes = Keystrokes::new(Duration::from_millis(500));
    let mut now = 10_000;
    let mut verdicts = Vec::new();
    for (text, gap) in keys {
        let next = now + gap;
        while let Some(Monotonic(deadline)) = keystrokes.deadline().filter(|d| d.0 <= next) {
            verdicts.extend(keystrokes.on_idle(Monotonic(deadline)));
        }
        now = next;
        verdicts.extend(keystrokes.on_key(text, Monotonic(now)));
    }
    while let Some(deadline) = keystrokes.deadline() {
        verdicts.extend(keystrokes.on_idle(deadline));
    }
    let mut told: Vec<String> = Vec::new();
    for verdict in verdicts {
        match verdict {
            KeyVerdict::Typed(key) => match told.last_mut().filter(|last| last.starts_with("typed ")) {
                Some(last) => last.push_str(&key),
                None => told.push(format!("typed {key}")),
            },
            KeyVerdict::Scan(scan) => told.push(format!("scan of {}", scan.len())),
            KeyVerdict::Discarded(why) => told.push(format!("{why:?}")),
        }
    }
    told
}

fn keys<'a>(text: &'a str, gap: u64, storage: &mut Vec<(&'a str, u64)>) {
    storage.extend(text.split_inclusive(|_| true).map(|key| (key, gap)));
}

fn play_parts(parts: &[(&'static str, u64, u64)]) -> Vec<String> {
    let mut all = Vec::new();
    for (text, pause, gap) in parts {
        let from = all.len();
        keys(text, *gap, &mut all);
        if let Some(first) = all.get_mut(from) {
            first.1 = *pause;
        }
    }
    play(&all)
}

#[test]
fn a_burst_at_three_milliseconds_a_key_is_a_scan_and_types_nothing() {
    assert_eq!(play_parts(&[("132993614656096754\n", 1000, 3)]), ["scan of 18"]);
    assert_eq!(play_parts(&[("132993614656096754\t", 1000, 39)]), ["scan of 18"]);
    assert_eq!(play_parts(&[("132993614656096754\r\n", 1000, 3)]), ["scan of 18"]);
}

#[test]
fn typing_is_typed_however_fast_a_person_types() {
    assert_eq!(play_parts(&[("88.00\n", 1000, 60)]), ["typed 88.00\n"]);
    assert_eq!(play_parts(&[("1234567890123\n", 1000, 41)]), ["typed 1234567890123\n"]);
    assert_eq!(play_parts(&[("88\n", 1000, 3)]), ["typed 88\n"]);
}

#[test]
fn an_amount_then_a_scan_are_an_amount_and_a_scan() {
    let told = play_parts(&[("88.00", 1000, 120), ("132993614656096754\n", 600, 5), ("7\n", 800, 100)]);
    assert_eq!(told, ["typed 88.00", "scan of 18", "typed 7\n"]);
}

#[test]
fn a_burst_without_its_enter_is_discarded_after_150_ms() {
    let mut keystrokes = Keystrokes::new(Duration::ZERO);
    for n in 0..18 {
        assert!(keystrokes.on_key("1", Monotonic(1000 + n * 3)).is_empty());
    }
    assert_eq!(keystrokes.deadline(), Some(Monotonic(1051 + 150)));
    assert!(keystrokes.on_idle(Monotonic(1200)).is_empty());
    let told = keystrokes.on_idle(Monotonic(1201));
    assert!(matches!(told.as_slice(), [KeyVerdict::Discarded(Discard::Unfinished)]), "{told:?}");
    // Its Enter comes late: it is a key like any other, with nothing to scan.
    assert!(matches!(keystrokes.on_key("\n", Monotonic(1400)).as_slice(), [KeyVerdict::Typed(_)]));
}

#[test]
fn a_burst_that_lost_its_beginning_is_not_a_scan() {
    let told = play_parts(&[("13", 1000, 3), ("2993614656096754\n", 60, 3)]);
    assert_eq!(told, ["typed 13", "Unfinished"]);
    let told = play_parts(&[("13299361", 1000, 3), ("4656096754\n", 200, 3)]);
    assert_eq!(told[0], "Unfinished");
    assert!(!told.iter().any(|one| one.starts_with("scan of 18")), "{told:?}");
}

#[test]
fn a_stutter_inside_a_burst_does_not_cut_it() {
    assert_eq!(play_parts(&[("1329936146", 1000, 3), ("56096754\n", 100, 3)]), ["scan of 18"]);
}

#[test]
fn a_tap_is_held_back_for_forty_milliseconds_only() {
    let mut keystrokes = Keystrokes::new(Duration::ZERO);
    assert!(keystrokes.on_key("7", Monotonic(1000)).is_empty());
    assert_eq!(keystrokes.deadline(), Some(Monotonic(1040)));
    assert!(matches!(keystrokes.on_idle(Monotonic(1040)).as_slice(), [KeyVerdict::Typed(key)] if key == "7"));
    assert_eq!(keystrokes.deadline(), None);
}

#[test]
fn commands_pass_at_once_and_end_a_burst() {
    assert_eq!(play_parts(&[("8\u{8}9\u{1b}", 1000, 10)]), ["typed 8\u{8}9\u{1b}"]);
    assert_eq!(play_parts(&[("1329936146\u{1b}", 1000, 3)]), ["Unfinished", "typed \u{1b}"]);
}

#[test]
fn the_same_code_twice_at_once_is_one_scan() {
    let told = play_parts(&[("132993614656096754\n", 1000, 3), ("132993614656096754\n", 200, 3)]);
    assert_eq!(told, ["scan of 18", "Repeated"]);
}

#[test]
fn what_was_typed_or_held_is_not_shown() {
    let mut keystrokes = Keystrokes::new(Duration::ZERO);
    for key in ["4", "7", "1", "1"] {
        keystrokes.on_key(key, Monotonic(5));
    }
    let verdicts = keystrokes.on_idle(Monotonic(900));
    assert_eq!(verdicts.len(), 4);
    assert!(!format!("{verdicts:?}").contains('4'));
}
