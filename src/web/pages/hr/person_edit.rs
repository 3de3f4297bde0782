//! One person's entry on the roster, changed by hand. What was typed stays in the form, also where
//! somebody else changed the entry meanwhile.

use crate::acts::ActError;
use crate::acts::roster::{self, COLUMNS, Held};
use crate::web::guard::see;
use crate::web::session::{Hr, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::roster::ATTRIBUTE_COLUMNS;
use muster_messages::pages::person_edit::PersonEdit;
use muster_messages::pages::{Field, FlashTone};
use muster_messages::t;
use std::collections::BTreeMap;

/// Longest text of a field, in characters.
const TEXT_MAX: u16 = 500;

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Act(Act::ImportRoster);
    vec![Route::get("/people/{id}/edit", edit, show), Route::post("/people/{id}/edit", edit, save)]
}

/// Faults by field, as an act gives them.
type Faults = Vec<(&'static str, String)>;

async fn show(State(web): State<Web>, me: Hr, Id(id): Id) -> Answer {
    let held = roster::held(&web.context, PersonId(id)).await.map_err(gone)?;
    let typed = texts(&held);
    web.page(&page(&web, &me, &held, &typed, &Vec::new()).await)
}

async fn save(State(web): State<Web>, me: Hr, Id(id): Id, form: Posted) -> Answer {
    let who = PersonId(id);
    let held = roster::held(&web.context, who).await.map_err(gone)?;
    let names = texts(&held).into_keys();
    let read = |name: String| {
        let text = form.text_within(&name, usize::from(TEXT_MAX));
        (name, text)
    };
    let typed: BTreeMap<String, String> = names.map(read).collect();
    let columns: Vec<(String, String)> = typed.clone().into_iter().collect();
    match roster::edit_person(&web.context, me.id(), who, form.text("version"), &columns).await {
        Ok(is_different) => {
            let told = match is_different {
                true => t!("Saved. It counts from the next date on."),
                false => t!("Nothing was different, so nothing changed."),
            };
            Ok(with_flash(&web, see(&format!("/people/{id}")), FlashTone::Done, told))
        }
        Err(ActError::Invalid(faults)) => {
            // Read again: a change meanwhile shows beside what was typed.
            let held = roster::held(&web.context, who).await.map_err(gone)?;
            let page = page(&web, &me, &held, &typed, &faults).await;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody who is not on the roster has no form.
pub(super) fn gone(error: ActError) -> Fail {
    match error {
        ActError::Conflict(_) => Fail::NotFound,
        error => error.into(),
    }
}

/// What stands on the roster, by the names of the fields.
fn texts(held: &Held) -> BTreeMap<String, String> {
    let person = &held.person;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let fixed = [
        person.name.clone(),
        person.email.clone(),
        or_empty(&person.second_email),
        or_empty(&person.manager_id),
        person.zone.clone(),
        person.hours.clone(),
        or_empty(&person.holidays),
        person.languages.join(" "),
    ];
    let fixed = COLUMNS.iter().map(|name| (*name).to_owned()).zip(fixed);
    let attributes = ATTRIBUTE_COLUMNS.iter().map(|name| ((*name).to_owned(), String::new()));
    let mut all: BTreeMap<String, String> = fixed.chain(attributes).collect();
    all.extend(person.attributes.clone());
    all
}

async fn page(
    web: &Web,
    me: &SignedIn,
    held: &Held,
    typed: &BTreeMap<String, String>,
    faults: &Faults,
) -> PersonEdit {
    let title = t!("Change {name}", name = held.row.name);
    let mut frame = web.frame(&me.visitor, &title, "/roster").await;
    for (field, sentence) in faults {
        frame = frame.with_problem(field, sentence);
    }
    let filled = |field: Field| {
        let text = typed.get(&field.id).map_or("", String::as_str);
        let fault = faults.iter().find(|(name, _)| *name == field.id).map(|(_, s)| s.as_str());
        field.typed(text, fault)
    };
    let is_attribute = |name: &&String| !COLUMNS.contains(&name.as_str());
    let stored = texts(held);
    let attributes = stored.keys().filter(is_attribute);
    let attributes = attributes.map(|name| filled(Field::text(name, &label(name)).optional()));
    let is_stale = faults.iter().any(|(field, _)| *field == "version");
    let changed = match is_stale {
        true => differences(&stored, typed),
        false => Vec::new(),
    };
    PersonEdit {
        frame,
        id: held.row.id.to_string(),
        name: held.row.name.clone(),
        version: held.version.clone(),
        changed_meanwhile: changed,
        fields: fields().into_iter().map(filled).collect(),
        attributes: attributes.collect(),
    }
}

/// What is stored now where something else was typed.
pub(super) fn differences(
    stored: &BTreeMap<String, String>,
    typed: &BTreeMap<String, String>,
) -> Vec<String> {
    let differs = |(name, text): &(&String, &String)| typed.get(*name) != Some(text);
    let said = |(name, text): (&String, &String)| match text.as_str() {
        "" => t!("{name} is empty now.", name = label(name)),
        text => t!("{name} is {text} now.", text, name = label(name)),
    };
    let found: Vec<String> = stored.iter().filter(differs).map(said).collect();
    match found.is_empty() {
        true => vec![t!("Nothing: somebody typed the same.").to_owned()],
        false => found,
    }
}

fn fields() -> Vec<Field> {
    let text = |id: &str| Field { max_length: TEXT_MAX, ..Field::text(id, &label(id)) };
    let address = |id: &str| Field { autocomplete: "off", ..Field::email(id, &label(id)) };
    vec![
        text("name"),
        address("email")
            .hint(t!("Check-ins are announced here, and the codes of signing in go here.")),
        address("second_email")
            .hint(t!("A second way to reach them; announcements go to both."))
            .optional(),
        text("manager_id").hint(t!("Employee id or address of the manager.")).optional(),
        text("zone").hint(t!("An IANA zone such as Europe/Lisbon.")),
        text("hours")
            .hint(t!("Such as Mon-Fri 09:00-17:00. They are met within these hours only.")),
        text("holidays")
            .hint(t!("The code of a holiday calendar such as PT; empty for none."))
            .optional(),
        text("languages").hint(t!("In which they can be met, such as en pt.")),
    ]
}

fn label(column: &str) -> String {
    let known = match column {
        "name" => t!("Name"),
        "zone" => t!("Zone"),
        "hours" => t!("Hours"),
        "holidays" => t!("Holidays"),
        "languages" => t!("Languages"),
        "country" => t!("Country"),
        "cost_center" => t!("Cost center"),
        "department" => t!("Department"),
        "division" => t!("Division"),
        "employment" => t!("Employment"),
        "location" => t!("Location"),
        "team" => t!("Team"),
        "title" => t!("Title"),
        "label" => t!("Label"),
        "email" => t!("E-mail"),
        "second_email" => t!("Second e-mail"),
        "manager_id" => t!("Manager"),
        "lat" => t!("Latitude"),
        "lon" => t!("Longitude"),
        "radius_km" => t!("Radius in km"),
        "valid_from" => t!("First day"),
        "valid_to" => t!("Last day"),
        other => {
            let words = other.strip_prefix("x_").unwrap_or(other).replace('_', " ");
            let mut letters = words.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            return format!("{first}{}", letters.as_str());
        }
    };
    known.to_owned()
}
