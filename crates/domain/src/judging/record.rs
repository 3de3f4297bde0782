//! The record of a rule: how often it spoke, and what humans later said of it. A rule that is nearly always
//! explained away wears out those who look, so it is proposed for a lower level; a human decides.

use serde::Serialize;

/// Dispositions needed before anything is proposed.
pub const DEMOTION_DECIDED_MIN: u32 = 20;
/// Below this share of confirmed ones, in percent.
pub const DEMOTION_PERCENT: u32 = 20;

/// Findings of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RuleRecord {
    /// Findings that counted.
    pub fired: u32,
    /// Findings that an exception kept from counting.
    pub excepted: u32,
    pub confirmed: u32,
    pub explained: u32,
    pub wrong: u32,
}

impl RuleRecord {
    /// Findings about which somebody said something.
    pub const fn decided(&self) -> u32 {
        self.confirmed + self.explained + self.wrong
    }

    /// Whether it is proposed for a lower level.
    pub const fn calls_for_demotion(&self) -> bool {
        let decided = self.decided();
        decided >= DEMOTION_DECIDED_MIN && self.confirmed * 100 < decided * DEMOTION_PERCENT
    }

    /// Share of confirmed ones in whole percent, with its 95 % interval (E. B. Wilson, J. Am. Stat. Assoc.
    /// 22, 1927); `None` while nobody has said anything.
    pub fn precision(&self) -> Option<Precision> {
        const Z: f64 = 1.959_964;
        let decided = self.decided();
        if decided == 0 {
            return None;
        }
        let n = f64::from(decided);
        let share = f64::from(self.confirmed) / n;
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
        let percent = |share: f64| (share.clamp(0.0, 1.0) * 100.0).round() as u32;
        Some(Precision {
            percent: percent(share),
            low: percent(middle - half),
            high: percent(middle + half),
        })
    }
}

/// Whole percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Precision {
    pub percent: u32,
    pub low: u32,
    pub high: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(confirmed: u32, explained: u32, wrong: u32) -> RuleRecord {
        RuleRecord { fired: 50, confirmed, explained, wrong, ..RuleRecord::default() }
    }

    #[test]
    fn demotion_needs_twenty_words_and_less_than_a_fifth_confirmed() {
        for (confirmed, explained, wrong, proposed) in [
            (0, 19, 0, false),
            (0, 18, 2, true),
            (3, 17, 0, true),
            (4, 16, 0, false),
            (0, 0, 0, false),
            (20, 0, 0, false),
            (19, 81, 0, true),
        ] {
            let record = record(confirmed, explained, wrong);
            assert_eq!(record.calls_for_demotion(), proposed, "{record:?}");
        }
    }

    #[test]
    fn the_interval_is_wilsons() {
        assert_eq!(record(0, 0, 0).precision(), None);
        // 10 of 20: 29.9 to 70.1 %. 0 of 20: 0 to 16.1 %.
        assert_eq!(
            record(10, 5, 5).precision(),
            Some(Precision { percent: 50, low: 30, high: 70 })
        );
        assert_eq!(record(0, 20, 0).precision(), Some(Precision { percent: 0, low: 0, high: 16 }));
    }
}
