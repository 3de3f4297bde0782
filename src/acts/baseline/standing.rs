//! How far everybody has come with the first session: what is arranged, what took place, what is
//! still to do. Reads only.

use crate::acts::policy::Live;
use crate::acts::{ActResult, check_in as employee, notices};
use muster_domain::check_in::Presence;
use muster_domain::id::PersonId;
use muster_domain::msg;
use muster_store::entities::{check_in, person, vouching};
use muster_store::installation::mode;
use muster_store::orders::{self, kind};
use muster_store::{baselines, people, policies};
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

/// Everybody on the roster, by name.
pub async fn overview(db: &impl ConnectionTrait) -> ActResult<Vec<Standing>> {
    let live = Live::load(db).await?;
    let waiting: BTreeSet<Uuid> = waiting(db).await?;
    let members = policies::memberships(db).await?;
    let notified = notices::delivered(db).await?;
    let kept = baselines::all_kept(db).await?;
    let mut sessions = baselines::all_sessions(db).await?;
    let mut words = baselines::all_vouched(db).await?;
    let mut all = Vec::new();
    for person in people::active(db).await? {
        let id = PersonId(person.id);
        let blocked = if live.mode != mode::LIVE || !live.is_for(id) {
            Some(msg!("the programme is not live for them"))
        } else if !members.contains_key(&id) {
            Some(msg!("in no cadence policy"))
        } else if !live.counts_gates_as_passed() && !notified.contains(&id) {
            Some(msg!("the notice has not reached them"))
        } else {
            None
        };
        let mut one = Standing {
            is_waiting: waiting.contains(&person.id),
            kept_ms: kept.get(&person.id).copied(),
            sessions: sessions.remove(&person.id).unwrap_or_default(),
            vouching: None,
            blocked,
            person,
        };
        one.vouching = one.held().map(|s| s.id).and_then(|id| words.remove(&id));
        all.push(one);
    }
    all.sort_by(|a, b| (&a.person.name, a.person.id).cmp(&(&b.person.name, b.person.id)));
    Ok(all)
}

async fn waiting(db: &impl ConnectionTrait) -> ActResult<BTreeSet<Uuid>> {
    let open = orders::open(db).await?;
    Ok(open.iter().filter(|o| o.kind == kind::BASELINE).map(|o| o.person_id).collect())
}
