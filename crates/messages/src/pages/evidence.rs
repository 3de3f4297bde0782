//! The evidence of one case: the map, what did not fit and what would change it, what happened when, how old
//! the data was. What a reader may not see is not in the context.

use super::case::EvidenceFact;
use super::map::{Feature, FeatureKind, Map, map};
use super::{Moment, PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use muster_domain::judging::Point;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /cases/{id}/evidence`
#[derive(Debug, Clone, Serialize)]
pub struct EvidencePage {
    pub frame: PageFrame,
    pub case_id: String,
    pub number: u64,
    pub headline: String,
    /// When the check-in was.
    pub when: Moment,
    /// How much this reader sees, and that looking is in the log.
    pub depth: String,
    /// `None` where no place is left or none may be seen.
    pub map: Option<Map>,
    /// What stands in for the map, or what to know about it.
    pub map_note: String,
    pub families: Vec<EvidenceFamily>,
    /// Oldest first.
    pub moments: Vec<EvidenceMoment>,
    pub ages: Vec<DataAge>,
}

/// Findings that one cause could explain.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceFamily {
    pub name: String,
    pub why: String,
    pub findings: Vec<EvidenceFinding>,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceFinding {
    pub rule_id: String,
    pub severity: StateWord,
    pub sentence: String,
    pub benign_causes: Vec<String>,
    /// What would change this.
    pub settled_by: String,
    /// Empty for a reader who sees sentences only.
    pub facts: Vec<EvidenceFact>,
    /// Why it does not count, where it does not.
    pub quiet: Option<String>,
    /// What was said of it when the case was closed.
    pub said: Option<String>,
    /// Where an exception can be asked for, if the reader may.
    pub except_url: Option<String>,
}

/// One moment of the check-in.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceMoment {
    pub at: Moment,
    pub text: String,
}

/// How old one kind of data was at the moment of the evidence.
#[derive(Debug, Clone, Serialize)]
pub struct DataAge {
    pub what: String,
    pub age: String,
}

impl Template for EvidencePage {
    const NAME: &'static str = "pages/case/evidence";

    fn samples() -> Vec<EvidencePage> {
        let frame = |name: &str, role| {
            samples::frame("Evidence of case 2033", name, &[Role::Employee, role], "/cases")
        };
        let moment = |minutes, text: &str| EvidenceMoment {
            at: samples::at(minutes),
            text: text.to_owned(),
        };
        let finding = EvidenceFinding {
            rule_id: "loc-outside-declared".to_owned(),
            severity: StateWord::new("high", Tone::Review),
            sentence: "The shared point lies 310 km outside the nearest declared work place."
                .to_owned(),
            benign_causes: samples::strings(&["a trip that was not declared yet"]),
            settled_by: "The trip, entered as a travel notice with its dates.".to_owned(),
            facts: vec![EvidenceFact {
                name: "distance".to_owned(),
                value: "310 km".to_owned(),
                source: "page".to_owned(),
                observed: samples::at(-100),
            }],
            quiet: None,
            said: Some("explained".to_owned()),
            except_url: Some("/exceptions?covers=rule:loc-outside-declared".to_owned()),
        };
        let quiet = EvidenceFinding {
            rule_id: "tz-mismatch".to_owned(),
            severity: StateWord::new("high", Tone::Quiet),
            except_url: None,
            quiet: Some("Excepted until 14 May 2026: works for a team in another zone.".to_owned()),
            said: None,
            ..finding.clone()
        };
        let at = |lat: f64, lon: f64| {
            Point::from_degrees(lat, lon).unwrap_or(Point { latitude_e6: 0, longitude_e6: 0 })
        };
        let place = |kind, point, radius_metres, name: &str, words: &str| Feature {
            kind,
            point,
            radius_metres,
            name: name.to_owned(),
            words: words.to_owned(),
        };
        let features = [
            place(FeatureKind::Claim, at(41.15, -8.61), 30, "Shared place", "Within 30 m."),
            place(
                FeatureKind::Declared,
                at(38.72, -9.14),
                50_000,
                "Declared place",
                "Within 50 km.",
            ),
            place(
                FeatureKind::Server,
                at(52.37, 4.9),
                2_400_000,
                "Server",
                "Light reaches 2,400 km.",
            ),
        ];
        let security = EvidencePage {
            frame: frame("Sam Okoye", Role::Security),
            case_id: samples::ID.to_owned(),
            number: 2033,
            headline: "A check-in with Maria Olsen needs a look".to_owned(),
            when: samples::at_lisbon(-107),
            depth: "You see everything that was measured. Each look is in the log.".to_owned(),
            map: map("evidence-map", "Where the check-in was", &features),
            map_note: "The exact point is deleted after 30 days; then only the area is left."
                .to_owned(),
            families: vec![EvidenceFamily {
                name: "Where somebody works".to_owned(),
                why: "A job may be bound to a country.".to_owned(),
                findings: vec![finding.clone(), quiet],
            }],
            moments: vec![
                moment(-130, "It was announced."),
                moment(-107, "It was to begin."),
                moment(-100, "They shared their place."),
            ],
            ages: vec![DataAge {
                what: "Country of the address".to_owned(),
                age: "45 days".to_owned(),
            }],
        };
        let manager = EvidencePage {
            frame: frame("Dana Weiss", Role::Manager),
            depth: "You see what did not fit, without what was measured.".to_owned(),
            map: None,
            map_note: "The map is for HR and security.".to_owned(),
            families: vec![EvidenceFamily {
                name: "Where somebody works".to_owned(),
                why: "A job may be bound to a country.".to_owned(),
                findings: vec![EvidenceFinding {
                    facts: vec![],
                    except_url: None,
                    said: None,
                    ..finding.clone()
                }],
            }],
            ages: vec![],
            ..security.clone()
        };
        let nothing = EvidencePage {
            map: None,
            map_note: "No place was shared.".to_owned(),
            families: vec![],
            ages: vec![],
            ..security.clone()
        };
        let bad = samples::HOSTILE;
        let hostile_place = [place(FeatureKind::Claim, at(-17.0, 179.9), 90_000, bad, bad)];
        let hostile = EvidencePage {
            frame: samples::hostile("Evidence", &[Role::Security], "/cases"),
            headline: bad.to_owned(),
            depth: bad.to_owned(),
            map: map("evidence-map", bad, &hostile_place),
            map_note: bad.to_owned(),
            families: vec![EvidenceFamily {
                name: bad.to_owned(),
                why: bad.to_owned(),
                findings: vec![EvidenceFinding {
                    sentence: bad.to_owned(),
                    benign_causes: samples::strings(&[bad]),
                    quiet: Some(bad.to_owned()),
                    ..finding
                }],
            }],
            moments: vec![moment(0, bad)],
            ages: vec![DataAge { what: bad.to_owned(), age: bad.to_owned() }],
            ..security.clone()
        };
        vec![security, manager, nothing, hostile]
    }
}
