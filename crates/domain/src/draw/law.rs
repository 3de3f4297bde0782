//! The law of a cadence: from a wanted mean gap to a table of hazards, once per policy version. The
//! recursion is the floored minimum-variance hazard (DESIGN section 6; `docs/draw-format.md`). What
//! is committed and compared with `u` are integers; floats never leave this file.

use super::hazard::{HazardTable, Threshold};
use serde::{Deserialize, Serialize};

/// Gaps may be at most this many eligible days (about forty years).
pub const GAP_DAYS_MAX: u32 = 10_000;

/// The largest share of check-ins that may fall on days with a hazard of one half or more.
pub const SURE_SHARE_MAX: f64 = 0.02;

/// A maximum gap below this many mean gaps makes check-ins guessable.
const MAX_GAP_IN_MEANS: f64 = 4.0;

/// What HR asks for. All gaps count eligible days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CadenceLaw {
    /// Wanted mean gap between draws, more than 1.
    pub mean_gap_days: f64,
    /// For this many days after a draw the hazard is multiplied by `soft_factor`.
    #[serde(default)]
    pub soft_gap_days: u32,
    /// 0 to 1.
    #[serde(default = "default_soft_factor")]
    pub soft_factor: f64,
    /// No draw before this day of the gap (0 and 1 mean: none is excluded).
    #[serde(default)]
    pub min_gap_days: u32,
    /// A draw is certain on this day of the gap; absent: four times the mean.
    #[serde(default)]
    pub max_gap_days: Option<u32>,
    /// The floor of the hazard as a share of `1 / mean`, 0 to 1; lowered where it must be.
    #[serde(default = "default_floor_share")]
    pub floor_share: f64,
}

fn default_soft_factor() -> f64 {
    0.25
}

fn default_floor_share() -> f64 {
    0.92
}

/// A law made into a table, with what people get from it.
#[derive(Debug, Clone, PartialEq)]
pub struct LawResult {
    pub table: HazardTable,
    /// The floor share in use after lowering.
    pub floor_share: f64,
    pub figures: LawFigures,
    /// Plain sentences for whoever writes the policy; empty where all is well.
    pub warnings: Vec<String>,
}

/// What the people under a law get. Shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LawFigures {
    /// Expected eligible days from draw to draw.
    pub mean_gap_days: f64,
    /// Share of eligible days on which a draw is impossible.
    pub safe_share: f64,
    /// Share of draws on days with a hazard of one half or more.
    pub sure_share: f64,
    /// Share of draws on the single likeliest day of the gap.
    pub best_guess_share: f64,
    /// How much better than chance somebody does who prepares on the likeliest days only
    /// (Kolmogorov-Smirnov distance of the evasion curve).
    pub evasion_ks: f64,
}

/// Why there is no table for a law: one sentence that says what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LawRefusal(pub String);

impl CadenceLaw {
    /// A law with this mean and every default.
    pub fn with_mean(mean_gap_days: f64) -> CadenceLaw {
        CadenceLaw {
            mean_gap_days,
            soft_gap_days: 0,
            soft_factor: default_soft_factor(),
            min_gap_days: 0,
            max_gap_days: None,
            floor_share: default_floor_share(),
        }
    }

    /// The maximum gap in use.
    pub fn max_gap(&self) -> u32 {
        self.max_gap_days.unwrap_or((MAX_GAP_IN_MEANS * self.mean_gap_days).ceil() as u32)
    }

