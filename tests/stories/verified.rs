//! P1, P8, P10, P11: a whole check-in by the acts that the pages call.

use super::future_draw::{contains, written};
use crate::support::{Company, Database};
use muster::acts::Context;
use muster::acts::check_in::{self as employee, NOTICE_VERSION, PlaceAnswer};
use muster::acts::sightings::{self, RoomChange};
use muster::acts::verify::{self, TypedForm};
use muster_domain::audit::Checkpoint;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::Party;
use muster_domain::judging::evidence::{Claim, ClaimStatus, Point};
use muster_domain::judging::judge::{Judgement, JudgingInput, judge};
use muster_packs::PackHolder;
use muster_store::entities::{check_in, person};
use muster_store::{Owner, Place, check_ins, evidence, people};
use std::path::Path;
use uuid::Uuid;

/// Maria does her part: notice, devices, the answer about her place.
pub(super) async fn comes(
    company: &Company,
    row: &check_in::Model,
    status: ClaimStatus,
    at: Option<Point>,
) {
    comes_with_clock(company, row, status, at, None).await;
}

/// The same with a browser that keeps this time zone.
pub(super) async fn comes_with_clock(
    company: &Company,
    row: &check_in::Model,
    status: ClaimStatus,
    at: Option<Point>,
    zone: Option<&str>,
) {
    let answer = PlaceAnswer {
        status: Some(status),
        point: at,
        accuracy_metres: at.map(|_| 30),
        browser_time_zone: zone.map(str::to_owned),
        ..PlaceAnswer::default()
    };
    comes_and_answers(company, &company.context, row, answer).await;
}

async fn comes_and_answers(
    company: &Company,
    context: &Context,
    row: &check_in::Model,
    answer: PlaceAnswer,
) {
    let id = row.check_in_id();
    let me = person_of(company, row).await;
    employee::acknowledge(context, &me, id, NOTICE_VERSION).await.unwrap();
    employee::try_devices(context, &me, id, None).await.unwrap();
    let nonce = employee::issue_nonce(context, id).await.unwrap();
    let answer = PlaceAnswer { nonce, ..answer };
    employee::attest(context, &me, id, &answer).await.unwrap();
    assert!(employee::attest(context, &me, id, &answer).await.is_err(), "a nonce is used once");
}

async fn person_of(company: &Company, row: &check_in::Model) -> person::Model {
    people::get(company.store().read(), row.person()).await.unwrap()
}

async fn in_room(company: &Company, id: CheckInId, joined: bool) {
    for (who, connection) in [(Party::Employee, 1), (Party::Verifier, 2)] {
        let change = RoomChange {
            check_in: id,
            who,
            connection: Uuid::from_u128(connection),
            joined,
            at: company.context.now(),
        };
        sightings::in_room(&company.context, &change).await.unwrap();
    }
}

/// Both meet for four minutes, three tasks are done, the form says `presence`.
pub(super) async fn meet(
    company: &Company,
    row: &check_in::Model,
    presence: &str,
) -> check_in::Model {
    let id = row.check_in_id();
    let verifier = people::get(company.store().read(), row.verifier().unwrap()).await.unwrap();
    company.pass_to(row.clocks().start).await;
    in_room(company, id, true).await;
    company.pass_to(row.clocks().start.plus_minutes(4)).await;
    let mut form = TypedForm { presence: presence.into(), ..TypedForm::default() };
    let tasks = evidence::challenges(company.store().read(), id).await.unwrap();
    assert_eq!(tasks.len(), 3);
    for task in tasks {
        verify::reveal(&company.context, &verifier, id, task.no).await.unwrap();
        form.answers.insert(task.no, "done".into());
    }
    in_room(company, id, false).await;
    verify::give_form(&company.context, &verifier, id, &form).await.unwrap();
    verify::give_form(&company.context, &verifier, id, &form).await.unwrap();
    company.engine.drain().await.unwrap();
    company.check_in(id).await
}

