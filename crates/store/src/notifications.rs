//! Messages to people: one row per (about, step, channel, recipient), written in the transaction
//! that made the message necessary, sent by work.

use crate::entities::notices_waiting;
use crate::entities::notification::{Column, Entity, Model};
use crate::query::Query;
use crate::sealed::{Owner, Place};
use crate::{Store, StoreError, StoreResult, Tx};
use muster_domain::id::{NotificationId, PersonId};
use muster_domain::time::UtcMillis;
use muster_ports::Mail;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DerivePartialModel, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// `notification.state`
pub mod state {
    pub const QUEUED: &str = "queued";
    /// The next server has taken responsibility.
    pub const ACCEPTED: &str = "accepted";
    /// The next server said no for good.
    pub const REFUSED: &str = "refused";
    /// Written for a shadow installation: rendered, never sent.
    pub const SHADOW: &str = "shadow";
    /// No longer wanted before it was sent.
    pub const WITHDRAWN: &str = "withdrawn";
}

/// `notification.channel`
pub mod channel {
    pub const MAIL: &str = "mail";
    pub const SECOND_MAIL: &str = "second_mail";
}

/// One notification.
pub async fn get(db: &impl ConnectionTrait, id: NotificationId) -> StoreResult<Model> {
    Entity::find_by_id(id.0).one(db).await?.ok_or_else(|| StoreError::missing("notification", id))
}

/// Seals a mail for its row.
pub async fn seal_mail(tx: &Tx, owner: Owner, row: Uuid, mail: &Mail) -> StoreResult<Vec<u8>> {
    tx.seal(owner, message_column(row), mail).await
}

/// Opens the mail of a notification.
pub async fn open_mail(store: &Store, db: &impl ConnectionTrait, row: &Model) -> StoreResult<Mail> {
    store.unseal(db, Owner::from_id(row.owner), message_column(row.id), &row.message).await
}

/// Everything that was to be sent about one thing, oldest first.
pub async fn about(db: &impl ConnectionTrait, about: &str, id: Uuid) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::About.eq(about))
        .filter(Column::AboutId.eq(id))
        .order_by_asc(Column::CreatedMs)
        .all(db)
        .await?)
}

/// One message as it stands, without what it says.
#[derive(Debug, Clone, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Sent {
    pub recipient: Uuid,
    pub state: String,
    pub created_ms: i64,
    pub bounced_ms: Option<i64>,
}

impl Sent {
    /// Whether the next server took it and it has not come back. [`unreached`] asks the same of everybody's.
    pub fn is_delivered(&self) -> bool {
        self.state == state::ACCEPTED && self.bounced_ms.is_none()
    }
}

/// Everything of one kind of subject whose step begins with `prefix`; of one recipient if named.
pub async fn with_steps(
    db: &impl ConnectionTrait,
    about: &str,
    prefix: &str,
    recipient: Option<PersonId>,
) -> StoreResult<Vec<Sent>> {
    let mut query =
        Entity::find().filter(Column::About.eq(about)).filter(Column::Step.starts_with(prefix));
    if let Some(recipient) = recipient {
        query = query.filter(Column::Recipient.eq(recipient.0));
    }
    Ok(query.into_partial_model().all(db).await?)
}

/// Active members of a policy whom a version of the notice has not reached: they have not said that they read
/// it, and no mail with such a step was taken and kept by the next server. `is_pilot`: only those for whom the
/// programme is live by name. Everybody is looked at where they are kept: a roster of thousands is not
/// brought here each minute to find that nobody is left.
pub async fn unreached(
    db: &impl ConnectionTrait,
    version: &str,
    steps: &str,
    is_pilot: bool,
) -> StoreResult<Vec<PersonId>> {
    let mut query = Query::new(
        "SELECT m.person_id FROM membership m JOIN person p ON p.id = m.person_id \
         WHERE p.state = 'active'",
    );
    if is_pilot {
        query.sql += " AND m.person_id IN (SELECT l.person_id FROM live_since l)";
    }
    let version = query.bind(version);
    query.sql += &format!(
        " AND m.person_id NOT IN (SELECT a.person_id FROM notice_acknowledgement a WHERE a.version = {version})"
    );
    let (steps, accepted) = (query.bind(format!("{steps}%")), query.bind(state::ACCEPTED));
    query.sql += &format!(
        " AND m.person_id NOT IN (SELECT n.recipient FROM notification n WHERE n.about = 'office' \
         AND n.step LIKE {steps} AND n.state = {accepted} AND n.bounced_ms IS NULL) ORDER BY m.person_id"
    );
    let rows = db.query_all_raw(query.on(db)).await?;
    rows.iter().map(|row| Ok(PersonId(row.try_get_by_index(0)?))).collect()
}

