//! Judging: from everything gathered about one check-in to its outcome.
//!
//! Reads top to bottom as it runs: sightings fold to attendance, a failure is classed by fault,
//! rules turn evidence into findings, findings fold to assurance, a table gives the outcome.
//! All of it is a pure function of stored input, so that it can be replayed years later. Nothing
//! here decides about a person: the strongest result is that a human is asked to look.

pub mod attendance;
pub mod distance;
pub mod drift;
pub mod evidence;
pub mod exception;
pub mod fault;
pub mod finding;
pub mod fold;
pub mod gathered;
pub mod guide;
pub mod judge;
pub mod network;
pub mod outcome;
pub mod passkey;
pub mod readings;
pub mod record;
pub mod recorded;
pub mod region;
pub mod region_code;
pub mod replay;
pub mod rules;
pub mod surroundings;

pub use attendance::{
    Arrival, AttendanceEvent, AttendanceFold, AttendanceKind, AttendanceSettings, AttendanceSource,
    Party, fold_attendance,
};
pub use drift::{Drift, DriftPosition};
pub use evidence::{
    ChallengeReport, Claim, ClaimStatus, DeclaredPlace, Observation, PastSession, Point,
    RequiredEvidence, VerifierForm,
};
pub use exception::{AboutPlace, Covered, ExceptionGrant, Only};
pub use fault::{
    AttemptReceipt, Delivery, FaultCause, FaultDecision, FaultEvidence, Outage, Probe, ProbeTarget,
};
pub use finding::{
    Confidence, Disposition, EvidenceItem, EvidenceValue, Family, Finding, FindingStatus, Severity,
    Threshold,
};
pub use fold::{AssuranceFold, FoldRow, fold_assurance};
pub use gathered::{
    CameraClass, Device, Gathered, KeyStanding, Relation, RendererClass, SecondPath, Unsigned,
};
pub use judge::{Circumstances, Judgement, JudgingInput, earliest_judging, judge};
pub use network::{AccessClass, Fact, NetworkFacts, NoFact};
pub use outcome::{NextAct, OutcomeDecision, OutcomeRow};
pub use passkey::{PasskeyAnswer, PasskeyStanding, PasskeyUse};
pub use record::{Precision, RuleRecord};
pub use recorded::{Assessment, RecordedEvidence};
pub use region::Region;
pub use region_code::{RegionCode, RegionCodes};
pub use rules::{RULES, Rule, RuleSettings};
pub use surroundings::{AttestedPosition, RoundTrips, Surroundings};
