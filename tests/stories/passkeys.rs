//! Passkeys: added where somebody watches and counted at once, added alone and shown as waiting, signing the
//! answer about place, declined, lent to somebody else, removed. A passkey is a software authenticator here.

use super::future_draw::{contains, written};
use super::place_records::{
    LISBON, comes_to_the_question, invalid, judgement, read, rules, second_person,
};
use super::verified::meet;
use crate::support::authenticator::{Authenticator, BACKED_UP, PRESENT, SYNCED, Said, VERIFIED};
use crate::support::browser_key::BrowserKey;
use crate::support::{Cast, Company, Database};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster::acts::check_in::{self as employee, PlaceAnswer};
use muster::acts::passkeys::{self, Given, Word};
use muster::acts::sightings::{self, RoomChange};
use muster::acts::verify::{self, TypedForm};
use muster::acts::{ActError, place_record};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::Party;
use muster_domain::judging::finding::Severity;
use muster_domain::judging::judge::Judgement;
use muster_domain::judging::passkey::PasskeyUse;
use muster_domain::passkey::RelyingParty;
use muster_store::entities::{check_in, person};
use muster_store::{audit, evidence, passkeys as rows, people};
use uuid::Uuid;

const ORIGIN: &str = "http://localhost:8080";

fn party() -> RelyingParty {
    RelyingParty::new(false, "localhost:8080")
}

async fn get(company: &Company, id: PersonId) -> person::Model {
    people::get(company.store().read(), id).await.unwrap()
}

/// Adds one; `during` is the check-in in whose room they sit.
async fn adds(
    company: &Company,
    who: PersonId,
    device: &Authenticator,
    during: Option<CheckInId>,
) -> Result<Uuid, ActError> {
    adds_saying(company, who, device, during, |said| said).await
}

async fn adds_saying(
    company: &Company,
    who: PersonId,
    device: &Authenticator,
    during: Option<CheckInId>,
    lie: impl FnOnce(Said) -> Said,
) -> Result<Uuid, ActError> {
    let me = get(company, who).await;
    let question = passkeys::question(&company.context, &me).await?;
    let challenge = URL_SAFE_NO_PAD.decode(question.challenge).unwrap();
    let sent = device.create(&lie(Said::to(&challenge, ORIGIN)));
    Ok(passkeys::add(&company.context, &me, &party(), &sent, during).await?.id)
}

/// Answers from Lisbon, signed by a browser and, as `given` has it, a passkey.
async fn answers(
    company: &Company,
    row: &check_in::Model,
    key: &BrowserKey,
    given: impl FnOnce([u8; 32]) -> Given,
) -> Result<(), ActError> {
    let me = comes_to_the_question(company, row).await;
    let (context, id) = (&company.context, row.check_in_id());
    let nonce = employee::issue_nonce(context, id).await.unwrap();
    let record = key.sign(&key.claims(row.id, &nonce, LISBON));
    let challenge = place_record::read(context, id, &record).unwrap().challenge;
    let answer = PlaceAnswer { passkey: given(challenge), ..read(context, row, &record).unwrap() };
    employee::attest(context, &me, id, &answer).await
}

/// What the page sends when this one signed; `count` is its own.
fn signed_by(device: &Authenticator, count: u32) -> impl FnOnce([u8; 32]) -> Given + '_ {
    move |challenge| {
        let sent = device.get(&Said { count, ..Said::to(&challenge, ORIGIN) });
        Given::Signed { sent, challenge, party: party() }
    }
}

async fn in_room(company: &Company, id: CheckInId, joined: bool) {
    for (who, n) in [(Party::Employee, 51), (Party::Verifier, 52)] {
        let (connection, at) = (Uuid::from_u128(n), company.context.now());
        let change = RoomChange { check_in: id, who, connection, joined, at };
        sightings::in_room(&company.context, &change).await.unwrap();
    }
}

/// A talk in which one is added, with what the verifier says of it.
async fn adds_in_talk(
    company: &Company,
    row: &check_in::Model,
    device: &Authenticator,
    presence: &str,
    saw_passkey: bool,
) -> check_in::Model {
    let id = row.check_in_id();
    let verifier = get(company, row.verifier().unwrap()).await;
    company.pass_to(row.clocks().start).await;
    in_room(company, id, true).await;
    adds(company, row.person(), device, Some(id)).await.unwrap();
    company.pass_to(row.clocks().start.plus_minutes(4)).await;
    let form = TypedForm { presence: presence.into(), saw_passkey, ..TypedForm::default() };
    let mut form = form;
    for task in evidence::challenges(company.store().read(), id).await.unwrap() {
        verify::reveal(&company.context, &verifier, id, task.no).await.unwrap();
        form.answers.insert(task.no, "done".into());
    }
    in_room(company, id, false).await;
    verify::give_form(&company.context, &verifier, id, &form).await.unwrap();
    company.engine.drain().await.unwrap();
    company.check_in(id).await
}

