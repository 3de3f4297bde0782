//! The list of cases a reader may know of; those that ask him come first.

use super::view::{next_step, state_word};
use crate::acts::cases::standing::{Viewer, cause, facts_of};
use crate::acts::cases::words::headline;
use crate::web::session::SignedIn;
use crate::web::{Answer, Fail, Web, Zoned, person_name};
use axum::extract::{Query, State};
use muster_domain::case::{CaseCause, CaseState};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_messages::pages::TabLink;
use muster_messages::pages::case::{CaseLine, CaseList};
use muster_messages::t;
use muster_store::entities::{cases as row, check_in};
use muster_store::{cases, check_ins, notifications, people};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Closed cases shown.
const CLOSED_MAX: u64 = 200;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Show {
    #[serde(default)]
    show: String,
}

struct Seen {
    case: row::Model,
    check_in: check_in::Model,
    needs_you: bool,
}

pub(super) async fn list(
    State(web): State<Web>,
    me: SignedIn,
    Query(query): Query<Show>,
) -> Answer {
    let db = web.context.store.read();
    let mut viewer = Viewer::load(db, me.id(), []).await?;
    let mut open = seen(&web, &mut viewer, cases::open(db).await?).await?;
    open.sort_by_key(|s| (!s.needs_you, s.case.opened_ms));
    let closed = cases::recent(db, CLOSED_MAX).await?;
    let closed = closed.into_iter().filter(|c| c.state == CaseState::Resolved.code()).collect();
    let closed = seen(&web, &mut viewer, closed).await?;
    let is_mine = |s: &&Seen| {
        s.case.acknowledged_by == Some(me.person.id)
            && s.case.state == CaseState::Acknowledged.code()
    };
    let is_escalated = |s: &&Seen| cause(&s.case) == CaseCause::Escalated;
    let count = |n: usize| Some(n as u64);
    let show = query.show.as_str();
    let mut tabs = vec![
        TabLink::new("/cases", t!("Open"), count(open.len()), show.is_empty()),
        TabLink::new(
            "/cases?show=mine",
            t!("I have"),
            count(open.iter().filter(is_mine).count()),
            show == "mine",
        ),
        TabLink::new("/cases?show=closed", t!("Closed"), count(closed.len()), show == "closed"),
    ];
    if me.is(Role::Security) || me.is(Role::Hr) {
        let escalated = count(open.iter().filter(is_escalated).count());
        let tab =
            TabLink::new("/cases?show=escalated", t!("Escalated"), escalated, show == "escalated");
        tabs.insert(0, tab);
    }
    let (chosen, empty_text): (Vec<&Seen>, &str) = match show {
        "" => (
            open.iter().collect(),
            t!("No case is open for you. One comes by mail when it needs you."),
        ),
        "mine" => (open.iter().filter(is_mine).collect(), t!("You have no case at the moment.")),
        "escalated" => (open.iter().filter(is_escalated).collect(), t!("No case is escalated.")),
        "closed" => (closed.iter().collect(), t!("No case was closed yet.")),
        _ => return Err(Fail::NotFound),
    };
    let zoned = web.zoned(&me);
    let mut lines = Vec::with_capacity(chosen.len());
    for one in chosen {
        lines.push(line(&web, &zoned, one).await?);
    }
    let frame = web.frame(&me.visitor, t!("Cases"), "/cases").await;
    web.page(&CaseList { frame, tabs, cases: lines, empty_text: empty_text.to_owned() })
}

/// How many open cases ask this viewer.
pub(in crate::web::pages) async fn needing(web: &Web, viewer: &mut Viewer) -> Result<usize, Fail> {
    let open = cases::open(web.context.store.read()).await?;
    Ok(seen(web, viewer, open).await?.iter().filter(|s| s.needs_you).count())
}

/// Those the viewer may know of.
async fn seen(web: &Web, viewer: &mut Viewer, rows: Vec<row::Model>) -> Result<Vec<Seen>, Fail> {
    let db = web.context.store.read();
    viewer.ask_about(db, rows.iter().map(|case| PersonId(case.person_id))).await?;
    let since = rows.iter().map(|c| c.opened_ms).min().unwrap_or(i64::MAX);
    let told = notifications::to_person(db, viewer.person.id, since).await?;
    let told: BTreeSet<(Uuid, String)> =
        told.into_iter().filter(|n| n.about == "case").map(|n| (n.about_id, n.step)).collect();
    let theirs = check_ins::among(db, rows.iter().map(|case| case.check_in_id).collect()).await?;
    let mut seen = Vec::new();
    for case in rows {
        let Some(check_in) = theirs.get(&case.check_in_id).cloned() else { continue };
        let facts = facts_of(db, &case, &check_in).await?;
        if !viewer.may_view(&facts) {
            continue;
        }
        let needs_you = case.state == CaseState::Open.code()
            && told.contains(&(case.id, format!("step-{}", case.step)));
        seen.push(Seen { case, check_in, needs_you });
    }
    Ok(seen)
}

async fn line(web: &Web, zoned: &Zoned, seen: &Seen) -> Result<CaseLine, Fail> {
    let db = web.context.store.read();
    let case = &seen.case;
    let person = people::get(db, PersonId(case.person_id)).await?;
    let owner = case.resolved_by.or(case.acknowledged_by.filter(|_| case.state != "open"));
    let owner = match owner {
        Some(id) => Some(person_name(db, Some(id)).await?),
        None => None,
    };
    Ok(CaseLine {
        id: case.id.to_string(),
        number: case.no as u64,
        headline: headline(cause(case), &person.name),
        state: state_word(case),
        opened: zoned.beside(UtcMillis(case.opened_ms), &person),
        owner,
        next_step: next_step(web, zoned, case, &seen.check_in).await?,
        needs_you: seen.needs_you,
    })
}
