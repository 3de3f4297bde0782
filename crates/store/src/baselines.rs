//! What baseline sessions leave: the reference still, sealed under the person's key, and who vouched.

use crate::entities::{check_in, reference_still, vouching};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreResult, Tx};
use muster_domain::check_in::CheckInKind;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::reference_still::{Still, StillState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use uuid::Uuid;

use reference_still::{Column, Entity, Model};

/// Written out, or the index of what is kept could not serve.
fn is_kept() -> Expr {
    Expr::cust(format!("reference_still.state = '{}'", StillState::Kept.code()))
}

/// The still that later verifiers see.
pub async fn kept(db: &impl ConnectionTrait, person: PersonId) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::PersonId.eq(person.0)).filter(is_kept()).one(db).await?)
}

/// Everybody's kept still, without the pictures.
pub async fn all_kept(db: &impl ConnectionTrait) -> StoreResult<BTreeMap<Uuid, i64>> {
    use sea_orm::QuerySelect;
    let rows: Vec<(Uuid, Option<i64>)> = Entity::find()
        .select_only()
        .columns([Column::PersonId, Column::KeptMs])
        .filter(is_kept())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(person, at)| Some((person, at?))).collect())
}

/// The still taken in this session, however far it has come.
pub async fn of_session(db: &impl ConnectionTrait, id: CheckInId) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::CheckInId.eq(id.0)).one(db).await?)
}

/// Lays a picture before the person. One that was not kept gives way to it.
pub async fn offer(
    tx: &Tx,
    person: PersonId,
    check_in: CheckInId,
    verifier: Uuid,
    still: &Still,
) -> StoreResult<Uuid> {
    drop_unkept(tx, check_in).await?;
    let id = Uuid::from_bytes(tx.store().entropy().bytes());
    let row = Model {
        id,
        person_id: person.0,
        check_in_id: check_in.0,
        verifier_id: verifier,
        state: StillState::Offered.code().to_owned(),
        picture: tx.seal(Owner::Person(person), column(id), still).await?,
        taken_ms: tx.store().clock().now().0,
        agreed_ms: None,
        kept_ms: None,
    };
    crate::insert(tx, row).await?;
    Ok(id)
}

/// The person agreed.
pub async fn agree(tx: &Tx, mut row: Model) -> StoreResult<()> {
    row.state = StillState::Agreed.code().to_owned();
    row.agreed_ms = Some(tx.store().clock().now().0);
    crate::save(tx, row).await
}

/// Keeps an agreed still in place of the one before, which is deleted.
pub async fn keep(tx: &Tx, mut row: Model) -> StoreResult<()> {
    Entity::delete_many()
        .filter(Column::PersonId.eq(row.person_id))
        .filter(Column::Id.ne(row.id))
        .exec(&**tx)
        .await?;
    row.state = StillState::Kept.code().to_owned();
    row.kept_ms = Some(tx.store().clock().now().0);
    crate::save(tx, row).await
}

/// Deletes what was taken in this session and not kept. Answers whether there was anything.
pub async fn drop_unkept(tx: &Tx, check_in: CheckInId) -> StoreResult<bool> {
    let gone = Entity::delete_many()
        .filter(Column::CheckInId.eq(check_in.0))
        .filter(Column::State.ne(StillState::Kept.code()))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Deletes the stills of people who have left. Answers how many.
pub async fn forget_left(tx: &Tx) -> StoreResult<u64> {
    use crate::entities::person;
    use sea_orm::QuerySelect;
    use sea_orm::QueryTrait;
    let left = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::State.ne("active"))
        .into_query();
    let gone = Entity::delete_many().filter(Column::PersonId.in_subquery(left)).exec(&**tx).await?;
    Ok(gone.rows_affected)
}

/// The picture.
pub async fn open(store: &Store, db: &impl ConnectionTrait, row: &Model) -> StoreResult<Still> {
    let owner = Owner::Person(PersonId(row.person_id));
    store.unseal(db, owner, column(row.id), &row.picture).await
}

/// Keeps somebody's word. Answers whether it is the first for this session.
pub async fn vouch(
    tx: &Tx,
    check_in: CheckInId,
    person: PersonId,
    voucher: PersonId,
) -> StoreResult<bool> {
    let row = vouching::Model {
        check_in_id: check_in.0,
        person_id: person.0,
        voucher_id: voucher.0,
        at_ms: tx.store().clock().now().0,
    };
    crate::insert_new(tx, row).await
}

/// Who vouched after this session.
pub async fn vouched(
    db: &impl ConnectionTrait,
    check_in: CheckInId,
) -> StoreResult<Option<vouching::Model>> {
    Ok(vouching::Entity::find_by_id(check_in.0).one(db).await?)
}

/// All words given, by session.
pub async fn all_vouched(
    db: &impl ConnectionTrait,
) -> StoreResult<BTreeMap<Uuid, vouching::Model>> {
    let rows = vouching::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|v| (v.check_in_id, v)).collect())
}

/// The baseline sessions of one person, newest first.
pub async fn sessions_of(
    db: &impl ConnectionTrait,
    person: PersonId,
) -> StoreResult<Vec<check_in::Model>> {
    Ok(check_in::Entity::find()
        .filter(check_in::Column::PersonId.eq(person.0))
        .filter(check_in::Column::Kind.eq(CheckInKind::Baseline.code()))
        .order_by_desc(check_in::Column::StartMs)
        .all(db)
        .await?)
}

/// Everybody's baseline sessions, newest first.
pub async fn all_sessions(
    db: &impl ConnectionTrait,
) -> StoreResult<BTreeMap<Uuid, Vec<check_in::Model>>> {
    let rows = check_in::Entity::find()
        .filter(check_in::Column::Kind.eq(CheckInKind::Baseline.code()))
        .order_by_desc(check_in::Column::StartMs)
        .all(db)
        .await?;
    let mut by_person: BTreeMap<Uuid, Vec<check_in::Model>> = BTreeMap::new();
    for row in rows {
        by_person.entry(row.person_id).or_default().push(row);
    }
    Ok(by_person)
}

fn column(row: Uuid) -> Place<'static> {
    Place { table: "reference_still", column: "picture", row }
}
