//! An index that only knows how far it is: histories are written quickly, and the journal's share of a start is told from
//! sled's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use quickpay_core::time::WallTime;
use quickpay_store::{Batch, Index, IndexError, IndexHouse};

/// See above; clones share what they know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blind(Arc<Mutex<BTreeMap<Vec<u8>, Vec<u8>>>>);

impl IndexHouse for Blind {
    fn open(&mut self) -> Result<Box<dyn Index>, IndexError> {
        Ok(Box::new(self.clone()))
    }

    fn quarantine(&mut self, _now: WallTime) -> Result<Option<PathBuf>, IndexError> {
        Ok(None)
    }
}

impl Index for Blind {
    fn apply(&mut self, batch: Batch) -> Result<(), IndexError> {
        self.0.lock().unwrap().extend(batch.into_iter().filter(|(key, _)| key.starts_with(b"~")));
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), IndexError> {
        let rows = self.0.lock().unwrap();
        rows.iter().filter(|(key, _)| key.starts_with(prefix)).for_each(|(key, value)| show(key, value));
        Ok(())
    }

    fn remove(&mut self, _keys: &[Vec<u8>]) -> Result<(), IndexError> {
        Ok(())
    }

    fn first_keys(&self, _prefix: &[u8], _most: usize) -> Result<Vec<Vec<u8>>, IndexError> {
        Ok(Vec::new())
    }

    fn sync(&mut self) -> Result<(), IndexError> {
        Ok(())
    }
}
