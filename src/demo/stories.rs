//! The two stories of the first page, with what has happened of them already.

use super::{World, company};
use crate::acts::check_in::opens;
use muster_domain::id::{CaseId, PersonId};
use muster_messages::pages::PersonaLink;
use muster_messages::pages::demo::{DemoButton, Story, StoryStep};
use muster_messages::t;
use muster_store::entities::{cases, check_in};
use muster_store::{StoreResult, check_ins, people};

impl World {
    /// Both stories as far as they have come.
    pub async fn stories(&self) -> StoreResult<Vec<Story>> {
        Ok(vec![self.verified_story().await?, self.missed_story().await?])
    }

    /// Since the visitor came, newest first.
    async fn newest_of(&self, employee_id: &str) -> StoreResult<Vec<check_in::Model>> {
        let db = self.context.store.read();
        match people::by_employee_id(db, employee_id).await? {
            Some(person) => {
                let mut all = check_ins::of_person(db, PersonId(person.id), 20).await?;
                all.retain(|c| c.start_ms >= company::MORNING.0);
                Ok(all)
            }
            None => Ok(Vec::new()),
        }
    }

    async fn verified_story(&self) -> StoreResult<Story> {
        let newest = self.newest_of("anna").await?.into_iter().next();
        let id = newest.as_ref().map(|c| c.id.to_string()).unwrap_or_default();
        let is = |test: fn(&check_in::Model) -> bool| newest.as_ref().is_some_and(test);
        let anna = link(t!("Be Anna"), self.url_of("anna", &format!("/check-ins/{id}")));
        // A session opens shortly before its start; until then the day's list says when.
        let is_open = newest.as_ref().is_some_and(|c| opens(c) <= self.context.now());
        let path =
            if is_open { format!("/verifier/sessions/{id}") } else { "/verifier".to_owned() };
        let verifier = link(t!("Be the verifier"), self.url_of("verifier", &path));
        let after_draw =
            |links: Vec<PersonaLink>| if newest.is_some() { links } else { Vec::new() };
        Ok(Story {
            title: t!("Somebody is drawn, met and verified").to_owned(),
            intro: t!("You need two browser windows and, best, a camera. Anna works in Berlin.")
                .to_owned(),
            steps: vec![
                step(
                    t!("Let HR order a check-in of Anna (a real draw says nothing beforehand)."),
                    newest.is_some(),
                    vec![],
                    vec![draw(t!("Draw Anna now"), "anna")],
                ),
                step(
                    t!("Her invitation comes with 15 to 30 minutes notice. Read it as she does."),
                    newest.is_some(),
                    vec![link(t!("Mailbox"), "/demo/mailbox".to_owned())],
                    vec![ahead("+5 min", "5")],
                ),
                step(
                    t!("As Anna: read what is recorded, test the camera, say where you are."),
                    is(|c| c.read_ms.is_some()),
                    after_draw(vec![anna]),
                    vec![],
                ),
                step(
                    t!(
                        "As the verifier, in a second window: the name appears shortly before the start."
                    ),
                    is(|c| c.state == "live" || c.outcome.is_some()),
                    after_draw(vec![verifier]),
                    vec![ahead("+5 min", "5")],
                ),
                step(
                    t!("Meet on live video for a minute, reveal the three tasks, fill the form."),
                    is(|c| c.presence.is_some()),
                    vec![],
                    vec![],
                ),
                step(
                    t!("Verified: Anna gets her receipt by mail, nobody else hears anything."),
                    is(|c| c.outcome.as_deref() == Some("verified")),
                    vec![link(t!("Mailbox"), "/demo/mailbox".to_owned())],
                    vec![],
                ),
            ],
        })
    }

    async fn missed_story(&self) -> StoreResult<Story> {
        let all = self.newest_of("maria").await?;
        let first = all.iter().rev().find(|c| c.kind != "recheck");
        let is_missed = all.iter().any(|c| c.outcome.as_deref() == Some("missed"));
        let recheck_missed = all.iter().any(|c| c.kind == "recheck" && c.outcome.is_some());
        let case = match first {
            Some(check_in) => self.case_of(PersonId(check_in.person_id)).await?,
            None => None,
        };
        let case_path =
            case.as_ref().map_or("/cases".to_owned(), |c| format!("/cases/{}", CaseId(c.id)));
        let told = case.as_ref().is_some_and(|c| c.step >= 1);
        let taken = case.as_ref().is_some_and(|c| c.acknowledged_ms.is_some());
        let resolved = case.as_ref().is_some_and(|c| c.state == "resolved");
        let manager = link(t!("Be the manager"), self.url_of("manager", &case_path));
        Ok(Story {
            title: t!("Nobody comes").to_owned(),
            intro: t!("Maria works in Lisbon. You do nothing for her; the verifier waits for her by themselves.").to_owned(),
            steps: vec![
                step(t!("Let HR order a check-in of Maria."), first.is_some(), vec![], vec![draw(t!("Draw Maria now"), "maria")]),
                step(t!("Move the clock past the window. First it is decided whose fault it was: our mail, our room and the verifier were there."), is_missed, vec![], vec![ahead("+30 min", "30")]),
                step(t!("She gets a second chance the same or the next working day, before anybody hears of it."), recheck_missed, vec![], vec![ahead("+30 min", "30"), ahead(t!("+1 day"), "1440")]),
                step(t!("Missed again: the case goes up its ladder, and the manager gets a mail."), told, vec![link(t!("Mailbox"), "/demo/mailbox".to_owned())], vec![ahead("+30 min", "30")]),
                step(t!("As the manager: say \u{201c}I have this\u{201d}, or let it time out and see who hears next."), taken, vec![manager.clone()], vec![ahead(t!("+1 day"), "1440")]),
                step(t!("Resolve it with a reason."), resolved, vec![manager], vec![]),
            ],
        })
    }

    async fn case_of(&self, person: PersonId) -> StoreResult<Option<cases::Model>> {
        let all = muster_store::cases::about(self.context.store.read(), [person.0]).await?;
        Ok(all.into_iter().find(|c| c.opened_ms >= company::MORNING.0))
    }
}

fn step(text: &str, done: bool, links: Vec<PersonaLink>, buttons: Vec<DemoButton>) -> StoryStep {
    StoryStep { text: text.to_owned(), done, links, buttons }
}

fn link(name: &str, url: String) -> PersonaLink {
    PersonaLink { name: name.to_owned(), url }
}

fn draw(label: &str, employee_id: &str) -> DemoButton {
    DemoButton {
        url: "/demo/draw".to_owned(),
        label: label.to_owned(),
        name: "person".to_owned(),
        value: employee_id.to_owned(),
    }
}

fn ahead(label: &str, minutes: &str) -> DemoButton {
    DemoButton {
        url: "/demo/clock".to_owned(),
        label: label.to_owned(),
        name: "minutes".to_owned(),
        value: minutes.to_owned(),
    }
}
