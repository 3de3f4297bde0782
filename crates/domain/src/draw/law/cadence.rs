//! The law of a cadence: from a wanted mean gap to hazards by the days since the last draw. The
//! recursion is the floored minimum-variance hazard (DESIGN section 6; `docs/draw-format.md`).

use super::figures::{LawFigures, mean_gap};
use super::{LawRefusal, LawResult, sentences};
use crate::draw::hazard::{HazardTable, Threshold};
use crate::sentence;
use crate::sentence::{Sentence, decimal};
use serde::{Deserialize, Serialize};

/// Gaps may be at most this many eligible days (about forty years).
pub const GAP_DAYS_MAX: u32 = 10_000;

/// The largest share of check-ins that may fall on days with a hazard of one half or more.
pub const SURE_SHARE_MAX: f64 = 0.02;

/// How close [`CadenceLaw::sure_share_near`] is, with two digits to spare.
const NEAR: f64 = 1e-6;

/// Steps after which it gives up; ten are usual.
const STEPS_MAX: u32 = 60;

/// The price `c` of a day: the higher, the earlier the draws. At the first every hazard is at its
/// floor, at the last every one is 1, so the means that can be reached lie between.
const PRICES: (f64, f64) = (-4.0, 4.0);

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
    /// reached and the sure share is at most 2 %; if no share gives that, the highest one with the
    /// least sure share (to one in a million) is taken, with a warning.
    ///
    /// # Errors
    /// A setting is out of range, or no hazards have the wanted mean.
    pub fn table(&self) -> Result<LawResult, LawRefusal> {
        self.check()?;
        let (floor_share, hazards) = self.lowered().ok_or_else(|| self.unreachable())?;
        let figures = LawFigures::of_hazards(&hazards);
        let thresholds = hazards.iter().map(|&h| Threshold::from_hazard(h)).collect();
        let table = HazardTable::new(thresholds)
            .map_err(|e| LawRefusal(Sentence::as_said(e.to_string())))?;
        let mut warnings = sentences::warnings(&figures);
        warnings.extend(self.short_maximum());
        Ok(LawResult { table, floor_share: Some(floor_share), figures, warnings })
    }

    /// The floor share in use and its hazards. All shares are tried roughly, few exactly.
    fn lowered(&self) -> Option<(f64, Vec<f64>)> {
        let start = (self.floor_share * 100.0).round() as u32;
        let mut tried: Vec<(f64, f64)> = Vec::new();
        for share in (0..=start).rev().map(|hundredth| f64::from(hundredth) / 100.0) {
            let Some(near) = self.sure_share_near(share) else { continue };
            if near <= SURE_SHARE_MAX + NEAR
                && let Some(hazards) = self.hazards(share)
                && LawFigures::of_hazards(&hazards).sure_share <= SURE_SHARE_MAX
            {
                return Some((share, hazards));
            }
            tried.push((share, near));
        }
        loop {
            let least = tried.iter().map(|(_, near)| *near).fold(f64::INFINITY, f64::min);
            let at = tried.iter().position(|(_, near)| *near <= least + NEAR)?;
            let (share, _) = tried.remove(at);
            if let Some(hazards) = self.hazards(share) {
                return Some((share, hazards));
            }
        }
    }

    fn check(&self) -> Result<(), LawRefusal> {
        let refuse = |sentence: Sentence| Err(LawRefusal(sentence));
        let mean = self.mean_gap_days;
        if !(mean > 1.0 && mean <= f64::from(GAP_DAYS_MAX) / MAX_GAP_IN_MEANS) {
            return refuse(sentence!(
                "mean_gap_days is {mean}; it must be more than 1 and at most 2500",
                mean = mean.to_string()
            ));
        }
        if !(0.0..=1.0).contains(&self.soft_factor) {
            let factor = self.soft_factor.to_string();
            return refuse(sentence!("soft_factor is {factor}; it must be from 0 to 1", factor));
        }
        if !(0.0..=1.0).contains(&self.floor_share) {
            let share = self.floor_share.to_string();
            return refuse(sentence!("floor_share is {share}; it must be from 0 to 1", share));
        }
        let (min, max) = (self.min_gap_days, self.max_gap());
        if max == 0 || max > GAP_DAYS_MAX {
            return refuse(sentence!(
                "max_gap_days is {max}; it must be from 1 to {most}",
                max,
                most = GAP_DAYS_MAX
            ));
        }
        if min > max || self.soft_gap_days >= max {
            return refuse(sentence!(
                "min_gap_days ({min}) must be at most max_gap_days ({max}), and soft_gap_days ({soft}) less",
                min,
                max,
                soft = self.soft_gap_days
            ));
        }
        Ok(())
    }

    /// Hazards h_1..h_M with the wanted mean for this floor share, if any `c` gives it.
    pub(super) fn hazards(&self, floor_share: f64) -> Option<Vec<f64>> {
        let wanted = self.mean_gap_days;
        let mean_at = |c: f64| mean_gap(&self.recursion(floor_share, c));
        let (mut low, mut high) = PRICES;
        if !(mean_at(high) <= wanted && wanted <= mean_at(low)) {
            return None;
        }
        // Until no number lies between the two: as exact as floats are, and the same everywhere.
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                break;
            }
            if mean_at(middle) > wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        let hazards = self.recursion(floor_share, high);
        ((mean_gap(&hazards) - wanted).abs() <= 1e-6 * wanted).then_some(hazards)
    }

    /// The sure share for this floor share to within [`NEAR`], in a fifth of the time of the exact
    /// hazards; `None` where the mean is out of reach. Illinois' variant of the false position.
    fn sure_share_near(&self, floor_share: f64) -> Option<f64> {
        let excess = |c: f64| self.backward(floor_share, c).0 - self.mean_gap_days;
        let (mut low, mut high) = PRICES;
        let (mut at_low, mut at_high) = (excess(low), excess(high));
        let slack = 1e-9 * self.mean_gap_days; // about a mean on the edge the exact hazards decide
        if at_low < -slack || at_high > slack {
            return None;
        }
        let (mut c, mut moved) = (high, None);
        for _ in 0..STEPS_MAX {
            c = (low * at_high - high * at_low) / (at_high - at_low);
            let at = excess(c);
            if at.abs() <= slack || !(low < c && c < high) {
                break;
            }
            let side = at > 0.0;
            if side {
                (low, at_low) = (c, at);
            } else {
                (high, at_high) = (c, at);
            }
            // The end that stayed twice gives way, or it would stay for good.
            match moved.replace(side) {
                Some(true) if side => at_high /= 2.0,
                Some(false) if !side => at_low /= 2.0,
                _ => {}
            }
        }
        Some(self.backward(floor_share, c.clamp(low, high)).1)
    }

    /// Mean gap and sure share of a recursion without keeping its hazards: both can be summed from
    /// the last day to the first.
    fn backward(&self, floor_share: f64, c: f64) -> (f64, f64) {
        let floor = floor_share / self.mean_gap_days;
        let (mut value, mut mean, mut sure) = (c, 0.0, 0.0);
        for k in (1..=self.max_gap()).rev() {
            let h = self.hazard(k, floor, value);
            value = c + h * h + (1.0 - h) * value;
            mean = 1.0 + (1.0 - h) * mean;
            sure = if h >= 0.5 { h } else { 0.0 } + (1.0 - h) * sure;
        }
        (mean, sure)
    }

    /// `V_{M+1} = c; V_k = c + h_k^2 + (1 - h_k) V_{k+1}`, backwards from `h_M = 1`.
    fn recursion(&self, floor_share: f64, c: f64) -> Vec<f64> {
        let max = self.max_gap();
        let floor = floor_share / self.mean_gap_days;
        let mut hazards = vec![0.0; max as usize];
        let mut value = c;
        for (place, k) in hazards.iter_mut().rev().zip((1..=max).rev()) {
            let h = self.hazard(k, floor, value);
            value = c + h * h + (1.0 - h) * value;
            *place = h;
        }
        hazards
    }

    /// The hazard of day k, given the value of the day after.
    fn hazard(&self, k: u32, floor: f64, value: f64) -> f64 {
        if k == self.max_gap() {
            1.0
        } else if k < self.min_gap_days {
            0.0
        } else {
            let h = floor.max(value / 2.0).clamp(0.0, 1.0);
            if k <= self.soft_gap_days { h * self.soft_factor } else { h }
        }
    }

    fn unreachable(&self) -> LawRefusal {
        let (shortest, longest) =
            (mean_gap(&self.recursion(0.0, 4.0)), mean_gap(&self.recursion(0.0, -4.0)));
        LawRefusal(sentence!(
            "a mean gap of {mean} eligible days cannot be reached; with these minimum, soft and maximum gaps it can \
             be from {shortest} to {longest}",
            mean = decimal(self.mean_gap_days.to_string()),
            shortest = decimal(format!("{shortest:.1}")),
            longest = decimal(format!("{longest:.1}"))
        ))
    }

    fn short_maximum(&self) -> Option<Sentence> {
        let wanted = (MAX_GAP_IN_MEANS * self.mean_gap_days).ceil();
        (f64::from(self.max_gap()) < wanted).then(|| {
            sentence!(
                "max_gap_days is {max}, less than four times the mean ({wanted}): the longer somebody has not been \
                 drawn, the better they can guess. Raise it, or leave it out.",
                max = self.max_gap(),
                wanted = wanted.to_string()
            )
        })
    }
}

#[cfg(test)]
#[path = "cadence_tests.rs"]
mod tests;
