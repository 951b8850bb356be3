//! Stories that must end well, told at the doors of the simulator; each fault it found has one.
#![allow(clippy::panic, missing_docs)]

use quickpay_core::input::Input;
use quickpay_simulation::story::{Money, Story};
use quickpay_simulation::{Payer, Weather};

fn ends_well(mut story: Story, about: &str) -> Money {
    story.settles();
    if let Some((violation, lines)) = story.broken() {
        panic!("{about}: {violation}\n{}", lines.join("\n"));
    }
    let money = story.money();
    assert_eq!(money.lost, 0, "{about}");
    money
}

/// Slow network, the cashier cancels, the customer refreshes the code, the cashier scans again and again; both requests
/// could leave in the same second. Told for every second of cancelling and every kind of line, which is sound again
/// after a while: exactly one charge, every time.
#[test]
fn the_classic_story_ends_with_exactly_one_charge() {
    let lines = [Weather::Fair, Weather::Slow, Weather::Rough, Weather::Dead, Weather::Refusing];
    for seed in 0..40 {
        for line in lines {
            for cancel_after in [0, 1, 900, 5000, 14_999, 15_000, 22_000, 49_999] {
                let mut story = Story::begin(seed);
                let first = story.shows(Payer::PaysLater(1 + seed * 700));
                story.line(line);
                story.rings_up("88.00");
                story.scans(first);
                story.pass(cancel_after);
                story.act(Input::CancelAsked);
                let mut fresh = story.shows(Payer::Pays);
                for second in 0..240 {
                    if second == 45 {
                        story.line(Weather::Fair);
                    }
                    if second % 20 == 19 {
                        fresh = story.shows(Payer::Pays);
                    }
                    story.scans(fresh); // refused as long as the first may be paid
                    if story.money_came_for(1) {
                        break;
                    }
                    story.pass(1000);
                }
                let about = format!("seed {seed}, {line:?}, cancelled after {cancel_after} ms");
                let charges = story.charges();
                let money = ends_well(story, &about);
                assert_eq!((charges, money.kept + money.owed), (1, 1), "{about}: {money:?}");
            }
        }
    }
}

/// The same, but the cashier puts the sale aside and rings the same amount up anew, so that both requests are under
/// way at once: what is not kept is owed back.
#[test]
fn two_requests_in_the_same_second_leave_one_charge_a_sale_or_a_refund_owed() {
    for seed in 0..60 {
        for line in [Weather::Fair, Weather::Slow, Weather::Rough] {
            let mut story = Story::begin(seed);
            let first = story.shows(Payer::PaysLater(seed * 900));
            story.line(line);
            story.rings_up("88.00");
            story.scans(first);
            story.act(Input::CancelAsked);
            story.act(Input::PutAside);
            story.rings_up("88.00");
            let fresh = story.shows(Payer::Pays);
            story.scans(fresh);
            story.act(Input::Confirmed);
            story.scans(fresh);
            let about = format!("seed {seed}, {line:?}");
            let money = ends_well(story, &about);
            assert!(money.kept <= 2 && money.kept + money.owed <= 2, "{about}: {money:?}");
        }
    }
}

#[test]
fn a_power_cut_at_any_second_of_a_sale_neither_loses_nor_repeats_a_charge() {
    for seed in 0..30 {
        for cut_after in 0..30 {
            let mut story = Story::begin(seed);
            let code = story.shows(Payer::PaysLater(seed * 400));
            story.rings_up("12.50");
            story.scans(code);
            story.pass(cut_after * 300);
            story.power_cut();
            let money = ends_well(story, &format!("seed {seed}, cut after {cut_after} x 300 ms"));
            assert_eq!(money.kept + money.owed, 1);
        }
    }
}

