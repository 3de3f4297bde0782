//! A preview against the law's figures and the rules it borrows.

use super::*;
use crate::draw::CadenceLaw;
use jiff::civil::date;

const TERMS: SlotTerms =
    SlotTerms { notice_minutes_max: 30, window_minutes: 10, grace_minutes: 5, session_minutes: 5 };

fn worker(id: &str, zone: &str, hours: &str) -> Worker {
    Worker {
        employee_id: id.to_owned(),
        zone: zone.to_owned(),
        hours: hours.parse().unwrap(),
        holiday_code: Some("DE-BE".to_owned()),
        absences: Vec::new(),
        languages: Vec::new(),
    }
}

fn policy(mean: f64) -> PreviewPolicy {
    PreviewPolicy {
        name: "Draft".to_owned(),
        table: CadenceLaw::with_mean(mean).table().unwrap().table,
        notice_minutes_min: 15,
        window_minutes: 10,
        turnaround_minutes: 5,
        terms: TERMS,
        daily_cap: 40,
        breaks: None,
    }
}

/// So many people in three zones, and verifiers in the first.
fn company(people: usize, verifiers: usize, mean: f64) -> PreviewInput {
    let zones = ["Europe/Berlin", "Europe/Lisbon", "Asia/Kolkata"];
    let member = |n: usize| PoolMember {
        worker: worker(&format!("p{n}"), zones[n % zones.len()], "Mon-Fri 08:00-18:00"),
        policy: 0,
        excluded: Vec::new(),
    };
    PreviewInput {
        first: date(2026, 12, 1),
        weeks: 52,
        seed: 7,
        people: (0..people).map(member).collect(),
        verifiers: (0..verifiers)
            .map(|n| worker(&format!("v{n}"), "Europe/Berlin", "Mon-Fri 02:00-20:00"))
            .collect(),
        policies: vec![policy(mean)],
        watched: Some(0),
        calendars: HolidayCalendars::embedded(),
        reader_zone: crate::time::zone("Europe/Berlin").unwrap(),
    }
}

fn run(input: &PreviewInput) -> PreviewReport {
    let mut preview = Preview::new(input);
    while preview.step().unwrap() {}
    let (done, all) = preview.progress();
    assert_eq!(done, all);
    preview.finish()
}

#[test]
fn a_preview_comes_to_what_the_law_says() {
    let report = run(&company(60, 2, 10.0));
    assert_eq!((report.people, report.shielded), (60, 0));
    // Binomial-like: the variance of the count is below its mean.
    let sigma = report.drawn_expected.sqrt();
    let off = report.drawn as f64 - report.drawn_expected;
    assert!(off.abs() < 3.0 * sigma, "{} is not {}", report.drawn, report.drawn_expected);
    assert!(
        (report.eligible_days_a_person_and_year - 252.0).abs() < 8.0,
        "working days less holidays"
    );
    assert!(report.gaps.longest_days <= 40, "the maximum gap holds: {}", report.gaps.longest_days);
    assert!(report.weekdays_test.unwrap().p > 0.001, "{:?}", report.weekdays_test);
    assert!(report.hours_test.unwrap().p > 0.001, "{:?}", report.hours_test);
    let seen: u64 = report.gaps.bins.iter().map(|b| b.seen).sum();
    let expected: f64 = report.gaps.bins.iter().map(|b| b.expected).sum();
    assert!(
        (seen as f64 - expected).abs() < 3.0 * expected.sqrt(),
        "{seen} gaps, {expected} expected"
    );
    for bin in report.gaps.bins.iter().filter(|b| b.expected > 20.0) {
        let sigmas = (bin.seen as f64 - bin.expected) / bin.expected.sqrt();
        assert!(sigmas.abs() < 4.5, "{bin:?}");
    }
    let people: u32 = report.burden.people_by_draws.iter().sum();
    assert_eq!(people, 60);
    assert_eq!(report.calendar.iter().map(|d| u64::from(d.drawn)).sum::<u64>(), report.drawn);
    let sessions: f64 = report.verifiers.verifiers.iter().map(|v| v.sessions_a_week).sum();
    assert!((sessions * 52.0 - (report.drawn - report.uncovered) as f64).abs() < 1e-6);
    assert_eq!((report.uncovered, report.advice.len()), (0, 0), "{:?}", report.advice);
}

