//! Versions of a cadence policy: checked, proposed, confirmed by a second person, turned down. The
//! very first policies of an installation may come into force by one hand.

use super::activate::activate;
use super::membership::{Everybody, active_policy};
use crate::acts::notify::{self, Notice};
use crate::acts::office::{Asker, holders_of, second_person};
use crate::acts::roster::{BY_HAND, attributes_of};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::policy::{
    Filter, Lint, ParsedPolicy, PolicyFault, PolicyKnown, content_hash, parse_policy,
};
use muster_domain::roster::ATTRIBUTE_COLUMNS;
use muster_domain::sentence::Sentence;
use muster_messages::language::say;
use muster_messages::mail::PolicyPending;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::policy_version;
use muster_store::policies::{self, state};
use muster_store::work::Lane;
use muster_store::{StoreError, Tx, people};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;

/// Rooms policies may name. Each provider of rooms adds its name.
const ROOMS: &[&str] = &["built-in"];

/// A policy file that could be proposed.
#[derive(Debug, Clone)]
pub struct Draft {
    pub parsed: ParsedPolicy,
    pub lint: Lint,
    /// SHA-256 of the canonical form, hexadecimal.
    pub hash: String,
}

impl Draft {
    /// The same, measured for a pool of so many people.
    ///
    /// # Errors
    /// None that [`lint`] had not found.
    pub fn for_people(mut self, people: Option<u32>) -> ActResult<Draft> {
        self.lint = measured(&self.parsed, people)?;
        Ok(self)
    }
}

fn measured(parsed: &ParsedPolicy, people: Option<u32>) -> Result<Lint, Unfit> {
    muster_domain::policy::lint(parsed, people).map_err(|refusal| Unfit::Refused {
        key: format!("policy.{}", parsed.policy.law),
        sentence: refusal.0,
    })
}

/// Why a policy file cannot be proposed.
#[derive(Debug, Clone)]
pub enum Unfit {
    /// What is written cannot be read: every fault, with key and line.
    Faults(Vec<PolicyFault>),
    /// It can be read, and its law cannot be or is no draw: one sentence.
    Refused { key: String, sentence: Sentence },
}

impl Unfit {
    /// One sentence a fault, in the language spoken.
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Unfit::Faults(faults) => faults.iter().map(|fault| say(&fault.sentence())).collect(),
            Unfit::Refused { key, sentence } => vec![format!("{key}: {}", say(sentence))],
        }
    }
}

impl From<Unfit> for ActError {
    fn from(unfit: Unfit) -> ActError {
        ActError::Invalid(unfit.sentences().into_iter().map(|s| ("policy", s)).collect())
    }
}

/// A policy that came into force.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Activated {
    pub id: PolicyVersionId,
    pub name: String,
    pub version: i64,
    pub hash: String,
    /// People in its pool.
    pub people: usize,
    pub warnings: Vec<String>,
}

/// The attribute columns somebody on the roster fills; while nobody is on it, all that a roster
/// may have.
pub async fn attribute_names(db: &impl ConnectionTrait) -> ActResult<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut is_empty = true;
    for person in people::active(db).await? {
        let mut attributes = attributes_of(&person)?;
        if attributes.remove(BY_HAND).is_none() {
            is_empty = false;
            names.extend(attributes.into_keys());
        }
    }
    if is_empty {
        names.extend(ATTRIBUTE_COLUMNS.iter().map(|c| (*c).to_owned()));
    }
    Ok(names)
}

/// How many people on the roster a filter matches; `None` while nobody is on it.
pub async fn pool_size(db: &impl ConnectionTrait, filter: &Filter) -> ActResult<Option<u32>> {
    let everybody = Everybody::load(db).await?;
    let matched = everybody.attributes.iter().filter(|a| filter.matches(a)).count();
    let is_known = !everybody.people.is_empty();
    Ok(is_known.then(|| u32::try_from(matched).unwrap_or(u32::MAX)))
}

