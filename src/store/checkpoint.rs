//! The body of a checkpoint's frame: what the index must remember, then the core's own bytes.
//!
//! Invariant: the store never looks into the core's bytes; what it needs itself stands before them, so that a start
//! from here makes the same index rows as a start from the first entry.
//!
//! | bytes | field |
//! |---|---|
//! | 0-3 | count of unsettled print jobs, u32 LE |
//! | 8 each | job u32 LE, sale u32 LE |
//! | rest | the core's |

use quickpay_core::checkpoint::Checkpoint as State;

use crate::bytes::Fields;
use crate::rows::Views;
use crate::wire;

/// The version of the body that this program writes, and the newest it reads.
pub(crate) const VERSION: u16 = 1;

/// The state of the fold after an entry, as the core wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last entry that is in it.
    pub seq: u64,
    /// What was given to [`Store::append_checkpoint`](crate::Store::append_checkpoint).
    pub body: Vec<u8>,
}

impl Checkpoint {
    /// The core's state in it; `None` when another version of this program wrote it: then an older one may serve, or the
    /// whole journal.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        wire::checkpoint::decode(&self.body)
            .inspect_err(|error| tracing::debug!(%error, seq = self.seq, "a checkpoint is of no use"))
            .ok()
            .filter(|state| state.last_seq == self.seq)
    }
}

/// The body of the frame.
pub(crate) fn encode(views: &Views, core: &[u8]) -> Vec<u8> {
    let mut body = views.encode();
    body.extend_from_slice(core);
    body
}

/// Both parts; `None` when this is no such body.
pub(crate) fn decode(body: &[u8]) -> Option<(Views, &[u8])> {
    let mut fields = Fields(body);
    let views = Views::decode(&mut fields)?;
    Some((views, fields.0))
}
