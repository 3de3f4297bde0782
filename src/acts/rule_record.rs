//! The record of the rules: how often each spoke and what people said of it; giving a rule that is nearly
//! always explained away one level less. A person decides that, never the service.

use super::office::Asker;
use super::{ActError, ActResult, Context};
use muster_domain::access::{Act, Denial, any_permits};
use muster_domain::id::PersonId;
use muster_domain::judging::record::RuleRecord;
use muster_domain::judging::rules::{RULES, Rule, rule};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::rule_demotion;
use muster_store::{people, rule_records};
use uuid::Uuid;

/// One rule with its record.
pub struct RuleLine {
    pub rule: &'static Rule,
    pub record: RuleRecord,
    pub demotion: Option<rule_demotion::Model>,
}

impl RuleLine {
    /// Whether it is proposed that the rule be given one level less.
    pub fn is_proposed(&self) -> bool {
        self.demotion.is_none() && self.record.calls_for_demotion()
    }
}

/// Every rule of this program, in the order of the guide. No person is in it.
///
/// # Errors
/// `Forbidden`.
pub async fn read(context: &Context, me: PersonId) -> ActResult<Vec<RuleLine>> {
    let db = context.store.read();
    if !any_permits(&people::roles(db, me).await?, Act::ViewRuleRecord) {
        return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
    }
    let mut records = rule_records::records(db).await?;
    let mut demotions = rule_records::demotions(db).await?;
    let mut line = |rule: &'static Rule| RuleLine {
        rule,
        record: records.remove(rule.id).unwrap_or_default(),
        demotion: demotions
            .iter()
            .position(|d| d.rule_id == rule.id)
            .map(|at| demotions.swap_remove(at)),
    };
    Ok(RULES.iter().map(&mut line).collect())
}

/// Accepts what the record proposes: from now on the rule speaks one level lower.
///
/// # Errors
/// `Forbidden`; `Conflict` where it is not proposed (any more).
pub async fn demote(context: &Context, actor: PersonId, rule_id: &str) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ChangeRules).await?;
    let Some(rule) = rule(rule_id) else {
        return Err(ActError::conflict(t!("There is no such rule.")));
    };
    let demotions = rule_records::demotions(&*tx).await?;
    if let Some(standing) = demotions.iter().find(|d| d.rule_id == rule.id) {
        return match standing.accepted_by == actor.0 {
            true => Ok(()),
            false => {
                Err(ActError::conflict(t!("Somebody has given this rule a lower level already.")))
            }
        };
    }
    let record = rule_records::records(&*tx).await?.remove(rule.id).unwrap_or_default();
    if !record.calls_for_demotion() {
        let sentence = t!("The record of this rule does not call for a lower level.");
        return Err(ActError::conflict(sentence));
    }
    let row = rule_demotion::Model {
        id: Uuid::from_bytes(context.store.entropy().bytes()),
        rule_id: rule.id.to_owned(),
        rule_version: i64::from(rule.version),
        decided: i64::from(record.decided()),
        confirmed: i64::from(record.confirmed),
        accepted_by: actor.0,
        accepted_ms: context.now().0,
        ended_by: None,
        ended_ms: None,
    };
    muster_store::insert(&tx, row.clone()).await?;
    entry(&row, "rule-demoted").by(asker.pseudonym()).write(&tx).await?;
    Ok(tx.commit().await?)
}

/// Gives a rule its own level again.
///
/// # Errors
/// `Forbidden`; `Conflict` where it has its own level.
pub async fn restore(context: &Context, actor: PersonId, rule_id: &str) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ChangeRules).await?;
    let found = rule_records::demotions(&*tx).await?.into_iter().find(|d| d.rule_id == rule_id);
    let Some(row) = found else {
        return Err(ActError::conflict(t!("This rule has its own level.")));
    };
    let now = Some(context.now().0);
    let row = rule_demotion::Model { ended_by: Some(actor.0), ended_ms: now, ..row };
    muster_store::save(&tx, row.clone()).await?;
    entry(&row, "rule-restored").by(asker.pseudonym()).write(&tx).await?;
    Ok(tx.commit().await?)
}

fn entry(row: &rule_demotion::Model, kind: &'static str) -> Record {
    Record::new(kind)
        .fact("rule", row.rule_id.clone())
        .fact("version", row.rule_version)
        .fact("decided", row.decided)
        .fact("confirmed", row.confirmed)
}
