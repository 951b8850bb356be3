//! What a start costs after a short and after a long history, with and without checkpoints. `cargo test --release
//! -p quickpay-store -- --ignored starts_are_measured --nocapture`; `ENTRIES=1000,1000000` says how long.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use quickpay_core::journal::Journal as _;
use quickpay_core::time::WallTime;
use quickpay_store::{
    Batch, Disk, DiskFile, Index, IndexError, IndexHouse, OpenOptions, RealDisk, SledHouse, Store,
};

use crate::sample::{moment, sale_opened, terminal};

/// The real disk without waiting for it, to write a long history quickly.
#[derive(Debug)]
struct Hasty;

#[derive(Debug)]
struct HastyFile(Box<dyn DiskFile>);

impl Disk for Hasty {
    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        RealDisk.names(folder)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        RealDisk.make_folder(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(HastyFile(RealDisk.open(path)?)))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(HastyFile(RealDisk.create(path)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        RealDisk.length(path)
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        RealDisk.free_bytes(folder)
    }

    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for HastyFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, bytes)
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        self.0.allocate(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An index that only knows how far it is, to tell the journal's share of a start from sled's.
#[derive(Debug, Clone, Default)]
struct Blind(Arc<Mutex<BTreeMap<Vec<u8>, Vec<u8>>>>);

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

fn options(from_checkpoint: bool) -> OpenOptions {
    let mut options = OpenOptions::new(terminal(), moment(0).wall);
    options.from_checkpoint = from_checkpoint;
    options
}

fn write_history(folder: &Path, blind: &Blind, entries: u32) {
    let opened = Store::open_on(Arc::new(Hasty), Box::new(blind.clone()), folder, &options(true)).unwrap();
    let mut store = opened.store;
    for n in 0..entries {
        store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
        if store.checkpoint_due() {
            store.append_checkpoint(&[7; 4000]).unwrap(); // some ten open sales
        }
    }
}

/// The median of five starts.
fn median(mut start: impl FnMut() -> usize) -> (Duration, usize) {
    let mut read = 0;
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            read = start();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[2], read)
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    format!("{} {}", line("VmRSS"), line("VmHWM"))
}

#[test]
#[ignore = "prints, proves nothing; writes up to 3 GB"]
fn starts_are_measured() {
    let lengths = std::env::var("ENTRIES").unwrap_or_else(|_| "1000,100000,1000000".to_owned());
    for entries in lengths.split(',').map(|entries| entries.parse::<u32>().unwrap()) {
        let folder = tempfile::tempdir().unwrap();
        let blind = Blind::default();
        write_history(folder.path(), &blind, entries);
        let journal = |from_checkpoint| {
            let (disk, house) = (Arc::new(RealDisk), Box::new(blind.clone()));
            Store::open_on(disk, house, folder.path(), &options(from_checkpoint)).unwrap().entries.len()
        };
        println!("{entries} entries, {}", resident());
        println!("  journal from its checkpoint: {:?}; {}", median(|| journal(true)), resident());
        if std::env::var_os("SLED").is_none() {
            if entries > 20_000 {
                println!("  whole journal: {:?}; {}", median(|| journal(false)), resident());
            }
            continue;
        }
        let begun = Instant::now();
        let sled = |from_checkpoint| {
            let house = Box::new(SledHouse::new(folder.path()));
            let disk = Arc::new(RealDisk);
            let opened = Store::open_on(disk, house, folder.path(), &options(from_checkpoint)).unwrap();
            let read = opened.entries.len();
            opened.store.close().unwrap();
            read
        };
        sled(true);
        println!("  index made anew: {:?}; {}", begun.elapsed(), resident());
        println!("  with sled from its checkpoint: {:?}; {}", median(|| sled(true)), resident());
        println!("  with sled, whole journal: {:?}; {}", median(|| sled(false)), resident());
    }
}
