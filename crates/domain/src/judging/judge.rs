//! The whole judgement: one input, one answer, the same bytes on every replay.

use super::attendance::{
    Arrival, AttendanceEvent, AttendanceFold, AttendanceSettings, fold_attendance,
};
use super::evidence::{Claim, DeclaredPlace, PastSession, RequiredEvidence, VerifierForm};
use super::exception::ExceptionGrant;
use super::fault::{FaultDecision, FaultEvidence, decide_fault};
use super::finding::{Finding, FindingStatus, Severity, Threshold};
use super::fold::{AssuranceFold, fold_assurance};
use super::outcome::{OutcomeDecision, OutcomeInput, decide_outcome};
use super::readings::{Readings, Sources};
use super::rules::{BASELINE_RULES, RULES, RuleContext, RuleSettings};
use super::surroundings::Surroundings;
use crate::check_in::{Attendance, CheckInKind, Clocks, Outcome};
use crate::msg;
use crate::time::{DAY_MS, UtcMillis};
use serde::{Deserialize, Serialize};

/// A form that does not come within this time makes the check-in void.
pub const FORM_WAIT_MS: i64 = DAY_MS;

/// What was decided by people before judging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    pub cancelled_by_us: bool,
    /// An absence or an accepted reason was known before judging.
    pub known_reason: bool,
    /// The person told us before the start that he would not come, without a reason on record.
    pub notice_given: bool,
    /// The person said no in so many words.
    pub said_no: bool,
}

/// Everything judging reads. Holds no ids: a judgement can be replayed without knowing whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgingInput {
    pub judged_at: UtcMillis,
    pub kind: CheckInKind,
    /// Counts from 1.
    pub attempt: u16,
    pub clocks: Clocks,
    pub sightings: Vec<AttendanceEvent>,
    pub attendance_settings: AttendanceSettings,
    pub circumstances: Circumstances,
    pub fault_evidence: FaultEvidence,
    /// None where the policy does not ask for the place.
    pub claim: Option<Claim>,
    pub declared: Vec<DeclaredPlace>,
    /// Absent in what was kept before these were gathered.
    #[serde(default)]
    pub surroundings: Surroundings,
    pub form: Option<VerifierForm>,
    /// What the policy demands.
    pub required: Vec<RequiredEvidence>,
    /// Earlier check-ins of the person, newest first.
    pub history: Vec<PastSession>,
    pub exceptions: Vec<ExceptionGrant>,
    /// When the person joined; absent in what was kept before this was gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<UtcMillis>,
    pub settings: RuleSettings,
}

impl JudgingInput {
    /// The same without exact places: what is kept after thirty days.
    pub fn coarse(self) -> JudgingInput {
        JudgingInput {
            claim: self.claim.map(Claim::coarse),
            surroundings: self.surroundings.coarse(),
            ..self
        }
    }

    /// The same without any place: what is kept once the area has passed its date, too.
    pub fn without_place(self) -> JudgingInput {
        JudgingInput {
            claim: self.claim.map(Claim::without_place),
            surroundings: Surroundings {
                previous: None,
                drift: None,
                phone_positions: Vec::new(),
                ..self.surroundings.coarse()
            },
            ..self
        }
    }

    /// The instant of the evidence: of the claim, else the start.
    fn observed_at(&self) -> UtcMillis {
        self.claim.as_ref().map_or(self.clocks.start, |claim| claim.observed_at)
    }
}

/// The answer, with every step that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    pub attendance: Attendance,
    pub sightings: AttendanceFold,
    /// Set if they did not meet, unless that was settled before the time to come had passed.
    pub fault: Option<FaultDecision>,
    pub findings: Vec<Finding>,
    pub assurance: AssuranceFold,
    pub outcome: OutcomeDecision,
}

impl Judgement {
    /// What later judgements of the same person need to remember of this one.
    pub fn as_past(&self, start: UtcMillis) -> PastSession {
        let active = |f: &&Finding| f.is_active() && f.severity == Severity::Medium;
        let mut medium_rules: Vec<String> =
            self.findings.iter().filter(active).map(|f| f.rule_id.clone()).collect();
        medium_rules.dedup();
        PastSession {
            start,
            outcome: self.outcome.outcome,
            person_side_technical: self
                .fault
                .as_ref()
                .is_some_and(|f| f.cause.counts_as_technical()),
            missed_without_notice: self.attendance == Attendance::Missed
                && self.outcome.outcome == Outcome::Missed,
            medium_rules,
        }
    }
}

