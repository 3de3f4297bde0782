//! Recorded evidence judged as a whole, with the built-in polygons: hand-written lines, and what
//! must hold for every line.

use muster_domain::evidence_lines::{EvidenceLine, LookUps};
use muster_domain::judging::finding::{Finding, FindingStatus};
use muster_domain::judging::network::{NetworkFacts, NoFact};
use muster_domain::judging::recorded::Assessment;
use muster_domain::judging::rules::RULES;
use muster_packs::polygons::Polygons;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

fn assess(line: &Value) -> Assessment {
    let read = EvidenceLine::read(line.to_string().as_bytes()).unwrap_or_else(|f| panic!("{f:?}"));
    let look_ups = LookUps {
        region: &|point| Polygons::shared().region(point),
        address: &|_, _| NetworkFacts::missing(NoFact::NoPack),
    };
    read.evidence(look_ups).assess()
}

/// Rule and severity, or rule and that it could not look.
fn summary(assessment: &Assessment) -> Vec<String> {
    let word = |f: &Finding| match f.status {
        FindingStatus::NotMeasurable { .. } => "not measurable".to_owned(),
        _ => f.severity.to_string(),
    };
    let mut all: Vec<String> =
        assessment.findings.iter().map(|f| format!("{} {}", f.rule_id, word(f))).collect();
    all.sort();
    all
}

fn samples() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/assess");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut samples = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            samples.push((name.clone(), serde_json::from_str(line).unwrap()));
        }
    }
    samples
}

