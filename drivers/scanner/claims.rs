//! Which of the scanners of one till reads which node: two tables of the configuration may mean the same device.
//!
//! Invariant: a node is read by one of them at a time; the other learns whose it is, and reads when it is free.
//! Deliberately absent: other programs (the kernel's locks tell of those).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Loss;

/// The nodes that the scanners of a till read, by the scanner's place in the configuration, from 0.
#[derive(Debug, Clone, Default)]
pub struct Claims(Arc<Mutex<BTreeMap<PathBuf, usize>>>);

/// A node that is one scanner's until this is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    claims: Claims,
    node: PathBuf,
}

impl Claims {
    /// Takes a node for the scanner at a place, whatever link led to it.
    pub(super) fn take(&self, path: &Path, place: usize) -> Result<Claim, Loss> {
        let node = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut taken = self.lock();
        if let Some(by) = taken.get(&node) {
            return Err(Loss::ReadAs { place: *by });
        }
        taken.insert(node.clone(), place);
        drop(taken);
        Ok(Claim { claims: self.clone(), node })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PathBuf, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.lock().remove(&self.node);
    }
}