/// A data pack that lists one network as a VPN.
fn vpn_list(folder: &Path, company: &Company) -> PackHolder {
    use muster_packs::install::Installer;
    use muster_packs::sources::{Provenance, RawFile, build};
    use muster_packs::{Kind, Packs};
    let now = company.context.now();
    let provenance = Provenance {
        name: "A fixture".to_owned(),
        source: "made up for a test".to_owned(),
        licence: "CC0-1.0".to_owned(),
        attribution: Vec::new(),
        date: Some(now.date_in(&jiff::tz::TimeZone::UTC)),
        date_otherwise: None,
        warn_days: 90,
        void_days: 180,
    };
    let list = RawFile { name: "vpn.txt".to_owned(), bytes: b"60.1.2.0/24\n".to_vec() };
    let built = build(Kind::Vpn, &[list], provenance, &mut |_| {}).unwrap();
    let installer = Installer { dir: folder.to_owned(), now, dry_run: false };
    installer.take_built(built).unwrap();
    PackHolder::new(Packs::open(folder))
}

pub(super) fn lisbon() -> Option<Point> {
    Point::from_degrees(38.72, -9.14)
}

crate::on_both_databases! {
    async fn who_comes_and_says_where_they_are_is_verified_and_gets_a_receipt(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(judged.outcome.as_deref(), Some("verified"), "{:?}", judged.cause);
        assert_eq!(judged.presence.as_deref(), Some("live_person_seen"));
        assert!(company.cases().await.is_empty());

        // Promise P8: the receipt makes her a witness of the log.
        let receipt = company.mails_to("maria@muster.example").pop().expect("a receipt");
        let signing = &company.context.signing;
        let start = receipt.text.find(signing.origin()).expect("the checkpoint stands in the receipt");
        let note: String = receipt.text[start..].lines().map(str::trim_end).take(5).collect::<Vec<_>>().join("\n") + "\n";
        Checkpoint::verify(&note, signing.origin(), &signing.public()).expect("a signed checkpoint");

        // The judgement can be replayed from what was kept, to the same bytes.
        let kept = check_ins::judgement::<JudgingInput, Judgement>(company.store(), company.store().read(), &judged).await.unwrap();
        let (input, result) = kept.expect("a kept judgement");
        assert_eq!(judge(&input), result);
        company.ends_well().await;
    }

    async fn a_vpn_on_the_way_is_a_finding_and_the_address_is_kept_nowhere(company: Company) {
        const ADDRESS: &str = "60.1.2.77";
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let folder = tempfile::tempdir().unwrap();
        let context = Context { packs: vpn_list(folder.path(), &company), ..company.context.clone() };
        let row = company.first_check_in(cast.maria, "drawn").await;
        let answer = PlaceAnswer {
            status: Some(ClaimStatus::Ok),
            point: lisbon(),
            accuracy_metres: Some(30),
            address: Some(ADDRESS.parse().unwrap()),
            ..PlaceAnswer::default()
        };
        comes_and_answers(&company, &context, &row, answer).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(judged.assurance.as_deref(), Some("review"), "a high finding of one family");
        let found = evidence::findings(company.store().read(), row.check_in_id()).await.unwrap();
        let raised: Vec<&str> = found.iter().filter(|f| f.severity == "high").map(|f| f.rule_id.as_str()).collect();
        assert_eq!(raised, ["ip-anonymizer"]);
        for (place, bytes) in written(&company).await {
            let number = 0x3c01_024d_u32.to_be_bytes();
            assert!(!contains(&bytes, ADDRESS.as_bytes()) && !contains(&bytes, &number), "{place} holds the address");
        }
        // Nothing is known where no pack is installed, and nothing is said.
        let second = company.pass_until("the next check-in", 40 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|other| other.id != row.id)
        }).await;
        comes(&company, &second, ClaimStatus::Ok, lisbon()).await;
        meet(&company, &second, "live_person_seen").await;
        let found = evidence::findings(company.store().read(), second.check_in_id()).await.unwrap();
        assert!(found.iter().all(|f| f.family != "path"), "{found:?}");
    }

    async fn after_thirty_days_only_the_area_is_left(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, Point::from_degrees(38.7223, -9.1393)).await;
        meet(&company, &row, "live_person_seen").await;
        assert_eq!(claimed(&company, &row).await.point, Point::from_degrees(38.7223, -9.1393));
        company.clock.set(company.context.now().plus_minutes(31 * 24 * 60));
        muster::engine::sweeps::purge(&company.engine).await.unwrap();
        let area = claimed(&company, &row).await;
        assert_eq!((area.point, area.accuracy_metres), (Point::from_degrees(38.7, -9.15), None));
        let kept = check_ins::judgement::<JudgingInput, Judgement>(company.store(), company.store().read(), &row).await.unwrap();
        assert_eq!(kept.unwrap().0.claim.unwrap().point, Point::from_degrees(38.7, -9.15));
    }

    async fn to_say_no_to_the_place_is_an_answer_and_asks_for_one_more_check_in(company: Company) {
        let cast = company.usual_cast().await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Declined, None).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        assert!(matches!(judged.outcome.as_deref(), Some("verified" | "inconclusive")), "{:?}", judged.outcome);
        assert!(company.cases().await.is_empty(), "a no to the place is never a case by itself");
    }

    async fn a_clock_far_from_the_shared_place_is_looked_at_by_a_human(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes_with_clock(&company, &row, ClaimStatus::Ok, lisbon(), Some("Asia/Tokyo")).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(judged.outcome.as_deref(), Some("needs_review"), "{:?}", judged.cause);
        let kept = check_ins::judgement::<JudgingInput, Judgement>(company.store(), company.store().read(), &judged).await.unwrap();
        let (input, judgement) = kept.expect("a kept judgement");
        let rules: Vec<&str> = judgement.findings.iter().map(|f| f.rule_id.as_str()).collect();
        assert_eq!(rules, ["tz-mismatch"]);
        assert_eq!(input.claim.unwrap().region.countries.as_slice(), ["PT"]);
        assert_eq!(input.declared[0].region.time_zone.as_deref(), Some("Europe/Lisbon"));
    }

    async fn somebody_else_on_camera_goes_to_security_and_not_to_the_line(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        let judged = meet(&company, &row, "different_person").await;
        assert_eq!(judged.outcome.as_deref(), Some("escalated"));
        let told = company.pass_until("security's mail", 24 * 60, async || company.mails_to("sven@muster.example").pop()).await;
        assert!(!told.subject.contains("Maria") && !told.text.contains("Maria"), "no name in a serious mail");
        company.pass_to(company.context.now().plus_minutes(3 * 24 * 60)).await;
        assert!(company.mails_to("mads@muster.example").iter().all(|m| !m.subject.starts_with("Case")), "the manager hears nothing of it");
        assert!(company.mails_to("hedda@muster.example").is_empty(), "before the second, blind look only security hears it");
        company.ends_well().await;
    }

    async fn an_explicit_no_is_a_refusal_and_not_a_miss(company: Company) {
        let cast = company.usual_cast().await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let me = person_of(&company, &row).await;
        employee::refuse(&company.context, &me, row.check_in_id(), "I do not want to be filmed at home").await.unwrap();
        company.engine.drain().await.unwrap();
        company.pass_to(row.clocks().grace_end().plus_minutes(5)).await;
        let judged = company.check_in(row.check_in_id()).await;
        assert_eq!(judged.outcome.as_deref(), Some("refused"), "{:?}", judged.cause);
        assert_eq!(company.cases().await[0].cause, "refused");
        company.ends_well().await;
    }
}

async fn claimed(company: &Company, row: &check_in::Model) -> Claim {
    let kept =
        evidence::attestation(company.store().read(), row.check_in_id()).await.unwrap().unwrap();
    let place = Place { table: "attestation", column: "claim", row: kept.id };
    let owner = Owner::Person(PersonId(row.person_id));
    company.store().unseal(company.store().read(), owner, place, &kept.claim).await.unwrap()
}