#[test]
fn every_hand_written_line_is_judged_as_written() {
    let samples = samples();
    assert!(samples.len() >= 120, "{}", samples.len());
    for (file, sample) in samples {
        let assessment = assess(&sample["line"]);
        let expected: Vec<&str> = sample["expect"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let id = &sample["line"]["id"];
        assert_eq!(summary(&assessment), expected, "{file}: {id}");
        let assurance = assessment.assurance.assurance.code();
        assert_eq!(sample["expect"]["assurance"], assurance, "{file}: {id}");
    }
}

#[test]
fn every_rule_that_reads_recorded_evidence_is_raised_in_some_line_and_not_in_others() {
    let mut raised: BTreeMap<String, usize> = BTreeMap::new();
    let samples = samples();
    for (_, sample) in &samples {
        for finding in assess(&sample["line"]).findings.iter().filter(|f| f.is_active()) {
            *raised.entry(finding.rule_id.clone()).or_default() += 1;
        }
    }
    let of_sessions = [
        "presence-different-person",
        "presence-not-confirmed",
        "presence-could-not-tell",
        "opinions-differ",
        "challenge-artefact-seen",
        "challenge-refused",
        "left-after-challenge",
        "answers-did-not-fit",
        "scene-did-not-fit",
        "device-tag-differs",
        "background-many-voices",
        "prompted-by-another",
        "seen-under-another-name",
        "meeting-not-sighted",
        "missed-without-notice",
        "loc-drift",
        "technical-repeated",
        "repeated-finding",
        "udp-address-elsewhere",
        "device-key-shared",
        "device-key-new",
        "passkey-shared",
        "passkey-new",
        "passkey-synced",
        "passkey-not-used",
        "passkey-count-fell",
        "camera-virtual",
        "renderer-software",
        "reported-remote-control",
        "reported-kvm",
        "reported-identity-risk",
        "reported-record-change",
    ];
    for rule in RULES {
        let count = raised.remove(rule.id).unwrap_or_default();
        match of_sessions.contains(&rule.id) {
            true => assert_eq!(count, 0, "{} needs a session", rule.id),
            false => assert!((1..samples.len()).contains(&count), "{}: {count}", rule.id),
        }
    }
    assert!(raised.is_empty(), "no longer in RULES: {raised:?}");
}

#[test]
fn no_line_is_told_with_a_coordinate_or_an_address() {
    for (file, sample) in samples() {
        let line = &sample["line"];
        let told = serde_json::to_string(&assess(line).findings).unwrap();
        for part in ["claim", "declared", "previous", "network", "server"] {
            for axis in ["lat", "lon"] {
                let Some(degrees) = line[part][axis].as_f64().filter(|d| d.fract() != 0.0) else {
                    continue;
                };
                assert!(!told.contains(&degrees.abs().to_string()), "{file}: {line}\n{told}");
            }
        }
        if let Some(ip) = line["network"]["ip"].as_str() {
            assert!(!told.contains(ip), "{file}: {told}");
        }
    }
}

#[test]
fn a_name_a_language_or_a_locale_is_not_a_field() {
    let (_, sample) = samples().swap_remove(0);
    for field in
        ["name", "surname", "language", "languages", "locale", "accept_language", "nationality"]
    {
        let mut line = sample["line"].clone();
        line[field] = "x".into();
        let fault = EvidenceLine::read(line.to_string().as_bytes()).unwrap_err();
        assert!(
            fault.sentence.contains(&format!("there is no field `{field}`")),
            "{}",
            fault.sentence
        );
    }
}

/// Places that lie near, far, across borders and across the antimeridian.
const PLACES: [(f64, f64); 12] = [
    (44.9778, -93.265),
    (45.0, -93.2),
    (42.33, -83.05),
    (42.3, -83.0),
    (38.7223, -9.1393),
    (52.5, 13.4),
    (35.69, 139.7),
    (-16.8, 179.99),
    (-16.8, -179.99),
    (39.04, 125.76),
    (0.005, 0.0),
    (-89.9, 10.0),
];
const ZONES: [&str; 7] = [
    "America/Chicago",
    "America/Detroit",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Asia/Tokyo",
    "Pacific/Fiji",
    "Asia/Calcutta",
];
const COUNTRIES: [&str; 6] = ["US", "CA", "PT", "DE", "JP", "FJ"];
const CLASSES: [&str; 10] = [
    "residential",
    "business",
    "mobile",
    "satellite",
    "hosting",
    "vpn",
    "tor",
    "relay",
    "corporate_egress",
    "private",
];
const INSTANTS: [&str; 4] = [
    "2026-06-01T09:30:00-05:00",
    "2026-06-01T10:00:00-05:00",
    "2026-06-01T14:30:00Z",
    "2026-01-15T00:00:00Z",
];

fn maybe(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![3 => values, 1 => Just(Value::Null)]
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::sample::select(words).prop_map(Value::from)
}

fn place(more: &'static [(&'static str, &'static [&'static str])]) -> impl Strategy<Value = Value> {
    let extras: Vec<_> = more.iter().map(|(_, words)| maybe(one_of(words)).boxed()).collect();
    (proptest::sample::select(&PLACES[..]), extras).prop_map(move |((lat, lon), extras)| {
        let mut place = json!({"lat": lat, "lon": lon});
        for ((name, _), value) in more.iter().zip(extras) {
            place[*name] = value;
        }
        place
    })
}

const WITH_REGION: &[(&str, &[&str])] = &[("country", &COUNTRIES), ("time_zone", &ZONES)];

