//! The tasks of a talk: what somebody cannot do is kept away without a word, worn cards are taken out,
//! the sky and a phone help the verifier when their turn comes, and not before.

use super::future_draw::{contains, written};
use super::verified::{comes, lisbon};
use crate::support::{Company, Database};
use muster::acts::challenges::{cards, phone};
use muster::acts::sightings::{self, RoomChange};
use muster::acts::verify::{self, TypedForm};
use muster::acts::{ActError, Context, Settings, accommodations};
use muster_domain::challenge::{Accommodation, Catalogue};
use muster_domain::id::PersonId;
use muster_domain::judging::attendance::Party;
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::person::Role;
use muster_store::entities::{check_in, drawn_challenge, person};
use muster_store::{evidence, people};
use std::sync::Arc;
use uuid::Uuid;

/// The same company with fewer cards, so that a story knows which ones come.
fn with_cards(company: &Company, ids: &[&str]) -> Context {
    let mut catalogue = Catalogue::default();
    catalogue.templates.retain(|card| ids.contains(&card.id.as_str()));
    assert_eq!(catalogue.templates.len(), ids.len());
    let settings =
        Settings { challenges: Arc::new(catalogue), ..(*company.context.settings).clone() };
    Context { settings: Arc::new(settings), ..company.context.clone() }
}

/// Both are in the room, and the tasks are drawn.
async fn drawn(
    company: &Company,
    context: &Context,
    row: &check_in::Model,
) -> Vec<drawn_challenge::Model> {
    company.pass_to(row.clocks().start).await;
    for (who, connection) in [(Party::Employee, 1), (Party::Verifier, 2)] {
        let change = RoomChange {
            check_in: row.check_in_id(),
            who,
            connection: Uuid::from_u128(connection),
            joined: true,
            at: company.context.now(),
        };
        sightings::in_room(context, &change).await.unwrap();
    }
    tasks(company, row).await
}

async fn tasks(company: &Company, row: &check_in::Model) -> Vec<drawn_challenge::Model> {
    evidence::challenges(company.store().read(), row.check_in_id()).await.unwrap()
}

async fn verifier(company: &Company, row: &check_in::Model) -> person::Model {
    people::get(company.store().read(), row.verifier().unwrap()).await.unwrap()
}

async fn logged(company: &Company, kind: &str) -> usize {
    let entries = muster_store::audit::list(company.store().read(), 0, 10_000).await.unwrap();
    entries.iter().filter(|e| e.kind == kind).count()
}

fn forbidden<T>(result: Result<T, ActError>) -> bool {
    matches!(result, Err(ActError::Forbidden(_)))
}