/// The first instant at which judging makes sense: when the form is there; else, if nobody can
/// come any more, at the end of the grace; else, if they met, when the form's time has run out.
pub fn earliest_judging(
    clocks: &Clocks,
    met: bool,
    form_given_at: Option<UtcMillis>,
    cancelled_at: Option<UtcMillis>,
) -> UtcMillis {
    let session_end = clocks.grace_end().plus_minutes(i64::from(clocks.session_minutes));
    match (cancelled_at, form_given_at, met) {
        (Some(at), _, _) | (None, Some(at), true) => at,
        (None, _, false) => clocks.grace_end(),
        (None, None, true) => session_end.plus_ms(FORM_WAIT_MS),
    }
}

/// Judges one check-in.
pub fn judge(input: &JudgingInput) -> Judgement {
    let sightings = fold_attendance(
        &input.sightings,
        &input.clocks,
        &input.attendance_settings,
        input.judged_at,
    );
    let presence = input.form.as_ref().and_then(|form| form.presence);
    let met = sightings.met || presence.is_some();
    let fault = (!met && !is_settled_early(input)).then(|| {
        let before = technical_before(&input.history, &input.settings);
        decide_fault(&input.fault_evidence, &sightings, &input.clocks, before)
    });
    let findings = run_rules(input, &sightings, met, fault.as_ref());
    let missing = if met { evidence_missing(input, &findings) } else { vec![] };
    let assurance = fold_assurance(&findings, presence, &missing);
    let outcome = decide_outcome(&OutcomeInput {
        kind: input.kind,
        attempt: input.attempt,
        assurance: assurance.assurance,
        presence,
        fault: fault.as_ref(),
        cancelled_by_us: input.circumstances.cancelled_by_us,
        form_missing: met && presence.is_none(),
        known_reason: input.circumstances.known_reason && !met,
        said_no: input.circumstances.said_no && !met,
        inconclusive_running: inconclusive_running(&input.history),
        misses_before: misses_before(input),
    });
    let attendance = attendance(input, &sightings, met, fault.as_ref());
    Judgement { attendance, sightings, fault, findings, assurance, outcome }
}

/// Whether it was settled before anybody could be absent: called off, moved, excused or refused
/// while the time to come still ran. Then nobody failed to come, the verifier included.
fn is_settled_early(input: &JudgingInput) -> bool {
    let told = &input.circumstances;
    let is_told = told.cancelled_by_us || told.known_reason || told.said_no;
    is_told && input.judged_at < input.clocks.grace_end()
}

/// Runs every rule, and applies what people decided about rules: a lower level, an exception, a time of
/// learning.
pub(super) fn run_rules(
    input: &JudgingInput,
    sightings: &AttendanceFold,
    met: bool,
    fault: Option<&FaultDecision>,
) -> Vec<Finding> {
    let readings = Readings::of(Sources {
        at: input.observed_at(),
        claim: input.claim.as_ref(),
        declared: &input.declared,
        surroundings: &input.surroundings,
        settings: &input.settings,
    });
    let mut findings: Vec<Finding> = Vec::new();
    let mut rules = RULES.iter();
    // A rule sees what rules before it raised, so the next begins anew after each that spoke.
    loop {
        let context = RuleContext {
            settings: &input.settings,
            judged_at: input.judged_at,
            start: input.clocks.start,
            attendance: sightings,
            met,
            fault,
            notice_given: input.circumstances.notice_given || input.circumstances.known_reason,
            claim: input.claim.as_ref(),
            declared: &input.declared,
            surroundings: &input.surroundings,
            readings: &readings,
            form: input.form.as_ref(),
            history: &input.history,
            raised: &findings,
        };
        let mut answers = rules.by_ref().map(|rule| (rule.check)(&context));
        let Some(mut found) = answers.find(|found| !found.is_empty()) else { break };
        for finding in &mut found {
            demote(finding, &input.settings);
            apply_exceptions(finding, input);
            apply_learning(finding, input);
        }
        findings.append(&mut found);
    }
    findings
}

