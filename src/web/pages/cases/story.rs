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
use muster_messages::pages::case::StoryEntry;
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
            Some(actor) if actor == standing.viewer.person.id => "You",
            Some(actor) => names.get(&actor).map_or("Somebody", String::as_str),
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
    let Some(event) = event else { return "Something was recorded.".to_owned() };
    match event {
        StoryEvent::Opened => "The case was opened.".to_owned(),
        StoryEvent::RecheckArranged => "A re-check was arranged as a second chance.".to_owned(),
        StoryEvent::RecheckVerified => "The re-check was verified.".to_owned(),
        StoryEvent::RecheckFailed => "The re-check did not settle it.".to_owned(),
        StoryEvent::AlternativeArranged => "Another way of meeting was arranged.".to_owned(),
        StoryEvent::StepSent => {
            let told = RecipientKind::from_code(detail).map_or("Somebody", who);
            capital(&format!("{told} was told by mail."))
        }
        StoryEvent::StepDelivered => "The mail was accepted.".to_owned(),
        StoryEvent::StepFailed => "A mail could not be delivered.".to_owned(),
        StoryEvent::InvitationCameBack => {
            let which = if detail == channel::SECOND_MAIL { "second " } else { "" };
            format!(
                "An invitation to a check-in came back from the {which}address: it may never have been read."
            )
        }
        StoryEvent::Acknowledged => format!("{name} took it on."),
        StoryEvent::AcknowledgementLapsed => {
            "Nothing was added in time, so the case is open again.".to_owned()
        }
        StoryEvent::EvidenceOpened => format!("{name} opened the evidence."),
        StoryEvent::Commented if is_hidden => {
            format!("{name} added a note for those who read the evidence.")
        }
        StoryEvent::Commented => format!("{name} wrote:"),
        StoryEvent::EmployeeExplained => format!("{name} explained:"),
        StoryEvent::ResolutionProposed => {
            let what = words_of(&PROPOSALS, detail).unwrap_or("something");
            format!("{name} proposed: {what}.")
        }
        StoryEvent::SecondLookAsked => "A second, independent look was asked for.".to_owned(),
        StoryEvent::SecondLookGiven if is_hidden => {
            "A second, independent look was taken.".to_owned()
        }
        StoryEvent::SecondLookGiven => {
            let saw = SECOND_LOOKS.iter().find(|(code, _)| code.code() == detail);
            let saw = saw.map_or("something", |(_, words)| words);
            format!("{name} took the second look: {saw}.")
        }
        StoryEvent::Excused => {
            let what = words_of(&EXCUSES, detail).unwrap_or("Something else");
            format!("{name} excused it and closed the case: {what}.")
        }
        StoryEvent::Resolved => {
            let how = ResolutionCode::from_code(detail).map_or("closed", resolution);
            match name {
                "" => format!("The case was closed: {how}."),
                name => format!("{name} closed the case: {how}."),
            }
        }
        StoryEvent::Disputed => "The person asked for another look at the outcome.".to_owned(),
        StoryEvent::DisputeDecided => "The dispute was decided.".to_owned(),
        StoryEvent::Corrected => "A correction was added.".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
