//! Who was met when. Only labels that are over in every zone count, so that nothing of a running
//! day shows.

mod hand_overs;

use crate::acts::cases::standing::{Viewer, facts_of, may_know_outcome};
use crate::acts::{notices, policy};
use crate::web::pages::people_list::check_in_word;
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web, Zoned};
use axum::extract::{Query, State};
use jiff::tz::TimeZone;
use muster_domain::access::Act;
use muster_domain::check_in::{Fault, Outcome};
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::time::{DAY_MS, HOUR_MS, UtcMillis};
use muster_messages::pages::coverage::{Column, Coverage, CoverageLine, Figure, FilterOption};
use muster_messages::pages::{Pager, StateWord, Tone};
use muster_store::entities::{check_in, person};
use muster_store::{cases, check_ins, installation, people, policies};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

const PAGE_SIZE: usize = 50;
/// The last zone (UTC-12) has finished a date twelve hours after UTC has.
const LAST_ZONE_MS: i64 = 12 * HOUR_MS;

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

/// One person before wording.
struct Found {
    id: Uuid,
    name: String,
    policy: Option<String>,
    last_met: Option<i64>,
    latest: Option<StateWord>,
    met_in_year: u32,
}

async fn coverage(State(web): State<Web>, me: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let db = web.context.store.read();
    let now = web.context.now();
    let viewer = Viewer::load(db, me.id()).await?;
    let everybody = people::active(db).await?;
    let judged = closed_check_ins(&web, &viewer, now).await?;
    let names = policy_names(&web).await?;
    let members = policies::memberships(db).await?;
    let policy_of = |p: &person::Model| {
        let version = members.get(&muster_domain::id::PersonId(p.id))?.policy_version_id;
        names.get(&version).cloned()
    };
    let all: Vec<Found> =
        everybody.iter().map(|p| found(p, policy_of(p), judged.get(&p.id))).collect();
    let (health, needs_attention) = health(&web, &all).await?;
    let mut figures = figures(&web, &viewer, &all, &judged, now).await?;
    let hand_overs = hand_overs::load(&web, now).await?;
    figures.push(hand_overs.figure());
    // About the programme, for whoever plans it: no list of people for anybody else.
    let hand_overs = if me.is(Role::Hr) { hand_overs.sentences } else { Vec::new() };

    let zoned = web.zoned(&me);
    let query: String = asked.q.trim().chars().take(100).collect();
    let wanted = query.to_lowercase();
    let sort = ["name", "policy", "last", "outcome", "year"]
        .into_iter()
        .find(|key| *key == asked.sort)
        .unwrap_or("name");
    let is_descending = asked.order == "desc";
    let mut shown: Vec<&Found> = all
        .iter()
        .filter(|f| f.name.to_lowercase().contains(&wanted))
        .filter(|f| asked.policy.is_empty() || f.policy.as_deref() == Some(asked.policy.as_str()))
        .collect();
    order(&mut shown, sort, is_descending);
    let kept = kept(&query, &asked.policy);
    let page = asked.page.parse::<usize>().unwrap_or(1).max(1);
    let (lines, pager) = paged(&shown, page, &kept, sort, is_descending, &zoned);
    let mut options = vec![FilterOption {
        value: String::new(),
        label: "Every policy".to_owned(),
        chosen: asked.policy.is_empty(),
    }];
    let mut known: Vec<&String> = names.values().collect();
    known.sort_unstable();
    known.dedup();
    options.extend(known.into_iter().map(|name| FilterOption {
        value: name.clone(),
        label: name.clone(),
        chosen: *name == asked.policy,
    }));
    web.page(&Coverage {
        frame: web.frame(&me.visitor, "Coverage", "/coverage").await,
        health,
        needs_attention,
        figures,
        hand_overs,
        query,
        policies: options,
        columns: Column::all(sort, is_descending, &kept),
        people: lines,
        opens_people: me.may(Act::ViewRoster),
        pager,
    })
}

/// Check-ins of the last year with an outcome this viewer may know, newest first, by person.
async fn closed_check_ins(
    web: &Web,
    viewer: &Viewer,
    now: UtcMillis,
) -> Result<BTreeMap<Uuid, Vec<check_in::Model>>, Fail> {
    let db = web.context.store.read();
    let running = now.plus_ms(-LAST_ZONE_MS).date_in(&TimeZone::UTC).to_string();
    let mut by_person: BTreeMap<Uuid, Vec<check_in::Model>> = BTreeMap::new();
    for row in check_ins::judged_since(db, now.plus_ms(-365 * DAY_MS)).await? {
        if row.label < running && may_know_outcome(db, viewer, &row).await? {
            by_person.entry(row.person_id).or_default().push(row);
        }
    }
    Ok(by_person)
}

async fn policy_names(web: &Web) -> Result<BTreeMap<Uuid, String>, Fail> {
    let active = policies::active(web.context.store.read()).await?;
    Ok(active.into_iter().map(|p| (PolicyVersionId(p.id).0, p.name)).collect())
}

fn is_met(row: &&check_in::Model) -> bool {
    row.outcome.as_deref() == Some(Outcome::Verified.code())
}

fn found(
    person: &person::Model,
    policy: Option<String>,
    judged: Option<&Vec<check_in::Model>>,
) -> Found {
    let judged = judged.map(Vec::as_slice).unwrap_or_default();
    Found {
        id: person.id,
        name: person.name.clone(),
        policy,
        last_met: judged.iter().find(is_met).map(|c| c.start_ms),
        latest: judged.first().map(check_in_word),
        met_in_year: judged.iter().filter(is_met).count() as u32,
    }
}

