//! Stories of filters: grammar with the place of a mistake, meaning, reasons in words.

use super::*;
use crate::person::Role;
use crate::roster::RosterPerson;
use proptest::prelude::*;

fn anna() -> Attributes {
    let person = RosterPerson {
        employee_id: "anna".into(),
        name: "Anna".into(),
        email: "anna@acme.example".into(),
        second_email: Some("a@home.example".into()),
        manager_id: None,
        roles: [].into(),
        languages: vec!["de".into(), "en".into()],
        zone: "Europe/Berlin".into(),
        hours: "Mon-Fri 09:00-17:00".into(),
        holidays: None,
        attributes: [("department", "Engineering"), ("x_level", "9"), ("x_remote", "true")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
    };
    Attributes::of(&person, &[Role::Verifier].into())
}

fn holds(filter: &str) -> bool {
    Filter::parse(filter).unwrap_or_else(|e| panic!("{filter}: {e:?}")).matches(&anna())
}

#[test]
fn comparisons_mean_what_the_rfc_says() {
    for filter in [
        r#"department eq "engineering""#,
        r#"DEPARTMENT EQ "Engineering""#,
        r#"department ne "Sales""#,
        r#"department co "GINEE""#,
        r#"department sw "eng" and department ew "ing""#,
        r#"zone gt "America/New_York" and zone lt "Europe/Lisbon""#,
        r#"department ge "engineering" and department le "engineering""#,
        r#"department pr and not (country pr)"#,
        r#"country eq null and department ne null"#,
        r#"country ne "PT""#,
        r#"x_level gt 8 and x_level lt 10 and x_level eq 9.0"#,
        r#"x_remote eq true and x_remote ne false"#,
        r#"roles eq "verifier" and languages eq "EN" and roles ne "hr""#,
        r#"roles eq "employee""#,
        r#"userName eq "a@home.example""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Engineering""#,
        r#"name eq "\u0041nna""#,
    ] {
        assert!(holds(filter), "{filter}");
        assert!(!holds(&format!("not ({filter})")), "not ({filter})");
    }
}

#[test]
fn a_number_is_not_compared_letter_by_letter() {
    assert!(holds("x_level lt 10"));
    assert!(!holds(r#"x_level lt "10""#), "as text, 9 comes after 10");
    assert!(!holds("department gt 1"), "text that is no number satisfies no comparison with one");
}

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    assert!(holds(r#"department eq "Engineering" or country eq "PT" and zone eq "x""#));
    assert!(!holds(r#"(department eq "Engineering" or country eq "PT") and zone eq "x""#));
    assert!(holds(r#"not (country eq "PT") and department pr"#));
}

#[test]
fn a_mistake_is_told_with_its_place() {
    for (filter, position, says) in [
        ("", 1, "ends too early"),
        ("department", 11, "ends too early"),
        (r#"department is "x""#, 12, "`is` is not an operator"),
        (r#"department eq Sales"#, 15, "`Sales` is not expected"),
        (r#"department eq "Sales"#, 15, "not closed"),
        (r#"department eq "a" country eq "b""#, 19, "`country` follows a complete filter"),
        (r#"(department pr"#, 15, "ends too early"),
        (r#"department pr)"#, 14, "`)` follows"),
        (r#"not department pr"#, 5, "`department` is not expected"),
        (r#"emails[type eq "work"]"#, 1, "complex value paths"),
        (r#"x_level co 4"#, 12, "the number 4"),
        (r#"x_level gt true"#, 12, "`true`"),
        (r#"département pr"#, 1, ""),
        (r#"department eq 1.2.3"#, 15, "neither a word nor a number"),
    ] {
        let fault = Filter::parse(filter).expect_err(filter);
        if !says.is_empty() {
            assert_eq!(fault.position, position, "{filter}: {fault:?}");
        }
        let (problem, accepted) = (fault.problem.to_string(), fault.accepted.to_string());
        assert!(problem.contains(says) && !accepted.is_empty(), "{filter}: {fault:?}");
    }
    let deep = format!("{}a pr{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(Filter::parse(&deep).is_err());
}

#[test]
fn an_unknown_attribute_is_told_with_the_known_ones() {
    let filter = Filter::parse(r#"departmnt eq "x" or (not (shoe_size pr) and zone pr)"#).unwrap();
    let faults = filter.validate(&["department"]).unwrap_err();
    assert_eq!(faults.len(), 2);
    assert_eq!(faults[0].position, 1);
    assert!(faults[0].accepted.to_string().contains("did you mean `department`?"), "{faults:?}");
    assert_eq!(faults[1].position, 27);
    assert!(filter.validate(&["departmnt", "shoe_size"]).is_ok());
}

#[test]
fn the_reasons_name_only_what_makes_it_hold() {
    for (filter, reasons) in [
        (r#"department eq "engineering""#, vec!["your department is Engineering"]),
        (
            r#"department eq "Sales" or (languages eq "DE" and not (country eq "PT" or country eq "ES"))"#,
            vec!["your languages include de", "your country is not PT", "your country is not ES"],
        ),
        (
            r#"roles ne "hr" and x_level ge 5"#,
            vec!["your roles do not include hr", "your level is at least 5"],
        ),
        (r#"not (zone sw "Asia/")"#, vec!["your time zone does not begin with Asia/"]),
        (
            r#"department pr and country eq null"#,
            vec!["your department is known", "your country is not known"],
        ),
    ] {
        let found = Filter::parse(filter).unwrap().reasons(&anna());
        assert_eq!(found.unwrap(), reasons, "{filter}");
    }
    assert_eq!(Filter::parse(r#"zone sw "Asia""#).unwrap().reasons(&anna()), None);
}

fn expressions() -> impl Strategy<Value = String> {
    let value = prop_oneof![Just("Engineering"), Just("en"), Just("zzz"), Just("9")];
    let name = prop_oneof![Just("department"), Just("languages"), Just("country"), Just("x_level")];
    let operator = prop_oneof![Just("eq"), Just("ne"), Just("co"), Just("gt"), Just("le")];
    let leaf = (name, operator, value).prop_map(|(n, o, v)| format!("{n} {o} \"{v}\""));
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

proptest! {
    #[test]
    fn a_filter_and_its_negation_never_agree_and_reasons_exist_where_it_holds(filter in expressions()) {
        let negated = Filter::parse(&format!("not ({filter})")).unwrap();
        let filter = Filter::parse(&filter).unwrap();
        prop_assert_ne!(filter.matches(&anna()), negated.matches(&anna()));
        let reasons = filter.reasons(&anna()).or_else(|| negated.reasons(&anna())).unwrap();
        prop_assert!(!reasons.is_empty());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-z\"()\\[\\]\\\\ .:0-9é]{0,60}") {
        let length = text.chars().count();
        if let Err(fault) = Filter::parse(&text) {
            prop_assert!((1..=length + 1).contains(&fault.position));
        }
    }
}
