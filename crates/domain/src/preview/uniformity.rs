//! Whether counts are what chance gives: Pearson's statistic and the chance of one as large.

use serde::Serialize;

/// One test. A small `p` (below 0.01, say) says that something other than the law decides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChiSquare {
    pub statistic: f64,
    pub degrees: u32,
    /// Chance of a statistic at least as large if the law alone decides, 0 to 1.
    pub p: f64,
}

impl ChiSquare {
    /// Of pairs of observed and expected counts with so many free ones among them; `None` where
    /// fewer than two cells expect enough to be compared.
    pub fn of(cells: &[(f64, f64)], degrees: u32) -> Option<ChiSquare> {
        if cells.len() < 2 || degrees == 0 {
            return None;
        }
        let statistic = cells.iter().map(|(seen, wanted)| (seen - wanted).powi(2) / wanted).sum();
        Some(ChiSquare { statistic, degrees, p: upper_tail(statistic, degrees) })
    }
}

/// Chance that a chi-square variable exceeds x: the regularised upper incomplete gamma function of
/// degrees / 2 and x / 2 (DLMF 8.2.4), by its series 8.7.1 or the continued fraction 8.9.2.
fn upper_tail(x: f64, degrees: u32) -> f64 {
    const STEPS: u32 = 500;
    let (a, x) = (f64::from(degrees) / 2.0, x / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma_half(degrees)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for n in 1..STEPS {
            term *= x / (a + f64::from(n));
            sum += term;
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut fraction = 0.0;
    for n in (1..STEPS).rev().map(f64::from) {
        fraction = n * (n - a) / (x + 2.0 * n + 1.0 - a - fraction);
    }
    (front / (x + 1.0 - a - fraction)).clamp(0.0, 1.0)
}

/// ln of the gamma function at a whole number of halves, by its recurrence.
fn ln_gamma_half(halves: u32) -> f64 {
    let (mut at, mut ln) = match halves % 2 {
        0 => (1.0, 0.0),
        _ => (0.5, std::f64::consts::PI.sqrt().ln()),
    };
    while at < f64::from(halves) / 2.0 {
        ln += f64::ln(at);
        at += 1.0;
    }
    ln
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_the_tables() {
        // Critical values of the chi-square distribution (Abramowitz and Stegun, table 26.8).
        for (degrees, x, p) in [
            (1, 3.841_459, 0.05),
            (1, 10.827_57, 0.001),
            (2, 5.991_465, 0.05),
            (4, 13.276_70, 0.01),
            (5, 1.145_476, 0.95),
            (7, 14.067_14, 0.05),
            (10, 2.558_212, 0.99),
            (23, 35.172_46, 0.05),
            (30, 59.703_06, 0.001),
        ] {
            let got = upper_tail(x, degrees);
            assert!((got - p).abs() < 1e-6, "{degrees} degrees, {x}: {got}");
        }
        assert_eq!(upper_tail(0.0, 3), 1.0);
        assert!(upper_tail(5_000.0, 3) < 1e-300 && upper_tail(5_000.0, 3) >= 0.0);
    }

    #[test]
    fn even_counts_pass_and_uneven_ones_do_not() {
        let even = ChiSquare::of(&[(98.0, 100.0), (103.0, 100.0), (99.0, 100.0)], 2).unwrap();
        assert!(even.p > 0.5, "{even:?}");
        let uneven = ChiSquare::of(&[(60.0, 100.0), (140.0, 100.0), (100.0, 100.0)], 2).unwrap();
        assert!(uneven.p < 1e-6, "{uneven:?}");
        assert_eq!(ChiSquare::of(&[(1.0, 1.0)], 0), None);
    }
}
