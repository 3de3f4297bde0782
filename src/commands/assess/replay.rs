//! `muster assess --stored`: what the rules of this program would say of check-ins that were judged.

use super::super::print::{self, say};
use super::super::{Ended, open};
use crate::acts::replay::{self, Counts, Replayed};
use crate::config::Config;
use jiff::civil::Date;
use muster_domain::judging::replay::{Change, RuleChange, Spoken};
use muster_domain::time::start_of_day;
use serde_json::json;
use std::fmt::Display;

/// Judges the check-ins of these dates (UTC) once more and tells those that would differ.
pub(super) async fn run(
    config: &Config,
    from: Date,
    to: Date,
    is_json: bool,
) -> anyhow::Result<Ended> {
    let context = open(config).await?;
    let first = start_of_day(from, &jiff::tz::TimeZone::UTC);
    let end = start_of_day(to.tomorrow()?, &jiff::tz::TimeZone::UTC);
    anyhow::ensure!(first < end, "--to must not lie before --from");
    let mut failed = None;
    let tell = |changed: &Replayed| match is_json {
        true => match serde_json::to_string(changed) {
            Ok(line) => say!("{line}"),
            Err(error) => failed = Some(error),
        },
        false => tell(changed),
    };
    let counts = replay::replay(&context, first, end, tell).await?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    match is_json {
        true => print::json(&json!({ "replayed": counts }))?,
        false => say!("{}", sentence(counts)),
    }
    Ok(Ended::Done)
}

fn sentence(counts: Counts) -> String {
    let Counts { judged, changed, faded, without_evidence } = counts;
    let faded = match faded {
        0 => String::new(),
        n => format!(" {n} were left out, because their exact place has passed its days."),
    };
    let lost = match without_evidence {
        0 => String::new(),
        n => format!(" Of {n} more nothing is left to judge."),
    };
    format!("{judged} check-ins judged again, {changed} would come out otherwise.{faded}{lost}")
}

fn tell(changed: &Replayed) {
    say!("{} of {}", changed.check_in, changed.label);
    let changes = &changed.changes;
    if let Some(outcome) = &changes.outcome {
        say!("  outcome: {}", arrow(outcome));
    }
    if let Some(assurance) = &changes.assurance {
        say!("  assurance: {}", arrow(assurance));
    }
    for RuleChange { rule_id, was, would_be } in &changes.rules {
        say!("  {rule_id}: {} -> {}", words(was), words(would_be));
    }
}

fn arrow<T: Display>(change: &Change<T>) -> String {
    format!("{} -> {}", change.was, change.would_be)
}

fn words(spoken: &[Spoken]) -> String {
    let one = |s: &Spoken| format!("{} {} (version {})", s.severity, s.status, s.version);
    match spoken {
        [] => "nothing".to_owned(),
        all => all.iter().map(one).collect::<Vec<_>>().join(" and "),
    }
}
