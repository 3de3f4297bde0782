//! Test vectors computed by a separate Python program (hashlib and hmac only; HKDF written out by
//! hand from RFC 5869). They are also printed in `docs/draw-format.md`.

use super::*;
use crate::calendar::windows::{SLOT_MS, SlotRange};
use crate::draw::chain::Chain;
use crate::draw::slot_order::slot_order;
use jiff::civil::date;
use std::collections::HashMap;

const VECTORS: [(&str, &str); 17] = [
    ("k_0", "be3144a022e5dbacbc9620d21101b3d4f5afbd8f0f12cba946c92d79a5870c85"),
    ("k_day", "8fb5cecd480781d0a3c7dce0ec85cad40651b68db2bdd63876a87f0d866a29e5"),
    ("k_t day", "cf8b923fa7c101cb2746e10b8165b080a13d7d4eca72163b5bfc00f8b703c333"),
    ("k_t single lock", "1456f6a0d002ff42b269d7e717587212f1804c4628dd1419c781c104c0471e58"),
    ("k_t two holders", "ac8c28ecd7666318e084758301973d0085f546f59405d51aaa7c793308c88910"),
    ("k_t block", "eeca6c3e2546056e1fe54d16d327088f81ca7cb679c65dde3924447a7318f27b"),
    ("enc slot", "00000004736c6f7400000010000102030405060708090a0b0c0d0e0f0000000130"),
    ("day", "4b812a1d28f544f2cf62d66f9b5cea2292b4711ac553fc2861a2c2156fe79bab"),
    ("block", "0ec19bb64562ae5df2ffae5b49824e0ce93aa752e61b9ddc79363236a3b7cb48"),
    ("slot", "ece7910a24990a74c190fcc7510ba32ffb15d5e0d9a505dd5693a08a8313ae77"),
    ("order", "1930a7967bfd1216a16cabe2e43036fd7b994311c7787fa2013b35c90042a188"),
    ("verifier", "310352df9bd7043f87b91571beb0ad6ce3290a9d5f82e0162485f5257e10222a"),
    ("notice", "c5609b1361b220ae8ebe109f48f2f6a3058ed557ee73534b40a6f56d8e22ef68"),
    ("recheck", "42fd5d3c2020e0e9d12d6a60d9213290707dbcd8e7a39e8112b37b34c7e15b2b"),
    ("order of ten slots", "9 7 0 5 4 6 3 2 1 8"),
    ("recheck slot", "472cb3c88be00fce0f042ea32454d52fab5635fe72c684a5d30b8ce45e0131a0"),
    ("challenge", "3c9bd542ec70ef886dc4736556e3a5d5486674c67480bc810b3416a82cab9bf1"),
];

