//! The secret lock: a reverse hash chain committed by its anchor. Keys of dates come from the sealed
//! tip; a revealed key proves itself against the anchor and opens earlier dates only.

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

const DOMAIN: &[u8] = b"muster/chain/v1";

/// The next anchor is logged this many days before the end of a chain.
pub const NEXT_ANCHOR_DAYS: i32 = 30;

/// A chain may be at most this long (about ten years), so that one walk stays short.
pub const CHAIN_DAYS_MAX: u32 = 3_660;

/// One key K_d of a chain: 32 bytes, hexadecimal when revealed. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ChainKey([u8; 32]);

impl Drop for ChainKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ChainKey {
    /// A key, or a tip, from 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> ChainKey {
        ChainKey(bytes)
    }

    /// The bytes, for HKDF, sealing and the reveal.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// `K_{d-1} = SHA-256("muster/chain/v1" || K_d)`.
    pub fn previous(&self) -> ChainKey {
        ChainKey(Sha256::new_with_prefix(DOMAIN).chain_update(self.0).finalize().into())
    }

    /// The key `steps` days earlier.
    pub fn earlier(&self, steps: u32) -> ChainKey {
        (0..steps).fold(self.clone(), |key, _| key.previous())
    }

    /// Lower-case hexadecimal, the form of the reveal.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChainKey(..)")
    }
}

impl From<ChainKey> for String {
    fn from(key: ChainKey) -> String {
        key.to_hex()
    }
}

impl TryFrom<String> for ChainKey {
    type Error = hex::FromHexError;
    fn try_from(mut text: String) -> Result<ChainKey, hex::FromHexError> {
        let mut bytes = [0; 32];
        let read = hex::decode_to_slice(&text, &mut bytes);
        text.zeroize();
        read.map(|()| ChainKey(bytes))
    }
}

/// What the audit log holds of a chain: `K_1` is the key of `first_date`, `K_0` of no date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Name of the chain in `info` and in the log.
    pub chain: String,
    pub first_date: Date,
    /// Number of dates, 1 to `CHAIN_DAYS_MAX`.
    pub length_days: u32,
    /// Public.
    #[serde(rename = "k_0")]
    pub k0: ChainKey,
}

/// Why a key or a chain is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    #[error("chain length {0} days; it must be from 1 to {CHAIN_DAYS_MAX}")]
    Length(u32),
    #[error("{date} is outside chain `{chain}`, which covers {first} to {last}")]
    OutsideChain { chain: String, date: Date, first: Date, last: Date },
    #[error("the key for {date} does not lead to the committed one of chain `{chain}`")]
    WrongKey { chain: String, date: Date },
}

impl Anchor {
    /// The last date the chain has a key for.
    pub fn last_date(&self) -> Date {
        self.first_date.saturating_add(Span::new().days(i64::from(self.length_days) - 1))
    }

    /// Index d of the key of a date: 1 for the first.
    ///
    /// # Errors
    /// The date is outside the chain.
    pub fn index(&self, date: Date) -> Result<u32, ChainFault> {
        let days = date.duration_since(self.first_date).as_hours() / 24;
        if date < self.first_date || days >= i64::from(self.length_days) {
            let (first, last) = (self.first_date, self.last_date());
            return Err(ChainFault::OutsideChain { chain: self.chain.clone(), date, first, last });
        }
        Ok(days as u32 + 1)
    }

    /// The date from which the next anchor is due.
    pub fn next_anchor_due(&self) -> Date {
        self.last_date().saturating_add(Span::new().days(1 - NEXT_ANCHOR_DAYS))
    }

    /// Checks a revealed key against K_0.
    ///
    /// # Errors
    /// The date is outside the chain, or the key is not the committed one.
    pub fn verify(&self, date: Date, key: &ChainKey) -> Result<(), ChainFault> {
        let index = self.index(date)?;
        self.compare(date, key.earlier(index) == self.k0)
    }

    /// Checks a revealed key against a key of an earlier date that was checked before.
    ///
    /// # Errors
    /// As `verify`; also where `known_date` is not earlier.
    pub fn verify_from(
        &self,
        date: Date,
        key: &ChainKey,
        known_date: Date,
        known: &ChainKey,
    ) -> Result<(), ChainFault> {
        let (index, known_index) = (self.index(date)?, self.index(known_date)?);
        self.compare(date, known_index < index && key.earlier(index - known_index) == *known)
    }

