//! Judging recorded evidence alone: the same rules and the same fold, without a session around it.
//! Nobody is assumed to have met anybody, and nothing is known of earlier check-ins.

use super::attendance::{Arrival, AttendanceFold, AttendanceSettings};
use super::evidence::{Claim, DeclaredPlace, RequiredEvidence};
use super::fault::FaultEvidence;
use super::finding::Finding;
use super::fold::{AssuranceFold, fold_assurance};
use super::judge::{Circumstances, JudgingInput, evidence_missing, run_rules};
use super::rules::RuleSettings;
use super::surroundings::Surroundings;
use crate::check_in::{CheckInKind, Clocks};
use crate::time::UtcMillis;

/// Evidence of one moment, as somebody recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvidence {
    /// When it was captured.
    pub at: UtcMillis,
    /// Always asked for here, so that a place that is not there counts as missing.
    pub claim: Claim,
    /// Declared places, the person's own first.
    pub declared: Vec<DeclaredPlace>,
    pub surroundings: Surroundings,
    pub settings: RuleSettings,
}

/// What the rules and the fold say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub findings: Vec<Finding>,
    pub assurance: AssuranceFold,
}

impl RecordedEvidence {
    /// Judges it. The place is required evidence; presence is unknown.
    pub fn assess(self) -> Assessment {
        let input = JudgingInput {
            judged_at: self.at,
            kind: CheckInKind::Manual,
            attempt: 1,
            clocks: Clocks {
                announce: self.at,
                start: self.at,
                window_minutes: 0,
                grace_minutes: 0,
                session_minutes: 0,
            },
            sightings: vec![],
            attendance_settings: AttendanceSettings::default(),
            circumstances: Circumstances::default(),
            fault_evidence: FaultEvidence::default(),
            claim: Some(self.claim),
            declared: self.declared,
            surroundings: self.surroundings,
            form: None,
            required: vec![RequiredEvidence::Location],
            history: vec![],
            exceptions: vec![],
            joined_at: None,
            settings: self.settings,
        };
        // The person was there to be asked; whom else the room saw is not known.
        let sightings = AttendanceFold {
            arrival: Arrival::InTime,
            arrived_at: Some(self.at),
            employee: vec![],
            verifier: vec![],
            verifier_at: None,
            together_ms: 0,
            met: true,
        };
        let findings = run_rules(&input, &sightings, true, None);
        let missing = evidence_missing(&input, &findings);
        let assurance = fold_assurance(&findings, None, &missing);
        Assessment { findings, assurance }
    }
}