/// Reads a policy file and measures its law.
///
/// # Errors
/// Every fault of what is written, or the one reason why there is no draw under it.
pub fn lint(text: &str, attributes: &BTreeSet<String>) -> Result<Draft, Unfit> {
    let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
    let known = PolicyKnown { attributes: &attributes, rooms: ROOMS };
    let parsed = parse_policy(text, &known).map_err(Unfit::Faults)?;
    let lint = measured(&parsed, None)?;
    let hash = hex::encode(content_hash(&parsed.policy));
    Ok(Draft { parsed, lint, hash })
}

/// Keeps a new version, pending until a second person confirms it, and tells those who may.
///
/// # Errors
/// `Invalid` with every fault; `Forbidden`; `Conflict` where this content is in force or waits.
pub async fn propose(
    context: &Context,
    actor: Option<PersonId>,
    text: &str,
) -> ActResult<policy_version::Model> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ProposePolicy).await?;
    let row = insert(context, &tx, &asker, text).await?;
    tell_confirmers(context, &tx, &asker, &row).await?;
    tx.commit().await?;
    Ok(row)
}

/// Brings the first policies of an installation into force, all in one, by one hand.
///
/// # Errors
/// As for [`propose`] and [`confirm`]; `Forbidden` once any policy was ever in force.
pub async fn activate_first(
    context: &Context,
    actor: Option<PersonId>,
    texts: &[&str],
) -> ActResult<Vec<Activated>> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ProposePolicy).await?;
    if policies::ever_active(&*tx).await? {
        return Err(ActError::forbidden(t!(
            "A policy was in force before, so a second person has to confirm this one."
        )));
    }
    let mut rows = Vec::new();
    for text in texts {
        rows.push(insert(context, &tx, &asker, text).await?);
    }
    let activated = activate(context, &tx, &asker, rows).await?;
    tx.commit().await?;
    Ok(activated)
}

/// Brings a pending version into force and retires the one before.
///
/// # Errors
/// `Forbidden` where the actor proposed it or may not confirm; `Conflict` where it does not wait,
/// where people would be matched by two policies, and where nobody in the pool could be met.
pub async fn confirm(
    context: &Context,
    actor: PersonId,
    id: PolicyVersionId,
) -> ActResult<Activated> {
    let tx = context.store.begin().await?;
    let row = waiting(&tx, id).await?;
    let by = second_person(&tx, actor, Act::ConfirmPolicy, row.proposed_by, None).await?;
    let asker = Asker::Person { row: Box::new(by), roles: BTreeSet::new() };
    let activated = activate(context, &tx, &asker, vec![row]).await?;
    tx.commit().await?;
    activated.into_iter().next().ok_or_else(|| ActError::conflict(t!("Nothing was activated.")))
}

/// Turns a pending version down. Whoever proposed it may take it back, too.
///
/// # Errors
/// `Forbidden`; `Conflict` where it does not wait.
pub async fn reject(context: &Context, actor: PersonId, id: PolicyVersionId) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let mut row = waiting(&tx, id).await?;
    let is_own = row.proposed_by == Some(actor.0);
    let act = if is_own { Act::ProposePolicy } else { Act::ConfirmPolicy };
    let asker = Asker::load(&tx, Some(actor), act).await?;
    row.state = state::REJECTED.to_owned();
    row.retired_ms = Some(context.now().0);
    record(&tx, "policy-rejected", &asker, &row).await?;
    muster_store::save(&tx, row).await?;
    tx.commit().await?;
    Ok(())
}

/// The newest version of a policy that waits for its second person.
pub async fn pending_of(
    db: &impl ConnectionTrait,
    name: &str,
) -> ActResult<Option<policy_version::Model>> {
    let versions = policies::versions(db, name).await?;
    Ok(versions.into_iter().find(|v| v.state == state::PENDING))
}

async fn waiting(tx: &Tx, id: PolicyVersionId) -> ActResult<policy_version::Model> {
    let row = policies::get(&**tx, id).await?;
    if row.state != state::PENDING {
        return Err(ActError::conflict(t!("This version does not wait for a second person.")));
    }
    Ok(row)
}