async fn health(web: &Web, all: &[Found]) -> Result<(String, bool), Fail> {
    let db = web.context.store.read();
    let row = installation::find(db).await?;
    let (mode, pilot) = row.map_or((String::new(), None), |row| (row.mode, row.pilot));
    let outside = all.iter().filter(|f| f.policy.is_none()).count();
    if pilot.is_some() && mode == installation::mode::LIVE {
        let (live, members) = policy::reach(db).await?;
        return Ok((
            format!(
                "The programme runs for a pilot group: {live} of {members} people in a policy."
            ),
            true,
        ));
    }
    let waits = notices::pending(db).await?;
    if mode == installation::mode::LIVE && waits.people > 0 {
        let refused = match waits.refused {
            0 => String::new(),
            n => format!(" {n} of the mails came back: check these addresses."),
        };
        return Ok((
            format!(
                "The programme runs; {} people are not drawn yet, since the notice has not reached them.{refused}",
                waits.people
            ),
            true,
        ));
    }
    Ok(match (mode.as_str(), outside) {
        (installation::mode::PAUSED, _) => {
            ("The programme is paused: nobody is drawn.".to_owned(), true)
        }
        (installation::mode::SHADOW, _) => {
            ("The programme runs in shadow: it draws and sends nothing.".to_owned(), true)
        }
        (_, 0) => ("The programme runs, and everybody is in a policy.".to_owned(), false),
        (_, 1) => ("The programme runs; 1 person is in no policy.".to_owned(), true),
        (_, n) => (format!("The programme runs; {n} people are in no policy."), true),
    })
}

async fn figures(
    web: &Web,
    viewer: &Viewer,
    all: &[Found],
    judged: &BTreeMap<Uuid, Vec<check_in::Model>>,
    now: UtcMillis,
) -> Result<Vec<Figure>, Fail> {
    let in_policy = all.iter().filter(|f| f.policy.is_some()).count();
    let since = now.plus_ms(-90 * DAY_MS).0;
    let met = all
        .iter()
        .filter(|f| f.policy.is_some() && f.last_met.is_some_and(|ms| ms >= since))
        .count();
    let month = now.plus_ms(-30 * DAY_MS).0;
    let recent: Vec<&check_in::Model> =
        judged.values().flatten().filter(|c| c.start_ms >= month).collect();
    let ours = [Fault::Service, Fault::Provider, Fault::Verifier].map(Fault::code);
    let failed = recent.iter().filter(|c| c.fault.as_deref().is_some_and(|f| ours.contains(&f)));
    let open = open_cases(web, viewer).await?;
    let figure =
        |name: &str, value: String, note: String| Figure { name: name.to_owned(), value, note };
    Ok(vec![
        figure("Met in 90 days", met.to_string(), format!("of {in_policy} people in a policy")),
        figure("Held in 30 days", recent.len().to_string(), "check-ins with an outcome".to_owned()),
        figure("Failed on our side", failed.count().to_string(), "in the same 30 days".to_owned()),
        figure("Open cases", open.to_string(), "of every cause".to_owned()),
    ])
}

/// Only those the viewer may know of: a count tells, too.
async fn open_cases(web: &Web, viewer: &Viewer) -> Result<usize, Fail> {
    let db = web.context.store.read();
    let mut open = 0;
    for case in cases::open(db).await? {
        let check_in = check_ins::get(db, CheckInId(case.check_in_id)).await?;
        open += usize::from(viewer.may_view(&facts_of(db, &case, &check_in).await?));
    }
    Ok(open)
}

fn order(shown: &mut [&Found], sort: &str, is_descending: bool) {
    let label = |f: &Found| f.latest.as_ref().map(|s| s.label.clone()).unwrap_or_default();
    shown.sort_by(|a, b| {
        let by = match sort {
            "policy" => a.policy.cmp(&b.policy),
            "last" => a.last_met.cmp(&b.last_met),
            "outcome" => label(a).cmp(&label(b)),
            "year" => a.met_in_year.cmp(&b.met_in_year),
            _ => a.name.cmp(&b.name),
        };
        let by = if is_descending { by.reverse() } else { by };
        by.then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id))
    });
}

fn kept(query: &str, policy: &str) -> String {
    let mut kept = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("q", query), ("policy", policy)] {
        if !value.is_empty() {
            kept.append_pair(name, value);
        }
    }
    kept.finish()
}

fn paged(
    shown: &[&Found],
    page: usize,
    kept: &str,
    sort: &str,
    is_descending: bool,
    zoned: &Zoned,
) -> (Vec<CoverageLine>, Pager) {
    let total = shown.len();
    let page = page.min(total.div_ceil(PAGE_SIZE).max(1));
    let first = (page - 1) * PAGE_SIZE;
    let here = &shown[first.min(total)..(first + PAGE_SIZE).min(total)];
    let order = if is_descending { "desc" } else { "asc" };
    let rest = if kept.is_empty() { String::new() } else { format!("{kept}&") };
    let url = |page: usize| format!("/coverage?{rest}sort={sort}&order={order}&page={page}");
    let pager = Pager {
        shown: match here.len() {
            0 => "0 of 0".to_owned(),
            n => format!("{} to {} of {total}", first + 1, first + n),
        },
        earlier_url: (page > 1).then(|| url(page - 1)),
        later_url: (first + here.len() < total).then(|| url(page + 1)),
    };
    let none = || StateWord::new("none yet", Tone::Quiet);
    let line = |f: &&Found| CoverageLine {
        person_id: f.id.to_string(),
        name: f.name.clone(),
        policy: f.policy.clone(),
        last_met: f.last_met.map(|ms| zoned.moment(UtcMillis(ms))),
        state: f.latest.clone().unwrap_or_else(none),
        met_in_year: f.met_in_year,
    };
    (here.iter().map(line).collect(), pager)
}
