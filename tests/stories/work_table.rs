//! The work table under its own rules: fences, leases, uniqueness, and two workers at once.

use crate::support::{Company, Database};
use muster_domain::id::{CheckInId, InstanceId};
use muster_store::StoreError;
use muster_store::jobs::Job;
use muster_store::work::{self, Lane};

async fn one_job(company: &Company) -> CheckInId {
    let check_in = CheckInId::from_random([7; 16]);
    let tx = company.store().begin().await.unwrap();
    assert!(Job::Judge { check_in }.plan(&tx, company.context.now()).await.unwrap());
    assert!(
        !Job::Judge { check_in }.plan(&tx, company.context.now()).await.unwrap(),
        "the same job exists once"
    );
    tx.commit().await.unwrap();
    check_in
}

async fn claim(company: &Company, owner: u8) -> Vec<work::Claim> {
    let owner = InstanceId::from_random([owner; 16]);
    let now = company.context.now();
    work::claim(company.store(), owner, now, Lane::Escalation, 10).await.unwrap()
}

crate::on_both_databases! {
    async fn a_worker_that_was_stalled_past_its_lease_records_nothing(company: Company) {
        one_job(&company).await;
        let stalled = claim(&company, 1).await.remove(0);
        assert!(claim(&company, 2).await.is_empty(), "a leased row is nobody else's");
        let tx = company.store().begin().await.unwrap();
        lapse(&tx).await;
        tx.commit().await.unwrap();
        let second = claim(&company, 2).await.remove(0);
        assert_eq!(second.fence, stalled.fence + 1);

        let tx = company.store().begin().await.unwrap();
        let late = work::complete(&tx, &stalled).await;
        assert!(matches!(late, Err(StoreError::Fenced { .. })), "{late:?}");
        tx.rollback().await.unwrap();
        let tx = company.store().begin().await.unwrap();
        work::complete(&tx, &second).await.unwrap();
        assert!(matches!(work::complete(&tx, &second).await, Err(StoreError::Fenced { .. })), "done once");
        tx.commit().await.unwrap();
    }

    async fn what_a_dropped_transaction_planned_was_never_planned(company: Company) {
        let check_in = CheckInId::from_random([9; 16]);
        let tx = company.store().begin().await.unwrap();
        Job::Judge { check_in }.plan(&tx, company.context.now()).await.unwrap();
        drop(tx);
        assert!(work::find(company.store().read(), &Job::Judge { check_in }.key()).await.unwrap().is_none());
        assert!(claim(&company, 1).await.is_empty());
    }

    async fn dead_work_stays_counted_until_a_person_decides(company: Company) {
        let check_in = one_job(&company).await;
        let claimed = claim(&company, 1).await.remove(0);
        let tx = company.store().begin().await.unwrap();
        work::bury(&tx, &claimed, "gave up").await.unwrap();
        tx.commit().await.unwrap();
        let mut seen = muster_domain::audit::Frontier::default();
        let audit = muster::engine::auditor::pass(company.store(), &mut seen).await.unwrap();
        assert!(audit.complaints.iter().any(|c| c.code == "work-dead"));
        let tx = company.store().begin().await.unwrap();
        assert!(work::revive(&tx, claimed.id).await.unwrap());
        tx.commit().await.unwrap();
        let row = work::find(company.store().read(), &Job::Judge { check_in }.key()).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.attempt), ("ready", 0));
    }
}

/// Lets every lease run out, as a stall of half a minute would.
async fn lapse(tx: &muster_store::Tx) {
    use sea_orm::ConnectionTrait;
    tx.execute_unprepared("UPDATE work SET lease_until_ms = -1 WHERE state = 'leased'")
        .await
        .unwrap();
}
