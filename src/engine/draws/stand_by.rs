//! Finds who stands in for a verifier who fell out: in the keyed order of the session's slot,
//! under the key that drew the session. Only what has been announced counts as taken; where a hit
//! that is announced later finds its verifier gone, it begins with a call of its own.

use super::rows::{Roster, split, token_of};
use super::{Engine, Keeper, Planned};
use crate::acts::context::zone_of;
use crate::acts::{excuse, policy, stand_by};
use muster_domain::check_in::{CheckInKind, CheckInState};
use muster_domain::draw::{
    BoundaryKey, Busy, HandOverReason, PersonRow, Purpose, StandByQuestion, choose_stand_by,
};
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::person::DrawToken;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::entities::{check_in, person, stand_by_call};
use muster_store::stand_by as calls;
use muster_store::{Tx, check_ins, draw_tokens, draws, orders, people};
use sea_orm::ConnectionTrait;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// How long a search that found nobody rests before it looks again.
pub(super) const LOOK_AGAIN_MS: i64 = 30_000;

/// One call: check-in and attempt.
pub(super) type CallKey = (uuid::Uuid, i64);

/// Searches that found nobody yet, and when they looked.
#[derive(Default)]
pub(super) struct Searches(HashMap<CallKey, UtcMillis>);

impl Searches {
    pub(super) fn next_look(&self) -> impl Iterator<Item = UtcMillis> {
        self.0.values().map(|at| at.plus_ms(LOOK_AGAIN_MS))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Keeper {
    /// Asks somebody for every open call. Answers how many calls were settled.
    pub(super) async fn hand_over(&mut self, engine: &Engine) -> anyhow::Result<usize> {
        let open = calls::open(engine.context.store.read()).await?;
        self.searches.0.retain(|key, _| open.iter().any(|c| key_of(c) == *key));
        let now = engine.now();
        let mut settled = 0;
        for call in open {
            let looked = self.searches.0.get(&key_of(&call)).copied();
            if looked.is_some_and(|at| now.since(at) < LOOK_AGAIN_MS) {
                continue;
            }
            match self.answer(engine, &call).await {
                Ok(true) => settled += 1,
                Ok(false) => {
                    self.searches.0.insert(key_of(&call), now);
                }
                // One search that cannot be made must not keep the others from being made.
                Err(error) => {
                    let id = call.check_in_id;
                    tracing::error!(check_in = %id, error = format!("{error:#}"), "no stand-in");
                    self.searches.0.insert(key_of(&call), now);
                }
            }
        }
        Ok(settled)
    }

    async fn answer(
        &mut self,
        engine: &Engine,
        call: &stand_by_call::Model,
    ) -> anyhow::Result<bool> {
        let context = &engine.context;
        let id = CheckInId(call.check_in_id);
        let row = check_ins::get(context.store.read(), id).await?;
        if crate::acts::check_in::is_over(&row) || engine.now() > row.clocks().grace_end() {
            let tx = context.store.begin().await?;
            stand_by::give_up(&tx, id, call.attempt).await?;
            tx.commit().await?;
            return Ok(true);
        }
        let Some(token) = self.choose(engine, &row).await? else { return Ok(false) };
        let tx = context.store.begin().await?;
        let Some(to) = people::by_token(&*tx, token).await? else { return Ok(false) };
        let is_settled = stand_by::assign(context, &tx, id, call.attempt, &to).await?;
        tx.commit().await?;
        Ok(is_settled)
    }

    async fn choose(
        &mut self,
        engine: &Engine,
        row: &check_in::Model,
    ) -> anyhow::Result<Option<DrawToken>> {
        let db = engine.context.store.read();
        let person = people::get(db, row.person()).await?;
        let token = self.token_in_plan(engine, row, &person).await?;
        if self.planned_for(row, &token).is_none() {
            // After a restart a closed label is not planned by itself.
            for boundary in draws::boundaries_of(db, &row.label).await? {
                self.plans.plan_until(engine, &boundary).await?;
            }
        }
        let Some(planned) = self.planned_for(row, &token) else {
            anyhow::bail!("label {} is not planned here", row.label);
        };
        let policy = policy::load(db, PolicyVersionId(row.policy_version_id)).await?;
        let roster = Roster::of(engine, row.label.parse()?, &[&person]).await?;
        let (slot, now) = (UtcMillis(row.start_ms), engine.now());
        let offers = Offers::of(engine, planned, slot).await?;
        // Of a hit the committed row counts, and whoever must not meet them since.
        let committed = planned.inputs.person(&token).filter(|_| row.why() == CheckInKind::Drawn);
        let mut excluded = offers.under_their_tokens(roster.excluded(person.id));
        excluded.extend(committed.iter().flat_map(|row| &row.excluded));
        let asked = PersonRow {
            block: None,
            class: None,
            excluded,
            k: 1,
            languages: committed
                .map_or_else(|| split(&person.languages), |row| row.languages.clone()),
            last_verifier: offers
                .under_their_tokens(roster.last_verifier(roster.state_of(person.id)))
                .pop(),
            policy: policy.id,
            slots: Vec::new(),
            token,
        };
        let question = StandByQuestion {
            person: &asked,
            slot,
            from: slot.max(now),
            session_minutes: row.session_minutes as u16,
            turnaround_minutes: policy.policy.clock.turnaround_minutes,
            verifiers: planned.inputs.verifiers(),
            busy: &busy(engine, row, &offers).await?,
            barred: &barred(engine, row, &offers, slot).await?,
        };
        let key = key_of_session(engine, row, planned, &token).await?;
        Ok(choose_stand_by(&question, &key))
    }

    /// The token under which the person stands in the plan: the one of now, or one from before.
    async fn token_in_plan(
        &self,
        engine: &Engine,
        row: &check_in::Model,
        person: &person::Model,
    ) -> anyhow::Result<DrawToken> {
        let now = token_of(person);
        let ever = draw_tokens::of_person(engine.context.store.read(), row.person()).await?;
        let ever = ever.into_iter().filter_map(|t| Some(DrawToken(t.token.try_into().ok()?)));
        let is_planned = |token: &DrawToken| self.planned_for(row, token).is_some();
        Ok(std::iter::once(now).chain(ever).find(is_planned).unwrap_or(now))
    }

    /// The boundary that drew this session; of one that was ordered, the first of its label.
    fn planned_for(&self, row: &check_in::Model, token: &DrawToken) -> Option<&Planned> {
        let of_label = || self.plans.all().filter(|p| p.row.label == row.label);
        let drew = |p: &&Planned| p.plan.selections.iter().any(|s| s.token == *token);
        of_label().find(drew).or_else(|| of_label().find(|p| p.inputs.person(token).is_some()))
    }
}

/// The verifiers whose committed rows offer the slot, and the tokens they have there: a token can
/// change between two boundaries, and the order is that of the rows.
struct Offers {
    by_person: HashMap<uuid::Uuid, (DrawToken, person::Model)>,
    /// Rows of people who are not on record any more.
    erased: Vec<DrawToken>,
}

impl Offers {
    async fn of(engine: &Engine, planned: &Planned, slot: UtcMillis) -> anyhow::Result<Offers> {
        let db = engine.context.store.read();
        let mut offers = Offers { by_person: HashMap::new(), erased: Vec::new() };
        let rows = planned.inputs.verifiers().iter();
        for row in rows.filter(|v| v.slots.iter().any(|r| r.contains(slot))) {
            match people::by_token(db, row.verifier).await? {
                Some(person) => {
                    offers.by_person.insert(person.id, (row.verifier, person));
                }
                None => offers.erased.push(row.verifier),
            }
        }
        Ok(offers)
    }

    /// The token of the row, where the person has one.
    fn token(&self, person: &person::Model) -> DrawToken {
        self.by_person.get(&person.id).map_or_else(|| token_of(person), |(token, _)| *token)
    }

    /// Tokens of now as those of the rows.
    fn under_their_tokens(&self, tokens: impl IntoIterator<Item = DrawToken>) -> Vec<DrawToken> {
        let in_rows = |now: DrawToken| {
            let found = self.by_person.values().find(|(_, person)| token_of(person) == now);
            found.map_or(now, |(token, _)| *token)
        };
        tokens.into_iter().map(in_rows).collect()
    }
}

fn key_of(call: &stand_by_call::Model) -> CallKey {
    (call.check_in_id, call.attempt)
}

/// The key the session was placed with.
async fn key_of_session(
    engine: &Engine,
    row: &check_in::Model,
    planned: &Planned,
    token: &DrawToken,
) -> anyhow::Result<BoundaryKey> {
    if row.why() == CheckInKind::Drawn {
        return Ok(planned.key.clone());
    }
    let order = orders::of_check_in(engine.context.store.read(), row.check_in_id()).await?;
    let no = order.map_or(1, |o| u16::try_from(o.no).unwrap_or(u16::MAX));
    let purpose = match row.why() {
        CheckInKind::Manual => Purpose::Manual(no),
        CheckInKind::Baseline => Purpose::Baseline(no),
        CheckInKind::Drawn | CheckInKind::Recheck => Purpose::Recheck(no),
    };
    Ok(planned.key.for_purpose(purpose, token))
}

/// Announced sessions around this one, for both who are in each.
async fn busy(
    engine: &Engine,
    row: &check_in::Model,
    offers: &Offers,
) -> anyhow::Result<Vec<Busy>> {
    let db = engine.context.store.read();
    let (from, to) = (row.start_ms - 2 * DAY_MS, row.start_ms + 2 * DAY_MS);
    let now = engine.now();
    let mut tokens: HashMap<uuid::Uuid, (DrawToken, jiff::tz::TimeZone)> = HashMap::new();
    let mut turnarounds: HashMap<uuid::Uuid, i64> = HashMap::new();
    let mut busy = Vec::new();
    let seconds = on_their_way(db, UtcMillis(from)).await?;
    for other in check_ins::between(db, UtcMillis(from), UtcMillis(to)).await? {
        let is_off = other.cancelled_ms.or(other.excused_ms).or(other.refused_ms).is_some();
        if other.id == row.id || is_off {
            continue;
        }
        let turnaround = match turnarounds.entry(other.policy_version_id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let policy = policy::load(db, PolicyVersionId(other.policy_version_id)).await?;
                *new.insert(i64::from(policy.policy.clock.turnaround_minutes))
            }
        };
        let start = UtcMillis(other.start_ms);
        // A talk that began late is not over when it should be.
        let began = if other.life() == CheckInState::Live { start.max(now) } else { start };
        let end = began.plus_minutes(other.session_minutes);
        let second = seconds.get(&other.id).copied().filter(|id| Some(*id) != other.verifier_id);
        for (id, until, is_verifier) in [
            (Some(other.person_id), end, false),
            (other.verifier_id, end.plus_minutes(turnaround), true),
            (second, end.plus_minutes(turnaround), true),
        ] {
            let Some(id) = id else { continue };
            let (who, zone) = match tokens.entry(id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let Some(found) = people::find(db, PersonId(id)).await? else { continue };
                    new.insert((offers.token(&found), zone_of(&found)))
                }
            };
            let counts_for = is_verifier.then(|| start.date_in(zone));
            busy.push(Busy { who: *who, from: start, until, counts_for });
        }
    }
    Ok(busy)
}

