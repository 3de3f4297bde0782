//! Stories of people and cases: who may do what, in which state, and what stays behind.

use super::closing::{excuse, resolve};
use super::decide::{acknowledge, comment, propose};
use super::fixtures::{self, case, check_in, finding, person, policy};
use super::second_look::give_second_look;
use crate::acts::evidence_view::{self, open_evidence};
use crate::acts::test_support::Office;
use crate::acts::{ActError, Context};
use muster_domain::case::CaseCause;
use muster_domain::check_in::{Outcome, Presence};
use muster_domain::id::{CaseId, CheckInId, PersonId, PolicyVersionId};
use muster_domain::judging::finding::Family;
use muster_domain::person::Role;
use muster_store::entities::cases as row;
use muster_store::{StoreError, cases, check_ins, notifications};

const REASON: &str = "Was at the dentist, the note is with HR";

struct Cast {
    office: Office,
    policy: PolicyVersionId,
    dana: PersonId,
    maria: PersonId,
    ravi: PersonId,
    sam: PersonId,
    sol: PersonId,
    jo: PersonId,
    ines: PersonId,
}

impl Cast {
    async fn new() -> Cast {
        let office = Office::open().await;
        let c = &office.context;
        let dana = person(c, "Dana Weiss", None, &[]).await;
        Cast {
            maria: person(c, "Maria Olsen", Some(dana), &[]).await,
            ravi: person(c, "Ravi Rao", None, &[Role::Hr]).await,
            sam: person(c, "Sam Okoye", None, &[Role::Security]).await,
            sol: person(c, "Sol Quist", None, &[Role::Security]).await,
            jo: person(c, "Jo Park", None, &[Role::Verifier]).await,
            ines: person(c, "Ines Prado", None, &[Role::Auditor]).await,
            policy: policy(c).await,
            dana,
            office,
        }
    }

    fn context(&self) -> &Context {
        &self.office.context
    }

    async fn missed(&self, first: bool) -> CaseId {
        let check_in =
            check_in(self.context(), self.maria, self.policy, Outcome::Missed, None).await;
        case(self.context(), check_in, CaseCause::Missed, first).await
    }

    async fn met(&self, outcome: Outcome, cause: CaseCause, presence: Presence) -> CaseId {
        let met_by = Some((self.jo, presence));
        let c = self.context();
        let check_in = check_in(c, self.maria, self.policy, outcome, met_by).await;
        finding(c, self.maria, check_in, Family::Place, "310 km outside").await;
        finding(c, self.maria, check_in, Family::Path, "through a relay").await;
        case(c, check_in, cause, false).await
    }

    async fn row(&self, id: CaseId) -> row::Model {
        cases::find(self.context().store.read(), id).await.unwrap().unwrap()
    }

    /// Step and recipient of every mail about a case.
    async fn mailed(&self, id: CaseId) -> Vec<(String, uuid::Uuid)> {
        let db = self.context().store.read();
        let sent = notifications::about(db, "case", id.0).await.unwrap();
        sent.into_iter().map(|n| (n.step, n.recipient)).collect()
    }

    async fn told(&self, id: CaseId) -> Vec<String> {
        let store = &self.context().store;
        let story = cases::story(store, store.read(), &self.row(id).await).await.unwrap();
        story.into_iter().map(|l| l.row.kind).collect()
    }
}

fn is_hidden<T: std::fmt::Debug>(answer: Result<T, ActError>) -> bool {
    matches!(answer, Err(ActError::Store(StoreError::Missing { .. })))
}

#[tokio::test]
async fn taking_a_case_on_twice_does_it_once_and_a_second_person_hears_who_has_it() {
    let cast = Cast::new().await;
    let id = cast.missed(true).await;
    acknowledge(cast.context(), cast.dana, id).await.unwrap();
    acknowledge(cast.context(), cast.dana, id).await.unwrap();
    assert_eq!(cast.told(id).await, ["opened", "acknowledged"]);
    assert_eq!(cast.row(id).await.acknowledged_by, Some(cast.dana.0));
    let second = acknowledge(cast.context(), cast.ravi, id).await.unwrap_err();
    assert_eq!(second.to_string(), "Dana Weiss has this case already.");
    assert_eq!(cast.office.logged("case-acknowledged").await, 1);
}