#[test]
fn the_same_seed_is_the_same_year_and_another_is_another() {
    let mut input = company(9, 1, 10.0);
    input.weeks = 8;
    let once = run(&input);
    assert_eq!(once, run(&input));
    input.seed = 8;
    assert_ne!(once.calendar, run(&input).calendar);
}

/// Whatever the verifiers can do, who is drawn on which day depends on that person alone.
#[test]
fn one_more_person_moves_nobody_elses_draw() {
    let mut input = company(4, 1, 4.0);
    input.weeks = 6;
    let drawn = |input: &PreviewInput| -> Vec<u32> {
        run(input).calendar.iter().map(|day| day.drawn).collect()
    };
    let together = drawn(&input);
    let mut sum = vec![0; together.len()];
    for n in 0..input.people.len() {
        let mut alone = input.clone();
        alone.people = vec![input.people[n].clone()];
        sum.iter_mut().zip(drawn(&alone)).for_each(|(sum, n)| *sum += n);
    }
    assert_eq!(sum, together);
    assert!(sum.iter().sum::<u32>() > 10, "{sum:?}");
}

#[test]
fn absences_and_weekends_are_not_eligible() {
    let mut input = company(1, 1, 10.0);
    input.weeks = 2; // from Tuesday 1 December 2026
    assert_eq!(run(&input).eligible_days, 10);
    input.people[0].worker.absences =
        vec![crate::calendar::DateSpan { first: date(2026, 12, 7), last: date(2026, 12, 9) }];
    assert_eq!(run(&input).eligible_days, 7);
    input.weeks = 4; // Christmas: the 25th, and the 26th a Saturday
    assert_eq!(run(&input).eligible_days, 16);
}

#[test]
fn too_few_verifiers_are_named_with_what_to_change() {
    let mut input = company(60, 1, 3.0);
    input.weeks = 6;
    input.verifiers[0].hours = "Mon-Fri 09:00-10:00".parse().unwrap();
    let report = run(&input);
    assert!(report.uncovered > 50, "{}", report.uncovered);
    let said = report.advice.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(said.contains("find no verifier"), "{said}");
    assert!(said.contains("Verifiers are missing most at"), "{said}");
    assert!(said.contains("more with hours like theirs would do, or a mean gap of"), "{said}");
    assert!(report.hours_test.is_some_and(|t| t.p < 1e-6), "capacity makes the hour guessable");
}

#[test]
fn a_zone_without_a_verifier_is_named() {
    let mut input = company(6, 1, 10.0);
    input.weeks = 1;
    input.verifiers[0].hours = "Mon-Fri 14:00-18:00".parse().unwrap();
    let found = unreachable(&input);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].zone.as_str(), found[0].people.len()), ("Asia/Kolkata", 2));
    let said = found[0].sentence().to_string();
    assert!(
        said.starts_with("2 people in Asia/Kolkata have no verifier") && said.contains("p2, p5"),
        "{said}"
    );
    input.people[0].excluded = vec![0];
    assert_eq!(unreachable(&input).len(), 2, "a verifier of one's own line is none");
    input.people[0].excluded = Vec::new();
    input.people[0].worker.languages = vec!["pt".to_owned()];
    input.verifiers[0].languages = vec!["de".to_owned()];
    assert_eq!(unreachable(&input).len(), 2, "nor is one without a common language");
    input.verifiers.clear();
    assert_eq!(run(&input).advice.len(), 1, "without any verifier that is the one sentence");
}

#[test]
fn a_pool_is_previewed_too() {
    let mut input = company(30, 1, 10.0);
    input.policies[0].table = crate::draw::HazardTable::pool(0.05);
    let report = run(&input);
    let sigma = report.drawn_expected.sqrt();
    assert!((report.drawn as f64 - report.drawn_expected).abs() < 3.0 * sigma);
    let last = report.gaps.bins.last().unwrap();
    assert!(last.to_days.is_none() && last.expected > 0.0, "{last:?}");
}
