//! One line of input becomes one arrival.

use std::fmt;

use quickpay_core::id::{JobId, RefundId, SaleId, ShiftNumber};
use quickpay_core::input::{Input, Seen};
use quickpay_core::payment_code::Scan;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, Visitor};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::arrival::{Arrival, MoneyWish, Request, ShiftAct, Which};
use crate::happening::Tag;
use crate::pin::Pin;

/// A line that is no request. Nothing changed.
#[derive(Debug, Clone, PartialEq)]
pub struct BadRequest {
    /// What is wrong with it; never a part of the line, which may hold a code.
    pub message: String,
    /// The request's mark, if it could be read.
    pub tag: Option<Tag>,
}

const ONE_OF_THEM: &str = "\"reprint\" takes only one of \"sale\", \"order\", \"shift\" and \"scan\"";

/// A reason is for a receipt and a list.
const MAX_REASON: usize = 200;

#[derive(Deserialize)]
struct Head {
    r#do: String,
    id: Option<Value>,
}

macro_rules! bodies {
    ($($name:ident { $($field:ident: $kind:ty),* })*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            #[allow(dead_code, reason = "read with the head")]
            r#do: IgnoredAny,
            #[serde(default)]
            #[allow(dead_code, reason = "read with the head")]
            id: IgnoredAny,
            $(#[allow(dead_code, reason = "a field may be taken and not needed yet")] $field: $kind),*
        }
    )*};
}

bodies! {
    Bare {}
    Amount { amount: String }
    Scanned { text: SecretText }
    OfSale { sale: String }
    Reprint { sale: Option<String>, order: Option<String>, scan: Option<bool>, shift: Option<u32> }
    MaybeSale { sale: Option<String> }
    Listed { open: Option<bool> }
    Paper { job: String, yes: bool }
    RefundLooked { refund: String, yes: bool, approver: Option<String>, pin: Option<SecretText> }
    PutRight { sale: String, approver: Option<String>, pin: Option<SecretText> }
    Refund {
        sale: String,
        amount: Option<String>,
        reason: Option<String>,
        approver: Option<String>,
        pin: Option<SecretText>
    }
    SignIn { person: String, pin: SecretText }
}

/// Text that is wiped when dropped and never shown.
struct SecretText(Zeroizing<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<SecretText, D::Error> {
        struct Secret;
        impl Visitor<'_> for Secret {
            type Value = SecretText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SecretText, E> {
                Ok(SecretText(Zeroizing::new(text.to_owned())))
            }
        }
        from.deserialize_str(Secret)
    }
}

