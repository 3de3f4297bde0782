//! Reading of lines: nulls, ranges, dates, and that schema and reader follow one table.

use super::*;
use crate::judging::evidence::Point;
use crate::judging::network::{Fact, NetworkFacts, NoFact};
use crate::judging::recorded::RecordedEvidence;
use crate::judging::region::Region;
use serde_json::{Value, json};

fn nothing_known() -> LookUps<'static> {
    LookUps {
        region: &|_| Region::default(),
        address: &|_, _| NetworkFacts::missing(NoFact::NoPack),
    }
}

fn read(line: &Value) -> Result<RecordedEvidence, LineFault> {
    EvidenceLine::read(line.to_string().as_bytes()).map(|line| line.evidence(nothing_known()))
}

fn fault(line: &Value) -> String {
    read(line).unwrap_err().sentence
}

/// A line with every field.
fn full() -> Value {
    json!({
        "id": "a1", "at": "2026-06-01T09:30:00-05:00",
        "declared": {"lat": 44.9778, "lon": -93.265, "radius_km": 20, "country": "us", "time_zone": "America/Chicago"},
        "claim": {"status": "ok", "lat": 44.98, "lon": -93.26, "accuracy_m": 25.2, "country": "US", "time_zone": "America/Chicago"},
        "browser_time_zone": "America/Chicago",
        "network": {"ip": "8.8.8.8", "asn": 15169, "org": "Example Net", "country": "us", "lat": 45, "lon": -93, "class": "residential"},
        "server": {"lat": 41.88, "lon": -87.63},
        "rtt": {"tcp_min_ms": 11.5, "app_min_ms": 12.0004},
        "previous": {"at": "2026-05-01T09:30:00Z", "lat": 44.9, "lon": -93.2, "accuracy_m": 30},
        "context": {
            "approved_travel": [{"country": "PT", "lat": 38.7, "lon": -9.1, "radius_km": 10, "from": "2026-06-01", "to": "2026-06-02"}],
            "extra_places": [{"country": "CA"}],
            "corporate_egress_asn": [64500], "trusted_proxy": true, "sanctioned_regions": ["kp", "UA-43"]
        }
    })
}

#[test]
fn every_field_arrives() {
    let evidence = read(&full()).unwrap();
    let around = &evidence.surroundings;
    assert_eq!(evidence.at, "2026-06-01T14:30:00Z".parse::<jiff::Timestamp>().unwrap().into());
    assert_eq!(evidence.declared.len(), 2);
    assert_eq!(
        (evidence.declared[0].radius_metres, evidence.declared[1].radius_metres),
        (20_000, 50_000)
    );
    assert_eq!(evidence.declared[0].country, "US".parse().ok());
    assert_eq!(evidence.declared[0].region.time_zone.as_deref(), Some("America/Chicago"));
    assert_eq!(evidence.claim.accuracy_metres, Some(26), "rounded up");
    assert_eq!(
        (around.round_trips.tcp_min_us, around.round_trips.app_min_us),
        (Some(11_500), Some(12_000))
    );
    let network = around.network.as_ref().unwrap();
    assert_eq!(network.country, Fact::given("US".parse().unwrap()));
    assert_eq!((network.asn.value(), network.asn.age_days()), (Some(&15_169), Some(0)));
    assert_eq!(network.point.value(), Point::from_degrees(45.0, -93.0).as_ref());
    assert_eq!(around.sanctioned_regions, ["KP", "UA-43"]);
    assert!(around.is_behind_proxy && around.corporate_egress_asns == [64_500]);
    let trip = &around.travel[0];
    let day = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap().into());
    assert_eq!(trip.valid_from, day("2026-06-01T05:00:00Z"), "a day where the evidence is from");
    assert_eq!(trip.valid_until, day("2026-06-03T04:59:59.999Z"));
}

#[test]
fn null_is_absent_is_unknown_for_every_field() {
    fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
        if let Value::Object(object) = value {
            for (name, inner) in object {
                found.push(format!("{at}/{name}"));
                paths(inner, &format!("{at}/{name}"), found);
            }
        }
    }
    let mut found = Vec::new();
    paths(&full(), "", &mut found);
    assert!(found.len() > 40, "{}", found.len());
    for path in found.iter().filter(|path| !["/id", "/at"].contains(&path.as_str())) {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let mut null = full();
        *null.pointer_mut(path).unwrap() = Value::Null;
        let mut absent = full();
        absent.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        assert_eq!(read(&null).unwrap(), read(&absent).unwrap(), "{path}");
        // Where every fact is given, nothing is looked up and the address is not kept.
        if path != "/network/ip" {
            assert_ne!(read(&null).unwrap(), read(&full()).unwrap(), "{path} is read");
        }
    }
    let bare = read(&json!({"id": 7, "at": "2026-06-01T09:30:00Z"})).unwrap();
    let nulls: Value = LINE
        .iter()
        .map(|f| (f.name.to_owned(), full()[f.name].clone()))
        .map(|(name, value)| {
            if ["id", "at"].contains(&name.as_str()) { (name, value) } else { (name, Value::Null) }
        })
        .collect();
    assert_eq!(read(&nulls).unwrap().surroundings, bare.surroundings);
}

