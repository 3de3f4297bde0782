//! The figures against the measured comparison of laws: 3 check-ins in 63 working days (mean 21),
//! smallest gap 4, largest 42, and the variations our laws can express. The columns are safe, sure,
//! best guess, min-entropy, day-ahead guess, divergence a day, KS and Gini; the reference simulated
//! 12,000 quarters a law, so the last digit is not exact.

use super::{CadenceLaw, LawFigures};
use crate::draw::hazard::HazardTable;

struct Row {
    name: &'static str,
    min: u32,
    max: u32,
    soft: u32,
    /// Smallest hazard as a share of 1 / 21.
    floor: f64,
    figures: [f64; 8],
}

#[test]
fn the_measured_rows_our_law_can_express_come_out() {
    let row = |name, min, max, soft, floor, figures| Row { name, min, max, soft, floor, figures };
    // "Flat" laws are the largest floor with which the mean is reached.
    let rows = [
        row(
            "flat, 4..42",
            4,
            42,
            0,
            f64::NAN,
            [0.143, 0.162, 0.162, 2.63, 0.201, 0.044, 0.154, 0.274],
        ),
        row(
            "minimum variance, 4..42",
            4,
            42,
            0,
            0.0,
            [0.143, 0.009, 0.033, 4.93, 0.095, 0.027, 0.294, 0.426],
        ),
        row(
            "floored, 4..42",
            4,
            42,
            0,
            0.924,
            [0.142, 0.025, 0.043, 4.55, 0.110, 0.028, 0.205, 0.315],
        ),
        row(
            "flat, ..42",
            0,
            42,
            0,
            f64::NAN,
            [0.0, 0.200, 0.200, 2.32, 0.230, 0.043, 0.190, 0.190],
        ),
        row(
            "soft floor, ..42",
            0,
            42,
            3,
            f64::NAN,
            [0.0, 0.172, 0.172, 2.54, 0.208, 0.040, 0.164, 0.248],
        ),
        row(
            "floored, ..42",
            0,
            42,
            0,
            0.756,
            [0.0, 0.035, 0.037, 4.76, 0.121, 0.024, 0.225, 0.235],
        ),
        row(
            "floored, ..84",
            0,
            84,
            0,
            0.924,
            [0.0, 0.001, 0.044, 4.50, 0.051, 0.0015, 0.050, 0.063],
        ),
        row(
            "minimum variance, ..60",
            0,
            60,
            0,
            0.0,
            [0.0, 0.005, 0.034, 4.87, 0.061, 0.006, 0.134, 0.179],
        ),
    ];
    for row in rows {
        let law = CadenceLaw {
            mean_gap_days: 21.0,
            soft_gap_days: row.soft,
            soft_factor: 0.25,
            min_gap_days: row.min,
            max_gap_days: Some(row.max),
            floor_share: 0.92,
        };
        let hazards = match row.floor.is_nan() {
            true => law.flattest(),
            false => law.hazards(row.floor).expect("the reference has it"),
        };
        compare(row.name, &LawFigures::of_hazards(&hazards), row.figures);
    }
    let pool = LawFigures::of(&HazardTable::pool(1.0 / 21.0));
    compare("the same chance every day", &pool, [0.0, 0.0, 0.048, 4.38, 0.048, 0.0, 0.0, 0.0]);
}

fn compare(name: &str, f: &LawFigures, wanted: [f64; 8]) {
    let got = [
        f.safe_share,
        f.sure_share,
        f.best_guess,
        f.min_entropy_bits,
        f.day_ahead_guess,
        f.hazard_kl_bits_per_day,
        f.evasion_ks,
        f.evasion_gini,
    ];
    let slack = [0.002, 0.004, 0.004, 0.05, 0.004, 0.0015, 0.006, 0.006];
    assert!((f.mean_gap_days - 21.0).abs() < 1e-4, "{name}: {f:?}");
    for ((got, wanted), slack) in got.into_iter().zip(wanted).zip(slack) {
        assert!((got - wanted).abs() <= slack, "{name}: {got:.4} is not {wanted}: {f:?}");
    }
}

impl CadenceLaw {
    /// The same hazard from the smallest gap to the day before the largest (lowered where soft).
    fn flattest(&self) -> Vec<f64> {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            let is_long = super::figures::mean_gap(&self.flat(middle)) > self.mean_gap_days;
            if is_long { low = middle } else { high = middle }
        }
        self.flat(high)
    }

    fn flat(&self, hazard: f64) -> Vec<f64> {
        let day = |k| match k {
            k if k == self.max_gap() => 1.0,
            k if k < self.min_gap_days => 0.0,
            k if k <= self.soft_gap_days => hazard * self.soft_factor,
            _ => hazard,
        };
        (1..=self.max_gap()).map(day).collect()
    }
}
