//! Cards that were taken out, how cards were used, and second devices of a check-in.

use crate::entities::{drawn_challenge, phone_link, retired_challenge};
use crate::{Owner, Place, Store, StoreResult, Tx};
use muster_domain::id::CheckInId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Cards that are out now.
pub async fn retired(db: &impl ConnectionTrait) -> StoreResult<Vec<retired_challenge::Model>> {
    use retired_challenge::{Column, Entity};
    Ok(Entity::find()
        .filter(Column::RestoredMs.is_null())
        .order_by_asc(Column::Template)
        .all(db)
        .await?)
}

/// Where the reason lies.
pub fn reason_column(id: Uuid) -> Place<'static> {
    Place { table: "retired_challenge", column: "reason", row: id }
}

/// Why a card was taken out.
pub async fn reason(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &retired_challenge::Model,
) -> StoreResult<String> {
    store.unseal(db, Owner::Organisation, reason_column(row.id), &row.reason).await
}

/// One use of a card, as far as statistics need it.
#[derive(Debug, Clone, sea_orm::FromQueryResult)]
pub struct Used {
    pub template: String,
    pub class: String,
    pub revealed_ms: Option<i64>,
    pub answer: Option<String>,
    pub answered_ms: Option<i64>,
}

/// Every use that is kept.
pub async fn uses(db: &impl ConnectionTrait) -> StoreResult<Vec<Used>> {
    use drawn_challenge::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::Template,
            Column::Class,
            Column::RevealedMs,
            Column::Answer,
            Column::AnsweredMs,
        ])
        .into_model::<Used>()
        .all(db)
        .await?)
}

/// The second device of a check-in.
pub async fn phone(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Option<phone_link::Model>> {
    Ok(phone_link::Entity::find_by_id(id.0).one(db).await?)
}

/// By what was typed, locked, so that it opens once.
pub async fn lock_phone_typed(tx: &Tx, digest: &str) -> StoreResult<Option<phone_link::Model>> {
    let found = phone_link::Entity::find().filter(phone_link::Column::TypedDigest.eq(digest));
    Ok(found.lock_exclusive().one(&**tx).await?)
}

/// By the name of its page.
pub async fn phone_page(
    db: &impl ConnectionTrait,
    digest: &str,
) -> StoreResult<Option<phone_link::Model>> {
    let found = phone_link::Entity::find().filter(phone_link::Column::PageDigest.eq(digest));
    Ok(found.one(db).await?)
}

/// Ties a check-in to a new code; an older one is good for nothing any more.
pub async fn issue_phone(tx: &Tx, row: phone_link::Model) -> StoreResult<()> {
    crate::save_all(tx, vec![row]).await
}
