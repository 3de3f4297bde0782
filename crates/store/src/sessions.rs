//! Signing in: codes bound to the browser that asked, opaque sessions kept as hashes, and rate
//! limits that survive a restart.

use crate::entities::{rate_window, session, sign_in_code};
use crate::{StoreResult, Tx};
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The newest unused code asked for by this browser.
pub async fn code_of_browser(tx: &Tx, browser: &str) -> StoreResult<Option<sign_in_code::Model>> {
    Ok(sign_in_code::Entity::find()
        .filter(sign_in_code::Column::Browser.eq(browser))
        .filter(sign_in_code::Column::UsedMs.is_null())
        .order_by_desc(sign_in_code::Column::CreatedMs)
        .lock_exclusive()
        .one(&**tx)
        .await?)
}

/// Unused one-time codes of this purpose.
pub async fn codes_of_purpose(tx: &Tx, purpose: &str) -> StoreResult<Vec<sign_in_code::Model>> {
    Ok(sign_in_code::Entity::find()
        .filter(sign_in_code::Column::Purpose.eq(purpose))
        .filter(sign_in_code::Column::UsedMs.is_null())
        .lock_exclusive()
        .all(&**tx)
        .await?)
}

/// The session with this token hash, if it has not expired.
pub async fn find(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: UtcMillis,
) -> StoreResult<Option<session::Model>> {
    Ok(session::Entity::find_by_id(token_hash)
        .filter(session::Column::ExpiresMs.gt(now.0))
        .one(db)
        .await?)
}

/// Ends one session.
pub async fn end(tx: &Tx, token_hash: &str) -> StoreResult<()> {
    session::Entity::delete_by_id(token_hash).exec(&**tx).await?;
    Ok(())
}

/// Ends every session of a person.
pub async fn end_all(tx: &Tx, person: PersonId) -> StoreResult<()> {
    session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(person.0))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Counts one hit of `subject` in the current window. Answers whether it is within `hits_max`.
pub async fn within_rate(
    tx: &Tx,
    subject: &str,
    window_ms: i64,
    hits_max: i64,
) -> StoreResult<bool> {
    let now = tx.store().clock().now().0;
    let start = now - now.rem_euclid(window_ms);
    let id = (subject.to_owned(), start);
    let row = rate_window::Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    let Some(mut row) = row else {
        let row = rate_window::Model { subject: subject.to_owned(), window_ms: start, hits: 1 };
        return Ok(crate::insert_new(tx, row).await? && hits_max >= 1);
    };
    row.hits += 1;
    let within = row.hits <= hits_max;
    crate::save(tx, row).await?;
    Ok(within)
}

/// Deletes expired sessions, codes and windows.
pub async fn purge(tx: &Tx, now: UtcMillis) -> StoreResult<()> {
    let day_ago = now.plus_ms(-muster_domain::time::DAY_MS);
    session::Entity::delete_many().filter(session::Column::ExpiresMs.lt(now.0)).exec(&**tx).await?;
    sign_in_code::Entity::delete_many()
        .filter(sign_in_code::Column::ExpiresMs.lt(day_ago.0))
        .exec(&**tx)
        .await?;
    rate_window::Entity::delete_many()
        .filter(rate_window::Column::WindowMs.lt(day_ago.0))
        .exec(&**tx)
        .await?;
    Ok(())
}
