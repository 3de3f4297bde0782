//! Exceptions: something known and agreed that a rule would speak of again and again. The rule still speaks,
//! is kept and shown, and does not count. An exception is about one person, has an end, and may hold for
//! one network, country or place only. What a human saw in the picture is never excepted.

use super::evidence::{Claim, Point};
use super::finding::{Family, Finding};
use super::region_code::RegionCode;
use super::surroundings::Surroundings;
use crate::time::{DAY_MS, UtcMillis};
use serde::{Deserialize, Serialize};

/// Days an exception lasts at most: twelve months.
pub const EXCEPTION_DAYS_MAX: i64 = 366;
/// Its owner is reminded so many days before its end.
pub const EXCEPTION_REMINDER_DAYS: i64 = 14;

/// What an exception covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "code", rename_all = "snake_case", deny_unknown_fields)]
pub enum Covered {
    /// One rule, by its id.
    Rule(String),
    /// Every rule of a family.
    Family(Family),
}

impl Covered {
    /// `rule:ip-hosting` or `family:path`; `None` for what no rule or family is called, and for what
    /// cannot be excepted.
    pub fn parse(text: &str) -> Option<Covered> {
        let (kind, code) = text.split_once(':')?;
        let (covered, family) = match kind {
            "rule" => {
                let rule = super::rules::rule(code)?;
                (Covered::Rule(rule.id.to_owned()), rule.family)
            }
            "family" => {
                let family = Family::from_code(code)?;
                (Covered::Family(family), family)
            }
            _ => return None,
        };
        may_be_excepted(family).then_some(covered)
    }

    /// What [`Covered::parse`] reads.
    pub fn code(&self) -> String {
        match self {
            Covered::Rule(id) => format!("rule:{id}"),
            Covered::Family(family) => format!("family:{family}"),
        }
    }

    fn has(&self, finding: &Finding) -> bool {
        may_be_excepted(finding.family)
            && match self {
                Covered::Rule(id) => *id == finding.rule_id,
                Covered::Family(family) => *family == finding.family,
            }
    }
}

/// Whether findings of a family may be excepted: all but what a human saw.
pub fn may_be_excepted(family: Family) -> bool {
    family != Family::Human
}

/// Where an exception holds; everything empty is everywhere, and everything given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Only {
    /// Only over this autonomous system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// Only in this country (ISO 3166-1 alpha-2): that of the place, or without a place of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Only about this point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<AboutPlace>,
}

/// A circle an exception is confined to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AboutPlace {
    pub point: Point,
    pub radius_metres: u32,
}

impl Only {
    /// Whether the evidence lies within. What is unknown does not fit.
    fn fits(&self, claim: Option<&Claim>, around: &Surroundings) -> bool {
        let network = around.network.as_ref();
        let asn = self.asn.is_none_or(|wanted| {
            network.and_then(|n| n.asn.value()).is_some_and(|asn| *asn == wanted)
        });
        let country = self.country.as_ref().is_none_or(|wanted| {
            let of_claim =
                claim.filter(|c| c.valid_point().is_some()).map_or(&[][..], Claim::countries);
            let of_address = network.and_then(|n| n.country.value());
            let is_it = |code: &RegionCode| code.as_str().eq_ignore_ascii_case(wanted);
            match of_claim {
                [] => of_address.is_some_and(is_it),
                countries => countries.iter().any(is_it),
            }
        });
        let place = self.place.is_none_or(|about| {
            claim
                .and_then(Claim::valid_point)
                .is_some_and(|p| !p.distance_to(about.point).exceeds(about.radius_metres.into()))
        });
        asn && country && place
    }
}

/// An exception that somebody asked for and somebody else confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionGrant {
    pub covers: Covered,
    #[serde(default)]
    pub only: Only,
    pub reason: String,
    /// Always ends.
    pub expires_at: UtcMillis,
}

impl ExceptionGrant {
    /// Whether it silences a finding of evidence that is judged at this instant.
    pub fn silences(
        &self,
        finding: &Finding,
        claim: Option<&Claim>,
        around: &Surroundings,
        at: UtcMillis,
    ) -> bool {
        self.expires_at > at && self.covers.has(finding) && self.only.fits(claim, around)
    }
}

/// Whether an exception may end then: after now and within twelve months.
pub fn may_end(now: UtcMillis, ends: UtcMillis) -> bool {
    ends > now && ends.since(now) <= EXCEPTION_DAYS_MAX * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::rules::fixtures::{START, at_home, home};
    use crate::judging::{AccessClass, Fact};

    fn grant(covers: &str, only: Only) -> ExceptionGrant {
        ExceptionGrant {
            covers: Covered::parse(covers).unwrap(),
            only,
            reason: "The company gave them this gateway.".into(),
            expires_at: START.plus_ms(DAY_MS),
        }
    }

    fn hosting() -> (Finding, Claim, Surroundings) {
        let session = at_home().over(Some(AccessClass::Hosting), Some("NL"), None).around(|s| {
            s.network.as_mut().unwrap().asn = Fact::given(64_500);
        });
        let found = crate::judging::rules::fixtures::run(
            crate::judging::rules::rule("ip-hosting").unwrap(),
            &session,
        );
        (found[0].clone(), session.claim.unwrap(), session.surroundings)
    }

    #[test]
    fn it_covers_a_rule_or_a_family_and_ends() {
        let (finding, claim, around) = hosting();
        let silences =
            |grant: &ExceptionGrant, at| grant.silences(&finding, Some(&claim), &around, at);
        for (covers, expected) in [
            ("rule:ip-hosting", true),
            ("family:path", true),
            ("rule:ip-anonymizer", false),
            ("family:place", false),
        ] {
            let grant = grant(covers, Only::default());
            assert_eq!(grant.covers.code(), covers);
            assert_eq!(silences(&grant, START), expected, "{covers}");
            assert!(!silences(&grant, grant.expires_at), "it has ended");
        }
    }

    #[test]
    fn what_it_is_confined_to_must_be_known_and_fit() {
        let (finding, claim, around) = hosting();
        let place = |at: Point, radius_metres| AboutPlace { point: at, radius_metres };
        let elsewhere = Point::from_degrees(10.0, 10.0).unwrap();
        let only = Only::default();
        for (only, expected) in [
            (Only { asn: Some(64_500), ..only.clone() }, true),
            (Only { asn: Some(64_501), ..only.clone() }, false),
            (Only { place: Some(place(home().point.unwrap(), 5_000)), ..only.clone() }, true),
            (Only { place: Some(place(elsewhere, 5_000)), ..only.clone() }, false),
        ] {
            let grant = grant("rule:ip-hosting", only);
            assert_eq!(
                grant.silences(&finding, Some(&claim), &around, START),
                expected,
                "{grant:?}"
            );
        }
        let in_country = |code: &str| {
            grant("rule:ip-hosting", Only { country: Some(code.into()), ..Only::default() })
        };
        assert!(in_country("nl").silences(&finding, None, &around, START), "that of the address");
        assert!(!in_country("DE").silences(&finding, None, &around, START));
        assert!(!in_country("NL").silences(&finding, None, &Surroundings::default(), START));
    }

    #[test]
    fn what_a_human_saw_is_never_excepted() {
        for refused in
            ["family:human", "rule:presence-different-person", "rule:nothing", "ip-hosting", "path"]
        {
            assert_eq!(Covered::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn it_lasts_twelve_months_at_most() {
        let in_days = |days: i64| may_end(START, START.plus_ms(days * DAY_MS));
        assert!(in_days(1) && in_days(366) && !in_days(367) && !in_days(0) && !in_days(-1));
    }
}
