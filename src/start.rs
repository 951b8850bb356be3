//! From the store to a terminal that goes on: from the newest checkpoint where that is possible, else from the first
//! entry.
//!
//! Invariant: a checkpoint that this version cannot read, or that its tail does not follow from, costs time and nothing
//! else: the journal is read whole instead.

use std::path::Path;

use anyhow::{Context as _, Result};
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::settings::Settings;
use quickpay_core::terminal::Terminal;
use quickpay_store::{OpenOptions, Opened, Store};

/// Opens the store in this folder and folds what it holds. `key` are random bytes of this run.
///
/// # Errors
/// In words: another instance, a damaged journal, a journal that does not make sense. Nothing was changed.
pub(crate) fn terminal_of(
    folder: &Path,
    options: &OpenOptions,
    settings: &Settings,
    key: [u8; 16],
) -> Result<(Terminal, Store)> {
    let fresh = || Terminal::new(settings.clone(), FingerprintKey::new(key));
    let options = OpenOptions { from_checkpoint: true, ..options.clone() };
    let opened = Store::open(folder, &options)?;
    let has_checkpoint = opened.checkpoint.is_some();
    match folded(fresh(), &opened) {
        Ok(terminal) => return Ok((terminal, told(opened))),
        Err(error) if !has_checkpoint => return Err(senseless(error)),
        Err(error) => tracing::warn!(%error, "the start reads the whole journal"),
    }
    opened.store.close().ok(); // it is opened again at once
    let opened = Store::open(folder, &OpenOptions { from_checkpoint: false, ..options })?;
    let terminal = folded(fresh(), &opened).map_err(senseless)?;
    Ok((terminal, told(opened)))
}

fn folded(mut terminal: Terminal, opened: &Opened) -> Result<Terminal> {
    if let Some(checkpoint) = &opened.checkpoint {
        terminal.begin_at(checkpoint.state().context("the checkpoint is of another version")?);
    }
    for entry in &opened.entries {
        terminal.apply(entry)?;
    }
    Ok(terminal)
}

fn senseless(error: anyhow::Error) -> anyhow::Error {
    error.context("the journal does not make sense; run `quickpay doctor`")
}

fn told(opened: Opened) -> Store {
    let from = opened.checkpoint.map_or(0, |checkpoint| checkpoint.seq);
    tracing::info!(checkpoint = from, entries_read = opened.entries.len(), "the journal is read");
    if let Some(torn) = opened.report.torn {
        let (seq, bytes) = (torn.seq, torn.bytes);
        tracing::warn!(seq, bytes, "the end of the journal was torn by a power cut; cleared");
    }
    opened.store
}
