//! A verifier falls out, another stands in within a minute; the employee loses nothing.

use crate::support::{Company, Database, Somebody};
use muster::acts::check_in::{self as employee, NOTICE_VERSION, PlaceAnswer};
use muster::acts::sightings::{self, RoomChange};
use muster::acts::stand_by::second_opinion;
use muster::acts::verify::{self, TypedForm};
use muster::acts::{excuse, stand_by};
use muster_domain::draw::CannotReason;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::{AttendanceKind, Party};
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::person::Role;
use muster_store::entities::{absence, check_in, person};
use muster_store::people::{self, AbsenceDetail};
use muster_store::{Owner, audit, check_ins, evidence, stand_by as calls};
use uuid::Uuid;

/// Two more verifiers beside Jo.
async fn more_verifiers(company: &Company) {
    for name in ["Lena Sato", "Tom Reis"] {
        let zone = "Europe/Lisbon";
        let roles = &[Role::Verifier];
        company.person(Somebody { name, zone, manager: None, roles, in_pool: false }).await;
    }
}

async fn verifier_of(company: &Company, id: CheckInId) -> person::Model {
    let row = company.check_in(id).await;
    people::get(company.store().read(), row.verifier().expect("a verifier")).await.unwrap()
}

/// What the room does when a verifier takes the seat or leaves it.
async fn in_room(company: &Company, id: CheckInId, who: &person::Model, joined: bool) {
    if joined {
        stand_by::entered(&company.context, id, PersonId(who.id)).await.unwrap();
    }
    change(company, id, Party::Verifier, Uuid::from_u128(who.id.as_u128() ^ 1), joined).await;
}

async fn employee_in_room(company: &Company, id: CheckInId, joined: bool) {
    change(company, id, Party::Employee, Uuid::from_u128(id.0.as_u128() ^ 2), joined).await;
}

async fn change(company: &Company, id: CheckInId, who: Party, connection: Uuid, joined: bool) {
    let change = RoomChange { check_in: id, who, connection, joined, at: company.context.now() };
    sightings::in_room(&company.context, &change).await.unwrap();
}

/// Maria does her part and stands at the door.
async fn maria_is_ready(company: &Company, row: &check_in::Model) {
    let context = &company.context;
    let id = row.check_in_id();
    let me = people::get(company.store().read(), row.person()).await.unwrap();
    employee::acknowledge(context, &me, id, NOTICE_VERSION).await.unwrap();
    employee::try_devices(context, &me, id, None).await.unwrap();
    let nonce = employee::issue_nonce(context, id).await.unwrap();
    let status = Some(ClaimStatus::Declined);
    let answer = PlaceAnswer { nonce, status, ..PlaceAnswer::default() };
    employee::attest(context, &me, id, &answer).await.unwrap();
    sightings::on_page(context, id, Party::Employee, AttendanceKind::Joined).await.unwrap();
}

/// They talk for four minutes, and the form is given.
async fn talk(company: &Company, id: CheckInId, verifier: &person::Model) -> check_in::Model {
    employee_in_room(company, id, true).await;
    in_room(company, id, verifier, true).await;
    company.pass_to(company.context.now().plus_minutes(4)).await;
    let mut form = TypedForm { presence: "live_person_seen".into(), ..TypedForm::default() };
    for task in evidence::challenges(company.store().read(), id).await.unwrap() {
        verify::reveal(&company.context, verifier, id, task.no).await.unwrap();
        form.answers.insert(task.no, "done".into());
    }
    employee_in_room(company, id, false).await;
    in_room(company, id, verifier, false).await;
    verify::give_form(&company.context, verifier, id, &form).await.unwrap();
    company.engine.drain().await.unwrap();
    company.check_in(id).await
}

async fn logged(company: &Company, kind: &str) -> usize {
    let entries = audit::list(company.store().read(), 0, 1_000).await.unwrap();
    entries.iter().filter(|e| e.kind == kind).count()
}

fn subjects(company: &Company, who: &person::Model) -> Vec<String> {
    company.mails_to(&who.email).into_iter().map(|m| m.subject).collect()
}