#[test]
fn money_after_a_confirmed_cancel_is_found_and_owed_back_without_anyone_asking() {
    for restarts in [false, true] {
        let mut story = Story::begin(1);
        story.wallet_is_deaf();
        let code = story.shows(Payer::PaysLater(40_000));
        story.rings_up("88.00");
        story.scans(code);
        story.pass(2000);
        story.act(Input::CancelAsked);
        story.pass(20_000);
        assert!(!story.in_doubt(1, 0));
        if restarts {
            story.power_cut();
        }
        story.pass(120_000);
        assert!(story.money_came_for(1), "found by looking again");
        let money = ends_well(story, "a deaf wallet");
        assert_eq!(money, Money { kept: 0, owed: 1, lost: 0 });
    }
}

/// Found by seed 1797: a 402 without its intent whose words read like a fault was taken for a no after two empty
/// searches, six seconds after it was sent, while the search lagged and the payer paid.
#[test]
fn a_doubtful_decline_without_its_intent_is_no_no_after_two_empty_searches() {
    for seed in 0..20 {
        let mut story = Story::begin(seed);
        story.declines_hide_their_intent();
        story.search_lags(25_000);
        let code = story.shows(Payer::FaultThenPays(20_000));
        story.rings_up("3.14");
        story.scans(code);
        story.pass(15_000);
        let money = ends_well(story, &format!("seed {seed}"));
        assert_eq!(money.kept + money.owed, 1);
    }
}

/// Found by seeds 13834 and 18391: three empty searches of which two were made before the window's end were taken for
/// proof that nothing was ever created, while the search lagged and the payment was made.
#[test]
fn only_searches_past_the_window_prove_that_nothing_was_created() {
    for seed in 0..200 {
        let mut story = Story::begin(seed);
        story.search_lags(25_000);
        let code = story.shows(Payer::Pays);
        story.rings_up("12.50");
        story.delays_the_next_request(30_000);
        story.scans(code);
        let money = ends_well(story, &format!("seed {seed}"));
        assert_eq!(money.kept + money.owed, 1);
    }
}

/// Found by seeds 3324 and 15513: a create that arrives twice at a gateway that ignores its key makes a second intent,
/// refused because the code is used; that refusal was taken for the attempt's and the second closed, while the first
/// was paid (wire contract, section 6: "look for the first"; ADR 0007).
#[test]
fn a_used_code_refusal_of_a_second_intent_hides_no_first_one() {
    for seed in 0..200 {
        let mut story = Story::begin(seed);
        let code = story.shows(Payer::PaysLater(20_000));
        story.rings_up("12.50");
        story.delivers_the_next_request_twice();
        story.scans(code);
        let money = ends_well(story, &format!("seed {seed}"));
        assert_eq!(money.kept + money.owed, 1);
    }
}

/// A request that arrived twice made a second intent, paid with another amount: the payment counts, the manager is called,
/// and it ends when a person has put it right at the gateway.
#[test]
fn a_second_intent_of_another_amount_calls_the_manager_beside_the_payment() {
    for seed in 0..200 {
        let mut story = Story::begin(seed);
        story.second_intents_charge_more();
        let code = story.shows(Payer::Pays);
        story.rings_up("12.50");
        story.delivers_the_next_request_twice();
        story.scans(code);
        story.pass(30_000);
        assert!(story.money_came_for(1) && story.calls_the_manager(1), "seed {seed}");
        if seed % 3 == 0 {
            story.power_cut();
        }
        story.pass(400_000);
        assert!(story.calls_the_manager(1), "seed {seed}: until somebody has looked");
        let money = ends_well(story, &format!("seed {seed}"));
        assert_eq!(money.kept, 1, "seed {seed}");
    }
}

/// Found by seed 59438: the second intent's refusal came with a status that nobody knows, was named, and closed, while
/// the first was paid.
#[test]
fn a_status_nobody_knows_names_no_intent_of_a_doubled_request() {
    for seed in 0..200 {
        let mut story = Story::begin(seed);
        let code = story.shows(Payer::Pays);
        story.rings_up("12.50");
        story.delivers_the_next_request_twice();
        story.garbles_the_next_reply();
        story.scans(code);
        let money = ends_well(story, &format!("seed {seed}"));
        assert_eq!(money.kept + money.owed, 1);
    }
}

