//! Before the first draw: pilot groups, the notice, the first session's deadline; pause and resume.

use crate::support::{Company, Database, START, Somebody};
use muster::acts::bounces::{self, Report};
use muster::acts::policy::Scope;
use muster::acts::{manual, mode, notices};
use muster_domain::draw::{BoundaryInputs, Horizon};
use muster_domain::id::PersonId;
use muster_domain::person::DrawToken;
use muster_domain::time::DAY_MS;
use muster_ports::PortError;
use muster_simulation::MailAnswer;
use muster_store::entities::{notice_acknowledgement, person};
use muster_store::{draws, orders, people};
use sea_orm::EntityTrait;

const REASON: &str = "agreed with the works council";

async fn nuno(company: &Company) -> PersonId {
    let (name, zone) = ("Nuno Vaz", "Europe/Lisbon");
    company.person(Somebody { name, zone, manager: None, roles: &[], in_pool: true }).await
}

/// The class of a person's row on a label, if it has one.
async fn class_of(company: &Company, who: PersonId, label: &str) -> Option<String> {
    let db = company.store().read();
    let person = people::get(db, who).await.unwrap();
    let row = draws::boundary(db, "Europe/Lisbon", label, Horizon::Day)
        .await
        .unwrap()
        .expect("a boundary");
    let json = draws::boundary_inputs(company.store(), db, &row).await.unwrap();
    let inputs = BoundaryInputs::from_json(&json).unwrap();
    let token = DrawToken(person.draw_token.try_into().unwrap());
    inputs.person(&token).expect("a row").class.map(|c| c.code().to_owned())
}

async fn k_of(company: &Company, who: PersonId) -> i64 {
    draws::state(company.store().read(), who).await.unwrap().unwrap().k
}

pub(super) async fn resume(company: &Company, scope: Scope) -> mode::Resumed {
    mode::resume(&company.context, None, REASON, &scope).await.unwrap()
}

fn days(n: i64) -> i64 {
    n * DAY_MS / 60_000
}

/// Nobody has been told anything yet.
async fn forget_notices(company: &Company) {
    let tx = company.store().begin().await.unwrap();
    notice_acknowledgement::Entity::delete_many().exec(&*tx).await.unwrap();
    tx.commit().await.unwrap();
}

