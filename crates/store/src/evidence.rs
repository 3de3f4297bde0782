//! What is gathered in a check-in: attendance events, attestation, challenges, the verifier's
//! form, receipts, findings.

use crate::entities::{
    attendance_event, attestation, attestation_nonce, check_in, drawn_challenge, finding,
    legal_hold, receipt, verifier_form,
};
use crate::{StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::surroundings::RoundTrips;
use muster_domain::time::UtcMillis;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Condition, Expr, ExprTrait, Query},
};
use uuid::Uuid;

/// All sightings of a check-in, by source time.
pub async fn attendance(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Vec<attendance_event::Model>> {
    Ok(attendance_event::Entity::find()
        .filter(attendance_event::Column::CheckInId.eq(id.0))
        .order_by_asc(attendance_event::Column::AtMs)
        .order_by_asc(attendance_event::Column::Id)
        .all(db)
        .await?)
}

/// The attestation of a check-in.
pub async fn attestation(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Option<attestation::Model>> {
    Ok(attestation::Entity::find().filter(attestation::Column::CheckInId.eq(id.0)).one(db).await?)
}

/// Which attestations are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptPlace {
    /// Those that still hold an exact point.
    Exact,
    /// Every one.
    Any,
}

/// Attestations older than `before`, but for those of people under a legal hold.
pub async fn attestations_before(
    db: &impl ConnectionTrait,
    kept: KeptPlace,
    before: UtcMillis,
    limit: u64,
) -> StoreResult<Vec<attestation::Model>> {
    let held = Query::select()
        .column((check_in::Entity, check_in::Column::Id))
        .from(check_in::Entity)
        .inner_join(
            legal_hold::Entity,
            Expr::col((check_in::Entity, check_in::Column::PersonId))
                .equals((legal_hold::Entity, legal_hold::Column::PersonId)),
        )
        .and_where(Expr::col((legal_hold::Entity, legal_hold::Column::ReleasedMs)).is_null())
        .to_owned();
    let exact = Condition::any()
        .add(attestation::Column::Coarse.eq(false))
        .add(Expr::value(kept == KeptPlace::Any));
    Ok(attestation::Entity::find()
        .filter(exact)
        .filter(attestation::Column::AtMs.lt(before.0))
        .filter(attestation::Column::CheckInId.not_in_subquery(held))
        .limit(limit)
        .all(db)
        .await?)
}

/// Deletes an attestation.
pub async fn delete_attestation(tx: &Tx, id: Uuid) -> StoreResult<()> {
    attestation::Entity::delete_by_id(id).exec(&**tx).await?;
    Ok(())
}

/// Keeps what the server measured while a question is open. Answers whether it still is.
pub async fn keep_round_trips(
    tx: &Tx,
    nonce: &str,
    id: CheckInId,
    trips: RoundTrips,
) -> StoreResult<bool> {
    use attestation_nonce::Column;
    let updated = attestation_nonce::Entity::update_many()
        .col_expr(Column::TcpMinUs, Expr::value(trips.tcp_min_us.map(i64::from)))
        .col_expr(Column::AppMinUs, Expr::value(trips.app_min_us.map(i64::from)))
        .filter(Column::Nonce.eq(nonce))
        .filter(Column::CheckInId.eq(id.0))
        .filter(Column::UsedMs.is_null())
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Whether a question is open: asked of this check-in at or after `not_before`, and not answered.
pub async fn is_open_nonce(
    db: &impl ConnectionTrait,
    nonce: &str,
    id: CheckInId,
    not_before: UtcMillis,
) -> StoreResult<bool> {
    let row = attestation_nonce::Entity::find_by_id(nonce).one(db).await?;
    Ok(row.is_some_and(|n| {
        n.check_in_id == id.0 && n.used_ms.is_none() && n.issued_ms >= not_before.0
    }))
}

/// What was measured while this question was open.
pub async fn round_trips(db: &impl ConnectionTrait, nonce: &str) -> StoreResult<RoundTrips> {
    let row = attestation_nonce::Entity::find_by_id(nonce).one(db).await?;
    let us = |us: Option<i64>| us.and_then(|us| u32::try_from(us).ok());
    Ok(row.map_or_else(RoundTrips::default, |n| RoundTrips {
        tcp_min_us: us(n.tcp_min_us),
        app_min_us: us(n.app_min_us),
    }))
}

/// Uses a nonce up: `true` once, if it belongs to the check-in and was issued at or after
/// `not_before`.
pub async fn use_nonce(
    tx: &Tx,
    nonce: &str,
    id: CheckInId,
    not_before: UtcMillis,
) -> StoreResult<bool> {
    use attestation_nonce::Column;
    let now = tx.store().clock().now().0;
    let updated = attestation_nonce::Entity::update_many()
        .col_expr(Column::UsedMs, Expr::value(now))
        .filter(Column::Nonce.eq(nonce))
        .filter(Column::CheckInId.eq(id.0))
        .filter(Column::IssuedMs.gte(not_before.0))
        .filter(Column::UsedMs.is_null())
        .exec(&**tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The challenges drawn for a check-in, in order.
pub async fn challenges(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Vec<drawn_challenge::Model>> {
    Ok(drawn_challenge::Entity::find()
        .filter(drawn_challenge::Column::CheckInId.eq(id.0))
        .order_by_asc(drawn_challenge::Column::No)
        .all(db)
        .await?)
}

/// The challenges of several check-ins.
pub async fn challenges_of(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = uuid::Uuid>,
) -> StoreResult<Vec<drawn_challenge::Model>> {
    Ok(drawn_challenge::Entity::find()
        .filter(drawn_challenge::Column::CheckInId.is_in(ids))
        .all(db)
        .await?)
}

/// The verifier's form.
pub async fn form(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Option<verifier_form::Model>> {
    Ok(verifier_form::Entity::find_by_id(id.0).one(db).await?)
}

/// Receipts handed out in a check-in, oldest first.
pub async fn receipts(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Vec<receipt::Model>> {
    Ok(receipt::Entity::find()
        .filter(receipt::Column::CheckInId.eq(id.0))
        .order_by_asc(receipt::Column::AtMs)
        .all(db)
        .await?)
}

/// The findings of a check-in.
pub async fn findings(
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> StoreResult<Vec<finding::Model>> {
    Ok(finding::Entity::find().filter(finding::Column::CheckInId.eq(id.0)).all(db).await?)
}

/// A person's newest findings.
pub async fn findings_of_person(
    db: &impl ConnectionTrait,
    id: PersonId,
    limit: u64,
) -> StoreResult<Vec<finding::Model>> {
    Ok(finding::Entity::find()
        .filter(finding::Column::PersonId.eq(id.0))
        .order_by_desc(finding::Column::AtMs)
        .limit(limit)
        .all(db)
        .await?)
}

/// The findings of several check-ins.
pub async fn findings_of(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = uuid::Uuid>,
) -> StoreResult<Vec<finding::Model>> {
    Ok(finding::Entity::find().filter(finding::Column::CheckInId.is_in(ids)).all(db).await?)
}