/// Somebody is away on the label of a check-in.
async fn is_absent(company: &Company, who: PersonId, label: &str) {
    let store = company.store();
    let id = Uuid::from_bytes(store.entropy().bytes());
    let tx = store.begin().await.unwrap();
    let detail = AbsenceDetail { kind: "leave".into() };
    let place = people::absence_column(id);
    let row = absence::Model {
        id,
        person_id: who.0,
        first_day: label.into(),
        last_day: label.into(),
        detail: tx.seal(Owner::Person(who), place, &detail).await.unwrap(),
        entered_ms: company.context.now().0,
        entered_by: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

crate::on_both_databases! {
    async fn who_is_not_in_the_room_is_stood_in_for_within_a_minute(company: Company) {
        let cast = company.usual_cast().await;
        more_verifiers(&company).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        let first = verifier_of(&company, id).await;
        maria_is_ready(&company, &row).await;
        let start = row.clocks().start;
        company.pass_to(start.plus_ms(stand_by::LATE_MS - 1)).await;
        assert_eq!(verifier_of(&company, id).await.id, first.id, "patience comes first");

        company.pass_to(start.plus_ms(stand_by::LATE_MS + 60_000)).await;
        let second = verifier_of(&company, id).await;
        assert_ne!(second.id, first.id);
        let [call] = &calls::of_check_in(company.store().read(), id).await.unwrap()[..] else { panic!("one call") };
        assert!(call.settled_ms.unwrap() - start.0 <= stand_by::LATE_MS + 60_000);
        assert!(subjects(&company, &second).iter().any(|s| s.starts_with("Please come now")), "{:?}", subjects(&company, &second));
        assert!(subjects(&company, &first).iter().any(|s| s.starts_with("Handed over")));
        assert_eq!(logged(&company, "verifier-fell-out").await, 1);
        assert_eq!(logged(&company, "verifier-replaced").await, 1);

        let judged = talk(&company, id, &second).await;
        assert!(matches!(judged.outcome.as_deref(), Some("verified" | "inconclusive")), "{:?}", judged.cause);
        assert_eq!(judged.verifier_id, Some(second.id));
        let about_maria = company.mails_to("maria@muster.example");
        assert!(about_maria.iter().all(|m| !m.text.contains(&first.name) && !m.text.contains(&second.name)), "no name by mail");
        company.ends_well().await;
    }

    async fn who_says_ahead_that_they_cannot_is_replaced_before_the_start(company: Company) {
        let cast = company.usual_cast().await;
        more_verifiers(&company).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        let first = verifier_of(&company, id).await;
        stand_by::cannot_come(&company.context, &first, id, CannotReason::NotWell).await.unwrap();
        assert_eq!(company.check_in(id).await.verifier_id, None, "nobody is named meanwhile");
        company.engine.drain().await.unwrap();
        let second = verifier_of(&company, id).await;
        assert_ne!(second.id, first.id);
        stand_by::cannot_come(&company.context, &first, id, CannotReason::NotWell).await.unwrap();
        assert_eq!(calls::of_check_in(company.store().read(), id).await.unwrap().len(), 1, "saying it twice is saying it once");
        assert!(subjects(&company, &second).iter().any(|s| s.starts_with("Stand-by")));

        // Who said no is out of it, whatever happens then.
        company.pass_to(row.clocks().start).await;
        let now = company.check_in(id).await;
        assert!(!stand_by::may_enter(company.store().read(), &now, PersonId(first.id)).await.unwrap());
        maria_is_ready(&company, &row).await;
        let judged = talk(&company, id, &second).await;
        assert_eq!(judged.verifier_id, Some(second.id));
        let entries = audit::list(company.store().read(), 0, 1_000).await.unwrap();
        assert!(entries.iter().all(|e| !e.leaf.contains("not_well")), "the reason stands in clear nowhere");
        company.ends_well().await;
    }

    async fn whoever_is_first_in_the_room_keeps_the_session(company: Company) {
        let cast = company.usual_cast().await;
        more_verifiers(&company).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        let first = verifier_of(&company, id).await;
        maria_is_ready(&company, &row).await;
        company.pass_to(row.clocks().start.plus_ms(stand_by::LATE_MS + 5_000)).await;
        let second = verifier_of(&company, id).await;
        assert_ne!(second.id, first.id);

        let judged = talk(&company, id, &first).await;
        assert_eq!(judged.verifier_id, Some(first.id), "late, and first all the same");
        assert!(subjects(&company, &second).iter().any(|s| s.starts_with("Not needed")));
        assert_eq!(logged(&company, "verifier-came-after-all").await, 1);
        assert!(!stand_by::may_enter(company.store().read(), &company.check_in(id).await, PersonId(second.id)).await.unwrap());
        company.ends_well().await;
    }

    async fn one_after_the_other_is_asked_in_the_drawn_order_and_nobody_is_blamed_in_the_end(company: Company) {
        let cast = company.usual_cast().await;
        more_verifiers(&company).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        maria_is_ready(&company, &row).await;
        company.pass_to(row.clocks().grace_end().plus_minutes(1)).await;
        let asked = calls::of_check_in(company.store().read(), id).await.unwrap();
        let called: Vec<Uuid> = asked.iter().filter_map(|c| c.to_verifier).collect();
        assert_eq!(called.len(), 2, "each of the two others once: {asked:?}");
        assert!(asked.iter().all(|c| !c.is_open()), "nothing stays open");
        let judged = company.check_in(id).await;
        assert_eq!((judged.outcome.as_deref(), judged.fault.as_deref()), (Some("void"), Some("verifier")), "{:?}", judged.cause);
        assert!(company.cases().await.is_empty());
        company.ends_well().await;
    }

    async fn a_second_opinion_is_given_by_somebody_who_does_not_know_the_first(company: Company) {
        let cast = company.usual_cast().await;
        more_verifiers(&company).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        let first = verifier_of(&company, id).await;
        let ask = async |who: &person::Model, view: &str| second_opinion::ask(&company.context, who, id, view).await;
        maria_is_ready(&company, &row).await;
        company.pass_to(row.clocks().start).await;
        assert!(ask(&first, "not_confirmed").await.is_err(), "before the two talk");
        employee_in_room(&company, id, true).await;
        in_room(&company, id, &first, true).await;
        company.pass_to(row.clocks().start.plus_minutes(2)).await;
        assert!(ask(&first, "").await.is_err(), "without a view of their own");
        ask(&first, "different_person").await.unwrap();
        ask(&first, "different_person").await.unwrap();
        company.engine.drain().await.unwrap();

        let [call] = &calls::of_check_in(company.store().read(), id).await.unwrap()[..] else { panic!("one call") };
        let second = people::get(company.store().read(), PersonId(call.to_verifier.unwrap())).await.unwrap();
        assert_ne!(second.id, first.id);
        assert!(subjects(&company, &second).iter().any(|s| s.starts_with("Please come now: a second opinion")));
        assert_eq!(verifier_of(&company, id).await.id, first.id, "until the second is there");
        assert!(!call.opinion.as_ref().unwrap().windows(16).any(|w| w == b"different_person"), "sealed");

        in_room(&company, id, &first, false).await;
        let judged = talk(&company, id, &second).await;
        assert_eq!(judged.verifier_id, Some(second.id));
        assert!(!stand_by::may_enter(company.store().read(), &judged, PersonId(first.id)).await.unwrap());
        let found = evidence::findings(company.store().read(), id).await.unwrap();
        let differ = found.iter().find(|f| f.rule_id == "opinions-differ").expect("the two do not agree");
        assert_eq!(differ.severity, "high", "somebody looks at it");
        assert_eq!(logged(&company, "second-opinion-asked").await, 1);
        assert_eq!(logged(&company, "verifier-replaced").await, 1);
        company.ends_well().await;
    }

    async fn where_nobody_comes_for_a_second_opinion_the_first_gives_the_form(company: Company) {
        let cast = company.usual_cast().await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        let first = verifier_of(&company, id).await;
        maria_is_ready(&company, &row).await;
        company.pass_to(row.clocks().start).await;
        employee_in_room(&company, id, true).await;
        in_room(&company, id, &first, true).await;
        second_opinion::ask(&company.context, &first, id, "could_not_tell").await.unwrap();
        let judged = talk(&company, id, &first).await;
        assert_eq!(judged.verifier_id, Some(first.id));
        let found = evidence::findings(company.store().read(), id).await.unwrap();
        assert!(found.iter().all(|f| f.rule_id != "opinions-differ"));
        company.pass_to(row.clocks().grace_end().plus_minutes(1)).await;
        let all = calls::of_check_in(company.store().read(), id).await.unwrap();
        assert!(all.iter().all(|c| !c.is_open()), "nothing stays open");
        company.ends_well().await;
    }

    async fn an_absence_learnt_after_the_announcement_excuses_and_frees_the_verifier(company: Company) {
        let cast = company.usual_cast().await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let verifier = verifier_of(&company, row.check_in_id()).await;
        is_absent(&company, cast.maria, &row.label).await;
        assert_eq!(excuse::sweep(&company.context).await.unwrap(), 1);
        assert_eq!(excuse::sweep(&company.context).await.unwrap(), 0, "once");
        company.engine.drain().await.unwrap();
        let judged = company.check_in(row.check_in_id()).await;
        assert_eq!(judged.outcome.as_deref(), Some("excused"), "{:?}", judged.cause);
        let told = company.mails_to("maria@muster.example");
        let told = told.into_iter().find(|m| m.subject.starts_with("Cancelled")).expect("a word");
        assert!(told.calendar.is_some_and(|c| c.method == "CANCEL"), "and the calendar entry goes");
        assert!(subjects(&company, &verifier).iter().any(|s| s.starts_with("You are not needed")));
        company.pass_to(row.clocks().grace_end().plus_minutes(5)).await;
        assert!(company.cases().await.is_empty());
        company.ends_well().await;
    }

    async fn a_verifier_who_is_away_today_is_stood_in_for_before_the_start(company: Company) {
        let cast = company.usual_cast().await;
        more_verifiers(&company).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let id = row.check_in_id();
        let first = verifier_of(&company, id).await;
        is_absent(&company, PersonId(first.id), &row.label).await;
        excuse::sweep(&company.context).await.unwrap();
        company.engine.drain().await.unwrap();
        let second = verifier_of(&company, id).await;
        assert_ne!(second.id, first.id);
        let [call] = &calls::of_check_in(company.store().read(), id).await.unwrap()[..] else { panic!("one call") };
        assert_eq!(call.reason, "not_available");

        // The next hit of a label committed before: nobody who is away is announced with it.
        let next = check_ins::open(company.store().read()).await.unwrap();
        assert!(next.iter().all(|c| c.verifier_id != Some(first.id)));
    }
}

#[tokio::test]
async fn two_instances_ask_one_stand_in_once() {
    let company = Company::open(Database::Postgresql, "two_stand_ins").await;
    let cast = company.usual_cast().await;
    more_verifiers(&company).await;
    let row = company.first_check_in(cast.maria, "drawn").await;
    let id = row.check_in_id();
    let first = verifier_of(&company, id).await;
    let second_engine = company.second_instance().await;
    stand_by::cannot_come(&company.context, &first, id, CannotReason::Technical).await.unwrap();
    for _ in 0..6 {
        let (a, b) = tokio::join!(company.engine.turn(), second_engine.turn());
        a.unwrap();
        b.unwrap();
    }
    let all = calls::of_check_in(company.store().read(), id).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].settled_as.as_deref(), Some("called"));
    assert_eq!(logged(&company, "verifier-replaced").await, 2, "by nobody, then by somebody");
    let called = verifier_of(&company, id).await;
    assert_eq!(subjects(&company, &called).len(), 1, "one mail");
}
