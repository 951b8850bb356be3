//! Bending an honest answer as a script wishes; the money that moved is not touched. Dropping and cutting are absent:
//! see `delivered.rs`.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::play::Twist;

/// Applies every twist in turn.
pub(crate) fn apply(mut answer: Answer, twists: &[Twist]) -> Answer {
    for twist in twists {
        answer = one(answer, twist);
    }
    answer
}

fn one(mut answer: Answer, twist: &Twist) -> Answer {
    match twist {
        Twist::As402 => return as_402(answer),
        Twist::HttpStatus(status) => answer.status = *status,
        Twist::FlatError => {
            if let Some(error) = answer.body.get_mut("error").map(Value::take) {
                answer.body = error;
            }
        }
        Twist::TextError => {
            let message = answer.body.pointer("/error/message").cloned();
            if let Some(message) = message {
                answer.body = json!({ "error": message });
            }
        }
        Twist::Amount(_)
        | Twist::AmountOffBy(_)
        | Twist::Currency(_)
        | Twist::Livemode(_)
        | Twist::Id(_)
        | Twist::Status(_)
        | Twist::Stringified
        | Twist::NullAmountReceived
        | Twist::Seconds
        | Twist::UpperCase => each(&mut answer.body, twist),
    }
    answer
}

/// The object itself, every object of its list, and the intent nested in its error.
fn each(body: &mut Value, twist: &Twist) {
    if let Some(list) = body.get_mut("data").and_then(Value::as_array_mut) {
        list.iter_mut().for_each(|object| bend(object, twist));
    } else if let Some(nested) = body.pointer_mut("/error/payment_intent") {
        bend(nested, twist);
    } else {
        bend(body, twist);
    }
}

fn bend(object: &mut Value, twist: &Twist) {
    match twist {
        Twist::Amount(amount) => {
            change(object, "amount", |_| Some(json!(amount)));
            change(object, "amount_received", |value| {
                value.as_i64().filter(|n| *n > 0).map(|_| json!(amount))
            });
        }
        Twist::Currency(currency) => change(object, "currency", |_| Some(json!(currency))),
        Twist::Livemode(live) => change(object, "livemode", |_| Some(json!(live))),
        Twist::Id(id) => change(object, "id", |_| Some(json!(id))),
        Twist::Status(status) => change(object, "status", |_| Some(json!(status))),
        Twist::NullAmountReceived => change(object, "amount_received", |_| Some(Value::Null)),
        Twist::AmountOffBy(more) => {
            let off = |value: &Value| value.as_i64().filter(|n| *n > 0)?.checked_add(*more).map(|n| json!(n));
            change(object, "amount", off);
            change(object, "amount_received", off);
        }
        Twist::Seconds => change(object, "created", |value| value.as_u64().map(|ms| json!(ms / 1_000))),
        Twist::Stringified => {
            change(object, "payment_method_types", |value| Some(json!(value.to_string())));
            change(object, "payment_method_options", |value| Some(json!(value.to_string())));
        }
        Twist::UpperCase => {
            let upper = |value: &Value| value.as_str().map(|text| json!(text.to_ascii_uppercase()));
            change(object, "status", upper);
            change(object, "currency", |value| value.as_str().map(|text| json!(text.to_ascii_lowercase())));
            change(object, "payment_method_types", |value| {
                value.as_array().map(|list| list.iter().filter_map(upper).collect())
            });
        }
        Twist::As402 | Twist::HttpStatus(_) | Twist::FlatError | Twist::TextError => {}
    }
}

fn change(object: &mut Value, name: &str, new: impl Fn(&Value) -> Option<Value>) {
    if let Some(slot) = object.get_mut(name)
        && let Some(value) = new(slot)
    {
        *slot = value;
    }
}

/// `wooshpay-api.md` section 5: 402 with the intent nested in a card error. An intent that is not declined stays as it is.
fn as_402(answer: Answer) -> Answer {
    let Some(error) = answer.body.get("last_payment_error").filter(|error| error.is_object()) else {
        return answer;
    };
    let body = json!({ "error": {
        "type": "card_error",
        "code": error.get("code"),
        "decline_code": error.get("decline_code"),
        "message": error.get("message"),
        "payment_intent": answer.body,
    }});
    Answer { status: 402, body }
}
