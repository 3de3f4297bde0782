//! Seeded chance: a ChaCha20 stream and the few distributions a workforce needs.

use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

pub struct Dice(ChaCha20Rng);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(ChaCha20Rng::seed_from_u64(seed))
    }

    /// From 0 to 1, 1 excluded.
    pub fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A whole number of the range, its end excluded.
    pub fn of(&mut self, range: std::ops::Range<usize>) -> usize {
        range.start + (self.share() * (range.end - range.start) as f64) as usize
    }

    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        least + self.share() * (most - least)
    }

    /// Normally distributed around 0 (Box and Muller, 1958).
    pub fn normal(&mut self, deviation: f64) -> f64 {
        let (u, v) = (1.0 - self.share(), self.share());
        deviation * (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let j = self.of(0..i + 1);
            list.swap(i, j);
        }
    }
}
