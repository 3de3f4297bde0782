//! Work places of one person with their points: seen (which the person can see), added, corrected,
//! ended.

use super::person::valid;
use super::person_edit::{differences, gone};
use crate::acts::ActError;
use crate::acts::roster::{self, version_of};
use crate::web::guard::see;
use crate::web::session::{Hr, Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::judging::Point;
use muster_domain::roster::WorkPlace;
use muster_messages::pages::map::{Feature, FeatureKind, map};
use muster_messages::pages::person_edit::{PlaceEdit, PlaceLine, Places};
use muster_messages::pages::{Field, FlashTone};
use muster_messages::t;
use muster_store::entities::person;
use muster_store::people::{self, OpenPlace};
use std::collections::BTreeMap;
use uuid::Uuid;

const COLUMNS: [&str; 7] =
    ["label", "country", "lat", "lon", "radius_km", "valid_from", "valid_to"];
/// Longest text of a field, in characters.
const TEXT_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Act(Act::EditWorkPlaces);
    vec![
        Route::get("/people/{id}/places", edit, list),
        Route::get("/people/{id}/places/new", edit, new),
        Route::post("/people/{id}/places/new", edit, add),
        Route::get("/people/{id}/places/{place}", edit, one),
        Route::post("/people/{id}/places/{place}", edit, correct),
    ]
}

type Typed = BTreeMap<String, String>;

async fn list(State(web): State<Web>, me: Hr, Id(id): Id) -> Answer {
    let person = active(&web, id).await?;
    let places = roster::open_places(&web.context, me.id(), PersonId(id)).await?;
    let line = |place: &OpenPlace| PlaceLine {
        id: place.row.id.to_string(),
        label: match place.row.is_travel {
            true => t!("{label} (travel)", label = place.detail.label),
            false => place.detail.label.clone(),
        },
        country: place.detail.country.clone(),
        point: format!("{}, {}", place.detail.lat, place.detail.lon),
        radius: t!("{radius_km} km", radius_km = place.detail.radius_km),
        valid: valid(place),
    };
    let title = t!("Work places of {name}", name = person.name);
    let features: Vec<Feature> = places.iter().filter_map(feature).collect();
    web.page(&Places {
        map: map("places", &title, &features),
        frame: web.frame(&me.visitor, &title, "/roster").await,
        id: id.to_string(),
        name: person.name,
        may_edit: id != me.person.id,
        places: places.iter().map(line).collect(),
    })
}

fn feature(place: &OpenPlace) -> Option<Feature> {
    let detail = &place.detail;
    let kind = if place.row.is_travel { FeatureKind::Travel } else { FeatureKind::Declared };
    Some(Feature {
        kind,
        point: Point::from_degrees(detail.lat, detail.lon)?,
        radius_metres: (detail.radius_km * 1_000.0).round() as u32,
        name: detail.label.clone(),
        words: t!(
            "{radius_km} km around the point, {place}.",
            radius_km = detail.radius_km,
            place = valid(place)
        ),
    })
}

async fn new(State(web): State<Web>, me: Hr, Id(id): Id) -> Answer {
    let person = active(&web, id).await?;
    let empty = COLUMNS.iter().map(|name| ((*name).to_owned(), String::new())).collect();
    web.page(&page(&web, &me, &person, None, &empty, &[]).await)
}

async fn add(State(web): State<Web>, me: Hr, Id(id): Id, form: Posted) -> Answer {
    let person = active(&web, id).await?;
    keep(&web, &me, &person, None, &form).await
}

async fn one(State(web): State<Web>, me: Hr, Path(path): Path<(String, String)>) -> Answer {
    let (id, place) = ids(&path)?;
    let person = active(&web, id).await?;
    let stored = find(&web, &me, &person, place).await?.ok_or(Fail::NotFound)?;
    let typed = texts(&stored);
    web.page(&page(&web, &me, &person, Some((place, &stored)), &typed, &[]).await)
}

async fn correct(
    State(web): State<Web>,
    me: Hr,
    Path(path): Path<(String, String)>,
    form: Posted,
) -> Answer {
    let (id, place) = ids(&path)?;
    let person = active(&web, id).await?;
    keep(&web, &me, &person, Some(place), &form).await
}

