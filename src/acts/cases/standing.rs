//! How somebody stands to a case: the roles in force, the line of management, what the case's own
//! facts allow. Every act and every page of a case asks here first.

use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::{self, Act, Actor, CaseFacts, Denial, any_permits};
use muster_domain::case::{CaseCause, CloserRelation, SecondLook, StoryEvent};
use muster_domain::check_in::{Outcome, Presence};
use muster_domain::escalation::RecipientKind;
use muster_domain::id::{CaseId, CheckInId, PersonId};
use muster_domain::person::Role;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::entities::{case_event, cases as row, check_in, person};
use muster_store::{StoreError, Tx, cases, check_ins, lines, people};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Somebody who looks at cases.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub person: person::Model,
    pub roles: BTreeSet<Role>,
    /// Whose lines of management were read. Of anybody else this person may know nothing.
    about: HashSet<PersonId>,
    /// Of those, of this person, and of everybody above them.
    managers: HashMap<PersonId, PersonId>,
}

impl Viewer {
    /// Reads who asks, and how they stand to the people they ask about. Somebody who has left may do
    /// nothing.
    ///
    /// # Errors
    /// `Forbidden` where the person is not on the roster.
    pub async fn load(
        db: &impl ConnectionTrait,
        id: PersonId,
        about: impl IntoIterator<Item = PersonId>,
    ) -> ActResult<Viewer> {
        let person = people::find(db, id).await?.filter(|p| p.state == "active");
        let person = person.ok_or_else(|| ActError::forbidden(t!("You are not on the roster.")))?;
        let roles = people::roles(db, id).await?;
        let mut viewer = Viewer { person, roles, about: HashSet::new(), managers: HashMap::new() };
        viewer.ask_about(db, about).await?;
        Ok(viewer)
    }

    /// Reads how this person stands to some more people.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn ask_about(
        &mut self,
        db: &impl ConnectionTrait,
        about: impl IntoIterator<Item = PersonId>,
    ) -> ActResult<()> {
        let more: HashSet<PersonId> =
            about.into_iter().filter(|id| !self.about.contains(id)).collect();
        if !more.is_empty() {
            let ids: Vec<PersonId> = more.iter().copied().collect();
            self.managers.extend(lines::seen_by(db, self.id(), &ids).await?);
            self.about.extend(more);
        }
        Ok(())
    }

    /// The person's id.
    pub fn id(&self) -> PersonId {
        PersonId(self.person.id)
    }

    /// Whether one of the roles carries an act.
    pub fn may(&self, act: Act) -> bool {
        any_permits(&self.roles, act)
    }

    /// Whether this person may know of the case.
    pub fn may_view(&self, case: &CaseFacts) -> bool {
        let asked = |actor: Actor<'_>, manager_of: access::ManagerOf<'_>| {
            access::may_view_case(actor, case, manager_of)
        };
        self.asks(case.person, asked).is_ok()
    }

    /// Whether this person may open the evidence.
    ///
    /// # Errors
    /// Why not.
    pub fn may_open_evidence(&self, act: Act, case: &CaseFacts) -> Result<(), Denial> {
        self.asks(case.person, |actor, manager_of| {
            access::may_open_evidence(actor, act, case, manager_of)
        })
    }

    /// Whether this person may read what did not fit, without what was measured.
    ///
    /// # Errors
    /// Why not.
    pub fn may_read_findings(&self, case: &CaseFacts) -> Result<(), Denial> {
        self.asks(case.person, |actor, manager_of| {
            access::may_read_findings(actor, case, manager_of)
        })
    }

    /// Whether this person may ask for an exception for another, or confirm or end one.
    ///
    /// # Errors
    /// Why not.
    pub fn may_except(&self, act: Act, person: PersonId) -> Result<(), Denial> {
        self.asks(person, |actor, manager_of| access::may_except(actor, act, person, manager_of))
    }

    /// Whether this person may close the case.
    ///
    /// # Errors
    /// Why not.
    pub fn may_close(&self, case: &CaseFacts, evidence_opened: bool) -> Result<(), Denial> {
        self.asks(case.person, |actor, manager_of| {
            access::may_close(actor, case, evidence_opened, manager_of)
        })
    }

    /// Whether this person may look at an objection of another again.
    ///
    /// # Errors
    /// Why not.
    pub fn may_review_dispute(
        &self,
        person: PersonId,
        verifier: Option<PersonId>,
    ) -> Result<(), Denial> {
        self.asks(person, |actor, manager_of| {
            access::may_review_dispute(actor, person, verifier, manager_of)
        })
    }

    /// Whether this person stands above the other in the line of management.
    pub fn is_in_line_of(&self, person: PersonId) -> bool {
        self.knows(person)
            && access::in_line_of(self.id(), person, &|p| self.managers.get(&p).copied())
    }

    /// Whether the two are in one line, in either direction: nobody who might be counts as outside.
    pub fn shares_a_line_with(&self, person: PersonId) -> bool {
        !self.knows(person)
            || access::share_a_line(self.id(), person, &|p| self.managers.get(&p).copied())
    }

    /// What the person is to the case, the nearest first.
    pub fn relation(&self, case: &CaseFacts, check_in: &check_in::Model) -> CloserRelation {
        if self.id() == case.person {
            return CloserRelation::Themselves;
        }
        if self.shares_a_line_with(case.person) {
            return CloserRelation::Line;
        }
        if check_in.verifier() == Some(self.id()) {
            return CloserRelation::Verifier;
        }
        if self.roles.contains(&Role::Security) {
            return CloserRelation::Security;
        }
        match self.roles.contains(&Role::Hr) {
            true => CloserRelation::Hr,
            false => CloserRelation::Other,
        }
    }

    fn knows(&self, person: PersonId) -> bool {
        debug_assert!(self.about.contains(&person), "nobody asked about {person}");
        self.about.contains(&person)
    }

    fn asks(
        &self,
        about: PersonId,
        question: impl FnOnce(Actor<'_>, access::ManagerOf<'_>) -> Result<(), Denial>,
    ) -> Result<(), Denial> {
        if !self.knows(about) {
            return Err(Denial::NotInLine);
        }
        let actor = Actor { id: self.id(), roles: &self.roles };
        question(actor, &|p| self.managers.get(&p).copied())
    }
}

