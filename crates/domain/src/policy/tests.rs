//! Stories of policies: what a file gives, every fault with key and line, versions, assignment.

use super::*;
use crate::draw::Period;
use crate::escalation::RecipientKind;
use crate::person::Role;
use crate::roster::RosterPerson;
use std::collections::BTreeSet;

const KNOWN: PolicyKnown<'static> = PolicyKnown {
    attributes: &["department", "country", "employment"],
    rooms: &["built-in", "jitsi"],
};
const SHORT: &str = "[policy]\nname = \"All\"\napplies_to = \"department pr\"\nlaw = \"cadence\"\n\
                     [policy.cadence]\nmean_gap_days = 21\n";

fn read(text: &str) -> ParsedPolicy {
    parse_policy(text, &KNOWN).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Key, line and code of every fault.
fn faults(text: &str) -> Vec<(String, Option<u32>, &'static str)> {
    let faults = parse_policy(text, &KNOWN).unwrap_err();
    faults.into_iter().map(|f| (f.key, f.line, f.code.code())).collect()
}

#[test]
fn four_keys_are_enough_and_the_rest_are_the_defaults_of_the_example() {
    let short = read(SHORT);
    let mut example = read(policy_example()).policy;
    assert!(short.warnings.is_empty());
    example.name = short.policy.name.clone();
    example.applies_to = short.policy.applies_to.clone();
    assert_eq!(short.policy, example);
    assert_eq!(short.policy.cadence.unwrap().max_gap_days, 84);
}

#[test]
fn under_the_law_of_a_pool_a_rate_is_enough() {
    let text = SHORT.replace("cadence", "pool").replace("mean_gap_days = 21", "rate = 0.5");
    let short = read(&text).policy;
    let mut example = read(policy_example_of(Law::Pool)).policy;
    (example.name, example.applies_to) = (short.name.clone(), short.applies_to.clone());
    assert_eq!(short, example);
    assert_eq!((short.cadence, short.pool), (None, Some(Pool { rate: 0.5, period: Period::Year })));
    assert_eq!(
        short.how_often(),
        "About 0.5 check-ins a year, with the same chance on every working day."
    );
    let keys = |text: &str| faults(text).into_iter().map(|(k, _, c)| (k, c)).collect::<Vec<_>>();
    let without = text.replace("rate = 0.5", "");
    assert_eq!(keys(&without), [("policy.pool.rate".to_owned(), "missing-key")]);
    let wrong = text.replace("rate = 0.5", "rate = 0\nperiod = \"decade\"\nmean_gap_days = 3");
    let wanted = ["policy.pool.rate", "policy.pool.period", "policy.pool.mean_gap_days"];
    assert_eq!(keys(&wrong).iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>(), wanted);
}

#[test]
fn the_section_of_the_other_law_is_a_fault() {
    let both = format!("{SHORT}[policy.pool]\nrate = 0.5\n");
    let found = parse_policy(&both, &KNOWN).unwrap_err();
    assert_eq!((found.len(), found[0].key.as_str(), found[0].line), (1, "policy.pool", Some(7)));
    let said = found[0].to_string();
    assert!(said.contains("belongs to the law `pool`, and the law is `cadence`"), "{said}");
    assert!(said.contains("law = \"pool\""), "{said}");
    let other = both.replace("law = \"cadence\"", "law = \"pool\"");
    assert_eq!(faults(&other), [("policy.cadence".to_owned(), Some(5), "contradiction")]);
}

#[test]
fn both_horizons_are_read() {
    assert_eq!(read(SHORT).policy.draw.horizon, Horizon::Day);
    let block = format!("{SHORT}[policy.draw]\nhorizon = \"block\"\n");
    assert_eq!(read(&block).policy.draw.horizon, Horizon::Block);
}

#[test]
fn every_key_of_the_example_has_a_line_that_says_what_it_means() {
    for law in [Law::Cadence, Law::Pool] {
        let mut before = "";
        let mut explained = BTreeSet::new();
        for line in policy_example_of(law).lines() {
            if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
                assert!(before.starts_with('#') || explained.contains(key), "{law}: {line}");
                explained.insert(key);
            }
            before = line;
        }
        assert!(explained.len() > 25, "{explained:?}");
    }
}