    fn compare(&self, date: Date, is_right: bool) -> Result<(), ChainFault> {
        if is_right {
            return Ok(());
        }
        Err(ChainFault::WrongKey { chain: self.chain.clone(), date })
    }
}

/// An anchor with its tip: what the holder of the secret has. The tip is wiped on drop; keys are
/// walked to on demand (at most `CHAIN_DAYS_MAX` hashes), so that no second secret is kept.
#[derive(Debug, Clone)]
pub struct Chain {
    anchor: Anchor,
    tip: ChainKey,
}

impl Chain {
    /// A new chain from a random tip.
    ///
    /// # Errors
    /// The length is 0 or too long.
    pub fn begin(
        chain: &str,
        first_date: Date,
        length_days: u32,
        tip: ChainKey,
    ) -> Result<Chain, ChainFault> {
        if !(1..=CHAIN_DAYS_MAX).contains(&length_days) {
            return Err(ChainFault::Length(length_days));
        }
        let k0 = tip.earlier(length_days);
        let anchor = Anchor { chain: chain.to_owned(), first_date, length_days, k0 };
        Ok(Chain { anchor, tip })
    }

    /// A logged anchor with the tip from its sealed file.
    ///
    /// # Errors
    /// The tip does not belong to the anchor.
    pub fn open(anchor: Anchor, tip: ChainKey) -> Result<Chain, ChainFault> {
        if !(1..=CHAIN_DAYS_MAX).contains(&anchor.length_days) {
            return Err(ChainFault::Length(anchor.length_days));
        }
        anchor.verify(anchor.last_date(), &tip)?;
        Ok(Chain { anchor, tip })
    }

    /// The public part.
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// K_d of a date.
    ///
    /// # Errors
    /// The date is outside the chain.
    pub fn key(&self, date: Date) -> Result<ChainKey, ChainFault> {
        let index = self.anchor.index(date)?;
        Ok(self.tip.earlier(self.anchor.length_days - index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const FIRST: Date = date(2026, 12, 1);

    fn chain() -> Chain {
        Chain::begin("2027", FIRST, 365, ChainKey::from_bytes([7; 32])).unwrap()
    }

    #[test]
    fn the_first_date_uses_k1_and_the_last_the_tip() {
        let c = chain();
        assert_eq!(c.key(FIRST).unwrap().previous(), c.anchor().k0);
        assert_eq!(c.key(date(2027, 11, 30)).unwrap(), ChainKey::from_bytes([7; 32]));
        assert_eq!(c.anchor().last_date(), date(2027, 11, 30));
        for outside in [date(2026, 11, 30), date(2027, 12, 1)] {
            assert!(matches!(c.key(outside), Err(ChainFault::OutsideChain { .. })));
        }
    }

    #[test]
    fn a_revealed_key_opens_earlier_dates_and_no_other_key_passes() {
        let c = chain();
        let (day, earlier) = (date(2027, 2, 1), date(2027, 1, 15));
        let key = c.key(day).unwrap();
        c.anchor().verify(day, &key).unwrap();
        c.anchor().verify_from(day, &key, earlier, &c.key(earlier).unwrap()).unwrap();
        assert_eq!(key.earlier(17), c.key(earlier).unwrap());

        let forged = ChainKey::from_bytes([1; 32]);
        assert!(matches!(c.anchor().verify(day, &forged), Err(ChainFault::WrongKey { .. })));
        assert!(c.anchor().verify(earlier, &key).is_err(), "right key, wrong date");
        assert!(c.anchor().verify_from(day, &key, earlier, &forged).is_err());
        assert!(c.anchor().verify_from(day, &key, day, &key).is_err(), "not earlier");
    }

    #[test]
    fn a_tip_that_does_not_belong_to_the_anchor_is_refused() {
        let anchor = chain().anchor().clone();
        let json = serde_json::to_string(&anchor).unwrap();
        let anchor: Anchor = serde_json::from_str(&json).unwrap();
        assert!(Chain::open(anchor.clone(), ChainKey::from_bytes([7; 32])).is_ok());
        assert!(Chain::open(anchor, ChainKey::from_bytes([8; 32])).is_err());
        assert!(Chain::begin("x", FIRST, 0, ChainKey::from_bytes([7; 32])).is_err());
    }

    #[test]
    fn the_next_anchor_is_due_thirty_days_before_the_end() {
        assert_eq!(chain().anchor().next_anchor_due(), date(2027, 11, 1));
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", chain().key(FIRST).unwrap()), "ChainKey(..)");
    }
}