/// The cause of a case; a word we do not know is treated as grave.
pub fn cause(case: &row::Model) -> CaseCause {
    CaseCause::from_code(&case.cause).unwrap_or(CaseCause::Escalated)
}

/// What decides who may see and do what.
pub async fn facts_of(
    db: &impl ConnectionTrait,
    case: &row::Model,
    check_in: &check_in::Model,
) -> ActResult<CaseFacts> {
    let outcome = match cause(case) {
        CaseCause::Missed => Outcome::Missed,
        CaseCause::Refused => Outcome::Refused,
        CaseCause::NeedsReview => Outcome::NeedsReview,
        CaseCause::Escalated => Outcome::Escalated,
        CaseCause::InconclusiveRepeated => Outcome::Inconclusive,
    };
    let shared_with_line = match outcome {
        Outcome::Escalated => was_told_to_line(db, case).await?,
        _ => true,
    };
    Ok(CaseFacts {
        person: PersonId(case.person_id),
        cause: outcome,
        is_first_plain_miss: case.first_plain_miss,
        shared_with_line,
        blind_look_pending: second_look(db, case, check_in).await? == SecondLook::Pending,
    })
}

/// Whether the second, blind look is needed and was given.
pub async fn second_look(
    db: &impl ConnectionTrait,
    case: &row::Model,
    check_in: &check_in::Model,
) -> ActResult<SecondLook> {
    if check_in.presence.as_deref() != Some(Presence::DifferentPerson.code()) {
        return Ok(SecondLook::NotNeeded);
    }
    let given = case_event::Entity::find()
        .filter(case_event::Column::CaseId.eq(case.id))
        .filter(case_event::Column::Kind.eq(StoryEvent::SecondLookGiven.code()))
        .count(db)
        .await?;
    Ok(if given > 0 { SecondLook::Given } else { SecondLook::Pending })
}

/// Whether this person may learn the outcome of a check-in. What security looks at first is not told
/// by another page either; for such a person the check-in is best left out.
pub async fn may_know_outcome(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    check_in: &check_in::Model,
) -> ActResult<bool> {
    if check_in.outcome.as_deref() != Some(Outcome::Escalated.code()) {
        return Ok(true);
    }
    Ok(known_of(db, viewer, std::slice::from_ref(check_in)).await?.contains(&check_in.id))
}

/// Of which of these escalated check-ins this person may know that they are.
pub async fn known_of(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    escalated: &[check_in::Model],
) -> ActResult<HashSet<Uuid>> {
    let cases = cases::of_check_ins(db, escalated).await?;
    let mut known = HashSet::new();
    for row in escalated {
        let may = match cases.get(&row.id) {
            Some(case) => viewer.may_view(&facts_of(db, case, row).await?),
            None => viewer.roles.contains(&Role::Security),
        };
        known.extend(may.then_some(row.id));
    }
    Ok(known)
}

async fn was_told_to_line(db: &impl ConnectionTrait, case: &row::Model) -> ActResult<bool> {
    let line = [RecipientKind::Manager.code(), RecipientKind::ManagersManager.code()];
    let steps = cases::steps(db, CaseId(case.id)).await?;
    Ok(steps.iter().any(|s| line.contains(&s.recipient.as_str())))
}

/// A case with everything an act needs, its row locked until the transaction ends.
pub(in crate::acts) struct Held {
    pub tx: Tx,
    pub case: row::Model,
    pub facts: CaseFacts,
    pub viewer: Viewer,
    pub subject: person::Model,
    pub check_in: check_in::Model,
}

/// Locks a case for one act of one person. A case somebody may not know of is not there for them.
pub(in crate::acts) async fn hold(
    context: &Context,
    actor: PersonId,
    id: CaseId,
    act: Act,
) -> ActResult<Held> {
    let tx = context.store.begin().await?;
    let case = cases::lock(&tx, id).await?;
    let viewer = Viewer::load(&*tx, actor, [PersonId(case.person_id)]).await?;
    let check_in = check_ins::get(&*tx, CheckInId(case.check_in_id)).await?;
    let facts = facts_of(&*tx, &case, &check_in).await?;
    if !viewer.may_view(&facts) {
        return Err(StoreError::missing("case", id).into());
    }
    if !viewer.may(act) {
        return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
    }
    let subject = people::get(&*tx, PersonId(case.person_id)).await?;
    Ok(Held { tx, case, facts, viewer, subject, check_in })
}