crate::on_both_databases! {
    async fn what_somebody_cannot_do_is_not_drawn_and_a_worn_card_for_nobody(company: Company) {
        let cast = company.usual_cast().await;
        let (context, hr, security, maria) = (&company.context, cast.hr, cast.security, cast.maria);
        let boss = PersonId(people::get(company.store().read(), maria).await.unwrap().manager_id.unwrap());
        let flags = [Accommodation::NoHandMovement, Accommodation::NoWindow];
        for (actor, person) in [(boss, maria), (maria, maria), (security, maria), (hr, hr)] {
            assert!(forbidden(accommodations::set(context, actor, person, &flags).await));
        }
        for _ in 0..2 {
            accommodations::set(context, hr, maria, &flags).await.unwrap();
        }
        assert_eq!(logged(&company, "accommodations-changed").await, 1, "the same again is no change");

        let reason = "it was shown in a public video";
        assert!(forbidden(cards::retire(context, boss, "last-pairing", reason).await));
        assert!(forbidden(cards::list(context, boss).await));
        let short = cards::retire(context, security, "last-pairing", "worn").await;
        assert!(matches!(short, Err(ActError::Invalid(_))));
        cards::retire(context, security, "last-pairing", reason).await.unwrap();
        for again in ["last-pairing", "last-change", "no-such-card"] {
            let refused = cards::retire(context, hr, again, reason).await;
            assert!(matches!(refused, Err(ActError::Conflict(_))), "{again}");
        }

        // Of each group only one card is left that may come.
        let few = with_cards(&company, &[
            "hand-across-face", "cheeks", "window-view", "blank-wall", "last-change", "last-pairing",
        ]);
        let row = company.first_check_in(maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Declined, None).await;
        let found = drawn(&company, &few, &row).await;
        let ids: Vec<&str> = found.iter().map(|t| t.template.as_str()).collect();
        assert_eq!(ids, ["cheeks", "blank-wall", "last-change"]);

        // How long a task took is counted to the verifier's first answer, once.
        let jo = verifier(&company, &row).await;
        let id = row.check_in_id();
        let mut form = TypedForm { presence: "live_person_seen".into(), ..TypedForm::default() };
        for (task, answer) in found.iter().zip(["done", "accommodated", "technical"]) {
            verify::answered(context, &jo, id, task.no).await.unwrap();
            verify::reveal(context, &jo, id, task.no).await.unwrap();
            company.clock.set(company.context.now().plus_ms(17_000));
            verify::answered(context, &jo, id, task.no).await.unwrap();
            company.clock.set(company.context.now().plus_ms(5_000));
            verify::answered(context, &jo, id, task.no).await.unwrap();
            form.answers.insert(task.no, answer.into());
        }
        verify::give_form(context, &jo, id, &form).await.unwrap();
        let all = cards::list(context, hr).await.unwrap();
        let of = |id: &str| all.iter().find(|c| c.template.id == id).unwrap();
        let cheeks = &of("cheeks").statistics;
        assert_eq!((cheeks.drawn, cheeks.done, cheeks.median_seconds), (1, 1, Some(17)));
        assert_eq!(of("blank-wall").statistics.other_way, 1);
        assert_eq!(of("last-change").statistics.could_not, 1);
        assert_eq!(of("last-pairing").retired.as_ref().unwrap().reason, reason);
        assert!(of("last-pairing").statistics.drawn == 0 && of("last-change").stays.is_some());

        cards::restore(context, hr, "last-pairing", "nobody has seen the video").await.unwrap();
        let twice = cards::restore(context, hr, "last-pairing", "nobody has seen the video").await;
        assert!(matches!(twice, Err(ActError::Conflict(_))));
        assert!(cards::list(context, hr).await.unwrap().iter().all(|c| c.retired.is_none()));
        let both = (logged(&company, "challenge-retired").await, logged(&company, "challenge-restored").await);
        assert_eq!(both, (1, 1));
    }

    async fn the_sky_and_a_phone_help_the_verifier_when_their_turn_comes(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let few = with_cards(&company, &["cheeks", "sky-check", "phone-code-with-laptop"]);
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        let found = drawn(&company, &few, &row).await;
        assert!(found.iter().all(|t| verify::detail(t).unwrap().hint.is_none()), "nothing before its turn");
        let (jo, id) = (verifier(&company, &row).await, row.check_in_id());
        let standing = async || phone::standing(&few, company.store().read(), id).await.unwrap();
        assert_eq!(standing().await, None);
        for task in &found {
            verify::reveal(&few, &jo, id, task.no).await.unwrap();
        }
        let found = tasks(&company, &row).await;
        let hint = verify::detail(&found[1]).unwrap().hint.expect("where the sun should be").to_string();
        assert!(hint.starts_with("At the declared place") && hint.ends_with("on this alone."), "{hint}");
        assert!(!hint.contains("38.7"), "{hint}");

        // The code is for the one who has the phone; the verifier says that it is on their page.
        let (read, said) = phone::instructions(&few, &found[2], &verify::detail(&found[2]).unwrap());
        let code = read.split("type ").nth(1).unwrap().split('.').next().unwrap().replace('\u{2011}', "-");
        assert!(code.len() == 9 && read.contains("/phone") && !read.contains("://"), "{read}");
        assert!(!said.contains(&code[..4]) && said.contains("type the code on your page"), "{said}");
        assert_eq!(standing().await.unwrap(), "The phone has not been opened yet.");
        for wrong in ["", "ABCD-EFGH", &code[..8]] {
            let refused = phone::open(&few, "198.51.100.1", wrong).await;
            assert!(matches!(refused, Err(ActError::Invalid(_))), "{wrong}");
        }
        let page = phone::open(&few, "198.51.100.1", &code.to_lowercase()).await.unwrap();
        let again = phone::open(&few, "198.51.100.1", &code).await;
        assert!(matches!(again, Err(ActError::Invalid(_))), "it opens once");
        let shown = phone::shown(&few, &page).await.unwrap().expect("a code");
        assert!(standing().await.unwrap().contains(&format!("shows {shown} now")));
        company.clock.set(company.context.now().plus_ms(30_000));
        let next = phone::shown(&few, &page).await.unwrap().expect("a code");
        assert_ne!(next, shown);
        assert!(standing().await.unwrap().ends_with(&format!("it was {shown}.")));
        assert_eq!(phone::shown(&few, &"0".repeat(32)).await.unwrap(), None);
        assert_eq!(logged(&company, "second-device-opened").await, 1);
        for (place, bytes) in written(&company).await {
            for trace in [code.replace('-', ""), page.clone()] {
                assert!(!contains(&bytes, trace.as_bytes()), "{place} holds {trace}");
            }
        }

        // When the session is over, so is the phone's part.
        let mut form = TypedForm { presence: "live_person_seen".into(), ..TypedForm::default() };
        form.answers.extend(found.iter().map(|task| (task.no, "done".to_owned())));
        verify::give_form(&few, &jo, id, &form).await.unwrap();
        company.engine.drain().await.unwrap();
        assert_eq!(company.check_in(id).await.outcome.as_deref(), Some("verified"));
        assert_eq!(phone::shown(&few, &page).await.unwrap(), None);
    }

    async fn whoever_guesses_codes_is_told_to_wait(company: Company) {
        let mut refused = 0;
        for n in 0..45 {
            match phone::open(&company.context, "198.51.100.7", &format!("ABCD-EF{:02}", 22 + n)).await {
                Err(ActError::TooMany(_)) => refused += 1,
                Err(ActError::Invalid(_)) => assert_eq!(refused, 0),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(refused, 5);
        let other = phone::open(&company.context, "198.51.100.8", "ABCD-EFGH").await;
        assert!(matches!(other, Err(ActError::Invalid(_))), "somebody else may try");
    }
}

#[test]
fn a_verifier_reads_no_more_of_an_accommodation_than_talking_needs() {
    let told: Vec<&str> = Accommodation::ALL.iter().filter_map(|a| a.for_verifier()).collect();
    assert_eq!(told.len(), 4);
    assert!(Accommodation::NoHandMovement.for_verifier().is_none());
    assert!(!muster_domain::access::permits(
        Role::Manager,
        muster_domain::access::Act::ViewChallenges
    ));
}