#[test]
fn the_linter_measures_a_policy_and_counts_verifier_minutes() {
    let got = lint(&read(SHORT), None).unwrap();
    assert_eq!(
        (got.max_gap_days, got.floor_share, got.hazards().len()),
        (Some(84), Some(0.92), 84)
    );
    let counts = got.check_ins_a_person_and_year;
    assert!((counts.mean - 12.0).abs() < 1e-4 && counts.p5 < 12 && counts.p95 > 12, "{counts:?}");
    // 100 people x 12 check-ins x (5 + 5) minutes over 52.1775 weeks
    let minutes = got.verifier_minutes_a_week;
    assert!((minutes.minutes - 229.98).abs() < 0.01 && minutes.people == 100, "{minutes:?}");
    let more = lint(&read(SHORT), Some(250)).unwrap().verifier_minutes_a_week;
    assert!((more.minutes / minutes.minutes - 2.5).abs() < 1e-9);
    let pool = lint(&read(policy_example_of(Law::Pool)), None).unwrap();
    assert_eq!((pool.max_gap_days, pool.floor_share, pool.hazards().len()), (None, None, 1));
    assert!((pool.check_ins_a_person_and_year.mean - 0.5).abs() < 1e-9);
    let names = serde_json::to_value(&got).unwrap();
    for key in [
        "mean_gap_days",
        "safe_share",
        "sure_share",
        "best_guess",
        "min_entropy_bits",
        "day_ahead_guess",
        "hazard_kl_bits_per_day",
        "evasion_ks",
        "evasion_gini",
    ] {
        assert!(names[key].is_number(), "{key} in {names}");
    }
}

#[test]
fn the_linter_refuses_what_cannot_be_or_is_no_draw() {
    let refused =
        |more: &str| lint(&read(&format!("{SHORT}{more}\n")), None).unwrap_err().to_string();
    assert!(refused("max_gap_days = 21\nmin_gap_days = 20").contains("timetable"));
    let daily = SHORT.replace("= 21", "= 1");
    assert!(lint(&read(&daily), None).unwrap_err().to_string().contains("more than 1"));
}

#[test]
fn the_example_lists_every_key() {
    let mut keys = Vec::new();
    let mut table = String::new();
    for line in policy_example().lines() {
        if line.starts_with('[') {
            table = line.trim_start_matches('[').split(']').next().unwrap().to_owned();
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            keys.push(format!("{table}.{key}"));
        }
    }
    // An unknown key in every table makes the reader list what it knows there.
    for header in policy_example().lines().filter(|l| l.starts_with('[')).collect::<BTreeSet<_>>() {
        let table = header.trim_start_matches('[').split(']').next().unwrap();
        let at =
            policy_example().find(&format!("{header}\n")).or_else(|| policy_example().find(header));
        let end = at.unwrap() + policy_example()[at.unwrap()..].find('\n').unwrap();
        let with = format!("{}\nzzzzzz = 1{}", &policy_example()[..end], &policy_example()[end..]);
        let fault = parse_policy(&with, &KNOWN).unwrap_err().remove(0);
        assert_eq!(fault.code.code(), "unknown-key", "{table}: {fault}");
        for known in fault.accepted.to_string().split(", ") {
            let is_table = policy_example().contains(&format!("[{table}.{known}]"));
            assert!(is_table || keys.contains(&format!("{table}.{known}")), "{table}.{known}");
        }
    }
}

