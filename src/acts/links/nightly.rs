//! The night: everything seen in the window is compared, and groups are kept with their numbers,
//! stories and whoever looks into them. A group that is new or has grown asks security; a place that
//! many share asks for a name. What is open stays open until a human closes it, found again or not.

use super::{ids, is_unresolved, telling};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::id::PersonId;
use muster_domain::judging::AccessClass;
use muster_domain::judging::evidence::Point;
use muster_domain::linking::{
    Group, KeptLedger, KeptObservation, LinkReport, SiteTags, WINDOW_DAYS, continued,
};
use muster_domain::time::DAY_MS;
use muster_messages::mail::LinkGroupWhy;
use muster_store::audit::Record;
use muster_store::entities::{link_group, link_member, observation, work_place};
use muster_store::links::{self, EdgeDetail, GroupDetail, event, state};
use muster_store::people::{PlaceDetail, place_column};
use muster_store::{Sealed, Tx, Whose, observations, sites};
use sea_orm::EntityTrait;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// An open group that nobody has taken on is told again after so long, one that is taken on later.
const REMIND_OPEN_MS: i64 = DAY_MS - 3_600_000;
const REMIND_TAKEN_MS: i64 = 7 * DAY_MS - 3_600_000;

/// What one night found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Night {
    pub groups: usize,
    pub new: usize,
    pub grown: usize,
}

