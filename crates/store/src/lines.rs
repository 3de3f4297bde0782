//! Lines of management: who stands above whom.

use crate::entities::person;
use crate::query::Query;
use crate::{StoreResult, Whose, delegations, people};
use muster_domain::id::PersonId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// The manager of these people and of everybody above them who is on the roster today: person, then manager.
pub async fn managers(
    db: &impl ConnectionTrait,
    whose: Whose<'_>,
) -> StoreResult<Vec<(Uuid, Uuid)>> {
    let Whose::Of(people) = whose else {
        return Ok(person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::ManagerId])
            .filter(people::is_active())
            .filter(person::Column::ManagerId.is_not_null())
            .into_tuple()
            .all(db)
            .await?);
    };
    above(db, people, "p.state = 'active'").await
}

/// The lines of management as `viewer` has to see them: the manager of `viewer`, of each of the others, and of
/// everybody above them. While `viewer` stands in for a manager, that manager's people are below them
/// instead; those above `viewer` stay where they are.
pub async fn seen_by(
    db: &impl ConnectionTrait,
    viewer: PersonId,
    others: &[PersonId],
) -> StoreResult<HashMap<PersonId, PersonId>> {
    let read = async |people: &[Uuid]| -> StoreResult<HashMap<PersonId, PersonId>> {
        let pairs = above(db, people, "1 = 1").await?;
        Ok(pairs.into_iter().map(|(id, manager)| (PersonId(id), PersonId(manager))).collect())
    };
    let own = read(&[viewer.0]).await?;
    let mut lines = read(&others.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
    for delegation in delegations::running_for(db, viewer).await? {
        let theirs = lines.iter_mut().filter(|(_, manager)| **manager == delegation.manager());
        for (_, manager) in theirs.filter(|(person, _)| !own.contains_key(person)) {
            *manager = viewer;
        }
    }
    lines.extend(own);
    Ok(lines)
}

/// The manager of each of these people and of everybody above them, as far as they count: `p` is who is
/// looked at.
async fn above(
    db: &impl ConnectionTrait,
    people: &[Uuid],
    counts: &str,
) -> StoreResult<Vec<(Uuid, Uuid)>> {
    let mut pairs = Vec::new();
    for people in people.chunks(crate::LISTED_MAX) {
        let mut query = Query::new("");
        let ids = query.bind_all(people);
        // `UNION` ends where a line would go round.
        query.sql = format!(
            "WITH RECURSIVE above (id, manager_id) AS \
             (SELECT p.id, p.manager_id FROM person p WHERE p.id IN ({ids}) AND {counts} \
             UNION SELECT p.id, p.manager_id FROM person p JOIN above a ON p.id = a.manager_id \
             WHERE {counts}) SELECT id, manager_id FROM above WHERE manager_id IS NOT NULL"
        );
        for row in db.query_all_raw(query.on(db)).await? {
            pairs.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        }
    }
    Ok(pairs)
}
