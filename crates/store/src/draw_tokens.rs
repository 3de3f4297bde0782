//! Draw tokens and the nonces they were made of. A token is bound to the log before it counts, and
//! used from a boundary of its person's zone on; earlier ones still name the same person.

use crate::entities::{draw_token, person};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreResult, Tx};
use muster_domain::id::{EntryId, PersonId};
use muster_domain::person::{DrawToken, TokenNonce};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// What the sealed column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonces {
    pub server: TokenNonce,
    /// Absent until the employee's own browser has given one.
    pub employee: Option<TokenNonce>,
}

impl Nonces {
    /// The token these make.
    pub fn token(&self) -> DrawToken {
        DrawToken::derive(&self.server, self.employee.as_ref())
    }
}

/// The row of a token.
pub async fn find(
    db: &impl ConnectionTrait,
    token: DrawToken,
) -> StoreResult<Option<draw_token::Model>> {
    Ok(draw_token::Entity::find_by_id(token.0.to_vec()).one(db).await?)
}

/// A person's tokens, oldest first.
pub async fn of_person(
    db: &impl ConnectionTrait,
    id: PersonId,
) -> StoreResult<Vec<draw_token::Model>> {
    Ok(draw_token::Entity::find()
        .filter(draw_token::Column::PersonId.eq(id.0))
        .order_by_asc(draw_token::Column::BoundMs)
        .order_by_asc(draw_token::Column::HasEmployeeNonce)
        .all(db)
        .await?)
}

/// Every token of some people.
pub async fn of_people(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PersonId>,
) -> StoreResult<Vec<draw_token::Model>> {
    let ids: Vec<_> = ids.into_iter().map(|id| id.0).collect();
    let mut found = Vec::new();
    for some in ids.chunks(crate::LISTED_MAX) {
        let theirs = draw_token::Column::PersonId.is_in(some.iter().copied());
        found.extend(draw_token::Entity::find().filter(theirs).all(db).await?);
    }
    Ok(found)
}

/// Whose these tokens are, or were.
pub async fn owners(
    db: &impl ConnectionTrait,
    tokens: impl IntoIterator<Item = DrawToken>,
) -> StoreResult<HashMap<Vec<u8>, PersonId>> {
    let tokens: Vec<_> = tokens.into_iter().map(|token| token.0.to_vec()).collect();
    let mut owners = HashMap::new();
    for some in tokens.chunks(crate::LISTED_MAX) {
        let ever: Vec<(Vec<u8>, Uuid)> = draw_token::Entity::find()
            .select_only()
            .columns([draw_token::Column::Token, draw_token::Column::PersonId])
            .filter(draw_token::Column::Token.is_in(some.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        owners.extend(ever.into_iter().map(|(token, id)| (token, PersonId(id))));
    }
    // Tokens from before they were bound to the log stand with their people alone.
    let unbound: Vec<_> = tokens.into_iter().filter(|token| !owners.contains_key(token)).collect();
    for some in unbound.chunks(crate::LISTED_MAX) {
        let now: Vec<(Vec<u8>, Uuid)> = person::Entity::find()
            .select_only()
            .columns([person::Column::DrawToken, person::Column::Id])
            .filter(person::Column::DrawToken.is_in(some.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        owners.extend(now.into_iter().map(|(token, id)| (token, PersonId(id))));
    }
    Ok(owners)
}

/// The row of a token that was just bound by this log entry.
pub fn row(
    person: PersonId,
    nonces: &Nonces,
    sealed: Vec<u8>,
    entry: EntryId,
    bound_ms: i64,
    used_from: Option<String>,
) -> draw_token::Model {
    draw_token::Model {
        token: nonces.token().0.to_vec(),
        person_id: person.0,
        entry_id: entry.0,
        nonces: sealed,
        has_employee_nonce: nonces.employee.is_some(),
        bound_ms,
        used_from,
    }
}

/// Where the sealed nonces of an entry lie.
pub fn nonces_column(entry: EntryId) -> Place<'static> {
    Place { table: "draw_token", column: "nonces", row: entry.0 }
}

/// Opens the nonces of a token.
pub async fn nonces(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &draw_token::Model,
) -> StoreResult<Nonces> {
    let owner = Owner::Person(PersonId(row.person_id));
    store.unseal(db, owner, nonces_column(EntryId(row.entry_id)), &row.nonces).await
}

/// Tokens that wait for the next boundary of this zone, with their people.
pub async fn waiting_in(
    db: &impl ConnectionTrait,
    zone: &str,
) -> StoreResult<Vec<(draw_token::Model, person::Model)>> {
    let waiting = draw_token::Entity::find().filter(draw_token::Column::UsedFrom.is_null());
    let mut found = Vec::new();
    for row in waiting.all(db).await? {
        let person = crate::people::find(db, PersonId(row.person_id)).await?;
        if let Some(person) = person.filter(|p| p.zone == zone) {
            found.push((row, person));
        }
    }
    Ok(found)
}

/// The token is the person's from this label on.
pub async fn use_from(
    tx: &Tx,
    mut row: draw_token::Model,
    mut person: person::Model,
    label: &str,
) -> StoreResult<()> {
    row.used_from = Some(label.to_owned());
    person.draw_token.clone_from(&row.token);
    crate::save(tx, row).await?;
    crate::save(tx, person).await
}