/// Compares, and keeps what came of it in the transaction that the caller commits.
pub async fn compare(context: &Context) -> ActResult<LinkReport> {
    let store = &context.store;
    let since = context.now().plus_ms(-WINDOW_DAYS * DAY_MS);
    let declared = Declared::load(context).await?;
    let mut ledger = KeptLedger::default();
    let mut after = None;
    loop {
        let page = observations::page(store.read(), since, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        page.iter().for_each(|row| add(&mut ledger, row, &declared));
    }
    let named = sites::active(store, store.read()).await?;
    let taggers = store.taggers()?;
    for (person, place) in declared.everywhere() {
        let tagged = [&taggers.now, &taggers.next].map(|tagger| tagger.squares(place));
        ledger.declare(&person.to_string(), tagged.into_iter().flatten());
    }
    let linked = tokio::task::spawn_blocking(move || {
        let sites = SiteTags::of(&named, &[taggers.now, taggers.next]);
        ledger.link(&sites)
    });
    linked.await.map_err(|e| ActError::Conflict(format!("the comparison broke off: {e}")))
}

fn add(ledger: &mut KeptLedger, row: &observation::Model, declared: &Declared) {
    let (tags, next) = observations::tags_of(row);
    ledger.add(&KeptObservation {
        person: &row.person_id.to_string(),
        at: muster_domain::time::UtcMillis(row.at_ms),
        class: row.class.as_deref().and_then(AccessClass::from_code),
        is_ipv6: row.is_ipv6,
        tags,
        next,
        declared: &declared.on(row.person_id, &row.day),
    });
}

/// Work places of everybody, opened once.
struct Declared(HashMap<Uuid, Vec<DeclaredPlace>>);

/// First and last day, and where.
type DeclaredPlace = (Option<String>, Option<String>, Point);

impl Declared {
    async fn load(context: &Context) -> ActResult<Declared> {
        let db = context.store.read();
        let keys = context.store.data_keys(db, Whose::Everybody).await?;
        let mut places: HashMap<Uuid, Vec<_>> = HashMap::new();
        for row in work_place::Entity::find().all(db).await? {
            let Some(key) = keys.get(&row.person_id) else { continue };
            let sealed = Sealed::<PlaceDetail>::from(row.place.clone());
            let detail = sealed.open(key, place_column(&row))?;
            if let Some(point) = Point::from_degrees(detail.lat, detail.lon) {
                let of_person = places.entry(row.person_id).or_default();
                of_person.push((row.valid_from, row.valid_to, point));
            }
        }
        Ok(Declared(places))
    }

    /// Every place of everybody.
    fn everywhere(&self) -> impl Iterator<Item = (Uuid, Point)> {
        let places = self.0.iter();
        places.flat_map(|(person, places)| places.iter().map(|(.., point)| (*person, *point)))
    }

    fn on(&self, person: Uuid, day: &str) -> Vec<Point> {
        let places = self.0.get(&person).map(Vec::as_slice).unwrap_or_default();
        let valid = places.iter().filter(|(from, to, _)| {
            from.as_deref().is_none_or(|from| from <= day)
                && to.as_deref().is_none_or(|to| day <= to)
        });
        valid.map(|(.., point)| *point).collect()
    }
}

/// Keeps what a night found, tells whom it concerns, and destroys keys that are over.
pub async fn keep(context: &Context, tx: &Tx, report: &LinkReport) -> ActResult<Night> {
    let standing = links::standing(&**tx).await?;
    let everybody = links::all_members(&**tx).await?;
    let members_of = |row: &link_group::Model| -> Vec<link_member::Model> {
        let rows = everybody.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter(|m| m.until_ms.is_none()).cloned().collect()
    };
    let known: Vec<BTreeSet<Uuid>> =
        standing.iter().map(|row| members_of(row).iter().map(|m| m.person_id).collect()).collect();
    let found: Vec<BTreeSet<Uuid>> = report.groups.iter().map(people_of).collect();
    let of_found = continued(&known, &found);
    let mut night = Night { groups: found.len(), ..Night::default() };
    for ((group, people), before) in report.groups.iter().zip(&found).zip(&of_found) {
        match before {
            None => {
                begin(context, tx, group, people).await?;
                night.new += 1;
            }
            Some(k) => {
                let row = standing[*k].clone();
                let has_grown = go_on(context, tx, row, &known[*k], group, people).await?;
                night.grown += usize::from(has_grown);
            }
        }
    }
    for (k, row) in standing.iter().enumerate() {
        if of_found.contains(&Some(k)) {
            continue;
        }
        match is_unresolved(row) {
            true => remind(context, tx, row.clone(), &ids(&members_of(row))).await?,
            false => end(tx, row.clone(), members_of(row)).await?,
        }
    }
    let epoch = observations::epoch_of(context.now());
    let destroyed = context.store.keys().destroy_link_keys_before(epoch)?;
    Record::new("people-linked")
        .fact("people", report.people as u64)
        .fact("observations", report.observations as u64)
        .fact("groups", night.groups as u64)
        .fact("new", night.new as u64)
        .fact("grown", night.grown as u64)
        .fact("keys_destroyed", destroyed as u64)
        .write(tx)
        .await?;
    Ok(night)
}

fn people_of(group: &Group) -> BTreeSet<Uuid> {
    group.members.iter().filter_map(|id| id.parse().ok()).collect()
}

fn detail_of(group: &Group) -> GroupDetail {
    let edge = |edge: &muster_domain::linking::Edge| {
        let reasons = edge.reasons.iter();
        Some(EdgeDetail {
            a: edge.a.parse().ok()?,
            b: edge.b.parse().ok()?,
            reasons: reasons.map(|r| (r.kind.code().to_owned(), milli(r.weight))).collect(),
            days: edge.days,
            from: edge.from.map(|day| day.to_string()),
            to: edge.to.map(|day| day.to_string()),
        })
    };
    GroupDetail {
        sentence: group.sentence.clone(),
        edges: group.edges.iter().filter_map(edge).collect(),
    }
}

fn milli(points: f64) -> i64 {
    (points * 1_000.0).round() as i64
}

async fn begin(
    context: &Context,
    tx: &Tx,
    group: &Group,
    people: &BTreeSet<Uuid>,
) -> ActResult<()> {
    let now = context.now().0;
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let row = link_group::Model {
        id,
        no: links::next_no(tx).await?,
        state: if group.needs_site { state::SITE } else { state::OPEN }.to_owned(),
        needs_site: group.needs_site,
        people: people.len() as i64,
        score_milli: milli(group.score),
        detail: links::seal_detail(tx, id, &detail_of(group)).await?,
        opened_ms: now,
        grew_ms: now,
        found_ms: now,
        told_ms: now,
        turn: 1,
        acknowledged_by: None,
        acknowledged_ms: None,
        resolution: None,
        resolution_reason: None,
        resolved_by: None,
        resolved_ms: None,
        ended_ms: None,
    };
    muster_store::insert(tx, row.clone()).await?;
    join(tx, id, people.iter(), now).await?;
    links::tell(tx, id, event::FOUND, None, None, &people.len().to_string()).await?;
    let why = if group.needs_site { LinkGroupWhy::NeedsSite } else { LinkGroupWhy::New };
    let members: Vec<PersonId> = people.iter().copied().map(PersonId).collect();
    telling::tell(context, tx, &row, &members, why).await?;
    Ok(())
}

async fn join(
    tx: &Tx,
    group: Uuid,
    people: impl Iterator<Item = &Uuid>,
    now: i64,
) -> ActResult<()> {
    let rows = people.map(|person| link_member::Model {
        group_id: group,
        person_id: *person,
        since_ms: now,
        until_ms: None,
    });
    Ok(muster_store::save_all(tx, rows.collect()).await?)
}

/// A known group was found again. Answers whether somebody was asked anew because it has grown.
async fn go_on(
    context: &Context,
    tx: &Tx,
    mut row: link_group::Model,
    before: &BTreeSet<Uuid>,
    group: &Group,
    people: &BTreeSet<Uuid>,
) -> ActResult<bool> {
    let now = context.now().0;
    let joined: Vec<&Uuid> = people.difference(before).collect();
    let everybody: BTreeSet<Uuid> = before.union(people).copied().collect();
    let members: Vec<PersonId> = everybody.iter().copied().map(PersonId).collect();
    let was_site = row.state == state::SITE;
    let is_case = !group.needs_site;
    row.found_ms = now;
    row.needs_site = group.needs_site;
    row.score_milli = milli(group.score);
    row.people = everybody.len() as i64;
    row.detail = links::seal_detail(tx, row.id, &detail_of(group)).await?;
    join(tx, row.id, joined.iter().copied(), now).await?;
    let asks_anew = is_case && (was_site || !joined.is_empty());
    if asks_anew {
        row.state = state::OPEN.to_owned();
        row.grew_ms = now;
        row.told_ms = now;
        row.turn += 1;
        (row.acknowledged_by, row.acknowledged_ms) = (None, None);
        (row.resolution, row.resolution_reason) = (None, None);
        (row.resolved_by, row.resolved_ms) = (None, None);
        muster_store::save(tx, row.clone()).await?;
        let detail = joined.len().to_string();
        links::tell(tx, row.id, event::GREW, None, None, &detail).await?;
        telling::tell(context, tx, &row, &members, LinkGroupWhy::Grew).await?;
        return Ok(true);
    }
    muster_store::save(tx, row.clone()).await?;
    if is_unresolved(&row) {
        remind(context, tx, row, &members).await?;
    }
    Ok(false)
}

/// Nobody may forget an open group.
async fn remind(
    context: &Context,
    tx: &Tx,
    mut row: link_group::Model,
    members: &[PersonId],
) -> ActResult<()> {
    let is_taken = row.state == state::ACKNOWLEDGED;
    let after = if is_taken { REMIND_TAKEN_MS } else { REMIND_OPEN_MS };
    let now = context.now().0;
    if now - row.told_ms < after {
        return Ok(());
    }
    row.told_ms = now;
    row.turn += 1;
    muster_store::save(tx, row.clone()).await?;
    telling::tell(context, tx, &row, members, LinkGroupWhy::Waits).await
}

/// A group that is closed, or was a site only, and is not found any more.
async fn end(
    tx: &Tx,
    mut row: link_group::Model,
    members: Vec<link_member::Model>,
) -> ActResult<()> {
    let now = Some(tx.store().clock().now().0);
    row.ended_ms = now;
    muster_store::save(tx, row.clone()).await?;
    for member in members {
        muster_store::save(tx, link_member::Model { until_ms: now, ..member }).await?;
    }
    Ok(links::tell(tx, row.id, event::ENDED, None, None, "").await?)
}
