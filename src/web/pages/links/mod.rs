//! Link groups, for security: the list and one group; in `search`, who was seen where. Every look and
//! every question is an audit entry.

mod search;

use crate::acts::ActError;
use crate::acts::links::is_unresolved;
use crate::acts::links::overlap::{self, Fact, Told};
use crate::acts::links::view::{self, OpenGroup};
use crate::web::guard::see;
use crate::web::session::{Form, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::linking::ReasonKind;
use muster_domain::time::UtcMillis;
use muster_messages::language::dates;
use muster_messages::language::{say, tr};
use muster_messages::pages::links::{
    LinkActs, LinkEdge, LinkEvent, LinkLine, LinkList, LinkPage, LinkReason, OverlapForm,
    OverlapLine, graph,
};
use muster_messages::pages::{FlashTone, StateWord, TextArea, Tone};
use muster_messages::t;
use muster_store::entities::{link_event, link_group};
use muster_store::links::{EdgeDetail, event, state};
use std::collections::HashMap;
use uuid::Uuid;

/// Edges that are drawn and listed.
const EDGES_SHOWN: usize = 200;
/// People who are drawn.
const PEOPLE_DRAWN: usize = 30;

pub(super) fn routes() -> Vec<Route> {
    let view = Access::Act(Act::OpenNetworkEvidence);
    let asks = Access::Act(Act::SearchLinks);
    vec![
        Route::get("/links", view, list),
        Route::get("/links/search", asks, search::ask),
        Route::post("/links/search", asks, search::answer),
        Route::get("/links/{number}", view, group),
        Route::post("/links/{number}/acknowledge", view, acknowledge),
        Route::post("/links/{number}/comment", view, comment),
        Route::post("/links/{number}/overlap", Access::Act(Act::OrderOverlap), propose_overlap),
        Route::post(
            "/links/{number}/overlap/confirm",
            Access::Act(Act::OrderOverlap),
            confirm_overlap,
        ),
        Route::post(
            "/links/{number}/overlap/refuse",
            Access::Act(Act::OrderOverlap),
            refuse_overlap,
        ),
        Route::post("/links/{number}/resolve", Access::Act(Act::ResolveLinks), resolve),
    ]
}

fn number(text: &str) -> Result<i64, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

fn state_word(row: &link_group::Model) -> StateWord {
    match row.state.as_str() {
        state::OPEN => StateWord::new(t!("open"), Tone::Urgent),
        state::ACKNOWLEDGED => StateWord::new(t!("somebody has it"), Tone::Review),
        state::SITE if row.ended_ms.is_none() => {
            StateWord::new(t!("a place without a name"), Tone::Waiting)
        }
        _ => StateWord::new(t!("closed"), Tone::Quiet),
    }
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    let zoned = web.zoned(&me);
    let groups = view::list(&web.context, me.id()).await?;
    let groups = groups.into_iter().map(|listed| LinkLine {
        number: listed.row.no as u64,
        people: listed.row.people as u64,
        state: state_word(&listed.row),
        found: zoned.moment(UtcMillis(listed.row.found_ms)),
        closed_because: (!listed.may_open)
            .then(|| t!("It concerns you or your own line, so somebody else looks.").to_owned()),
        needs_you: listed.overlap_waits || listed.may_open && listed.row.state == state::OPEN,
        overlap_waits: listed.overlap_waits,
    });
    web.page(&LinkList {
        frame: web.frame(&me.visitor, t!("Link groups"), "/links").await,
        groups: groups.collect(),
    })
}

async fn group(State(web): State<Web>, me: SignedIn, Path(no): Path<String>) -> Answer {
    web.page(&page(&web, &me, number(&no)?, None).await?)
}

/// The page, with what was typed and what is wrong with it.
async fn page(
    web: &Web,
    me: &SignedIn,
    no: i64,
    wrong: Option<(&Form, &[(&'static str, String)])>,
) -> Result<LinkPage, Fail> {
    let open = view::open(&web.context, me.id(), no).await?;
    let (db, zoned) = (web.context.store.read(), web.zoned(me));
    let mut names = HashMap::new();
    for member in &open.members {
        names.insert(member.person_id, person_name(db, Some(member.person_id)).await?);
    }
    let row = &open.row;
    let owner = match (is_unresolved(row), row.acknowledged_by) {
        (true, Some(by)) => {
            let by = person_name(db, Some(by)).await?;
            t!("{by} has it", by)
        }
        (true, None) => t!("Nobody has it yet").to_owned(),
        (false, _) => t!("{n} people", n = row.people),
    };
    let ended = match &row.resolution {
        None => None,
        Some(code) => {
            let label = LinkActs::CODES.iter().find(|(c, ..)| c == code).map_or("", |c| tr(c.1));
            let by = person_name(db, row.resolved_by).await?;
            let reason = open.reason.as_deref().unwrap_or_default();
            Some(t!("{by} closed it. {label}: {reason}", by, label, reason))
        }
    };
    let mut story = Vec::new();
    for (entry, text) in &open.story {
        story.push(told(web, &zoned, entry, text.as_ref()).await?);
    }
    let fault = |field: &str| {
        let (_, faults) = wrong?;
        faults.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    };
    let typed = |area: TextArea| {
        let name = area.name.clone();
        let value = wrong.map_or("", |(form, _)| form.text(&name));
        area.typed(value, fault(&name))
    };
    let title = t!("Link group {no}", no);
    let mut frame = web.frame(&me.visitor, &title, "/links").await;
    for (field, sentence) in wrong.map(|(_, faults)| faults).unwrap_or_default() {
        let id = match *field {
            "resolution" => "resolution-1",
            "member" => "member-1",
            field => field,
        };
        frame = frame.with_problem(id, sentence);
    }
    let acts = is_unresolved(row).then(|| {
        let acts = LinkActs::new(row.acknowledged_by != Some(me.person.id));
        let chosen = wrong.map_or("", |(form, _)| form.text("resolution"));
        LinkActs {
            resolution: acts.resolution.chosen(&[chosen], fault("resolution")),
            reason: typed(acts.reason),
            ..acts
        }
    });
    let comment =
        row.ended_ms.is_none().then(|| typed(TextArea::new("comment", t!("What did you learn?"))));
    let mut overlaps = Vec::new();
    for told in &open.overlaps {
        overlaps.push(overlap_line(web, me, &zoned, told, &names).await?);
    }
    let is_waiting = open.overlaps.iter().any(|told| told.fact == Fact::Proposed);
    let overlap = (is_unresolved(row) && !is_waiting).then(|| {
        let mut people: Vec<(String, String)> =
            names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
        people.sort_by(|a, b| a.1.cmp(&b.1));
        people.truncate(PEOPLE_DRAWN);
        let form = OverlapForm::new(&people);
        let chosen: Vec<String> = wrong
            .map(|(form, _)| form.all("member").map(str::to_owned).collect())
            .unwrap_or_default();
        let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
        OverlapForm {
            members: form.members.chosen(&chosen, fault("member")),
            reason: typed(form.reason),
        }
    });
    let (drawn, edges) = drawing(&open, &names);
    Ok(LinkPage {
        frame,
        number: no as u64,
        state: state_word(row),
        sentence: say(&open.detail.sentence),
        found: zoned.moment(UtcMillis(row.found_ms)),
        owner,
        ended,
        innocent: innocent(&open),
        graph: drawn,
        more_edges: open.detail.edges.len() - edges.len(),
        edges,
        story,
        acts,
        comment,
        is_site: row.state == state::SITE,
        overlaps,
        overlap,
    })
}

/// What was asked for and what has come of it.
async fn overlap_line(
    web: &Web,
    me: &SignedIn,
    zoned: &Zoned,
    told: &Told,
    names: &HashMap<Uuid, String>,
) -> Result<OverlapLine, Fail> {
    let db = web.context.store.read();
    let mut people: Vec<String> = Vec::new();
    for id in &told.people {
        people.push(match names.get(id) {
            Some(name) => name.clone(),
            None => person_name(db, Some(*id)).await?,
        });
    }
    people.sort();
    let row = &told.row;
    let first = person_name(db, Some(row.proposed_by)).await?;
    let second = match row.decided_by {
        None => None,
        Some(second) => Some(person_name(db, Some(second)).await?),
    };
    let by = match second {
        None => t!("{first} proposed it", first),
        Some(second) if told.fact == Fact::Refused => {
            t!("{first} proposed it, {second} refused it", first, second)
        }
        Some(second) => t!("{first} proposed it, {second} confirmed it", first, second),
    };
    let fact = match &told.fact {
        Fact::Proposed => t!("It waits for a second person of security.").to_owned(),
        Fact::Refused => t!("It was refused, and nobody was met.").to_owned(),
        Fact::Waits => {
            t!("It is ordered. The time is drawn, and nobody knows it before.").to_owned()
        }
        Fact::Running => t!("It is under way.").to_owned(),
        Fact::Over { of, start: None, .. } => {
            t!("No time was found that suits {of} people, so nobody was met.", of)
        }
        Fact::Over { there, of, start: Some(start) } => {
            let (date, clock) = (zoned.date(*start), zoned.clock(*start));
            match (there, of) {
                (0, _) => t!("Nobody was there, on {date} at {clock}.", date, clock),
                (2, 2) => t!("Both were there, on {date} at {clock}.", date, clock),
                (all, of) if all == of => {
                    t!("All {of} were there, on {date} at {clock}.", of, date, clock)
                }
                (1, 2) => t!("One of two was there, on {date} at {clock}.", date, clock),
                (some, of) => {
                    t!("{some} of {of} were there, on {date} at {clock}.", some, of, date, clock)
                }
            }
        }
    };
    Ok(OverlapLine {
        names: people.join(t!(" and ")),
        asked: zoned.moment(UtcMillis(row.proposed_ms)),
        by,
        reason: told.reason.clone(),
        waits_for_reader: told.fact == Fact::Proposed && row.proposed_by != me.person.id,
        fact,
    })
}

async fn propose_overlap(
    State(web): State<Web>,
    me: SignedIn,
    Path(no): Path<String>,
    form: Posted,
) -> Answer {
    let no = number(&no)?;
    let chosen: Vec<PersonId> =
        form.all("member").filter_map(|id| id.parse().ok()).map(PersonId).collect();
    let reason = form.text("overlap_reason");
    let done = match overlap::propose(&web.context, me.id(), no, &chosen, reason).await {
        // Said at the form, where others can be chosen.
        Err(ActError::TooMany(why)) => Err(ActError::Invalid(vec![("member", why)])),
        done => done,
    };
    finish(&web, &me, no, &form, done, t!("A second person of security confirms it.")).await
}

async fn confirm_overlap(State(web): State<Web>, me: SignedIn, Path(no): Path<String>) -> Answer {
    let no = number(&no)?;
    overlap::decide(&web.context, me.id(), no, true).await?;
    Ok(back(&web, no, t!("It is ordered. The time is drawn.")))
}

async fn refuse_overlap(State(web): State<Web>, me: SignedIn, Path(no): Path<String>) -> Answer {
    let no = number(&no)?;
    overlap::decide(&web.context, me.id(), no, false).await?;
    Ok(back(&web, no, t!("It is refused. Nobody is met.")))
}

fn innocent(open: &OpenGroup) -> Vec<String> {
    let kinds: std::collections::BTreeSet<&str> = open
        .detail
        .edges
        .iter()
        .flat_map(|edge| edge.reasons.iter().map(|(kind, _)| kind.as_str()))
        .collect();
    let known = kinds.into_iter().filter_map(ReasonKind::from_code);
    known.filter_map(|kind| kind.innocent()).map(|text| tr(text).to_owned()).collect()
}

fn drawing(
    open: &OpenGroup,
    names: &HashMap<Uuid, String>,
) -> (muster_messages::pages::links::Graph, Vec<LinkEdge>) {
    let mut people: Vec<(&String, Uuid)> = names.iter().map(|(id, name)| (name, *id)).collect();
    people.sort();
    people.truncate(PEOPLE_DRAWN);
    let place: HashMap<Uuid, usize> =
        people.iter().enumerate().map(|(n, (_, id))| (*id, n)).collect();
    let shown = open
        .detail
        .edges
        .iter()
        .filter_map(|edge| Some((edge, *place.get(&edge.a)?, *place.get(&edge.b)?)));
    let shown: Vec<(&EdgeDetail, usize, usize)> = shown.take(EDGES_SHOWN).collect();
    let drawn: Vec<(usize, usize, i64, String)> = shown
        .iter()
        .map(|(edge, a, b)| {
            let (one, other) = (people[*a].0, people[*b].0);
            let label =
                t!("{one} and {other}: {points} points", one, other, points = points(sum(edge)));
            (*a, *b, sum(edge), label)
        })
        .collect();
    let edges = shown.iter().enumerate().map(|(n, (edge, a, b))| LinkEdge {
        row: format!("edge-{}", n + 1),
        a: people[*a].0.clone(),
        b: people[*b].0.clone(),
        points: points(sum(edge)),
        reasons: edge.reasons.iter().filter_map(reason).collect(),
        seen: seen(edge),
    });
    let edges = edges.collect();
    let ordered: Vec<String> = people.iter().map(|(name, _)| (*name).clone()).collect();
    (graph(&t!("How {n} people are joined", n = ordered.len()), &ordered, &drawn), edges)
}

fn sum(edge: &EdgeDetail) -> i64 {
    edge.reasons.iter().map(|(_, weight)| weight).sum()
}

fn points(milli: i64) -> String {
    dates::decimal(&format!("{:.1}", milli as f64 / 1_000.0))
}

fn reason((kind, weight): &(String, i64)) -> Option<LinkReason> {
    let kind = ReasonKind::from_code(kind)?;
    Some(LinkReason {
        sentence: tr(kind.sentence()).to_owned(),
        points: dates::decimal(&format!("{:+.1}", *weight as f64 / 1_000.0)),
        innocent: kind.innocent().map(|text| tr(text).to_owned()),
    })
}

fn seen(edge: &EdgeDetail) -> String {
    match (&edge.from, &edge.to) {
        (Some(from), Some(to)) if from != to => {
            let (from, to) = (day(from), day(to));
            t!("{days} days, {from} to {to}", days = edge.days, from, to)
        }
        (Some(from), _) => t!("one day, {day}", day = day(from)),
        _ => t!("at no place: the device is what they share").to_owned(),
    }
}

async fn told(
    web: &Web,
    zoned: &Zoned,
    entry: &link_event::Model,
    text: Option<&String>,
) -> Result<LinkEvent, Fail> {
    let by = person_name(web.context.store.read(), entry.actor).await?;
    let detail = &entry.detail;
    let sentence = match entry.kind.as_str() {
        event::FOUND => t!("Found, with {n} people.", n = detail),
        event::GREW => t!("Asks again; {n} people joined it.", n = detail),
        event::ENDED => t!("Not found any more.").to_owned(),
        event::TOLD => t!("A mail was written to {n} people.", n = detail),
        event::OPENED => t!("{by} opened it.", by),
        event::ACKNOWLEDGED => t!("{by} has it.", by),
        event::COMMENTED => t!("{by} added", by),
        _ => t!("{by} closed it.", by),
    };
    Ok(LinkEvent {
        at: zoned.moment(UtcMillis(entry.at_ms)),
        text: sentence,
        quoted: text.cloned(),
        by_person: entry.actor.is_some(),
    })
}

async fn acknowledge(State(web): State<Web>, me: SignedIn, Path(no): Path<String>) -> Answer {
    let no = number(&no)?;
    view::acknowledge(&web.context, me.id(), no).await?;
    Ok(back(&web, no, t!("You have this group now.")))
}

async fn comment(
    State(web): State<Web>,
    me: SignedIn,
    Path(no): Path<String>,
    form: Posted,
) -> Answer {
    let no = number(&no)?;
    let done = view::comment(&web.context, me.id(), no, form.text("comment")).await;
    finish(&web, &me, no, &form, done, t!("It stands in the story now.")).await
}

async fn resolve(
    State(web): State<Web>,
    me: SignedIn,
    Path(no): Path<String>,
    form: Posted,
) -> Answer {
    let no = number(&no)?;
    let (code, reason) = (form.text("resolution"), form.text("resolution_reason"));
    let done = view::resolve(&web.context, me.id(), no, code, reason).await;
    finish(&web, &me, no, &form, done, t!("The group is closed.")).await
}

async fn finish(
    web: &Web,
    me: &SignedIn,
    no: i64,
    form: &Form,
    done: Result<(), ActError>,
    told: &str,
) -> Answer {
    match done {
        Ok(()) => Ok(back(web, no, told)),
        Err(ActError::Invalid(faults)) => {
            let page = page(web, me, no, Some((form, &faults))).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn back(web: &Web, no: i64, told: &str) -> axum::response::Response {
    with_flash(web, see(&format!("/links/{no}")), FlashTone::Done, told)
}

/// `23 Nov 2026`
fn day(date: &str) -> String {
    let read = date.parse::<jiff::civil::Date>();
    read.map_or_else(|_| date.to_owned(), dates::short_with_year)
}
