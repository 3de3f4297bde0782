//! The roster: everybody on it, roles that wait for a second person, the last import.
//!
//! HR sees people; whoever confirms roles sees the roles that wait, and no more.

use crate::acts::context::zone_of;
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
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::tr;
use muster_messages::pages::coverage::FilterOption;
use muster_messages::pages::roster::{Import, PendingRole, Roster, RosterLine, RosterList};
use muster_messages::pages::{FlashTone, Row, StateWord, TabLink, Tone};
use muster_messages::t;
use muster_store::entities::{audit_entry, person, person_role};
use muster_store::{Whose, people, policies};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

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
    let everybody = people::active(db).await?;
    let number = everybody.len() as u64;
    let mut pending_roles = Vec::new();
    for row in people::pending_roles(db).await? {
        pending_roles.push(pending(&web, &me, &zoned, &row).await?);
    }
    let list = match views {
        true => Some(list(&web, everybody, &asked).await?),
        false => None,
    };
    web.page(&Roster {
        frame: web.frame(&me.visitor, t!("Roster"), "/roster").await,
        last_import: last_import(&web, &zoned).await?,
        pending_roles,
        list,
        people: number,
    })
}

/// One person before wording.
struct Found {
    row: person::Model,
    department: String,
    manager: String,
    policy: Option<String>,
    is_away: bool,
    has_place: bool,
}

/// What the tabs let through.
const SHOWS: [(&str, &str); 5] = [
    ("", msg!("Everybody")),
    ("away", msg!("Away today")),
    ("no-policy", msg!("In no policy")),
    ("no-place", msg!("Without a place")),
    ("left", msg!("Left")),
];

impl Found {
    fn is_in(&self, show: &str) -> bool {
        match show {
            "away" => self.is_away,
            "no-policy" => self.policy.is_none(),
            "no-place" => !self.has_place,
            _ => true,
        }
    }

    fn fits(&self, wanted: &str) -> bool {
        let texts = [&self.row.name, &self.row.email, &self.row.employee_id, &self.department];
        wanted.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(wanted))
    }

    fn state(&self) -> Option<StateWord> {
        if self.row.state != "active" {
            return Some(StateWord::new(t!("has left"), Tone::Quiet));
        }
        self.is_away.then(|| StateWord::new(t!("away today"), Tone::Quiet))
    }
}

async fn list(web: &Web, active: Vec<person::Model>, asked: &Asked) -> Result<RosterList, Fail> {
    let show = SHOWS.iter().map(|(code, _)| *code).find(|code| *code == asked.show);
    let show = show.ok_or(Fail::NotFound)?;
    let db = web.context.store.read();
    let all = people::all(db).await?;
    let gone: Vec<person::Model> = all.iter().filter(|p| p.state != "active").cloned().collect();
    let (here, left) = (found(web, &all, active).await?, gone.len());
    let counted = |show: &str| here.iter().filter(|f| f.is_in(show)).count();
    let tabs = SHOWS.iter().map(|(code, label)| {
        let count = if *code == "left" { left } else { counted(code) };
        let url = if code.is_empty() { PATH.to_owned() } else { format!("{PATH}?show={code}") };
        TabLink::new(&url, tr(label), Some(count as u64), *code == show)
    });
    let tabs = tabs.collect();
    let here = if show == "left" { found(web, &all, gone).await? } else { here };
    let (query, wanted) = searched(&asked.q);
    let mut names: Vec<&String> = here.iter().filter_map(|f| f.policy.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    let option = |value: &str, label: &str| FilterOption {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == asked.policy,
    };
    let every = std::iter::once(option("", t!("Every policy")));
    let policies = every.chain(names.into_iter().map(|name| option(name, name))).collect();
    let mut shown: Vec<&Found> = here
        .iter()
        .filter(|f| f.is_in(show) && f.fits(&wanted))
        .filter(|f| asked.policy.is_empty() || f.policy.as_deref() == Some(asked.policy.as_str()))
        .collect();
    let listing = Listing::new(
        PATH,
        &["name", "department", "manager", "zone", "policy"],
        [&asked.sort, &asked.order, &asked.page],
        &[("show", show), ("q", &query), ("policy", &asked.policy)],
    );
    shown.sort_by_cached_key(|f| {
        let by = match listing.sort {
            "department" => f.department.as_str(),
            "manager" => f.manager.as_str(),
            "zone" => f.row.zone.as_str(),
            "policy" => f.policy.as_deref().unwrap_or_default(),
            _ => "",
        };
        (by.to_lowercase(), f.row.name.to_lowercase(), f.row.id)
    });
    if listing.is_descending {
        shown.reverse();
    }
    let (lines, pager) = listing.paged(&shown);
    let line = |f: &&Found| RosterLine {
        id: f.row.id.to_string(),
        name: f.row.name.clone(),
        employee_id: f.row.employee_id.clone(),
        department: f.department.clone(),
        manager: f.manager.clone(),
        zone: f.row.zone.clone(),
        policy: f.policy.clone(),
        state: f.state(),
    };
    Ok(RosterList {
        tabs,
        show: show.to_owned(),
        query,
        policies,
        columns: Roster::columns(listing.sort, listing.is_descending, &listing.kept),
        people: lines.iter().map(line).collect(),
        pager,
    })
}

/// What stands beside each of these people; a handful of queries, however many they are.
async fn found(
    web: &Web,
    all: &[person::Model],
    these: Vec<person::Model>,
) -> Result<Vec<Found>, Fail> {
    let db = web.context.store.read();
    let now = web.context.now();
    let names: HashMap<Uuid, &str> = all.iter().map(|p| (p.id, p.name.as_str())).collect();
    let active = policies::active(db).await?;
    let policy: HashMap<Uuid, String> = active.into_iter().map(|p| (p.id, p.name)).collect();
    let members = policies::memberships(db).await?;
    let placed = people::with_places(db).await?;
    // Every zone's today lies between these two dates.
    let day = |ms: i64| now.plus_ms(ms).date_in(&TimeZone::UTC).to_string();
    let absences =
        people::absences_between(db, &day(-DAY_MS), &day(DAY_MS), Whose::Everybody).await?;
    let is_away = |row: &person::Model| {
        let today = now.date_in(&zone_of(row)).to_string();
        let own = absences.get(&PersonId(row.id)).map(Vec::as_slice).unwrap_or_default();
        own.iter().any(|a| a.first_day <= today && today <= a.last_day)
    };
    let found = these.into_iter().map(|row| Found {
        department: department(&row),
        manager: row
            .manager_id
            .and_then(|id| names.get(&id))
            .copied()
            .unwrap_or_default()
            .to_owned(),
        policy: members
            .get(&PersonId(row.id))
            .and_then(|m| policy.get(&m.policy_version_id))
            .cloned(),
        is_away: is_away(&row),
        has_place: placed.contains(&row.id),
        row,
    });
    Ok(found.collect())
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
        .filter(audit_entry::Column::Kind.eq("roster-imported"))
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
