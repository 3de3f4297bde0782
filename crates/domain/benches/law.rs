//! How long the linter and a preview take: `cargo bench -p muster-domain --bench law`. Prints one JSON
//! object; every figure is the best of five, or of one where it takes long.

use muster_domain::calendar::{HolidayCalendars, SlotTerms};
use muster_domain::draw::CadenceLaw;
use muster_domain::policy::{PolicyKnown, lint, parse_policy};
use muster_domain::preview::{PoolMember, Preview, PreviewInput, PreviewPolicy, Worker};
use std::hint::black_box;
use std::time::Duration;

fn main() {
    let lints = [(100.0, 400), (395.0, 400), (21.0, 42), (1.5, 400), (21.0, 84)].map(|(mean, max)| {
        let seconds = best_of(5, || lint_of(mean, max));
        serde_json::json!({ "mean_gap_days": mean, "max_gap_days": max, "milliseconds": seconds * 1e3 })
    });
    let previews = [(200, 4, 5), (10_000, 120, 1)].map(|(people, verifiers, runs)| {
        let input = company(people, verifiers);
        let mut drawn = 0;
        let seconds = best_of(runs, || {
            let mut preview = Preview::new(&input);
            while preview.step().expect("rows without contradiction") {}
            drawn = preview.finish().drawn;
        });
        serde_json::json!({ "people": people, "weeks": 52, "drawn": drawn, "seconds": seconds })
    });
    println!("{}", serde_json::json!({ "lint": lints, "preview": previews }));
}

fn lint_of(mean: f64, max: u32) {
    let text = format!(
        "[policy]\nname = \"A\"\napplies_to = \"employee_id pr\"\nlaw = \"cadence\"\n[policy.cadence]\n\
         mean_gap_days = {mean:?}\nmax_gap_days = {max}\n"
    );
    let known = PolicyKnown { attributes: &[], rooms: &["built-in"] };
    let parsed = parse_policy(black_box(&text), &known).expect("a policy without fault");
    let _ = black_box(lint(&parsed, None)); // some are refused, which takes as long
}

fn best_of(runs: u32, mut work: impl FnMut()) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..runs {
        let began = std::time::Instant::now();
        work();
        best = best.min(began.elapsed());
    }
    best.as_secs_f64()
}

/// Five zones, two policies, a verifier for about 80 people.
fn company(people: usize, verifiers: usize) -> PreviewInput {
    let zones =
        ["Europe/Berlin", "Europe/Lisbon", "Asia/Kolkata", "America/New_York", "America/Sao_Paulo"];
    let worker = |id: String, n: usize| Worker {
        employee_id: id,
        zone: zones[n % zones.len()].to_owned(),
        hours: ["Mon-Fri 09:00-17:30", "Mon-Thu 08:00-12:00 13:00-18:00"][n % 2]
            .parse()
            .expect("weekly hours"),
        holiday_code: Some("DE-BE".to_owned()),
        absences: Vec::new(),
        languages: vec!["en".to_owned()],
    };
    let policy = |mean: f64| PreviewPolicy {
        name: format!("Mean {mean}"),
        table: CadenceLaw::with_mean(mean).table().expect("a law").table,
        notice_minutes_min: 15,
        window_minutes: 10,
        turnaround_minutes: 5,
        terms: SlotTerms {
            notice_minutes_max: 30,
            window_minutes: 10,
            grace_minutes: 5,
            session_minutes: 5,
        },
        daily_cap: 20,
        breaks: None,
    };
    let member = |n: usize| PoolMember {
        worker: worker(format!("p{n}"), n),
        policy: n % 2,
        excluded: vec![n % verifiers],
    };
    PreviewInput {
        first: jiff::civil::date(2026, 12, 1),
        weeks: 52,
        seed: 1,
        people: (0..people).map(member).collect(),
        verifiers: (0..verifiers).map(|n| worker(format!("v{n}"), n)).collect(),
        policies: vec![policy(21.0), policy(42.0)],
        watched: Some(0),
        calendars: HolidayCalendars::embedded(),
        reader_zone: muster_domain::time::zone("Europe/Berlin").expect("a zone"),
    }
}
