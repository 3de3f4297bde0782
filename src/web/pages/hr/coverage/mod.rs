//! Who was met when. Only labels that are over in every zone count, so that nothing of a running
//! day shows. The page reads the fifty people it shows and some counts, however many there are.

mod figures;
mod hand_overs;

use crate::acts::cases::standing::{Viewer, known_of};
use crate::web::listing::{Listing, searched};
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned};
use axum::extract::{Query, State};
use muster_domain::access::Act;
use muster_domain::check_in::Outcome;
use muster_domain::id::PolicyVersionId;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_messages::pages::coverage::{Column, Coverage, CoverageLine, FilterOption, times};
use muster_messages::pages::{StateWord, Tone};
use muster_messages::t;
use muster_store::coverage::{Line, Sort, Wanted};
use muster_store::{check_ins, coverage as kept, policies};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
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
    let mut viewer = Viewer::load(db, me.id(), []).await?;
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
            Sort::Latest => escalated(&web, &mut viewer).await?,
            _ => Vec::new(),
        },
    };
    let everybody = kept::count(db, &Wanted::everybody()).await?;
    let total = match wanted.is_everybody() {
        true => everybody,
        false => kept::count(db, &wanted).await?,
    };
    let (first, last) = listing.rows(total as usize);
    let lines = kept::lines(db, &wanted, first as u64, (last - first) as u64).await?;

    let (mut figures, outside) = figures::figures(&web, &mut viewer, everybody, now).await?;
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
        people: worded(&web, &me, &mut viewer, &names, &lines).await?,
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
async fn escalated(web: &Web, viewer: &mut Viewer) -> Result<Vec<Uuid>, Fail> {
    let graver = kept::graver(web.context.store.read()).await?;
    let known = known(web, viewer, graver.iter().map(|(_, check_in)| *check_in).collect()).await?;
    Ok(graver.iter().filter(|(_, id)| known.contains(id)).map(|(person, _)| *person).collect())
}

/// Of which of these escalated check-ins this viewer may know.
async fn known(
    web: &Web,
    viewer: &mut Viewer,
    check_ins: Vec<Uuid>,
) -> Result<HashSet<Uuid>, Fail> {
    let db = web.context.store.read();
    let rows: Vec<_> = check_ins::among(db, check_ins).await?.into_values().collect();
    viewer.ask_about(db, rows.iter().map(|row| row.person())).await?;
    Ok(known_of(db, viewer, &rows).await?)
}

async fn worded(
    web: &Web,
    me: &SignedIn,
    viewer: &mut Viewer,
    names: &BTreeMap<Uuid, String>,
    lines: &[Line],
) -> Result<Vec<CoverageLine>, Fail> {
    let (zoned, may_open): (Zoned, bool) = (web.zoned(me), me.may(Act::ViewRoster));
    let known = known(web, viewer, lines.iter().filter_map(|line| line.graver).collect()).await?;
    let mut worded = Vec::new();
    for line in lines {
        let is_graver = line.graver.is_some_and(|check_in| known.contains(&check_in));
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
