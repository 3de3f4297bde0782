//! Signed answers about place, and what is gathered beside them: kept sealed, gone with the exact
//! point, refused when late, used, altered or of another check-in; and what each leads to.

use super::future_draw::{contains, written};
use super::verified::{lisbon, meet};
use crate::support::browser_key::BrowserKey;
use crate::support::{Company, Database, Somebody};
use muster::acts::check_in::{self as employee, NOTICE_VERSION, PlaceAnswer};
use muster::acts::{ActError, Context, Gathering, place_record};
use muster::engine::{Engine, Ports};
use muster_domain::id::PersonId;
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::judging::finding::{Finding, FindingStatus};
use muster_domain::judging::gathered::{CameraClass, RendererClass, Unsigned};
use muster_domain::judging::judge::{Judgement, JudgingInput, judge};
use muster_domain::judging::surroundings::RoundTrips;
use muster_packs::install::Installer;
use muster_packs::sources::{Provenance, RawFile, build};
use muster_packs::{Kind, PackHolder, Packs};
use muster_store::entities::{check_in, person};
use muster_store::{check_ins, evidence, people};
use muster_testkit::mmdb::{Cell, MmdbWriter};
use std::path::Path;
use std::sync::Arc;

pub(super) const LISBON: (f64, f64) = (38.72, -9.14);

async fn me(company: &Company, row: &check_in::Model) -> person::Model {
    people::get(company.store().read(), row.person()).await.unwrap()
}

/// Notice and devices, so that the place is next.
pub(super) async fn comes_to_the_question(
    company: &Company,
    row: &check_in::Model,
) -> person::Model {
    let me = me(company, row).await;
    let id = row.check_in_id();
    employee::acknowledge(&company.context, &me, id, NOTICE_VERSION).await.unwrap();
    employee::try_devices(&company.context, &me, id, None).await.unwrap();
    me
}

/// The answer that the page reads out of a record.
pub(super) fn read(
    context: &Context,
    row: &check_in::Model,
    record: &str,
) -> Result<PlaceAnswer, ActError> {
    let read = place_record::read(context, row.check_in_id(), record)?;
    Ok(PlaceAnswer::of_record(&read, record))
}

/// A person answers with a browser's key from Lisbon, with more around it.
async fn signs(
    company: &Company,
    context: &Context,
    row: &check_in::Model,
    key: &BrowserKey,
    around: impl FnOnce(PlaceAnswer) -> PlaceAnswer,
) {
    let me = comes_to_the_question(company, row).await;
    let nonce = employee::issue_nonce(context, row.check_in_id()).await.unwrap();
    let record = key.sign(&key.claims(row.id, &nonce, LISBON));
    let answer = around(read(context, row, &record).unwrap());
    employee::attest(context, &me, row.check_in_id(), &answer).await.unwrap();
}

pub(super) async fn judgement(
    company: &Company,
    row: &check_in::Model,
) -> (JudgingInput, Judgement) {
    let store = company.store();
    let kept = check_ins::judgement::<JudgingInput, Judgement>(store, store.read(), row).await;
    let (input, judgement) = kept.unwrap().expect("a kept judgement");
    assert_eq!(judge(&input), judgement, "it can be replayed");
    (input, judgement)
}

pub(super) fn rules(judgement: &Judgement) -> Vec<&str> {
    judgement.findings.iter().filter(|f| f.is_active()).map(|f| f.rule_id.as_str()).collect()
}

fn blind<'a>(judgement: &'a Judgement, rule: &str) -> Option<&'a Finding> {
    let is_blind = |f: &&Finding| matches!(f.status, FindingStatus::NotMeasurable { .. });
    judgement.findings.iter().filter(|f| f.rule_id == rule).find(is_blind)
}

pub(super) fn invalid(result: Result<(), ActError>) -> String {
    match result {
        Err(ActError::Invalid(faults)) => faults[0].1.clone(),
        other => panic!("not refused in words: {other:?}"),
    }
}

/// Another member of the pool, met by the same verifier.
pub(super) async fn second_person(company: &Company) -> PersonId {
    let zone = "Europe/Lisbon";
    let name = "Rui Prado";
    let person =
        company.person(Somebody { name, zone, manager: None, roles: &[], in_pool: true }).await;
    company.declare_place(person, LISBON.0, LISBON.1).await;
    person
}

/// A pack that says in which countries two networks are.
fn countries(folder: &Path, company: &Company) -> PackHolder {
    let mut writer = MmdbWriter::new("Countries", 0);
    for (network, code) in [("60.1.0.0", "PT"), ("60.9.0.0", "US")] {
        writer.add(network, 16, Cell::Map(vec![("country_code", code.into())]));
    }
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
    let file = RawFile { name: "countries.mmdb".to_owned(), bytes: writer.finish() };
    let built = build(Kind::Country, &[file], provenance, &mut |_| {}).unwrap();
    Installer { dir: folder.to_owned(), now, dry_run: false }.take_built(built).unwrap();
    PackHolder::new(Packs::open(folder))
}

