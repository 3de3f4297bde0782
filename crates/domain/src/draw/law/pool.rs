//! The law of a pool, in the style of the random testing of 49 CFR 382.305: everybody has the same
//! chance at every draw, whatever came before. No gap is excluded and none is certain.

use super::cadence::GAP_DAYS_MAX;
use super::{LawFigures, LawRefusal, LawResult, sentences};
use crate::draw::hazard::HazardTable;
use crate::sentence::{Filling, decimal, word};
use crate::{msg, sentence};
use serde::{Deserialize, Serialize};

/// Eligible days of a year of full-time work: 365.2425 x 5 / 7 working days less nine public
/// holidays. A pool counts a period in these days, so that a quarter has 63 and a month 21; who
/// works less, or is away more, is drawn less often in proportion and as likely on each day.
pub const ELIGIBLE_DAYS_A_YEAR: f64 = 252.0;

/// Weeks of a Gregorian year.
const WEEKS_A_YEAR: f64 = 365.2425 / 7.0;

words! {
    /// The period a rate is meant for.
    pub enum Period {
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

impl Period {
    fn word(self) -> Filling {
        word(match self {
            Period::Week => msg!("week"),
            Period::Month => msg!("month"),
            Period::Quarter => msg!("quarter"),
            Period::Year => msg!("year"),
        })
    }

    /// Eligible days of one period on average.
    pub fn eligible_days(self) -> f64 {
        let periods_a_year = match self {
            Period::Week => WEEKS_A_YEAR,
            Period::Month => 12.0,
            Period::Quarter => 4.0,
            Period::Year => 1.0,
        };
        ELIGIBLE_DAYS_A_YEAR / periods_a_year
    }
}

/// What HR asks for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PoolLaw {
    /// Expected draws of a person in a period.
    pub rate: f64,
    pub period: Period,
}

impl PoolLaw {
    /// The chance on each eligible day: rate over the eligible days of the period.
    pub fn hazard(&self) -> f64 {
        self.rate / self.period.eligible_days()
    }

    /// Builds the table, which has one threshold.
    ///
    /// # Errors
    /// The rate is not above 0, gives a draw on every day, or one in more than [`GAP_DAYS_MAX`].
    pub fn table(&self) -> Result<LawResult, LawRefusal> {
        let (days, hazard) = (self.period.eligible_days(), self.hazard());
        let least = days / f64::from(GAP_DAYS_MAX);
        if !(self.rate >= least && hazard < 1.0) {
            return Err(LawRefusal(sentence!(
                "rate is {rate} per {period}; it must be at least {least} and below {days}, the eligible days of a \
                 {period}",
                rate = decimal(self.rate.to_string()),
                period = self.period.word(),
                least = decimal(format!("{least:.4}")),
                days = decimal(format!("{days:.1}"))
            )));
        }
        let table = HazardTable::pool(hazard);
        let figures = LawFigures::of(&table);
        let warnings = sentences::warnings(&figures);
        Ok(LawResult { table, floor_share: None, figures, warnings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::hazard::Threshold;

    #[test]
    fn a_rate_is_what_a_full_time_year_comes_to() {
        for (rate, period, year) in [
            (0.5, Period::Year, 0.5),
            (3.0, Period::Quarter, 12.0),
            (1.0, Period::Month, 12.0),
            (0.25, Period::Week, 0.25 * WEEKS_A_YEAR),
        ] {
            let law = PoolLaw { rate, period };
            let expected = law.hazard() * ELIGIBLE_DAYS_A_YEAR;
            assert!((expected - year).abs() < 1e-9, "{law:?}: {expected}");
        }
    }

    #[test]
    fn the_table_is_one_threshold_and_the_figures_are_those_of_pure_chance() {
        let got = PoolLaw { rate: 3.0, period: Period::Quarter }.table().unwrap();
        assert_eq!(got.table.thresholds(), [Threshold::from_hazard(1.0 / 21.0)]);
        let f = got.figures;
        assert!((f.mean_gap_days - 21.0).abs() < 1e-9);
        assert!((f.best_guess - 1.0 / 21.0).abs() < 1e-12);
        assert_eq!(
            (f.safe_share, f.sure_share, f.evasion_ks, f.evasion_gini),
            (0.0, 0.0, 0.0, 0.0)
        );
        assert!(got.warnings.is_empty() && got.floor_share.is_none());
    }

    #[test]
    fn a_rate_without_a_chance_or_without_chance_left_is_refused() {
        for (rate, period) in [
            (0.0, Period::Year),
            (-1.0, Period::Year),
            (f64::NAN, Period::Year),
            (5.0, Period::Week),
            (252.0, Period::Year),
        ] {
            let refusal = PoolLaw { rate, period }.table().unwrap_err();
            assert!(refusal.to_string().starts_with("rate is "), "{refusal}");
        }
    }
}
