//! How judged lines are told: as JSON for programs, as text for people.

use muster_domain::evidence_lines::LineFault;
use muster_domain::judging::finding::{EvidenceItem, Family, Finding, Severity};
use muster_domain::judging::recorded::Assessment;
use serde::Serialize;
use serde_json::Value;
use std::io::Write;

/// A judged line.
#[derive(Serialize)]
struct Judged<'a> {
    id: &'a Value,
    assurance: &'a str,
    findings: Vec<Told<'a>>,
}

/// A line that was not judged.
#[derive(Serialize)]
struct Refused<'a> {
    id: Option<&'a Value>,
    error: String,
}

#[derive(Serialize)]
struct Told<'a> {
    rule_id: &'a str,
    family: Family,
    severity: Severity,
    /// `active` or `not_measurable`; the sentences say why.
    status: &'a str,
    evidence: &'a [EvidenceItem],
    sentence_reviewer: String,
    sentence_employee: String,
}

impl<'a> From<&'a Finding> for Told<'a> {
    fn from(finding: &'a Finding) -> Told<'a> {
        Told {
            rule_id: &finding.rule_id,
            family: finding.family,
            severity: finding.severity,
            status: finding.status.code(),
            evidence: &finding.evidence,
            sentence_reviewer: finding.sentence_reviewer.to_string(),
            sentence_employee: finding.sentence_employee.to_string(),
        }
    }
}

/// Writes one answer a line.
pub(super) struct Telling<W> {
    is_json: bool,
    output: W,
}

impl<W: Write> Telling<W> {
    pub(super) fn new(is_json: bool, output: W) -> Telling<W> {
        Telling { is_json, output }
    }

    pub(super) fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }

    pub(super) fn judged(&mut self, id: &Value, assessment: &Assessment) -> std::io::Result<()> {
        let assurance = assessment.assurance.assurance.code();
        if self.is_json {
            let findings = assessment.findings.iter().map(Told::from).collect();
            return self.json(&Judged { id, assurance, findings });
        }
        writeln!(self.output, "{} {assurance}", name(id))?;
        for finding in &assessment.findings {
            let weight = match finding.is_active() {
                true => finding.severity.code(),
                false => "not measurable",
            };
            let (rule, family) = (&finding.rule_id, finding.family);
            writeln!(self.output, "  {weight} {rule} ({family}): {}", finding.sentence_reviewer)?;
        }
        Ok(())
    }

    pub(super) fn refused(&mut self, number: u64, fault: &LineFault) -> std::io::Result<()> {
        let id = fault.id.as_ref();
        if self.is_json {
            let error = format!("line {number}: {}", fault.sentence);
            return self.json(&Refused { id, error });
        }
        let id = id.map(|id| format!(" ({})", name(id))).unwrap_or_default();
        writeln!(self.output, "line {number}{id} was not judged: {}", fault.sentence)
    }

    fn json(&mut self, value: &impl Serialize) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.output, value)?;
        self.output.write_all(b"\n")
    }
}

/// The id for a reader, on one line.
fn name(id: &Value) -> String {
    match id {
        Value::String(text) => text.chars().filter(|c| !c.is_control()).collect(),
        other => other.to_string(),
    }
}

/// Lines judged by assurance, and lines that could not be read.
#[derive(Debug, Default)]
pub(super) struct Counts {
    judged: Vec<(&'static str, u64)>,
    pub(super) bad: u64,
}

impl Counts {
    pub(super) fn count(&mut self, assurance: &'static str) {
        match self.judged.iter_mut().find(|(code, _)| *code == assurance) {
            Some((_, count)) => *count += 1,
            None => self.judged.push((assurance, 1)),
        }
    }

    pub(super) fn sentence(&self) -> String {
        let total: u64 = self.judged.iter().map(|(_, count)| count).sum();
        let parts: Vec<String> =
            self.judged.iter().map(|(code, count)| format!("{count} {code}")).collect();
        let of = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        let bad = if self.bad > 0 { format!("; {} not judged", self.bad) } else { String::new() };
        format!("{total} judged{of}{bad}\n")
    }
}
