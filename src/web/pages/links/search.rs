//! Who was seen at an address, on a network, with a device or on a date: what security asks, and the answer.

use super::day;
use crate::acts::ActError;
use crate::acts::links::search::{self, Seen, Sightings};
use crate::web::pages::cases::class_text;
use crate::web::session::{Posted, SignedIn};
use crate::web::{Answer, Fail, Web};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::id::PersonId;
use muster_domain::judging::network::AccessClass;
use muster_messages::language::tr;
use muster_messages::pages::links::{LinkAnswer, LinkSearch, LinkSeen, LinkSighted, LinkUnread};
use muster_messages::t;
use muster_store::people;

/// People of one answer who are shown unfolded.
const SEEN_AT_A_GLANCE: usize = 20;

pub(super) async fn ask(State(web): State<Web>, me: SignedIn) -> Answer {
    web.page(&LinkSearch {
        frame: web.frame(&me.visitor, t!("Who was seen where"), "/links").await,
        indicators: LinkSearch::indicators_field(),
        answer: None,
    })
}

pub(super) async fn answer(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    let list = form.text("indicators");
    let frame = web.frame(&me.visitor, t!("Who was seen where"), "/links").await;
    match search::search(&web.context, me.id(), list).await {
        Ok(found) => web.page(&LinkSearch {
            frame,
            indicators: LinkSearch::indicators_field().typed(list, None),
            answer: Some(answered(&web, found).await?),
        }),
        Err(ActError::Invalid(faults)) => {
            let sentence = faults.first().map_or("", |(_, s)| s.as_str());
            let page = LinkSearch {
                frame: frame.with_problem("indicators", sentence),
                indicators: LinkSearch::indicators_field().typed(list, Some(sentence)),
                answer: None,
            };
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn answered(web: &Web, found: Vec<Sightings>) -> Result<LinkAnswer, Fail> {
    let asked = found.len();
    let (mut sighted, mut unread, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    for one in found {
        let typed = one.typed;
        match one.read {
            Err(accepted) => unread.push(LinkUnread { typed, accepted: tr(accepted).to_owned() }),
            Ok(_) if one.people.is_empty() => empty.push(typed),
            Ok(indicator) => {
                let people = match one.people.len() {
                    1 => t!("one person").to_owned(),
                    many => t!("{n} people", n = many),
                };
                let mut seen = Vec::new();
                for who in one.people {
                    seen.push(link_seen(web, who).await?);
                }
                seen.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.name.cmp(&b.name)));
                sighted.push(LinkSighted {
                    typed,
                    kind: format!("{}, {people}", tr(indicator.kind())),
                    is_long: seen.len() > SEEN_AT_A_GLANCE,
                    people: seen,
                    is_cut: one.is_cut,
                });
            }
        }
    }
    let sentence = match sighted.len() {
        0 => t!("Nobody was seen there.").to_owned(),
        _ if asked == 1 => t!("Somebody was seen there.").to_owned(),
        some => t!("Somebody was seen at {some} of {asked}.", some, asked),
    };
    Ok(LinkAnswer { sentence, sighted, unread, empty })
}

async fn link_seen(web: &Web, who: Seen) -> Result<LinkSeen, Fail> {
    let person = people::find(web.context.store.read(), PersonId(who.person)).await?;
    let (name, employee_id, url) = match person {
        None => (t!("somebody who has left").to_owned(), String::new(), None),
        Some(person) => {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("q", &person.name)
                .finish();
            let url = (person.state == "active").then(|| format!("/coverage?{query}"));
            (person.name, person.employee_id, url)
        }
    };
    let source = |code: &String| match code.as_str() {
        "check_in" => t!("check-ins"),
        _ => t!("imported sign-ins"),
    };
    let class = |code: &String| match AccessClass::from_code(code) {
        Some(class) => class_text(class).to_owned(),
        None => code.replace('_', " "),
    };
    Ok(LinkSeen {
        name,
        employee_id,
        url,
        days: who.days,
        first_day: day(&who.first_day),
        last_day: day(&who.last_day),
        classes: who.classes.iter().map(class).collect::<Vec<_>>().join(", "),
        sources: who.sources.iter().map(source).collect::<Vec<_>>().join(", "),
        groups: who.groups,
    })
}
