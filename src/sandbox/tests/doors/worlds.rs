//! The world without HTTP: time is told to it, and one seed replays everything.

use std::time::Duration;

use quickpay_sandbox::{
    CancelFate, Consent, Currency, Customer, CustomerName, Details, Fate, Minor, Moment, NewIntent,
    NewRefund, OrderId, PaymentCode, Refusal, Rules, Wallet, World,
};

const NOON: Moment = Moment::from_ms(1_800_000_000_000);

fn sale(order: &str, amount: i64, code: PaymentCode) -> NewIntent {
    NewIntent {
        order: Some(OrderId::new(order)),
        amount: Minor::new(amount),
        currency: Currency::parse("cny").unwrap(),
        wallet: Wallet::WechatPay,
        code: Some(code),
        details: Details::default(),
    }
}

fn world_with(consent: Consent) -> (World, PaymentCode) {
    let mut world = World::new(1, Rules::default());
    world.set_customer(Customer { consent, ..Customer::new("anna") }).unwrap();
    let shown = world.show_code(&CustomerName::new("anna"), NOON).unwrap();
    assert_eq!(shown.expires_in, Duration::from_secs(60));
    (world, shown.code)
}

#[test]
fn a_customer_who_takes_ten_seconds_pays_at_the_tenth() {
    let (mut world, code) = world_with(Consent::AfterMs(10_000));
    let intent = world.create(&sale("A1", 100, code), None, NOON).unwrap();
    let due = NOON.plus(Duration::from_secs(10));
    assert_eq!(world.next_due(), Some(due));
    assert_eq!(world.truth(NOON.plus(Duration::from_millis(9_999))).charges.len(), 0);
    let truth = world.truth(NOON.plus(Duration::from_secs(30)));
    assert_eq!(
        (truth.charges.len(), truth.charges[0].at),
        (1, due),
        "when it was due, not when it was asked"
    );
    assert_eq!(world.retrieve(&intent.id, due).unwrap().standing.status(), "succeeded");
}

#[test]
fn a_code_dies_after_a_minute() {
    let (mut world, code) = world_with(Consent::Free);
    let intent =
        world.create(&sale("A1", 100, code), None, NOON.plus(Duration::from_millis(60_001))).unwrap();
    assert_eq!(intent.standing.error().unwrap().decline_code(), "AUTHCODEEXPIRE");
}

#[test]
fn a_wallet_revokes_after_forty_five_seconds() {
    let (mut world, code) = world_with(Consent::Never);
    let intent = world.create(&sale("A1", 100, code), None, NOON).unwrap();
    let status = |world: &mut World, s| {
        world.retrieve(&intent.id, NOON.plus(Duration::from_secs(s))).unwrap().standing.status()
    };
    assert_eq!((status(&mut world, 44), status(&mut world, 45)), ("requires_action", "canceled"));
}

#[test]
fn a_cancel_in_time_keeps_a_slow_customer_from_paying() {
    let (mut world, code) = world_with(Consent::AfterMs(20_000));
    let intent = world.create(&sale("A1", 100, code), None, NOON).unwrap();
    world.cancel(&intent.id, "late", None, NOON.plus(Duration::from_secs(15))).unwrap();
    assert_eq!(world.truth(NOON.plus(Duration::from_secs(60))).charges.len(), 0);
    assert_eq!(world.next_due(), None);
}

#[test]
fn a_late_success_is_one_charge() {
    let (mut world, code) = world_with(Consent::Never);
    let intent = world.create(&sale("A1", 100, code), None, NOON).unwrap();
    let fate = CancelFate::PaidAfter(5_000);
    world.cancel(&intent.id, "late", Some(&fate), NOON.plus(Duration::from_secs(15))).unwrap();
    let end = NOON.plus(Duration::from_secs(60));
    assert_eq!(world.truth(end).charges.len(), 1);
    let refund = NewRefund { intent: intent.id, amount: None, reason: None };
    world.refund(&refund, None, end).unwrap();
    assert!(matches!(world.refund(&refund, None, end), Err(Refusal::RefundRefused { .. })));
    assert_eq!(world.truth(end).refunds.len(), 1);
}

#[test]
fn a_fate_does_not_overrule_an_empty_wallet() {
    let (mut world, code) = world_with(Consent::Free);
    let poor = Customer { balance: Some(Minor::new(99)), ..Customer::new("anna") };
    world.set_customer(poor).unwrap();
    let intent = world.create(&sale("A1", 100, code), Some(&Fate::Paid), NOON).unwrap();
    assert_eq!(intent.standing.error().unwrap().decline_code(), "NOTENOUGH");
}

#[test]
fn one_seed_gives_the_same_ids_and_codes() {
    let run = || {
        let (mut world, code) = world_with(Consent::Free);
        let digits = code.reveal().to_owned();
        (digits, world.create(&sale("A1", 100, code), None, NOON).unwrap())
    };
    assert_eq!(run(), run());
}

#[test]
fn ids_tell_the_time_as_snowflakes_do() {
    let (mut world, code) = world_with(Consent::Free);
    let intent = world.create(&sale("A1", 100, code), None, NOON).unwrap();
    let number: u64 = intent.id.as_str().trim_start_matches("pi_").parse().unwrap();
    assert_eq!((number >> 22) + 1_288_834_974_657, NOON.as_ms());
}

#[test]
fn ten_thousand_codes_differ_and_have_the_shape() {
    let (mut world, _) = world_with(Consent::Free);
    let anna = CustomerName::new("anna");
    let mut codes = std::collections::BTreeSet::new();
    for _ in 0..10_000 {
        let code = world.show_code(&anna, NOON).unwrap().code;
        assert!(Wallet::WechatPay.claims(code.reveal()));
        assert!(codes.insert(code.reveal().to_owned()));
    }
}
