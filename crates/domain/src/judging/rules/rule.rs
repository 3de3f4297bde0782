//! The shape of a rule, what it reads, and how it writes a finding. No rule lives here.

use super::settings::RuleSettings;
use crate::judging::attendance::AttendanceFold;
use crate::judging::evidence::{Claim, DeclaredPlace, Observation, PastSession, VerifierForm};
use crate::judging::fault::FaultDecision;
use crate::judging::finding::{
    Confidence, Disposition, EvidenceItem, EvidenceValue, Family, Finding, FindingStatus, Severity,
    Threshold,
};
use crate::judging::network::NoFact;
use crate::judging::readings::Readings;
use crate::judging::surroundings::Surroundings;
use crate::sentence;
use crate::sentence::{Filling, Sentence, decimal, word};
use crate::time::UtcMillis;

/// What a rule may read.
#[derive(Debug, Clone, Copy)]
pub struct RuleContext<'a> {
    pub settings: &'a RuleSettings,
    pub judged_at: UtcMillis,
    pub start: UtcMillis,
    pub attendance: &'a AttendanceFold,
    /// Whether they met, by sightings or by the verifier's form.
    pub met: bool,
    /// Set if they did not meet.
    pub fault: Option<&'a FaultDecision>,
    /// Whether the person told us beforehand that he would not come, or had a reason on record.
    pub notice_given: bool,
    /// None where the policy does not ask for the place.
    pub claim: Option<&'a Claim>,
    pub declared: &'a [DeclaredPlace],
    /// Line, round trips, clock and travel around the claim.
    pub surroundings: &'a Surroundings,
    /// What claim, places and surroundings measure.
    pub readings: &'a Readings<'a>,
    pub form: Option<&'a VerifierForm>,
    /// Earlier check-ins, newest first.
    pub history: &'a [PastSession],
    /// Findings of the rules before this one.
    pub raised: &'a [Finding],
}

impl<'a> RuleContext<'a> {
    /// The form, if the verifier ticked this.
    pub fn observed(&self, observation: Observation) -> Option<&'a VerifierForm> {
        self.form.filter(|form| form.observations.contains(&observation))
    }
}

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Kebab-case, never reused.
    pub id: &'static str,
    /// Rises with every change of condition or severity.
    pub version: u16,
    pub family: Family,
    /// Severities it can raise, in rising order.
    pub severities: &'static [Severity],
    pub confidence: Confidence,
    /// For HR and the notice: when it speaks, in plain words.
    pub about: &'static str,
    pub benign_causes: &'static [&'static str],
    /// What would change this: the information that settles it, for whoever looks.
    pub settled_by: &'static str,
    /// The thresholds it uses, as they stand.
    pub thresholds: fn(&RuleSettings) -> Vec<Threshold>,
    /// Looks, and writes what it saw.
    pub check: fn(&RuleContext) -> Vec<Finding>,
}

/// For rules without thresholds.
pub fn no_thresholds(_: &RuleSettings) -> Vec<Threshold> {
    Vec::new()
}

impl Rule {
    /// A finding of this rule, active and without disposition.
    pub fn finding(
        &self,
        context: &RuleContext,
        severity: Severity,
        evidence: Vec<EvidenceItem>,
        employee: impl Into<Sentence>,
        reviewer: impl Into<Sentence>,
    ) -> Finding {
        Finding {
            rule_id: self.id.into(),
            version: self.version,
            family: self.family,
            severity,
            confidence: self.confidence,
            evidence,
            thresholds: (self.thresholds)(context.settings),
            sentence_employee: employee.into(),
            sentence_reviewer: reviewer.into(),
            benign_causes: self.benign_causes.iter().map(|&cause| cause.into()).collect(),
            status: FindingStatus::Active,
            disposition: Disposition::None,
        }
    }
}

impl Rule {
    /// The rule could not look, because data that should tell is missing or too old. Counts for
    /// nothing and is shown, so that nobody takes silence for a good sign.
    pub fn blind(&self, context: &RuleContext, why: NoFact) -> Finding {
        self.not_measurable(context, why.reason())
    }

    /// The rule could not look; `reason` stands within a sentence.
    pub fn not_measurable(&self, context: &RuleContext, reason: &'static str) -> Finding {
        let employee = sentence!(
            "This could not be looked at: {reason}. It does not count.",
            reason = word(reason)
        );
        let reviewer = sentence!("Not measurable: {reason}.", reason = word(reason));
        Finding {
            status: FindingStatus::NotMeasurable { reason: reason.into() },
            ..self.finding(context, Severity::Info, vec![], employee, reviewer)
        }
    }
}

impl EvidenceItem {
    /// The same with the age of the data it comes from.
    pub fn aged(self, data_age_days: Option<u32>) -> EvidenceItem {
        EvidenceItem { data_age_days, ..self }
    }
}

/// A measured number.
pub fn whole(
    name: &str,
    value: impl Into<i64>,
    unit: &str,
    source: &str,
    at: UtcMillis,
) -> EvidenceItem {
    item(name, EvidenceValue::Whole(value.into()), unit, source, at)
}

/// A word.
pub fn text(name: &str, value: impl Into<String>, source: &str, at: UtcMillis) -> EvidenceItem {
    item(name, EvidenceValue::Text(value.into()), "", source, at)
}

fn item(
    name: &str,
    value: EvidenceValue,
    unit: &str,
    source: &str,
    observed_at: UtcMillis,
) -> EvidenceItem {
    EvidenceItem {
        name: name.into(),
        value,
        unit: unit.into(),
        source: source.into(),
        observed_at,
        data_age_days: None,
    }
}

/// Microseconds as a reader wants them: milliseconds with one decimal place.
pub fn milliseconds(us: i64) -> Filling {
    decimal(format!("{}.{} ms", us / 1_000, us % 1_000 / 100))
}

/// Minutes as a reader wants them: hours and minutes.
pub fn hours(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Metres as a reader wants them: whole metres below one kilometre, else kilometres with one
/// decimal place below a hundred.
pub fn length(metres: i64) -> Filling {
    decimal(match metres {
        ..1_000 => format!("{metres} m"),
        1_000..100_000 => format!("{}.{} km", metres / 1_000, metres % 1_000 / 100),
        _ => format!("{} km", metres / 1_000),
    })
}
