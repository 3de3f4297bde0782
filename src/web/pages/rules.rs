//! The catalogue of rules for everybody, and their record for those who run the programme.

use crate::acts::rule_record::{self, RuleLine};
use crate::web::guard::see;
use crate::web::session::{SignedIn, Visitor};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::{Path, State};
use muster_domain::access::Act;
use muster_domain::judging::record::RuleRecord;
use muster_domain::time::UtcMillis;
use muster_messages::language::tr;
use muster_messages::pages::FlashTone;
use muster_messages::pages::rule_record::{
    LoweredRule, ProposedDemotion, RuleRecordLine, RuleRecordPage,
};
use muster_messages::pages::rules::RulesPage;
use muster_messages::t;

const RECORD: &str = "/rules/record";

pub(super) fn routes() -> Vec<Route> {
    let change = Access::Act(Act::ChangeRules);
    vec![
        Route::get("/rules", Access::Anybody, catalogue),
        Route::get(RECORD, Access::Act(Act::ViewRuleRecord), record),
        Route::post("/rules/{rule}/demote", change, demote),
        Route::post("/rules/{rule}/restore", change, restore),
    ]
}

async fn catalogue(State(web): State<Web>, visitor: Visitor) -> Answer {
    web.page(&RulesPage::new(web.frame(&visitor, t!("What we check and why"), "").await))
}

async fn record(State(web): State<Web>, me: SignedIn) -> Answer {
    let lines = rule_record::read(&web.context, me.id()).await?;
    let zoned = web.zoned(&me);
    let mut lowered = Vec::new();
    for line in &lines {
        lowered.extend(lowered_rule(&web, &zoned, line).await?);
    }
    let has_spoken = |line: &&RuleLine| line.record != RuleRecord::default();
    let rules: Vec<RuleRecordLine> = lines.iter().filter(has_spoken).map(row).collect();
    web.page(&RuleRecordPage {
        frame: web.frame(&me.visitor, t!("The record of the rules"), "/exceptions").await,
        proposed: lines.iter().filter(|l| l.is_proposed()).map(proposed).collect(),
        lowered,
        silent: lines.len() - rules.len(),
        rules,
        may_change: me.may(Act::ChangeRules),
    })
}

fn proposed(line: &RuleLine) -> ProposedDemotion {
    let (decided, confirmed) = (line.record.decided(), line.record.confirmed);
    let percent = line.record.precision().map_or(0, |p| p.percent);
    let sentence = match confirmed {
        1 => t!(
            "Of {decided} that somebody looked at, 1 was confirmed ({percent} %).",
            decided,
            percent
        ),
        _ => t!(
            "Of {decided} that somebody looked at, {confirmed} were confirmed ({percent} %).",
            decided,
            confirmed,
            percent
        ),
    };
    ProposedDemotion {
        id: line.rule.id.to_owned(),
        about: tr(line.rule.about).to_owned(),
        sentence,
    }
}

async fn lowered_rule(
    web: &Web,
    zoned: &Zoned,
    line: &RuleLine,
) -> Result<Option<LoweredRule>, Fail> {
    let Some(row) = &line.demotion else { return Ok(None) };
    let by = person_name(web.context.store.read(), Some(row.accepted_by)).await?;
    let since = zoned.date(UtcMillis(row.accepted_ms));
    let (confirmed, decided) = (row.confirmed, row.decided);
    let sentence = t!(
        "One level lower since {since}, accepted by {by}: {confirmed} of {decided} were confirmed then.",
        since,
        by,
        confirmed,
        decided
    );
    Ok(Some(LoweredRule { id: row.rule_id.clone(), sentence }))
}

fn row(line: &RuleLine) -> RuleRecordLine {
    let record = &line.record;
    RuleRecordLine {
        id: line.rule.id.to_owned(),
        fired: record.fired,
        excepted: record.excepted,
        confirmed: record.confirmed,
        explained: record.explained,
        wrong: record.wrong,
        precision: match record.precision() {
            None => t!("nobody has said yet").to_owned(),
            Some(p) => {
                let (percent, decided, low, high) = (p.percent, record.decided(), p.low, p.high);
                t!("{percent} % of {decided} ({low} to {high} %)", percent, decided, low, high)
            }
        },
    }
}

async fn demote(State(web): State<Web>, me: SignedIn, Path(rule): Path<String>) -> Answer {
    rule_record::demote(&web.context, me.id(), &rule).await?;
    let told = t!("From now on the rule speaks one level lower.");
    Ok(with_flash(&web, see(RECORD), FlashTone::Done, told))
}

async fn restore(State(web): State<Web>, me: SignedIn, Path(rule): Path<String>) -> Answer {
    rule_record::restore(&web.context, me.id(), &rule).await?;
    let told = t!("From now on the rule speaks at its own level again.");
    Ok(with_flash(&web, see(RECORD), FlashTone::Done, told))
}
