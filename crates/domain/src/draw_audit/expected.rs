//! What the plans of recent boundaries say must be announced, compared with what was. A selection
//! waits here from its plan until its announcement, or until its label has closed.

use super::bundle::unhex;
use super::finding::{Code, Finding, List};
use super::people::Opened;
use super::rows::Drawn;
use crate::calendar::ANNOUNCE_MARGIN_MS;
use crate::draw::{Selection, Taken, TakenSession, takes_from};
use crate::person::DrawToken;
use crate::{msg, sentence};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// One selection that must be announced.
pub(super) struct Due {
    pub selection: Selection,
    pub zone: String,
    /// Rows of erased people are missing: the place may come out otherwise.
    pub is_comparable: bool,
    pub is_settled: bool,
    /// Verifiers who may meet this person at the slot, by the committed rows.
    pub stand_ins: Vec<DrawToken>,
    /// The check-in that came of it.
    pub check_in: Option<String>,
    /// What is wrong if the log does not say that the verifier drawn fell out: the announcement
    /// named nobody.
    pub without_verifier: Option<Finding>,
}

/// How the people of a zone and label came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub hit: i64,
    pub shielded: i64,
    pub uncovered: i64,
    pub not_hit: i64,
    pub ineligible: i64,
    pub moved: i64,
    pub erased: u64,
    pub has_blocks: bool,
}

impl Tally {
    /// One row. Shielded and uncovered people are taken out of `hit` when the plan is there.
    pub fn count(&mut self, is_eligible: bool, is_hit: bool) {
        match (is_eligible, is_hit) {
            (false, _) => self.ineligible += 1,
            (true, false) => self.not_hit += 1,
            (true, true) => self.hit += 1,
        }
    }
}

#[derive(Default)]
pub(super) struct Expected {
    due: BTreeMap<Date, HashMap<[u8; 16], Due>>,
    /// What plans took so far, by label.
    recent: BTreeMap<Date, Vec<TakenSession>>,
}

/// Sessions of labels so many days before the latest are kept, however late a boundary is committed.
const KEPT_DAYS: i32 = 40;

impl Expected {
    /// What boundaries before took from one of this label; `in_use` gives the token that a verifier has
    /// now.
    pub fn taken(&self, label: Date, in_use: impl Fn(DrawToken) -> DrawToken) -> Taken {
        let near = self.recent.iter().filter(|(of, _)| takes_from(label, **of));
        let sessions = near
            .flat_map(|(_, sessions)| sessions)
            .map(|s| TakenSession { verifier: in_use(s.verifier), ..s.clone() });
        Taken { sessions: sessions.collect() }
    }

    /// Takes the plan of a boundary in.
    pub fn plan(&mut self, mut drawn: Drawn, zone: &str, is_comparable: bool) {
        let label = drawn.boundary.label;
        let policy_of = |s: &Selection| drawn.policies.iter().find(|p| p.policy == s.policy);
        let of = |s: &Selection| Some(TakenSession::of(s, policy_of(s)?));
        let sessions = drawn.plan.selections.iter().filter_map(of).flatten();
        self.recent.entry(label).or_default().extend(sessions);
        self.recent.retain(|of, _| (label - *of).get_days() <= KEPT_DAYS);
        let of_label = self.due.entry(label).or_default();
        for selection in drawn.plan.selections {
            let zone = zone.to_owned();
            let token = selection.token.0;
            let due = Due {
                stand_ins: drawn.stand_ins.remove(&selection.token).unwrap_or_default(),
                selection,
                zone,
                is_comparable,
                is_settled: false,
                check_in: None,
                without_verifier: None,
            };
            of_label.insert(token, due);
        }
    }

    pub fn find(&mut self, label: Date, token: &[u8; 16]) -> Option<&mut Due> {
        self.due.get_mut(&label)?.get_mut(token)
    }

    /// All selections of a zone and label, by token; forgets them.
    pub fn close(&mut self, zone: &str, label: Date) -> Vec<Due> {
        let Some(all) = self.due.get_mut(&label) else { return Vec::new() };
        let mut closed: Vec<Due> =
            all.extract_if(|_, due| due.zone == zone).map(|(_, due)| due).collect();
        closed.sort_by_key(|due| due.selection.token);
        if all.is_empty() {
            self.due.remove(&label);
        }
        closed
    }
}

impl Due {
    /// Compares an announcement with the selection. `in_use` names the newest token of a verifier.
    pub fn compare(
        &mut self,
        at_ms: i64,
        opened: &Opened,
        in_use: impl Fn([u8; 16]) -> [u8; 16],
        has_left: impl Fn(&[u8; 16]) -> bool,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let planned = self.selection.clone();
        let start = opened.get("start_ms").and_then(Value::as_i64);
        let verifier: Option<[u8; 16]> =
            opened.get("verifier").and_then(Value::as_str).and_then(unhex);
        let is_place = start == Some(planned.slot.0);
        let is_verifier = match verifier {
            Some(token) => in_use(token) == in_use(planned.verifier.0),
            // Who left between plan and announcement is not named.
            None => has_left(&planned.verifier.0),
        };
        if !(is_place && is_verifier) && self.is_comparable {
            let sentence = match is_place {
                true => msg!(
                    "The verifier announced is not the one that the committed rows and the key give."
                ),
                false => msg!(
                    "The time announced is not the one that the committed rows and the key give."
                ),
            };
            let finding = Finding::new(List::Steered, Code::PlaceDiffers, sentence);
            match is_place && verifier.is_none() {
                true => self.without_verifier = Some(finding),
                false => findings.push(finding),
            }
        }
        let notice = opened.get("notice_minutes").and_then(Value::as_i64);
        if notice != Some(i64::from(planned.notice_minutes)) {
            let drawn = planned.notice_minutes;
            let sentence = match notice {
                Some(n) => sentence!("The notice was {n} minutes; drawn were {drawn}.", n, drawn),
                None => sentence!("The notice was not minutes; drawn were {drawn}.", drawn),
            };
            findings.push(Finding::new(List::Steered, Code::NoticeDiffers, sentence));
        }
        if at_ms < planned.announce.0 - ANNOUNCE_MARGIN_MS {
            let minutes = (planned.announce.0 - ANNOUNCE_MARGIN_MS - at_ms) / 60_000 + 1;
            let sentence =
                sentence!("It was announced {minutes} minutes before the drawn moment.", minutes);
            findings.push(Finding::new(List::Steered, Code::AnnouncedEarly, sentence));
        }
        findings
    }
}
