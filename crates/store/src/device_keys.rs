//! Browsers that signed for people. A key is known by a keyed hash of its thumbprint only, so that the
//! database alone says neither which key it was nor whether a given one is among them.

use crate::entities::device_key::{Column, Entity, Model};
use crate::{StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::gathered::KeyStanding;
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// A key signed for a person in a check-in.
pub async fn note(
    tx: &Tx,
    person: PersonId,
    mac: &str,
    check_in: CheckInId,
    at: UtcMillis,
) -> StoreResult<()> {
    let found = Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Mac.eq(mac))
        .one(&**tx)
        .await?;
    match found {
        Some(row) => crate::save(tx, Model { last_ms: at.0, ..row }).await,
        None => {
            let id = Uuid::from_bytes(tx.store().entropy().bytes());
            let row = Model {
                id,
                person_id: person.0,
                mac: mac.to_owned(),
                first_check_in: check_in.0,
                first_ms: at.0,
                last_ms: at.0,
            };
            crate::insert(tx, row).await
        }
    }
}

/// How a key that signed in this check-in stands; `None` where it is not known any more.
pub async fn standing(
    db: &impl ConnectionTrait,
    person: PersonId,
    mac: &str,
    check_in: CheckInId,
) -> StoreResult<Option<KeyStanding>> {
    let theirs = Entity::find().filter(Column::PersonId.eq(person.0)).all(db).await?;
    let Some(this) = theirs.iter().find(|key| key.mac == mac) else { return Ok(None) };
    let same = Entity::find().filter(Column::Mac.eq(mac)).all(db).await?;
    let others = same.iter().filter(|key| key.person_id != person.0).count();
    let earlier = theirs.iter().filter(|key| key.first_ms < this.first_ms).count();
    Ok(Some(KeyStanding {
        is_new: this.first_check_in == check_in.0,
        earlier_keys: earlier as u32,
        other_people: others as u32,
    }))
}
