//! P3: an open case always has a live timer, acknowledged or not, delivered or not.

use crate::support::{Company, Database};
use muster_domain::id::CaseId;
use muster_store::{cases, work};

async fn manager_was_told(company: &Company) -> muster_store::entities::cases::Model {
    let cast = company.usual_cast().await;
    let first = company.first_check_in(cast.maria, "drawn").await;
    company.nobody_comes(&first).await;
    let second = company.first_check_in(cast.maria, "recheck").await;
    company.nobody_comes(&second).await;
    company
        .pass_until("the manager's step", 3 * 24 * 60, async || {
            company.cases().await.into_iter().find(|c| c.step == 1)
        })
        .await
}

crate::on_both_databases! {
    async fn nobody_acts_and_somebody_outside_the_line_hears_of_it(company: Company) {
        let case = manager_was_told(&company).await;
        company.pass_until("HR's step", 7 * 24 * 60, async || {
            company.mails_to("hedda@muster.example").into_iter().next()
        }).await;
        let steps = cases::steps(company.store().read(), CaseId(case.id)).await.unwrap();
        assert_eq!(steps.iter().map(|s| s.recipient.as_str()).collect::<Vec<_>>(), ["manager", "hr"]);
        company.ends_well().await;
    }

    async fn a_step_never_waits_for_the_delivery_of_the_one_before(company: Company) {
        use muster_ports::PortError;
        use muster_simulation::MailAnswer;
        let case = manager_was_told(&company).await;
        company.mail.answer_always(MailAnswer::Fail(PortError::TryLater { not_before: None, detail: "down".into() }));
        company.pass_until("the second step", 7 * 24 * 60, async || {
            let steps = cases::steps(company.store().read(), CaseId(case.id)).await.unwrap();
            steps.into_iter().find(|s| s.no == 2)
        }).await;
        let timer = work::find(company.store().read(), &format!("advance-case/{}/{}", CaseId(case.id), company.cases().await[0].turn)).await.unwrap();
        assert_eq!(timer.expect("a live timer").state, "ready");
    }
}

/// On a stopped clock two readings of it agree; on a real one a step that is due now lies a moment
/// in the past by the time it is taken, and must not be planned for ever anew.
#[tokio::test]
async fn a_step_that_is_due_now_is_taken_while_the_clock_runs() {
    let company = Company::on_a_running_clock("ladder_on_a_running_clock").await;
    let case = manager_was_told(&company).await;
    assert!(case.turn < 10, "the case was planned {} times for its first step", case.turn);
}
