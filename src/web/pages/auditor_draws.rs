//! The auditor's page on draws: a period recomputed, what was found, and the bundle to take along.

use crate::acts::draw_audit::{self, Audited, Wanted};
use crate::web::session::Auditor;
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use muster_domain::access::Act;
use muster_messages::language::{say, tr};
use muster_messages::pages::audit::{DrawsPage, Found, FoundList};
use muster_messages::t;
use serde::Deserialize;

/// A page recomputes at most so many days at once; the command has no such limit.
const DAYS_MAX: i64 = 92;
/// Without a wish: the last thirty days whose keys can be public.
const DAYS: i64 = 30;
const SECRET_DAYS: i64 = 9;
/// Findings of one list on the page; the bundle gives all.
const SHOWN_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    let read = Access::Act(Act::ReadAuditLog);
    vec![
        Route::get("/audit/draws", read, page),
        Route::get("/audit/draws/bundle.ndjson.gz", read, bundle),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    from: String,
    to: String,
}

impl Asked {
    fn period(&self, web: &Web) -> Result<Wanted, Fail> {
        let today = web.context.now().date_in(&jiff::tz::TimeZone::UTC);
        let back = |date: Date, days: i64| date.saturating_sub(jiff::Span::new().days(days));
        let bad = || Fail::bad(t!("Write both dates as 2026-09-01; a page shows at most 92 days."));
        let read = |text: &str, absent: Date| match text {
            "" => Ok(absent),
            text => text.parse::<Date>().map_err(|_| bad()),
        };
        let to = read(&self.to, back(today, SECRET_DAYS))?;
        let from = read(&self.from, back(to, DAYS - 1))?;
        let days = to.duration_since(from).as_hours() / 24;
        if !(0..DAYS_MAX).contains(&days) {
            return Err(bad());
        }
        Ok(Wanted { from, to, hash_other_entries: false })
    }
}

async fn page(State(web): State<Web>, me: Auditor, Query(asked): Query<Asked>) -> Answer {
    let wanted = asked.period(&web)?;
    let trust = draw_audit::trust();
    let told = |_, _| {};
    let audited =
        draw_audit::export(&web.context, wanted, trust, &mut std::io::sink(), told).await?;
    let frame = web.frame(&me.visitor, t!("Audit of draws"), "/audit").await;
    let (from, to) = (wanted.from.to_string(), wanted.to.to_string());
    let mut page = DrawsPage {
        frame,
        from,
        to,
        sentence: String::new(),
        not_yet_public: String::new(),
        lists: Vec::new(),
        statistics: Vec::new(),
        how_to_check: vec![
            "muster audit draws --bundle bundle.ndjson.gz --checkpoint checkpoint.txt".to_owned(),
            "python3 docs/verify/muster_verify bundle.ndjson.gz".to_owned(),
        ],
    };
    fill(&mut page, &audited);
    web.page(&page)
}

fn fill(page: &mut DrawsPage, audited: &Audited) {
    let report = match audited {
        Ok(report) => report,
        Err(fault) => {
            let fault = say(&fault.sentence);
            page.sentence = t!("The log and its rows prove nothing: {fault}.", fault);
            return;
        }
    };
    page.sentence = say(&report.sentence());
    let labels: Vec<String> = report.not_yet_public.iter().map(Date::to_string).collect();
    page.not_yet_public = labels.join(", ");
    page.statistics = report.statistics.iter().map(|s| say(&s.sentence())).collect();
    for (list, found) in report.lists().into_iter().filter(|(_, found)| !found.is_empty()) {
        let rest = found.len().saturating_sub(SHOWN_MAX);
        page.lists.push(FoundList {
            heading: tr(list.heading()).to_owned(),
            meaning: tr(list.meaning()).to_owned(),
            findings: found
                .iter()
                .take(SHOWN_MAX)
                .map(|f| Found { sentence: say(&f.sentence), at: say(&f.place()) })
                .collect(),
            more: match rest {
                0 => String::new(),
                n => t!("{n} more; the bundle gives all.", n),
            },
        });
    }
}

async fn bundle(State(web): State<Web>, _: Auditor, Query(asked): Query<Asked>) -> Answer {
    let wanted = asked.period(&web)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let told = |_, _| {};
    // What is wrong with the draws is for whoever opens the bundle to find.
    let _audited =
        draw_audit::export(&web.context, wanted, draw_audit::trust(), &mut gzip, told).await?;
    let bytes = gzip.finish().map_err(|e| Fail::Broken(e.to_string()))?;
    let name = format!("attachment; filename=\"draws-{}-{}.ndjson.gz\"", wanted.from, wanted.to);
    let head = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, bytes).into_response())
}