async fn keep(
    web: &Web,
    me: &SignedIn,
    person: &person::Model,
    place: Option<Uuid>,
    form: &Posted,
) -> Answer {
    let read = |name: &&str| ((*name).to_owned(), form.text_within(name, TEXT_MAX));
    let typed: Typed = COLUMNS.iter().map(read).collect();
    let columns: Vec<(String, String)> = typed.clone().into_iter().collect();
    let old = place.map(|id| (id, form.text("version")));
    let who = PersonId(person.id);
    match roster::keep_place(&web.context, me.id(), who, old, &columns).await {
        Ok(_) => {
            let back = format!("/people/{}/places", person.id);
            Ok(with_flash(web, see(&back), FlashTone::Done, t!("The place is declared.")))
        }
        Err(ActError::Invalid(faults)) => {
            let stored = match place {
                Some(id) => find(web, me, person, id).await?.map(|stored| (id, stored)),
                None => None,
            };
            let stored = stored.as_ref().map(|(id, stored)| (*id, stored));
            let page = page(web, me, person, stored, &typed, &faults).await;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn active(web: &Web, id: Uuid) -> Result<person::Model, Fail> {
    let found = people::find(web.context.store.read(), PersonId(id)).await?;
    Fail::unless_found(found.filter(|p| p.state == "active"))
}

fn ids((person, place): &(String, String)) -> Result<(Uuid, Uuid), Fail> {
    let id = |text: &str| text.parse().map_err(|_| Fail::NotFound);
    Ok((id(person)?, id(place)?))
}

async fn find(
    web: &Web,
    me: &SignedIn,
    person: &person::Model,
    id: Uuid,
) -> Result<Option<WorkPlace>, Fail> {
    let places = roster::open_places(&web.context, me.id(), PersonId(person.id)).await;
    let found = places.map_err(gone)?.into_iter().find(|p| p.row.id == id);
    Ok(match found {
        Some(place) => Some(roster::place(&person.employee_id, &place.row, place.detail)?),
        None => None,
    })
}

fn texts(place: &WorkPlace) -> Typed {
    let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
    let values = [
        place.label.clone(),
        place.country.clone(),
        place.latitude_degrees.to_string(),
        place.longitude_degrees.to_string(),
        place.radius_km.to_string(),
        day(place.valid_from),
        day(place.valid_to),
    ];
    COLUMNS.iter().map(|name| (*name).to_owned()).zip(values).collect()
}

async fn page(
    web: &Web,
    me: &SignedIn,
    person: &person::Model,
    stored: Option<(Uuid, &WorkPlace)>,
    typed: &Typed,
    faults: &[(&'static str, String)],
) -> PlaceEdit {
    let title = match stored {
        Some(_) => t!("Correct a place of {name}", name = person.name),
        None => t!("Add a place for {name}", name = person.name),
    };
    let mut frame = web.frame(&me.visitor, &title, "/roster").await;
    for (field, sentence) in faults {
        frame = frame.with_problem(field, sentence);
    }
    let filled = |field: Field| {
        let text = typed.get(&field.id).map_or("", String::as_str);
        let fault = faults.iter().find(|(name, _)| *name == field.id).map(|(_, s)| s.as_str());
        field.typed(text, fault)
    };
    let is_stale = faults.iter().any(|(field, _)| *field == "version");
    let changed = stored.filter(|_| is_stale).map(|(_, place)| differences(&texts(place), typed));
    PlaceEdit {
        frame,
        id: person.id.to_string(),
        name: person.name.clone(),
        place_id: stored.map(|(id, _)| id.to_string()),
        version: stored.map(|(_, place)| version_of(place)).unwrap_or_default(),
        changed_meanwhile: changed.unwrap_or_default(),
        fields: fields().into_iter().map(filled).collect(),
    }
}

fn fields() -> Vec<Field> {
    let day = |id: &str, label: &str| {
        Field { max_length: 10, ..Field::text(id, label) }.optional().hint(t!("As 2026-12-24."))
    };
    vec![
        Field::text("label", t!("Name of the place")).hint(t!("Such as Home, or Office in Porto.")),
        Field { max_length: 2, ..Field::text("country", t!("Country")) }
            .hint(t!("Two letters, such as PT.")),
        Field::text("lat", t!("Latitude")).hint(t!("Degrees north, such as 38.72.")),
        Field::text("lon", t!("Longitude"))
            .hint(t!("Degrees east, such as -9.14; west is negative.")),
        Field::text("radius_km", t!("Radius in km"))
            .hint(t!("How far around the point still counts as the place.")),
        day("valid_from", t!("First day")),
        day("valid_to", t!("Last day")),
    ]
}