/// Maria's first session is still to come.
async fn newcomer(company: &Company) -> Cast {
    let cast = company.usual_cast().await;
    company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
    let mut maria = get(company, cast.maria).await;
    maria.baseline = people::baseline::DUE.into();
    let tx = company.store().begin().await.unwrap();
    muster_store::save(&tx, maria).await.unwrap();
    tx.commit().await.unwrap();
    cast
}

async fn next(company: &Company, who: PersonId, after: &check_in::Model) -> check_in::Model {
    let find = async || {
        let later = |c: &check_in::Model| c.start_ms > after.start_ms && c.outcome.is_none();
        company.check_ins(who).await.into_iter().find(later)
    };
    company.pass_until("the next check-in", 60 * 24 * 60, find).await
}

/// Severity of a rule's active finding, if it spoke.
fn severity(judgement: &Judgement, rule: &str) -> Option<Severity> {
    judgement.findings.iter().find(|f| f.is_active() && f.rule_id == rule).map(|f| f.severity)
}

async fn kinds(company: &Company, who: PersonId) -> Vec<String> {
    let subject = get(company, who).await.pseudonym;
    let entries = audit::about(company.store().read(), subject).await.unwrap();
    // Entries of one moment stand in no order.
    let mut kinds: Vec<String> =
        entries.into_iter().map(|e| e.kind).filter(|k| k.starts_with("passkey-")).collect();
    kinds.sort_unstable();
    kinds
}