/// By session, whoever was called to give a second opinion since `since`: held up by it, though the
/// session may still be the first verifier's.
async fn on_their_way(
    db: &impl ConnectionTrait,
    since: UtcMillis,
) -> anyhow::Result<HashMap<uuid::Uuid, uuid::Uuid>> {
    let calls = calls::since(db, since).await?;
    let seconds = calls.into_iter().filter(stand_by::second_opinion::is_second);
    Ok(seconds.filter_map(|call| Some((call.check_in_id, call.to_verifier?))).collect())
}

/// Whoever fell out of this session before, and whoever became unavailable since the rows were
/// committed.
async fn barred(
    engine: &Engine,
    row: &check_in::Model,
    offers: &Offers,
    slot: UtcMillis,
) -> anyhow::Result<BTreeSet<DrawToken>> {
    let db = engine.context.store.read();
    let mut ids: BTreeSet<uuid::Uuid> = row.verifier_id.into_iter().collect();
    for call in calls::of_check_in(db, row.check_in_id()).await? {
        ids.extend(call.from_verifier);
        ids.extend(call.to_verifier);
    }
    let mut barred: BTreeSet<DrawToken> = offers.erased.iter().copied().collect();
    for (id, (token, verifier)) in &offers.by_person {
        if ids.contains(id) || !excuse::is_available(db, verifier, slot).await? {
            barred.insert(*token);
        }
    }
    Ok(barred)
}

/// Why the verifier a session was planned with cannot be announced with it, if so: gone since the
/// rows were committed, or standing in for somebody at that time.
pub(super) async fn unavailable(
    tx: &Tx,
    verifier: Option<&person::Model>,
    start: UtcMillis,
    occupied_minutes: i64,
) -> anyhow::Result<Option<HandOverReason>> {
    let Some(verifier) = verifier else { return Ok(Some(HandOverReason::NotAvailable)) };
    if !excuse::is_available(&**tx, verifier, start).await? {
        return Ok(Some(HandOverReason::NotAvailable));
    }
    let span = occupied_minutes.max(1);
    let id = PersonId(verifier.id);
    let (from, to) = (start.plus_minutes(1 - span).plus_ms(-60_000), start.plus_minutes(span));
    let held = check_ins::of_verifier(&**tx, id, from.plus_ms(1), to).await?;
    let is_taken = held.iter().any(|c| !crate::acts::check_in::is_over(c));
    Ok(is_taken.then_some(HandOverReason::Taken))
}
