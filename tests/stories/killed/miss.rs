//! The second story, killed at four points: nobody comes, and the manager hears of it once.

use super::{Inside, killed_and_started_again};
use muster_domain::id::{CaseId, PersonId};
use muster_store::{cases, notifications, people};

const NAME: &str =
    "stories::killed::miss::a_killed_process_loses_nothing_and_tells_nobody_twice_without_need";

const POINTS: [&str; 4] = [
    "before:maria@muster.example:1", // the announcement is committed, its mail is not sent
    "after:maria@muster.example:1",  // the server took the mail, nothing of it is recorded
    "before:mads@muster.example:1",  // the case's first step is committed, its mail is not sent
    "after:mads@muster.example:1",   // the manager has the mail, nothing of it is recorded
];

#[test]
fn a_killed_process_loses_nothing_and_tells_nobody_twice_without_need() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(inside) = Inside::given() {
        return runtime.block_on(live(&inside));
    }
    for point in POINTS {
        runtime.block_on(async {
            let told = killed_and_started_again(NAME, point).await;
            let company = &told.company;
            let case = company.cases().await.remove(0);
            let steps = cases::steps(company.store().read(), CaseId(case.id)).await.unwrap();
            assert_eq!(steps.len(), 1, "{point}: one step, taken once");
        });
    }
}

/// Lives through the story from wherever the folder is in it.
async fn live(inside: &Inside) {
    let company = inside.company().await;
    let maria = people::by_employee_id(company.store().read(), "maria").await.unwrap().unwrap();
    let maria = PersonId(maria.id);
    company
        .pass_until("the manager's mail", 6 * 24 * 60, async || {
            for check_in in company.check_ins(maria).await.iter().filter(|c| c.closed_ms.is_none())
            {
                if company.context.now() >= check_in.clocks().start {
                    company.sighting(check_in, "verifier", "own_page", "joined").await;
                }
            }
            let case = company.cases().await.into_iter().find(|c| c.step >= 1)?;
            let told = notifications::about(company.store().read(), "case", case.id).await.unwrap();
            told.iter().any(|n| n.accepted_ms.is_some()).then_some(())
        })
        .await;
    company.ends_well().await;
}
