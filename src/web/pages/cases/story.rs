//! The story of a case as one reader reads it: what happened, by whom, and what was typed.
//!
//! What somebody typed after opening the evidence may tell of it, so it stays with those who may
//! open evidence.

use super::offered::Standing;
use crate::acts::cases::who;
use crate::acts::cases::words::{EXCUSES, PROPOSALS, SECOND_LOOKS, resolution, words_of};
use crate::web::{Fail, Web, Zoned, person_name};
use muster_domain::access::Act;
use muster_domain::case::{ResolutionCode, StoryEvent};
use muster_domain::escalation::RecipientKind;
use muster_domain::time::UtcMillis;
use muster_messages::language::tr;
use muster_messages::pages::case::StoryEntry;
use muster_messages::t;
use muster_store::cases::{self, StoryLine};
use muster_store::notifications::channel;
use std::collections::btree_map::{BTreeMap, Entry};
use uuid::Uuid;

/// Oldest first.
pub(super) async fn story(
    web: &Web,
    standing: &Standing<'_>,
    zoned: &Zoned,
) -> Result<Vec<StoryEntry>, Fail> {
    let db = web.context.store.read();
    let lines = cases::story(&web.context.store, db, standing.case).await?;
    let sees_evidence =
        standing.viewer.may_open_evidence(Act::OpenEvidence, standing.facts).is_ok();
    let mut names: BTreeMap<Uuid, String> = BTreeMap::new();
    for actor in lines.iter().filter_map(|line| line.row.actor) {
        if let Entry::Vacant(place) = names.entry(actor) {
            place.insert(person_name(db, Some(actor)).await?);
        }
    }
    let mut knows_since: BTreeMap<Uuid, i64> = BTreeMap::new();
    let mut story = Vec::with_capacity(lines.len());
    for line in lines {
        let event = StoryEvent::from_code(&line.row.kind);
        let name = match line.row.actor {
            Some(actor) if actor == standing.viewer.person.id => t!("You"),
            Some(actor) => names.get(&actor).map_or(t!("Somebody"), String::as_str),
            None => "",
        };
        if let (Some(StoryEvent::EvidenceOpened), Some(actor)) = (event, line.row.actor) {
            knows_since.entry(actor).or_insert(line.row.at_ms);
        }
        let knew = line.row.actor.is_some_and(|a| knows_since.contains_key(&a));
        let is_look = matches!(event, Some(StoryEvent::SecondLookGiven));
        let is_hidden = !sees_evidence && (knew || is_look);
        story.push(StoryEntry {
            at: zoned.moment(UtcMillis(line.row.at_ms)),
            text: sentence(event, name, &line, is_hidden),
            quoted: line.text.clone().filter(|_| !is_hidden),
            by_person: line.row.actor.is_some(),
        });
    }
    Ok(story)
}

fn sentence(event: Option<StoryEvent>, name: &str, line: &StoryLine, is_hidden: bool) -> String {
    let detail = line.row.detail.as_str();
    let Some(event) = event else { return t!("Something was recorded.").to_owned() };
    match event {
        StoryEvent::Opened => t!("The case was opened.").to_owned(),
        StoryEvent::RecheckArranged => t!("A re-check was arranged as a second chance.").to_owned(),
        StoryEvent::RecheckVerified => t!("The re-check was verified.").to_owned(),
        StoryEvent::RecheckFailed => t!("The re-check did not settle it.").to_owned(),
        StoryEvent::AlternativeArranged => t!("Another way of meeting was arranged.").to_owned(),
        StoryEvent::StepSent => {
            let told = capital(RecipientKind::from_code(detail).map_or(t!("Somebody"), who));
            t!("{told} was told by mail.", told)
        }
        StoryEvent::StepDelivered => t!("The mail was accepted.").to_owned(),
        StoryEvent::StepFailed => t!("A mail could not be delivered.").to_owned(),
        StoryEvent::InvitationCameBack => {
            let text = if detail == channel::SECOND_MAIL {
                t!(
                    "An invitation to a check-in came back from the second address: it may never have been read."
                )
            } else {
                t!(
                    "An invitation to a check-in came back from the address: it may never have been read."
                )
            };
            text.to_owned()
        }
        StoryEvent::Acknowledged => t!("{name} took it on.", name),
        StoryEvent::AcknowledgementLapsed => {
            t!("Nothing was added in time, so the case is open again.").to_owned()
        }
        StoryEvent::EvidenceOpened => t!("{name} opened the evidence.", name),
        StoryEvent::Commented if is_hidden => {
            t!("{name} added a note for those who read the evidence.", name)
        }
        StoryEvent::Commented => t!("{name} wrote:", name),
        StoryEvent::EmployeeExplained => t!("{name} explained:", name),
        StoryEvent::ResolutionProposed => {
            let what = words_of(&PROPOSALS, detail).map_or(t!("something"), tr);
            t!("{name} proposed: {what}.", name, what)
        }
        StoryEvent::SecondLookAsked => t!("A second, independent look was asked for.").to_owned(),
        StoryEvent::SecondLookGiven if is_hidden => {
            t!("A second, independent look was taken.").to_owned()
        }
        StoryEvent::SecondLookGiven => {
            let saw = SECOND_LOOKS.iter().find(|(code, _)| code.code() == detail);
            let saw = saw.map_or(t!("something"), |(_, words)| tr(words));
            t!("{name} took the second look: {saw}.", name, saw)
        }
        StoryEvent::Excused => {
            let what = words_of(&EXCUSES, detail).map_or(t!("Something else"), tr);
            t!("{name} excused it and closed the case: {what}.", name, what)
        }
        StoryEvent::Resolved => {
            let how = ResolutionCode::from_code(detail).map_or(t!("closed"), resolution);
            match name {
                "" => t!("The case was closed: {how}.", how),
                name => t!("{name} closed the case: {how}.", name, how),
            }
        }
        StoryEvent::Disputed => t!("The person asked for another look at the outcome.").to_owned(),
        StoryEvent::DisputeDecided => t!("The dispute was decided.").to_owned(),
        StoryEvent::Corrected => t!("A correction was added.").to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
