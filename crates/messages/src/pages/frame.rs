//! What every page carries around its content: whose page it is, where one may go, what just
//! happened, what must be corrected, and the clock it was rendered at.

use crate::language::{self, Language};
use crate::t;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use serde::Serialize;

/// The frame of a page. Handlers fill one with [`PageFrame::new`] and the methods below.
#[derive(Debug, Clone, Serialize)]
pub struct PageFrame {
    /// The product's name as shown, usually `Muster`.
    pub product: String,
    /// The organisation this installation serves.
    pub organisation: String,
    /// The page's title; the template appends product and organisation.
    pub title: String,
    /// BCP 47 language of the page, with the region that decides how scripts write dates and clocks.
    pub lang: String,
    /// The languages the page could be read in instead.
    pub languages: Vec<LanguageChoice>,
    /// The name of the person who is signed in; `None` before sign-in.
    pub signed_in: Option<String>,
    /// Where this person may go, by role.
    pub nav: Vec<NavEntry>,
    /// What the person's last act did, shown once.
    pub flash: Option<Flash>,
    /// Faults of a submitted form, in the order of its fields, shown above it and linked to them.
    pub problems: Vec<Problem>,
    /// The token every form of the page sends back as `csrf`.
    pub csrf: String,
    /// Present in the demo only.
    pub demo: Option<DemoBar>,
    /// The service's clock when the page was rendered, UTC milliseconds. Scripts count from here,
    /// never from the browser's clock, so that the demo's moved clock is honoured.
    pub now_ms: i64,
    /// IANA name of the reader's zone; every time on the page is in it unless it says otherwise.
    pub zone: String,
}

impl PageFrame {
    /// A frame for somebody who is not signed in.
    pub fn new(
        organisation: &str,
        title: &str,
        now: UtcMillis,
        zone: &str,
        csrf: &str,
    ) -> PageFrame {
        PageFrame {
            product: "Muster".to_owned(),
            organisation: organisation.to_owned(),
            title: title.to_owned(),
            lang: language::current().tag().to_owned(),
            languages: other_languages(),
            signed_in: None,
            nav: Vec::new(),
            flash: None,
            problems: Vec::new(),
            csrf: csrf.to_owned(),
            demo: None,
            now_ms: now.0,
            zone: zone.to_owned(),
        }
    }

    /// Adds the name and the navigation that these roles open. `current` is the path of the entry
    /// to mark, e.g. `/cases`.
    pub fn signed_in(mut self, name: &str, roles: &[Role], current: &str) -> PageFrame {
        self.signed_in = Some(name.to_owned());
        self.nav = nav(roles, current);
        self
    }

    /// Says once what the last act did.
    pub fn with_flash(mut self, tone: FlashTone, text: &str) -> PageFrame {
        self.flash = Some(Flash { tone, text: text.to_owned() });
        self
    }

    /// Adds one fault of the submitted form; `field_id` is the id of the input it belongs to.
    pub fn with_problem(mut self, field_id: &str, text: &str) -> PageFrame {
        self.problems.push(Problem { field_id: field_id.to_owned(), text: text.to_owned() });
        self
    }

    /// Adds the demo's bar.
    pub fn with_demo(mut self, bar: DemoBar) -> PageFrame {
        self.demo = Some(bar);
        self
    }
}

/// A language one may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageChoice {
    /// ISO 639-1.
    pub code: &'static str,
    /// In itself: `Deutsch`.
    pub name: &'static str,
}

fn other_languages() -> Vec<LanguageChoice> {
    let others = Language::ALL.into_iter().filter(|one| *one != language::current());
    others.map(|one| LanguageChoice { code: one.code(), name: one.own_name() }).collect()
}

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NavEntry {
    pub url: String,
    pub label: String,
    /// Whether the page belongs to this entry.
    pub current: bool,
}

