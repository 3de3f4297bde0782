//! Cadence policies: every version, what one does, what it changes, and the second person's word.

use crate::acts::policy::{self, PolicyInForce};
use crate::web::guard::see;
use crate::web::session::{Id, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::State;
use muster_domain::access::{Act, may_confirm};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::policy::{CadencePolicy, LocationDemand, changes};
use muster_domain::time::UtcMillis;
use muster_messages::language::{say, tr};
use muster_messages::pages::policy::{Change, LintLine, PolicyLine, PolicyList, PolicyPage};
use muster_messages::pages::{FlashTone, Row, StateWord, Tone};
use muster_messages::t;
use muster_store::entities::{membership, policy_version};
use muster_store::policies::state;
use muster_store::{people, policies};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Sentences shown on who is in the pool and why.
const WHY_MAX: usize = 5;

pub(super) fn routes() -> Vec<Route> {
    let (view, confirm) = (Access::Act(Act::ViewPolicy), Access::Act(Act::ConfirmPolicy));
    vec![
        Route::get("/policies", view, list),
        Route::get("/policies/{id}", view, page),
        Route::post("/policies/{id}/confirm", confirm, confirmed),
        Route::post("/policies/{id}/refuse", confirm, refused),
    ]
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    let db = web.context.store.read();
    let members = policies::memberships(db).await?;
    let mut counts: BTreeMap<Uuid, u64> = BTreeMap::new();
    for member in members.values() {
        *counts.entry(member.policy_version_id).or_default() += 1;
    }
    let mut versions = Vec::new();
    for row in policies::all(db).await? {
        let policy = policy::load(db, PolicyVersionId(row.id)).await?.policy;
        versions.push(PolicyLine {
            id: row.id.to_string(),
            version: row.version as u32,
            state: state_word(&row),
            sentence: say(&policy.how_often()),
            people: counts.get(&row.id).copied().unwrap_or(0),
            name: row.name,
        });
    }
    let everybody = people::active(db).await?;
    let unmatched = everybody.iter().filter(|p| !members.contains_key(&PersonId(p.id))).count();
    let frame = web.frame(&me.visitor, t!("Policies"), "/policies").await;
    web.page(&PolicyList {
        frame,
        versions,
        unmatched: unmatched as u64,
        may_propose: me.may(Act::ProposePolicy),
    })
}

async fn page(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let db = web.context.store.read();
    let kept = policy::load(db, PolicyVersionId(id)).await?;
    let row = &kept.row;
    let zoned = web.zoned(&me);
    let confirmed_by = match row.confirmed_by {
        Some(by) => Some(person_name(db, Some(by)).await?),
        None => None,
    };
    let blocked = blocked(&me, row);
    let written_by = match row.proposed_by {
        Some(by) => person_name(db, Some(by)).await?,
        None => t!("the operator").to_owned(),
    };
    web.page(&PolicyPage {
        frame: web.frame(&me.visitor, &row.name, "/policies").await,
        id: row.id.to_string(),
        name: row.name.clone(),
        version: row.version as u32,
        state: state_word(row),
        written_by,
        written: zoned.moment(UtcMillis(row.proposed_ms)),
        confirmed_by,
        does: does(&kept.policy),
        matches: matches(&web, &kept).await?,
        lint: lint(&web, &kept).await?,
        facts: facts(&kept.policy, &zoned, row),
        changes: changed(&web, &kept).await?,
        overlaps: Vec::new(),
        may_confirm: row.state == state::PENDING && blocked.is_none(),
        confirm_blocked_because: blocked.filter(|_| row.state == state::PENDING),
        may_propose: me.may(Act::ProposePolicy),
        source: row.text.clone(),
    })
}

async fn confirmed(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let done = policy::confirm(&web.context, me.id(), PolicyVersionId(id)).await?;
    let mut told =
        t!("{name} is in force, for {people} people.", name = done.name, people = done.people);
    let (tone, note) = match done.warnings.is_empty() {
        true => (FlashTone::Done, ""),
        false => (FlashTone::Attention, t!(" Below stands what is unwise about it.")),
    };
    told.push_str(note);
    Ok(with_flash(&web, see(&format!("/policies/{id}")), tone, &told))
}

async fn refused(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    policy::reject(&web.context, me.id(), PolicyVersionId(id)).await?;
    let told = t!("It is not confirmed. What was in force stays in force.");
    Ok(with_flash(&web, see(&format!("/policies/{id}")), FlashTone::Done, told))
}

/// Why this reader may not confirm it.
fn blocked(me: &SignedIn, row: &policy_version::Model) -> Option<String> {
    let proposer = PersonId(row.proposed_by.unwrap_or_default());
    let answer = may_confirm(me.actor(), Act::ConfirmPolicy, proposer, None);
    answer.err().map(|denial| tr(denial.sentence()).to_owned())
}

fn state_word(row: &policy_version::Model) -> StateWord {
    match row.state.as_str() {
        state::PENDING => StateWord::new(t!("pending"), Tone::Waiting),
        state::ACTIVE => StateWord::new(t!("active"), Tone::Good),
        state::RETIRED => StateWord::new(t!("replaced"), Tone::Quiet),
        _ => StateWord::new(t!("refused"), Tone::Quiet),
    }
}

fn does(policy: &CadencePolicy) -> Vec<String> {
    let (clock, allowance) = (&policy.clock, &policy.allowance);
    vec![
        say(&policy.how_often()),
        t!(
            "People hear of one {notice_minutes_min} to {notice_minutes_max} minutes before it starts; the talk takes about {session_minutes} minutes.",
            notice_minutes_min = clock.notice_minutes_min,
            notice_minutes_max = clock.notice_minutes_max,
            session_minutes = clock.session_minutes
        ),
        t!(
            "Everybody may say \"not now\" {not_now_per_quarter} times a quarter without a reason.",
            not_now_per_quarter = allowance.not_now_per_quarter
        ),
    ]
}

fn facts(policy: &CadencePolicy, zoned: &Zoned, row: &policy_version::Model) -> Vec<Row> {
    let clock = &policy.clock;
    let location = match policy.evidence.location {
        LocationDemand::Required => t!("asked for; declining is a recorded answer"),
        LocationDemand::Optional => t!("optional"),
        LocationDemand::Off => t!("never asked"),
    };
    let steps: Vec<&str> =
        policy.escalation.steps.iter().map(|s| crate::acts::cases::who(s.recipient)).collect();
    let mut facts = vec![Row::new(t!("Who"), &policy.applies_to)];
    if let Some(cadence) = &policy.cadence {
        facts.extend([
            Row::new(
                t!("Mean gap"),
                &t!("{mean_gap_days} eligible days", mean_gap_days = cadence.mean_gap_days),
            ),
            Row::new(
                t!("Shortest gap"),
                &t!("{min_gap_days} eligible days", min_gap_days = cadence.min_gap_days),
            ),
            Row::new(
                t!("Longest gap"),
                &t!("{max_gap_days} eligible days", max_gap_days = cadence.max_gap_days),
            ),
        ]);
    }
    if let Some(pool) = &policy.pool {
        facts.push(Row::new(
            t!("Rate"),
            &t!("{rate} a {period}, on average", rate = pool.rate, period = tr(pool.period.code())),
        ));
    }
    facts.extend([
        Row::new(
            t!("Join window"),
            &t!(
                "{window_minutes} min, then {grace_minutes} min grace",
                window_minutes = clock.window_minutes,
                grace_minutes = clock.grace_minutes
            ),
        ),
        Row::new(t!("Place"), location),
        Row::new(t!("Tasks"), &policy.challenges.count.to_string()),
        Row::new(t!("Who is told of a case, in order"), &steps.join(", ")),
        Row::new(t!("Content (SHA-256)"), &row.hash),
    ]);
    if let Some(ms) = row.confirmed_ms {
        facts.push(Row::new(t!("In force since"), &zoned.date(UtcMillis(ms))));
    }
    facts
}

/// The sentences its people read, each once, with the number of people.
async fn matches(web: &Web, kept: &PolicyInForce) -> Result<Vec<String>, Fail> {
    let members = policies::memberships(web.context.store.read()).await?;
    let mut sentences: BTreeMap<&str, Vec<&membership::Model>> = BTreeMap::new();
    for member in members.values().filter(|m| m.policy_version_id == kept.row.id) {
        sentences.entry(member.why.as_str()).or_default().push(member);
    }
    let mut by_count: Vec<Vec<&membership::Model>> = sentences.into_values().collect();
    by_count.sort_by_key(|of| std::cmp::Reverse(of.len()));
    let mut lines = Vec::new();
    for of in by_count.iter().take(WHY_MAX) {
        let why = say(&policy::reason_of(web.context.store.read(), of[0]).await?);
        lines.push(match of.len() {
            1 => t!("1 person: {why}", why),
            n => t!("{n} people: {why}", n, why),
        });
    }
    Ok(lines)
}

/// The linter's warnings about the text as it stands, with the attributes of today's roster, and
/// whom nobody could meet.
async fn lint(web: &Web, kept: &PolicyInForce) -> Result<Vec<LintLine>, Fail> {
    let names = policy::attribute_names(web.context.store.read()).await?;
    let line = |tone, label: &str, sentence: String| LintLine {
        state: StateWord::new(label, tone),
        sentence,
    };
    let draws = [state::PENDING, state::ACTIVE].contains(&kept.row.state.as_str());
    let unmet = match draws {
        true => policy::unmet(&web.context, web.context.store.read(), &kept.row).await?,
        false => Vec::new(),
    };
    let mut lines: Vec<LintLine> = match policy::lint(&kept.row.text, &names) {
        Ok(draft) => {
            let good = draft.lint.sentences.iter();
            let good = good.map(|s| line(Tone::Quiet, t!("measured"), say(s)));
            let unwise = draft.lint.warnings.iter();
            good.chain(unwise.map(|w| line(Tone::Unclear, t!("unwise"), say(w)))).collect()
        }
        Err(unfit) => {
            unfit.sentences().into_iter().map(|s| line(Tone::Review, t!("fault"), s)).collect()
        }
    };
    lines.extend(unmet.into_iter().map(|w| line(Tone::Unclear, t!("unwise"), w)));
    Ok(lines)
}

async fn changed(web: &Web, kept: &PolicyInForce) -> Result<Vec<Change>, Fail> {
    let db = web.context.store.read();
    let active = policies::active(db).await?;
    let active = active.into_iter().find(|p| p.name == kept.row.name && p.id != kept.row.id);
    let Some(active) = active.filter(|_| kept.row.state == state::PENDING) else {
        return Ok(Vec::new());
    };
    let old = policy::load(db, PolicyVersionId(active.id)).await?.policy;
    let none = || t!("not there").to_owned();
    let change = |c: muster_domain::policy::KeyChange| Change {
        name: c.key,
        before: c.old.unwrap_or_else(none),
        after: c.new.unwrap_or_else(none),
    };
    Ok(changes(&old, &kept.policy).into_iter().map(change).collect())
}