fn line() -> impl Strategy<Value = Value> {
    let number = |range: std::ops::Range<f64>| maybe(range.prop_map(Value::from));
    let claim = (
        place(WITH_REGION),
        prop_oneof![4 => Just("ok"), 1 => Just("denied")],
        maybe(proptest::sample::select(&[5.0, 40.0, 4_000.0, 9_000.0][..]).prop_map(Value::from)),
    )
        .prop_map(|(mut claim, status, accuracy)| {
            claim["status"] = status.into();
            claim["accuracy_m"] = accuracy;
            claim
        });
    let previous =
        (place(&[]), one_of(&INSTANTS), number(5.0..6_000.0)).prop_map(|(mut p, at, accuracy)| {
            p["at"] = at;
            p["accuracy_m"] = accuracy;
            p
        });
    let context = (
        proptest::collection::vec(place(&[("country", &COUNTRIES)]), 0..3),
        proptest::collection::vec(place(WITH_REGION), 0..3),
        proptest::bool::weighted(0.2),
        proptest::collection::vec(one_of(&["KP", "FJ", "DE"]), 0..3),
    )
        .prop_map(|(travel, extra, proxy, sanctioned)| {
            json!({"approved_travel": travel, "extra_places": extra, "trusted_proxy": proxy, "sanctioned_regions": sanctioned})
        });
    let network = place(&[("country", &COUNTRIES), ("class", &CLASSES)]);
    let rtt = (number(0.0..200.0), number(0.0..400.0))
        .prop_map(|(tcp, app)| json!({"tcp_min_ms": tcp, "app_min_ms": app}));
    (
        one_of(&INSTANTS),
        (maybe(place(WITH_REGION)), maybe(claim), maybe(one_of(&ZONES))),
        (maybe(network), maybe(place(&[])), maybe(rtt)),
        (maybe(previous), maybe(context)),
    )
        .prop_map(|(at, (declared, claim, zone), (network, server, rtt), (previous, context))| {
            json!({
                "id": "any", "at": at, "declared": declared, "claim": claim, "browser_time_zone": zone,
                "network": network, "server": server, "rtt": rtt, "previous": previous, "context": context
            })
        })
}

