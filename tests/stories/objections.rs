//! An objection is kept with the date of its answer, watched, and answered from outside.

use crate::support::{Company, Database};
use muster::acts::check_in::{self as employee, Said};
use muster::acts::{ActError, objections};
use muster::engine::sweeps;
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::mail::WordKind;
use muster_store::{objections as rows, people};

crate::on_both_databases! {
    async fn an_objection_that_waits_five_working_days_is_told_and_its_answer_reaches_the_person(company: Company) {
        let cast = company.usual_cast().await;
        let (context, db) = (&company.context, company.store().read());
        let maria = people::get(db, cast.maria).await.unwrap();
        let boss = PersonId(maria.manager_id.unwrap());
        let missed = company.first_check_in(cast.maria, "drawn").await;
        company.nobody_comes(&missed).await;
        let id = missed.check_in_id();
        let said = Said { kind: WordKind::Objection, why: "The outcome is not right", words: "I was there, and nobody came." };
        employee::say(context, &maria, id, &said).await.unwrap();
        let sent = context.now();
        let due = UtcMillis(rows::find(db, id).await.unwrap().unwrap().due_ms);
        assert!((5..=8).contains(&(due.since(sent) / DAY_MS)), "five working days, with a weekend among them");
        assert_eq!(objections::remind(context).await.unwrap(), 0, "not before its time");

        company.pass_to(due.plus_minutes(1)).await;
        sweeps::all(&company.engine).await.unwrap();
        company.engine.drain().await.unwrap();
        let told = || company.mails_to("hedda@muster.example").into_iter().filter(|m| m.subject.contains("has waited")).count();
        assert_eq!((told(), objections::remind(context).await.unwrap()), (1, 0), "once a day");

        assert_eq!(objections::list(context, cast.hr).await.unwrap().len(), 1);
        for inside in [boss, cast.maria] {
            let refused = objections::answer(context, inside, id, "It was your own fault").await;
            assert!(matches!(refused, Err(ActError::Forbidden(_))), "{refused:?}");
        }
        assert!(matches!(objections::answer(context, cast.hr, id, "No.").await, Err(ActError::Invalid(_))));
        objections::answer(context, cast.hr, id, "You are right, our room was down.").await.unwrap();
        company.engine.drain().await.unwrap();
        assert!(company.mails_to("maria@muster.example").iter().any(|m| m.subject == "Your objection is answered"));
        let row = rows::find(db, id).await.unwrap().unwrap();
        let (words, answer) = rows::texts(company.store(), db, &row).await.unwrap();
        assert_eq!((words.as_str(), answer.as_deref()), (said.words, Some("You are right, our room was down.")));
        assert!(matches!(objections::answer(context, cast.security, id, "A second answer then").await, Err(ActError::Conflict(_))));
        assert!(rows::overdue(db, due.plus_ms(9 * DAY_MS), due.plus_ms(9 * DAY_MS)).await.unwrap().is_empty());
    }
}