crate::on_both_databases! {
    async fn a_pilot_draws_its_group_only_and_begins_for_the_others_with_their_next_day(company: Company) {
        let cast = company.usual_cast().await;
        let nuno = nuno(&company).await;
        let pilot = resume(&company, Scope::Pilot("employee_id eq \"maria\"".into())).await;
        assert_eq!((pilot.scoped.live, pilot.scoped.in_a_policy, pilot.scoped.ended), (1, 2, 1));
        company.pass_to(START.plus_minutes(days(1) + 12 * 60)).await;
        assert!(!company.check_ins(cast.maria).await.is_empty(), "Maria is met");
        assert!(company.check_ins(nuno).await.is_empty(), "Nuno is not");
        assert!(company.mails_to("nuno@muster.example").is_empty(), "nor told anything");
        assert_eq!(class_of(&company, nuno, "2026-12-02").await.as_deref(), Some("outside_pilot"));
        assert_eq!(class_of(&company, cast.maria, "2026-12-02").await, None);

        // In the middle of Wednesday the pilot ends. Nuno begins on Thursday, at one.
        let all = resume(&company, Scope::Everybody).await;
        assert_eq!(all.scoped.began, 1);
        company.pass_to(START.plus_minutes(days(2) + 5)).await;
        assert!(company.check_ins(nuno).await.is_empty(), "not on a day that was committed before");
        assert_eq!(k_of(&company, nuno).await, 1);
        company.pass_to(START.plus_minutes(days(3))).await;
        let met = company.check_ins(nuno).await;
        assert_eq!(met.first().map(|c| c.label.as_str()), Some("2026-12-03"), "{met:?}");
        company.ends_well().await;
    }

    async fn nobody_is_drawn_before_the_notice_has_reached_them(company: Company) {
        let cast = company.usual_cast().await;
        forget_notices(&company).await;
        let refused = PortError::Refused("550 no such mailbox".into());
        company.mail.answer_always(MailAnswer::Fail(refused));
        company.pass_to(START.plus_minutes(days(2))).await;
        assert!(company.check_ins(cast.maria).await.is_empty());
        assert_eq!(class_of(&company, cast.maria, "2026-12-02").await.as_deref(), Some("notice_pending"));
        let pending = notices::pending(company.store().read()).await.unwrap();
        assert_eq!((pending.people, pending.refused), (1, 1), "it is counted, so that it is no way out");

        company.mail.answer_always(MailAnswer::Take);
        let me: person::Model = people::get(company.store().read(), cast.maria).await.unwrap();
        assert!(notices::acknowledge(&company.context, &me, "2019-01").await.is_err());
        notices::acknowledge(&company.context, &me, muster::acts::check_in::NOTICE_VERSION).await.unwrap();
        company.pass_to(START.plus_minutes(days(3) + 18 * 60)).await;
        assert!(!company.check_ins(cast.maria).await.is_empty(), "from the next local day on");
        company.ends_well().await;
    }

    async fn a_notice_that_was_accepted_opens_the_gate_with_the_next_day(company: Company) {
        let cast = company.usual_cast().await;
        forget_notices(&company).await;
        company.pass_to(START.plus_minutes(60)).await;
        let [notice] = &company.mails_to("maria@muster.example")[..] else { panic!("one mail") };
        assert!(notice.subject.starts_with("How video check-ins work"), "{}", notice.subject);
        assert!(notice.text.contains("/notice"));
        company.pass_to(START.plus_minutes(days(2))).await;
        let met = company.check_ins(cast.maria).await;
        assert!(met.iter().all(|c| c.label != "2026-12-01") && !met.is_empty(), "{met:?}");
        let notices = company.mails_to("maria@muster.example");
        assert_eq!(notices.iter().filter(|m| m.subject.starts_with("How video")).count(), 1, "once");
        company.ends_well().await;
    }

    async fn the_notice_waits_for_whom_the_programme_is_and_whom_it_has_not_reached(company: Company) {
        company.usual_cast().await;
        nuno(&company).await;
        forget_notices(&company).await;
        let waits_for = async || notices::pending(company.store().read()).await.unwrap().people;
        assert_eq!(waits_for().await, 2);
        resume(&company, Scope::Pilot("employee_id eq \"maria\"".into())).await;
        assert_eq!(waits_for().await, 1, "Nuno is in no pilot");
        company.pass_to(START.plus_minutes(60)).await;
        assert_eq!(waits_for().await, 0, "Maria's server took it");
        let [notice] = &company.mails_to("maria@muster.example")[..] else { panic!("one mail") };
        assert!(company.mails_to("nuno@muster.example").is_empty());

        let (mail, _) = notice.message_id.split_once('@').unwrap();
        let report = Report { mails: vec![mail], status: "5.1.1", said: "550 no such mailbox" };
        bounces::take(&company.context, &report).await.unwrap();
        assert_eq!(waits_for().await, 1, "and gave it back");
        resume(&company, Scope::Everybody).await;
        assert_eq!(waits_for().await, 2);
        let read = async |name: &str| {
            let address = format!("{name}@muster.example");
            let who = people::by_email(company.store().read(), &address).await.unwrap().unwrap();
            let version = muster::acts::check_in::NOTICE_VERSION;
            notices::acknowledge(&company.context, &who, version).await.unwrap();
        };
        read("maria").await;
        assert_eq!(waits_for().await, 1, "she has read it");
        let tx = company.store().begin().await.unwrap();
        let who = people::by_email(&*tx, "nuno@muster.example").await.unwrap().unwrap();
        muster_store::save(&tx, person::Model { state: "left".into(), ..who }).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(waits_for().await, 0, "he has left");
    }

    async fn a_newcomer_is_drawn_when_the_time_for_the_first_session_has_passed(company: Company) {
        let cast = company.usual_cast().await;
        let tx = company.store().begin().await.unwrap();
        let mut maria = people::get(&*tx, cast.maria).await.unwrap();
        maria.baseline = people::baseline::DUE.into();
        muster_store::save(&tx, maria).await.unwrap();
        tx.commit().await.unwrap();
        company.pass_to(START.plus_minutes(days(13))).await;
        let drawn = async || -> Vec<_> {
            let all = company.check_ins(cast.maria).await.into_iter();
            all.filter(|c| c.kind == "drawn").collect()
        };
        assert!(drawn().await.is_empty(), "her first session came to nothing");
        assert_eq!(class_of(&company, cast.maria, "2026-12-11").await.as_deref(), Some("baseline_pending"));
        company.pass_to(START.plus_minutes(days(15))).await;
        let met = drawn().await;
        assert_eq!(met.first().map(|c| c.label.as_str()), Some("2026-12-15"), "joined on the 1st, 14 days");
    }

    async fn a_pause_keeps_what_is_owed_and_announces_nothing(company: Company) {
        let cast = company.usual_cast().await;
        company.pass_to(START.plus_minutes(5)).await;
        let db = company.store().read();
        let hedda = people::by_employee_id(db, "hedda").await.unwrap().unwrap();
        let reason = "somebody asked to be met again";
        manual::order(&company.context, PersonId(hedda.id), cast.maria, reason).await.unwrap();
        mode::pause(&company.context, None, "an office is on fire").await.unwrap();
        company.pass_to(START.plus_minutes(days(3) + 60)).await;
        let kept = company.check_ins(cast.maria).await;
        assert!(kept.iter().all(|c| c.outcome.as_deref() == Some("excused") && c.cause.as_deref() == Some("paused")), "{kept:?}");
        assert!(company.mails_to("maria@muster.example").is_empty(), "nobody is told anything");
        assert_eq!(orders::open(db).await.unwrap().len(), 1, "the order waits");

        resume(&company, Scope::AsBefore).await;
        let met = company.first_check_in(cast.maria, "manual").await;
        assert!(met.announce_ms > START.plus_minutes(days(3) + 60).0);
        company.ends_well().await;
    }
}
