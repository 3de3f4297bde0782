//! Observations kept for linkage: tags under the keys of two epochs, never a value. One row a person,
//! UTC date and set of values.
//!
//! An epoch is ninety days. What is seen in one is tagged with its key and with that of the next, so
//! the key of an epoch can be destroyed when the epoch is over: what was seen in it still meets what
//! comes after, by the second tag.

use crate::entities::observation::{Column, Entity, Model};
use crate::{Store, StoreResult, Tx};
use muster_domain::id::PersonId;
use muster_domain::linking::{Tag, Tagger, Tags};
use muster_domain::time::{DAY_MS, UtcMillis};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How long an epoch lasts.
pub const EPOCH_DAYS: i64 = 90;
/// Rows read at once.
const PAGE: u64 = 5_000;
/// Values in one list of a query.
const IN_MAX: usize = 500;

/// `observation.source`
pub mod source {
    pub const CHECK_IN: &str = "check_in";
    pub const IMPORT: &str = "import";
}

/// The epoch of an instant.
pub fn epoch_of(at: UtcMillis) -> i64 {
    at.0.div_euclid(EPOCH_DAYS * DAY_MS)
}

/// Tags under the key of the present epoch and under the next one's.
pub struct Taggers {
    pub epoch: i64,
    pub now: Tagger,
    pub next: Tagger,
}

impl Store {
    /// The keys in force, made where this epoch has none yet.
    pub fn taggers(&self) -> StoreResult<Taggers> {
        let epoch = epoch_of(self.clock().now());
        let tagger = |epoch| -> StoreResult<Tagger> {
            Ok(Tagger::new(&*self.keys().link_key(epoch, self.entropy())?))
        };
        Ok(Taggers { epoch, now: tagger(epoch)?, next: tagger(epoch + 1)? })
    }
}

/// One observation to keep.
#[derive(Debug, Clone)]
pub struct NewObservation {
    pub person: PersonId,
    pub at: UtcMillis,
    pub source: &'static str,
    pub class: Option<String>,
    pub asn: Option<u32>,
    pub is_ipv6: bool,
    pub knows_lan: bool,
    pub tags: Tags,
    pub next: Tags,
}

/// Keeps observations, each once. Answers how many are new.
pub async fn keep(tx: &Tx, taggers: &Taggers, new: Vec<NewObservation>) -> StoreResult<u64> {
    let mut rows: HashMap<(Uuid, String, Vec<u8>), Model> = HashMap::new();
    for one in new {
        let row = row_of(tx, taggers, one);
        let key = (row.person_id, row.day.clone(), row.digest.clone());
        let kept = rows.entry(key).or_insert_with(|| row.clone());
        kept.at_ms = kept.at_ms.min(row.at_ms);
    }
    let people: HashSet<Uuid> = rows.values().map(|row| row.person_id).collect();
    let first = rows.values().map(|row| row.day.clone()).min();
    let last = rows.values().map(|row| row.day.clone()).max();
    let Some((first, last)) = first.zip(last) else { return Ok(0) };
    let people: Vec<Uuid> = people.into_iter().collect();
    for some in people.chunks(IN_MAX) {
        let there = Entity::find()
            .filter(Column::PersonId.is_in(some.iter().copied()))
            .filter(Column::Day.between(first.clone(), last.clone()))
            .all(&**tx)
            .await?;
        for there in there {
            // under the present key, or under the one that was next when it was kept
            for digest in [&there.digest, &there.digest_next] {
                let key = (there.person_id, there.day.clone(), digest.clone());
                let Some(again) = rows.remove(&key) else { continue };
                if again.at_ms < there.at_ms {
                    crate::save(tx, Model { at_ms: again.at_ms, ..there.clone() }).await?;
                }
            }
        }
    }
    let mut rows: Vec<Model> = rows.into_values().collect();
    rows.sort_by_key(|row| (row.at_ms, row.id));
    let mut count = 0;
    for some in rows.chunks(IN_MAX) {
        let some = some.iter().map(|row| row.clone().into_active_model().reset_all());
        let once = OnConflict::new().do_nothing().to_owned();
        count += Entity::insert_many(some).on_conflict(once).exec_without_returning(&**tx).await?;
    }
    Ok(count)
}

