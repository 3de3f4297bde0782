//! The rules: one file each, listed once in `RULES`.
//!
//! A rule reads what a check-in gathered and says what did not fit, with numbers, thresholds and
//! innocent causes. It never decides: that is the fold's table. To add one: a file, a `mod` line,
//! a line in `RULES`, then regenerate `docs/rules.md` (see `guide`).

mod answers_did_not_fit;
mod background_many_voices;
mod camera_virtual;
mod challenge_artefact_seen;
mod challenge_refused;
mod claim_invalid;
mod claim_missing;
mod claim_preset;
mod device_key_new;
mod device_key_shared;
mod device_tag_differs;
mod external;
mod impossible_travel;
mod ip_anonymizer;
mod ip_country_border;
mod ip_country_mismatch;
mod ip_country_mismatch_declared;
mod ip_distance_large;
mod ip_hosting;
mod ip_unusable;
mod left_after_challenge;
mod loc_accuracy_poor;
mod loc_drift;
mod loc_outside_declared;
mod meeting_not_sighted;
mod missed_without_notice;
mod opinions_differ;
mod passkey_count_fell;
mod passkey_new;
mod passkey_not_used;
mod passkey_shared;
mod passkey_synced;
mod place_undeclared;
mod presence_could_not_tell;
mod presence_different_person;
mod presence_not_confirmed;
mod prompted_by_another;
mod renderer_software;
mod repeated_finding;
mod reported_identity_risk;
mod reported_kvm;
mod reported_record_change;
mod reported_remote_control;
mod rtt_below_fibre;
mod rtt_excess;
mod rtt_refutes_claim;
mod rtt_refutes_ip;
mod rtt_split;
mod rtt_split_large;
mod rule;
mod sanctioned_region;
mod scene_did_not_fit;
mod seen_under_another_name;
mod settings;
mod technical_repeated;
mod travel_tight;
mod tz_mismatch;
mod tz_mismatch_minor;
mod udp_address_elsewhere;

pub use rule::{Rule, RuleContext};
pub use settings::RuleSettings;

/// Every rule, in the order of the guide. A rule that reads other findings comes last.
pub const RULES: &[Rule] = &[
    place_undeclared::RULE,
    loc_outside_declared::RULE,
    loc_drift::RULE,
    sanctioned_region::RULE,
    loc_accuracy_poor::RULE,
    claim_missing::RULE,
    claim_invalid::RULE,
    claim_preset::RULE,
    tz_mismatch::RULE,
    tz_mismatch_minor::RULE,
    ip_unusable::RULE,
    ip_anonymizer::RULE,
    ip_hosting::RULE,
    ip_country_mismatch::RULE,
    ip_country_mismatch_declared::RULE,
    ip_country_border::RULE,
    ip_distance_large::RULE,
    rtt_refutes_claim::RULE,
    rtt_below_fibre::RULE,
    rtt_excess::RULE,
    rtt_refutes_ip::RULE,
    rtt_split::RULE,
    rtt_split_large::RULE,
    udp_address_elsewhere::RULE,
    impossible_travel::RULE,
    travel_tight::RULE,
    device_key_shared::RULE,
    device_key_new::RULE,
    passkey_shared::RULE,
    passkey_new::RULE,
    passkey_synced::RULE,
    passkey_not_used::RULE,
    passkey_count_fell::RULE,
    camera_virtual::RULE,
    renderer_software::RULE,
    presence_different_person::RULE,
    presence_not_confirmed::RULE,
    presence_could_not_tell::RULE,
    opinions_differ::RULE,
    challenge_artefact_seen::RULE,
    challenge_refused::RULE,
    left_after_challenge::RULE,
    answers_did_not_fit::RULE,
    scene_did_not_fit::RULE,
    device_tag_differs::RULE,
    background_many_voices::RULE,
    prompted_by_another::RULE,
    seen_under_another_name::RULE,
    meeting_not_sighted::RULE,
    missed_without_notice::RULE,
    technical_repeated::RULE,
    reported_remote_control::RULE,
    reported_kvm::RULE,
    reported_identity_risk::RULE,
    reported_record_change::RULE,
    repeated_finding::RULE,
];

/// Rules that compare a person with their own earlier check-ins. In the learning time of somebody new they
/// are shown and do not count.
pub const BASELINE_RULES: &[&str] =
    &[device_key_new::RULE.id, technical_repeated::RULE.id, repeated_finding::RULE.id];

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
pub(crate) mod fixtures;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_a_kebab_case_id_of_its_own_and_innocent_causes() {
        let ids: BTreeSet<&str> = RULES.iter().map(|r| r.id).collect();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            let kebab = rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            assert!(kebab, "{}", rule.id);
            assert!(rule.version >= 1);
            assert!(!rule.benign_causes.is_empty(), "{} has no innocent cause", rule.id);
            assert!(rule.about.ends_with('.') && rule.about.len() > 60, "{}", rule.id);
            assert!(rule.settled_by.ends_with('.'), "{} says what would settle it", rule.id);
        }
    }

    #[test]
    fn no_text_of_a_rule_accuses() {
        let banned = ["violation", "offender", "suspect", "suspicious", "fraud", "cheat"];
        for rule in RULES {
            let text =
                format!("{} {} {}", rule.about, rule.settled_by, rule.benign_causes.join(" "))
                    .to_lowercase();
            for word in banned {
                assert!(!text.contains(word), "{} says `{word}`", rule.id);
            }
        }
    }
}
