//! A session in which all is well, to change one thing at a time. For the rules' examples only.

use super::{Rule, RuleContext, RuleSettings};
use crate::challenge::{ChallengeAnswer, ChallengeClass};
use crate::check_in::{Outcome, Presence};
use crate::judging::attendance::{Arrival, AttendanceFold, Stay};
use crate::judging::evidence::{
    ChallengeReport, Claim, ClaimStatus, DeclaredPlace, Observation, PastSession, Point,
    VerifierForm,
};
use crate::judging::fault::FaultDecision;
use crate::judging::finding::{Finding, FindingStatus};
use crate::judging::network::{AccessClass, Fact, NetworkFacts, NoFact};
use crate::judging::passkey::{PasskeyStanding, PasskeyUse};
use crate::judging::readings::{Readings, Sources};
use crate::judging::region::Region;
use crate::judging::surroundings::Surroundings;
use crate::time::{DAY_MS, UtcMillis};

pub const START: UtcMillis = UtcMillis(1_800_000_000_000);

pub struct Session {
    pub settings: RuleSettings,
    pub attendance: AttendanceFold,
    pub met: bool,
    pub fault: Option<FaultDecision>,
    pub notice_given: bool,
    pub claim: Option<Claim>,
    pub declared: Vec<DeclaredPlace>,
    pub surroundings: Surroundings,
    pub form: Option<VerifierForm>,
    pub history: Vec<PastSession>,
    pub raised: Vec<Finding>,
}

impl Default for Session {
    fn default() -> Session {
        let stay = Stay { from: START, until: START.plus_minutes(5) };
        Session {
            settings: RuleSettings::default(),
            attendance: AttendanceFold {
                arrival: Arrival::InTime,
                arrived_at: Some(START),
                employee: vec![stay],
                verifier: vec![stay],
                verifier_at: Some(START),
                together_ms: 300_000,
                met: true,
            },
            met: true,
            fault: None,
            notice_given: false,
            claim: None,
            declared: vec![],
            surroundings: Surroundings::default(),
            form: Some(form()),
            history: vec![],
            raised: vec![],
        }
    }
}

pub fn form() -> VerifierForm {
    VerifierForm {
        presence: Some(Presence::Confirmed),
        challenges: vec![
            report("hand-across-face", ChallengeClass::Face, ChallengeAnswer::Done),
            report("window-view", ChallengeClass::Scene, ChallengeAnswer::Done),
            report("code-on-paper", ChallengeClass::Binding, ChallengeAnswer::Done),
        ],
        observations: vec![],
        assistance_agreed: false,
        given_at: START.plus_minutes(6),
        first_opinion: None,
    }
}

/// A person with a passkey that was approved and signed.
pub fn passkey(change: impl FnOnce(&mut PasskeyStanding)) -> Option<PasskeyStanding> {
    let mut standing = PasskeyStanding {
        used: PasskeyUse::Used,
        is_synced: false,
        count_fell: false,
        other_people: 0,
        first_waiting: 0,
        waiting: 0,
        added_days_ago: vec![],
    };
    change(&mut standing);
    Some(standing)
}

pub fn with_form(change: impl FnOnce(&mut VerifierForm)) -> Session {
    let mut changed = form();
    change(&mut changed);
    Session { form: Some(changed), ..Session::default() }
}

pub fn with_observation(observation: Observation) -> Session {
    with_form(|form| form.observations.push(observation))
}

pub fn report(template: &str, class: ChallengeClass, answer: ChallengeAnswer) -> ChallengeReport {
    ChallengeReport {
        template: template.into(),
        class,
        answer,
        artefacts: vec![],
        revealed_at: START.plus_minutes(2),
    }
}

pub fn claim_at(latitude_e6: i32, longitude_e6: i32, accuracy: u32) -> Claim {
    Claim {
        status: ClaimStatus::Ok,
        point: Some(Point { latitude_e6, longitude_e6 }),
        accuracy_metres: Some(accuracy),
        country: "NL".parse().ok(),
        region: Region { time_zone: Some("Europe/Amsterdam".into()), ..Region::default() },
        browser_time_zone: None,
        network: None,
        gathered: Default::default(),
        signature_good: true,
        observed_at: START,
    }
}

