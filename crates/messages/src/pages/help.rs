//! The guides of `docs/guides`, one for each part, as pages. Readable without signing in: they
//! tell what the source tells, and nothing of this installation but how long it keeps things.
//!
//! In a guide, code that is the address of a page without parameters becomes a link to it here,
//! and stays readable text on a code host.

use super::{PageFrame, ROUTES, Row, samples};
use crate::language::{self, tr};
use crate::render::Template;
use crate::t;
use muster_domain::msg;
use muster_domain::person::Role;
use muster_domain::retention::{DataClass, RetentionDays};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;
use serde::Serialize;
use std::borrow::Cow;

/// One guide as it ships.
#[derive(Debug, Clone, Copy)]
pub struct Guide {
    /// The last segment of its address, and the name of its file.
    pub slug: &'static str,
    pub title: &'static str,
    pub summary: &'static str,
    /// CommonMark, with tables; its first heading is the title again.
    pub source: &'static str,
}

macro_rules! guide {
    ($slug:literal, $title:expr, $summary:expr) => {
        Guide {
            slug: $slug,
            title: $title,
            summary: $summary,
            source: include_str!(concat!("../../../../docs/guides/", $slug, ".md")),
        }
    };
}

/// Every guide.
pub const GUIDES: &[Guide] = &[
    guide!(
        "employee",
        msg!("For everybody who is met"),
        msg!("What a check-in is, what you do, what is kept, how to say no and how to object.")
    ),
    guide!(
        "verifier",
        msg!("For verifiers"),
        msg!("Meeting somebody well, and what to do when you cannot.")
    ),
    guide!(
        "manager",
        msg!("For managers"),
        msg!("A case about one of your people has reached you.")
    ),
    guide!(
        "hr",
        msg!("For HR and security"),
        msg!("Policies, people, cases, and what you must not do.")
    ),
    guide!(
        "administrator",
        msg!("For administrators"),
        msg!("Keeping the service running, and the keys safe.")
    ),
    guide!(
        "auditor",
        msg!("For auditors"),
        msg!("Checking that nobody was spared, singled out or steered.")
    ),
];

/// The guide at an address.
pub fn guide(slug: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|g| g.slug == slug)
}

/// Guides in other languages, `<code>/<slug>.md`; read from disk in debug builds, embedded
/// otherwise.
#[derive(RustEmbed)]
#[folder = "../../docs/guides"]
struct Files;

impl Guide {
    /// The text in the language spoken, in English where there is none.
    pub fn spoken(&self) -> Cow<'static, str> {
        let file = Files::get(&format!("{}/{}.md", language::current().code(), self.slug));
        match file {
            Some(file) => Cow::Owned(String::from_utf8_lossy(&file.data).into_owned()),
            None => Cow::Borrowed(self.source),
        }
    }
}

/// The guides that somebody with these roles is most likely to look for, nearest first.
fn is_for(slug: &str, roles: &[Role]) -> bool {
    roles.iter().any(|role| {
        slug == match role {
            Role::Employee => "employee",
            Role::Verifier => "verifier",
            Role::Manager => "manager",
            Role::Hr | Role::Security => "hr",
            Role::Auditor => "auditor",
            Role::Admin => "administrator",
        }
    })
}

/// One guide in the list.
#[derive(Debug, Clone, Serialize)]
pub struct GuideLink {
    pub slug: &'static str,
    pub title: &'static str,
    pub summary: &'static str,
    /// Whether it is about a part the reader has.
    pub yours: bool,
}

/// `GET /help`
#[derive(Debug, Clone, Serialize)]
pub struct HelpIndex {
    pub frame: PageFrame,
    pub guides: Vec<GuideLink>,
}

impl HelpIndex {
    /// The list, with the parts of somebody with these roles marked.
    pub fn new(frame: PageFrame, roles: &[Role]) -> HelpIndex {
        let link = |g: &Guide| GuideLink {
            slug: g.slug,
            title: tr(g.title),
            summary: tr(g.summary),
            yours: is_for(g.slug, roles),
        };
        HelpIndex { frame, guides: GUIDES.iter().map(link).collect() }
    }
}

/// One heading of a guide, for its list of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    pub id: String,
    pub title: String,
}

/// `GET /help/{guide}`
#[derive(Debug, Clone, Serialize)]
pub struct HelpPage {
    pub frame: PageFrame,
    pub title: &'static str,
    pub sections: Vec<Section>,
    /// Markup made of the shipped text alone.
    pub body: String,
    /// How long this installation keeps what, in days.
    pub kept: Vec<Row>,
    /// Why anything is kept longer than by default.
    pub longer_because: Option<String>,
    pub contact: String,
}

