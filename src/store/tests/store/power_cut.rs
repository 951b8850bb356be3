//! The power goes at any call: what was promised is there, and nothing else but perhaps the append under way.

use quickpay_core::journal::Journal as _;
use quickpay_core::record::Record;
use quickpay_store::MemoryHouse;

use crate::sample::{Dice, moment, open_sim, sale_opened};
use crate::sim_disk::{Call, EIO, SimDisk};

const WORLDS: u64 = 600;
const LIVES: usize = 4;

struct World {
    disk: SimDisk,
    house: MemoryHouse,
    dice: Dice,
    /// What was promised to be durable.
    promised: Vec<Vec<Record>>,
    /// What was under way when the power went.
    under_way: Option<Vec<Record>>,
}

#[test]
fn what_was_promised_survives_a_power_cut_at_any_call() {
    let (mut cuts, mut torn, mut survived) = (0, 0, 0);
    for seed in 0..WORLDS {
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut world = World { disk, house, dice: Dice::new(seed), promised: Vec::new(), under_way: None };
        for _ in 0..LIVES {
            world.live_until_the_power_goes();
            cuts += 1;
            let report = world.restart(seed);
            torn += usize::from(report.0);
            survived += usize::from(report.1);
        }
    }
    // the rig itself: it must produce both outcomes, or it proves nothing
    assert!(
        torn > 50 && survived > 50,
        "of {cuts} cuts {torn} tore a tail, {survived} kept the append under way"
    );
}

impl World {
    fn live_until_the_power_goes(&mut self) {
        let mut snapshots = vec![self.house.index.content()];
        self.disk.fail(Call::PowerGone, self.dice.below(70), EIO);
        if let Ok(opened) = open_sim(&self.disk, &self.house) {
            let mut store = opened.store;
            for _ in 0..40 {
                let n = u32::try_from(self.promised.len()).unwrap();
                let records: Vec<_> = (0..=self.dice.below(4)).flat_map(|_| sale_opened(n)).collect();
                if store.append(moment(u64::from(n)), &records).is_err() {
                    self.under_way = Some(records);
                    break;
                }
                self.promised.push(records);
                snapshots.push(self.house.index.content());
                if self.dice.below(9) == 0 {
                    store.idle();
                }
            }
        }
        self.disk.cut_power(&mut self.dice);
        let kept = self.dice.below(snapshots.len()); // the index is not synced: any earlier state of it
        self.house.index.replace(snapshots.swap_remove(kept));
    }

    /// Whether a tail was torn, and whether the append under way survived.
    fn restart(&mut self, seed: u64) -> (bool, bool) {
        let opened = open_sim(&self.disk, &self.house).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let found: Vec<_> = opened.entries.into_iter().map(|entry| entry.records).collect();
        let survived = found.len() > self.promised.len();
        if survived {
            self.promised.extend(self.under_way.take());
        }
        assert_eq!(found, self.promised, "seed {seed}");
        self.under_way = None;
        let report = opened.store.verify();
        assert!(report.is_sound(), "seed {seed}: {report:?}");
        (opened.report.torn.is_some(), survived)
    }
}