#[test]
fn every_fault_is_told_at_once_with_key_and_line() {
    let text = r#"[policy]
name = ""
applies_to = "departmnt eq \"x\""
law = "poll"
rooms = ["zoom"]
colour = "red"
[policy.cadence]
mean_gap = 21
soft_factor = 3
[policy.clock]
notice_minutes = [30, 15]
grace_minute = 5
retry = "never"
[policy.draw]
horizon = "week"
[policy.evidence]
location = "Required"
accuracy_max_m = "far"
[[policy.escalation.steps]]
delay_minutes = 0
recipient = "named"
[[policy.escalation.steps]]
recipient = "boss"
[other]
"#;
    let got = faults(text);
    let mut want: Vec<(&str, u32, &str)> = vec![
        ("policy.name", 2, "out-of-range"),
        ("policy.applies_to", 3, "bad-filter"),
        ("policy.law", 4, "unknown-word"),
        ("policy.rooms", 5, "unknown-word"),
        ("policy.colour", 6, "unknown-key"),
        ("policy.cadence.mean_gap_days", 7, "missing-key"),
        ("policy.cadence.mean_gap", 8, "unknown-key"),
        ("policy.cadence.soft_factor", 9, "out-of-range"),
        ("policy.clock.notice_minutes", 11, "out-of-range"),
        ("policy.clock.grace_minute", 12, "unknown-key"),
        ("policy.clock.retry", 13, "unknown-word"),
        ("policy.draw.horizon", 15, "unknown-word"),
        ("policy.evidence.location", 17, "unknown-word"),
        ("policy.evidence.accuracy_max_m", 18, "wrong-type"),
        ("policy.escalation.steps[1].named", 19, "missing-key"),
        ("policy.escalation.steps[2].delay_minutes", 22, "missing-key"),
        ("policy.escalation.steps[2].recipient", 23, "unknown-word"),
        ("other", 24, "unknown-key"),
    ];
    let mut got: Vec<(&str, u32, &str)> =
        got.iter().map(|(k, l, c)| (k.as_str(), l.unwrap(), *c)).collect();
    want.sort_unstable();
    got.sort_unstable();
    assert_eq!(got, want);
    let said: Vec<String> =
        parse_policy(text, &KNOWN).unwrap_err().iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(|s| s.starts_with("line 12, policy.clock.grace_minute: unknown key")
            && s.contains("did you mean `grace_minutes`?")),
        "{said:#?}"
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_lines() {
    let got = faults("[policy]\nname = \"x\nlaw = cadence\n");
    assert!(got.iter().all(|(_, line, code)| line.is_some() && *code == "syntax"));
    assert_eq!(got[0].1, Some(2));
    let empty = faults("");
    let keys: Vec<&str> = empty.iter().map(|(k, ..)| k.as_str()).collect();
    assert_eq!(
        keys,
        ["policy.name", "policy.applies_to", "policy.law", "policy.cadence.mean_gap_days"]
    );
}

#[test]
fn a_cadence_that_contradicts_itself_is_refused_and_an_unwise_one_is_told() {
    let with = |more: &str| format!("{SHORT}{more}\n");
    let key = |more: &str| faults(&with(more))[0].0.clone();
    assert_eq!(key("max_gap_days = 20"), "policy.cadence.max_gap_days");
    assert_eq!(key("min_gap_days = 22"), "policy.cadence.min_gap_days");
    assert_eq!(key("soft_gap_days = 84"), "policy.cadence.soft_gap_days");
    let unwise = lint(&read(&with("max_gap_days = 42\nmin_gap_days = 4")), None).unwrap().warnings;
    let said = |what: &str| unwise.iter().filter(|w| w.to_string().contains(what)).count();
    assert_eq!(said("less than four times the mean (84)"), 1, "{unwise:?}");
    assert_eq!(said("14.3 % of eligible days are provably safe"), 1, "{unwise:?}");
    assert_eq!(said("prepares on the likeliest days"), 1, "{unwise:?}");
    let more = "[policy.clock]\nnotice_minutes = [60, 90]\n[policy.evidence]\nlocation = \"off\"";
    let unwise: Vec<String> = read(&with(more)).warnings.into_iter().map(String::from).collect();
    assert!(
        unwise[0].contains("notice of 90 minutes") && unwise[1].contains("never asked"),
        "{unwise:?}"
    );
}

#[test]
fn somebody_outside_the_line_is_told_by_step_two() {
    let steps = |recipients: &[&str]| {
        let steps = recipients.iter().map(|r| {
            let named = if *r == "named" { "named = [\"x\"]\n" } else { "" };
            format!("[[policy.escalation.steps]]\ndelay_minutes = 1\nrecipient = \"{r}\"\n{named}")
        });
        format!("{SHORT}{}", steps.collect::<String>())
    };
    for bad in [&["manager"][..], &["manager", "managers_manager", "hr"], &["named", "manager"]] {
        let found = faults(&steps(bad));
        assert_eq!(
            (found[0].0.as_str(), found[0].2),
            ("policy.escalation.steps", "contradiction"),
            "{bad:?}"
        );
        assert_eq!(found.len(), 1);
    }
    for good in [&["hr"][..], &["manager", "security"], &["manager", "hr", "named"]] {
        assert_eq!(read(&steps(good)).policy.escalation.steps.len(), good.len());
    }
    assert_eq!(faults(&format!("{SHORT}[policy.escalation]\nsteps = []\n"))[0].2, "contradiction");
    let defaults = read(SHORT).policy.escalation.steps;
    assert_eq!(defaults[1].recipient, RecipientKind::Hr);
}

#[test]
fn a_policy_nobody_can_satisfy_is_refused_with_the_sum() {
    let policy = read(SHORT).policy;
    let window = |id: &str, longest_window_minutes| PersonWindow {
        employee_id: id.into(),
        longest_window_minutes,
    };
    assert_eq!(policy.clock.span_minutes_max(), 55);
    let nobody = satisfiable_by(&policy, &[window("a", 54), window("b", 0)]);
    assert!(
        nobody.refusal.unwrap().to_string().contains("notice 30 + window 10 + grace 5 + session 5")
    );
    let some = satisfiable_by(&policy, &[window("a", 54), window("b", 55)]);
    assert_eq!(some.refusal, None);
    assert!(
        some.warning.unwrap().contains("1 of 2 people") && some.unsatisfied[0].employee_id == "a"
    );
    assert!(satisfiable_by(&policy, &[]).refusal.is_some());
    let all = satisfiable_by(&policy, &[window("b", 480)]);
    assert_eq!((all.refusal, all.warning), (None, None));
}

#[test]
fn a_version_is_named_by_its_content_and_compared_in_words() {
    let old = read(SHORT).policy;
    let written_out = read(&format!(
        "# a comment\n{SHORT}max_gap_days = 84\n[policy.clock]\ngrace_minutes = 5\n"
    ))
    .policy;
    assert_eq!(content_hash(&old), content_hash(&written_out));
    let text = format!(
        "{SHORT}[policy.clock]\ngrace_minutes = 10\nnotice_minutes = [10, 30]\n[[policy.escalation.steps]]\ndelay_minutes = 30\nrecipient = \"hr\"\n"
    );
    let new = read(&text).policy;
    assert_ne!(content_hash(&old), content_hash(&new));
    let said: Vec<String> = changes(&old, &new).iter().map(ToString::to_string).collect();
    for line in [
        "policy.clock.grace_minutes: 5 -> 10",
        "policy.clock.notice_minutes_min: 15 -> 10",
        "policy.escalation.steps[1].recipient: \"manager\" -> \"hr\"",
        "policy.escalation.steps[2].recipient: \"hr\" -> (none)",
    ] {
        assert!(said.contains(&line.to_owned()), "{line} in {said:#?}");
    }
    assert_eq!(changes(&old, &written_out), []);
}

#[test]
fn the_canonical_form_is_fixed() {
    // A change of this value orphans the hashes of every stored version: bump the first line instead.
    assert_eq!(
        hex::encode(content_hash(&read(SHORT).policy)),
        "9eb9578108b4e5b6e3141174975375bca38ecdf6feca5f9da359ee1499c996e9"
    );
}

#[test]
fn a_policy_survives_storage() {
    let policy = read(policy_example()).policy;
    let stored = serde_json::to_string(&policy).unwrap();
    let back: CadencePolicy = serde_json::from_str(&stored).unwrap();
    assert_eq!((content_hash(&back), &back), (content_hash(&policy), &policy));
}

fn person(id: &str, department: &str, roles: &[Role]) -> Attributes {
    let person = RosterPerson {
        employee_id: id.into(),
        name: id.into(),
        email: format!("{id}@acme.example"),
        second_email: None,
        manager_id: None,
        roles: roles.iter().copied().collect(),
        languages: vec!["en".into()],
        zone: "Europe/Berlin".into(),
        hours: "Mon-Fri 09:00-17:00".into(),
        holidays: None,
        attributes: [("department".to_owned(), department.to_owned())].into(),
    };
    Attributes::of(&person, &person.roles)
}

#[test]
fn everybody_is_in_one_policy_in_none_or_listed_as_an_overlap() {
    let policy = |name: &str, filter: &str| ActivePolicy {
        name: name.into(),
        filter: Filter::parse(filter).unwrap(),
    };
    let policies = [
        policy("Engineering", r#"department eq "Engineering""#),
        policy("Verifiers", r#"roles eq "verifier""#),
    ];
    let people = [
        person("anna", "Engineering", &[]),
        person("jo", "Engineering", &[Role::Verifier]),
        person("maria", "Sales", &[]),
        person("vi", "Sales", &[Role::Verifier]),
    ];
    let got = assign(&people, &policies);
    let anna = "You are in the policy Engineering because your department is Engineering.";
    assert_eq!(got.assigned["anna"], Assigned { policy: 0, why: anna.into() });
    assert_eq!(
        got.assigned["vi"].why,
        "You are in the policy Verifiers because your roles include verifier."
    );
    assert_eq!(
        got.overlaps,
        [Overlap {
            employee_id: "jo".into(),
            policies: vec!["Engineering".into(), "Verifiers".into()]
        }]
    );
    assert_eq!(got.unmatched, ["maria"]);
    assert_eq!(why(&people[2], &policies[0]), None);
}
