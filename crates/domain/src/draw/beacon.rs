//! The public lock: which round of which beacon belongs to a boundary, and whether an answer is
//! that round. Formula and formats in `docs/draw-format.md`, section Beacon. Nothing is fetched
//! here; whoever fetches believes nothing that this file has not checked.

use super::bytes::{Field, enc};
use crate::calendar::PLAN_DELAY_MS;
use crate::time::{MINUTE_MS, UtcMillis};
use drand_verify::{G2PubkeyRfc, Pubkey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

words! {
    /// Where the salt of a boundary comes from; committed with its inputs.
    pub enum BeaconKind {
        /// Nowhere: single lock.
        None = "none",
        /// drand's chain quicknet.
        DrandQuicknet = "drand-quicknet",
        /// Deterministic: protects nothing, for demonstrations and tests.
        Test = "test",
    }
}

/// Hash of drand's chain quicknet, as its relays are asked for it.
pub const QUICKNET_CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
/// When round 1 appears.
pub const GENESIS: UtcMillis = UtcMillis(1_692_803_367_000);
/// From one round to the next.
pub const PERIOD_MS: i64 = 3_000;
/// How long after its instant a round is waited for before the boundary becomes single lock. Long
/// enough for a router that restarts at night; what would be announced meanwhile becomes void.
pub const BEACON_WAIT_MS: i64 = 10 * MINUTE_MS;

/// Public key of quicknet: a compressed point of G2, as drand documents it.
const QUICKNET_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

/// One round as a relay hands it out, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeaconRound {
    pub round: u64,
    /// 48 bytes for quicknet, 32 for the test beacon.
    #[serde(with = "hex_bytes")]
    pub signature: Vec<u8>,
}

/// Why a round is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BeaconFault {
    #[error("the kind `none` has no rounds")]
    NoRounds,
    #[error("round {got} where round {wanted} was asked for")]
    OtherRound { wanted: u64, got: u64 },
    #[error("the signature of round {0} is not the beacon's")]
    Signature(u64),
}

impl BeaconKind {
    /// Checks an answer and gives the randomness: SHA-256 of the signature.
    ///
    /// # Errors
    /// The answer is for another round, or not signed by this beacon.
    pub fn verify(self, wanted: u64, answer: &BeaconRound) -> Result<[u8; 32], BeaconFault> {
        if answer.round != wanted {
            return Err(BeaconFault::OtherRound { wanted, got: answer.round });
        }
        let is_signed = match self {
            BeaconKind::None => return Err(BeaconFault::NoRounds),
            BeaconKind::DrandQuicknet => is_quicknet(wanted, &answer.signature),
            BeaconKind::Test => answer.signature == test_signature(wanted),
        };
        if !is_signed {
            return Err(BeaconFault::Signature(wanted));
        }
        Ok(Sha256::digest(&answer.signature).into())
    }
}

/// The round of a boundary: the first that appears at or after `from` + 120 s. `from` is the
/// boundary's `t`, or the instant of a commitment that came late.
pub fn round_of(from: UtcMillis) -> u64 {
    let after_genesis = from.plus_ms(PLAN_DELAY_MS).since(GENESIS);
    if after_genesis <= 0 {
        return 1;
    }
    ((after_genesis + PERIOD_MS - 1) / PERIOD_MS + 1) as u64
}

/// When a round appears.
pub fn appears_at(round: u64) -> UtcMillis {
    GENESIS.plus_ms((round as i64 - 1).saturating_mul(PERIOD_MS))
}

/// A round of the test beacon; anybody can compute every one of them.
pub fn test_round(round: u64) -> BeaconRound {
    BeaconRound { round, signature: test_signature(round) }
}

fn test_signature(round: u64) -> Vec<u8> {
    let message = enc(&[Field::Text("muster/test-beacon/v1"), Field::Number(round as i64)]);
    Sha256::digest(message).to_vec()
}

fn is_quicknet(round: u64, signature: &[u8]) -> bool {
    let mut key = [0; 96];
    let key = hex::decode_to_slice(QUICKNET_KEY, &mut key).ok().and(Some(key));
    let key = key.and_then(|bytes| G2PubkeyRfc::from_fixed(bytes).ok());
    let Some(key) = key else { return false };
    key.verify(round, b"", signature).unwrap_or(false)
}

mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(d)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published rounds of quicknet: number, signature, and the randomness where it was published
    /// with it (api.drand.sh, drand-verify's own tests).
    const PUBLISHED: [(u64, &str, Option<&str>); 3] = [
        (
            123,
            "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
            None,
        ),
        (
            1000,
            "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
            Some("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"),
        ),
        (
            657413,
            "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
            Some("fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"),
        ),
    ];

    fn answer(round: u64, signature: &str) -> BeaconRound {
        BeaconRound { round, signature: hex::decode(signature).unwrap() }
    }

    #[test]
    fn published_rounds_of_quicknet_are_believed_and_give_the_published_randomness() {
        for (round, signature, randomness) in PUBLISHED {
            let got = BeaconKind::DrandQuicknet.verify(round, &answer(round, signature)).unwrap();
            if let Some(randomness) = randomness {
                assert_eq!(hex::encode(got), randomness);
            }
        }
    }

    #[test]
    fn a_forged_moved_or_damaged_round_is_refused() {
        let [(one, first, _), (two, second, _), _] = PUBLISHED;
        let quicknet = BeaconKind::DrandQuicknet;
        let other = BeaconFault::OtherRound { wanted: one, got: two };
        assert_eq!(quicknet.verify(one, &answer(two, second)), Err(other));
        assert_eq!(quicknet.verify(one, &answer(one, second)), Err(BeaconFault::Signature(one)));
        let mut damaged = answer(one, first);
        for at in (0..damaged.signature.len()).step_by(11) {
            damaged.signature[at] ^= 1;
            assert_eq!(quicknet.verify(one, &damaged), Err(BeaconFault::Signature(one)), "{at}");
            damaged.signature[at] ^= 1;
        }
        for length in [0, 32, 47] {
            let cut = BeaconRound { round: one, signature: damaged.signature[..length].to_vec() };
            assert!(quicknet.verify(one, &cut).is_err());
        }
        assert!(quicknet.verify(5, &test_round(5)).is_err(), "the test beacon is not drand");
        assert!(BeaconKind::Test.verify(one, &answer(one, first)).is_err());
        assert_eq!(BeaconKind::None.verify(1, &test_round(1)), Err(BeaconFault::NoRounds));
    }

    #[test]
    fn the_round_is_the_first_at_or_after_two_minutes() {
        let round_at = |ms: i64| round_of(GENESIS.plus_ms(ms - PLAN_DELAY_MS));
        assert_eq!([-5, 0, 1, 2_999, 3_000, 3_001].map(round_at), [1, 1, 2, 2, 2, 3]);
        // Midnight of 13 January 2027 in Berlin, the boundary of the document's vectors.
        let t = UtcMillis(1_799_794_800_000);
        let round = round_of(t);
        assert_eq!(round, 35_663_852);
        assert!(appears_at(round) >= t.plus_ms(PLAN_DELAY_MS));
        assert!(appears_at(round - 1) < t.plus_ms(PLAN_DELAY_MS));
    }

    #[test]
    fn the_test_beacon_is_the_documented_one() {
        let round = test_round(35_663_852);
        let randomness = BeaconKind::Test.verify(35_663_852, &round).unwrap();
        assert_eq!(
            (hex::encode(&round.signature), hex::encode(randomness)),
            (
                "ee3fd2ceeb96598255e4909eb5d5d78348209452dd3e67b57eaf29bc78c55c6a".into(),
                "43f8adbf2875ab40b9343ec2ce521d53289088a0ebe004e2ca203a476a8899c6".into()
            )
        );
    }

    #[test]
    fn a_round_travels_as_hexadecimal_text() {
        let text = serde_json::to_string(&test_round(7)).unwrap();
        assert_eq!(serde_json::from_str::<BeaconRound>(&text).unwrap(), test_round(7));
        assert!(serde_json::from_str::<BeaconRound>(r#"{"round":7,"signature":"xy"}"#).is_err());
    }
}