/// A rule that people gave a lower level says so among its thresholds.
fn demote(finding: &mut Finding, settings: &RuleSettings) {
    if settings.demoted.contains(&finding.rule_id) && finding.severity != Severity::Info {
        finding.severity = finding.severity.lowered();
        finding.thresholds.push(Threshold::new(msg!("levels_lowered"), 1, msg!("level")));
    }
}

/// What compares a person with their own past says nothing of weight before there is one.
fn apply_learning(finding: &mut Finding, input: &JudgingInput) {
    let Some(joined_at) = input.joined_at else { return };
    let until = joined_at.plus_ms(i64::from(input.settings.learning_days) * DAY_MS);
    let is_learning = input.observed_at() < until
        && input.history.len() < usize::from(input.settings.learning_sessions);
    if is_learning && finding.is_active() && BASELINE_RULES.contains(&finding.rule_id.as_str()) {
        finding.status = FindingStatus::Learning { until };
    }
}

fn apply_exceptions(finding: &mut Finding, input: &JudgingInput) {
    let granted = input
        .exceptions
        .iter()
        .filter(|e| e.silences(finding, input.claim.as_ref(), &input.surroundings, input.judged_at))
        .max_by_key(|e| (e.expires_at, &e.reason));
    if let (Some(exception), true) = (granted, finding.is_active()) {
        finding.status = FindingStatus::Suppressed {
            reason: exception.reason.clone(),
            expires_at: exception.expires_at,
        };
    }
}

/// What the policy demands and the session does not have in usable form. An exception to the rule
/// that says so counts as having it.
pub(super) fn evidence_missing(
    input: &JudgingInput,
    findings: &[Finding],
) -> Vec<RequiredEvidence> {
    let raised = |id: &str| findings.iter().any(|f| f.rule_id == id);
    let active = |id: &str| findings.iter().any(|f| f.rule_id == id && f.is_active());
    let location = || match raised("claim-missing") || raised("loc-accuracy-poor") {
        true => active("claim-missing") || active("loc-accuracy-poor"),
        false => input.claim.as_ref().is_none_or(|claim| claim.valid_point().is_none()),
    };
    let challenges = || {
        let form = input.form.as_ref();
        let answered =
            |f: &VerifierForm| f.challenges.iter().filter(|c| c.answer.is_answer()).count();
        form.map_or(0, answered) < usize::from(input.settings.challenges_required)
    };
    let mut missing = input.required.clone();
    missing.retain(|required| match required {
        RequiredEvidence::Location => location(),
        RequiredEvidence::Challenges => challenges(),
    });
    missing
}

fn attendance(
    input: &JudgingInput,
    sightings: &AttendanceFold,
    met: bool,
    fault: Option<&FaultDecision>,
) -> Attendance {
    let told = input.circumstances.notice_given || input.circumstances.known_reason;
    match fault {
        _ if input.circumstances.cancelled_by_us => Attendance::Cancelled,
        _ if met && matches!(sightings.arrival, Arrival::Late | Arrival::TooLate) => {
            Attendance::Late
        }
        None if met => Attendance::Attended,
        None => Attendance::MissedWithNotice,
        _ if told => Attendance::MissedWithNotice,
        Some(f) if f.cause.is_person_side_technical() => Attendance::Technical,
        Some(_) => match sightings.arrival {
            Arrival::InTime => Attendance::Attended,
            Arrival::Late => Attendance::Late,
            Arrival::TooLate | Arrival::None => Attendance::Missed,
        },
    }
}

/// Person-side technical failures, bounces included, among the last sessions before this one.
fn technical_before(history: &[PastSession], settings: &RuleSettings) -> usize {
    let earlier = usize::from(settings.repeat_sessions.saturating_sub(1));
    history.iter().take(earlier).filter(|past| past.person_side_technical).count()
}

/// Inconclusive outcomes directly before; void and excused ones are passed over.
fn inconclusive_running(history: &[PastSession]) -> u32 {
    history
        .iter()
        .filter(|past| !matches!(past.outcome, Outcome::Void | Outcome::Excused))
        .take_while(|past| past.outcome == Outcome::Inconclusive)
        .count() as u32
}

fn misses_before(input: &JudgingInput) -> u32 {
    let window = crate::case::SECOND_MISS_WINDOW_DAYS * DAY_MS;
    let since = input.clocks.start.plus_ms(-window);
    let missed = |p: &&PastSession| p.outcome == Outcome::Missed && p.start >= since;
    input.history.iter().filter(missed).count() as u32
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