    /// Builds the table: the floor share is lowered in steps of one hundredth until the mean can be
    /// reached and the sure share is at most 2 %; if no share gives that, the one with the least
    /// sure share is taken, with a warning.
    ///
    /// # Errors
    /// A setting is out of range, or no hazards have the wanted mean.
    pub fn table(&self) -> Result<LawResult, LawRefusal> {
        self.check()?;
        let start = (self.floor_share * 100.0).round() as u32;
        let mut best: Option<(f64, f64, Vec<f64>)> = None;
        for hundredth in (0..=start).rev() {
            let share = f64::from(hundredth) / 100.0;
            let Some(hazards) = self.hazards(share) else { continue };
            let sure = figures(&hazards).sure_share;
            if best.as_ref().is_none_or(|(least, ..)| sure < *least) {
                best = Some((sure, share, hazards));
            }
            if sure <= SURE_SHARE_MAX {
                break;
            }
        }
        let (_, floor_share, hazards) = best.ok_or_else(|| self.unreachable())?;
        let figures = figures(&hazards);
        let thresholds = hazards.iter().map(|&h| Threshold::from_hazard(h)).collect();
        let table = HazardTable::new(thresholds).map_err(|e| LawRefusal(e.to_string()))?;
        let warnings = self.warnings(&figures);
        Ok(LawResult { table, floor_share, figures, warnings })
    }

    fn check(&self) -> Result<(), LawRefusal> {
        let refuse = |sentence: String| Err(LawRefusal(sentence));
        let mean = self.mean_gap_days;
        if !(mean > 1.0 && mean <= f64::from(GAP_DAYS_MAX) / MAX_GAP_IN_MEANS) {
            return refuse(format!(
                "mean_gap_days is {mean}; it must be more than 1 and at most 2500"
            ));
        }
        if !(0.0..=1.0).contains(&self.soft_factor) {
            return refuse(format!("soft_factor is {}; it must be from 0 to 1", self.soft_factor));
        }
        if !(0.0..=1.0).contains(&self.floor_share) {
            return refuse(format!("floor_share is {}; it must be from 0 to 1", self.floor_share));
        }
        let (min, max) = (self.min_gap_days, self.max_gap());
        if max == 0 || max > GAP_DAYS_MAX {
            return refuse(format!("max_gap_days is {max}; it must be from 1 to {GAP_DAYS_MAX}"));
        }
        if min > max || self.soft_gap_days >= max {
            return refuse(format!(
                "min_gap_days ({min}) must be at most max_gap_days ({max}), and soft_gap_days ({}) less",
                self.soft_gap_days
            ));
        }
        Ok(())
    }

    /// Hazards h_1..h_M with the wanted mean for this floor share, if any `c` gives it.
    fn hazards(&self, floor_share: f64) -> Option<Vec<f64>> {
        let wanted = self.mean_gap_days;
        let mean_at = |c: f64| mean_gap(&self.recursion(floor_share, c));
        // c is the price of a day: the higher, the earlier the draws. At -4 every clip is at the
        // floor, at +4 every one at 1, so the reachable means lie between.
        let (mut low, mut high) = (-4.0, 4.0);
        if !(mean_at(high) <= wanted && wanted <= mean_at(low)) {
            return None;
        }
        for _ in 0..200 {
            let middle = low + (high - low) / 2.0;
            if mean_at(middle) > wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        let hazards = self.recursion(floor_share, high);
        ((mean_gap(&hazards) - wanted).abs() <= 1e-6 * wanted).then_some(hazards)
    }

    /// `V_{M+1} = c; V_k = c + h_k^2 + (1 - h_k) V_{k+1}`, backwards from `h_M = 1`.
    fn recursion(&self, floor_share: f64, c: f64) -> Vec<f64> {
        let max = self.max_gap() as usize;
        let floor = floor_share / self.mean_gap_days;
        let mut hazards = vec![0.0; max];
        let mut value = c;
        for k in (1..=max).rev() {
            let mut h = floor.max(value / 2.0).clamp(0.0, 1.0);
            if k as u32 <= self.soft_gap_days {
                h *= self.soft_factor;
            }
            if (k as u32) < self.min_gap_days {
                h = 0.0;
            }
            if k == max {
                h = 1.0;
            }
            value = c + h * h + (1.0 - h) * value;
            hazards[k - 1] = h;
        }
        hazards
    }

    fn unreachable(&self) -> LawRefusal {
        let (shortest, longest) =
            (mean_gap(&self.recursion(0.0, 4.0)), mean_gap(&self.recursion(0.0, -4.0)));
        LawRefusal(format!(
            "a mean gap of {} eligible days cannot be reached; with these minimum, soft and maximum gaps it can be from {shortest:.1} to {longest:.1}",
            self.mean_gap_days
        ))
    }

    fn warnings(&self, f: &LawFigures) -> Vec<String> {
        let mut found = Vec::new();
        if f.sure_share > SURE_SHARE_MAX {
            found.push(format!(
                "{} of check-ins fall on days when people can expect them; a longer max_gap_days lowers this",
                percent(f.sure_share)
            ));
        }
        if f64::from(self.max_gap()) < MAX_GAP_IN_MEANS * self.mean_gap_days {
            found.push(format!(
                "max_gap_days is {}, less than four times the mean: the longer somebody waits, the better they can guess",
                self.max_gap()
            ));
        }
        if f.safe_share > 0.0 {
            found.push(format!(
                "min_gap_days makes {} of eligible days provably safe; soft_gap_days does not",
                percent(f.safe_share)
            ));
        }
        found
    }
}

impl LawFigures {
    /// The figures of a table in its committed form, as an auditor sees it.
    pub fn of(table: &HazardTable) -> LawFigures {
        let hazards: Vec<f64> = table.thresholds().iter().map(|t| t.hazard()).collect();
        figures(&hazards)
    }

