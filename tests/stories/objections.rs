//! An objection is kept with the date of its answer, watched, and answered from outside.

use crate::support::{Company, Database};
use muster::acts::check_in::{self as employee, Said};
use muster::acts::{ActError, objections};
use muster::engine::sweeps;
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::mail::WordKind;
use muster_store::{notifications, objections as rows, people};

/// Mails to somebody whose step begins so.
async fn told(company: &Company, who: PersonId, step: &str) -> usize {
    let mails = notifications::to_person(company.store().read(), who.0, 0).await.unwrap();
    mails.iter().filter(|mail| mail.step.starts_with(step)).count()
}

crate::on_both_databases! {
    async fn an_objection_that_waits_five_working_days_is_told_and_its_answer_reaches_the_person(company: Company) {
        let cast = company.usual_cast().await;
        let (context, db) = (&company.context, company.store().read());
        let maria = people::get(db, cast.maria).await.unwrap();
        let boss = PersonId(maria.manager_id.unwrap());
        let held = company.first_check_in(cast.maria, "drawn").await;
        let id = held.check_in_id();
        let said = Said { kind: WordKind::Objection, why: "The outcome is not right", words: "I was there, and nobody came." };
        employee::say(context, &maria, id, &said).await.unwrap();
        let sent = context.now();
        let due = UtcMillis(rows::find(db, id).await.unwrap().unwrap().due_ms);
        assert!((5..=8).contains(&(due.since(sent) / DAY_MS)), "five working days, with a weekend among them");
        assert_eq!(objections::remind(context).await.unwrap(), 0, "not before its time");

        company.clock.set(due.plus_minutes(1));
        sweeps::all(&company.engine).await.unwrap();
        assert_eq!(objections::remind(context).await.unwrap(), 0, "once a day");
        let waits = told(&company, cast.hr, "objection-waits").await;
        assert_eq!((waits, told(&company, boss, "objection-waits").await), (1, 0), "who stands outside");

        assert_eq!(objections::list(context, cast.hr).await.unwrap().len(), 1);
        for inside in [boss, cast.maria] {
            let refused = objections::answer(context, inside, id, "It was your own fault").await;
            assert!(matches!(refused, Err(ActError::Forbidden(_))), "{refused:?}");
        }
        assert!(matches!(objections::answer(context, cast.hr, id, "No.").await, Err(ActError::Invalid(_))));
        objections::answer(context, cast.hr, id, "You are right, our room was down.").await.unwrap();
        assert_eq!(told(&company, cast.maria, "objection-answered").await, 1);
        let row = rows::find(db, id).await.unwrap().unwrap();
        let (words, answer) = rows::texts(company.store(), db, &row).await.unwrap();
        assert_eq!((words.as_str(), answer.as_deref()), (said.words, Some("You are right, our room was down.")));
        assert!(matches!(objections::answer(context, cast.security, id, "A second answer then").await, Err(ActError::Conflict(_))));
        assert!(rows::overdue(db, due.plus_ms(9 * DAY_MS), due.plus_ms(9 * DAY_MS)).await.unwrap().is_empty());
    }
}
