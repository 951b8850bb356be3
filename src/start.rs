//! From the store to a terminal that goes on: from the newest checkpoint that this version can read, else from the first
//! entry.
//!
//! Invariant: a checkpoint that is of no use, or that its tail does not follow from, costs time and nothing else: an older
//! one serves, or the whole journal, which is folded as it is read and needs no more memory.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use quickpay_core::id::SaleId;
use quickpay_core::ledger::{Ledger, Unfounded};
use quickpay_core::payment_code::FingerprintKey;
use quickpay_core::replay::{Replay, Replayed};
use quickpay_core::settings::Settings;
use quickpay_core::terminal::Terminal;
use quickpay_store::{Checkpoint, OpenOptions, OpenReport, Store};

/// Entries whose lists are made before selling begins: half a second's work. Those of a longer past are made beside sales.
const REBUILT_AT_START: u64 = 20_000;

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
    let options =
        OpenOptions { from_checkpoint: true, rebuild_at_start: REBUILT_AT_START, ..options.clone() };
    let mut folding = Folding::default();
    let (store, report) = Store::open_into(folder, &options, &mut folding)?;
    tell(&report);
    let senseless = "the journal does not make sense; run `quickpay doctor verify`";
    let Some(folded) = folding.folded else { bail!(senseless) };
    let mut terminal = Terminal::new(settings.clone(), FingerprintKey::new(key));
    terminal.begin_with(*folded.context(senseless)?);
    Ok((terminal, store))
}

/// The core's replay at the store's door.
#[derive(Debug)]
struct Folding {
    replay: Replay,
    at_checkpoint: bool,
    /// Sales that the next time from the first entry keeps.
    keep: BTreeSet<SaleId>,
    folded: Option<Result<Box<Ledger>, Unfounded>>,
    useless: u64,
}

impl Default for Folding {
    fn default() -> Folding {
        let (replay, keep) = (Replay::keeping(BTreeSet::new()), BTreeSet::new());
        Folding { replay, at_checkpoint: false, keep, folded: None, useless: 0 }
    }
}

impl quickpay_store::Replay for Folding {
    fn begin(&mut self, checkpoint: Option<&Checkpoint>) -> bool {
        let keep = std::mem::take(&mut self.keep);
        let Some(checkpoint) = checkpoint else {
            (self.replay, self.at_checkpoint) = (Replay::keeping(keep), false);
            return true;
        };
        let Some(state) = checkpoint.state() else {
            self.useless += 1;
            if self.useless == 1 {
                tracing::warn!(
                    seq = checkpoint.seq,
                    "the newest checkpoint is of no use; the start reads more"
                );
            }
            return false;
        };
        (self.replay, self.at_checkpoint) = (Replay::from_checkpoint(state), true);
        true
    }

    fn take(&mut self, entry: quickpay_core::record::Entry) {
        self.replay.take(&entry);
    }

    fn again(&mut self) -> bool {
        let ended = std::mem::replace(&mut self.replay, Replay::keeping(BTreeSet::new())).end();
        match ended {
            Ok(Replayed::State(ledger)) => self.folded = Some(Ok(ledger)),
            Ok(Replayed::OnceMore(sales)) => {
                tracing::warn!(sales = sales.len(), "something was recorded about sales of long ago");
                self.keep = sales;
                return true;
            }
            Err(error) if self.at_checkpoint => {
                tracing::warn!(%error, "the newest checkpoint does not fit what follows it");
                return true;
            }
            Err(error) => self.folded = Some(Err(error)),
        }
        false
    }
}

fn tell(report: &OpenReport) {
    let OpenReport { checkpoint, entries_read, torn, .. } = report;
    tracing::info!(checkpoint, entries_read, "the journal is read");
    if let Some(torn) = torn {
        let (seq, bytes) = (torn.seq, torn.bytes);
        tracing::warn!(seq, bytes, "the end of the journal was torn by a power cut; cleared");
    }
}
