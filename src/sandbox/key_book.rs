//! Idempotency keys: one key names one request and one outcome; a refused request leaves no trace. How long real keys
//! live is unknown, so these live until a reset.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Keys remembered at most; further ones are carried out but not remembered.
const KEY_LIMIT: usize = 100_000;

/// What a key named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) struct Keyed {
    pub(crate) path: String,
    pub(crate) subject: String,
    /// Keyed fingerprint of the body, only as long as this run lasts: a code cannot be told from it.
    #[serde(skip)]
    print: Option<u64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct KeyBook {
    keys: BTreeMap<String, Keyed>,
    #[serde(skip)]
    secret: RandomState,
}

impl KeyBook {
    /// The subject of an earlier request with this key.
    pub(crate) fn replay(&self, key: &str, path: &str, body: &[u8]) -> Result<Option<String>, Refusal> {
        let Some(keyed) = self.keys.get(key) else { return Ok(None) };
        let same_body = keyed.print.is_none_or(|print| print == self.secret.hash_one(body));
        if keyed.path == path && same_body {
            Ok(Some(keyed.subject.clone()))
        } else {
            Err(Refusal::KeyReused)
        }
    }

    pub(crate) fn remember(&mut self, key: &str, path: &str, body: &[u8], subject: &str) {
        if self.keys.len() >= KEY_LIMIT {
            return;
        }
        let print = Some(self.secret.hash_one(body));
        let keyed = Keyed { path: path.to_owned(), subject: subject.to_owned(), print };
        self.keys.insert(key.to_owned(), keyed);
    }
}
