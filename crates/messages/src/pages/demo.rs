//! The demo's own pages: the two stories to live through, and the mailbox of everything sent.

use super::{Moment, PageFrame, PersonaLink, Row, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /demo`. Posts to `/demo/clock` (`minutes`) and `/demo/draw` (`person`, an employee id).
#[derive(Debug, Clone, Serialize)]
pub struct DemoHome {
    pub frame: PageFrame,
    /// E.g. `204 fictional people in six time zones`.
    pub company: String,
    /// Where the data lies, and what a reset does.
    pub data_note: String,
    pub stories: Vec<Story>,
    pub personas: Vec<Persona>,
}

/// Somebody the visitor can be.
#[derive(Debug, Clone, Serialize)]
pub struct Persona {
    pub name: String,
    /// Absolute: every persona has a host name of its own.
    pub url: String,
    /// What there is to see and do as this person.
    pub about: String,
}

/// One story, step by step.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    pub title: String,
    pub intro: String,
    pub steps: Vec<StoryStep>,
}

/// One step of a story.
#[derive(Debug, Clone, Serialize)]
pub struct StoryStep {
    pub text: String,
    /// Whether it has happened already.
    pub done: bool,
    pub links: Vec<PersonaLink>,
    pub buttons: Vec<DemoButton>,
}

/// A button of a step, posted to `url` with one further field.
#[derive(Debug, Clone, Serialize)]
pub struct DemoButton {
    pub url: String,
    pub label: String,
    pub name: String,
    pub value: String,
}

/// `GET /demo/mailbox`
#[derive(Debug, Clone, Serialize)]
pub struct Mailbox {
    pub frame: PageFrame,
    /// Newest first.
    pub mails: Vec<MailLine>,
}

/// One mail of the list.
#[derive(Debug, Clone, Serialize)]
pub struct MailLine {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub at: Moment,
    /// Whether it carries a calendar entry.
    pub has_calendar: bool,
}

/// `GET /demo/mailbox/{id}`. The HTML part is served at `.../html` under a policy of its own
/// (`sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'`) and shown in
/// a sandboxed frame.
#[derive(Debug, Clone, Serialize)]
pub struct MailPage {
    pub frame: PageFrame,
    pub id: String,
    pub subject: String,
    /// From, to, at, Message-ID: as rows.
    pub head: Vec<Row>,
    pub has_html: bool,
    pub text: String,
    /// The calendar part as sent.
    pub calendar: Option<String>,
}

impl Template for DemoHome {
    const NAME: &'static str = "pages/demo/home";

    fn samples() -> Vec<DemoHome> {
        let persona = |name: &str, host: &str| PersonaLink {
            name: name.to_owned(),
            url: format!("http://{host}.localhost:8080/"),
        };
        let button = |label: &str, url: &str, name: &str, value: &str| DemoButton {
            url: url.to_owned(),
            label: label.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let clock = |label: &str, minutes: &str| button(label, "/demo/clock", "minutes", minutes);
        let step = |text: &str, done, links: Vec<PersonaLink>, buttons: Vec<DemoButton>| {
            StoryStep { text: text.to_owned(), done, links, buttons }
        };
        let mailbox =
            || PersonaLink { name: "Open the mailbox".to_owned(), url: "/demo/mailbox".to_owned() };
        let usual = DemoHome {
            frame: samples::stranger("Try Muster").with_demo(samples::demo_bar("")),
            company: "204 fictional people in six time zones, on a Tuesday morning".to_owned(),
            data_note: "Everything lies in one folder on this machine; nothing is sent anywhere."
                .to_owned(),
            stories: vec![
                Story {
                    title: "Somebody is drawn, and met".to_owned(),
                    intro: "About five minutes. You are two people, so use two windows.".to_owned(),
                    steps: vec![
                        step(
                            "Anna is drawn. By chance it may take weeks; this button makes it a manual order, and every page will say so.",
                            true,
                            vec![],
                            vec![button("Draw Anna now", "/demo/draw", "person", "anna")],
                        ),
                        step(
                            "The invitation leaves. Read it: it holds no secret, only a plain link and a code.",
                            false,
                            vec![mailbox()],
                            vec![],
                        ),
                        step(
                            "Be Anna: read what is recorded, try the camera, answer where you are.",
                            false,
                            vec![persona("Anna's page", "anna")],
                            vec![],
                        ),
                        step(
                            "Let the moment come, then go into the room.",
                            false,
                            vec![],
                            vec![clock("+5 min", "5")],
                        ),
                        step(
                            "In another window be Jo, who learns only now whom to meet, and reveals one challenge after the other.",
                            false,
                            vec![persona("Jo's page", "verifier")],
                            vec![],
                        ),
                        step(
                            "Send Jo's form. Anna's page shows what was recorded, and a receipt to keep.",
                            false,
                            vec![],
                            vec![],
                        ),
                    ],
                },
                Story {
                    title: "Nobody comes".to_owned(),
                    intro: "About three minutes. You only move the clock and read.".to_owned(),
                    steps: vec![
                        step(
                            "Maria is drawn.",
                            false,
                            vec![],
                            vec![button("Draw Maria now", "/demo/draw", "person", "maria")],
                        ),
                        step(
                            "The time passes. Before it counts as missed, the service asks whether it was its own fault.",
                            false,
                            vec![],
                            vec![clock("+30 min", "30")],
                        ),
                        step(
                            "There is a second chance. Let it pass too.",
                            false,
                            vec![],
                            vec![clock("+30 min", "30")],
                        ),
                        step(
                            "Now Dana, her manager, has mail: one case, what is known, what to do next.",
                            false,
                            vec![mailbox(), persona("Dana's page", "manager")],
                            vec![],
                        ),
                        step(
                            "Take it on and close it, or wait: tomorrow HR hears of it.",
                            false,
                            vec![persona("Ravi's page", "hr")],
                            vec![clock("+1 day", "1440")],
                        ),
                    ],
                },
            ],
            personas: vec![Persona {
                name: "Anna Lind, employee".to_owned(),
                url: "http://anna.localhost:8080/".to_owned(),
                about: "Is invited and met on video.".to_owned(),
            }],
        };
        vec![usual]
    }
}

impl Template for Mailbox {
    const NAME: &'static str = "pages/demo/mailbox";

    fn samples() -> Vec<Mailbox> {
        let mail = |subject: &str, to: &str, minutes, has_calendar| MailLine {
            id: samples::ID.to_owned(),
            to: to.to_owned(),
            subject: subject.to_owned(),
            at: samples::at(minutes),
            has_calendar,
        };
        let frame = || samples::stranger("Mailbox").with_demo(samples::demo_bar(""));
        vec![
            Mailbox {
                frame: frame(),
                mails: vec![
                    mail(
                        "Case 2031 needs you by 17:00",
                        "Dana Weiss <dana.weiss@acme.example>",
                        -1,
                        false,
                    ),
                    mail(
                        "Second chance: video check-in today 13:20",
                        "Maria Olsen <maria.olsen@acme.example>",
                        -80,
                        true,
                    ),
                    mail(
                        "Video check-in today 14:35 (about 5 minutes)",
                        "Anna Lind <anna.lind@acme.example>",
                        -130,
                        true,
                    ),
                ],
            },
            Mailbox { frame: frame(), mails: vec![] },
            Mailbox {
                frame: frame(),
                mails: vec![mail(samples::HOSTILE, samples::HOSTILE, 0, true)],
            },
        ]
    }
}

impl Template for MailPage {
    const NAME: &'static str = "pages/demo/mail";

    fn samples() -> Vec<MailPage> {
        let usual = MailPage {
            frame: samples::stranger("Mail").with_demo(samples::demo_bar("")),
            id: samples::ID.to_owned(),
            subject: "Video check-in today 14:35 (about 5 minutes)".to_owned(),
            head: vec![Row::new("From", "Muster for Acme <muster@acme.example>"), Row::new("To", "Anna Lind <anna.lind@acme.example>"), Row::new("Sent", "today 14:13")],
            has_html: true,
            text: "Hello Anna,\n\nyou are drawn for a short video check-in:\n\n  today 14:35 (your time), about 5 minutes\n  code K7-RAIN\n\nhttps://muster.acme.example/check-ins/5f0c1f7e\n".to_owned(),
            calendar: Some("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n".to_owned()),
        };
        let hostile = MailPage {
            subject: samples::HOSTILE.to_owned(),
            text: samples::HOSTILE.to_owned(),
            has_html: false,
            calendar: None,
            head: vec![Row::new("To", samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, hostile]
    }
}