/// The same line with the keys of every object in reverse order.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let parts: Vec<String> = object
                .iter()
                .rev()
                .map(|(k, v)| format!("{}:{}", Value::from(k.as_str()), reversed(v)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(reversed).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

fn active(assessment: &Assessment, rule: &str) -> bool {
    assessment.findings.iter().any(|f| f.is_active() && f.rule_id.starts_with(rule))
}

fn without(line: &Value, field: &str) -> Value {
    let mut less: Map<String, Value> = line.as_object().unwrap().clone();
    less.remove(field);
    Value::Object(less)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_replay_gives_the_same_bytes_and_the_order_of_keys_does_not_matter(line in line()) {
        let once = assess(&line);
        let bytes = |a: &Assessment| serde_json::to_string(&(&a.findings, &a.assurance)).unwrap();
        let backwards: Value = serde_json::from_str(&reversed(&line)).unwrap();
        prop_assert_eq!(bytes(&once), bytes(&assess(&backwards)));
        let stored = serde_json::to_string(&once.findings).unwrap();
        let read: Vec<Finding> = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(read, once.findings);
    }

    #[test]
    fn the_order_of_lists_does_not_matter(line in line()) {
        let mut turned = line.clone();
        for list in ["approved_travel", "extra_places", "sanctioned_regions"] {
            if let Some(values) = turned["context"].get_mut(list).and_then(Value::as_array_mut) {
                values.reverse();
            }
        }
        prop_assert_eq!(summary(&assess(&line)), summary(&assess(&turned)));
    }

    #[test]
    fn one_cause_counts_once(line in line()) {
        let all = assess(&line);
        if active(&all, "place-undeclared") {
            for explained in ["loc-outside-declared", "tz-mismatch", "ip-country-"] {
                prop_assert!(!active(&all, explained), "{:?}", summary(&all));
            }
        }
        let of = |rules: &[&str]| rules.iter().filter(|rule| {
            all.findings.iter().any(|f| f.is_active() && f.rule_id == **rule)
        }).count();
        for sisters in [
            &["tz-mismatch", "tz-mismatch-minor"][..],
            &["ip-country-border", "ip-country-mismatch", "ip-country-mismatch-declared"],
            &["rtt-split", "rtt-split-large"],
            &["rtt-refutes-claim", "rtt-below-fibre", "rtt-excess"],
            &["impossible-travel", "travel-tight"],
            &["claim-missing", "claim-invalid"],
            &["ip-anonymizer", "ip-hosting", "ip-unusable"],
        ] {
            prop_assert!(of(sisters) <= 1, "{:?}", summary(&all));
        }
        let mut ids: Vec<&str> = all.findings.iter().map(|f| f.rule_id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all.findings.len());
    }

    #[test]
    fn the_employers_own_egress_says_nothing_of_the_person(mut line in line()) {
        prop_assume!(!line["network"].is_null());
        line["network"]["class"] = "corporate_egress".into();
        let all = assess(&line);
        for rule in ["ip-", "rtt-split", "rtt-excess", "rtt-refutes-ip", "place-undeclared"] {
            prop_assert!(!active(&all, rule), "{:?}", summary(&all));
        }
        let by_number = {
            let mut other = line.clone();
            other["network"]["class"] = "residential".into();
            other["network"]["asn"] = 64_500.into();
            if other["context"].is_null() { other["context"] = json!({}); }
            other["context"]["corporate_egress_asn"] = json!([64_500]);
            other
        };
        prop_assert_eq!(summary(&assess(&by_number)), summary(&all));
    }

    #[test]
    fn approved_travel_never_makes_it_worse_and_never_excuses_speed(line in line()) {
        let with = assess(&line);
        let mut home = line.clone();
        if let Some(context) = home["context"].as_object_mut() {
            context.remove("approved_travel");
        }
        let without = assess(&home);
        prop_assert!(with.assurance.assurance <= without.assurance.assurance,
            "{:?} {:?}", summary(&with), summary(&without));
        for rule in ["impossible-travel", "travel-tight", "sanctioned-region", "claim-"] {
            prop_assert_eq!(active(&with, rule), active(&without, rule), "{}", rule);
        }
    }

    #[test]
    fn what_is_not_known_never_accuses(line in line()) {
        let all = assess(&line);
        for field in ["previous", "rtt", "server"] {
            let less = assess(&without(&line, field));
            prop_assert!(less.assurance.assurance <= all.assurance.assurance, "{field}");
        }
        let nothing = assess(&json!({"id": 1, "at": line["at"]}));
        prop_assert_eq!(summary(&nothing), vec!["claim-missing low"]);
    }

    #[test]
    fn an_id_and_an_organisations_name_change_no_finding(line in line(), words in "\\PC{0,20}") {
        let mut named = line.clone();
        named["id"] = words.clone().into();
        if !named["network"].is_null() {
            named["network"]["org"] = words.into();
        }
        prop_assert_eq!(summary(&assess(&line)), summary(&assess(&named)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default()
    })]

    /// Without polygons the earth is round: turning it changes no finding.
    #[test]
    fn the_antimeridian_is_no_wall(line in line(), turn in 1..360_i32) {
        fn turned(value: &mut Value, turn: i32) {
            match value {
                Value::Object(object) => {
                    if let Some(lon) = object.get("lon").and_then(Value::as_f64) {
                        let e6 = (lon * 1e6).round() as i64 + i64::from(turn) * 1_000_000;
                        let wrapped = (e6 + 180_000_000).rem_euclid(360_000_000) - 180_000_000;
                        object.insert("lon".into(), (wrapped as f64 / 1e6).into());
                    }
                    object.values_mut().for_each(|inner| turned(inner, turn));
                }
                Value::Array(values) => values.iter_mut().for_each(|inner| turned(inner, turn)),
                _ => {}
            }
        }
        // A point near zero cannot be a place, wherever the rest has turned to.
        prop_assume!(!line.to_string().contains("0.005"));
        let judged = |line: &Value| {
            let look_ups = LookUps {
                region: &|_| muster_domain::judging::Region::default(),
                address: &|_, _| NetworkFacts::missing(NoFact::NoPack),
            };
            summary(&EvidenceLine::read(line.to_string().as_bytes()).unwrap().evidence(look_ups).assess())
        };
        let mut other = line.clone();
        turned(&mut other, turn);
        prop_assert_eq!(judged(&line), judged(&other));
    }
}
