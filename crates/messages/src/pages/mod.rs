//! Every page: its typed context, its template, its samples.
//!
//! A handler fills one context and calls [`crate::Renderer::page`]; it never writes markup. A context says
//! what a person may read, so what must not be seen by somebody is not in his context at all.
//! Which addresses the pages link and post to is one list, [`ROUTES`], held to by a test.

pub mod chart;
mod frame;
mod helpers;
pub mod map;
mod moment;
mod parts;
mod routes;
mod samples;
mod state;

pub mod about;
pub mod about_data;
pub mod audit;
pub mod case;
pub mod challenges;
pub mod check_in;
pub mod coverage;
pub mod delegation;
pub mod demo;
pub mod disruption;
pub mod error;
pub mod evidence;
pub mod exceptions;
pub mod first_session;
pub mod help;
pub mod home;
pub mod links;
pub mod my_data;
pub mod my_draws;
pub mod note_openings;
pub mod notice;
pub mod objections;
pub mod passkeys;
pub mod people;
pub mod person_edit;
pub mod policy;
pub mod practice;
pub mod preview;
pub mod private_blocks;
pub mod programme;
pub mod reports;
pub mod roster;
pub mod rule_record;
pub mod rules;
pub mod sign_in;
pub mod system;
pub mod verifier;

pub use frame::{
    DemoAction, DemoBar, DemoSenses, Flash, FlashTone, NavEntry, PageFrame, PersonaLink, Problem,
    nav,
};
pub(crate) use helpers::register as register_helpers;
pub use moment::{Moment, span_text};
pub use parts::{
    Bounds, ChoiceOption, Choices, Field, Pager, Row, Select, SelectOption, StandingNote, TabLink,
    TextArea,
};
pub use policy::LintLine;
pub use routes::ROUTES;
pub use state::{StateWord, Tone, kind_text, severity_text};

use crate::render::{RenderError, Renderer, Template};

/// One rendered sample.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The template's name.
    pub name: &'static str,
    /// Which sample of the template, counted from 1.
    pub number: usize,
    pub html: String,
}

fn render_all<T: Template>(renderer: &Renderer, into: &mut Vec<Sample>) -> Result<(), RenderError> {
    for (i, context) in T::samples().iter().enumerate() {
        into.push(Sample { name: T::NAME, number: i + 1, html: renderer.page(context)? });
    }
    Ok(())
}

macro_rules! gallery {
    ($($page:ty),+ $(,)?) => {
        /// Every sample of every page, rendered strictly: for tests, and for people to look at.
        pub fn gallery(renderer: &Renderer) -> Result<Vec<Sample>, RenderError> {
            let mut samples = Vec::new();
            $(render_all::<$page>(renderer, &mut samples)?;)+
            Ok(samples)
        }
    };
}

gallery! {
    about::About, about_data::AboutData, help::HelpIndex, help::HelpPage,
    sign_in::AskAddress, sign_in::AskCode, sign_in::SignedOut,
    home::Home, my_data::MyData, my_draws::MyDraws, notice::NoticePage,
    check_in::Read, check_in::Devices, check_in::Place, check_in::PlaceAnswered, check_in::Wait,
    check_in::Talk, check_in::Done, check_in::Notice, check_in::Report, check_in::ReportSent,
    check_in::AnotherTime, check_in::Decline,
    verifier::Day, verifier::Join, verifier::Room, verifier::Finished, verifier::HandedOver,
    disruption::DisruptionPage,
    challenges::CardList, challenges::CardPage, challenges::PhoneAsk, challenges::PhoneShow,
    reports::ReportList, reports::ReportPage,
    links::LinkList, links::LinkPage, links::LinkSearch,
    practice::Practice,
    first_session::FirstSessions, first_session::FirstSessionPage, first_session::MyFirstSession,
    passkeys::MyPasskeys,
    people::MyPeople, delegation::Delegations,
    case::CaseList, case::CasePage, evidence::EvidencePage,
    exceptions::Exceptions, rule_record::RuleRecordPage, rules::RulesPage,
    coverage::Coverage, programme::Programme,
    objections::ObjectionList, objections::ObjectionPage,
    policy::PolicyList, policy::PolicyPage,
    preview::PolicyDraft, preview::PreviewWait, preview::PreviewPage,
    private_blocks::PrivateBlocks,
    roster::Roster, roster::PersonPage,
    person_edit::PersonEdit, person_edit::Places, person_edit::PlaceEdit, person_edit::Absences,
    person_edit::Holidays, person_edit::HolidayList,
    audit::Log, audit::CheckpointPage, audit::DrawsPage,
    system::System, system::WorkPage,
    demo::DemoHome, demo::Mailbox, demo::MailPage,
    error::ErrorPage,
}