#[test]
fn given_facts_win_and_the_rest_is_looked_up_only_with_an_address() {
    let facts = |network: Value| {
        let line = json!({"id": 1, "at": "2026-06-01T09:30:00Z", "network": network});
        read(&line).unwrap().surroundings.network.unwrap()
    };
    let looked_up = facts(json!({"ip": "8.8.8.8", "country": "NL"}));
    assert_eq!(looked_up.country, Fact::given("NL".parse().unwrap()));
    assert_eq!(looked_up.class, Fact::Missing(NoFact::NoPack));
    assert_eq!(facts(json!({"country": "NL"})).class, Fact::Missing(NoFact::NotAsked));
    let private = facts(json!({"ip": "::ffff:10.1.2.3"}));
    assert_eq!(private.class(), Some(crate::judging::AccessClass::Private));
}

#[test]
fn every_fault_names_its_field_and_what_would_be_accepted() {
    let mut line = full();
    line["claim"]["status"] = "maybe".into();
    line["declared"]["lat"] = 91.into();
    line["network"]["ip"] = "10.0.0.0/8".into();
    line["rtt"]["app_min_ms"] = (-1).into();
    line["context"]["approved_travel"][0]["from"] = "June".into();
    line["browser_time_zone"] = "Mars/Olympus".into();
    line["surname"] = "Example".into();
    let sentence = fault(&line);
    for part in [
        "`claim.status` must not be `maybe`; accepted: ok, denied, unavailable, timeout",
        "`declared.lat` must not be `91`; accepted: a number from -90 to 90",
        "`network.ip` must not be `10.0.0.0/8`; accepted: an IPv4 or IPv6 address",
        "`rtt.app_min_ms` must not be `-1`; accepted: a number from 0 on",
        "`context.approved_travel[0].from` must not be `June`; accepted: a date such as",
        "`browser_time_zone` must not be `Mars/Olympus`; accepted: a name of the IANA",
        "there is no field `surname`; accepted: id, at, declared",
    ] {
        assert!(sentence.contains(part), "{part}\n{sentence}");
    }
    assert_eq!(sentence.matches("; accepted: ").count(), 7);
    assert_eq!(read(&line).unwrap_err().id, Some("a1".into()));
    assert_eq!(
        fault(&json!({"id": 1})),
        "`at` is missing; accepted: an instant with its offset such as 2026-06-01T09:30:00-05:00"
    );
    assert!(
        fault(&json!({"id": null, "at": "2026-06-01T09:30:00Z"}))
            .contains("`id` must not be `null`")
    );
    for not_an_object in [&b"{\"id\": 1"[..], b"[]", b"7", b"\xff", b"", b"{\"id\":1e999}"] {
        let fault = EvidenceLine::read(not_an_object).unwrap_err();
        assert_eq!(fault.id, None);
    }
}

#[test]
fn instants_are_those_of_rfc_3339() {
    let at = |text: &str| read(&json!({"id": 1, "at": text})).map(|evidence| evidence.at.0);
    assert_eq!(at("2026-06-01T00:00:00Z"), at("2026-05-31t19:00:00.000-05:00"));
    for bad in [
        "2026-06-01",
        "2026-06-01T00:00Z",
        "2026-06-01T00:00:00",
        "2026-06-01T00:00:00+0500",
        "2026-02-30T00:00:00Z",
        "2026-06-01T00:00:00Z[UTC]",
        "2026-06-01T00:00:00.Z",
        "1780315200",
    ] {
        assert!(at(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_a_device_reports_is_kept_and_other_places_must_exist() {
    let mut line = full();
    line["claim"]["lat"] = 95.into();
    let evidence = read(&line).unwrap();
    assert!(!evidence.claim.point.unwrap().is_plausible());
    line["claim"]["lat"] = json!(1e300);
    assert!(read(&line).unwrap().claim.valid_point().is_none());
    for (field, bad) in [("server", 91), ("previous", -91), ("network", 91)] {
        let mut line = full();
        line[field]["lat"] = bad.into();
        assert!(fault(&line).contains(&format!("`{field}.lat`")));
    }
}

#[test]
fn half_a_point_is_an_unknown_point_and_half_a_trip_leads_nowhere() {
    let mut line = full();
    line["declared"]["lon"] = Value::Null;
    line["context"]["approved_travel"][0]["lat"] = Value::Null;
    let evidence = read(&line).unwrap();
    assert_eq!(evidence.declared[0].point, None);
    assert_eq!(evidence.surroundings.travel, vec![]);
}

#[test]
fn the_schema_has_every_field_and_refuses_others() {
    fn compare(schema: &Value, fields: &[shape::Field], path: &str) {
        assert_eq!(schema["additionalProperties"], false, "{path}");
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), fields.len(), "{path}");
        for field in fields {
            let property = &properties[field.name];
            let may_be_null =
                property["type"].as_array().is_some_and(|t| t.contains(&"null".into()));
            assert_eq!(may_be_null, !field.is_required, "{path}.{}", field.name);
            match &field.shape {
                shape::Shape::Object(inner) => compare(property, inner, field.name),
                shape::Shape::List(shape::Shape::Object(inner)) => {
                    compare(&property["items"], inner, field.name);
                }
                _ => {}
            }
        }
    }
    let schema = schema();
    compare(&schema, LINE, "");
    assert_eq!(schema["required"], json!(["id", "at"]));
    assert!(schema["$schema"].as_str().unwrap().contains("2020-12"));
}

#[test]
fn the_guide_to_the_fields_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/assess.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- fields -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /fields -->").unwrap();
    let guide = format!("{before}<!-- fields -->\n{}<!-- /fields -->{after}", fields_guide());
    if std::env::var_os("MUSTER_BLESS").is_some() {
        std::fs::write(&path, &guide).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == guide,
        "the fields in docs/assess.md are not what is read; write them anew with \
         MUSTER_BLESS=1 cargo test -p muster-domain the_guide_to_the_fields_is_up_to_date"
    );
}
