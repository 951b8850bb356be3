//! The till of the tests: a client with short limits, and the one sale it rings up.

use std::time::Duration;

use quickpay_core::answer::{Answer, RefundAnswer};
use quickpay_core::effect::{Inquiry, PayRequest, RefundRequest};
use quickpay_core::id::{IntentId, OrderId};
use quickpay_core::money::{Currency, Money};
use quickpay_core::payment_code::{PaymentCode, Scan};
use quickpay_core::time::Monotonic;
use quickpay_core::wallet::{
    Alphabet, CodePattern, PartialRefunds, Reversal, ReversalEnd, Wallet, WalletId, WalletTable,
};
use quickpay_gateway::{Client, ClientOptions, Endpoint, SecretKey};

use crate::server::{Part, Server};

pub(crate) const KEY: &str = "sk_test_a+b/c1234567890=";
pub(crate) const CODE: &str = "132993614656096754";
pub(crate) const ORDER: &str = "T1-3LK2QZ-S0001a";
pub(crate) const INTENT: &str = "pi_1760544113783996416";

pub(crate) fn options(url: &str) -> ClientOptions {
    let mut options = ClientOptions::new(Endpoint::parse(url).unwrap(), SecretKey::parse(KEY).unwrap());
    options.connect_timeout = Duration::from_millis(1500);
    options.answer_timeout = Duration::from_millis(2000);
    options.probe_timeout = Duration::from_millis(1000);
    options
}

pub(crate) fn client(url: &str) -> Client {
    Client::new(options(url)).unwrap()
}

pub(crate) fn order() -> OrderId {
    OrderId::from_journal(ORDER.to_owned())
}

pub(crate) fn intent_id() -> IntentId {
    IntentId(INTENT.to_owned())
}

pub(crate) fn sale() -> PayRequest {
    let wallets = WalletTable::new(vec![Wallet {
        id: WalletId("wechat_pay".to_owned()),
        name_en: "WeChat Pay".to_owned(),
        name_zh: "微信支付".to_owned(),
        enabled: true,
        codes: vec![CodePattern {
            prefixes: vec!["13".to_owned()],
            min_len: 18,
            max_len: 18,
            alphabet: Alphabet::Digits,
        }],
        pay_window: Duration::from_secs(50),
        reversal: Reversal::NotBefore(Duration::from_secs(15)),
        reversal_end: ReversalEnd::After(Duration::from_secs(7 * 24 * 3600)),
        partial_refunds: PartialRefunds::Many(50),
        refund_gap: Duration::from_secs(60),
    }]);
    let code = PaymentCode::parse(&Scan::from_message(CODE.into()), &wallets).unwrap();
    PayRequest {
        order: order(),
        amount: Money::from_minor(8800, Currency::Cny).unwrap(),
        code,
        submit_by: Monotonic(45_000),
    }
}

/// The code is young enough.
pub(crate) fn in_time() -> bool {
    true
}

/// An intent of our sale as the gateway writes it.
pub(crate) fn intent(status: &str) -> String {
    intent_with(status, "")
}

/// The same with further fields, each ended by a comma.
pub(crate) fn intent_with(status: &str, fields: &str) -> String {
    format!(
        r#"{{"id":"{INTENT}","object":"payment_intent",{fields}"amount":8800,"currency":"CNY","livemode":false,"merchant_order_id":"{ORDER}","status":"{status}"}}"#
    )
}

pub(crate) async fn pay(part: Part) -> Answer {
    let server = Server::playing(vec![part]);
    client(&server.url()).pay(&sale(), in_time).await
}

pub(crate) async fn retrieve(part: Part) -> Answer {
    let server = Server::playing(vec![part]);
    client(&server.url()).inquire(&Inquiry::Intent(intent_id())).await
}

pub(crate) async fn reverse(part: Part) -> Answer {
    let server = Server::playing(vec![part]);
    client(&server.url()).reverse(&intent_id(), &order()).await
}

pub(crate) async fn probe(part: Part) -> Answer {
    let server = Server::playing(vec![part]);
    client(&server.url()).probe().await
}

/// 10.00 of our sale is to go back.
pub(crate) fn part_refund() -> RefundRequest {
    RefundRequest {
        number: OrderId::from_journal("T1-3LK2QZ-S0001r1".to_owned()),
        intent: intent_id(),
        amount: Money::from_minor(1000, Currency::Cny).unwrap(),
    }
}

pub(crate) async fn refund(part: Part) -> RefundAnswer {
    let server = Server::playing(vec![part]);
    client(&server.url()).refund(&part_refund()).await
}
