//! Link groups: who belongs to one, its story, and who looked at it.

use crate::entities::{link_event, link_group, link_member, link_view};
use crate::{Owner, Place, Store, StoreError, StoreResult, Tx};
use muster_domain::id::PersonId;
use muster_domain::sentence::Sentence;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// `link_group.state`
pub mod state {
    pub const OPEN: &str = "open";
    pub const ACKNOWLEDGED: &str = "acknowledged";
    pub const RESOLVED: &str = "resolved";
    /// A place that many share and that wants a name: nobody's case.
    pub const SITE: &str = "site";
}

/// `link_event.kind`
pub mod event {
    pub const FOUND: &str = "found";
    pub const GREW: &str = "grew";
    pub const ENDED: &str = "ended";
    pub const TOLD: &str = "told";
    pub const OPENED: &str = "opened";
    pub const ACKNOWLEDGED: &str = "acknowledged";
    pub const COMMENTED: &str = "commented";
    pub const RESOLVED: &str = "resolved";
}

/// What the sealed column of a group holds. People stand by their row id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupDetail {
    pub sentence: Sentence,
    pub edges: Vec<EdgeDetail>,
}

/// Why two of a group are joined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgeDetail {
    pub a: Uuid,
    pub b: Uuid,
    /// Kind and weight in thousandths.
    pub reasons: Vec<(String, i64)>,
    pub days: u32,
    pub from: Option<String>,
    pub to: Option<String>,
}

fn detail_column(group: Uuid) -> Place<'static> {
    Place { table: "link_group", column: "detail", row: group }
}

fn reason_column(group: Uuid) -> Place<'static> {
    Place { table: "link_group", column: "resolution_reason", row: group }
}

fn text_column(event: Uuid) -> Place<'static> {
    Place { table: "link_event", column: "text", row: event }
}

/// Seals what a group consists of.
pub async fn seal_detail(tx: &Tx, group: Uuid, detail: &GroupDetail) -> StoreResult<Vec<u8>> {
    tx.seal(Owner::Organisation, detail_column(group), detail).await
}

/// Opens it.
pub async fn detail(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &link_group::Model,
) -> StoreResult<GroupDetail> {
    store.unseal(db, Owner::Organisation, detail_column(row.id), &row.detail).await
}

/// Seals why a group was closed.
pub async fn seal_reason(tx: &Tx, group: Uuid, reason: &String) -> StoreResult<Vec<u8>> {
    tx.seal(Owner::Organisation, reason_column(group), reason).await
}

/// Opens it.
pub async fn reason(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &link_group::Model,
) -> StoreResult<Option<String>> {
    match &row.resolution_reason {
        None => Ok(None),
        Some(sealed) => {
            let place = reason_column(row.id);
            Ok(Some(store.unseal(db, Owner::Organisation, place, sealed).await?))
        }
    }
}

/// The number of the next group.
pub async fn next_no(tx: &Tx) -> StoreResult<i64> {
    let newest =
        link_group::Entity::find().order_by_desc(link_group::Column::No).one(&**tx).await?;
    Ok(newest.map_or(1, |row| row.no + 1))
}

/// Groups that have not ended, oldest first.
pub async fn standing(db: &impl ConnectionTrait) -> StoreResult<Vec<link_group::Model>> {
    use link_group::{Column, Entity};
    Ok(Entity::find().filter(Column::EndedMs.is_null()).order_by_asc(Column::No).all(db).await?)
}

