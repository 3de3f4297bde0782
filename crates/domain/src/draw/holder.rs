//! What passes between the service and an independent holder of a chain: the anchor a holder hands
//! over, the file that stays with the holder, and the key of a date when that date has begun.

use super::chain::{Anchor, Chain, ChainFault, ChainKey};
use crate::time::UtcMillis;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// Version of the three forms.
const VERSION: u8 = 1;
/// The name of the one holder every installation has.
pub const OPERATOR: &str = "operator";
const NAME_CHARS_MAX: usize = 40;

/// What a holder hands over: public, and in the log once two persons have added it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorFile {
    pub v: u8,
    pub holder: String,
    #[serde(flatten)]
    pub anchor: Anchor,
}

/// What a holder keeps and shows nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipFile {
    #[serde(flatten)]
    pub public: AnchorFile,
    pub tip: ChainKey,
}

/// One key, handed over once its date has begun. It proves itself against the anchor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub chain: String,
    pub label: Date,
    pub key: ChainKey,
}

/// Why a holder's form is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolderFault {
    #[error(
        "`{0}` is no name for a holder; it must be 1 to 40 lower-case letters, digits and hyphens, such as \
         `works-council`, and not `operator`"
    )]
    Name(String),
    #[error("not such a file: {0}")]
    Json(String),
    #[error("a file of version {0}; this program reads version {VERSION}")]
    Version(u8),
    #[error(transparent)]
    Chain(#[from] ChainFault),
    #[error(
        "{label} has not begun anywhere yet; its key opens it for everybody, so keep it until {label}"
    )]
    TooEarly { label: Date },
}

impl AnchorFile {
    /// Reads what a holder handed over.
    ///
    /// # Errors
    /// Not such a file, another version, a name or length that cannot be.
    pub fn from_json(text: &str) -> Result<AnchorFile, HolderFault> {
        let file: AnchorFile =
            serde_json::from_str(text).map_err(|e| HolderFault::Json(e.to_string()))?;
        file.check()?;
        Ok(file)
    }

    fn check(&self) -> Result<(), HolderFault> {
        if self.v != VERSION {
            return Err(HolderFault::Version(self.v));
        }
        check_name(&self.holder)?;
        if !(1..=super::chain::CHAIN_DAYS_MAX).contains(&self.anchor.length_days) {
            return Err(ChainFault::Length(self.anchor.length_days).into());
        }
        Ok(())
    }
}

impl TipFile {
    /// A new chain of a holder from a random tip.
    ///
    /// # Errors
    /// The name or the length cannot be.
    pub fn begin(
        holder: &str,
        chain: &str,
        first_date: Date,
        length_days: u32,
        tip: ChainKey,
    ) -> Result<TipFile, HolderFault> {
        check_name(holder)?;
        let anchor = Chain::begin(chain, first_date, length_days, tip.clone())?.anchor().clone();
        Ok(TipFile { public: AnchorFile { v: VERSION, holder: holder.to_owned(), anchor }, tip })
    }

    /// Reads the holder's file.
    ///
    /// # Errors
    /// Not such a file, another version, or a tip that does not belong to its anchor.
    pub fn from_json(text: &str) -> Result<TipFile, HolderFault> {
        let file: TipFile =
            serde_json::from_str(text).map_err(|e| HolderFault::Json(e.to_string()))?;
        file.public.check()?;
        file.chain()?;
        Ok(file)
    }

    /// The key of a date that has begun somewhere.
    ///
    /// # Errors
    /// The date lies outside the chain, or has not begun yet.
    pub fn release(&self, label: Date, now: UtcMillis) -> Result<Release, HolderFault> {
        refuse_early(label, now)?;
        let (chain, key) = (self.public.anchor.chain.clone(), self.chain()?.key(label)?);
        Ok(Release { chain, label, key })
    }

    fn chain(&self) -> Result<Chain, ChainFault> {
        Chain::open(self.public.anchor.clone(), self.tip.clone())
    }
}

