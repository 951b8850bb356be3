//! The `/sandbox` paths: scripts, customers, the truth, the line; loopback only and without a key, and payment codes
//! leave by `/sandbox/wallet` alone. The wire contract is absent: see `gateway.rs`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::answer::{Answer, true_charge, true_refund};
use crate::clock;
use crate::customer_wire::{CustomerWire, phone};
use crate::gateway::{Gateway, locked};
use crate::id::CustomerName;
use crate::line::Line;
use crate::masked::without_digits;
use crate::refusal::Refusal;
use crate::request_log::Received;
use crate::rules::Rules;
use crate::script::Script;
use crate::world::Truth;

/// How long a change of the line waits for the socket to follow.
const SOCKET_WAIT: Duration = Duration::from_secs(2);
const PATHS: &str = "/sandbox/script, /sandbox/wallet, /sandbox/wallet/{customer}, /sandbox/charges, \
/sandbox/requests, /sandbox/line, /sandbox/rules, /sandbox/reset";

impl Gateway {
    /// Answers one request to `/sandbox`.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let parts: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
        let answered = match (method, parts.as_slice()) {
            ("GET", ["script"]) => Ok(json!({ "steps": locked(&self.script).left() })),
            ("POST", ["script"]) => self.post_script(body),
            ("POST", ["wallet"]) => self.post_wallet(body).await,
            ("GET", ["wallet", name]) => self.get_wallet(name),
            ("GET", ["charges"]) => Ok(self.get_charges()),
            ("GET", ["requests"]) => Ok(json!({ "requests": self.requests() })),
            ("GET", ["line"]) => Ok(json!(*self.line.borrow())),
            ("POST", ["line"]) => self.post_line(body).await,
            ("GET", ["rules"]) => Ok(json!(locked(&self.world).rules())),
            ("POST", ["rules"]) => self.post_rules(body),
            ("POST", ["reset"]) => {
                self.reset().await;
                Ok(json!({ "reset": true }))
            }
            (_, _) => Err(format!("no such path or method; there are {PATHS}")),
        };
        match answered {
            Ok(body) => Answer::ok(body),
            Err(words) => Answer { status: 400, body: json!({ "error": without_digits(&words) }) },
        }
    }

    /// Back to an empty world, an honest script and a sound line.
    pub(crate) async fn reset(&self) {
        {
            let mut world = locked(&self.world);
            world.reset();
            world.set_rules(self.first_rules.clone());
        }
        *locked(&self.script) = Script::default();
        locked(&self.log).clear();
        self.set_line(Line::up()).await;
        self.save().await;
    }

    /// Changes the line; when this returns the main socket has followed.
    pub(crate) async fn set_line(&self, line: Line) {
        self.line.send_replace(line);
        let wanted = !(self.closes && line.refuses());
        let mut listening = self.listening.subscribe();
        let followed = tokio::time::timeout(SOCKET_WAIT, listening.wait_for(|now| *now == wanted)).await;
        if followed.is_err() {
            tracing::warn!(?line, "the listening socket has not followed the line");
        }
    }

    pub(crate) fn truth(&self) -> Truth {
        locked(&self.world).truth(clock::now())
    }

    pub(crate) fn requests(&self) -> Vec<Received> {
        locked(&self.log).all()
    }

    fn post_script(&self, body: &[u8]) -> Result<Value, String> {
        let script = Script::from_value(&read(body)?)?;
        let mut own = locked(&self.script);
        own.append(script)?;
        Ok(json!({ "steps": own.left() }))
    }

    async fn post_wallet(&self, body: &[u8]) -> Result<Value, String> {
        let wire: CustomerWire = parsed(body)?;
        let count = wire.count()?;
        let shown = {
            let mut world = locked(&self.world);
            let earlier = world.customer(&wire.name()?).cloned();
            let customer = wire.into_customer(earlier)?;
            let name = customer.name.clone();
            world.set_customer(customer).map_err(|refusal| refusal.message())?;
            phone(&mut world, &name, count, clock::now()).map_err(|refusal| refusal.message())?
        };
        self.save().await;
        Ok(shown)
    }

    fn get_wallet(&self, name: &str) -> Result<Value, String> {
        let mut world = locked(&self.world);
        phone(&mut world, &CustomerName::new(name), 1, clock::now())
            .map_err(|refusal: Refusal| refusal.message())
    }

    fn get_charges(&self) -> Value {
        let truth = self.truth();
        let charges: Vec<Value> = truth.charges.iter().map(true_charge).collect();
        let refunds: Vec<Value> = truth.refunds.iter().map(true_refund).collect();
        json!({ "charges": charges, "refunds": refunds })
    }

    async fn post_line(&self, body: &[u8]) -> Result<Value, String> {
        let line = parsed::<Line>(body)?.check()?;
        self.set_line(line).await;
        Ok(json!(line))
    }

    /// Fields that are not named stay as they are.
    fn post_rules(&self, body: &[u8]) -> Result<Value, String> {
        let mut world = locked(&self.world);
        let mut all = json!(world.rules());
        let news = read(body)?;
        let (Some(all), Some(news)) = (all.as_object_mut(), news.as_object()) else {
            return Err("rules are an object".to_owned());
        };
        all.extend(news.clone());
        let rules: Rules = serde_json::from_value(json!(all)).map_err(|error| error.to_string())?;
        world.set_rules(rules.clone());
        Ok(json!(rules))
    }
}

fn read(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body)
        .map_err(|error| format!("not JSON at line {} column {}", error.line(), error.column()))
}

fn parsed<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_value(read(body)?).map_err(|error| error.to_string())
}
