//! Exceptions to rules: those that wait, those in force, those that end soon; a form to ask for one.

use super::{Choices, Field, PageFrame, Select, StateWord, TextArea, Tone, samples};
use crate::language::tr;
use crate::render::Template;
use crate::t;
use muster_domain::judging::exception::{Covered, may_be_excepted};
use muster_domain::judging::finding::Family;
use muster_domain::judging::rules::RULES;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /exceptions`
#[derive(Debug, Clone, Serialize)]
pub struct Exceptions {
    pub frame: PageFrame,
    /// Those that wait or are in force, the next to end first.
    pub standing: Vec<ExceptionLine>,
    /// Those that are over, the last first.
    pub over: Vec<ExceptionLine>,
    /// How many end within two weeks, as a sentence.
    pub ending: Option<String>,
    /// Absent for a reader who may only read.
    pub form: Option<ExceptionForm>,
}

/// One exception.
#[derive(Debug, Clone, Serialize)]
pub struct ExceptionLine {
    pub id: String,
    pub person: String,
    pub covers: String,
    pub reason: String,
    /// Where it holds, as a sentence.
    pub only: String,
    pub owner: String,
    pub confirmed_by: Option<String>,
    pub state: StateWord,
    /// E.g. `Last day 31 March 2027.`
    pub ends: String,
    /// Whether the reader answers for it.
    pub is_mine: bool,
    pub may_confirm: bool,
    pub may_refuse: bool,
    pub may_end: bool,
}

/// The form. Every field keeps what was typed.
#[derive(Debug, Clone, Serialize)]
pub struct ExceptionForm {
    pub is_open: bool,
    pub person: Field,
    pub covers: Select,
    pub reason: TextArea,
    pub ends: Field,
    pub asn: Field,
    pub country: Field,
    pub at_work_places: Choices,
}

/// What was typed into the form.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExceptionTyped<'a> {
    pub person: &'a str,
    pub covers: &'a str,
    pub reason: &'a str,
    pub ends: &'a str,
    pub asn: &'a str,
    pub country: &'a str,
    pub at_work_places: bool,
}

impl ExceptionForm {
    /// The form with what was typed and the fault beside each field.
    pub fn typed(typed: ExceptionTyped<'_>, faults: &[(&'static str, String)]) -> ExceptionForm {
        let fault =
            |field: &str| faults.iter().find(|(f, _)| *f == field).map(|(_, says)| says.as_str());
        let places = Choices::many(
            "at_work_places",
            t!("Only at their declared work places?"),
            &[("yes", t!("Only there"), t!("As they are declared today"))],
        );
        let chosen: &[&str] = if typed.at_work_places { &["yes"] } else { &[] };
        ExceptionForm {
            is_open: !faults.is_empty() || !typed.person.is_empty() || !typed.covers.is_empty(),
            person: Field::text("person", t!("For whom"))
                .hint(t!("Employee id or e-mail address"))
                .typed(typed.person, fault("person")),
            covers: Select::new("covers", t!("Which rule shall not count"), covered())
                .hint(t!("What the other person saw in a check-in cannot be excepted."))
                .chosen(typed.covers, fault("covers")),
            reason: TextArea { rows: 3, max_length: 500, ..TextArea::new("reason", t!("Why")) }
                .hint(t!("The person can read it among what is held about them."))
                .typed(typed.reason, fault("reason")),
            ends: Field { kind: "date", max_length: 10, ..Field::text("ends", t!("Last day")) }
                .hint(t!("Required, at most twelve months ahead"))
                .typed(typed.ends, fault("ends")),
            asn: Field { max_length: 12, ..Field::text("asn", t!("Only over this network")) }
                .hint(t!("The number of an autonomous system, as 64500"))
                .optional()
                .typed(typed.asn, fault("asn")),
            country: Field { max_length: 2, ..Field::text("country", t!("Only in this country")) }
                .hint(t!("Two letters, as PT"))
                .optional()
                .typed(typed.country, fault("country")),
            at_work_places: places.chosen(chosen, fault("at_work_places")),
        }
    }
}

/// Every rule and family that can be excepted, with its words.
fn covered() -> Vec<(String, String)> {
    let families = Family::ALL.iter().filter(|f| may_be_excepted(**f));
    let has_rules = |family: &Family| RULES.iter().any(|r| r.family == *family);
    let mut options = vec![(String::new(), t!("Choose").to_owned())];
    options.extend(RULES.iter().filter(|r| may_be_excepted(r.family)).map(|rule| {
        (
            Covered::Rule(rule.id.to_owned()).code(),
            format!("{} ({})", rule.id, tr(rule.family.name())),
        )
    }));
    options.extend(families.filter(|f| has_rules(f)).map(|family| {
        let label = t!("Every rule of: {family}", family = tr(family.name()));
        (Covered::Family(*family).code(), label)
    }));
    options
}

impl Template for Exceptions {
    const NAME: &'static str = "pages/exceptions";

    fn samples() -> Vec<Exceptions> {
        let line = |person: &str, state: StateWord| ExceptionLine {
            id: format!("{}{}", &samples::ID[..32], person.as_bytes()[0]),
            person: person.to_owned(),
            covers: "The rule ip-hosting".to_owned(),
            reason: "Works on a cloud desktop that IT provides.".to_owned(),
            only: "Only over network 64500.".to_owned(),
            owner: "Ravi Rao".to_owned(),
            confirmed_by: None,
            state,
            ends: "Last day 16 March 2026.".to_owned(),
            is_mine: false,
            may_confirm: false,
            may_refuse: false,
            may_end: false,
        };
        let waiting = ExceptionLine {
            may_confirm: true,
            may_refuse: true,
            ..line("Maria Olsen", StateWord::new("waits for a second person", Tone::Waiting))
        };
        let active = ExceptionLine {
            confirmed_by: Some("Sam Okoye".to_owned()),
            may_end: true,
            only: "Everywhere.".to_owned(),
            ..line("Tomás Vega", StateWord::new("in force", Tone::Good))
        };
        let frame = || {
            let roles = [Role::Employee, Role::Security];
            samples::frame("Exceptions", "Sam Okoye", &roles, "/exceptions")
        };
        let usual = Exceptions {
            frame: frame(),
            standing: vec![waiting.clone(), active],
            over: vec![line("Anna Lind", StateWord::new("ended", Tone::Quiet))],
            ending: Some("1 ends within two weeks.".to_owned()),
            form: Some(ExceptionForm::typed(ExceptionTyped::default(), &[])),
        };
        let bad = samples::HOSTILE;
        let typed = ExceptionTyped {
            person: bad,
            covers: "rule:ip-hosting",
            reason: bad,
            ends: bad,
            asn: bad,
            country: bad,
            at_work_places: true,
        };
        let faults: Vec<(&'static str, String)> =
            ["person", "covers", "reason", "ends", "asn", "country", "at_work_places"]
                .map(|field| (field, bad.to_owned()))
                .into();
        vec![
            Exceptions {
                standing: vec![],
                over: vec![],
                ending: None,
                form: None,
                ..usual.clone()
            },
            Exceptions {
                frame: samples::hostile("Exceptions", &[Role::Hr], "/exceptions"),
                standing: vec![ExceptionLine {
                    person: bad.to_owned(),
                    reason: bad.to_owned(),
                    covers: bad.to_owned(),
                    owner: bad.to_owned(),
                    confirmed_by: Some(bad.to_owned()),
                    ..waiting
                }],
                form: Some(ExceptionForm::typed(typed, &faults)),
                ..usual.clone()
            },
            usual,
        ]
    }
}