impl Release {
    /// Checks a key that was delivered.
    ///
    /// # Errors
    /// The date lies outside the chain or has not begun, or the key is not the committed one.
    pub fn check(&self, anchor: &Anchor, now: UtcMillis) -> Result<(), HolderFault> {
        anchor.verify(self.label, &self.key)?;
        refuse_early(self.label, now)
    }
}

/// The newest date that has begun somewhere on Earth: that of UTC+14.
pub fn newest_date(now: UtcMillis) -> Date {
    now.date_in(&TimeZone::fixed(Offset::constant(14)))
}

/// A key opens its date and all before, so it must not leave its holder earlier than needed.
fn refuse_early(label: Date, now: UtcMillis) -> Result<(), HolderFault> {
    if label > newest_date(now) { Err(HolderFault::TooEarly { label }) } else { Ok(()) }
}

fn check_name(name: &str) -> Result<(), HolderFault> {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let length = name.chars().count();
    if (1..=NAME_CHARS_MAX).contains(&length) && name.chars().all(is_fine) && name != OPERATOR {
        return Ok(());
    }
    Err(HolderFault::Name(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const FIRST: Date = date(2026, 12, 1);

    fn file() -> TipFile {
        let tip = ChainKey::from_bytes([9; 32]);
        TipFile::begin("works-council", "c1f0", FIRST, 400, tip).unwrap()
    }

    /// 10:00 UTC on 9 December 2026: the tenth has just begun in UTC+14.
    const NOON: UtcMillis = UtcMillis(1_796_810_400_000);

    #[test]
    fn a_key_leaves_its_holder_when_its_date_has_begun_somewhere() {
        let (file, tenth) = (file(), date(2026, 12, 10));
        assert_eq!(newest_date(NOON), tenth);
        let early = file.release(tenth, NOON.plus_ms(-1));
        assert_eq!(early, Err(HolderFault::TooEarly { label: tenth }));
        let release = file.release(tenth, NOON).unwrap();
        release.check(&file.public.anchor, NOON).unwrap();
        assert!(matches!(
            release.check(&file.public.anchor, NOON.plus_ms(-1)),
            Err(HolderFault::TooEarly { .. })
        ));
    }

    #[test]
    fn a_key_of_another_date_or_chain_proves_nothing() {
        let (file, now) = (file(), NOON);
        let mut release = file.release(date(2026, 12, 9), now).unwrap();
        release.label = date(2026, 12, 8);
        assert!(matches!(release.check(&file.public.anchor, now), Err(HolderFault::Chain(_))));
        let outside = file.release(FIRST.yesterday().unwrap(), now);
        assert!(matches!(outside, Err(HolderFault::Chain(ChainFault::OutsideChain { .. }))));
    }

    #[test]
    fn files_come_back_and_damaged_ones_are_told() {
        let file = file();
        let text = serde_json::to_string(&file).unwrap();
        assert_eq!(TipFile::from_json(&text).unwrap(), file);
        let anchor = serde_json::to_string(&file.public).unwrap();
        assert_eq!(AnchorFile::from_json(&anchor).unwrap(), file.public);
        assert!(!anchor.contains(&file.tip.to_hex()));
        let other_tip = text.replace(&"09".repeat(32), &"0a".repeat(32));
        assert!(matches!(TipFile::from_json(&other_tip), Err(HolderFault::Chain(_))));
        let newer = anchor.replace("\"v\":1", "\"v\":2");
        assert_eq!(AnchorFile::from_json(&newer), Err(HolderFault::Version(2)));
        assert!(matches!(AnchorFile::from_json("{}"), Err(HolderFault::Json(_))));
        let endless = anchor.replace("400", "4000");
        assert!(matches!(AnchorFile::from_json(&endless), Err(HolderFault::Chain(_))));
    }

    #[test]
    fn names_are_plain_and_the_operators_is_taken() {
        for bad in ["", "operator", "Works Council", "a+b", &"x".repeat(41)] {
            let tip = ChainKey::from_bytes([9; 32]);
            let refused = TipFile::begin(bad, "c", FIRST, 400, tip);
            assert_eq!(refused, Err(HolderFault::Name(bad.to_owned())));
        }
    }
}