crate::on_both_databases! {
    async fn a_signed_answer_is_kept_sealed_and_goes_with_the_exact_point(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let key = BrowserKey::new();
        signs(&company, &company.context, &row, &key, |answer| answer).await;
        let kept = evidence::attestation(company.store().read(), row.check_in_id()).await.unwrap().unwrap();
        assert!(kept.record.is_some());
        for (place, bytes) in written(&company).await {
            assert!(!contains(&bytes, key.thumbprint().as_bytes()), "{place} holds the key's thumbprint");
            assert!(!contains(&bytes, b"eyJhbGciOiJFUzI1NiI"), "{place} holds the record in the clear");
        }
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(judged.outcome.as_deref(), Some("verified"));
        let (input, judgement) = judgement(&company, &judged).await;
        assert_eq!(rules(&judgement), Vec::<&str>::new());
        let standing = input.surroundings.device.standing.expect("the key is known");
        assert!(standing.is_new && standing.earlier_keys == 0 && standing.other_people == 0);
        // Her own export has it, opened.
        let person = me(&company, &row).await;
        let data = muster::acts::personal_data::mine(&company.context, &person).await.unwrap();
        let text = serde_json::to_string(&data).unwrap();
        assert!(text.contains("eyJhbGciOiJFUzI1NiI") && text.contains("device_key"));

        company.clock.set(company.context.now().plus_minutes(31 * 24 * 60));
        muster::engine::sweeps::purge(&company.engine).await.unwrap();
        let kept = evidence::attestation(company.store().read(), row.check_in_id()).await.unwrap().unwrap();
        assert!(kept.record.is_none() && kept.coarse, "a record cannot be made coarse, so it goes");
    }

    async fn late_used_altered_and_foreign_records_are_refused_in_words_and_asked_again(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let (context, id, key) = (&company.context, row.check_in_id(), BrowserKey::new());
        let person = comes_to_the_question(&company, &row).await;
        let nonce = employee::issue_nonce(context, id).await.unwrap();
        let claims = key.claims(row.id, &nonce, LISBON);
        let record = key.sign(&claims);

        // Altered on its way: another place under the same signature.
        let mut moved = claims.clone();
        moved["location"]["latitude"] = serde_json::json!(40.0);
        let (parts, other) = (record.split('.').collect::<Vec<_>>(), key.sign(&moved));
        let altered = format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]);
        assert!(invalid(read(context, &row, &altered).map(|_| ())).contains("did not arrive as it was signed"));
        // Signed by one key in the name of another.
        let mut named = claims.clone();
        named["cnf"]["jkt"] = serde_json::json!(BrowserKey::new().thumbprint());
        assert!(invalid(read(context, &row, &key.sign(&named)).map(|_| ())).contains("once more"));
        // For another check-in.
        let mut foreign = claims.clone();
        foreign["check_in"] = serde_json::json!(uuid::Uuid::from_u128(1));
        assert!(invalid(read(context, &row, &key.sign(&foreign)).map(|_| ())).contains("another check-in"));
        let none = evidence::attestation(company.store().read(), id).await.unwrap();
        assert!(none.is_none(), "nothing of them is kept");

        // None of that used the question up: the true answer still counts, once.
        let answer = read(context, &row, &record).unwrap();
        employee::attest(context, &person, id, &answer).await.unwrap();
        assert!(invalid(employee::attest(context, &person, id, &answer).await).contains("answered already"));
        // Sixty seconds are the limit; plain fields have as long as the page.
        let nonce = employee::issue_nonce(context, id).await.unwrap();
        let late = read(context, &row, &key.sign(&key.claims(row.id, &nonce, LISBON))).unwrap();
        company.clock.pass_ms(60_001);
        assert!(invalid(employee::attest(context, &person, id, &late).await).contains("too long"));
        let plain = PlaceAnswer { nonce, status: Some(ClaimStatus::Declined), ..PlaceAnswer::default() };
        employee::attest(context, &person, id, &plain).await.unwrap();
        let nonce = employee::issue_nonce(context, id).await.unwrap();
        let in_time = read(context, &row, &key.sign(&key.claims(row.id, &nonce, LISBON))).unwrap();
        company.clock.pass_ms(60_000);
        employee::attest(context, &person, id, &in_time).await.unwrap();
    }

    async fn one_browser_for_two_people_is_looked_at_and_names_nobody(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let key = BrowserKey::new();
        let first = company.first_check_in(cast.maria, "drawn").await;
        signs(&company, &company.context, &first, &key, |answer| answer).await;
        // He joins afterwards, so that his turn comes later.
        let rui = second_person(&company).await;
        let second = company.first_check_in(rui, "drawn").await;
        signs(&company, &company.context, &second, &key, |answer| answer).await;
        let judged = meet(&company, &second, "live_person_seen").await;
        let (_, judgement) = judgement(&company, &judged).await;
        assert_eq!(rules(&judgement), ["device-key-shared"]);
        assert_eq!(judged.outcome.as_deref(), Some("needs_review"));
        let told = serde_json::to_string(&judgement.findings).unwrap();
        let maria = me(&company, &first).await;
        for word in [maria.name.clone(), maria.id.to_string(), maria.pseudonym.to_string()] {
            assert!(!told.contains(&word), "a finding names somebody else");
        }
    }

    async fn a_cleared_browser_or_one_that_cannot_sign_changes_nothing(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        signs(&company, &company.context, &row, &BrowserKey::new(), |answer| answer).await;
        meet(&company, &row, "live_person_seen").await;
        let next = company.pass_until("the next check-in", 40 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|c| c.start_ms > row.start_ms)
        }).await;
        signs(&company, &company.context, &next, &BrowserKey::new(), |answer| answer).await;
        let judged = meet(&company, &next, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        // Maria joined days ago: what compares her with her own past is kept and shown, and only learns.
        assert_eq!(rules(&found), [""; 0]);
        let noted: Vec<(&str, &str)> = found.findings.iter().map(|f| (f.rule_id.as_str(), f.status.code())).collect();
        assert_eq!(noted, [("device-key-new", "learning")]);
        assert_eq!((judged.outcome.as_deref(), judged.assurance.as_deref()), (Some("verified"), Some("clear")));

        let third = company.pass_until("a third", 40 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|c| c.start_ms > next.start_ms)
        }).await;
        let person = comes_to_the_question(&company, &third).await;
        let nonce = employee::issue_nonce(&company.context, third.check_in_id()).await.unwrap();
        let answer = PlaceAnswer {
            nonce,
            status: Some(ClaimStatus::Ok),
            point: lisbon(),
            accuracy_metres: Some(30),
            unsigned: Some(Unsigned::NoCrypto),
            ..PlaceAnswer::default()
        };
        employee::attest(&company.context, &person, third.check_in_id(), &answer).await.unwrap();
        let judged = meet(&company, &third, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert!(rules(&found).is_empty() && blind(&found, "device-key-new").is_some());
        assert_eq!(judged.assurance.as_deref(), Some("clear"));
    }

    async fn round_trips_and_the_servers_place_judge_as_in_recorded_evidence(company: Company) {
        let mut company = company;
        // The server stands in Singapore; light needs 119 ms to Lisbon and back through fibre.
        let settings = muster::acts::Settings {
            gathering: Gathering {
                server: Point::from_degrees(1.35, 103.82),
                sanctioned_regions: vec!["PT".to_owned()],
                ..Gathering::default()
            },
            ..(*company.context.settings).clone()
        };
        company.context.settings = Arc::new(settings);
        company.engine.stop().await.unwrap();
        let ports = Ports {
            busy: None,
            mail: company.mail.clone(),
            rooms: vec![Arc::new(muster_integrations::built_in_room::BuiltInRoom::new("http://localhost:8080".parse().unwrap()))],
            heartbeat: None,
            beacon: None,
        };
        company.engine = Engine::start(company.context.clone(), ports).await.unwrap();
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let (context, id, key) = (&company.context, row.check_in_id(), BrowserKey::new());
        let person = comes_to_the_question(&company, &row).await;
        let nonce = employee::issue_nonce(context, id).await.unwrap();
        let trips = RoundTrips { tcp_min_us: Some(9_000), app_min_us: Some(99_000) };
        assert!(employee::keep_round_trips(context, id, &nonce, trips).await.unwrap());
        let answer = read(context, &row, &key.sign(&key.claims(row.id, &nonce, LISBON))).unwrap();
        employee::attest(context, &person, id, &answer).await.unwrap();
        assert!(!employee::keep_round_trips(context, id, &nonce, trips).await.unwrap(), "the question is closed");
        let judged = meet(&company, &row, "live_person_seen").await;
        let (input, found) = judgement(&company, &judged).await;
        assert_eq!(rules(&found), ["sanctioned-region", "rtt-refutes-claim", "rtt-split-large"]);
        assert_eq!(judged.outcome.as_deref(), Some("escalated"));
        // The same behind a proxy of ours: the connection measured is not the page's.
        let mut proxied = input;
        proxied.surroundings.is_behind_proxy = true;
        let found = judge(&proxied);
        assert!(!rules(&found).contains(&"rtt-split-large"));
        assert!(blind(&found, "rtt-split").is_some());
    }

    async fn a_datagram_from_another_country_and_the_kind_of_device_are_findings(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let folder = tempfile::tempdir().unwrap();
        let context = Context { packs: countries(folder.path(), &company), ..company.context.clone() };
        let row = company.first_check_in(cast.maria, "drawn").await;
        signs(&company, &context, &row, &BrowserKey::new(), |answer| PlaceAnswer {
            address: Some("60.1.2.3".parse().unwrap()),
            datagram_from: Some("60.9.2.3".parse().unwrap()),
            camera: Some(CameraClass::Virtual),
            renderer: Some(RendererClass::Software),
            ..answer
        }).await;
        for (place, bytes) in written(&company).await {
            let number = 0x3c09_0203_u32.to_be_bytes();
            assert!(!contains(&bytes, b"60.9.2.3") && !contains(&bytes, &number), "{place} holds the address");
        }
        let judged = meet(&company, &row, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(rules(&found), ["udp-address-elsewhere", "camera-virtual", "renderer-software"]);
        assert_eq!(judged.assurance.as_deref(), Some("review"));
    }
}