async fn insert(
    context: &Context,
    tx: &Tx,
    asker: &Asker,
    text: &str,
) -> ActResult<policy_version::Model> {
    let draft = lint(text, &attribute_names(&**tx).await?)?;
    let policy = &draft.parsed.policy;
    let versions = policies::versions(&**tx, &policy.name).await?;
    let is_known = |v: &&policy_version::Model| {
        v.hash == draft.hash && [state::ACTIVE, state::PENDING].contains(&v.state.as_str())
    };
    if let Some(known) = versions.iter().find(is_known) {
        let (name, version) = (&policy.name, known.version);
        return Err(ActError::Conflict(match known.state == state::ACTIVE {
            true => t!(
                "Version {version} of the policy {name} has this very content and is in force already.",
                version,
                name
            ),
            false => t!(
                "Version {version} of the policy {name} has this very content and waits for a second person already.",
                version,
                name
            ),
        }));
    }
    let unreadable = |e: serde_json::Error| StoreError::Unreadable {
        what: "policy version",
        detail: e.to_string(),
    };
    let row = policy_version::Model {
        id: PolicyVersionId::from_random(context.store.entropy().bytes()).0,
        name: policy.name.clone(),
        version: versions.first().map_or(1, |v| v.version + 1),
        text: text.to_owned(),
        parsed: serde_json::to_string(policy).map_err(unreadable)?,
        hash: draft.hash.clone(),
        hazard_table: serde_json::to_string(&draft.lint.table).map_err(unreadable)?,
        state: state::PENDING.to_owned(),
        proposed_by: asker.id().map(|id| id.0),
        proposed_ms: context.now().0,
        confirmed_by: None,
        confirmed_ms: None,
        retired_ms: None,
    };
    muster_store::insert(tx, row.clone()).await?;
    record(tx, "policy-proposed", asker, &row).await?;
    Ok(row)
}

pub(super) async fn record(
    tx: &Tx,
    kind: &'static str,
    asker: &Asker,
    row: &policy_version::Model,
) -> ActResult<()> {
    Record::new(kind)
        .by(asker.pseudonym())
        .fact("via", asker.via())
        .fact("policy", row.id.to_string())
        .fact("name", row.name.as_str())
        .fact("version", row.version)
        .fact("hash", row.hash.as_str())
        .fact("hazards", hazards_hash(row))
        .write(tx)
        .await?;
    Ok(())
}

/// SHA-256 of the table of thresholds as the committed rows write it, so that the audit of draws
/// can compare the two.
fn hazards_hash(row: &policy_version::Model) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(row.hazard_table.as_bytes()))
}

async fn tell_confirmers(
    context: &Context,
    tx: &Tx,
    asker: &Asker,
    row: &policy_version::Model,
) -> ActResult<()> {
    let everybody = Everybody::load(&**tx).await?;
    let filter = active_policy(row)?.filter;
    let people = everybody.attributes.iter().filter(|a| filter.matches(a)).count();
    for recipient in holders_of(tx, Act::ConfirmPolicy, &[asker.id()]).await? {
        let message = notify::worded(context, &recipient, || PolicyPending {
            frame: context.frame(&recipient),
            policy: Line::new(&row.name),
            version: u32::try_from(row.version).unwrap_or(u32::MAX),
            proposed_by: Line::new(asker.name()),
            proposed: context.reader(&recipient).moment(context.now()),
            people: u32::try_from(people).unwrap_or(u32::MAX),
            page: context.page(&format!("/policies/{}", row.id)),
        });
        let notice = Notice {
            about: notify::About::Office(row.id),
            step: "policy-pending",
            is_first: true,
            recipient: &recipient,
            every_channel: false,
            lane: Lane::Digest,
            even_in_shadow: true,
        };
        notify::queue(context, tx, &notice, &message).await?;
    }
    Ok(())
}