/// The newest groups, ended ones too.
pub async fn recent(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<link_group::Model>> {
    use link_group::{Column, Entity};
    Ok(Entity::find().order_by_desc(Column::No).limit(limit).all(db).await?)
}

/// By its number.
pub async fn by_no(db: &impl ConnectionTrait, no: i64) -> StoreResult<Option<link_group::Model>> {
    use link_group::{Column, Entity};
    Ok(Entity::find().filter(Column::No.eq(no)).one(db).await?)
}

/// By its number, locked where rows can be.
pub async fn lock(tx: &Tx, no: i64) -> StoreResult<link_group::Model> {
    use link_group::{Column, Entity};
    let found = Entity::find().filter(Column::No.eq(no)).lock_exclusive().one(&**tx).await?;
    found.ok_or_else(|| StoreError::missing("link group", no))
}

/// Who belongs to a group now.
pub async fn members(
    db: &impl ConnectionTrait,
    group: Uuid,
) -> StoreResult<Vec<link_member::Model>> {
    use link_member::{Column, Entity};
    Ok(Entity::find()
        .filter(Column::GroupId.eq(group))
        .filter(Column::UntilMs.is_null())
        .order_by_asc(Column::PersonId)
        .all(db)
        .await?)
}

/// Everybody who belongs to a group that has not ended, or did, by group.
pub async fn all_members(
    db: &impl ConnectionTrait,
) -> StoreResult<HashMap<Uuid, Vec<link_member::Model>>> {
    let mut all: HashMap<Uuid, Vec<link_member::Model>> = HashMap::new();
    for row in link_member::Entity::find().all(db).await? {
        all.entry(row.group_id).or_default().push(row);
    }
    Ok(all)
}

/// Adds to a group's story.
pub async fn tell(
    tx: &Tx,
    group: Uuid,
    kind: &str,
    actor: Option<PersonId>,
    text: Option<&String>,
    detail: &str,
) -> StoreResult<()> {
    let id = Uuid::from_bytes(tx.store().entropy().bytes());
    let text = match text {
        None => None,
        Some(text) => Some(tx.seal(Owner::Organisation, text_column(id), text).await?),
    };
    let row = link_event::Model {
        id,
        group_id: group,
        kind: kind.to_owned(),
        actor: actor.map(|a| a.0),
        text,
        detail: detail.to_owned(),
        at_ms: tx.store().clock().now().0,
    };
    crate::insert(tx, row).await
}

/// A group's story, oldest first, each with its typed text.
pub async fn story(
    store: &Store,
    db: &impl ConnectionTrait,
    group: Uuid,
) -> StoreResult<Vec<(link_event::Model, Option<String>)>> {
    use link_event::{Column, Entity};
    let rows = Entity::find().filter(Column::GroupId.eq(group));
    let rows = rows.order_by_asc(Column::AtMs).order_by_asc(Column::Id).all(db).await?;
    let key = store.data_key(db, Owner::Organisation).await?;
    rows.into_iter()
        .map(|row| {
            let text = row.text.clone().map(|sealed| {
                crate::Sealed::<String>::from(sealed).open(&key, text_column(row.id))
            });
            Ok((row, text.transpose()?))
        })
        .collect()
}

/// Whether somebody has opened a group since an instant.
pub async fn has_opened(
    db: &impl ConnectionTrait,
    group: Uuid,
    viewer: PersonId,
    since_ms: i64,
) -> StoreResult<bool> {
    use link_event::{Column, Entity};
    let opened = Entity::find()
        .filter(Column::GroupId.eq(group))
        .filter(Column::Kind.eq(event::OPENED))
        .filter(Column::Actor.eq(viewer.0))
        .filter(Column::AtMs.gte(since_ms));
    Ok(opened.count(db).await? > 0)
}

/// Somebody opened a group, or was told that these people belong to it: a row for each, who reads it
/// later.
pub async fn viewed(
    tx: &Tx,
    group: Uuid,
    viewer: PersonId,
    members: &[link_member::Model],
) -> StoreResult<()> {
    let store = tx.store();
    let at_ms = store.clock().now().0;
    let rows = members.iter().map(|member| link_view::Model {
        id: Uuid::from_bytes(store.entropy().bytes()),
        group_id: group,
        viewer: viewer.0,
        subject: member.person_id,
        at_ms,
    });
    crate::insert_all(tx, rows.collect()).await
}