/// The row of one (about, step, channel, recipient).
pub async fn find(
    db: &impl ConnectionTrait,
    about: &str,
    about_id: Uuid,
    step: &str,
    channel: &str,
    recipient: Uuid,
) -> StoreResult<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::About.eq(about))
        .filter(Column::AboutId.eq(about_id))
        .filter(Column::Step.eq(step))
        .filter(Column::Channel.eq(channel))
        .filter(Column::Recipient.eq(recipient))
        .one(db)
        .await?)
}

/// How mails fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery {
    pub accepted: u64,
    /// Refused at once, or given back later.
    pub bounced: u64,
    /// Waiting now, whenever they were written.
    pub queued: u64,
    pub oldest_queued_ms: Option<i64>,
}

/// Of mails written since an instant, how many fared how; and what waits now.
pub async fn delivery(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<Delivery> {
    let written = || Entity::find().filter(Column::CreatedMs.gte(since.0));
    let in_state = |word: &str| written().filter(Column::State.eq(word));
    let oldest: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::CreatedMs.min(), "oldest")
        .filter(Column::State.eq(state::QUEUED))
        .into_tuple()
        .one(db)
        .await?;
    Ok(Delivery {
        accepted: in_state(state::ACCEPTED).count(db).await?,
        bounced: written().filter(Column::BouncedMs.is_not_null()).count(db).await?,
        queued: Entity::find().filter(Column::State.eq(state::QUEUED)).count(db).await?,
        oldest_queued_ms: oldest.flatten(),
    })
}

/// Whose mails of the time since an instant came back, most lately first, each once.
pub async fn came_back(db: &impl ConnectionTrait, since: UtcMillis) -> StoreResult<Vec<Uuid>> {
    let recipients: Vec<(Uuid, Option<i64>)> = Entity::find()
        .select_only()
        .column(Column::Recipient)
        .column_as(Column::BouncedMs.max(), "last")
        .filter(Column::CreatedMs.gte(since.0))
        .filter(Column::BouncedMs.is_not_null())
        .group_by(Column::Recipient)
        .order_by_desc(Column::BouncedMs.max())
        .into_tuple()
        .all(db)
        .await?;
    Ok(recipients.into_iter().map(|(recipient, _)| recipient).collect())
}

/// Newest notifications.
pub async fn recent(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<Model>> {
    Ok(Entity::find().order_by_desc(Column::CreatedMs).limit(limit).all(db).await?)
}

/// Every notification to one person since `since_ms`.
pub async fn to_person(
    db: &impl ConnectionTrait,
    recipient: Uuid,
    since_ms: i64,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Recipient.eq(recipient))
        .filter(Column::CreatedMs.gte(since_ms))
        .order_by_desc(Column::CreatedMs)
        .all(db)
        .await?)
}

/// The row with this Message-ID.
pub async fn by_message_id(
    db: &impl ConnectionTrait,
    message_id: &str,
) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::MessageId.eq(message_id)).one(db).await?)
}

fn message_column(row: Uuid) -> Place<'static> {
    Place { table: "notification", column: "message", row }
}

/// The one row of `notices_waiting`.
const WAITING: i64 = 1;

/// People whom the notice in force had not reached, and of those whose mail was refused, as last counted.
pub async fn waiting(db: &impl ConnectionTrait) -> StoreResult<Option<(usize, usize)>> {
    let row = notices_waiting::Entity::find_by_id(WAITING).one(db).await?;
    Ok(row.map(|row| (row.people as usize, row.refused as usize)))
}

/// Keeps that count.
pub async fn keep_waiting(tx: &Tx, people: usize, refused: usize) -> StoreResult<()> {
    let row =
        notices_waiting::Model { id: WAITING, people: people as i64, refused: refused as i64 };
    crate::save_all(tx, vec![row]).await
}
