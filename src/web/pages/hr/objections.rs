//! Objections to outcomes: what waits, one of them, its answer.

use crate::acts::objections::{self, Seen};
use crate::acts::{ActError, receipts};
use crate::web::guard::see;
use crate::web::pages::people_list::check_in_word;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::id::CheckInId;
use muster_domain::time::UtcMillis;
use muster_messages::pages::objections::{Answered, ObjectionLine, ObjectionList, ObjectionPage};
use muster_messages::pages::{FlashTone, StateWord, Tone};
use muster_messages::t;
use muster_store::objections as rows;
use uuid::Uuid;

const LIST: &str = "/objections";

pub(super) fn routes() -> Vec<Route> {
    let review = Access::Act(Act::ReviewDispute);
    vec![
        Route::get(LIST, review, list),
        Route::get("/objections/{id}", review, page),
        Route::post("/objections/{id}", review, answer),
    ]
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    let zoned = web.zoned(&me);
    let seen = objections::list(&web.context, me.id()).await?;
    let line = |one: &Seen| ObjectionLine {
        id: one.row.check_in_id.to_string(),
        number: receipts::number(&one.check_in),
        person: one.person.name.clone(),
        sent: zoned.moment(UtcMillis(one.row.sent_ms)),
        state: state(&zoned, one),
    };
    let (open, answered): (Vec<&Seen>, Vec<&Seen>) =
        seen.iter().partition(|one| one.row.answered_ms.is_none());
    web.page(&ObjectionList {
        frame: web.frame(&me.visitor, t!("Objections"), "/programme").await,
        sees_programme: me.may(Act::ViewRoster),
        open: open.into_iter().map(line).collect(),
        answered: answered.into_iter().map(line).collect(),
    })
}

fn state(zoned: &Zoned, one: &Seen) -> StateWord {
    match one.row.answered_ms {
        Some(_) => StateWord::new(t!("answered"), Tone::Quiet),
        None if one.row.due_ms <= zoned.now.0 => StateWord::new(t!("late"), Tone::Review),
        None => StateWord::new(t!("waits"), Tone::Waiting),
    }
}

async fn page(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    web.page(&show(&web, &me, id, "", None).await?)
}

async fn answer(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let typed = form.text_within("answer", 2000);
    match objections::answer(&web.context, me.id(), CheckInId(id), &typed).await {
        Ok(()) => Ok(with_flash(&web, see(LIST), FlashTone::Done, t!("Your answer is sent."))),
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, said)| said.as_str());
            let page = show(&web, &me, id, &typed, Some(fault)).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(
    web: &Web,
    me: &SignedIn,
    id: Uuid,
    typed: &str,
    fault: Option<&str>,
) -> Result<ObjectionPage, Fail> {
    let (store, zoned) = (&web.context.store, web.zoned(me));
    let seen = objections::list(&web.context, me.id()).await?;
    let one = Fail::unless_found(seen.into_iter().find(|one| one.row.check_in_id == id))?;
    let (words, text) = rows::texts(store, store.read(), &one.row).await?;
    let number = receipts::number(&one.check_in);
    let mut frame = web.frame(&me.visitor, &t!("Objection {number}", number), "/programme").await;
    if let Some(fault) = fault {
        frame = frame.with_problem("answer", fault);
    }
    let answered = match (text, one.row.answered_ms) {
        (Some(text), Some(at)) => Some(Answered {
            by: person_name(store.read(), one.row.answered_by).await?,
            at: zoned.moment(UtcMillis(at)),
            text,
        }),
        _ => None,
    };
    Ok(ObjectionPage {
        frame,
        id: id.to_string(),
        number,
        person: one.person.name.clone(),
        state: state(&zoned, &one),
        check_in: zoned.beside(UtcMillis(one.check_in.start_ms), &one.person),
        outcome: check_in_word(&one.check_in),
        words,
        sent: zoned.moment(UtcMillis(one.row.sent_ms)),
        due: zoned.moment(UtcMillis(one.row.due_ms)),
        answer: answered.is_none().then(|| ObjectionPage::field().typed(typed, fault)),
        answered,
    })
}
