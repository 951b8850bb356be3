//! Where ids, secrets and digits come from; with one seed and one sequence of calls it always gives the same ones, and
//! it never gives an id twice. Cryptographic strength is absent: nothing here guards real money.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::moment::Moment;

/// The start of the snowflake clock (`wooshpay-api.md` section 4).
const SNOWFLAKE_EPOCH_MS: u64 = 1_288_834_974_657;
const SEQUENCE_BITS: u32 = 22;

/// A seeded source of ids and digits (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Mint {
    state: u64,
    sequence: u64,
}

impl Mint {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed, sequence: 0 }
    }

    /// A seed that differs from run to run.
    pub(crate) fn random_seed() -> u64 {
        RandomState::new().build_hasher().finish()
    }

    /// `prefix_` and 19 digits that begin with the time, as WooshPay's do.
    pub(crate) fn snowflake(&mut self, prefix: &str, at: Moment) -> String {
        self.sequence = (self.sequence + 1) & ((1 << SEQUENCE_BITS) - 1);
        let ms = at.as_ms().saturating_sub(SNOWFLAKE_EPOCH_MS) & (u64::MAX >> (SEQUENCE_BITS + 1));
        format!("{prefix}_{:019}", (ms << SEQUENCE_BITS) | self.sequence)
    }

    /// `count` decimal digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.pick(b"0123456789")).collect()
    }

    /// `count` letters and digits.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| self.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")).collect()
    }

    fn pick(&mut self, from: &[u8]) -> char {
        let size = u64::try_from(from.len()).unwrap_or(1).max(1);
        let index = usize::try_from(self.next() % size).unwrap_or(0);
        char::from(from.get(index).copied().unwrap_or(b'0'))
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
