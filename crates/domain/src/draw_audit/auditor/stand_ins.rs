//! Who held a session that another verifier had been drawn for, compared when its label has closed:
//! entries of one moment stand in any order.

use super::{Auditor, Closing, Opened};
use crate::draw_audit::bundle::{Entry, unhex};
use crate::draw_audit::expected::Due;
use crate::draw_audit::finding::{Code, Finding, List};
use crate::msg;
use serde_json::Value;

/// A `verifier-replaced` entry; tokens as they were then.
pub(super) struct Replaced {
    number: u64,
    from: Option<[u8; 16]>,
    to: Option<[u8; 16]>,
}

impl Auditor {
    pub(super) fn replaced(&mut self, entry: &Entry, opened: &Opened, number: u64) {
        let Some(check_in) = entry.text("check_in") else { return };
        let token = |field: &str| opened.get(field).and_then(Value::as_str).and_then(unhex);
        let replaced = Replaced { number, from: token("from"), to: token("to") };
        self.replaced.entry(check_in.to_owned()).or_default().push(replaced);
    }

    pub(super) fn compare_verifiers(&mut self, due: &Due, closing: &Closing) {
        let Some(check_in) = &due.check_in else { return };
        let replaced = self.replaced.remove(check_in).unwrap_or_default();
        let token = due.selection.token.0;
        let subject = self.people.with_token(&token).map(|p| p.pseudonym);
        let is_same =
            |one: [u8; 16], other: [u8; 16]| self.people.newest(one) == self.people.newest(other);
        let mut found = Vec::new();
        if let Some(finding) = &due.without_verifier {
            let mut fell_out = replaced.iter().filter_map(|r| r.from);
            if !fell_out.any(|from| is_same(from, due.selection.verifier.0)) {
                found.push(finding.clone());
            }
        }
        let is_at_its_slot = !self.refused.contains(check_in);
        for Replaced { number, to, .. } in replaced.iter().filter(|_| is_at_its_slot) {
            let Some(to) = *to else { continue };
            if !due.stand_ins.iter().any(|one| is_same(one.0, to)) {
                let sentence = msg!(
                    "Somebody stood in whose row does not offer the slot, or who must not meet this person."
                );
                let finding = Finding::new(List::Steered, Code::StandInDiffers, sentence);
                found.push(finding.entry(*number));
            }
        }
        let about =
            |f: Finding| f.label(closing.label).zone(&closing.zone).about(subject, Some(token));
        self.findings.extend(found.into_iter().map(about));
    }
}
