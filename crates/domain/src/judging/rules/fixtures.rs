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
use crate::judging::finding::Finding;
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
    }
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
        country: Some("NL".into()),
        signature_good: true,
        observed_at: START,
    }
}

/// A place with a radius of 50 km.
pub fn home() -> DeclaredPlace {
    DeclaredPlace {
        point: Some(Point { latitude_e6: 52_000_000, longitude_e6: 4_000_000 }),
        radius_metres: 50_000,
        country: None,
        valid_from: None,
        valid_until: None,
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
        form: session.form.as_ref(),
        history: &session.history,
        raised: &session.raised,
    });
    for finding in &found {
        assert_eq!(finding.rule_id, rule.id);
        assert!(rule.severities.contains(&finding.severity), "a severity the guide does not name");
        for sentence in [&finding.sentence_employee, &finding.sentence_reviewer] {
            assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
        }
    }
    found
}
