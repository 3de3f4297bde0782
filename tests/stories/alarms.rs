//! Whoever operates the installation hears of what the auditor finds, once, and again while it stands.

use crate::support::{Company, Database, Somebody};
use muster_domain::id::{CheckInId, InstanceId, PersonId, WorkId};
use muster_domain::person::Role;
use muster_store::jobs::Job;
use muster_store::work::{self, Lane};
use muster_store::{alarms, installation};
use sea_orm::ConnectionTrait;

const OPERATOR: &str = "ada@muster.example";

async fn operator(company: &Company) -> PersonId {
    let zone = "Europe/Lisbon";
    let roles = &[Role::Admin];
    company.person(Somebody { name: "Ada Berg", zone, manager: None, roles, in_pool: false }).await
}

/// Work that used up its attempts.
async fn dead_work(company: &Company, seed: u8) -> WorkId {
    let check_in = CheckInId::from_random([seed; 16]);
    let tx = company.store().begin().await.unwrap();
    Job::CloseRoom { check_in }.plan_in(&tx, Lane::Booking, company.context.now()).await.unwrap();
    tx.commit().await.unwrap();
    let (owner, now) = (InstanceId::from_random([seed; 16]), company.context.now());
    let claim = work::claim(company.store(), owner, now, Lane::Booking, 1).await.unwrap().remove(0);
    let tx = company.store().begin().await.unwrap();
    work::bury(&tx, &claim, "550 no mailbox maria@elsewhere.example").await.unwrap();
    tx.commit().await.unwrap();
    claim.id
}

async fn audit(company: &Company) {
    company.engine.audit_and_beat().await.unwrap();
    company.engine.drain().await.unwrap();
}

/// Minutes pass, each with its pass of the auditor.
async fn minutes(company: &Company, count: i64) {
    for _ in 0..count {
        company.clock.set(company.context.now().plus_minutes(1));
        audit(company).await;
    }
}

crate::on_both_databases! {
    async fn dead_work_is_mailed_once_and_daily_until_somebody_decides(company: Company) {
        let ada = operator(&company).await;
        audit(&company).await;
        assert!(company.mails_to(OPERATOR).is_empty(), "nothing is wrong");

        let first = dead_work(&company, 1).await;
        audit(&company).await;
        let mails = company.mails_to(OPERATOR);
        let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
        assert!(mail.text.contains(&format!("work-dead: work {first} (close-room)")), "{}", mail.text);
        assert!(mail.text.contains("http://localhost:8080/system"), "{}", mail.text);
        assert!(!mail.text.contains("maria"), "an answer of a provider may name somebody: {}", mail.text);

        let second = dead_work(&company, 2).await;
        minutes(&company, 14).await;
        assert_eq!(company.mails_to(OPERATOR).len(), 1, "mails keep their distance");
        minutes(&company, 1).await;
        let mails = company.mails_to(OPERATOR);
        assert_eq!(mails.len(), 2, "what came meanwhile is told then");
        let line_of = |id: WorkId| mails[1].text.find(&id.to_string()).unwrap();
        assert!(line_of(second) < line_of(first), "what is new comes first: {}", mails[1].text);

        minutes(&company, 60).await;
        assert_eq!(company.mails_to(OPERATOR).len(), 2, "what was told is not told again");
        company.clock.set(company.context.now().plus_minutes(24 * 60));
        audit(&company).await;
        let mails = company.mails_to(OPERATOR);
        assert_eq!(mails.len(), 3, "after a day it is told again");
        assert_eq!(mails[2].in_reply_to.as_deref(), Some(mails[0].message_id.as_str()), "in the same thread");

        for row in work::dead(company.store().read()).await.unwrap() {
            let reason = "the room is gone with its server";
            muster::acts::dead_work::resolve(&company.context, ada, WorkId(row.id), reason).await.unwrap();
        }
        audit(&company).await;
        assert!(alarms::standing(company.store().read()).await.unwrap().is_empty(), "the alarms are over");
        company.clock.set(company.context.now().plus_minutes(24 * 60));
        audit(&company).await;
        assert_eq!(company.mails_to(OPERATOR).len(), 3);
    }

    async fn what_passes_by_itself_alarms_nobody_and_two_instances_send_one_mail(company: Company) {
        operator(&company).await;
        let other = company.second_instance().await;
        let check_in = CheckInId::from_random([3; 16]);
        let tx = company.store().begin().await.unwrap();
        Job::Judge { check_in }.plan(&tx, company.context.now()).await.unwrap();
        tx.commit().await.unwrap();
        let (owner, now) = (InstanceId::from_random([9; 16]), company.context.now());
        let held = work::claim(company.store(), owner, now, Lane::Escalation, 1).await.unwrap().remove(0);
        let tx = company.store().begin().await.unwrap();
        // Ready again, and nobody takes it: both instances are told to look only.
        let due = company.context.now().plus_minutes(-3);
        work::put_back(&tx, &held, due, "a story").await.unwrap();
        tx.commit().await.unwrap();
        company.engine.audit_and_beat().await.unwrap();
        company.clock.set(company.context.now().plus_minutes(1));
        company.engine.audit_and_beat().await.unwrap();
        assert_eq!(alarms::standing(company.store().read()).await.unwrap().len(), 1);
        assert!(queued_alarms(&company).await.is_empty(), "a minute late may pass by itself");

        company.clock.set(company.context.now().plus_minutes(1));
        let (one, two) = tokio::join!(company.engine.audit_and_beat(), other.audit_and_beat());
        one.unwrap();
        two.unwrap();
        let queued = queued_alarms(&company).await;
        assert_eq!(queued.len(), 1, "{queued:?}");
    }

    async fn a_service_in_shadow_tells_its_operator_all_the_same(company: Company) {
        operator(&company).await;
        let tx = company.store().begin().await.unwrap();
        let mut row = installation::get(&*tx).await.unwrap();
        row.mode = installation::mode::SHADOW.into();
        muster_store::save(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
        dead_work(&company, 4).await;
        audit(&company).await;
        assert_eq!(company.mails_to(OPERATOR).len(), 1);
    }
}

/// States of the alarm mails in the outbox.
async fn queued_alarms(company: &Company) -> Vec<String> {
    let sql = "SELECT state FROM notification WHERE step LIKE 'alarm-%'";
    let db = company.store().read();
    let rows = db.query_all_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql));
    rows.await.unwrap().iter().map(|row| row.try_get("", "state").unwrap()).collect()
}
