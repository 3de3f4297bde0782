//! The first story, killed at four points: Maria is drawn, invited, met and verified, once.

use super::{Inside, killed_and_started_again};
use crate::support::{Company, START};
use muster::acts::check_in::{self as employee, NOTICE_VERSION, PlaceAnswer};
use muster::acts::sightings::{self, RoomChange};
use muster::acts::verify::{self, TypedForm};
use muster_domain::id::PersonId;
use muster_domain::judging::attendance::Party;
use muster_domain::judging::evidence::ClaimStatus;
use muster_store::entities::check_in;
use muster_store::{evidence, notifications, people};
use uuid::Uuid;

const NAME: &str =
    "stories::killed::meeting::a_check_in_that_was_interrupted_is_verified_all_the_same";

const DRAWN: &str = "drawn"; // the hit is in the memory of the dead process, and nowhere else
const ANNOUNCED: &str = "after:maria@muster.example:1"; // the invitation is out, unrecorded
const MET: &str = "met"; // both are in the room; nobody was left to note that they left it
const VERIFIED: &str = "verified"; // the form is committed and not judged

#[test]
fn a_check_in_that_was_interrupted_is_verified_all_the_same() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(inside) = Inside::given() {
        return runtime.block_on(live(&inside));
    }
    for point in [DRAWN, ANNOUNCED, MET, VERIFIED] {
        runtime.block_on(async {
            let told = killed_and_started_again(NAME, point).await;
            assert!(point == ANNOUNCED || told.doubled == 0, "{point}: no mail was under way");
            ended_right(&told.company, point).await;
        });
    }
}

async fn ended_right(company: &Company, point: &str) {
    let db = company.store().read();
    let rows = company.check_ins(maria(company).await).await;
    assert_eq!(rows.len(), 1, "{point}: drawn once");
    assert_eq!(rows[0].outcome.as_deref(), Some("verified"), "{point}: {:?}", rows[0].cause);
    assert_eq!(rows[0].presence.as_deref(), Some("live_person_seen"), "{point}");
    let tasks = evidence::challenges(db, rows[0].check_in_id()).await.unwrap();
    assert_eq!(tasks.len(), 3, "{point}: tasks are drawn once");
    assert!(tasks.iter().all(|t| t.answer.as_deref() == Some("done")), "{point}");
    let sent = notifications::about(db, "check-in", rows[0].id).await.unwrap();
    for step in ["invitation", "receipt"] {
        let of_it = sent.iter().filter(|n| n.step == step && n.accepted_ms.is_some());
        assert_eq!(
            of_it.count(),
            1,
            "{point}: {step}, of {:?}",
            sent.iter().map(|n| &n.step).collect::<Vec<_>>()
        );
    }
    assert!(company.cases().await.is_empty(), "{point}: nobody has anything to worry about");
}

async fn maria(company: &Company) -> PersonId {
    let row = people::by_employee_id(company.store().read(), "maria").await.unwrap().unwrap();
    PersonId(row.id)
}

/// Lives through the story from wherever the folder is in it.
async fn live(inside: &Inside) {
    let company = inside.company().await;
    let maria = maria(&company).await;
    if company.check_ins(maria).await.is_empty() {
        company.pass_to(START.plus_minutes(30)).await;
        assert!(company.check_ins(maria).await.is_empty(), "drawn, and not announced yet");
        inside.death.at(DRAWN);
    }
    let row = company.first_check_in(maria, "drawn").await;
    company.pass_until("Maria's invitation", 60, async || invited(&company, &row).await).await;
    prepare(&company, &row).await;
    meet(inside, &company, &row).await;
    company
        .pass_until("Maria's receipt", 60, async || {
            let sent = notifications::about(company.store().read(), "check-in", row.id).await;
            sent.unwrap()
                .iter()
                .any(|n| n.step == "receipt" && n.accepted_ms.is_some())
                .then_some(())
        })
        .await;
    company.ends_well().await;
}

async fn invited(company: &Company, row: &check_in::Model) -> Option<()> {
    let sent = notifications::about(company.store().read(), "check-in", row.id).await.unwrap();
    sent.iter().any(|n| n.step == "invitation" && n.accepted_ms.is_some()).then_some(())
}

/// Notice, camera and place, unless that was done before the death.
async fn prepare(company: &Company, row: &check_in::Model) {
    let (context, id) = (&company.context, row.check_in_id());
    let me = people::get(company.store().read(), row.person()).await.unwrap();
    if evidence::attestation(company.store().read(), id).await.unwrap().is_some() {
        return;
    }
    employee::acknowledge(context, &me, id, NOTICE_VERSION).await.unwrap();
    employee::try_devices(context, &me, id, None).await.unwrap();
    let answer = PlaceAnswer {
        nonce: employee::issue_nonce(context, id).await.unwrap(),
        status: Some(ClaimStatus::Ok),
        point: muster_domain::judging::evidence::Point::from_degrees(38.72, -9.14),
        accuracy_metres: Some(30),
        ..PlaceAnswer::default()
    };
    employee::attest(context, &me, id, &answer).await.unwrap();
}

async fn meet(inside: &Inside, company: &Company, row: &check_in::Model) {
    let (context, id) = (&company.context, row.check_in_id());
    let verifier = people::get(company.store().read(), row.verifier().unwrap()).await.unwrap();
    company.pass_to(row.clocks().start.max(context.now())).await;
    if evidence::form(company.store().read(), id).await.unwrap().is_none() {
        // Each process has sockets of its own.
        let fresh = || Uuid::from_bytes(company.store().entropy().bytes());
        let connections = [(Party::Employee, fresh()), (Party::Verifier, fresh())];
        both(company, row, &connections, true).await;
        verify::reveal(context, &verifier, id, 1).await.unwrap();
        inside.death.at(MET);
        company.pass_to(context.now().plus_minutes(3)).await;
        let mut form = TypedForm { presence: "live_person_seen".into(), ..TypedForm::default() };
        for no in 1..=3 {
            verify::reveal(context, &verifier, id, no).await.unwrap();
            form.answers.insert(no, "done".into());
        }
        both(company, row, &connections, false).await;
        verify::give_form(context, &verifier, id, &form).await.unwrap();
        inside.death.at(VERIFIED);
    }
}

async fn both(company: &Company, row: &check_in::Model, who: &[(Party, Uuid)], joined: bool) {
    for (who, connection) in who.iter().copied() {
        let at = company.context.now();
        let change = RoomChange { check_in: row.check_in_id(), who, connection, joined, at };
        sightings::in_room(&company.context, &change).await.unwrap();
    }
}
