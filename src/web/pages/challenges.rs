//! The cards of the tasks, for HR, security and auditors: how each has done, taking a worn one out,
//! bringing it back.

use super::room::title;
use crate::acts::ActError;
use crate::acts::challenges::cards::{self, Card};
use crate::web::guard::see;
use crate::web::session::{Form, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, person_name, with_flash};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::challenge::statistics::CardStatistics;
use muster_domain::challenge::{Equipment, GROUPS, SetUp, Template, group_of};
use muster_domain::msg;
use muster_messages::language::{tr, tr_text};
use muster_messages::pages::challenges::{CardGroup, CardLine, CardList, CardPage, RetiredCard};
use muster_messages::pages::{FlashTone, Row, StateWord, Tone};
use muster_messages::t;

const GROUP_TITLES: [&str; GROUPS.len()] =
    [msg!("Face and voice"), msg!("Surroundings"), msg!("Work device and work")];

pub(super) fn routes() -> Vec<Route> {
    let (view, change) = (Access::Act(Act::ViewChallenges), Access::Act(Act::RetireChallenges));
    vec![
        Route::get("/challenges", view, list),
        Route::get("/challenges/{card}", view, card),
        Route::post("/challenges/{card}/retire", change, retire),
        Route::post("/challenges/{card}/restore", change, restore),
    ]
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    let cards = cards::list(&web.context, me.id()).await?;
    let groups = GROUP_TITLES.iter().enumerate().map(|(n, heading)| CardGroup {
        id: format!("group-{}", n + 1),
        title: tr(heading).to_owned(),
        cards: cards.iter().filter(|c| group_of(c.template.class) == n).map(line).collect(),
    });
    web.page(&CardList {
        groups: groups.collect(),
        days: web.context.settings.retention.session_detail,
        frame: web.frame(&me.visitor, t!("Tasks"), "/challenges").await,
    })
}

fn line(card: &Card) -> CardLine {
    let CardStatistics { drawn, done, other_way, could_not, refused, looks_wrong, .. } =
        card.statistics;
    CardLine {
        id: card.template.id.clone(),
        title: title(&card.template.id),
        is_retired: card.retired.is_some(),
        drawn,
        done,
        other_way,
        could_not,
        refused,
        looks_wrong,
        median: card.statistics.median_seconds.map_or("–".to_owned(), |s| format!("{s} s")),
    }
}

async fn card(State(web): State<Web>, me: SignedIn, Path(id): Path<String>) -> Answer {
    web.page(&page(&web, &me, &id, None).await?)
}

async fn page(
    web: &Web,
    me: &SignedIn,
    id: &str,
    wrong: Option<(&Form, &str)>,
) -> Result<CardPage, Fail> {
    let all = cards::list(&web.context, me.id()).await?;
    let card = Fail::unless_found(all.into_iter().find(|card| card.template.id == id))?;
    let may = me.may(Act::RetireChallenges) && (card.retired.is_some() || card.stays.is_none());
    let reason = may.then(|| match wrong {
        None => CardPage::reason_field(),
        Some((form, fault)) => CardPage::reason_field().typed(form.text("reason"), Some(fault)),
    });
    let heading = title(id);
    let mut frame = web.frame(&me.visitor, &heading, "/challenges").await;
    if let Some((_, fault)) = wrong {
        frame = frame.with_problem("reason", fault);
    }
    let retired = match &card.retired {
        None => None,
        Some(retired) => Some(RetiredCard {
            by: person_name(web.context.store.read(), retired.by).await?,
            at: web.zoned(me).moment(retired.at),
            reason: retired.reason.clone(),
        }),
    };
    let template = &card.template;
    Ok(CardPage {
        frame,
        id: id.to_owned(),
        title: heading,
        state: match retired {
            None => StateWord::new(t!("drawn"), Tone::Good),
            Some(_) => StateWord::new(t!("taken out"), Tone::Quiet),
        },
        instruction: tr_text(&template.instruction),
        alternative: tr_text(&template.alternative),
        for_verifier: tr_text(&template.for_verifier),
        look_for: tr_text(&template.look_for),
        facts: facts(template),
        numbers: numbers(&card.statistics),
        stays: card.stays.filter(|_| retired.is_none()),
        retired,
        reason,
    })
}

fn facts(template: &Template) -> Vec<Row> {
    let list = |words: Vec<&str>| match words.is_empty() {
        true => t!("nothing").to_owned(),
        false => words.join(", "),
    };
    let set_ups = template.defeats.iter().map(|s: &SetUp| tr(s.text())).collect();
    let needs = template.needs.iter().map(|n: &Equipment| tr(n.text())).collect();
    let lacks = template.needs.iter().filter_map(|n| n.absent());
    let not_with: std::collections::BTreeSet<_> =
        template.not_with.iter().copied().chain(lacks).collect();
    let mut rows = vec![
        Row::new(t!("Makes hard"), &list(set_ups)),
        Row::new(t!("Needs"), &list(needs)),
        Row::new(t!("Time to give"), &format!("{} s", template.seconds)),
        Row::new(t!("Not drawn with"), &list(not_with.iter().map(|a| tr(a.text())).collect())),
    ];
    for parameter in &template.parameters {
        let values: Vec<String> = parameter.values.iter().map(|value| tr_text(value)).collect();
        rows.push(Row::new(&format!("{{{}}}", parameter.name), &values.join(", ")));
    }
    rows
}

fn numbers(card: &CardStatistics) -> Vec<Row> {
    let count = |name: &str, count: u32| Row::new(name, &count.to_string());
    let median = card
        .median_seconds
        .map_or_else(|| t!("not known yet").to_owned(), |s| t!("up to {s} s", s));
    vec![
        count(t!("Drawn"), card.drawn),
        count(t!("Shown"), card.shown),
        count(t!("Done"), card.done),
        count(t!("Done the other way"), card.other_way),
        count(t!("Could not be done"), card.could_not),
        count(t!("Would rather not"), card.refused),
        count(t!("Looked odd"), card.looks_wrong),
        Row::new(t!("Half of them took"), &median),
    ]
}

async fn retire(
    State(web): State<Web>,
    me: SignedIn,
    Path(id): Path<String>,
    form: Posted,
) -> Answer {
    let done = cards::retire(&web.context, me.id(), &id, form.text("reason")).await;
    finish(&web, &me, &id, &form, done, t!("It is drawn for nobody from now on.")).await
}

async fn restore(
    State(web): State<Web>,
    me: SignedIn,
    Path(id): Path<String>,
    form: Posted,
) -> Answer {
    let done = cards::restore(&web.context, me.id(), &id, form.text("reason")).await;
    finish(&web, &me, &id, &form, done, t!("It is drawn again from now on.")).await
}

async fn finish(
    web: &Web,
    me: &SignedIn,
    id: &str,
    form: &Form,
    done: Result<(), ActError>,
    told: &str,
) -> Answer {
    match done {
        Ok(()) => Ok(with_flash(web, see(&format!("/challenges/{id}")), FlashTone::Done, told)),
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            let page = page(web, me, id, Some((form, fault))).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}