/// A place with a radius of 50 km.
pub fn home() -> DeclaredPlace {
    DeclaredPlace {
        point: Some(Point { latitude_e6: 52_000_000, longitude_e6: 4_000_000 }),
        radius_metres: 50_000,
        country: "NL".parse().ok(),
        region: Region { time_zone: Some("Europe/Amsterdam".into()), ..Region::default() },
        valid_from: None,
        valid_until: None,
    }
}

/// A session in which a usable claim lies at home.
pub fn at_home() -> Session {
    Session {
        claim: Some(claim_at(52_000_000, 4_000_000, 30)),
        declared: vec![home()],
        ..Session::default()
    }
}

/// A session in which the place was asked for and refused.
pub fn without_place() -> Session {
    let claim = Claim {
        status: ClaimStatus::Denied,
        point: None,
        accuracy_metres: None,
        country: None,
        region: Region::default(),
        ..claim_at(0, 0, 0)
    };
    Session { claim: Some(claim), ..at_home() }
}

impl Session {
    /// The same with other surroundings.
    pub fn around(mut self, change: impl FnOnce(&mut Surroundings)) -> Session {
        change(&mut self.surroundings);
        self
    }

    /// The same in a browser that keeps this time zone.
    pub fn browsing_in(mut self, zone: &str) -> Session {
        if let Some(claim) = &mut self.claim {
            claim.browser_time_zone = Some(zone.into());
        }
        self
    }

    /// The same over a line of this class, in this country, with a point of the address.
    pub fn over(
        self,
        class: Option<AccessClass>,
        country: Option<&str>,
        point: Option<(f64, f64)>,
    ) -> Session {
        let network = NetworkFacts {
            country: fact(country.and_then(|code| code.parse().ok())),
            point: fact(point.and_then(|(lat, lon)| Point::from_degrees(lat, lon))),
            class: fact(class),
            ..NetworkFacts::missing(NoFact::NotAsked)
        };
        self.around(|s| s.network = Some(network))
    }

    /// The same over an address that nothing is known of, for this reason.
    pub fn over_unknown(self, why: NoFact) -> Session {
        self.around(|s| s.network = Some(NetworkFacts::missing(why)))
    }
}

fn fact<T>(value: Option<T>) -> Fact<T> {
    value.map_or(Fact::Missing(NoFact::NotAsked), Fact::given)
}

/// The same fact, from data past its date.
pub fn old<T>(fact: Fact<T>) -> Fact<T> {
    match fact {
        Fact::Known { value, .. } => Fact::Known { value, age_days: 120, is_old: true },
        missing => missing,
    }
}

/// An uneventful earlier session, `days` ago.
pub fn past(days: i64) -> PastSession {
    PastSession {
        start: START.plus_ms(-days * DAY_MS),
        outcome: Outcome::Verified,
        person_side_technical: false,
        missed_without_notice: false,
        medium_rules: vec![],
    }
}

pub fn run(rule: &Rule, session: &Session) -> Vec<Finding> {
    let readings = Readings::of(Sources {
        at: session.claim.as_ref().map_or(START, |claim| claim.observed_at),
        claim: session.claim.as_ref(),
        declared: &session.declared,
        surroundings: &session.surroundings,
        settings: &session.settings,
    });
    let found = (rule.check)(&RuleContext {
        settings: &session.settings,
        judged_at: START.plus_minutes(20),
        start: START,
        attendance: &session.attendance,
        met: session.met,
        fault: session.fault.as_ref(),
        notice_given: session.notice_given,
        claim: session.claim.as_ref(),
        declared: &session.declared,
        surroundings: &session.surroundings,
        readings: &readings,
        form: session.form.as_ref(),
        history: &session.history,
        raised: &session.raised,
    });
    for finding in &found {
        assert_eq!(finding.rule_id, rule.id);
        let is_blind = matches!(finding.status, FindingStatus::NotMeasurable { .. });
        let is_named = is_blind || rule.severities.contains(&finding.severity);
        assert!(is_named, "a severity the guide does not name");
        for sentence in [&finding.sentence_employee, &finding.sentence_reviewer] {
            let sentence = sentence.to_string();
            assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
        }
    }
    found
}
