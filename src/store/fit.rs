//! Whether an index that was opened belongs to the journal that was read.
//!
//! Invariant: an index that knows more than the journal is told apart from one that is of no use: it is the witness that the
//! journal was shortened.

use crate::index::{Index, IndexError};
use crate::rows;
use crate::start::{Places, Whereabouts};

/// How they go together.
pub(crate) enum Fit {
    /// It agrees up to this entry.
    Agrees(u64),
    /// It knows this entry, which the journal does not hold.
    KnowsMore(u64),
    /// It is of another journal, another schema, or damaged.
    Foreign(String),
}

/// Compares what the index says of itself with where the newest decisions lie.
///
/// # Errors
/// [`IndexError`]
pub(crate) fn fit(index: &dyn Index, places: &Places) -> Result<Fit, IndexError> {
    let schema = index.get(rows::SCHEMA)?;
    let Some(position) = index.position()? else {
        let mut rows = 0_u64;
        index.scan(b"", &mut |_, _| rows += 1)?;
        let begun = rows == u64::from(schema.is_some());
        return Ok(if begun { Fit::Agrees(0) } else { Fit::Foreign("it has lost its position".to_owned()) });
    };
    match places.of(position.seq) {
        Whereabouts::Beyond => return Ok(Fit::KnowsMore(position.seq)),
        Whereabouts::Before => {} // compared when it is filled up
        Whereabouts::At(place) if position == *place => {}
        Whereabouts::At(_) | Whereabouts::Nowhere => {
            return Ok(Fit::Foreign("its position is not in this journal".to_owned()));
        }
    }
    if schema != Some(rows::schema_row().1) {
        return Ok(Fit::Foreign("it has another schema".to_owned()));
    }
    if index.get(rows::UNMADE)?.is_some() {
        return Ok(Fit::Foreign("it was not made to its end".to_owned()));
    }
    Ok(Fit::Agrees(position.seq))
}
