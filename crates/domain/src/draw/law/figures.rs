//! How far a law can be foreseen, computed from its table alone, against somebody who knows law,
//! policy, calendar and all earlier draws, and lacks only the key. Definitions: Σ runs over the days
//! k of a gap, S_k is the share of gaps that reach day k, h_k the hazard, f_k = S_k h_k.

use crate::draw::hazard::HazardTable;
use serde::{Deserialize, Serialize};

/// What the people under a law get. Shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LawFigures {
    /// Expected eligible days from draw to draw, Σ S_k.
    pub mean_gap_days: f64,
    /// Share of eligible days on which a draw is impossible.
    pub safe_share: f64,
    /// Share of draws on days with a hazard of one half or more.
    pub sure_share: f64,
    /// Share of draws on the single likeliest day of the gap, max f_k.
    pub best_guess: f64,
    /// Min-entropy of the day of the next draw, -log2 of `best_guess`.
    pub min_entropy_bits: f64,
    /// Expected hazard met on the day of a draw, Σ f_k h_k: how often a guess made each evening for
    /// the next day is right about a draw.
    pub day_ahead_guess: f64,
    /// Average over all days of the divergence of the day's chance from a constant one, bits.
    pub hazard_kl_bits_per_day: f64,
    /// Of somebody who prepares on the likeliest days only: the largest excess of the share of draws
    /// met over the share of days prepared (Kolmogorov-Smirnov distance of the evasion curve).
    pub evasion_ks: f64,
    /// Twice the area between the evasion curve and the diagonal.
    pub evasion_gini: f64,
}

impl LawFigures {
    /// The figures of a table in its committed form, as an auditor sees it.
    pub fn of(table: &HazardTable) -> LawFigures {
        let hazards: Vec<f64> = table.thresholds().iter().map(|t| t.hazard()).collect();
        LawFigures::of_hazards(&hazards)
    }

    /// The figures of hazards of which the last one is 1 or stands for all later days.
    pub(super) fn of_hazards(hazards: &[f64]) -> LawFigures {
        let mean_gap_days = mean_gap(hazards);
        let average = 1.0 / mean_gap_days;
        let (mut safe, mut sure, mut best, mut ahead, mut kl) = (0.0, 0.0, 0.0_f64, 0.0, 0.0);
        let days = shares(hazards);
        for &(h, days) in &days {
            let drawn = days * h;
            safe += if h <= 0.0 { days } else { 0.0 };
            sure += if h >= 0.5 { drawn } else { 0.0 };
            ahead += drawn * h;
            kl += days * divergence(h, average);
        }
        let mut survivor = 1.0;
        for h in hazards {
            best = best.max(survivor * h);
            survivor *= 1.0 - h;
        }
        let (evasion_ks, evasion_gini) = evasion(days, mean_gap_days);
        LawFigures {
            mean_gap_days,
            safe_share: safe / mean_gap_days,
            sure_share: sure,
            best_guess: best,
            min_entropy_bits: best.recip().log2(),
            day_ahead_guess: ahead,
            hazard_kl_bits_per_day: kl / mean_gap_days,
            evasion_ks,
            evasion_gini,
        }
    }
}

/// `mu = sum of S_k`, with `S_1 = 1` and `S_{k+1} = S_k (1 - h_k)`.
pub(super) fn mean_gap(hazards: &[f64]) -> f64 {
    shares(hazards).into_iter().map(|(_, days)| days).sum()
}

/// The hazard and the expected number of days of each place in the gap; the days from the last one
/// on are counted together.
fn shares(hazards: &[f64]) -> Vec<(f64, f64)> {
    let mut survivor = 1.0;
    let mut days: Vec<(f64, f64)> = Vec::with_capacity(hazards.len());
    for &h in hazards {
        days.push((h, survivor));
        survivor *= 1.0 - h;
    }
    if let Some(last) = days.last_mut() {
        last.1 /= last.0; // geometric tail of a hazard that stays; with a hazard of 1 nothing follows
    }
    days
}

/// Bits of `KL(Bernoulli(h) || Bernoulli(average))`.
fn divergence(h: f64, average: f64) -> f64 {
    let term = |p: f64, q: f64| if p > 0.0 { p * (p / q).log2() } else { 0.0 };
    if average < 1.0 { term(h, average) + term(1.0 - h, 1.0 - average) } else { 0.0 }
}

/// Kolmogorov-Smirnov distance and Gini coefficient of the evasion curve, whose points are days
/// sorted by hazard, the highest first. Days of equal hazard make one straight piece.
fn evasion(mut days: Vec<(f64, f64)>, mean_gap_days: f64) -> (f64, f64) {
    days.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut prepared, mut met, mut ks, mut area) = (0.0, 0.0, 0.0_f64, 0.0);
    for (h, share) in days {
        let (width, height) = (share / mean_gap_days, share * h);
        area += width * (met + height / 2.0);
        prepared += width;
        met += height;
        ks = ks.max(met - prepared);
    }
    // Rounding must not show as knowledge where there is none.
    let tidy = |x: f64| if x < 1e-12 { 0.0 } else { x };
    (tidy(ks), tidy(2.0 * area - 1.0))
}
