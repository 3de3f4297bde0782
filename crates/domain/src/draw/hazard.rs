//! A hazard as an integer, and the table of them that a policy version commits. The comparison with
//! `u` is exact and the same in every language.

use serde::{Deserialize, Serialize};

/// A hazard times 2^64, rounded down. The largest value stands for 1: it hits unconditionally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Threshold(pub u64);

impl Threshold {
    /// A hit whatever `u` is.
    pub const SURE: Threshold = Threshold(u64::MAX);
    /// Never a hit.
    pub const NEVER: Threshold = Threshold(0);

    /// The threshold of a hazard from 0 to 1; anything below 1 stays below `SURE`.
    pub fn from_hazard(hazard: f64) -> Threshold {
        if hazard >= 1.0 {
            return Threshold::SURE;
        }
        // Exact: a power of two only moves the exponent; the cast saturates and drops the fraction.
        let scaled = (hazard.max(0.0) * 2f64.powi(64)) as u64;
        Threshold(scaled.min(u64::MAX - 1))
    }

    /// The hazard, 0 to 1, for showing; never for drawing.
    pub fn hazard(self) -> f64 {
        if self == Threshold::SURE { 1.0 } else { self.0 as f64 / 2f64.powi(64) }
    }

    /// True where `u` is a hit.
    pub const fn is_hit(self, u: u64) -> bool {
        u < self.0 || self.0 == u64::MAX
    }

    /// The hazard of one block, given that no earlier block of the day hit: a day's hazard H split
    /// over `total` announcement slots, of which `before` have passed and `here` lie in the block,
    /// is `H here / (total - H before)`. The blocks of a day together hit with H exactly, up to
    /// rounding by 2^-64. A block without slots never hits.
    pub fn of_block(self, before: u16, here: u16, total: u16) -> Threshold {
        if here == 0 || before + here > total {
            return Threshold::NEVER;
        }
        let whole = 1u128 << 64;
        let hazard = if self == Threshold::SURE { whole } else { u128::from(self.0) };
        let divisor = whole * u128::from(total) - hazard * u128::from(before);
        let mut rest = hazard * u128::from(here);
        if rest >= divisor {
            return Threshold::SURE;
        }
        // 64 binary digits of rest / divisor by long division.
        let mut digits = 0u64;
        for _ in 0..64 {
            rest <<= 1;
            digits <<= 1;
            if rest >= divisor {
                rest -= divisor;
                digits |= 1;
            }
        }
        Threshold(digits.min(u64::MAX - 1))
    }
}

impl From<Threshold> for String {
    fn from(t: Threshold) -> String {
        format!("{:016x}", t.0)
    }
}

impl TryFrom<String> for Threshold {
    type Error = String;
    fn try_from(text: String) -> Result<Threshold, String> {
        let is_hex =
            text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let parsed = if is_hex { u64::from_str_radix(&text, 16).ok() } else { None };
        parsed.map(Threshold).ok_or_else(|| {
            format!("`{text}` is not a threshold; it must be 16 lower-case hexadecimal digits")
        })
    }
}

/// Thresholds for k = 1..=M. Stored as a list of hexadecimal strings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Vec<Threshold>", try_from = "Vec<Threshold>")]
pub struct HazardTable {
    thresholds: Vec<Threshold>,
}

/// Why thresholds are no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    #[error("a hazard table needs at least one threshold")]
    Empty,
    #[error(
        "the last threshold of a hazard table with a maximum gap must be ffffffffffffffff (a sure hit)"
    )]
    OpenEnd,
}

impl HazardTable {
    /// A table of thresholds; the last of several must be `SURE`.
    ///
    /// # Errors
    /// No threshold at all, or an end that is not sure.
    pub fn new(thresholds: Vec<Threshold>) -> Result<HazardTable, TableFault> {
        match thresholds.as_slice() {
            [] => Err(TableFault::Empty),
            [_] | [.., Threshold::SURE] => Ok(HazardTable { thresholds }),
            _ => Err(TableFault::OpenEnd),
        }
    }

    /// The table of a pool: the same hazard at every draw, whatever came before (0 to 1).
    pub fn pool(hazard: f64) -> HazardTable {
        HazardTable { thresholds: vec![Threshold::from_hazard(hazard)] }
    }

    /// The largest k, M: the maximum gap in eligible days.
    pub fn max_gap_days(&self) -> u32 {
        self.thresholds.len() as u32
    }

    /// Whether a draw is certain on the last day of the table; a pool has no such day.
    pub fn has_maximum(&self) -> bool {
        self.thresholds.last() == Some(&Threshold::SURE)
    }

    /// The threshold of the k-th eligible day; k is clamped to 1..=M.
    pub fn threshold(&self, k: u32) -> Threshold {
        let at = (k.max(1) as usize).min(self.thresholds.len());
        self.thresholds[at - 1]
    }

    /// All thresholds from k = 1.
    pub fn thresholds(&self) -> &[Threshold] {
        &self.thresholds
    }
}

impl From<HazardTable> for Vec<Threshold> {
    fn from(table: HazardTable) -> Vec<Threshold> {
        table.thresholds
    }
}

impl TryFrom<Vec<Threshold>> for HazardTable {
    type Error = TableFault;
    fn try_from(thresholds: Vec<Threshold>) -> Result<HazardTable, TableFault> {
        HazardTable::new(thresholds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sure_hazard_hits_even_at_the_largest_u() {
        assert!(Threshold::SURE.is_hit(u64::MAX));
        assert!(Threshold::from_hazard(1.0).is_hit(u64::MAX));
        assert!(!Threshold::from_hazard(1.0 - f64::EPSILON).is_hit(u64::MAX));
        assert!(!Threshold::NEVER.is_hit(0));
        assert_eq!(Threshold::from_hazard(0.5), Threshold(1 << 63));
    }

    #[test]
    fn the_committed_form_is_hexadecimal_text() {
        let table = HazardTable::new(vec![Threshold(10), Threshold::SURE]).unwrap();
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(json, r#"["000000000000000a","ffffffffffffffff"]"#);
        assert_eq!(serde_json::from_str::<HazardTable>(&json).unwrap(), table);
        for bad in [
            "[]",
            r#"["0a"]"#,
            r#"["000000000000000A"]"#,
            r#"["ffffffffffffffff","000000000000000a"]"#,
        ] {
            assert!(serde_json::from_str::<HazardTable>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_beyond_the_maximum_gap_stay_sure() {
        let table = HazardTable::new(vec![Threshold(1), Threshold::SURE]).unwrap();
        assert_eq!(table.threshold(0), Threshold(1));
        assert_eq!(table.threshold(9), Threshold::SURE);
        assert_eq!(HazardTable::pool(0.25).threshold(77), Threshold(1 << 62));
    }

    proptest! {
        #[test]
        fn blocks_of_a_day_together_have_the_hazard_of_the_day(
            hazard in 0.0f64..1.0, sizes in prop::collection::vec(0u16..40, 1..12),
        ) {
            let total: u16 = sizes.iter().sum();
            prop_assume!(total > 0);
            for day in [Threshold::from_hazard(hazard), Threshold::SURE] {
                let (mut before, mut survivor) = (0, 1.0);
                for &here in &sizes {
                    survivor *= 1.0 - day.of_block(before, here, total).hazard();
                    before += here;
                }
                prop_assert!((1.0 - survivor - day.hazard()).abs() < 1e-9);
            }
        }
    }
}
