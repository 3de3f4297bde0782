//! The roster: everybody on it, roles that wait for a second person, the last import.
//!
//! HR sees people; whoever confirms roles sees the roles that wait, and no more.

use crate::acts::roster;
use crate::web::guard::see;
use crate::web::listing::{Listing, searched};
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use muster_domain::access::{Act, may_confirm};
use muster_domain::id::PersonId;
use muster_domain::msg;
use muster_domain::person::Role;
use muster_domain::time::{self, UtcMillis};
use muster_messages::language::tr;
use muster_messages::pages::coverage::FilterOption;
use muster_messages::pages::roster::{Import, PendingRole, Roster, RosterLine, RosterList};
use muster_messages::pages::{FlashTone, Row, StateWord, TabLink, Tone};
use muster_messages::t;
use muster_store::entities::{audit_entry, person, person_role, policy_version};
use muster_store::roster::{self as kept, Line, Show, Sort, Today, Wanted};
use muster_store::{people, policies};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::Value;

const PATH: &str = "/roster";

pub(super) fn routes() -> Vec<Route> {
    let confirm = Access::Act(Act::ConfirmRole);
    vec![
        // HR and those who confirm roles; the handler tells them apart.
        Route::get("/roster", Access::SignedIn, page),
        Route::post("/roster/roles/{id}/confirm", confirm, confirmed),
        Route::post("/roster/roles/{id}/refuse", confirm, refused),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    q: String,
    policy: String,
    sort: String,
    order: String,
    page: String,
}

async fn page(State(web): State<Web>, me: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let (views, confirms) = (me.may(Act::ViewRoster), me.may(Act::ConfirmRole));
    if !views && !confirms {
        return Err(Fail::NotFound);
    }
    let db = web.context.store.read();
    let zoned = web.zoned(&me);
    let mut pending_roles = Vec::new();
    for row in people::pending_roles(db).await? {
        pending_roles.push(pending(&web, &me, &zoned, &row).await?);
    }
    let (list, number) = match views {
        true => {
            let (list, number) = list(&web, &asked).await?;
            (Some(list), number)
        }
        false => (None, kept::active(db).await?),
    };
    web.page(&Roster {
        frame: web.frame(&me.visitor, t!("Roster"), "/roster").await,
        last_import: last_import(&web, &zoned).await?,
        pending_roles,
        list,
        people: number,
    })
}

/// What the tabs let through.
const SHOWS: [(&str, &str, Show); 5] = [
    ("", msg!("Everybody"), Show::Active),
    ("away", msg!("Away today"), Show::Away),
    ("no-policy", msg!("In no policy"), Show::NoPolicy),
    ("no-place", msg!("Without a place"), Show::NoPlace),
    ("left", msg!("Left"), Show::Left),
];

const SORTS: [(&str, Sort); 5] = [
    ("name", Sort::Name),
    ("department", Sort::Department),
    ("manager", Sort::Manager),
    ("zone", Sort::Zone),
    ("policy", Sort::Policy),
];

/// The list, and how many people are active.
async fn list(web: &Web, asked: &Asked) -> Result<(RosterList, u64), Fail> {
    let db = web.context.store.read();
    let shown = SHOWS.iter().find(|(code, ..)| *code == asked.show).ok_or(Fail::NotFound)?;
    let (query, part) = searched(&asked.q);
    let listing = Listing::new(
        PATH,
        &SORTS.map(|(word, _)| word),
        [&asked.sort, &asked.order, &asked.page],
        &[("show", shown.0), ("q", &query), ("policy", &asked.policy)],
    );
    let active = policies::active(db).await?;
    let of_name = |name: &str| active.iter().filter(|p| p.name == name).map(|p| p.id).collect();
    let wanted = Wanted {
        show: shown.2,
        part,
        policies: (!asked.policy.is_empty()).then(|| of_name(&asked.policy)),
        sort: SORTS.iter().find(|(word, _)| *word == listing.sort).map_or(Sort::Name, |s| s.1),
        is_descending: listing.is_descending,
        today: today(web).await?,
    };
    let parts = parts(web, &wanted).await?;
    let whole = |show: Show| parts.iter().find(|(other, _)| *other == show).map_or(0, |p| p.1);
    let total = match wanted.is_whole_part() {
        true => whole(wanted.show),
        false => kept::count(db, &wanted).await?,
    } as usize;
    let (first, last) = listing.rows(total);
    let lines = kept::lines(db, &wanted, first as u64, (last - first) as u64).await?;
    let list = RosterList {
        tabs: tabs(&parts, wanted.show),
        show: shown.0.to_owned(),
        query,
        policies: options(active.iter().map(|p| p.name.as_str()).collect(), &asked.policy),
        columns: Roster::columns(listing.sort, listing.is_descending, &listing.kept),
        people: lines.into_iter().map(|line| worded(line, &active)).collect(),
        pager: listing.pager(total),
    };
    Ok((list, whole(Show::Active)))
}

/// How many are in each part of the roster, whatever is searched for.
async fn parts(web: &Web, wanted: &Wanted) -> Result<Vec<(Show, u64)>, Fail> {
    let mut parts = Vec::new();
    for (_, _, show) in SHOWS {
        let all = Wanted { show, part: String::new(), policies: None, ..wanted.clone() };
        parts.push((show, kept::count(web.context.store.read(), &all).await?));
    }
    Ok(parts)
}

fn tabs(parts: &[(Show, u64)], shown: Show) -> Vec<TabLink> {
    let tab = |((code, label, show), (_, count)): ((&str, &'static str, Show), &(Show, u64))| {
        let url = if code.is_empty() { PATH.to_owned() } else { format!("{PATH}?show={code}") };
        TabLink::new(&url, tr(label), Some(*count), show == shown)
    };
    SHOWS.into_iter().zip(parts).map(tab).collect()
}

fn options(mut names: Vec<&str>, chosen: &str) -> Vec<FilterOption> {
    names.sort_unstable();
    names.dedup();
    let option = |value: &str, label: &str| FilterOption {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == chosen,
    };
    let every = std::iter::once(option("", t!("Every policy")));
    every.chain(names.into_iter().map(|name| option(name, name))).collect()
}

/// Which date it is in each zone of the roster.
async fn today(web: &Web) -> Result<Today, Fail> {
    let now = web.context.now();
    let usual = now.date_in(&TimeZone::UTC).to_string();
    let mut elsewhere = Vec::new();
    for zone in people::zones(web.context.store.read()).await? {
        let date = now.date_in(&time::zone(&zone).unwrap_or(TimeZone::UTC)).to_string();
        if date != usual {
            elsewhere.push((zone, date));
        }
    }
    Ok(Today { usual, elsewhere })
}

fn worded(line: Line, active: &[policy_version::Model]) -> RosterLine {
    let state = match (line.is_active, line.is_away) {
        (false, _) => Some(StateWord::new(t!("has left"), Tone::Quiet)),
        (true, true) => Some(StateWord::new(t!("away today"), Tone::Quiet)),
        (true, false) => None,
    };
    let policy = active.iter().find(|p| Some(p.id) == line.policy_version_id);
    RosterLine {
        id: line.id.to_string(),
        name: line.name,
        employee_id: line.employee_id,
        department: line.department.unwrap_or_default(),
        manager: line.manager.unwrap_or_default(),
        zone: line.zone,
        policy: policy.map(|p| p.name.clone()),
        state,
    }
}

/// The department as the roster has it, or nothing.
pub(super) fn department(person: &person::Model) -> String {
    let attributes = roster::attributes_of(person).unwrap_or_default();
    attributes.get("department").cloned().unwrap_or_default()
}

async fn pending(
    web: &Web,
    me: &SignedIn,
    zoned: &Zoned,
    row: &person_role::Model,
) -> Result<PendingRole, Fail> {
    let db = web.context.store.read();
    let proposer = PersonId(row.requested_by.unwrap_or_default());
    let about = Some(PersonId(row.person_id));
    let denial = may_confirm(me.actor(), Act::ConfirmRole, proposer, about).err();
    let asked_by = match row.requested_by {
        Some(by) => t!("{who}, by import", who = person_name(db, Some(by)).await?),
        None => t!("the operator, by import").to_owned(),
    };
    Ok(PendingRole {
        id: format!("{}.{}", row.person_id, row.role),
        person_name: person_name(db, Some(row.person_id)).await?,
        role: Role::from_code(&row.role)
            .map_or_else(|| row.role.clone(), |role| tr(role.word()).to_owned()),
        asked_by,
        asked: zoned.moment(UtcMillis(row.requested_ms)),
        may_confirm: denial.is_none(),
        blocked_because: denial.map(|d| tr(d.sentence()).to_owned()),
    })
}

/// What the log says about the last import. The file's name is not kept; its digest is.
async fn last_import(web: &Web, zoned: &Zoned) -> Result<Option<Import>, Fail> {
    let db = web.context.store.read();
    let entry = audit_entry::Entity::find()
        // Written out, or the partial index could not serve.
        .filter(Expr::cust("kind = 'roster-imported'"))
        .order_by_desc(audit_entry::Column::AtMs)
        .one(db)
        .await?;
    let Some(entry) = entry else { return Ok(None) };
    let leaf: Value = serde_json::from_str(&entry.leaf).unwrap_or_default();
    let actor =
        leaf.get("actor").and_then(Value::as_str).and_then(|a| a.parse::<uuid::Uuid>().ok());
    let by = match actor {
        Some(pseudonym) => {
            let found = person::Entity::find()
                .filter(person::Column::Pseudonym.eq(pseudonym))
                .one(db)
                .await?;
            found.map_or_else(|| t!("somebody who has left").to_owned(), |p| p.name)
        }
        None => t!("the operator").to_owned(),
    };
    let fact = |name: &str| leaf.pointer(&format!("/facts/{name}"));
    let number = |name: &str| fact(name).and_then(Value::as_i64).unwrap_or(0).to_string();
    let digest = fact("people_sha256").and_then(Value::as_str).unwrap_or_default();
    Ok(Some(Import {
        at: zoned.moment(UtcMillis(entry.at_ms)),
        by,
        file_name: format!("SHA-256 {}", digest.chars().take(16).collect::<String>()),
        counts: vec![
            Row::new(t!("Added"), &number("joined")),
            Row::new(t!("Changed"), &number("changed")),
            Row::new(t!("Left"), &number("left")),
            Row::new(t!("Unchanged"), &number("unchanged")),
        ],
    }))
}

async fn confirmed(State(web): State<Web>, me: SignedIn, Path(id): Path<String>) -> Answer {
    let (person, role) = role_of(&id)?;
    roster::confirm_role(&web.context, me.id(), person, role).await?;
    Ok(back(&web, t!("The role is in force.")))
}

async fn refused(State(web): State<Web>, me: SignedIn, Path(id): Path<String>) -> Answer {
    let (person, role) = role_of(&id)?;
    roster::reject_role(&web.context, me.id(), person, role).await?;
    Ok(back(&web, t!("The role is not given.")))
}

fn role_of(id: &str) -> Result<(PersonId, Role), Fail> {
    let (person, role) = id.split_once('.').ok_or(Fail::NotFound)?;
    let person = person.parse().map_err(|_| Fail::NotFound)?;
    Ok((person, Role::from_code(role).ok_or(Fail::NotFound)?))
}

fn back(web: &Web, told: &str) -> Response {
    with_flash(web, see(PATH), FlashTone::Done, told)
}
