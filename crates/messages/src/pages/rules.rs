//! What we check and why: every rule, out of the list that judging runs. Readable without signing in, as it
//! tells what the published source tells.

use super::{PageFrame, samples, severity_text};
use crate::language::{tr, tr_text};
use crate::render::Template;
use crate::t;
use muster_domain::judging::finding::Family;
use muster_domain::judging::rules::{BASELINE_RULES, RULES, Rule, RuleSettings};
use serde::Serialize;

/// `GET /rules`
#[derive(Debug, Clone, Serialize)]
pub struct RulesPage {
    pub frame: PageFrame,
    pub count: usize,
    pub families: Vec<RuleFamily>,
}

/// Rules that one cause would trigger together.
#[derive(Debug, Clone, Serialize)]
pub struct RuleFamily {
    pub code: &'static str,
    pub name: &'static str,
    pub why: &'static str,
    pub you_can: &'static str,
    pub rules: Vec<RuleEntry>,
}

/// One rule.
#[derive(Debug, Clone, Serialize)]
pub struct RuleEntry {
    pub id: &'static str,
    pub about: &'static str,
    /// How much it can weigh, in words.
    pub weight: String,
    pub benign_causes: Vec<&'static str>,
    pub settled_by: &'static str,
    /// E.g. `border: 100 km`.
    pub thresholds: Vec<String>,
    /// Only learns while somebody is new.
    pub learns: bool,
}

impl RulesPage {
    /// The page, out of the list of rules.
    pub fn new(frame: PageFrame) -> RulesPage {
        let settings = RuleSettings::default();
        let family = |family: &Family| {
            let rules = RULES.iter().filter(|r| r.family == *family);
            let rules: Vec<RuleEntry> = rules.map(|r| entry(r, &settings)).collect();
            (!rules.is_empty()).then(|| RuleFamily {
                code: family.code(),
                name: tr(family.name()),
                why: tr(family.why()),
                you_can: tr(family.what_you_can_do()),
                rules,
            })
        };
        let families = Family::ALL.iter().filter_map(family).collect();
        RulesPage { frame, count: RULES.len(), families }
    }
}

fn entry(rule: &'static Rule, settings: &RuleSettings) -> RuleEntry {
    let levels = rule.severities.iter().map(|s| severity_text(*s).to_owned());
    let threshold = |t: muster_domain::judging::Threshold| {
        let name = tr_text(&t.name).replace('_', " ");
        format!("{name}: {} {}", t.value, tr_text(&t.unit)).trim_end().to_owned()
    };
    RuleEntry {
        id: rule.id,
        about: tr(rule.about),
        weight: levels.reduce(|one, other| t!("{one} or {other}", one, other)).unwrap_or_default(),
        benign_causes: rule.benign_causes.iter().map(|cause| tr(cause)).collect(),
        settled_by: tr(rule.settled_by),
        thresholds: (rule.thresholds)(settings).into_iter().map(threshold).collect(),
        learns: BASELINE_RULES.contains(&rule.id),
    }
}

impl Template for RulesPage {
    const NAME: &'static str = "pages/rules";

    fn samples() -> Vec<RulesPage> {
        let title = "What we check and why";
        vec![
            RulesPage::new(samples::employee(title)),
            RulesPage::new(samples::stranger(title)),
            RulesPage::new(samples::hostile(title, &[], "")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Renderer;

    #[test]
    fn every_rule_stands_on_the_page_once_with_its_innocent_causes() {
        let page = RulesPage::new(samples::stranger("What we check and why"));
        let html = Renderer::new().unwrap().page(&page).unwrap();
        for rule in RULES {
            assert_eq!(html.matches(&format!("id=\"{}\"", rule.id)).count(), 1, "{}", rule.id);
            for cause in rule.benign_causes {
                assert!(html.contains(&handlebars::html_escape(cause)), "{}: {cause}", rule.id);
            }
        }
    }
}
