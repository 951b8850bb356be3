//! Reading a JSON object field by field, naming the field that is wrong; null, absent and the empty text are one, and
//! a value is never repeated in a message, for it may be a code. The contract itself is absent: see `asked.rs`.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// An object of a request and where it stands in it.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: String,
}

impl<'a> Fields<'a> {
    /// The body itself.
    pub(crate) fn of(body: &'a Value) -> Result<Self, Refusal> {
        let map = body.as_object().ok_or_else(|| Refusal::invalid("", "the body must be a JSON object"))?;
        Ok(Self { map, at: String::new() })
    }

    /// Refuses fields that the contract does not name.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let Some(odd) = self.map.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
        let odd = if crate::wallet::looks_like_a_code(odd) { "…" } else { odd };
        Err(Refusal::invalid(&self.path(odd), format!("no such parameter; there are {}", known.join(", "))))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| self.wrong(name, "a string"))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<&'a str, Refusal> {
        self.text(name)?.ok_or_else(|| self.absent(name))
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_i64().map(Some).ok_or_else(|| self.wrong(name, "an integer"))
    }

    /// An integer, or its digits as a string, as WooshPay's refund schema has it.
    pub(crate) fn lenient_integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        number.map(Some).ok_or_else(|| self.wrong(name, "an integer"))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.wrong(name, "true or false"))
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let map = value.as_object().ok_or_else(|| self.wrong(name, "an object"))?;
        Ok(Some(Self { map, at: self.path(name) }))
    }

    pub(crate) fn required_object(&self, name: &str) -> Result<Self, Refusal> {
        self.object(name)?.ok_or_else(|| self.absent(name))
    }

    /// All fields, each of which must be a text.
    pub(crate) fn texts(&self) -> Result<Vec<(String, String)>, Refusal> {
        self.map
            .iter()
            .map(|(name, value)| {
                let text = value.as_str().ok_or_else(|| self.wrong(name, "a string"))?;
                Ok((name.clone(), text.to_owned()))
            })
            .collect()
    }

    pub(crate) fn wrong(&self, name: &str, wanted: &str) -> Refusal {
        let path = self.path(name);
        Refusal::invalid(&path, format!("{path} must be {wanted}"))
    }

    fn absent(&self, name: &str) -> Refusal {
        let path = self.path(name);
        Refusal::invalid(&path, format!("{path} is required"))
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn path(&self, name: &str) -> String {
        if self.at.is_empty() { name.to_owned() } else { format!("{}.{name}", self.at) }
    }
}
