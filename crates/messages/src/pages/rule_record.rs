//! The record of the rules: how often each spoke, what was said of it, how right it was; the proposal to give
//! one that is nearly always explained away a level less. No person is on it.

use super::{PageFrame, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /rules/record`
#[derive(Debug, Clone, Serialize)]
pub struct RuleRecordPage {
    pub frame: PageFrame,
    /// Rules proposed for a lower level.
    pub proposed: Vec<ProposedDemotion>,
    /// Rules that have one.
    pub lowered: Vec<LoweredRule>,
    /// Rules that ever spoke, in the order of the guide.
    pub rules: Vec<RuleRecordLine>,
    /// How many never have.
    pub silent: usize,
    pub may_change: bool,
}

/// One proposal.
#[derive(Debug, Clone, Serialize)]
pub struct ProposedDemotion {
    pub id: String,
    pub about: String,
    /// E.g. `Of 24 that somebody looked at, 2 were confirmed (8 %).`
    pub sentence: String,
}

/// One rule with a lower level.
#[derive(Debug, Clone, Serialize)]
pub struct LoweredRule {
    pub id: String,
    pub sentence: String,
}

/// One row.
#[derive(Debug, Clone, Serialize)]
pub struct RuleRecordLine {
    pub id: String,
    pub fired: u32,
    pub excepted: u32,
    pub confirmed: u32,
    pub explained: u32,
    pub wrong: u32,
    /// `8 % of 24 (2 to 26 %)`, or why there is none.
    pub precision: String,
}

impl Template for RuleRecordPage {
    const NAME: &'static str = "pages/rule_record";

    fn samples() -> Vec<RuleRecordPage> {
        let title = "The record of the rules";
        let roles = [Role::Employee, Role::Security];
        let usual = RuleRecordPage {
            frame: samples::frame(title, "Sam Okoye", &roles, "/exceptions"),
            proposed: vec![ProposedDemotion {
                id: "ip-hosting".to_owned(),
                about: "The address belongs to a data centre.".to_owned(),
                sentence: "Of 24 that somebody looked at, 2 were confirmed (8 %).".to_owned(),
            }],
            lowered: vec![LoweredRule {
                id: "tz-mismatch".to_owned(),
                sentence: "One level lower since 2 March 2026, accepted by Ravi Rao: 1 of 31 was confirmed.".to_owned(),
            }],
            rules: vec![RuleRecordLine {
                id: "ip-hosting".to_owned(),
                fired: 40,
                excepted: 3,
                confirmed: 2,
                explained: 21,
                wrong: 1,
                precision: "8 % of 24 (2 to 26 %)".to_owned(),
            }],
            silent: 44,
            may_change: true,
        };
        let bad = samples::HOSTILE;
        vec![
            RuleRecordPage { proposed: vec![], lowered: vec![], rules: vec![], ..usual.clone() },
            RuleRecordPage {
                frame: samples::hostile(title, &[Role::Auditor], "/exceptions"),
                lowered: vec![LoweredRule {
                    id: "tz-mismatch".to_owned(),
                    sentence: bad.to_owned(),
                }],
                may_change: false,
                ..usual.clone()
            },
            usual,
        ]
    }
}
