//! The samples of WooshPay's own documents, and its doubtful ways of writing them.

use quickpay_core::answer::{Answer, Decline, IntentReport, IntentStatus, Mode, Silence};

use crate::server::{Server, says};
use crate::till::{client, in_time, intent, intent_with, pay, sale};

async fn decoded(body: &str) -> IntentReport {
    let answer = pay(says(200, body)).await;
    let Answer::Intent(report) = answer else { panic!("{answer:?}") };
    report
}

#[tokio::test]
async fn the_quick_pay_sample_is_an_intent_that_waits_for_the_payer() {
    let report = decoded(include_str!("../../fixtures/scan_code.json")).await;
    assert_eq!(report.id.0, "pi_1760544113783996416");
    assert_eq!((report.amount_minor, report.currency.as_str()), (20, "CNY"));
    assert_eq!((report.mode, report.order, report.wallet_reference), (Some(Mode::Live), None, None));
    assert_eq!(report.status, IntentStatus::Pending);
}

#[tokio::test]
async fn the_refused_sample_is_a_refusal_with_its_reasons() {
    let report = decoded(include_str!("../../fixtures/official_account_refused.json")).await;
    let decline = Decline {
        code: Some("payment_method_provider_decline".to_owned()),
        decline_code: Some("invalid_request_error".to_owned()),
        message: Some("Service error, please try again.".to_owned()),
    };
    assert_eq!(report.status, IntentStatus::Refused(decline));
    assert_eq!((report.amount_minor, report.mode), (20, Some(Mode::Test)));
}

#[tokio::test]
async fn the_samples_of_the_other_flows_can_be_read() {
    for (name, body, id, minor, currency) in [
        ("web", include_str!("../../fixtures/web.json"), "pi_1666625039547498496", 20, "CNY"),
        ("wap", include_str!("../../fixtures/wap.json"), "pi_1666625208749916160", 20, "CNY"),
        (
            "official",
            include_str!("../../fixtures/official_account.json"),
            "pi_1666626536515567616",
            20,
            "CNY",
        ),
        ("2023", include_str!("../../fixtures/scan_code_2023.json"), "pi_1666627489012645888", 10, "CNY"),
        ("mini", include_str!("../../fixtures/mini_program.json"), "pi_1684807723566235648", 20, "GBP"),
        ("alipay web", include_str!("../../fixtures/alipay_web.json"), "pi_1666729870215872512", 20, "CNY"),
        ("alipay app", include_str!("../../fixtures/alipay_app.json"), "pi_1666732544285999104", 20, "CNY"),
    ] {
        let report = decoded(body).await;
        assert_eq!(
            (report.id.0.as_str(), report.amount_minor, report.currency.as_str()),
            (id, minor, currency),
            "{name}"
        );
        assert_eq!(report.status, IntentStatus::Pending, "{name}");
    }
}

#[tokio::test]
async fn fields_that_are_json_in_a_string_do_no_harm() {
    let fields = r#""payment_method_types":"[\"wechat_pay\"]","payment_method_options":"{\"wechat_pay\":{}}","3ds_status":7,"#;
    assert_eq!(decoded(&intent_with("succeeded", fields)).await, decoded(&intent("succeeded")).await);
}

#[tokio::test]
async fn null_blank_and_absent_are_the_same() {
    let expected = decoded(&intent("succeeded")).await;
    for fields in [
        r#""amount_received":null,"next_action":"","metadata":null,"last_payment_error":null,"#,
        r#""amount_received":"","charges":"","customer":"","created":1644328172,"#,
        r#""created":1708581401000,"#,
        r#""created":"soon","#,
    ] {
        assert_eq!(decoded(&intent_with("succeeded", fields)).await, expected, "{fields}");
    }
    for order in [r#""""#, "null"] {
        let body = intent("succeeded").replace("\"T1-3LK2QZ-S0001a\"", order);
        assert_eq!(decoded(&body).await.order, None);
    }
    let body = intent("succeeded").replace("false", "null");
    assert_eq!(decoded(&body).await.mode, None);
}

#[tokio::test]
async fn what_was_received_counts_once_it_was_received() {
    let received =
        |status: &str, received: &str| intent_with(status, &format!(r#""amount_received":{received},"#));
    assert_eq!(decoded(&received("succeeded", "8700")).await.amount_minor, 8700);
    assert_eq!(decoded(&received("succeeded", "0")).await.amount_minor, 0);
    assert_eq!(decoded(&received("succeeded", "null")).await.amount_minor, 8800);
    assert_eq!(decoded(&received("requires_action", "0")).await.amount_minor, 8800);
    assert_eq!(decoded(&intent("succeeded").replace("8800", "\"8800\"")).await.amount_minor, 8800);
}

#[tokio::test]
async fn case_carries_no_meaning() {
    let body = intent("Requires_Action").replace("CNY", "cny").replace("payment_intent", "PAYMENT_INTENT");
    let report = decoded(&body).await;
    assert_eq!((report.status, report.currency.as_str()), (IntentStatus::Pending, "CNY"));
}

#[tokio::test]
async fn the_wallets_own_number_is_found_where_a_charge_tells_it() {
    let number = "4200001234567890123456789012";
    let charge = format!(
        r#"{{"payment_method_details":{{"type":"wechat_pay","wechat_pay":{{"transaction_id":"{number}"}}}}}}"#
    );
    let body = intent_with("succeeded", &format!(r#""charges":{{"data":[{charge}]}},"#));
    assert_eq!(decoded(&body).await.wallet_reference.as_deref(), Some(number));
}

#[tokio::test]
async fn a_sample_that_is_cut_anywhere_is_silence() {
    let body = include_str!("../../fixtures/official_account_refused.json").trim_end();
    let cuts: Vec<&str> = (0..body.len()).filter_map(|end| body.get(..end)).collect();
    let server = Server::playing(cuts.iter().map(|cut| says(200, *cut)).collect());
    let client = client(&server.url());
    for cut in cuts {
        assert_eq!(client.pay(&sale(), in_time).await, Answer::Silent(Silence::Nonsense), "{cut}");
    }
}
