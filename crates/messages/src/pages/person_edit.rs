//! What HR changes about one person by hand: the entry on the roster, work places, absences; and the
//! holidays a calendar has. Forms keep what was typed and say each fault beside its field.

use super::map::{Feature, FeatureKind, Map, map};
use super::{Choices, Field, PageFrame, Pager, samples};
use crate::render::Template;
use crate::t;
use muster_domain::judging::Point;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET` and `POST /people/{id}/edit`.
#[derive(Debug, Clone, Serialize)]
pub struct PersonEdit {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    /// Goes along with the form; another one means that somebody else changed the entry meanwhile.
    pub version: String,
    /// Whether that happened, and what is stored now, as sentences.
    pub changed_meanwhile: Vec<String>,
    pub fields: Vec<Field>,
    /// What policies choose people by.
    pub attributes: Vec<Field>,
}

/// `GET /people/{id}/places`.
#[derive(Debug, Clone, Serialize)]
pub struct Places {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    pub may_edit: bool,
    pub places: Vec<PlaceLine>,
    /// The same, drawn; `None` where there is none.
    pub map: Option<Map>,
}

/// One place with its point.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceLine {
    pub id: String,
    pub label: String,
    pub country: String,
    /// `51.34, 12.37`
    pub point: String,
    pub radius: String,
    pub valid: String,
}

/// `GET` and `POST /people/{id}/places/new` and `/people/{id}/places/{place}`.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceEdit {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    /// `None` where a new one is added.
    pub place_id: Option<String>,
    pub version: String,
    pub changed_meanwhile: Vec<String>,
    pub fields: Vec<Field>,
}

/// `GET` and `POST /people/{id}/absences`; one is ended at `/people/{id}/absences/{absence}/end`
/// (`last_day`, or `act` = `remove`).
#[derive(Debug, Clone, Serialize)]
pub struct Absences {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    pub may_edit: bool,
    pub absences: Vec<AbsenceLine>,
    pub kind: Choices,
    pub from: Field,
    pub to: Field,
}

/// One absence. What kind it is stays sealed.
#[derive(Debug, Clone, Serialize)]
pub struct AbsenceLine {
    pub id: String,
    pub days: String,
    /// The form that ends it; `None` for what is over.
    pub last_day: Option<Field>,
}

impl Absences {
    /// The empty form.
    pub fn form() -> (Choices, Field, Field) {
        let kinds = [
            ("leave", t!("On leave"), ""),
            ("sickness", t!("Sickness"), t!("A diagnosis has no place here.")),
            ("other", t!("Something else"), ""),
        ];
        let day = |id: &str, label: &str| Field { max_length: 10, ..Field::text(id, label) };
        (
            Choices::one("kind", t!("What is it?"), &kinds),
            day("from", t!("First day"))
                .hint(t!("As 2026-12-24. It is a whole day where they work.")),
            day("to", t!("Last day")).hint(t!("The same day for a single one.")),
        )
    }

    /// The last day of one absence; every form on the page has a field of its own.
    pub fn last_day(absence: &str) -> Field {
        let id = format!("last_day-{absence}");
        Field { max_length: 10, ..Field::text(&id, t!("Last day")) }
    }
}

/// `GET /holidays?q=&page=`.
#[derive(Debug, Clone, Serialize)]
pub struct Holidays {
    pub frame: PageFrame,
    pub query: String,
    pub calendars: Vec<CalendarLine>,
    pub pager: Pager,
}

/// One calendar.
#[derive(Debug, Clone, Serialize)]
pub struct CalendarLine {
    pub code: String,
    /// How many on the roster have it.
    pub people: usize,
    /// Whether it was brought in by this organisation.
    pub is_own: bool,
}

/// `GET /holidays/days?calendar=&year=`.
#[derive(Debug, Clone, Serialize)]
pub struct HolidayList {
    pub frame: PageFrame,
    pub code: String,
    pub year: i16,
    pub people: usize,
    pub earlier_url: Option<String>,
    pub later_url: Option<String>,
    pub days: Vec<HolidayLine>,
}

/// One holiday.
#[derive(Debug, Clone, Serialize)]
pub struct HolidayLine {
    /// `Thursday 24 December`
    pub day: String,
    pub name: String,
}

fn hr(title: &str) -> PageFrame {
    samples::frame(title, "Ravi Rao", &[Role::Employee, Role::Hr], "/roster")
}

fn field(id: &str, label: &str, value: &str) -> Field {
    Field::text(id, label).typed(value, None)
}

impl Template for PersonEdit {
    const NAME: &'static str = "pages/hr/person_edit";

    fn samples() -> Vec<PersonEdit> {
        let usual = PersonEdit {
            frame: hr("Change Anna Lind"),
            id: samples::ID.to_owned(),
            name: "Anna Lind".to_owned(),
            version: "0011223344556677".to_owned(),
            changed_meanwhile: vec![],
            fields: vec![
                field("name", "Name", "Anna Lind"),
                field("zone", "Zone", "Europe/Berln")
                    .typed("Europe/Berln", Some("Unknown zone. Did you mean Europe/Berlin?")),
            ],
            attributes: vec![field("department", "Department", "Engineering").optional()],
        };
        let stale = PersonEdit {
            changed_meanwhile: samples::strings(&["Zone is Europe/Lisbon now."]),
            ..usual.clone()
        };
        let hostile = PersonEdit {
            frame: samples::hostile("Change", &[Role::Hr], "/roster"),
            name: samples::HOSTILE.to_owned(),
            changed_meanwhile: samples::strings(&[samples::HOSTILE]),
            fields: vec![field("name", "Name", samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, stale, hostile]
    }
}

impl Template for Places {
    const NAME: &'static str = "pages/hr/places";

    fn samples() -> Vec<Places> {
        let line = |label: &str| PlaceLine {
            id: samples::ID.to_owned(),
            label: label.to_owned(),
            country: "DE".to_owned(),
            point: "51.34, 12.37".to_owned(),
            radius: "5 km".to_owned(),
            valid: "always".to_owned(),
        };
        let home = Point::from_degrees(51.34, 12.37).expect("a point on earth");
        let features = [Feature {
            kind: FeatureKind::Declared,
            point: home,
            radius_metres: 5_000,
            name: "Home, Leipzig".to_owned(),
            words: "5 km around the point.".to_owned(),
        }];
        let usual = Places {
            frame: hr("Work places of Anna Lind"),
            id: samples::ID.to_owned(),
            name: "Anna Lind".to_owned(),
            may_edit: true,
            places: vec![line("Home, Leipzig"), line("Parents' house")],
            map: map("places", "Work places of Anna Lind", &features),
        };
        let none = Places { places: vec![], map: None, may_edit: false, ..usual.clone() };
        let hostile = Places {
            frame: samples::hostile("Places", &[Role::Hr], "/roster"),
            name: samples::HOSTILE.to_owned(),
            places: vec![line(samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, none, hostile]
    }
}

impl Template for PlaceEdit {
    const NAME: &'static str = "pages/hr/place_edit";

    fn samples() -> Vec<PlaceEdit> {
        let correct = PlaceEdit {
            frame: hr("Correct a place of Anna Lind"),
            id: samples::ID.to_owned(),
            name: "Anna Lind".to_owned(),
            place_id: Some(samples::ID.to_owned()),
            version: "0011223344556677".to_owned(),
            changed_meanwhile: samples::strings(&["Radius is 10 km now."]),
            fields: vec![
                field("label", "Name of the place", "Home"),
                field("lat", "Latitude", "51"),
            ],
        };
        let add = PlaceEdit { place_id: None, changed_meanwhile: vec![], ..correct.clone() };
        let hostile = PlaceEdit {
            frame: samples::hostile("Place", &[Role::Hr], "/roster"),
            name: samples::HOSTILE.to_owned(),
            fields: vec![field("label", "Name of the place", samples::HOSTILE)],
            ..correct.clone()
        };
        vec![correct, add, hostile]
    }
}

impl Template for Absences {
    const NAME: &'static str = "pages/hr/absences";

    fn samples() -> Vec<Absences> {
        let (kind, from, to) = Absences::form();
        let usual = Absences {
            frame: hr("Absences of Anna Lind"),
            id: samples::ID.to_owned(),
            name: "Anna Lind".to_owned(),
            may_edit: true,
            absences: vec![
                AbsenceLine {
                    id: samples::ID.to_owned(),
                    days: "2026-04-06 to 2026-04-10".to_owned(),
                    last_day: Some(Absences::last_day("1").typed("2026-04-10", None)),
                },
                AbsenceLine {
                    id: samples::ID.to_owned(),
                    days: "2026-01-02".to_owned(),
                    last_day: None,
                },
            ],
            kind: kind.chosen(&["leave"], None),
            from: from.typed("2026-02-30", Some("There is no such day.")),
            to,
        };
        let none = Absences { absences: vec![], ..usual.clone() };
        let hostile = Absences {
            frame: samples::hostile("Absences", &[Role::Hr], "/roster"),
            name: samples::HOSTILE.to_owned(),
            from: field("from", "First day", samples::HOSTILE),
            ..none.clone()
        };
        vec![usual, none, hostile]
    }
}

impl Template for Holidays {
    const NAME: &'static str = "pages/hr/holidays";

    fn samples() -> Vec<Holidays> {
        let line =
            |code: &str, people| CalendarLine { code: code.to_owned(), people, is_own: true };
        let usual = Holidays {
            frame: hr("Holidays"),
            query: "de".to_owned(),
            calendars: vec![line("DE-BE", 40), line("DE-SN", 0)],
            pager: Pager { shown: "1 to 2 of 2".to_owned(), earlier_url: None, later_url: None },
        };
        let none = Holidays { calendars: vec![], ..usual.clone() };
        vec![usual, none]
    }
}

impl Template for HolidayList {
    const NAME: &'static str = "pages/hr/holiday_list";

    fn samples() -> Vec<HolidayList> {
        let usual = HolidayList {
            frame: hr("Holidays DE-BE"),
            code: "DE-BE".to_owned(),
            year: 2026,
            people: 40,
            earlier_url: Some("/holidays/days?calendar=DE-BE&year=2025".to_owned()),
            later_url: Some("/holidays/days?calendar=DE-BE&year=2027".to_owned()),
            days: vec![HolidayLine {
                day: "Friday 25 December".to_owned(),
                name: "Christmas Day".to_owned(),
            }],
        };
        let none = HolidayList { days: vec![], earlier_url: None, ..usual.clone() };
        vec![usual, none]
    }
}
