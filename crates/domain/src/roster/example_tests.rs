//! The example company is read without a fault, and is what the demo needs it to be.

use super::*;
use crate::person::Role;
use crate::policy::{
    ActivePolicy, Assignment, Attributes, ParsedPolicy, PolicyKnown, assign, parse_policy,
};

const PEOPLE: &str = include_str!("../../../../examples/acme/people.csv");
const WORK_PLACES: &str = include_str!("../../../../examples/acme/work_places.csv");
const ABSENCES: &str = include_str!("../../../../examples/acme/absences.csv");
const POLICIES: [&str; 2] = [
    include_str!("../../../../examples/acme/policies/standard.toml"),
    include_str!("../../../../examples/acme/policies/sensitive.toml"),
];
const HOLIDAYS: &[&str] =
    &["AU-VIC", "BR-SP", "DE-BE", "DE-HH", "DE-SN", "IN-KA", "IN-MH", "JP", "PT", "US", "US-NY"];

fn company() -> RosterFile {
    let hours = |text: &str| match text.split_once(' ') {
        Some((days, spans)) if days.contains('-') && spans.contains(':') => Ok(()),
        _ => Err("days and spans are missing".into()),
    };
    let known = Known { validate_hours: &hours, holiday_calendars: HOLIDAYS };
    let bytes = RosterBytes {
        people: PEOPLE.as_bytes(),
        work_places: Some(WORK_PLACES.as_bytes()),
        absences: Some(ABSENCES.as_bytes()),
    };
    parse_roster(bytes, &known).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn policies() -> Vec<ParsedPolicy> {
    let attributes = company().attribute_names();
    let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
    let known = PolicyKnown { attributes: &attributes, rooms: &["built-in"] };
    POLICIES
        .iter()
        .map(|text| parse_policy(text, &known).unwrap_or_else(|f| panic!("{f:#?}")))
        .collect()
}

fn assignment() -> Assignment {
    let active = |p: ParsedPolicy| ActivePolicy { name: p.policy.name, filter: p.filter };
    let active: Vec<ActivePolicy> = policies().into_iter().map(active).collect();
    let people: Vec<Attributes> =
        company().people.iter().map(|p| Attributes::of(p, &p.roles)).collect();
    assign(&people, &active)
}

fn named(id: &str) -> RosterPerson {
    company().people.into_iter().find(|p| p.employee_id == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn the_example_company_has_no_fault_and_two_hundred_people_in_seven_zones() {
    let company = company();
    let zones: BTreeSet<&str> = company.people.iter().map(|p| p.zone.as_str()).collect();
    assert_eq!((company.people.len(), zones.len()), (200, 7));
    let placed: BTreeSet<&String> =
        company.work_places.iter().flatten().map(|p| &p.employee_id).collect();
    assert_eq!(placed.len(), 200, "everybody has a work place");
    assert!(company.absences.unwrap().len() > 40);
    assert!(company.people.iter().all(|p| p.email.ends_with("@acme.example")));
}

#[test]
fn everybody_is_in_exactly_one_example_policy() {
    let got = assignment();
    assert_eq!((got.overlaps, got.unmatched, got.assigned.len()), (vec![], vec![], 200));
    let sensitive = got.assigned.values().filter(|a| a.policy == 1).count();
    assert!((20..100).contains(&sensitive), "{sensitive}");
    let why = &got.assigned["security"].why;
    assert_eq!(*why, "You are in the policy Sensitive access because your access is elevated.");
    assert!(policies().iter().all(|p| p.warnings.is_empty()));
}

#[test]
fn the_people_of_the_demo_are_there() {
    for (id, role) in [
        ("jo", Role::Verifier),
        ("hr", Role::Hr),
        ("security", Role::Security),
        ("auditor", Role::Auditor),
        ("admin", Role::Admin),
    ] {
        assert_eq!(named(id).roles, [role].into(), "{id}");
    }
    assert_eq!(named("anna").manager_id.as_deref(), Some("manager"));
    assert_eq!(named("maria").manager_id.as_deref(), Some("manager"));
    assert_eq!(
        (named("anna").zone, named("maria").zone),
        ("Europe/Berlin".into(), "Europe/Lisbon".into())
    );
    assert_eq!(named("jo").languages, ["en", "de"]);
    let annas = company().work_places.unwrap().into_iter().filter(|p| p.employee_id == "anna");
    assert!(annas.map(|p| p.country).all(|c| c == "DE"));
}

#[test]
fn verifiers_are_many_spread_and_outside_the_line_of_the_demo_people() {
    let company = company();
    let holders = |role| company.people.iter().filter(move |p| p.roles.contains(&role));
    assert!(holders(Role::Verifier).count() >= 8);
    assert!(holders(Role::Hr).count() >= 2 && holders(Role::Security).count() >= 2);
    let zones: BTreeSet<&str> = holders(Role::Verifier).map(|p| p.zone.as_str()).collect();
    assert_eq!(zones.len(), 7);
    let mut line = BTreeSet::new();
    for start in ["anna", "maria"] {
        let mut at = Some(start.to_owned());
        while let Some(id) = at {
            at = named(&id).manager_id;
            line.insert(id);
        }
    }
    for verifier in holders(Role::Verifier) {
        assert!(!line.contains(&verifier.employee_id), "{}", verifier.employee_id);
        let shares = |id: &str| named(id).languages.iter().any(|l| verifier.languages.contains(l));
        assert!(shares("anna") && shares("maria"), "{} speaks with both", verifier.employee_id);
    }
}