/// The entries these roles open, in a fixed order and each once. Everybody has `My check-ins`.
pub fn nav(roles: &[Role], current: &str) -> Vec<NavEntry> {
    let any = |wanted: &[Role]| roles.iter().any(|r| wanted.contains(r));
    let entries = [
        (true, "/", t!("My check-ins")),
        (any(&[Role::Verifier]), "/verifier", t!("Verifying")),
        (any(&[Role::Manager]), "/people", t!("My people")),
        (any(&[Role::Manager, Role::Hr, Role::Security, Role::Auditor]), "/cases", t!("Cases")),
        (any(&[Role::Security]), "/links", t!("Link groups")),
        (any(&[Role::Hr]), "/programme", t!("Programme")),
        (any(&[Role::Hr, Role::Security, Role::Auditor]), "/coverage", t!("Coverage")),
        (any(&[Role::Hr, Role::Security, Role::Auditor]), "/exceptions", t!("Exceptions")),
        (any(&[Role::Hr, Role::Security, Role::Auditor]), "/challenges", t!("Tasks")),
        (any(&[Role::Hr]), "/first-sessions", t!("First sessions")),
        (any(&[Role::Hr, Role::Security, Role::Auditor]), "/policies", t!("Policies")),
        (any(&[Role::Hr, Role::Admin]), "/roster", t!("Roster")),
        (any(&[Role::Auditor]), "/audit", t!("Audit log")),
        (any(&[Role::Admin]), "/system", t!("System")),
    ];
    entries
        .into_iter()
        .filter(|(open, ..)| *open)
        .map(|(_, url, label)| NavEntry {
            url: url.to_owned(),
            label: label.to_owned(),
            current: url == current,
        })
        .collect()
}

/// What the last act did.
#[derive(Debug, Clone, Serialize)]
pub struct Flash {
    pub tone: FlashTone,
    pub text: String,
}

/// Whether an act did what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlashTone {
    /// It was done.
    Done,
    /// It was not done, or only in part; the text says why and what to do.
    Attention,
}

/// One fault of a submitted form.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// The id of the input to go to.
    pub field_id: String,
    /// What is wrong and what would be accepted.
    pub text: String,
}

/// The bar above every page of the demo: its clock, and who one is.
#[derive(Debug, Clone, Serialize)]
pub struct DemoBar {
    /// The demo clock in the reader's zone, e.g. `Tue 3 Mar 09:12`.
    pub now_text: String,
    /// The demo clock in UTC milliseconds.
    pub now_ms: i64,
    /// The persona this host name stands for; empty on the demo's own pages.
    pub persona: String,
    pub personas: Vec<PersonaLink>,
    pub actions: Vec<DemoAction>,
    /// Camera and place to lend to this persona's pages; none on the demo's own pages.
    pub senses: Option<DemoSenses>,
}

/// Places that the browser can be made to name in the demo, in degrees.
#[derive(Debug, Clone, Serialize)]
pub struct DemoSenses {
    pub persona: String,
    pub home_name: String,
    pub home_lat: f64,
    pub home_lon: f64,
    pub away_name: String,
    pub away_lat: f64,
    pub away_lon: f64,
}

/// One persona and its own host name.
#[derive(Debug, Clone, Serialize)]
pub struct PersonaLink {
    pub name: String,
    /// Absolute, because every persona has a host name of its own.
    pub url: String,
}

/// One button that moves the demo, posted with `csrf` to `url`.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAction {
    pub url: String,
    pub label: String,
    /// Name and value of the one further field the act needs.
    pub name: String,
    pub value: String,
}

impl DemoAction {
    /// The buttons of the bar: the clock's three strides.
    pub fn strides() -> Vec<DemoAction> {
        [("+5 min", "5"), ("+30 min", "30"), (t!("+1 day"), "1440")]
            .map(|(label, minutes)| DemoAction {
                url: "/demo/clock".to_owned(),
                label: label.to_owned(),
                name: "minutes".to_owned(),
                value: minutes.to_owned(),
            })
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_employee_sees_only_his_own_check_ins() {
        let labels: Vec<String> =
            nav(&[Role::Employee], "/").into_iter().map(|e| e.label).collect();
        assert_eq!(labels, ["My check-ins"]);
    }

    #[test]
    fn an_auditor_is_led_to_what_he_may_open() {
        let urls: Vec<String> = nav(&[Role::Auditor], "/").into_iter().map(|e| e.url).collect();
        let led = ["/", "/cases", "/coverage", "/exceptions", "/challenges", "/policies", "/audit"];
        assert_eq!(urls, led);
    }

    #[test]
    fn somebody_with_two_roles_sees_cases_once() {
        let entries = nav(&[Role::Manager, Role::Hr], "/cases");
        assert_eq!(entries.iter().filter(|e| e.url == "/cases").count(), 1);
        assert!(entries.iter().any(|e| e.url == "/cases" && e.current));
        assert!(!entries.iter().any(|e| e.url == "/audit"));
    }
}
