//! Who stands in for a manager while they are away: one's own with a form, those one stands in for,
//! and everybody's for those who watch over the programme.

use super::{Field, PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /delegations`
#[derive(Debug, Clone, Serialize)]
pub struct Delegations {
    pub frame: PageFrame,
    /// Absent for whoever has no people of their own.
    pub own: Option<OwnDelegations>,
    /// Managers one stands in for now.
    pub standing_in: Vec<DelegationLine>,
    /// Absent for a reader who may not see them.
    pub everybody: Option<EverybodysDelegations>,
}

/// A manager's own.
#[derive(Debug, Clone, Serialize)]
pub struct OwnDelegations {
    pub lines: Vec<DelegationLine>,
    pub form: DelegationForm,
}

/// Everybody's.
#[derive(Debug, Clone, Serialize)]
pub struct EverybodysDelegations {
    pub lines: Vec<DelegationLine>,
}

/// One delegation.
#[derive(Debug, Clone, Serialize)]
pub struct DelegationLine {
    pub id: String,
    /// E.g. `Jo Park for Dana Weiss`.
    pub who: String,
    /// E.g. `3 December to 14 December 2026`.
    pub days: String,
    pub state: StateWord,
    /// What the button to end it says; absent where the reader may not, or it is over.
    pub end: Option<String>,
}

/// The form. Every field keeps what was typed.
#[derive(Debug, Clone, Serialize)]
pub struct DelegationForm {
    pub delegate: Field,
    pub first: Field,
    pub last: Field,
}

impl DelegationForm {
    /// The form as it was sent, with the fault beside its field.
    pub fn typed(
        [delegate, first, last]: [&str; 3],
        fault: Option<(&str, &str)>,
    ) -> DelegationForm {
        let error = |name: &str| fault.filter(|(field, _)| *field == name).map(|(_, says)| says);
        let date = |id, label| Field { kind: "date", max_length: 10, ..Field::text(id, label) };
        DelegationForm {
            delegate: Field { max_length: 254, ..Field::text("delegate", t!("Who stands in")) }
                .hint(t!("E-mail address or employee id. Nobody of your own line, nobody of HR, security or audit."))
                .typed(delegate, error("delegate")),
            first: date("first", t!("First day")).typed(first, error("first")),
            last: date("last", t!("Last day"))
                .hint(t!("That day is included. At most 60 days."))
                .typed(last, error("last")),
        }
    }
}

impl Template for Delegations {
    const NAME: &'static str = "pages/delegations";

    fn samples() -> Vec<Delegations> {
        let line = |who: &str, days: &str, word: &str, tone, end: Option<&str>| DelegationLine {
            id: samples::ID.to_owned(),
            who: who.to_owned(),
            days: days.to_owned(),
            state: StateWord::new(word, tone),
            end: end.map(str::to_owned),
        };
        let frame = |roles: &[Role]| {
            samples::frame("While you are away", "Dana Weiss", roles, "/people")
                .with_demo(samples::demo_bar("Dana Weiss"))
        };
        let running = line(
            "Jo Park for you",
            "1 March to 14 March 2026",
            "running",
            Tone::Waiting,
            Some("End it now"),
        );
        let usual = Delegations {
            frame: frame(&[Role::Employee, Role::Manager]),
            own: Some(OwnDelegations {
                lines: vec![running.clone()],
                form: DelegationForm::typed([""; 3], None),
            }),
            standing_in: vec![],
            everybody: None,
        };
        let stands_in = Delegations {
            own: None,
            standing_in: vec![line(
                "You for Dana Weiss",
                "1 March to 14 March 2026",
                "running",
                Tone::Waiting,
                Some("I cannot"),
            )],
            ..usual.clone()
        };
        let watching = Delegations {
            frame: frame(&[Role::Employee, Role::Hr]),
            own: None,
            everybody: Some(EverybodysDelegations {
                lines: vec![
                    running,
                    line("Lee Sato for Uma Roy", "2 January 2026", "over", Tone::Quiet, None),
                ],
            }),
            ..usual.clone()
        };
        let none = Delegations {
            everybody: Some(EverybodysDelegations { lines: vec![] }),
            ..watching.clone()
        };
        let fault = ("delegate", "This is you. Name somebody else.");
        let refused = Delegations {
            frame: frame(&[Role::Employee, Role::Manager]).with_problem(fault.0, fault.1),
            own: Some(OwnDelegations {
                lines: vec![],
                form: DelegationForm::typed(
                    ["dana.weiss@acme.example", "2026-03-01", "2026-03-14"],
                    Some(fault),
                ),
            }),
            ..usual.clone()
        };
        let hostile = Delegations {
            frame: samples::hostile("While you are away", &[Role::Manager, Role::Hr], "/people"),
            own: Some(OwnDelegations {
                lines: vec![line(samples::HOSTILE, samples::HOSTILE, "ahead", Tone::Quiet, None)],
                form: DelegationForm::typed(
                    [samples::HOSTILE; 3],
                    Some(("first", samples::HOSTILE)),
                ),
            }),
            standing_in: vec![],
            everybody: None,
        };
        vec![usual, stands_in, watching, none, refused, hostile]
    }
}
