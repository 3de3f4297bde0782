//! Versions of cadence policies, and who is in which.

use crate::entities::{membership, policy_version};
use crate::query::Query;
use crate::{StoreError, StoreResult, Tx};
use muster_domain::id::{PersonId, PolicyVersionId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{BTreeMap, BTreeSet};

/// `policy_version.state`
pub mod state {
    pub const PENDING: &str = "pending";
    pub const ACTIVE: &str = "active";
    pub const RETIRED: &str = "retired";
    pub const REJECTED: &str = "rejected";
}

/// Every version, newest first.
pub async fn all(db: &impl ConnectionTrait) -> StoreResult<Vec<policy_version::Model>> {
    Ok(policy_version::Entity::find()
        .order_by_asc(policy_version::Column::Name)
        .order_by_desc(policy_version::Column::Version)
        .all(db)
        .await?)
}

/// The versions in force.
pub async fn active(db: &impl ConnectionTrait) -> StoreResult<Vec<policy_version::Model>> {
    Ok(policy_version::Entity::find()
        .filter(policy_version::Column::State.eq(state::ACTIVE))
        .order_by_asc(policy_version::Column::Name)
        .all(db)
        .await?)
}

/// Whether any policy was ever in force: if not, the first may be activated by one person.
pub async fn ever_active(db: &impl ConnectionTrait) -> StoreResult<bool> {
    let count = policy_version::Entity::find()
        .filter(policy_version::Column::State.is_in([state::ACTIVE, state::RETIRED]))
        .count(db)
        .await?;
    Ok(count > 0)
}

/// One version.
pub async fn get(
    db: &impl ConnectionTrait,
    id: PolicyVersionId,
) -> StoreResult<policy_version::Model> {
    policy_version::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or_else(|| StoreError::missing("policy version", id))
}

/// All versions of one policy, newest first.
pub async fn versions(
    db: &impl ConnectionTrait,
    name: &str,
) -> StoreResult<Vec<policy_version::Model>> {
    Ok(policy_version::Entity::find()
        .filter(policy_version::Column::Name.eq(name))
        .order_by_desc(policy_version::Column::Version)
        .all(db)
        .await?)
}

/// Who is in which policy version.
pub async fn memberships(
    db: &impl ConnectionTrait,
) -> StoreResult<BTreeMap<PersonId, membership::Model>> {
    let rows = membership::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|m| (PersonId(m.person_id), m)).collect())
}

/// The versions that somebody is in.
pub async fn with_members(db: &impl ConnectionTrait) -> StoreResult<Vec<PolicyVersionId>> {
    let ids: Vec<uuid::Uuid> = membership::Entity::find()
        .select_only()
        .column(membership::Column::PolicyVersionId)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(PolicyVersionId).collect())
}

/// Who is in a policy.
pub async fn members(db: &impl ConnectionTrait) -> StoreResult<BTreeSet<PersonId>> {
    let ids: Vec<uuid::Uuid> = membership::Entity::find()
        .select_only()
        .column(membership::Column::PersonId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(PersonId).collect())
}

/// How many active people are in a policy: of these, those for whom the programme is live by name, and all.
pub async fn members_live(db: &impl ConnectionTrait) -> StoreResult<(u64, u64)> {
    let members = "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id \
        WHERE p.state = 'active'";
    let live = format!(
        "{members} AND EXISTS (SELECT 1 FROM live_since l WHERE l.person_id = m.person_id)"
    );
    Ok((Query::new(&live).number(db).await?, Query::new(members).number(db).await?))
}

/// One person's membership.
pub async fn membership_of(
    db: &impl ConnectionTrait,
    id: PersonId,
) -> StoreResult<Option<membership::Model>> {
    Ok(membership::Entity::find_by_id(id.0).one(db).await?)
}

/// Replaces who is in which policy version by this list.
pub async fn replace_memberships(tx: &Tx, rows: Vec<membership::Model>) -> StoreResult<()> {
    membership::Entity::delete_many().exec(&**tx).await?;
    crate::insert_all(tx, rows).await
}
