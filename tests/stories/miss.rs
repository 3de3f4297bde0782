//! P3, P6 and the ladder: somebody does not come.

use crate::support::{Company, Database, START};
use muster::acts::check_in as employee;
use muster_store::{orders, people};

crate::on_both_databases! {
    async fn a_missed_check_in_gets_a_second_chance_before_the_manager_hears_of_it(company: Company) {
        let maria = company.usual_cast().await.maria;

        let first = company.pass_until("the first check-in", 3 * 24 * 60, async || {
            company.check_ins(maria).await.into_iter().next()
        }).await;
        assert_eq!(first.kind, "drawn");
        let invitation = company.mail.read().into_iter().find(|m| m.to.address == "maria@muster.example").expect("an invitation");
        assert!(invitation.subject.starts_with("Video check-in"), "{}", invitation.subject);
        assert!(invitation.text.contains(&first.code) && invitation.calendar.is_some());

        company.pass_to(first.clocks().start.plus_minutes(-1)).await;
        company.sighting(&first, "verifier", "own_page", "joined").await;
        let case = company.pass_until("the case", 60, async || company.cases().await.into_iter().next()).await;
        assert_eq!(company.check_in(first.check_in_id()).await.outcome.as_deref(), Some("missed"));
        assert_eq!(case.cause, "missed");
        assert!(!company.mail.taken().iter().any(|m| m.to.address == "mads@muster.example"), "not before the re-check");

        let second = company.pass_until("the re-check", 3 * 24 * 60, async || {
            company.check_ins(maria).await.into_iter().find(|c| c.kind == "recheck")
        }).await;
        company.pass_to(second.clocks().start).await;
        company.sighting(&second, "verifier", "own_page", "joined").await;
        let told = company.pass_until("the manager's mail", 3 * 24 * 60, async || {
            company.mail.taken().into_iter().find(|m| m.to.address == "mads@muster.example")
        }).await;
        assert!(told.subject.contains(&format!("Case {}", case.no)), "{}", told.subject);
        assert!(!told.subject.contains("Maria") && told.text.contains("Maria Olsen"));
        company.ends_well().await;
    }

    /// *Not now* is answered by one more check-in, not by two.
    async fn whoever_asks_for_another_time_is_met_once_more(company: Company) {
        let maria = company.usual_cast().await.maria;
        let first = company.first_check_in(maria, "drawn").await;
        let db = company.store().read();
        let me = people::get(db, maria).await.unwrap();
        employee::not_now(&company.context, &me, first.check_in_id()).await.unwrap();
        company.engine.drain().await.unwrap();
        let moved = company.check_in(first.check_in_id()).await;
        assert!(moved.outcome.is_some(), "it is judged, and what is owed is ordered");
        assert_eq!(orders::count_since(db, maria, orders::kind::RECHECK, START).await.unwrap(), 1);
    }
}