const TOKEN: DrawToken = DrawToken([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
const T: UtcMillis = UtcMillis(1_799_794_800_000);
const SLOT: UtcMillis = UtcMillis(1_799_827_200_000);

fn expected(name: &str) -> String {
    let by_name: HashMap<&str, &str> = VECTORS.into_iter().collect();
    by_name[name].to_owned()
}

fn sha(text: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    Sha256::digest(text).into()
}

fn day_key() -> ChainKey {
    let tip = ChainKey::from_bytes(std::array::from_fn(|i| i as u8));
    let chain = Chain::begin("2027", date(2026, 12, 1), 400, tip).unwrap();
    assert_eq!(chain.anchor().k0.to_hex(), expected("k_0"));
    chain.key(date(2027, 1, 13)).unwrap()
}

fn boundary(chain: &str, horizon: Horizon) -> Boundary {
    let (org, chain, label) = ("acme-7f3a".to_owned(), chain.to_owned(), date(2027, 1, 13));
    Boundary { chain, horizon, label, org, t: T }
}

/// HMAC hides the key, so keys are compared by what they do: the message is arbitrary.
fn same_key(key: &BoundaryKey, hex_bytes: &str) -> bool {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex_bytes, &mut bytes).unwrap();
    key.hmac(&[Field::Text("probe")])
        == BoundaryKey::from_bytes(&bytes).hmac(&[Field::Text("probe")])
}

#[test]
fn keys_of_boundaries_match_the_vectors() {
    let day = day_key();
    assert_eq!(day.to_hex(), expected("k_day"));
    let salt = sha(b"beacon");
    let derive = |holders: &[&ChainKey], salt, b: Boundary| BoundaryKey::derive(holders, salt, &b);
    let one = derive(&[&day], &salt, boundary("2027", Horizon::Day));
    assert!(same_key(&one, &expected("k_t day")));
    let single = derive(&[&day], &SINGLE_LOCK_SALT, boundary("2027", Horizon::Day));
    assert!(same_key(&single, &expected("k_t single lock")));
    let second = ChainKey::from_bytes(sha(b"second holder"));
    let two = derive(&[&day, &second], &salt, boundary("2027+works-council", Horizon::Day));
    assert!(same_key(&two, &expected("k_t two holders")));
    let block = derive(&[&day], &salt, boundary("2027", Horizon::Block(3)));
    assert!(same_key(&block, &expected("k_t block")));
    assert!(!same_key(&block, &expected("k_t day")));
}

#[test]
fn every_decision_matches_the_vectors() {
    let key = BoundaryKey::derive(&[&day_key()], &sha(b"beacon"), &boundary("2027", Horizon::Day));
    let fields = [Field::Text("slot"), Field::Bytes(&TOKEN.0), Field::Number(0)];
    assert_eq!(hex::encode(enc(&fields)), expected("enc slot"));
    let slot_words = |key: &BoundaryKey, n: u32| {
        hex::encode(key.slot_words().words(&TOKEN, n).map(u64::to_be_bytes).concat())
    };
    assert_eq!(key.u_of_day(&TOKEN), 5_440_676_129_569_850_610);
    let long_way = key.hmac(&[Field::Text("day"), Field::Bytes(&TOKEN.0)]);
    assert_eq!(hex::encode(long_way), expected("day"), "the fast path and enc agree");
    assert_eq!(key.u_of_block(3, &TOKEN), 1_063_302_194_186_595_933);
    assert_eq!(slot_words(&key, 0), expected("slot"));
    assert_eq!(hex::encode(key.person_order(&TOKEN)), expected("order"));
    let mut verifier = DrawToken([0; 16]);
    hex::decode_to_slice("f0e0d0c0b0a090807060504030201000", &mut verifier.0).unwrap();
    assert_eq!(hex::encode(key.verifier_order(SLOT, &verifier)), expected("verifier"));
    assert_eq!(key.notice_minutes(&TOKEN, 15, 30), 29);
    let recheck = key.for_purpose(Purpose::Recheck(1), &TOKEN);
    assert!(same_key(&recheck, &expected("recheck")));
    assert_eq!(slot_words(&recheck, 0), expected("recheck slot"));
    for n in [1_i64, 9, 10, 99, 100, 999, 1_000, 123_456] {
        let fields = [Field::Text("slot"), Field::Bytes(&TOKEN.0), Field::Number(n)];
        assert_eq!(slot_words(&key, n as u32), hex::encode(key.hmac(&fields)), "{n}");
    }
    let ten = [SlotRange { first: SLOT, end: SLOT.plus_minutes(50) }];
    let order = slot_order(&key, &TOKEN, &ten);
    let order: Vec<_> = order.iter().map(|s| (s.since(SLOT) / SLOT_MS).to_string()).collect();
    assert_eq!(order.join(" "), expected("order of ten slots"));
    assert_eq!(hex::encode(key.challenge_seed(&TOKEN)), expected("challenge"));
}

#[test]
fn notice_stays_in_its_bounds() {
    let key = BoundaryKey::from_bytes(&[3; 32]);
    let mut seen = std::collections::BTreeSet::new();
    for n in 0..500u16 {
        let token = DrawToken([n.to_be_bytes(); 8].concat().try_into().unwrap());
        seen.insert(key.notice_minutes(&token, 15, 30));
    }
    assert_eq!(seen, (15..=30).collect(), "every minute occurs");
    assert_eq!(key.notice_minutes(&TOKEN, 20, 20), 20);
    assert_eq!(key.notice_minutes(&TOKEN, 20, 10), 20);
    assert!(key.notice_minutes(&TOKEN, 0, u16::MAX) > 0);
}

#[test]
fn a_horizon_has_one_spelling() {
    assert_eq!(Horizon::try_from("block/3".to_owned()), Ok(Horizon::Block(3)));
    for bad in ["block/03", "block/", "block/300", "Day", ""] {
        assert!(Horizon::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn hits_come_as_often_as_the_hazard_says() {
    let key = BoundaryKey::from_bytes(&[9; 32]);
    let threshold = Threshold::from_hazard(0.047);
    let n = 200_000u32;
    let hits = (0..n)
        .filter(|i| {
            let mut token = DrawToken([0; 16]);
            token.0[..4].copy_from_slice(&i.to_be_bytes());
            key.is_hit(&token, threshold)
        })
        .count() as f64;
    let (mean, sigma) = (f64::from(n) * 0.047, (f64::from(n) * 0.047 * 0.953).sqrt());
    assert!((hits - mean).abs() < 4.0 * sigma, "{hits} hits, expected {mean:.0}");
}