impl HelpPage {
    /// One guide, with the days of this installation below it.
    pub fn new(
        frame: PageFrame,
        guide: &'static Guide,
        days: &RetentionDays,
        contact: &str,
    ) -> HelpPage {
        let (sections, body) = rendered(&guide.spoken());
        let kept = [
            (t!("The exact point you shared"), DataClass::ExactPlace),
            (t!("The area of about 5 km around it"), DataClass::PlaceArea),
            (t!("What happened in a session"), DataClass::SessionDetail),
            (t!("Outcomes and cases"), DataClass::Decision),
        ];
        let row = |(name, class)| {
            let days = days.of(class)?;
            Some(Row::new(name, &t!("{days} days", days)))
        };
        HelpPage {
            frame,
            title: tr(guide.title),
            sections,
            body,
            kept: kept.into_iter().filter_map(row).collect(),
            longer_because: days.longer_because.clone(),
            contact: contact.to_owned(),
        }
    }
}

/// Whether a piece of code is the address of a page without parameters.
fn is_page(code: &str) -> bool {
    code.starts_with('/') && !code.contains('{') && ROUTES.contains(&("GET", code))
}

/// Sections and markup of a guide. The title is left to the page; markup in the text is dropped.
fn rendered(source: &str) -> (Vec<Section>, String) {
    let mut sections: Vec<Section> = Vec::new();
    let mut events = Vec::new();
    let mut parser = Parser::new_ext(source, Options::ENABLE_TABLES);
    while let Some(event) = parser.next() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
                parser.find(|e| matches!(e, Event::End(TagEnd::Heading(HeadingLevel::H1))));
            }
            Event::Start(Tag::Heading { level: HeadingLevel::H2, classes, attrs, .. }) => {
                let inner: Vec<Event<'_>> = parser
                    .by_ref()
                    .take_while(|e| !matches!(e, Event::End(TagEnd::Heading(_))))
                    .collect();
                let title: String = inner.iter().filter_map(text_of).collect();
                let id = anchor(&title);
                sections.push(Section { id: id.clone(), title });
                let level = HeadingLevel::H2;
                let id = Some(CowStr::from(id));
                events.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
                events.extend(inner);
                events.push(Event::End(TagEnd::Heading(level)));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = served(&dest_url);
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Code(code) if is_page(&code) => {
                events.push(Event::Html(CowStr::from(format!("<a href=\"{code}\">{code}</a>"))));
            }
            Event::Start(Tag::Table(_)) => {
                events.push(Event::Html(CowStr::Borrowed("<div class=\"table-wrap\">")));
                events.push(event);
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(Event::Html(CowStr::Borrowed("</div>")));
            }
            Event::Html(_) | Event::InlineHtml(_) => {}
            event => events.push(event),
        }
    }
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    (sections, body)
}

fn text_of(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        _ => None,
    }
}

/// `manager.md#a` is `/help/manager#a` here.
fn served<'a>(link: &str) -> CowStr<'a> {
    match link.split_once(".md") {
        Some((slug, rest)) if guide(slug).is_some() => format!("/help/{slug}{rest}").into(),
        _ => link.to_owned().into(),
    }
}

/// The anchor a code host makes of a heading: lower case, letters, digits and hyphens.
fn anchor(title: &str) -> String {
    let lower = title.to_lowercase().replace(' ', "-");
    lower.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}

impl Template for HelpIndex {
    const NAME: &'static str = "pages/help/index";

    fn samples() -> Vec<HelpIndex> {
        vec![
            HelpIndex::new(samples::stranger("Help"), &[]),
            HelpIndex::new(samples::employee("Help"), &[Role::Employee, Role::Verifier]),
            HelpIndex::new(samples::hostile("Help", &[Role::Hr], ""), &[Role::Hr]),
        ]
    }
}

impl Template for HelpPage {
    const NAME: &'static str = "pages/help/guide";

    fn samples() -> Vec<HelpPage> {
        let days = RetentionDays::default();
        let one = |g: &'static Guide| {
            HelpPage::new(samples::stranger(g.title), g, &days, "the People team, extension 100")
        };
        let mut all: Vec<HelpPage> = GUIDES.iter().map(one).collect();
        let long =
            RetentionDays { longer_because: Some(samples::HOSTILE.to_owned()), ..days.clone() };
        let frame = samples::hostile("Help", &[], "");
        all.push(HelpPage::new(frame, &GUIDES[0], &long, samples::HOSTILE));
        all
    }
}

#[cfg(test)]
#[path = "help_tests.rs"]
mod tests;
