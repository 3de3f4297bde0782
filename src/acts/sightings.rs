//! Raw sightings: who was at the door of a check-in, who was in its room, what each side says it
//! receives. Kept as they come, once each; what they mean is decided by judging.

use super::stand_by::LATE_MS;
use super::{ActResult, Context, challenges};
use muster_domain::check_in::CheckInState;
use muster_domain::id::CheckInId;
use muster_domain::judging::attendance::{
    AttendanceEvent, AttendanceKind, AttendanceSource, Party,
};
use muster_domain::time::UtcMillis;
use muster_store::entities::attendance_event;
use muster_store::jobs::Job;
use muster_store::{Tx, check_ins, evidence};
use uuid::Uuid;

/// The room whose presence we see ourselves.
pub const BUILT_IN_ROOM: &str = "built-in";

/// One sighting to keep.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    pub check_in: CheckInId,
    pub source: AttendanceSource,
    pub who: Party,
    pub kind: AttendanceKind,
    /// The same source and id twice is the same event.
    pub external_id: &'a str,
    /// Frames, for `receiving`; else 0.
    pub amount: i64,
    pub at: UtcMillis,
}

/// Keeps a sighting. Answers whether it is new.
pub async fn keep(tx: &Tx, seen: &Seen<'_>) -> ActResult<bool> {
    let store = tx.store();
    let row = attendance_event::Model {
        id: Uuid::from_bytes(store.entropy().bytes()),
        check_in_id: seen.check_in.0,
        source: seen.source.code().to_owned(),
        who: seen.who.code().to_owned(),
        kind: seen.kind.code().to_owned(),
        external_id: seen.external_id.to_owned(),
        amount: seen.amount,
        at_ms: seen.at.0,
        received_ms: store.clock().now().0,
    };
    Ok(muster_store::insert_new(tx, row).await?)
}

/// Somebody opened their page of a check-in, or stands at the door of its room; once each.
pub async fn on_page(
    context: &Context,
    check_in: CheckInId,
    who: Party,
    kind: AttendanceKind,
) -> ActResult<()> {
    let external_id = format!("{}/{}", who.code(), kind.code());
    let tx = context.store.begin().await?;
    let seen = Seen {
        check_in,
        source: AttendanceSource::OwnPage,
        who,
        kind,
        external_id: &external_id,
        amount: 0,
        at: context.now(),
    };
    keep(&tx, &seen).await?;
    Ok(tx.commit().await?)
}

/// Somebody came into the room or left it.
#[derive(Debug, Clone, Copy)]
pub struct RoomChange {
    pub check_in: CheckInId,
    pub who: Party,
    /// Of one socket; a rejoin has another.
    pub connection: Uuid,
    pub joined: bool,
    pub at: UtcMillis,
}

/// Keeps a change in the room. While both are in it the check-in is live; the first time they
/// are, its tasks are drawn. Answers how many, where that was now.
pub async fn in_room(context: &Context, change: &RoomChange) -> ActResult<Option<usize>> {
    let tx = context.store.begin().await?;
    let mut row = check_ins::lock(&tx, change.check_in).await?;
    let kind = if change.joined { AttendanceKind::Joined } else { AttendanceKind::Left };
    let external_id = format!("{}/{}", change.connection, kind.code());
    let seen = Seen {
        check_in: change.check_in,
        source: AttendanceSource::RoomPresence,
        who: change.who,
        kind,
        external_id: &external_id,
        amount: 0,
        at: change.at,
    };
    keep(&tx, &seen).await?;
    let events = evidence::attendance(&*tx, change.check_in).await?;
    let is_both = is_inside(&events, Party::Employee) && is_inside(&events, Party::Verifier);
    let state = match (is_both, row.life()) {
        (true, CheckInState::Booking | CheckInState::Announced | CheckInState::Open) => {
            Some(CheckInState::Live)
        }
        (false, CheckInState::Live) => Some(CheckInState::Open),
        _ => None,
    };
    if let Some(state) = state {
        row.state = state.code().to_owned();
        muster_store::save(&tx, row.clone()).await?;
    }
    let drawn = match is_both && row.life() == CheckInState::Live {
        true => challenges::draw(context, &tx, &row).await?,
        false => None,
    };
    if change.who == Party::Verifier && !change.joined {
        // A page that comes back within the patience is no falling out.
        let due = change.at.max(UtcMillis(row.start_ms)).plus_ms(LATE_MS);
        let moment = format!("left-{}", change.connection);
        Job::SeekVerifier { check_in: change.check_in, moment }.plan(&tx, due).await?;
    }
    tx.commit().await?;
    Ok(drawn)
}

/// Whether a side is in the room, as far as the room has told us.
pub fn is_inside(events: &[attendance_event::Model], who: Party) -> bool {
    let count = |kind: AttendanceKind| {
        events
            .iter()
            .filter(|e| e.source == AttendanceSource::RoomPresence.code())
            .filter(|e| e.who == who.code() && e.kind == kind.code())
            .count()
    };
    count(AttendanceKind::Joined) > count(AttendanceKind::Left)
}

/// Stored sightings as judging reads them. Rows that today's words do not know are left out.
pub fn events_of(rows: &[attendance_event::Model]) -> Vec<AttendanceEvent> {
    let events = rows.iter().filter_map(|row| {
        Some(AttendanceEvent {
            source: AttendanceSource::from_code(&row.source)?,
            kind: AttendanceKind::from_code(&row.kind)?,
            who: Party::from_code(&row.who)?,
            at: UtcMillis(row.at_ms),
            external_id: row.external_id.clone(),
        })
    });
    events.collect()
}

/// What one side says it received of the other. One report in ten seconds is kept.
#[derive(Debug, Clone, Copy)]
pub struct MediaReport {
    pub check_in: CheckInId,
    /// Whom the picture shows: the other side of whoever reports.
    pub seen: Party,
    pub connection: Uuid,
    pub frames: u64,
    pub at: UtcMillis,
}

/// Keeps a media report; one without frames says nothing.
pub async fn receiving(context: &Context, report: &MediaReport) -> ActResult<()> {
    if report.frames == 0 {
        return Ok(());
    }
    let external_id = format!("{}/{}", report.connection, report.at.0.div_euclid(10_000));
    let tx = context.store.begin().await?;
    let seen = Seen {
        check_in: report.check_in,
        source: AttendanceSource::MediaReport,
        who: report.seen,
        kind: AttendanceKind::Receiving,
        external_id: &external_id,
        amount: i64::try_from(report.frames).unwrap_or(i64::MAX),
        at: report.at,
    };
    keep(&tx, &seen).await?;
    Ok(tx.commit().await?)
}