fn row_of(tx: &Tx, taggers: &Taggers, new: NewObservation) -> Model {
    let bytes = |tag: Option<Tag>| tag.map(|tag| tag.to_vec());
    let [line, prefix, square, moved_square, lan, device, delivery, payroll] =
        new.tags.each().map(bytes);
    let [
        line_next,
        prefix_next,
        square_next,
        moved_square_next,
        lan_next,
        device_next,
        delivery_next,
        payroll_next,
    ] = new.next.each().map(bytes);
    Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        person_id: new.person.0,
        day: day_of(new.at),
        at_ms: new.at.0,
        source: new.source.to_owned(),
        epoch: taggers.epoch,
        class: new.class,
        asn: new.asn.map(i64::from),
        is_ipv6: new.is_ipv6,
        knows_lan: new.knows_lan,
        digest: taggers.now.digest(&new.tags).to_vec(),
        digest_next: taggers.next.digest(&new.next).to_vec(),
        line,
        line_next,
        prefix,
        prefix_next,
        square,
        square_next,
        moved_square,
        moved_square_next,
        lan,
        lan_next,
        device,
        device_next,
        delivery,
        delivery_next,
        payroll,
        payroll_next,
    }
}

/// The UTC date, as it is kept.
pub fn day_of(at: UtcMillis) -> String {
    at.date_in(&jiff::tz::TimeZone::UTC).to_string()
}

/// The tags of a row, under its own key and under the next.
pub fn tags_of(row: &Model) -> (Tags, Tags) {
    let tag = |bytes: &Option<Vec<u8>>| bytes.as_deref().and_then(|b| Tag::try_from(b).ok());
    let both = |one: &Option<Vec<u8>>, two: &Option<Vec<u8>>| {
        tag(one).zip(tag(two)).map(|(one, two)| [one, two])
    };
    let now = Tags {
        line: tag(&row.line),
        prefix: tag(&row.prefix),
        cells: both(&row.square, &row.moved_square),
        lan: tag(&row.lan),
        device: tag(&row.device),
        delivery: tag(&row.delivery),
        payroll: tag(&row.payroll),
    };
    let next = Tags {
        line: tag(&row.line_next),
        prefix: tag(&row.prefix_next),
        cells: both(&row.square_next, &row.moved_square_next),
        lan: tag(&row.lan_next),
        device: tag(&row.device_next),
        delivery: tag(&row.delivery_next),
        payroll: tag(&row.payroll_next),
    };
    (now, next)
}

/// Everything since an instant, a page at a time, by rising id.
pub async fn page(
    db: &impl ConnectionTrait,
    since: UtcMillis,
    after: Option<Uuid>,
) -> StoreResult<Vec<Model>> {
    let mut query = Entity::find().filter(Column::AtMs.gte(since.0));
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(query.order_by_asc(Column::Id).limit(PAGE).all(db).await?)
}

/// Whether anybody was seen since an instant besides one person: else there is nothing to compare.
pub async fn has_two_people(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<bool> {
    let seen = || Entity::find().filter(Column::AtMs.gte(since.0));
    let Some(first) = seen().one(db).await? else { return Ok(false) };
    let other = seen().filter(Column::PersonId.ne(first.person_id)).one(db).await?;
    Ok(other.is_some())
}

/// By what rows are looked for.
#[derive(Debug, Clone)]
pub enum Wanted {
    Lines(Vec<Tag>),
    Prefixes(Vec<Tag>),
    Devices(Vec<Tag>),
    Lans(Vec<Tag>),
    Asn(u32),
    /// A UTC date.
    Day(String),
}

/// Rows that fit, at most `limit`; the newest first.
pub async fn find(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    limit: u64,
) -> StoreResult<Vec<Model>> {
    let (columns, tags) = match wanted {
        Wanted::Lines(tags) => ([Column::Line, Column::LineNext], tags),
        Wanted::Prefixes(tags) => ([Column::Prefix, Column::PrefixNext], tags),
        Wanted::Devices(tags) => ([Column::Device, Column::DeviceNext], tags),
        Wanted::Lans(tags) => ([Column::Lan, Column::LanNext], tags),
        Wanted::Asn(asn) => return of(db, Column::Asn.eq(i64::from(*asn)).into(), limit).await,
        Wanted::Day(day) => return of(db, Column::Day.eq(day.clone()).into(), limit).await,
    };
    let mut found: HashMap<Uuid, Model> = HashMap::new();
    for some in tags.chunks(IN_MAX) {
        let mut any = Condition::any();
        for column in columns {
            any = any.add(column.is_in(some.iter().map(|tag| tag.to_vec())));
        }
        found.extend(of(db, any, limit).await?.into_iter().map(|row| (row.id, row)));
        if found.len() as u64 >= limit {
            break;
        }
    }
    let mut found: Vec<Model> = found.into_values().collect();
    found.sort_by_key(|row| (std::cmp::Reverse(row.at_ms), row.id));
    found.truncate(limit as usize);
    Ok(found)
}

async fn of(
    db: &impl ConnectionTrait,
    condition: Condition,
    limit: u64,
) -> StoreResult<Vec<Model>> {
    let query = Entity::find().filter(condition).order_by_desc(Column::AtMs).limit(limit);
    Ok(query.all(db).await?)
}
