//! Absences of one person: entered, given another last day, taken back.

use crate::acts::ActError;
use crate::acts::context::zone_of;
use crate::acts::roster;
use crate::web::guard::see;
use crate::web::session::{Hr, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_messages::pages::FlashTone;
use muster_messages::pages::person_edit::{AbsenceLine, Absences};
use muster_messages::t;
use muster_store::people;
use uuid::Uuid;

const FIELDS: [&str; 3] = ["kind", "from", "to"];

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Act(Act::EditAbsences);
    vec![
        Route::get("/people/{id}/absences", edit, list),
        Route::post("/people/{id}/absences", edit, add),
        Route::post("/people/{id}/absences/{absence}/end", edit, end),
    ]
}

/// What was typed and not taken: into the form at the end, or into the one of an absence.
#[derive(Default)]
struct Typed {
    texts: [String; 3],
    faults: Vec<(&'static str, String)>,
    of: Option<(Uuid, String)>,
}

async fn list(State(web): State<Web>, me: Hr, Id(id): Id) -> Answer {
    web.page(&page(&web, &me, id, Typed::default()).await?)
}

async fn add(State(web): State<Web>, me: Hr, Id(id): Id, form: Posted) -> Answer {
    let texts = FIELDS.map(|name| form.text_within(name, 40));
    let columns: Vec<(String, String)> =
        FIELDS.iter().map(|name| (*name).to_owned()).zip(texts.clone()).collect();
    match roster::add_absence(&web.context, me.id(), PersonId(id), &columns).await {
        Ok(_) => Ok(back(&web, id, t!("The absence is entered."))),
        Err(ActError::Invalid(faults)) => {
            let typed = Typed { texts, faults, of: None };
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, &me, id, typed).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(
    State(web): State<Web>,
    me: Hr,
    Path((id, absence)): Path<(String, String)>,
    form: Posted,
) -> Answer {
    let parse = |text: &str| text.parse::<Uuid>().map_err(|_| Fail::NotFound);
    let (id, absence) = (parse(&id)?, parse(&absence)?);
    let last_day = form.text_within(&Absences::last_day(&absence.to_string()).id, 40);
    let is_removed = form.text("act") == "remove";
    let asked = (!is_removed).then_some(last_day.as_str());
    match roster::end_absence(&web.context, me.id(), PersonId(id), absence, asked).await {
        Ok(_) if is_removed => Ok(back(&web, id, t!("The absence is taken back."))),
        Ok(_) => Ok(back(&web, id, t!("The last day is saved."))),
        Err(ActError::Invalid(faults)) => {
            let typed = Typed { faults, of: Some((absence, last_day)), ..Typed::default() };
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, &me, id, typed).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn back(web: &Web, id: Uuid, told: &str) -> Response {
    with_flash(web, see(&format!("/people/{id}/absences")), FlashTone::Done, told)
}

async fn page(web: &Web, me: &SignedIn, id: Uuid, typed: Typed) -> Result<Absences, Fail> {
    let db = web.context.store.read();
    let found = people::find(db, PersonId(id)).await?.filter(|p| p.state == "active");
    let person = Fail::unless_found(found)?;
    let today = web.context.now().date_in(&zone_of(&person)).to_string();
    let may_edit = id != me.person.id;
    let title = t!("Absences of {name}", name = person.name);
    let mut frame = web.frame(&me.visitor, &title, "/roster").await;
    let fault = |field: &str| {
        typed.faults.iter().find(|(name, _)| *name == field).map(|(_, said)| said.as_str())
    };
    let mut absences = Vec::new();
    for row in people::absences(db, PersonId(id)).await? {
        let mut last_day = Absences::last_day(&row.id.to_string()).typed(&row.last_day, None);
        if let Some((_, text)) = typed.of.as_ref().filter(|(of, _)| *of == row.id) {
            let said = fault("last_day");
            frame = frame.with_problem(&last_day.id, said.unwrap_or_default());
            last_day = last_day.typed(text, said);
        }
        absences.push(AbsenceLine {
            id: row.id.to_string(),
            days: match row.first_day == row.last_day {
                true => row.first_day.clone(),
                false => t!(
                    "{first_day} to {last_day}",
                    first_day = row.first_day,
                    last_day = row.last_day
                ),
            },
            last_day: (may_edit && row.last_day >= today).then_some(last_day),
        });
    }
    // What is to come and runs stands first.
    absences.reverse();
    let (kind, from, to) = Absences::form();
    let [kind_text, from_text, to_text] = typed.texts.each_ref().map(String::as_str);
    if typed.of.is_none() {
        for (field, said) in &typed.faults {
            let at = if *field == "kind" { "kind-1" } else { field };
            frame = frame.with_problem(at, said);
        }
    }
    Ok(Absences {
        id: id.to_string(),
        name: person.name.clone(),
        may_edit,
        absences,
        kind: kind.chosen(&[kind_text], fault("kind")),
        from: from.typed(from_text, fault("from")),
        to: to.typed(to_text, fault("to")),
        frame,
    })
}