crate::on_both_databases! {
    async fn one_that_a_verifier_watched_counts_at_once_and_signs_the_next_answer(company: Company) {
        let cast = newcomer(&company).await;
        let (key, device) = (BrowserKey::new(), Authenticator::new());
        let first = company.first_check_in(cast.maria, "baseline").await;
        answers(&company, &first, &key, |_| Given::Nothing).await.unwrap();
        let held = adds_in_talk(&company, &first, &device, "live_person_seen", true).await;
        assert_eq!(held.outcome.as_deref(), Some("verified"));
        let (_, found) = judgement(&company, &held).await;
        assert_eq!(rules(&found), [""; 0], "none was asked for, and the new one is approved");
        let mine = passkeys::mine(&company.context, cast.maria).await.unwrap();
        assert_eq!(mine[0].row.approved_by, first.verifier_id);
        assert_eq!(kinds(&company, cast.maria).await, ["passkey-added", "passkey-approved"]);

        let drawn = company.first_check_in(cast.maria, "drawn").await;
        answers(&company, &drawn, &key, signed_by(&device, 0)).await.unwrap();
        let judged = meet(&company, &drawn, "live_person_seen").await;
        let (input, found) = judgement(&company, &judged).await;
        assert_eq!(rules(&found), [""; 0]);
        let standing = input.surroundings.device.passkey.expect("it is known how it stands");
        assert_eq!((standing.used, standing.other_people), (PasskeyUse::Used, 0));
        assert_eq!(judged.outcome.as_deref(), Some("verified"));

        // Nothing of it lies open, and her own export has it.
        for (place, bytes) in written(&company).await {
            assert!(!contains(&bytes, device.id().as_bytes()), "{place} holds the credential");
            assert!(!contains(&bytes, &device.id), "{place} holds the credential");
            assert!(!contains(&bytes, b"authenticatorData"), "{place} holds what was signed");
        }
        let maria = get(&company, cast.maria).await;
        let data = muster::acts::personal_data::mine(&company.context, &maria).await.unwrap();
        let text = serde_json::to_string(&data).unwrap();
        assert!(text.contains(&device.id()) && text.contains("authenticatorData"));
        company.clock.set(company.context.now().plus_minutes(31 * 24 * 60));
        muster::engine::sweeps::purge(&company.engine).await.unwrap();
        let kept = evidence::attestation(company.store().read(), drawn.check_in_id()).await.unwrap().unwrap();
        assert!(kept.record.is_none() && kept.passkey.is_none(), "what was signed goes with the exact point");
    }

    async fn a_verifier_who_did_not_watch_or_did_not_know_them_stands_for_nothing(company: Company) {
        let cast = newcomer(&company).await;
        let first = company.first_check_in(cast.maria, "baseline").await;
        answers(&company, &first, &BrowserKey::new(), |_| Given::Nothing).await.unwrap();
        adds_in_talk(&company, &first, &Authenticator::new(), "live_person_seen", false).await;
        // Later somebody watches, and has no picture to compare with.
        let drawn = company.first_check_in(cast.maria, "drawn").await;
        answers(&company, &drawn, &BrowserKey::new(), |_| Given::WentOn).await.unwrap();
        adds_in_talk(&company, &drawn, &Authenticator::new(), "live_person_seen", true).await;
        let mine = passkeys::mine(&company.context, cast.maria).await.unwrap();
        assert_eq!(mine.len(), 2);
        assert!(mine.iter().all(|one| one.row.approved_ms.is_none() && one.row.added_in.is_some()));
        // Outside a talk the name of one is only a name.
        let named = adds(&company, cast.maria, &Authenticator::new(), Some(drawn.check_in_id())).await.unwrap();
        let row = rows::find(company.store().read(), named).await.unwrap().unwrap();
        assert!(row.added_in.is_none());
    }

    async fn one_added_alone_waits_for_hr_who_is_not_in_their_line(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let (key, device) = (BrowserKey::new(), Authenticator::new());
        let id = adds(&company, cast.maria, &device, None).await.unwrap();
        let row = company.first_check_in(cast.maria, "drawn").await;
        answers(&company, &row, &key, signed_by(&device, 0)).await.unwrap();
        let judged = meet(&company, &row, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(severity(&found, "passkey-new"), Some(Severity::Info));
        assert_eq!(judged.assurance.as_deref(), Some("clear"), "a first one changes nothing");

        let context = &company.context;
        let own = passkeys::decide(context, cast.maria, cast.maria, id, Word::Approve).await;
        assert!(matches!(own, Err(ActError::Forbidden(_))));
        let boss = get(&company, cast.maria).await.manager_id.expect("a manager");
        let boss = passkeys::decide(context, PersonId(boss), cast.maria, id, Word::Approve).await;
        assert!(matches!(boss, Err(ActError::Forbidden(_))));
        passkeys::decide(context, cast.hr, cast.maria, id, Word::Approve).await.unwrap();
        let twice = passkeys::decide(context, cast.hr, cast.maria, id, Word::Approve).await;
        assert!(matches!(twice, Err(ActError::Conflict(_))));
        let other = passkeys::decide(context, cast.hr, cast.security, id, Word::Remove).await;
        assert!(other.is_err(), "it is not that person's");

        let row = next(&company, cast.maria, &row).await;
        answers(&company, &row, &key, signed_by(&device, 0)).await.unwrap();
        let judged = meet(&company, &row, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(rules(&found), [""; 0]);
    }

    async fn another_device_is_looked_at_and_two_in_a_month_need_a_person(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let (key, first, second, third) =
            (BrowserKey::new(), Authenticator::new(), Authenticator::ed25519(), Authenticator::rsa());
        let id = adds(&company, cast.maria, &first, None).await.unwrap();
        passkeys::decide(&company.context, cast.hr, cast.maria, id, Word::Approve).await.unwrap();
        let row = company.first_check_in(cast.maria, "drawn").await;
        // The approved one is removed first; that does not make the next one a first one.
        let maria = get(&company, cast.maria).await;
        passkeys::remove(&company.context, &maria, id).await.unwrap();
        let second_id = adds(&company, cast.maria, &second, None).await.unwrap();
        answers(&company, &row, &key, signed_by(&second, 0)).await.unwrap();
        let judged = meet(&company, &row, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(severity(&found, "passkey-new"), Some(Severity::Medium));
        assert_eq!((judged.outcome.as_deref(), judged.assurance.as_deref()), (Some("verified"), Some("notes")));

        let row = next(&company, cast.maria, &row).await;
        passkeys::remove(&company.context, &maria, second_id).await.unwrap();
        for device in [&third, &Authenticator::new()] {
            adds(&company, cast.maria, device, None).await.unwrap();
        }
        answers(&company, &row, &key, signed_by(&third, 0)).await.unwrap();
        let judged = meet(&company, &row, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(severity(&found, "passkey-new"), Some(Severity::High));
        assert_eq!(judged.outcome.as_deref(), Some("needs_review"));
    }

    async fn going_on_without_it_is_noted_and_counts_for_nothing(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let (key, device) = (BrowserKey::new(), Authenticator::new());
        let id = adds(&company, cast.maria, &device, None).await.unwrap();
        passkeys::decide(&company.context, cast.hr, cast.maria, id, Word::Approve).await.unwrap();
        let mut row = company.first_check_in(cast.maria, "drawn").await;
        for (given, level) in [(Given::WentOn, Severity::Low), (Given::Nothing, Severity::Info)] {
            answers(&company, &row, &key, |_| given).await.unwrap();
            let judged = meet(&company, &row, "live_person_seen").await;
            let (_, found) = judgement(&company, &judged).await;
            assert_eq!(rules(&found), ["passkey-not-used"]);
            assert_eq!(severity(&found, "passkey-not-used"), Some(level));
            assert_eq!(judged.assurance.as_deref(), Some("clear"));
            row = next(&company, cast.maria, &row).await;
        }
        // Removed, it is not asked for.
        let maria = get(&company, cast.maria).await;
        passkeys::remove(&company.context, &maria, id).await.unwrap();
        assert!(passkeys::offered(&company.context, cast.maria).await.unwrap().is_empty());
        answers(&company, &row, &key, |_| Given::Nothing).await.unwrap();
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(rules(&judgement(&company, &judged).await.1), [""; 0]);
    }

    async fn one_passkey_for_two_people_goes_to_security_and_names_nobody(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let device = Authenticator::new();
        adds(&company, cast.maria, &device, None).await.unwrap();
        let first = company.first_check_in(cast.maria, "drawn").await;
        answers(&company, &first, &BrowserKey::new(), signed_by(&device, 0)).await.unwrap();
        meet(&company, &first, "live_person_seen").await;
        // Rui never enrolled one. His page takes hers without a word.
        let rui = second_person(&company).await;
        let second = company.first_check_in(rui, "drawn").await;
        answers(&company, &second, &BrowserKey::new(), signed_by(&device, 0)).await.unwrap();
        let judged = meet(&company, &second, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(severity(&found, "passkey-shared"), Some(Severity::Critical));
        assert_eq!(judged.outcome.as_deref(), Some("escalated"));
        let told = serde_json::to_string(&found.findings).unwrap();
        let maria = get(&company, cast.maria).await;
        for word in [maria.name.clone(), maria.id.to_string(), maria.pseudonym.to_string()] {
            assert!(!told.contains(&word), "a finding names somebody else");
        }
        assert!(passkeys::mine(&company.context, rui).await.unwrap().is_empty(), "it is not his");
        // It speaks at her next check-in as well.
        let third = next(&company, cast.maria, &first).await;
        answers(&company, &third, &BrowserKey::new(), signed_by(&device, 0)).await.unwrap();
        let judged = meet(&company, &third, "live_person_seen").await;
        let (_, found) = judgement(&company, &judged).await;
        assert_eq!(severity(&found, "passkey-shared"), Some(Severity::Critical));
    }

    async fn naming_somebody_elses_passkey_without_holding_it_accuses_nobody(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let device = Authenticator::new();
        adds(&company, cast.maria, &device, None).await.unwrap();
        // Attestation is not asked for, so a page can register what it cannot sign with.
        let rui = second_person(&company).await;
        adds(&company, rui, &device, None).await.unwrap();
        let row = company.first_check_in(cast.maria, "drawn").await;
        answers(&company, &row, &BrowserKey::new(), signed_by(&device, 0)).await.unwrap();
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(severity(&judgement(&company, &judged).await.1, "passkey-shared"), None);
    }

    async fn what_does_not_fit_is_refused_in_words_and_asked_again(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let (key, device) = (BrowserKey::new(), Authenticator::new());
        let lies: [fn(Said) -> Said; 3] = [
            |said| Said { origin: "https://muster.evil.example".into(), ..said },
            |said| Said { flags: PRESENT, ..said },
            |said| Said { flags: PRESENT | VERIFIED | BACKED_UP, ..said },
        ];
        for lie in lies {
            let refused = adds_saying(&company, cast.maria, &device, None, lie).await;
            assert!(invalid(refused.map(|_| ())).contains("without"));
        }
        let synced = |said| Said { flags: PRESENT | VERIFIED | SYNCED, ..said };
        let id = adds_saying(&company, cast.maria, &device, None, synced).await.unwrap();
        let again = adds(&company, cast.maria, &device, None).await;
        assert!(invalid(again.map(|_| ())).contains("was here before"));
        assert_eq!(kinds(&company, cast.maria).await, ["passkey-added"]);

        let row = company.first_check_in(cast.maria, "drawn").await;
        let said = |challenge: &[u8]| synced(Said::to(challenge, ORIGIN));
        let signed = |sent, challenge| Given::Signed { sent, challenge, party: party() };
        // A signature of another question, of another device, and one that says it is bound now.
        let other = answers(&company, &row, &key, |c| signed(device.get(&said(&[7; 32])), c)).await;
        assert!(invalid(other).contains("could not be taken"));
        let stranger = Authenticator::new();
        let unknown = answers(&company, &row, &key, |c| signed(stranger.get(&said(&c)), c)).await;
        assert!(invalid(unknown).contains("not known here"));
        let bound = answers(&company, &row, &key, |c| signed(device.get(&Said::to(&c, ORIGIN)), c)).await;
        assert!(invalid(bound).contains("could not be taken"));
        let none = evidence::attestation(company.store().read(), row.check_in_id()).await.unwrap();
        assert!(none.is_none(), "nothing of them is kept");
        let kept = rows::find(company.store().read(), id).await.unwrap().unwrap();
        assert!(kept.last_ms.is_none());
        answers(&company, &row, &key, |c| signed(device.get(&said(&c)), c)).await.unwrap();
    }

    async fn a_question_is_good_once_for_one_person_and_for_ten_minutes(company: Company) {
        let cast = company.usual_cast().await;
        let (maria, other) = (get(&company, cast.maria).await, get(&company, cast.security).await);
        let context = &company.context;
        let asked = |me| passkeys::question(context, me);
        let sent = |question: &passkeys::Question| {
            let challenge = URL_SAFE_NO_PAD.decode(&question.challenge).unwrap();
            Authenticator::new().create(&Said::to(&challenge, ORIGIN))
        };
        let question = asked(&maria).await.unwrap();
        let foreign = passkeys::add(context, &other, &party(), &sent(&question), None).await;
        assert!(invalid(foreign.map(|_| ())).contains("open too long"), "it was asked of somebody else");
        passkeys::add(context, &maria, &party(), &sent(&question), None).await.unwrap();
        let twice = passkeys::add(context, &maria, &party(), &sent(&question), None).await;
        assert!(invalid(twice.map(|_| ())).contains("open too long"));
        let (first, second) = (asked(&maria).await.unwrap(), asked(&maria).await.unwrap());
        let stale = passkeys::add(context, &maria, &party(), &sent(&first), None).await;
        assert!(invalid(stale.map(|_| ())).contains("open too long"), "a later page was opened");
        company.clock.pass_ms(10 * 60_000 + 1);
        let late = passkeys::add(context, &maria, &party(), &sent(&second), None).await;
        assert!(invalid(late.map(|_| ())).contains("open too long"));
        assert_eq!(first.user, second.user);
        assert_ne!(first.user, asked(&other).await.unwrap().user);
        assert_eq!(second.known.len(), 1, "her device is told what it has already");
    }

    async fn a_count_that_falls_is_a_note_and_a_removed_one_goes(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, LISBON.0, LISBON.1).await;
        let (key, device) = (BrowserKey::new(), Authenticator::new());
        let id = adds(&company, cast.maria, &device, None).await.unwrap();
        passkeys::decide(&company.context, cast.hr, cast.maria, id, Word::Approve).await.unwrap();
        let mut row = company.first_check_in(cast.maria, "drawn").await;
        for (count, spoke) in [(5, false), (5, true), (6, false)] {
            answers(&company, &row, &key, signed_by(&device, count)).await.unwrap();
            let judged = meet(&company, &row, "live_person_seen").await;
            let (_, found) = judgement(&company, &judged).await;
            assert_eq!(severity(&found, "passkey-count-fell"), spoke.then_some(Severity::Info), "{count}");
            assert_eq!(judged.assurance.as_deref(), Some("clear"));
            row = next(&company, cast.maria, &row).await;
        }
        passkeys::decide(&company.context, cast.hr, cast.maria, id, Word::Remove).await.unwrap();
        let kept = rows::find(company.store().read(), id).await.unwrap().unwrap();
        assert!(kept.detail.is_none() && kept.removed_ms.is_some(), "the credential goes at once");
        assert_eq!(kinds(&company, cast.maria).await, ["passkey-added", "passkey-approved", "passkey-removed"]);
        let unknown = answers(&company, &row, &key, signed_by(&device, 7)).await;
        assert!(invalid(unknown).contains("not known here"));
        company.clock.set(company.context.now().plus_minutes(181 * 24 * 60));
        muster::engine::sweeps::purge(&company.engine).await.unwrap();
        assert!(rows::find(company.store().read(), id).await.unwrap().is_none());
    }
}