    /// Three plain sentences about what people get.
    pub fn sentences(&self) -> [String; 3] {
        let rate = format!(
            "On average a check-in falls on one of {:.1} eligible days.",
            self.mean_gap_days
        );
        let safe = match self.safe_share {
            s if s > 0.0 => format!("On {} of eligible days nobody can be drawn.", percent(s)),
            _ => "There is no eligible day on which somebody cannot be drawn.".to_owned(),
        };
        let sure = format!(
            "{} of check-ins fall on days when the person could expect them.",
            percent(self.sure_share)
        );
        [rate, safe, sure]
    }
}

/// `mu = sum of S_k`, with `S_1 = 1` and `S_{k+1} = S_k (1 - h_k)`.
fn mean_gap(hazards: &[f64]) -> f64 {
    let mut survivor = 1.0;
    let mut mean = 0.0;
    for h in hazards {
        mean += survivor;
        survivor *= 1.0 - h;
    }
    mean
}

/// The figures of hazards whose last one is 1 (for a constant hazard: one entry, no cap).
fn figures(hazards: &[f64]) -> LawFigures {
    if let [h] = hazards
        && *h < 1.0
    {
        let sure_share = if *h >= 0.5 { 1.0 } else { 0.0 };
        let mean_gap_days = 1.0 / h;
        return LawFigures {
            mean_gap_days,
            safe_share: 0.0,
            sure_share,
            best_guess_share: *h,
            evasion_ks: 0.0,
        };
    }
    let mean_gap_days = mean_gap(hazards);
    let (mut safe, mut sure, mut best) = (0.0, 0.0, 0.0_f64);
    let mut days: Vec<(f64, f64)> = Vec::with_capacity(hazards.len());
    let mut survivor = 1.0;
    for &h in hazards {
        safe += if h <= 0.0 { survivor } else { 0.0 };
        sure += if h >= 0.5 { survivor * h } else { 0.0 };
        best = best.max(survivor * h);
        days.push((h, survivor));
        survivor *= 1.0 - h;
    }
    days.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut share, mut caught, mut ks) = (0.0, 0.0, 0.0_f64);
    for (h, weight) in days {
        share += weight / mean_gap_days;
        caught += weight * h;
        ks = ks.max(caught - share);
    }
    LawFigures {
        mean_gap_days,
        safe_share: safe / mean_gap_days,
        sure_share: sure,
        best_guess_share: best,
        evasion_ks: ks,
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
#[path = "law_tests.rs"]
mod tests;
