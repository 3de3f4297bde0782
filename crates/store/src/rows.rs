//! Three verbs over any entity: insert a row, insert it unless it is there, save it whole.

use crate::{StoreResult, Tx};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait,
    sea_query::OnConflict,
};

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
