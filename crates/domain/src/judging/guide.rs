//! The guide to the rules (`docs/rules.md`), written from the list so that it cannot fall behind.

use super::rules::{RULES, RuleSettings};
use std::fmt::Write;

/// The text of `docs/rules.md`, with the default thresholds.
pub fn rules_guide() -> String {
    let mut guide = String::from(
        "# The rules\n\n\
         Generated from `crates/domain/src/judging/rules`; do not edit. To regenerate:\n\
         `MUSTER_BLESS=1 cargo test -p muster-domain the_guide_to_the_rules_is_up_to_date`.\n\n\
         A rule says what did not fit and what innocent causes there are. It decides nothing: a \
         fixed table folds\nthe findings, and a human looks. Thresholds are starting values to \
         calibrate, not published results.\n",
    );
    let settings = RuleSettings::default();
    for rule in RULES {
        let severities: Vec<&str> = rule.severities.iter().map(|s| s.code()).collect();
        let _ = write!(
            guide,
            "\n## `{}`\n\n{}\n\n- Family {}, severity {}, {}, version {}\n",
            rule.id,
            rule.about,
            rule.family,
            severities.join(" or "),
            rule.confidence,
            rule.version
        );
        for threshold in (rule.thresholds)(&settings) {
            let name = threshold.name.replace('_', " ");
            let _ = writeln!(guide, "- Threshold {name}: {} {}", threshold.value, threshold.unit);
        }
        let _ = writeln!(guide, "- May well be: {}", rule.benign_causes.join("; "));
        let _ = writeln!(guide, "- What would change this: {}", rule.settled_by);
    }
    guide
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_guide_to_the_rules_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
        let guide = super::rules_guide();
        if std::env::var_os("MUSTER_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &guide).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stored == guide,
            "docs/rules.md is not what the rules say; regenerate it with \
             MUSTER_BLESS=1 cargo test -p muster-domain the_guide_to_the_rules_is_up_to_date"
        );
    }
}