/// Reads one line.
///
/// # Errors
/// [`BadRequest`]; nothing changed.
pub fn parse(line: &str) -> Result<Arrival, BadRequest> {
    let head: Head = serde_json::from_str(line).map_err(|error| BadRequest {
        message: match error.classify() {
            serde_json::error::Category::Data => "a request is an object with \"do\", a text".to_owned(),
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => {
                format!("not JSON, at column {}; a request is one object a line", error.column())
            }
        },
        tag: None,
    })?;
    let verb = head.r#do.as_str();
    let tag = head.id;
    let wrong = |message: String| BadRequest { message, tag: tag.clone() };
    let ask = |input| Ok(Request::Do(input));
    let request = match verb {
        "quit" => return body::<Bare>(line, verb, "").map(|_| Arrival::Quit).map_err(wrong),
        "view" => body::<Bare>(line, verb, "").map(|_| Request::View),
        "clear" => body::<Bare>(line, verb, "").and_then(|_| ask(Input::Cleared)),
        "cancel" => body::<Bare>(line, verb, "").and_then(|_| ask(Input::CancelAsked)),
        "put_aside" => body::<Bare>(line, verb, "").and_then(|_| ask(Input::PutAside)),
        "confirm" => body::<Bare>(line, verb, "").and_then(|_| ask(Input::Confirmed)),
        "enter_amount" => body::<Amount>(line, verb, "\"amount\", a decimal text")
            .and_then(|b| ask(Input::AmountEntered(b.amount))),
        "scan" => body::<Scanned>(line, verb, "\"text\"")
            .and_then(|b| ask(Input::Scanned(Scan::from_message(b.text.0.as_bytes().to_vec())))),
        "resume" => of_sale(line, verb).and_then(|sale| ask(Input::Resumed(sale))),
        "reprint" => reprint(line, verb),
        "slip" => of_sale(line, verb).and_then(|sale| ask(Input::SlipAsked(sale))),
        "test_page" => body::<Bare>(line, verb, "").and_then(|_| ask(Input::TestPageAsked)),
        "sale" => of_sale(line, verb).map(Request::Sale),
        "check_again" => body::<MaybeSale>(line, verb, "perhaps \"sale\"").and_then(|b| {
            let sale =
                b.sale.map(|text| SaleId::parse(&text).map_err(|error| error.to_string())).transpose()?;
            ask(Input::CheckAsked(sale))
        }),
        "list" => body::<Listed>(line, verb, "perhaps \"open\", true or false")
            .map(|b| Request::List(if b.open == Some(true) { Which::Open } else { Which::All })),
        "printed" => body::<Paper>(line, verb, "\"job\" and \"yes\", true or false").and_then(|b| {
            let job = JobId::parse(&b.job).ok_or_else(|| "no print job has that name".to_owned())?;
            ask(Input::PaperSeen { job, seen: if b.yes { Seen::Yes } else { Seen::No } })
        }),
        "refund" => refund(line, verb),
        "refunded" => refunded(line, verb),
        "put_right" => put_right(line, verb),
        "sign_in" => body::<SignIn>(line, verb, "\"person\" and \"pin\", a text")
            .map(|b| Request::SignIn(b.person, Pin::typed(b.pin.0))),
        "sign_out" => body::<Bare>(line, verb, "").and_then(|_| ask(Input::SignOutAsked)),
        "open_shift" => shift(line, verb, ShiftAct::Open),
        "x_report" => shift(line, verb, ShiftAct::Look),
        "close_shift" => shift(line, verb, ShiftAct::Close),
        _ => Err("no such request; \"do\" is one of enter_amount, scan, clear, cancel, put_aside, resume, \
                  check_again, refund, refunded, put_right, reprint, slip, test_page, sign_in, sign_out, confirm, printed, \
                  open_shift, x_report, close_shift, view, sale, list, quit"
            .to_owned()),
    };
    request.map(|request| Arrival::Asked(request, tag.clone())).map_err(wrong)
}

fn body<'a, B: Deserialize<'a>>(line: &'a str, verb: &str, needs: &str) -> Result<B, String> {
    let wants = if needs.is_empty() { "nothing else".to_owned() } else { needs.to_owned() };
    serde_json::from_str(line).map_err(|_| format!("\"{verb}\" takes {wants} (and perhaps \"id\")"))
}

fn refund(line: &str, verb: &str) -> Result<Request, String> {
    let needs = "\"sale\", and perhaps \"amount\", \"reason\", \"pin\" and \"approver\", all texts";
    let body: Refund = body(line, verb, needs)?;
    let sale = SaleId::parse(&body.sale).map_err(|error| error.to_string())?;
    let reason = body.reason.unwrap_or_else(|| "requested by the customer".to_owned());
    if reason.chars().count() > MAX_REASON {
        return Err(format!("a reason has at most {MAX_REASON} characters"));
    }
    let act = Input::RefundAsked { sale, amount: body.amount, reason, approver: None };
    Ok(with_pin(act, body.approver, body.pin))
}

fn with_pin(act: Input, approver: Option<String>, pin: Option<SecretText>) -> Request {
    let pin = pin.map(|text| Pin::typed(text.0));
    Request::Money(MoneyWish { act, approver, pin })
}

/// A person looked in the gateway's own list of refunds.
fn refunded(line: &str, verb: &str) -> Result<Request, String> {
    let needs = "\"refund\" and \"yes\", true or false, and perhaps \"pin\" and \"approver\", texts";
    let body: RefundLooked = body(line, verb, needs)?;
    let refund = RefundId::parse(&body.refund).ok_or_else(|| "no refund has that name".to_owned())?;
    let seen = if body.yes { Seen::Yes } else { Seen::No };
    Ok(with_pin(Input::RefundSeen { refund, seen, approver: None }, body.approver, body.pin))
}

/// A person has put money right in the gateway's own list.
fn put_right(line: &str, verb: &str) -> Result<Request, String> {
    let body: PutRight = body(line, verb, "\"sale\", and perhaps \"pin\" and \"approver\", all texts")?;
    let sale = SaleId::parse(&body.sale).map_err(|error| error.to_string())?;
    Ok(with_pin(Input::PutRight { sale, approver: None }, body.approver, body.pin))
}

fn shift(line: &str, verb: &str, act: ShiftAct) -> Result<Request, String> {
    body::<Bare>(line, verb, "").map(|_| Request::Shift(act))
}

