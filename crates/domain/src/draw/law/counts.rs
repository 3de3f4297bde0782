//! How many check-ins a year brings one person: the count of a renewal process whose gaps follow the
//! table, seen from a day taken at random (so a year does not begin with a check-in).

use super::figures::mean_gap;
use crate::draw::hazard::HazardTable;
use serde::{Deserialize, Serialize};

/// A chance too small to count.
const NOTHING: f64 = 1e-14;

/// Check-ins of one person over a number of eligible days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CheckInCounts {
    /// The days counted.
    pub eligible_days: u32,
    /// Expected.
    pub mean: f64,
    /// Five people in a hundred have at most so many.
    pub p5: u32,
    /// Ninety-five people in a hundred have at most so many.
    pub p95: u32,
}

impl CheckInCounts {
    /// The counts under a table. From any one day the first draw is on day j with chance S_j / mean,
    /// every further one a gap later.
    pub fn of(table: &HazardTable, eligible_days: u32) -> CheckInCounts {
        let n = eligible_days as usize;
        let hazards: Vec<f64> = table.thresholds().iter().map(|t| t.hazard()).collect();
        let mean_gap_days = mean_gap(&hazards);
        let (mut first, mut gaps) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let mut survivor = 1.0;
        for k in 1..=eligible_days {
            let h = table.threshold(k).hazard();
            first.push(survivor / mean_gap_days);
            gaps.push(survivor * h);
            survivor *= 1.0 - h;
        }
        // What cannot be seen in the result is left out: it would cost most of the time.
        while gaps.last().is_some_and(|f| *f < NOTHING) {
            gaps.pop();
        }
        // `at[t]`: the chance that the j-th draw is on day t + 1; `least`: of at least j draws.
        let (mut at, mut counted) = (first, 0u32);
        let mut least: f64 = at.iter().sum();
        let (mut p5, mut p95) = (None, None);
        loop {
            let at_most = 1.0 - least;
            p5 = p5.or((at_most >= 0.05).then_some(counted));
            p95 = p95.or((at_most >= 0.95).then_some(counted));
            if p95.is_some() || counted >= eligible_days {
                break;
            }
            at = convolved(&at, &gaps);
            counted += 1;
            least = at.iter().sum();
        }
        CheckInCounts {
            eligible_days,
            mean: f64::from(eligible_days) / mean_gap_days,
            p5: p5.unwrap_or(counted),
            p95: p95.unwrap_or(counted),
        }
    }
}

/// The day of the gap on which somebody is at a moment taken at random, from 1: k with chance S_k over
/// the mean. `u` is a uniform number of 64 bits.
pub fn day_of_gap(table: &HazardTable, u: u64) -> u32 {
    if !table.has_maximum() {
        return 1; // every day is like the first
    }
    let hazards: Vec<f64> = table.thresholds().iter().map(|t| t.hazard()).collect();
    let mut left = u as f64 / 2f64.powi(64) * mean_gap(&hazards);
    let mut survivor = 1.0;
    for (k, h) in (1..).zip(&hazards) {
        left -= survivor;
        if left < 0.0 {
            return k;
        }
        survivor *= 1.0 - h;
    }
    table.max_gap_days()
}

/// The chance of each day for the next draw; what falls beyond the days counted is dropped.
fn convolved(at: &[f64], gaps: &[f64]) -> Vec<f64> {
    let mut next = vec![0.0; at.len()];
    for (day, &chance) in at.iter().enumerate().filter(|(_, chance)| **chance > NOTHING) {
        for (later, &gap) in next[day..].iter_mut().skip(1).zip(gaps) {
            *later += chance * gap;
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::law::CadenceLaw;

    #[test]
    fn a_pool_counts_like_throws_of_a_die() {
        // Binomial(252, 1/21): mean 12; P(N <= 6) = 0.042, P(N <= 7) = 0.084, P(N <= 17) = 0.942,
        // P(N <= 18) = 0.966.
        let got = CheckInCounts::of(&HazardTable::pool(1.0 / 21.0), 252);
        assert!((got.mean - 12.0).abs() < 1e-9, "{got:?}");
        assert_eq!((got.p5, got.p95), (7, 18));
    }

    #[test]
    fn a_short_maximum_gap_narrows_the_range() {
        let mut law = CadenceLaw::with_mean(21.0);
        law.max_gap_days = Some(30);
        let narrow = CheckInCounts::of(&law.table().unwrap().table, 252);
        let wide = CheckInCounts::of(&HazardTable::pool(1.0 / 21.0), 252);
        assert!(narrow.p5 > wide.p5 && narrow.p95 < wide.p95, "{narrow:?} {wide:?}");
        assert!((narrow.mean - wide.mean).abs() < 1e-4);
    }

    #[test]
    fn the_day_of_the_gap_is_as_likely_as_gaps_that_reach_it() {
        // S = 1, .5, .25 of a mean of 1.75
        let [half, sure] = [0.5, 1.0].map(crate::draw::Threshold::from_hazard);
        let table = HazardTable::new(vec![half, half, sure]).unwrap();
        let at = |share: f64| day_of_gap(&table, (share * 2f64.powi(64)) as u64);
        assert_eq!([0.0, 0.57, 0.58, 0.85, 0.86, 1.0].map(at), [1, 1, 2, 2, 3, 3]);
        assert_eq!(day_of_gap(&HazardTable::pool(0.1), u64::MAX), 1);
    }

    #[test]
    fn a_rare_check_in_may_not_come_in_a_year() {
        let got = CheckInCounts::of(&HazardTable::pool(0.5 / 252.0), 252);
        assert_eq!((got.p5, got.p95), (0, 2));
    }
}
