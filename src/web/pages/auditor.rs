//! The auditor's pages: entries of the log as they are, and the latest checkpoint to take along.

use crate::web::session::Auditor;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use muster_domain::access::Act;
use muster_domain::time::UtcMillis;
use muster_messages::pages::audit::{Checkpoint, CheckpointPage, EntryLine, Log};
use muster_messages::pages::{Pager, Row};
use muster_messages::t;
use muster_store::audit;
use muster_store::entities::{audit_checkpoint, audit_entry};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use serde_json::Value;

const PAGE_SIZE: u64 = 50;

pub(super) fn routes() -> Vec<Route> {
    let read = Access::Act(Act::ReadAuditLog);
    vec![
        Route::get("/audit", read, log),
        Route::get("/audit/checkpoint", read, checkpoint),
        Route::get("/audit/checkpoint.txt", read, note),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    kind: String,
    /// How many newer entries are skipped.
    from: String,
}

async fn log(State(web): State<Web>, me: Auditor, Query(asked): Query<Asked>) -> Answer {
    let db = web.context.store.read();
    let kind: String = asked.kind.trim().chars().take(64).collect();
    let from = asked.from.parse::<u64>().unwrap_or(0);
    let mut chosen = audit_entry::Entity::find();
    if !kind.is_empty() {
        chosen = chosen.filter(audit_entry::Column::Kind.eq(kind.as_str()));
    }
    let total = chosen.clone().count(db).await?;
    let rows = chosen
        .order_by_desc(audit_entry::Column::AtMs)
        .order_by_desc(audit_entry::Column::Id)
        .offset(from)
        .limit(PAGE_SIZE)
        .all(db)
        .await?;
    let zoned = web.zoned(&me);
    let entries: Vec<EntryLine> = rows.iter().map(|row| line(row, &zoned)).collect();
    let url = |from: u64| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !kind.is_empty() {
            query.append_pair("kind", &kind);
        }
        query.append_pair("from", &from.to_string());
        format!("/audit?{}", query.finish())
    };
    let until = from.saturating_add(entries.len() as u64);
    let pager = Pager {
        shown: match entries.len() {
            0 => t!("0 of {total}", total),
            _ => t!("{from} to {until} of {total}", until, total, from = from + 1),
        },
        earlier_url: (from > 0).then(|| url(from.saturating_sub(PAGE_SIZE))),
        later_url: (until < total).then(|| url(until)),
    };
    let summary = summary(&web).await?;
    let frame = web.frame(&me.visitor, t!("Audit log"), "/audit").await;
    web.page(&Log { frame, summary, kind, entries, pager })
}

async fn summary(web: &Web) -> Result<String, Fail> {
    let db = web.context.store.read();
    let all = audit_entry::Entity::find().count(db).await?;
    let entries = if all == 1 { t!("1 entry").to_owned() } else { t!("{all} entries", all) };
    Ok(match audit::unsequenced(db).await? {
        0 => t!("{entries}; the last checkpoint covers them all.", entries),
        waiting => {
            t!("{entries}; {waiting} of them wait for the next checkpoint.", entries, waiting)
        }
    })
}

fn line(row: &audit_entry::Model, zoned: &Zoned) -> EntryLine {
    let leaf: Value = serde_json::from_str(&row.leaf).unwrap_or_default();
    let word = |name: &str, absent: &str| {
        leaf.get(name).and_then(Value::as_str).unwrap_or(absent).to_owned()
    };
    EntryLine {
        index: row.seq.map(|seq| seq as u64),
        at: zoned.moment(UtcMillis(row.at_ms)),
        kind: row.kind.clone(),
        actor: word("actor", "service"),
        subject: word("subject", "nobody"),
        facts: leaf.get("facts").map(Value::to_string).unwrap_or_default(),
        leaf_hash: row.leaf_hash.clone(),
    }
}

async fn checkpoint(State(web): State<Web>, me: Auditor) -> Answer {
    let zoned = web.zoned(&me);
    let newest = newest(&web).await?;
    let signing = &web.context.signing;
    let checkpoint = newest.map(|row| Checkpoint {
        at: zoned.moment(UtcMillis(row.at_ms)),
        facts: vec![
            Row::new(t!("Origin"), signing.origin()),
            Row::new(t!("Entries covered"), &row.size.to_string()),
            Row::new(t!("Root hash"), &row.root),
            Row::new(t!("Public key (Ed25519)"), &hex::encode(signing.public())),
        ],
        note: row.note,
    });
    let frame = web.frame(&me.visitor, t!("The latest checkpoint"), "/audit").await;
    let how_to_check =
        vec!["muster audit draws --bundle bundle.ndjson.gz --checkpoint checkpoint.txt".to_owned()];
    web.page(&CheckpointPage { frame, checkpoint, how_to_check })
}

async fn note(State(web): State<Web>, _: Auditor) -> Answer {
    let row = Fail::unless_found(newest(&web).await?)?;
    let head = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"checkpoint.txt\""),
    ];
    Ok((head, row.note).into_response())
}

async fn newest(web: &Web) -> Result<Option<audit_checkpoint::Model>, Fail> {
    let newest = audit_checkpoint::Entity::find().order_by_desc(audit_checkpoint::Column::Size);
    Ok(newest.one(web.context.store.read()).await?)
}
