//! Verbs over any entity: insert a row, insert it unless it is there, save it whole; and the same
//! for thousands of rows at once.

use crate::{StoreResult, Tx};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, EntityTrait, IntoActiveModel, Iterable, ModelTrait,
    PrimaryKeyToColumn, sea_query::OnConflict,
};

/// Rows of one statement: the widest table stays below SQLite's 32,766 parameters.
const ROWS_MAX: usize = 500;
/// Values of one list in a condition.
pub(crate) const LISTED_MAX: usize = 1_000;

/// Inserts a row; a duplicate is an error.
pub async fn insert<M, A>(tx: &Tx, row: M) -> StoreResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    let row = row.into_active_model().reset_all();
    M::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Inserts a row unless a unique key says that it is there. Answers whether it is new.
pub async fn insert_new<M, A>(tx: &Tx, row: M) -> StoreResult<bool>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    let row = row.into_active_model().reset_all();
    let inserted = M::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes every column of an existing row.
pub async fn save<M, A>(tx: &Tx, row: M) -> StoreResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    let row = row.into_active_model().reset_all();
    M::Entity::update(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Inserts many rows; a duplicate is an error.
pub async fn insert_all<M, A>(tx: &Tx, rows: Vec<M>) -> StoreResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    for rows in batches(rows) {
        M::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Inserts many rows, each unless a unique key says that it is there.
pub async fn insert_all_new<M, A>(tx: &Tx, rows: Vec<M>) -> StoreResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    for rows in batches(rows) {
        let nothing = OnConflict::new().do_nothing().to_owned();
        M::Entity::insert_many(rows).on_conflict(nothing).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Writes every column of many rows, whether they are there or not.
pub async fn save_all<M, A>(tx: &Tx, rows: Vec<M>) -> StoreResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
{
    let key = || <M::Entity as EntityTrait>::PrimaryKey::iter().map(|k| k.into_column());
    let all = OnConflict::columns(key())
        .update_columns(<M::Entity as EntityTrait>::Column::iter())
        .to_owned();
    for rows in batches(rows) {
        M::Entity::insert_many(rows).on_conflict(all.clone()).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

fn batches<M, A>(rows: Vec<M>) -> Vec<Vec<A>>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity>,
{
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    let mut batches = Vec::new();
    while rows.peek().is_some() {
        batches.push(rows.by_ref().take(ROWS_MAX).collect());
    }
    batches
}
