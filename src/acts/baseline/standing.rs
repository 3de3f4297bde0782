//! How far everybody has come with the first session: what is arranged, what took place, what is
//! still to do. Reads only.

use crate::acts::policy::Live;
use crate::acts::{ActResult, check_in as employee, notices};
use muster_domain::check_in::Presence;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::msg;
use muster_store::entities::{check_in, person, vouching};
use muster_store::installation::mode;
use muster_store::orders::{self, kind};
use muster_store::{Whose, baselines, people, policies};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How far one person has come.
#[derive(Debug, Clone)]
pub struct Standing {
    pub person: person::Model,
    /// Whether a booking waits for its time.
    pub is_waiting: bool,
    /// Every session, newest first.
    pub sessions: Vec<check_in::Model>,
    /// When the picture in force was kept.
    pub kept_ms: Option<i64>,
    /// Somebody's word after the newest session that took place.
    pub vouching: Option<vouching::Model>,
    /// Why none can be booked now.
    pub blocked: Option<&'static str>,
}

impl Standing {
    /// The newest session, whatever became of it.
    pub fn newest(&self) -> Option<&check_in::Model> {
        self.sessions.first()
    }

    /// The session that is announced and still ahead or under way.
    pub fn ahead(&self) -> Option<&check_in::Model> {
        self.newest().filter(|s| !employee::is_over(s))
    }

    /// The newest session that took place. A later one that was missed takes nothing away from it.
    pub fn held(&self) -> Option<&check_in::Model> {
        self.sessions.iter().find(|s| took_place(s))
    }

    /// Whether a session is booked, or announced and not over.
    pub fn is_arranged(&self) -> bool {
        self.is_waiting || self.ahead().is_some()
    }

    /// Whether one took place.
    pub fn has_met(&self) -> bool {
        self.held().is_some()
    }

    /// Whether anything is still to do: a session, a picture, or somebody's word.
    pub fn is_due(&self) -> bool {
        self.is_arranged() || self.kept_ms.is_none() || self.vouching.is_none()
    }

    /// Whether a session can be booked for somebody who was never met.
    pub fn may_be_booked(&self) -> bool {
        let is_new = self.kept_ms.is_none() && !self.has_met();
        is_new && self.blocked.is_none() && !self.is_arranged()
    }
}

/// Whether a verifier met the person in it.
pub(super) fn took_place(row: &check_in::Model) -> bool {
    let presence = row.presence.as_deref().and_then(Presence::from_code);
    matches!(presence, Some(Presence::LivePersonSeen | Presence::Confirmed))
}

/// Everybody on the roster, by name. For lists; one person is asked for with [`of`].
pub async fn overview(db: &impl ConnectionTrait) -> ActResult<Vec<Standing>> {
    let gates = Gates::load(db).await?;
    let waiting = waiting(db).await?;
    let kept = baselines::all_kept(db).await?;
    let mut sessions = baselines::all_sessions(db).await?;
    let mut words = baselines::all_vouched(db).await?;
    let mut all = Vec::new();
    for person in people::active(db).await? {
        let mut one = Standing {
            is_waiting: waiting.contains(&person.id),
            kept_ms: kept.get(&person.id).copied(),
            sessions: sessions.remove(&person.id).unwrap_or_default(),
            vouching: None,
            blocked: gates.blocked(PersonId(person.id)),
            person,
        };
        one.vouching = one.held().map(|s| s.id).and_then(|id| words.remove(&id));
        all.push(one);
    }
    all.sort_by(|a, b| (&a.person.name, a.person.id).cmp(&(&b.person.name, b.person.id)));
    Ok(all)
}

/// One person; none who is not on the roster today.
pub async fn of(db: &impl ConnectionTrait, id: PersonId) -> ActResult<Option<Standing>> {
    let person = people::find(db, id).await?.filter(|person| person.state == "active");
    let Some(person) = person else { return Ok(None) };
    let mut one = Standing {
        is_waiting: waiting(db).await?.contains(&person.id),
        kept_ms: baselines::kept(db, id).await?.and_then(|still| still.kept_ms),
        sessions: baselines::sessions_of(db, id).await?,
        vouching: None,
        blocked: Gates::load_for(db, id).await?.blocked(id),
        person,
    };
    if let Some(held) = one.held().map(|s| CheckInId(s.id)) {
        one.vouching = baselines::vouched(db, held).await?;
    }
    Ok(Some(one))
}

/// What stands before a first session.
pub(super) struct Gates {
    live: Live,
    members: BTreeSet<PersonId>,
    notified: BTreeSet<PersonId>,
}

impl Gates {
    /// For everybody.
    pub(super) async fn load(db: &impl ConnectionTrait) -> ActResult<Gates> {
        Ok(Gates {
            live: Live::load(db).await?,
            members: policies::members(db).await?,
            notified: notices::delivered(db).await?,
        })
    }

    /// For one person.
    async fn load_for(db: &impl ConnectionTrait, id: PersonId) -> ActResult<Gates> {
        let just = |is_so: bool| is_so.then_some(id).into_iter().collect();
        Ok(Gates {
            live: Live::load_of(db, Whose::Of(&[id.0])).await?,
            members: just(policies::membership_of(db, id).await?.is_some()),
            notified: just(notices::has_reached(db, id).await?),
        })
    }

    /// Why none can be booked now.
    pub(super) fn blocked(&self, id: PersonId) -> Option<&'static str> {
        if self.live.mode != mode::LIVE || !self.live.is_for(id) {
            Some(msg!("the programme is not live for them"))
        } else if !self.members.contains(&id) {
            Some(msg!("in no cadence policy"))
        } else if !self.live.counts_gates_as_passed() && !self.notified.contains(&id) {
            Some(msg!("the notice has not reached them"))
        } else {
            None
        }
    }
}

/// Whose booking waits for its time.
pub(super) async fn waiting(db: &impl ConnectionTrait) -> ActResult<BTreeSet<Uuid>> {
    let open = orders::open(db).await?;
    Ok(open.iter().filter(|o| o.kind == kind::BASELINE).map(|o| o.person_id).collect())
}
