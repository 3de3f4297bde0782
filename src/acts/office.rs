//! What all office acts share: who asks and whether a role allows it, the name that stands in the
//! log, and reasons worth the name.

use super::{ActError, ActResult};
use muster_domain::access::{self, Act, Actor, Denial};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::entities::person;
use muster_store::{Tx, people};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Characters a typed reason has at most.
const REASON_CHARS_MAX: usize = 500;
/// Words a typed reason has at least.
const REASON_WORDS_MIN: usize = 3;

/// Somebody who asks: a person with the roles in force, or the operator at a terminal.
#[derive(Debug, Clone)]
pub enum Asker {
    /// Whoever may run commands on this machine.
    Operator,
    Person {
        row: Box<person::Model>,
        roles: BTreeSet<Role>,
    },
}

impl Asker {
    /// Reads who asks. A person must be on the roster and hold a role that carries the act.
    pub async fn load(tx: &Tx, who: Option<PersonId>, act: Act) -> ActResult<Asker> {
        let Some(id) = who else { return Ok(Asker::Operator) };
        let row = active(&**tx, id).await?;
        let roles = people::roles(&**tx, id).await?;
        if !access::any_permits(&roles, act) {
            return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
        }
        Ok(Asker::Person { row: Box::new(row), roles })
    }

    /// The pseudonym in the log; nothing for the operator.
    pub fn pseudonym(&self) -> Option<Uuid> {
        match self {
            Asker::Operator => None,
            Asker::Person { row, .. } => Some(row.pseudonym),
        }
    }

    /// The row id.
    pub fn id(&self) -> Option<PersonId> {
        match self {
            Asker::Operator => None,
            Asker::Person { row, .. } => Some(PersonId(row.id)),
        }
    }

    /// As others read it.
    pub fn name(&self) -> &str {
        match self {
            Asker::Operator => t!("the operator"),
            Asker::Person { row, .. } => &row.name,
        }
    }

    /// `operator` or `person`: who acted, for the log.
    pub const fn via(&self) -> &'static str {
        match self {
            Asker::Operator => "operator",
            Asker::Person { .. } => "person",
        }
    }
}

/// A person who is on the roster today.
pub async fn active(db: &impl ConnectionTrait, id: PersonId) -> ActResult<person::Model> {
    let found = people::find(db, id).await?.filter(|p| p.state == "active");
    found.ok_or_else(|| ActError::conflict(t!("This person is not on the roster.")))
}

/// Checks that `actor` may confirm what `proposer` proposed. Nobody (the operator) stands for a
/// proposer nobody can be.
pub async fn second_person(
    tx: &Tx,
    actor: PersonId,
    act: Act,
    proposer: Option<Uuid>,
    about: Option<PersonId>,
) -> ActResult<person::Model> {
    let row = active(&**tx, actor).await?;
    let roles = people::roles(&**tx, actor).await?;
    let asks = Actor { id: actor, roles: &roles };
    let proposer = PersonId(proposer.unwrap_or_default());
    access::may_confirm(asks, act, proposer, about)
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    Ok(row)
}

/// Active people with a role that carries an act, but for those named.
pub async fn holders_of(
    tx: &Tx,
    act: Act,
    but: &[Option<PersonId>],
) -> ActResult<Vec<person::Model>> {
    let mut found: Vec<person::Model> = Vec::new();
    for role in Role::ALL.iter().filter(|role| access::permits(**role, act)) {
        for person in people::with_role(&**tx, *role).await? {
            let is_named = but.contains(&Some(PersonId(person.id)));
            if !is_named && !found.iter().any(|f| f.id == person.id) {
                found.push(person);
            }
        }
    }
    Ok(found)
}

/// Who manages whom, for questions about lines of management.
pub async fn managers(db: &impl ConnectionTrait) -> ActResult<HashMap<PersonId, PersonId>> {
    use person::{Column, Entity};
    use sea_orm::{EntityTrait, QuerySelect};
    let pairs: Vec<(Uuid, Option<Uuid>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::ManagerId])
        .into_tuple()
        .all(db)
        .await?;
    Ok(pairs.into_iter().filter_map(|(p, m)| Some((PersonId(p), PersonId(m?)))).collect())
}

/// A reason in at least three words and at most 500 characters, trimmed.
///
/// # Errors
/// It is too short to be one, or too long.
pub fn reason(text: &str) -> ActResult<String> {
    let text = text.trim();
    let is_short = text.split_whitespace().count() < REASON_WORDS_MIN;
    if is_short || text.chars().count() > REASON_CHARS_MAX {
        let accepted = t!("Write a reason of at least three words and at most 500 characters.");
        return Err(ActError::invalid("reason", accepted));
    }
    Ok(text.to_owned())
}