/// A refund can never exceed what was paid: twenty asked for at once, whole and in parts, replies lost one after the
/// other, power cuts in between, and every one asked for again afterwards.
#[test]
fn refunds_never_exceed_what_was_paid_with_twenty_attempts_at_once_and_lost_replies() {
    for seed in 0..60 {
        let mut story = Story::begin(seed);
        let code = story.shows(Payer::Pays);
        story.rings_up("88.00");
        story.scans(code);
        story.pass(20_000);
        let wishes = [None, Some("10.00"), Some("88.00"), Some("0.01"), Some("44.00"), Some("99.00")];
        let mut accepted = 0;
        for at in 0..20_usize {
            let amount = wishes[(at + usize::try_from(seed).unwrap_or(0)) % wishes.len()];
            accepted += u32::from(story.refund(1, amount));
            story.loses_replies(u32::try_from(at % 4).unwrap_or(0));
            if at % 7 == 3 {
                story.power_cut();
                story.pass(40_000);
            }
            story.pass(700 * (at as u64 % 5));
        }
        let (_, early) = story.taken_and_given_back();
        assert!(accepted > 0 && early <= 8800, "seed {seed}: {early} of 8800");
        story.pass(1_200_000);
        for _ in 0..5 {
            story.refund(1, None);
            story.pass(200_000);
        }
        story.settles();
        if let Some((violation, lines)) = story.broken() {
            panic!("seed {seed}: {violation}\n{}", lines.join("\n"));
        }
        assert_eq!(
            story.taken_and_given_back(),
            (8800, 8800),
            "seed {seed}: all of it, and not one fen more"
        );
    }
}

/// A refund whose reply was lost is asked about under its own number; it is made once.
#[test]
fn a_refund_whose_replies_are_lost_is_made_once() {
    for seed in 0..40 {
        for lost in 0..6 {
            let mut story = Story::begin(seed);
            let code = story.shows(Payer::Pays);
            story.rings_up("88.00");
            story.scans(code);
            story.pass(20_000);
            story.loses_replies(lost);
            assert!(story.refund(1, Some("10.00")));
            story.pass(seed * 100);
            if seed % 3 == 0 {
                story.power_cut();
            }
            story.pass(600_000);
            ends_well_with_refunds(story, &format!("seed {seed}, {lost} replies lost"), 1000);
        }
    }
}

fn ends_well_with_refunds(mut story: Story, about: &str, given_back: u64) {
    story.settles();
    if let Some((violation, lines)) = story.broken() {
        panic!("{about}: {violation}\n{}", lines.join("\n"));
    }
    assert_eq!(story.taken_and_given_back().1, given_back, "{about}");
    assert_eq!(story.refunds_made(), 1, "{about}");
}

/// After a thousand flaps of the line nothing is stuck.
#[test]
fn a_thousand_flaps_of_the_line_leave_nothing_stuck() {
    let mut story = Story::begin(7);
    let lines = [Weather::Fair, Weather::Dead, Weather::Slow, Weather::Refusing, Weather::Rough];
    let mut sold = 0;
    for flap in 0..1000_u64 {
        story.line(lines[usize::try_from(flap % 5).unwrap_or(0)]);
        if flap % 50 == 0 {
            let code = story.shows(if flap % 100 == 0 { Payer::Pays } else { Payer::PaysLater(20_000) });
            story.act(Input::PutAside);
            story.rings_up("12.50");
            story.act(Input::Confirmed);
            story.scans(code);
            sold += 1;
        }
        story.pass(100 + flap % 900);
    }
    assert_eq!(sold, 20);
    let money = ends_well(story, "a thousand flaps");
    assert!(money.kept > 5, "{money:?}");
}