/// A copy: of a sale, of the receipt with a number, of the receipt that is scanned next, of a shift's Z report, or of
/// the last receipt.
fn reprint(line: &str, verb: &str) -> Result<Request, String> {
    let body: Reprint =
        body(line, verb, "one of \"sale\", \"order\", \"shift\" and \"scan\":true, or nothing")?;
    if let Some(shift) = body.shift {
        return match (body.sale, body.order, body.scan) {
            (None, None, None) => Ok(Request::Do(Input::ZCopyAsked(Some(ShiftNumber(shift))))),
            _ => Err(ONE_OF_THEM.to_owned()),
        };
    }
    match (body.sale, body.order, body.scan.unwrap_or(false)) {
        (None, None, false) => Ok(Request::CopyOfLast),
        (None, None, true) => Ok(Request::Do(Input::CopyByScanAsked)),
        (None, Some(order), false) => Ok(Request::Do(Input::CopyOfOrderAsked(order))),
        (Some(sale), None, false) => {
            let sale = SaleId::parse(&sale).map_err(|error| error.to_string())?;
            Ok(Request::Do(Input::CopyAsked(sale)))
        }
        (Some(_), _, _) | (None, Some(_), true) => Err(ONE_OF_THEM.to_owned()),
    }
}

fn of_sale(line: &str, verb: &str) -> Result<SaleId, String> {
    let body = body::<OfSale>(line, verb, "\"sale\"")?;
    SaleId::parse(&body.sale).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        parse(line).unwrap_err().message
    }

    #[test]
    fn every_request_of_the_contract_is_understood() {
        for line in [
            r#"{"do":"enter_amount","amount":"88.00"}"#,
            r#"{"do":"scan","text":"132993614656096754","id":7}"#,
            r#"{"do":"clear"}"#,
            r#"{"do":"cancel"}"#,
            r#"{"do":"put_aside"}"#,
            r#"{"do":"resume","sale":"S0001"}"#,
            r#"{"do":"check_again","sale":"S0001"}"#,
            r#"{"do":"check_again"}"#,
            r#"{"do":"reprint","sale":"S0001"}"#,
            r#"{"do":"reprint","order":"T1-3LK2QZ-S0001a"}"#,
            r#"{"do":"reprint","scan":true}"#,
            r#"{"do":"reprint"}"#,
            r#"{"do":"reprint","shift":3}"#,
            r#"{"do":"open_shift"}"#,
            r#"{"do":"x_report"}"#,
            r#"{"do":"close_shift","id":1}"#,
            r#"{"do":"slip","sale":"S0001"}"#,
            r#"{"do":"test_page"}"#,
            r#"{"do":"refund","sale":"S0001","amount":"10.00","reason":"returned","pin":"1234"}"#,
            r#"{"do":"refund","sale":"S0001"}"#,
            r#"{"do":"refunded","refund":"S0001r1","yes":false}"#,
            r#"{"do":"sign_in","person":"Li","pin":"4711"}"#,
            r#"{"do":"sign_out","id":3}"#,
            r#"{"do":"refunded","refund":"S0001r1","yes":true,"pin":"4711","approver":"Kim"}"#,
            r#"{"do":"put_right","sale":"S0001"}"#,
            r#"{"do":"put_right","sale":"S0001","pin":"4711","approver":"Kim"}"#,
            r#"{"do":"view"}"#,
            r#"{"do":"sale","sale":"S0001"}"#,
            r#"{"do":"list","open":true}"#,
            r#"{"do":"confirm"}"#,
            r#"{"do":"printed","job":"J0001","yes":true}"#,
            r#"{"do":"quit"}"#,
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_no_request_is_said_without_repeating_it() {
        let code = "132993614656096754";
        for line in [
            format!(r#"{{"do":"scan","text":{code}}}"#),
            format!(r#"{{"do":"scan","txt":"{code}"}}"#),
            format!(r#"{{"do":"{code}"}}"#),
            format!(r#"{{"do":"sign_in","person":"Li","pin":{code}}}"#),
            format!(r#"{{"do":"sign_in","pin":"{code}"}}"#),
            code.to_owned(),
            format!(r#"{{"do":"scan","text":"{code}""#),
        ] {
            assert!(!refused(&line).contains(code), "{line}");
        }
    }

    #[test]
    fn what_is_no_request_says_so_and_keeps_the_mark() {
        let refusal = parse(r#"{"do":"fly","id":"x1"}"#).unwrap_err();
        assert!(refusal.message.contains("no such request"));
        assert_eq!(refusal.tag, Some(Value::from("x1")));
    }
}
