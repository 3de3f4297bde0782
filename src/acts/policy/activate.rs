//! What coming into force does: everybody is matched once or it is refused, somebody can be met (and
//! it is said who cannot), the version before gives way, and people find their policy.

use super::membership::{Everybody, active_policy, reassign};
use super::preview::unmet;
use super::versions::{Activated, attribute_names, lint, record};
use crate::acts::office::Asker;
use crate::acts::{ActError, ActResult, Context};
use muster_domain::calendar::WeeklyHours;
use muster_domain::id::PolicyVersionId;
use muster_domain::policy::{ActivePolicy, CadencePolicy, PersonWindow, assign, satisfiable_by};
use muster_messages::language::say;
use muster_messages::t;
use muster_store::entities::policy_version;
use muster_store::policies::{self, state};
use muster_store::{StoreError, Tx};
use std::collections::HashMap;

/// People named in a refusal; the rest is counted.
const NAMED_MAX: usize = 20;

pub(super) async fn activate(
    context: &Context,
    tx: &Tx,
    asker: &Asker,
    rows: Vec<policy_version::Model>,
) -> ActResult<Vec<Activated>> {
    let now = context.now().0;
    let everybody = Everybody::load(&**tx).await?;
    let stays = policies::active(&**tx).await?;
    let stays = stays.into_iter().filter(|s| !rows.iter().any(|r| r.name == s.name));
    let after: Vec<policy_version::Model> = stays.chain(rows.iter().cloned()).collect();
    let filters = after.iter().map(active_policy).collect::<ActResult<Vec<ActivePolicy>>>()?;
    let assignment = assign(&everybody.attributes, &filters);
    refuse_overlaps(&assignment.overlaps)?;
    let mut activated = Vec::new();
    for row in &rows {
        let mut row = row.clone();
        let position = after.iter().position(|a| a.id == row.id);
        let pool = assignment.assigned.iter().filter(|(_, a)| Some(a.policy) == position);
        let pool: Vec<&str> = pool.map(|(id, _)| id.as_str()).collect();
        let warning = satisfied(&row, &everybody, &pool)?;
        retire_others(tx, &row, now).await?;
        row.state = state::ACTIVE.to_owned();
        row.confirmed_by = asker.id().map(|id| id.0);
        row.confirmed_ms = Some(now);
        muster_store::save(tx, row.clone()).await?;
        record(tx, "policy-activated", asker, &row).await?;
        let draft = lint(&row.text, &attribute_names(&**tx).await?)?;
        activated.push(Activated {
            id: PolicyVersionId(row.id),
            name: row.name.clone(),
            version: row.version,
            hash: row.hash.clone(),
            people: pool.len(),
            warnings: draft.lint.warnings.iter().map(say).chain(warning).collect(),
        });
    }
    // Only now are all of them in force, beside which each is looked at.
    for (row, told) in rows.iter().zip(&mut activated) {
        told.warnings.extend(unmet(context, &**tx, row).await?);
    }
    reassign(context, tx).await?;
    Ok(activated)
}

fn refuse_overlaps(overlaps: &[muster_domain::policy::Overlap]) -> ActResult<()> {
    if overlaps.is_empty() {
        return Ok(());
    }
    let named = overlaps.iter().take(NAMED_MAX);
    let named = named.map(|o| format!("{} ({})", o.employee_id, o.policies.join(", ")));
    let more = overlaps.len().saturating_sub(NAMED_MAX);
    let named = named.collect::<Vec<_>>().join(", ");
    let named = if more == 0 { named } else { t!("{named} and {more} more", named, more) };
    Err(ActError::Conflict(t!(
        "{people} people would be matched by more than one policy: {named}. Change applies_to so that \
         everybody is matched once.",
        people = overlaps.len(),
        named
    )))
}

/// Refuses a policy under which nobody can be met; warns where somebody cannot.
fn satisfied(
    row: &policy_version::Model,
    everybody: &Everybody,
    pool: &[&str],
) -> ActResult<Option<String>> {
    let policy: CadencePolicy = serde_json::from_str(&row.parsed)
        .map_err(|e| StoreError::Unreadable { what: "policy version", detail: e.to_string() })?;
    let mut longest: HashMap<&str, u32> = HashMap::new();
    let windows = pool.iter().filter_map(|id| everybody.of(id)).map(|(person, _)| PersonWindow {
        employee_id: person.employee_id.clone(),
        longest_window_minutes: *longest
            .entry(person.hours.as_str())
            .or_insert_with(|| longest_window_minutes(&person.hours)),
    });
    let satisfaction = satisfiable_by(&policy, &windows.collect::<Vec<_>>());
    match satisfaction.refusal {
        Some(refusal) => Err(ActError::Conflict(say(&refusal))),
        None => Ok(satisfaction.warning),
    }
}

/// The longest unbroken working time of a week, spans that touch across midnight joined.
fn longest_window_minutes(hours: &str) -> u32 {
    const DAY_MINUTES: u32 = 24 * 60;
    const WEEK_MINUTES: u32 = 7 * DAY_MINUTES;
    let Ok(hours) = hours.parse::<WeeklyHours>() else { return 0 };
    let mut spans = Vec::new();
    let mut day = jiff::civil::Weekday::Monday;
    for number in 0..7u32 {
        let base = number * DAY_MINUTES;
        for span in hours.on(day) {
            let (start, end) = (u32::from(span.start_minute), u32::from(span.end_minute));
            spans.push((base + start, base + end));
        }
        day = day.next();
    }
    spans.sort_unstable();
    // A second week, so that Sunday night meets Monday morning.
    let second: Vec<(u32, u32)> =
        spans.iter().map(|(s, e)| (s + WEEK_MINUTES, e + WEEK_MINUTES)).collect();
    spans.extend(second);
    let (mut longest, mut current) = (0, (0, 0));
    for (start, end) in spans {
        current = if start == current.1 { (current.0, end) } else { (start, end) };
        longest = longest.max(current.1 - current.0);
    }
    longest.min(WEEK_MINUTES)
}

/// The version in force gives way, and older proposals of the same policy are out of date.
async fn retire_others(tx: &Tx, row: &policy_version::Model, now: i64) -> ActResult<()> {
    for mut other in policies::versions(&**tx, &row.name).await? {
        let becomes = match other.state.as_str() {
            state::ACTIVE => state::RETIRED,
            state::PENDING if other.version < row.version => state::REJECTED,
            _ => continue,
        };
        if other.id == row.id {
            continue;
        }
        other.state = becomes.to_owned();
        other.retired_ms = Some(now);
        muster_store::save(tx, other).await?;
    }
    Ok(())
}
