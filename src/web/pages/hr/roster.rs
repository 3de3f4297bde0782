//! The roster: the last import, roles that wait for a second person, finding somebody.
//!
//! HR sees people; whoever confirms roles sees the roles that wait, and no more.

use crate::acts::roster;
use crate::web::guard::see;
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use muster_domain::access::{Act, may_confirm};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_messages::pages::roster::{FoundPerson, Import, PendingRole, Roster};
use muster_messages::pages::{FlashTone, Row};
use muster_store::entities::{audit_entry, person, person_role};
use muster_store::people;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use serde_json::Value;

/// People shown for one search.
const FOUND_MAX: usize = 50;

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
    q: String,
}

async fn page(State(web): State<Web>, me: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let (views, confirms) = (me.may(Act::ViewRoster), me.may(Act::ConfirmRole));
    if !views && !confirms {
        return Err(Fail::NotFound);
    }
    let db = web.context.store.read();
    let zoned = web.zoned(&me);
    let everybody = people::active(db).await?;
    let query: String = asked.q.trim().chars().take(100).collect();
    let found = if views { find(&everybody, &query) } else { Vec::new() };
    let mut pending_roles = Vec::new();
    for row in people::pending_roles(db).await? {
        pending_roles.push(pending(&web, &me, &zoned, &row).await?);
    }
    web.page(&Roster {
        frame: web.frame(&me.visitor, "Roster", "/roster").await,
        last_import: last_import(&web, &zoned).await?,
        pending_roles,
        query: if views { query } else { String::new() },
        found,
        people: everybody.len() as u64,
    })
}

fn find(everybody: &[person::Model], query: &str) -> Vec<FoundPerson> {
    let wanted = query.to_lowercase();
    let fits = |p: &&person::Model| {
        !wanted.is_empty() && (p.name.to_lowercase().contains(&wanted) || p.email.contains(&wanted))
    };
    let found = everybody.iter().filter(fits).take(FOUND_MAX);
    found
        .map(|p| FoundPerson {
            id: p.id.to_string(),
            name: p.name.clone(),
            email: p.email.clone(),
            department: department(p),
        })
        .collect()
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
        Some(by) => format!("{}, by import", person_name(db, Some(by)).await?),
        None => "the operator, by import".to_owned(),
    };
    Ok(PendingRole {
        id: format!("{}.{}", row.person_id, row.role),
        person_name: person_name(db, Some(row.person_id)).await?,
        role: row.role.clone(),
        asked_by,
        asked: zoned.moment(UtcMillis(row.requested_ms)),
        may_confirm: denial.is_none(),
        blocked_because: denial.map(|d| d.sentence().to_owned()),
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
            found.map_or_else(|| "somebody who has left".to_owned(), |p| p.name)
        }
        None => "the operator".to_owned(),
    };
    let fact = |name: &str| leaf.pointer(&format!("/facts/{name}"));
    let number = |name: &str| fact(name).and_then(Value::as_i64).unwrap_or(0).to_string();
    let digest = fact("people_sha256").and_then(Value::as_str).unwrap_or_default();
    Ok(Some(Import {
        at: zoned.moment(UtcMillis(entry.at_ms)),
        by,
        file_name: format!("SHA-256 {}", digest.chars().take(16).collect::<String>()),
        counts: vec![
            Row::new("Added", &number("joined")),
            Row::new("Changed", &number("changed")),
            Row::new("Left", &number("left")),
            Row::new("Unchanged", &number("unchanged")),
        ],
    }))
}

async fn confirmed(State(web): State<Web>, me: SignedIn, Path(id): Path<String>) -> Answer {
    let (person, role) = role_of(&id)?;
    roster::confirm_role(&web.context, me.id(), person, role).await?;
    Ok(back(&web, "The role is in force."))
}

async fn refused(State(web): State<Web>, me: SignedIn, Path(id): Path<String>) -> Answer {
    let (person, role) = role_of(&id)?;
    roster::reject_role(&web.context, me.id(), person, role).await?;
    Ok(back(&web, "The role is not given."))
}

fn role_of(id: &str) -> Result<(PersonId, Role), Fail> {
    let (person, role) = id.split_once('.').ok_or(Fail::NotFound)?;
    let person = person.parse().map_err(|_| Fail::NotFound)?;
    Ok((person, Role::from_code(role).ok_or(Fail::NotFound)?))
}

fn back(web: &Web, told: &str) -> Response {
    with_flash(web, see("/roster"), FlashTone::Done, told)
}