#[tokio::test]
async fn nobody_acts_on_a_case_he_may_not_know_of_nor_on_his_own() {
    let cast = Cast::new().await;
    let id = cast.missed(true).await;
    let stranger = person(cast.context(), "Uma Stranger", None, &[]).await;
    person(cast.context(), "Rep Stranger", Some(stranger), &[]).await;
    for outsider in [stranger, cast.maria, cast.jo] {
        assert!(is_hidden(acknowledge(cast.context(), outsider, id).await));
        assert!(is_hidden(comment(cast.context(), outsider, id, "Let me see").await));
        assert!(is_hidden(resolve(cast.context(), outsider, id, "duplicate", REASON).await));
        assert!(is_hidden(open_evidence(cast.context(), outsider, id).await));
    }
    let auditor = acknowledge(cast.context(), cast.ines, id).await;
    assert!(matches!(auditor, Err(ActError::Forbidden(_))), "an auditor reads and does not act");
    assert_eq!(cast.told(id).await, ["opened"]);
}

#[tokio::test]
async fn a_manager_excuses_a_first_plain_miss_and_its_timer_ends() {
    let cast = Cast::new().await;
    let id = cast.missed(true).await;
    let short = excuse(cast.context(), cast.dana, id, "absence", "ok").await;
    assert!(matches!(short, Err(ActError::Invalid(f)) if f[0].0 == "excuse_reason"));
    let unknown = excuse(cast.context(), cast.dana, id, "because", REASON).await;
    assert!(matches!(unknown, Err(ActError::Invalid(f)) if f[0].0 == "excuse"));
    excuse(cast.context(), cast.dana, id, "absence", REASON).await.unwrap();
    excuse(cast.context(), cast.dana, id, "absence", REASON).await.unwrap();
    let other =
        excuse(cast.context(), cast.dana, id, "absence", "They told me of a burst pipe").await;
    assert!(matches!(other, Err(ActError::Conflict(_))), "another reason would be lost: {other:?}");
    let row = cast.row(id).await;
    assert_eq!((row.state.as_str(), row.next_step_ms), ("resolved", None));
    assert_eq!(row.resolution.as_deref(), Some("excused_absence"));
    assert!(
        row.resolution_reason.is_some_and(|sealed| !sealed.windows(7).any(|w| w == b"dentist"))
    );
    assert_eq!(cast.told(id).await, ["opened", "excused"]);
    assert_eq!(cast.office.logged("case-resolved").await, 1);
    let check_in = CheckInId(row.check_in_id);
    let kept = check_ins::get(cast.context().store.read(), check_in).await.unwrap();
    assert_eq!(kept.outcome.as_deref(), Some("missed"), "the outcome stays");
    for late in [
        comment(cast.context(), cast.dana, id, "One more thing").await,
        acknowledge(cast.context(), cast.ravi, id).await,
        resolve(cast.context(), cast.ravi, id, "duplicate", REASON).await,
    ] {
        assert_eq!(late.unwrap_err().to_string(), "Dana Weiss closed this case already.");
    }
}

#[tokio::test]
async fn a_second_miss_is_closed_outside_the_line() {
    let cast = Cast::new().await;
    let id = cast.missed(false).await;
    let answer = excuse(cast.context(), cast.dana, id, "absence", REASON).await;
    assert!(matches!(answer, Err(ActError::Forbidden(_))));
    let answer = resolve(cast.context(), cast.dana, id, "explained_otherwise", REASON).await;
    assert!(matches!(answer, Err(ActError::Forbidden(_))));
    propose(cast.context(), cast.dana, id, "close_explained", REASON).await.unwrap();
    propose(cast.context(), cast.dana, id, "close_explained", REASON).await.unwrap();
    assert_eq!(cast.told(id).await, ["opened", "resolution_proposed"]);
    assert_eq!(cast.mailed(id).await, [("proposed-1".to_owned(), cast.ravi.0)], "HR, once");
    for _ in 0..2 {
        resolve(cast.context(), cast.ravi, id, "explained_otherwise", REASON).await.unwrap();
    }
    assert_eq!(cast.row(id).await.resolved_by, Some(cast.ravi.0));
    let reason = "They told me of a burst pipe";
    let other = resolve(cast.context(), cast.ravi, id, "explained_otherwise", reason).await;
    assert!(matches!(other, Err(ActError::Conflict(_))), "another reason would be lost: {other:?}");
}

