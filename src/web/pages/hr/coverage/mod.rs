//! Who was met when. Only labels that are over in every zone count, so that nothing of a running
//! day shows. The page reads the fifty people it shows and some counts, however many there are.

mod figures;
mod hand_overs;

use crate::acts::cases::standing::{Viewer, may_know_outcome};
use crate::web::listing::{Listing, searched};
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned};
use axum::extract::{Query, State};
use muster_domain::access::Act;
use muster_domain::check_in::Outcome;
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_messages::pages::coverage::{Column, Coverage, CoverageLine, FilterOption, times};
use muster_messages::pages::{StateWord, Tone};
use muster_messages::t;
use muster_store::coverage::{Line, Sort, Wanted};
use muster_store::{check_ins, coverage as kept, policies};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/coverage", Access::Act(Act::ViewCoverage), coverage)]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    policy: String,
    sort: String,
    order: String,
    page: String,
}

/// What the list can be sorted by, and the word that stands for it in links.
const SORTS: [(&str, Sort); 5] = [
    ("name", Sort::Name),
    ("policy", Sort::Policy),
    ("last", Sort::LastMet),
    ("outcome", Sort::Latest),
    ("year", Sort::MetInYear),
];

async fn coverage(State(web): State<Web>, me: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let db = web.context.store.read();
    let now = web.context.now();
    let viewer = Viewer::load(db, me.id()).await?;
    let names = policy_names(&web).await?;
    let (query, _) = searched(&asked.q);
    let listing = Listing::new(
        "/coverage",
        &SORTS.map(|(word, _)| word),
        [&asked.sort, &asked.order, &asked.page],
        &[("q", &query), ("policy", &asked.policy)],
    );
    let sort = SORTS.iter().find(|(word, _)| *word == listing.sort).map_or(Sort::Name, |s| s.1);
    let wanted = Wanted {
        name: query,
        policies: (!asked.policy.is_empty()).then(|| {
            names.iter().filter(|(_, n)| **n == asked.policy).map(|(id, _)| *id).collect()
        }),
        sort,
        is_descending: listing.is_descending,
        escalated: match sort {
            Sort::Latest => escalated(&web, &viewer).await?,
            _ => Vec::new(),
        },
    };
    let everybody = Wanted { name: String::new(), policies: None, ..wanted.clone() };
    let everybody = kept::count(db, &everybody).await?;
    let total = kept::count(db, &wanted).await?;
    let (first, last) = listing.rows(total as usize);
    let lines = kept::lines(db, &wanted, first as u64, (last - first) as u64).await?;

    let (mut figures, outside) = figures::figures(&web, &viewer, everybody, now).await?;
    let (health, needs_attention) = figures::health(&web, outside).await?;
    let hand_overs = hand_overs::load(&web, now).await?;
    figures.push(hand_overs.figure());
    web.page(&Coverage {
        frame: web.frame(&me.visitor, t!("Coverage"), "/coverage").await,
        health,
        needs_attention,
        figures,
        // About the programme, for whoever plans it: no list of people for anybody else.
        hand_overs: if me.is(Role::Hr) { hand_overs.sentences } else { Vec::new() },
        query: wanted.name,
        policies: options(&names, &asked.policy),
        columns: Column::all(listing.sort, listing.is_descending, &listing.kept),
        pager: listing.pager(total as usize),
        people: worded(&web, &me, &viewer, &names, &lines).await?,
    })
}

async fn policy_names(web: &Web) -> Result<BTreeMap<Uuid, String>, Fail> {
    let active = policies::active(web.context.store.read()).await?;
    Ok(active.into_iter().map(|p| (PolicyVersionId(p.id).0, p.name)).collect())
}

fn options(names: &BTreeMap<Uuid, String>, chosen: &str) -> Vec<FilterOption> {
    let mut known: Vec<&String> = names.values().collect();
    known.sort_unstable();
    known.dedup();
    let every = FilterOption {
        value: String::new(),
        label: t!("Every policy").to_owned(),
        chosen: chosen.is_empty(),
    };
    let each = known.into_iter().map(|name| FilterOption {
        value: name.clone(),
        label: name.clone(),
        chosen: name == chosen,
    });
    std::iter::once(every).chain(each).collect()
}

/// People whose newest outcome is escalated, as far as this viewer may know of it.
async fn escalated(web: &Web, viewer: &Viewer) -> Result<Vec<Uuid>, Fail> {
    let db = web.context.store.read();
    let mut known = Vec::new();
    for (person, check_in) in kept::graver(db).await? {
        if may_know(web, viewer, check_in).await? {
            known.push(person);
        }
    }
    Ok(known)
}

async fn may_know(web: &Web, viewer: &Viewer, check_in: Uuid) -> Result<bool, Fail> {
    let db = web.context.store.read();
    let Some(row) = check_ins::find(db, CheckInId(check_in)).await? else { return Ok(false) };
    Ok(may_know_outcome(db, viewer, &row).await?)
}

async fn worded(
    web: &Web,
    me: &SignedIn,
    viewer: &Viewer,
    names: &BTreeMap<Uuid, String>,
    lines: &[Line],
) -> Result<Vec<CoverageLine>, Fail> {
    let (zoned, may_open): (Zoned, bool) = (web.zoned(me), me.may(Act::ViewRoster));
    let mut worded = Vec::new();
    for line in lines {
        let is_graver = match line.graver {
            Some(check_in) => may_know(web, viewer, check_in).await?,
            None => false,
        };
        let latest = match is_graver {
            true => Some(Outcome::Escalated),
            false => line.latest.as_deref().and_then(Outcome::from_code),
        };
        worded.push(CoverageLine {
            url: may_open.then(|| format!("/people/{}", line.person_id)),
            name: line.name.clone(),
            policy: line.policy_version_id.and_then(|id| names.get(&id).cloned()),
            last_met: line.last_met_ms.map(|ms| zoned.moment(UtcMillis(ms))),
            state: latest
                .map_or_else(|| StateWord::new(t!("none yet"), Tone::Quiet), StateWord::outcome),
            met_in_year: times(line.met_in_year as u32),
        });
    }
    Ok(worded)
}