#[tokio::test]
async fn a_proposal_reaches_those_who_may_decide_and_nobody_of_the_line() {
    let cast = Cast::new().await;
    // HR is in the line of the person here: deciding falls to security.
    let c = cast.context();
    let boss = person(c, "Hana Ito", None, &[Role::Hr]).await;
    let report = person(c, "Noor Haddad", Some(boss), &[]).await;
    let check_in = check_in(c, report, cast.policy, Outcome::Missed, None).await;
    let id = case(c, check_in, CaseCause::Missed, false).await;
    propose(c, boss, id, "hand_to_hr", REASON).await.unwrap();
    assert_eq!(cast.mailed(id).await, [("proposed-1".to_owned(), cast.ravi.0)]);
    propose(c, boss, id, "hand_to_security", REASON).await.unwrap();
    let mut expected = vec![cast.sam.0, cast.sol.0];
    expected.sort();
    let mut second: Vec<_> = cast.mailed(id).await;
    second.retain(|(step, _)| step == "proposed-2");
    let mut told: Vec<_> = second.into_iter().map(|(_, recipient)| recipient).collect();
    told.sort();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_review_is_closed_only_after_its_evidence_was_opened_and_the_person_can_see_that() {
    let cast = Cast::new().await;
    let id = cast.met(Outcome::NeedsReview, CaseCause::NeedsReview, Presence::Confirmed).await;
    let blind = resolve(cast.context(), cast.ravi, id, "explained_travel", REASON).await;
    assert!(matches!(blind, Err(ActError::Conflict(_))));
    let line = open_evidence(cast.context(), cast.dana, id).await;
    assert!(matches!(line, Err(ActError::Forbidden(_))), "never in one's own line");
    open_evidence(cast.context(), cast.ravi, id).await.unwrap();
    open_evidence(cast.context(), cast.ravi, id).await.unwrap();
    let views = cases::views_of(cast.context().store.read(), cast.maria).await.unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!(views[0].viewer, cast.ravi.0);
    assert_eq!(cast.office.logged("evidence-opened").await, 1);
    let wrong = resolve(cast.context(), cast.ravi, id, "excused_absence", REASON).await;
    assert!(matches!(wrong, Err(ActError::Invalid(f)) if f[0].0 == "resolution"));
    resolve(cast.context(), cast.ravi, id, "explained_travel", REASON).await.unwrap();
}

#[tokio::test]
async fn hr_reads_the_place_and_security_the_network_too() {
    let cast = Cast::new().await;
    let id = cast.met(Outcome::NeedsReview, CaseCause::NeedsReview, Presence::Confirmed).await;
    let db = cast.context().store.read();
    let case = cast.row(id).await;
    let check_in = check_ins::get(db, CheckInId(case.check_in_id)).await.unwrap();
    for (reader, expected) in [(cast.ravi, 1), (cast.sam, 2)] {
        let viewer = super::standing::Viewer::load(db, reader, [cast.maria]).await.unwrap();
        let read = || evidence_view::read(cast.context(), &viewer, &case, &check_in);
        assert!(read().await.unwrap().is_none(), "closed until opened");
        open_evidence(cast.context(), reader, id).await.unwrap();
        assert_eq!(read().await.unwrap().unwrap().len(), expected);
    }
}

#[tokio::test]
async fn a_different_person_is_securitys_alone_until_a_second_blind_look() {
    let cast = Cast::new().await;
    let different = Presence::DifferentPerson;
    let id = cast.met(Outcome::Escalated, CaseCause::Escalated, different).await;
    for outside in [cast.ravi, cast.dana, cast.ines] {
        assert!(is_hidden(comment(cast.context(), outside, id, "What is this?").await));
    }
    open_evidence(cast.context(), cast.sam, id).await.unwrap();
    let early = resolve(cast.context(), cast.sam, id, "data_error", REASON).await;
    assert!(matches!(early, Err(ActError::Conflict(_))));
    let how = "Compared the live person with the still";
    let code = Presence::DifferentPerson.code();
    let seeing = give_second_look(cast.context(), cast.sam, id, code, how).await;
    assert!(matches!(seeing, Err(ActError::Forbidden(_))), "who has seen it is not blind");
    give_second_look(cast.context(), cast.sol, id, code, how).await.unwrap();
    give_second_look(cast.context(), cast.sol, id, code, how).await.unwrap();
    let again = give_second_look(cast.context(), cast.sol, id, "could_not_tell", how).await;
    assert!(matches!(again, Err(ActError::Conflict(_))));
    comment(cast.context(), cast.ravi, id, "HR knows of it now").await.unwrap();
    assert!(is_hidden(comment(cast.context(), cast.dana, id, "And me?").await));
    let hr = resolve(cast.context(), cast.ravi, id, "data_error", REASON).await;
    assert!(matches!(hr, Err(ActError::Forbidden(s)) if s.contains("security")));
    resolve(cast.context(), cast.sam, id, "concern_confirmed_handed_over", REASON).await.unwrap();
}

#[tokio::test]
async fn whoever_held_the_check_in_does_not_close_its_case() {
    let cast = Cast::new().await;
    let c = cast.context();
    let both = person(c, "Bo Both", None, &[Role::Hr, Role::Verifier]).await;
    let check_in = check_in(
        c,
        cast.maria,
        cast.policy,
        Outcome::Refused,
        Some((both, Presence::CouldNotTell)),
    )
    .await;
    let id = case(c, check_in, CaseCause::Refused, false).await;
    let answer = resolve(c, both, id, "explained_otherwise", REASON).await;
    assert!(matches!(answer, Err(ActError::Forbidden(s)) if s.contains("held the check-in")));
    resolve(c, cast.ravi, id, "explained_otherwise", REASON).await.unwrap();
}

#[tokio::test]
async fn whoever_was_told_hears_that_it_is_closed() {
    use crate::acts::notify::{self, About, Notice};
    use muster_store::work::Lane;
    use muster_store::{notifications, people};
    let cast = Cast::new().await;
    let id = cast.missed(true).await;
    let c = cast.context();
    let dana = people::get(c.store.read(), cast.dana).await.unwrap();
    let tx = c.store.begin().await.unwrap();
    let notice = Notice {
        about: About::Case(id.0),
        step: "step-1",
        is_first: true,
        recipient: &dana,
        every_channel: true,
        lane: Lane::Escalation,
        even_in_shadow: false,
    };
    // Any message of the case's thread will do.
    let letter = muster_messages::mail::CaseResolved {
        frame: c.frame(&dana),
        number: 1,
        person: None,
        resolution: muster_messages::mail::line::Line::new("example"),
        resolved_by: muster_messages::mail::line::Line::new("example"),
        resolved: c.reader(&dana).moment(c.now()),
        page: c.page("/cases"),
        checkpoint: super::checkpoint(c, &tx).await.unwrap(),
    };
    notify::queue(c, &tx, &notice, &letter).await.unwrap();
    tx.commit().await.unwrap();
    resolve(c, cast.ravi, id, "explained_technical", REASON).await.unwrap();
    let sent = notifications::about(c.store.read(), "case", id.0).await.unwrap();
    let closing: Vec<_> = sent.iter().filter(|n| n.step == "resolved").collect();
    assert_eq!(closing.len(), 1);
    assert_eq!(closing[0].recipient, cast.dana.0);
    let mail = notifications::open_mail(&c.store, c.store.read(), closing[0]).await.unwrap();
    assert!(mail.text.contains("Ravi Rao") && !mail.text.contains("dentist"), "{}", mail.text);
}

#[tokio::test]
async fn a_comment_sent_twice_stands_once_and_an_empty_one_not_at_all() {
    let cast = Cast::new().await;
    let id = cast.missed(true).await;
    for _ in 0..2 {
        comment(cast.context(), cast.dana, id, " Maria called back. ").await.unwrap();
    }
    let empty = comment(cast.context(), cast.dana, id, "  ").await;
    assert!(matches!(empty, Err(ActError::Invalid(_))));
    let long = "x".repeat(2_001);
    assert!(comment(cast.context(), cast.dana, id, &long).await.is_err());
    assert_eq!(cast.told(id).await, ["opened", "commented"]);
    cast.office.clock.advance_minutes(11);
    comment(cast.context(), cast.dana, id, "Maria called back.").await.unwrap();
    assert_eq!(cast.told(id).await.len(), 3, "said again later, it is said again");
}

#[tokio::test]
async fn an_escalated_case_reaches_the_line_only_once_the_line_was_told() {
    let cast = Cast::new().await;
    let id = cast.met(Outcome::Escalated, CaseCause::Escalated, Presence::NotConfirmed).await;
    assert!(is_hidden(comment(cast.context(), cast.dana, id, "Hello").await));
    fixtures::step(cast.context(), id, 1, "manager").await;
    comment(cast.context(), cast.dana, id, "Now I know of it").await.unwrap();
}
