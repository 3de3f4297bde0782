//! One check-in from both sides, by forms: the employee prepares, both meet, the verifier gives the
//! form; and the ways beside.

use super::company::{Browser, Company, NOON};
use crate::acts::announce::{Announcement, Reason, announce};
use crate::acts::policy;
use crate::web::pages::room::relieved_to;
use crate::web::room::hub::Outgoing;
use crate::web::room::{Joined, Seat, Side};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use muster_domain::draw::HazardTable;
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::judging::evidence::{Claim, ClaimStatus, VerifierForm};
use muster_domain::person::Role;
use muster_domain::policy::{PolicyKnown, content_hash, parse_policy};
use muster_store::entities::{check_in, policy_version};
use muster_store::{Owner, Place, check_ins, evidence, notifications, people};

const POLICY: &str = r#"
[policy]
name = "Everybody"
applies_to = "employee_id pr"
law = "cadence"
[policy.cadence]
mean_gap_days = 20.0
"#;
pub(super) const START_IN_MINUTES: i64 = 20;

/// What the socket of a seat was given to send since the last look.
pub(super) fn heard(seat: &mut Joined) -> Vec<serde_json::Value> {
    let messages = std::iter::from_fn(|| seat.outbox.try_recv().ok());
    messages
        .filter_map(|item| match item {
            Outgoing::Message(message) => Some(serde_json::to_value(message).unwrap()),
            Outgoing::Close(_) => None,
        })
        .collect()
}

/// Waits for the next message of this type, which comes by itself.
async fn hear(seat: &mut Joined, kind: &str) -> serde_json::Value {
    let next = async {
        loop {
            let Some(Outgoing::Message(message)) = seat.outbox.recv().await else {
                panic!("the seat was lost")
            };
            let message = serde_json::to_value(message).unwrap();
            if message["type"] == kind {
                return message;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), next).await.expect(kind)
}

pub(super) struct Scene {
    pub company: Company,
    pub anna: PersonId,
    pub jo: PersonId,
    pub id: CheckInId,
}

impl Scene {
    pub(super) async fn open(name: &str) -> Scene {
        let company = Company::open(name).await;
        let anna = company.person("Anna Lind", None, &[]).await;
        let jo = company.person("Jo Park", None, &[Role::Verifier]).await;
        company.person("Sam Okoye", None, &[Role::Security]).await;
        company.person("Ravi Rao", None, &[Role::Hr]).await;
        let context = company.context();
        let store = &context.store;
        let known = PolicyKnown { attributes: &[], rooms: &["built-in"] };
        let parsed = parse_policy(POLICY, &known).unwrap().policy;
        let version = PolicyVersionId::from_random(store.entropy().bytes());
        let row = policy_version::Model {
            id: version.0,
            name: parsed.name.clone(),
            version: 1,
            text: POLICY.into(),
            parsed: serde_json::to_string(&parsed).unwrap(),
            hash: hex::encode(content_hash(&parsed)),
            hazard_table: serde_json::to_string(&HazardTable::pool(1.0)).unwrap(),
            state: "active".into(),
            proposed_by: None,
            proposed_ms: NOON.0,
            confirmed_by: None,
            confirmed_ms: Some(NOON.0),
            retired_ms: None,
        };
        let tx = store.begin().await.unwrap();
        muster_store::insert(&tx, row).await.unwrap();
        let policy = policy::load(&*tx, version).await.unwrap();
        let (person, verifier) =
            (people::get(&*tx, anna).await.unwrap(), people::get(&*tx, jo).await.unwrap());
        let what = Announcement {
            person: &person,
            policy_version: version,
            policy: &policy.policy,
            label: jiff::civil::date(2026, 12, 1),
            attempt: 1,
            start: NOON.plus_minutes(START_IN_MINUTES),
            notice_minutes: START_IN_MINUTES as u16,
            verifier: Some(&verifier),
            reason: Reason::Drawn,
            order: None,
            after: None,
        };
        let row = announce(context, &tx, &what).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let id = row.check_in_id();
        Scene { company, anna, jo, id }
    }

    pub(super) async fn row(&self) -> check_in::Model {
        check_ins::get(self.company.context().store.read(), self.id).await.unwrap()
    }

    async fn claim(&self) -> Option<Claim> {
        let store = &self.company.context().store;
        let kept = evidence::attestation(store.read(), self.id).await.unwrap()?;
        let place = Place { table: "attestation", column: "claim", row: kept.id };
        let owner = Owner::Person(self.anna);
        Some(store.unseal(store.read(), owner, place, &kept.claim).await.unwrap())
    }

    /// Takes a seat as the room's socket does.
    pub(super) async fn sit(&self, side: Side, person: PersonId, page: &str) -> Joined {
        let page = page.to_owned().try_into().unwrap();
        let db = self.company.context().store.read();
        let relieves = relieved_to(db, &self.row().await, person).await.unwrap();
        let seat = Seat { check_in: self.id, side, person, page, catch_up: Vec::new(), relieves };
        self.company.web.hub.join(seat).await.unwrap()
    }

    pub(super) async fn prepare(&self, anna: &mut Browser) {
        let base = format!("/check-ins/{}", self.id);
        let page = anna.get(&format!("{base}/read")).await;
        let version = page.hidden("notice_version");
        anna.post(&format!("{base}/read"), &[("notice_version", &version)]).await;
        anna.post(&format!("{base}/devices"), &[("result", "works")]).await;
    }

    async fn work_exists(&self, kind: &str) -> bool {
        use muster_store::entities::work;
        use sea_orm::EntityTrait;
        let all = work::Entity::find().all(self.company.context().store.read()).await.unwrap();
        all.iter().any(|w| w.kind == kind && w.payload.contains(&self.id.to_string()))
    }
}

#[tokio::test]
async fn anna_prepares_both_meet_and_jo_gives_the_form_once() {
    let scene = Scene::open("meeting").await;
    let base = format!("/check-ins/{}", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    let home = anna.get("/").await;
    assert!(home.text.contains(&base) && !home.text.contains("Jo Park"), "no name yet");
    assert_eq!(anna.get(&base).await.leads_to(), format!("{base}/read"));
    assert_eq!(anna.get(&format!("{base}/place")).await.leads_to(), base, "one step after another");
    scene.prepare(&mut anna).await;
    assert_eq!(anna.get(&base).await.leads_to(), format!("{base}/place"));
    let nonce = anna.get(&format!("{base}/place")).await.hidden("nonce");
    let fields = [
        ("nonce", nonce.as_str()),
        ("status", "ok"),
        ("lat", "51.339"),
        ("lon", "12.373"),
        ("accuracy_m", "19.5"),
    ];
    let page = anna.post(&format!("{base}/place"), &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("exact to about 20 m") && !page.text.contains("51.3"));
    let claim = scene.claim().await.unwrap();
    assert_eq!((claim.status, claim.accuracy_metres), (ClaimStatus::Ok, Some(20)));
    assert_eq!(claim.point.unwrap().latitude_e6, 51_339_000);
    assert_eq!(anna.get(&base).await.leads_to(), format!("{base}/wait"));
    let wait = anna.get(&format!("{base}/wait")).await;
    assert!(!wait.text.contains("Jo Park") && !wait.text.contains("Go into the room"));

    let session = format!("/verifier/sessions/{}", scene.id);
    let mut jo = scene.company.signed_in(scene.jo).await;
    let day = jo.get("/verifier").await;
    assert!(day.text.contains("13:20") && !day.text.contains("Anna"), "a time and no name");
    assert_eq!(jo.get(&session).await.status, StatusCode::CONFLICT, "not before the join window");

    scene.company.clock.advance_minutes(START_IN_MINUTES - 5);
    assert!(anna.get(&format!("{base}/wait")).await.text.contains("Jo Park"));
    let talk = anna.get(&format!("{base}/talk")).await;
    assert!(talk.text.contains(&format!("data-socket=\"/room/{}/socket\"", scene.id)));
    let join = jo.get(&session).await;
    assert!(join.text.contains("You meet Anna Lind"));
    let room = jo.get(&format!("{session}/room")).await;
    assert!(room.text.contains("drawn once both of you are in the room"));
    let early = jo.post(&format!("{session}/challenges/1"), &[]).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "nothing is drawn before both are there");

    let mut seat_a = scene.sit(Side::Employee, scene.anna, "aaaaaaaa").await;
    let mut seat_j = scene.sit(Side::Verifier, scene.jo, "bbbbbbbb").await;
    assert_eq!(scene.row().await.state, "live");
    // The page that was open before the draw hears of it, and of each task at its turn.
    assert_eq!(hear(&mut seat_j, "tasks").await["total"], 3);
    let late = jo.post(&format!("{session}/challenges/2"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "one after the other");
    let revealed = jo.post(&format!("{session}/challenges/1"), &[]).await;
    assert_eq!(revealed.status, StatusCode::NO_CONTENT);
    let (seen, told) = (heard(&mut seat_j), heard(&mut seat_a));
    let card = seen.iter().find(|m| m["type"] == "challenge").expect("the first card");
    assert!(card["position"] == 1 && card["look_for"].is_string(), "{card}");
    assert!(seen.iter().any(|m| m["type"] == "tasks" && m["revealed"] == 1), "{seen:?}");
    let same = told.iter().find(|m| m["type"] == "challenge").expect("the same card");
    assert_eq!((&same["text"], &same["look_for"]), (&card["text"], &serde_json::Value::Null));
    assert!(!told.iter().any(|m| m["type"] == "tasks"), "{told:?}");
    let again = jo.post(&format!("{session}/challenges/1"), &[]).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT);
    assert!(heard(&mut seat_a).is_empty(), "shown once");
    // A page that is loaded again has what was shown, and nothing of what is to come.
    let room = jo.get(&format!("{session}/room")).await;
    let tasks = evidence::challenges(scene.company.context().store.read(), scene.id).await.unwrap();
    let says = |n: usize| crate::acts::verify::detail(&tasks[n]).unwrap().instruction.to_string();
    let text = room.text.replace("&#x27;", "'").replace("&quot;", "\"");
    assert!(text.contains(&says(0)) && !text.contains(&says(1)) && !text.contains(&says(2)));

    let incomplete = [("presence", "live_person_seen"), ("notes", "The light was poor.")];
    let page = jo.post(&format!("{session}/form"), &incomplete).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("The light was poor."), "what was typed is kept");
    let page = jo
        .post(&format!("{session}/form"), &[("presence", "confirmed"), ("challenge_1", "done")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "no still, no `confirmed`");
    let complete = [
        ("presence", "live_person_seen"),
        ("challenge_1", "done"),
        ("challenge_2", "accommodated"),
        ("challenge_3", "artefact_seen"),
        ("artefact_3", "lips_late"),
        ("observation", "many_voices"),
        ("notes", "The light was poor."),
    ];
    for _ in 0..2 {
        let page = jo.post(&format!("{session}/form"), &complete).await;
        assert_eq!((page.status, page.leads_to()), (StatusCode::SEE_OTHER, session.as_str()));
    }
    assert!(jo.get(&session).await.text.contains("Your part is done"));
    let store = &scene.company.context().store;
    let kept = evidence::form(store.read(), scene.id).await.unwrap().unwrap();
    let place = Place { table: "verifier_form", column: "detail", row: scene.id.0 };
    let form: VerifierForm =
        store.unseal(store.read(), Owner::Person(scene.anna), place, &kept.detail).await.unwrap();
    assert_eq!((form.challenges.len(), form.observations.len()), (3, 1));
    assert_eq!(form.challenges[2].artefacts.len(), 1);
    assert!(scene.work_exists("judge").await);
    assert!(anna.get(&format!("{base}/done")).await.text.contains("3 of 3 answered"));
}

#[tokio::test]
async fn to_anybody_else_the_check_in_does_not_exist() {
    let scene = Scene::open("strangers").await;
    scene.company.clock.advance_minutes(START_IN_MINUTES - 5);
    let bela = scene.company.person("Bela Ross", None, &[Role::Verifier, Role::Hr]).await;
    let mut bela = scene.company.signed_in(bela).await;
    let (base, session) =
        (format!("/check-ins/{}", scene.id), format!("/verifier/sessions/{}", scene.id));
    let reads = [
        "",
        "/read",
        "/devices",
        "/place",
        "/wait",
        "/talk",
        "/done",
        "/receipt",
        "/report",
        "/another-time",
        "/decline",
    ];
    for end in reads {
        let page = bela.get(&format!("{base}{end}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "GET {end}");
        assert!(!page.text.contains("Anna"), "{end}");
    }
    for end in [
        "/read",
        "/devices",
        "/place",
        "/dispute",
        "/explain",
        "/report",
        "/another-time",
        "/not-now",
        "/decline",
    ] {
        let fields = [
            ("notice_version", crate::acts::check_in::NOTICE_VERSION),
            ("result", "works"),
            ("status", "declined"),
            ("nonce", "x"),
            ("why", "other"),
            ("reason", "other"),
            ("dispute", "x"),
            ("explain", "x"),
        ];
        let page = bela.post(&format!("{base}{end}"), &fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "POST {end}");
    }
    for end in ["", "/room", "/reference-still"] {
        assert_eq!(bela.get(&format!("{session}{end}")).await.status, StatusCode::NOT_FOUND);
    }
    let page = bela.post(&format!("{session}/form"), &[("presence", "live_person_seen")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let socket = bela.get(&format!("/room/{}/socket?page=aaaaaaaa", scene.id)).await;
    assert_eq!(socket.status, StatusCode::NOT_FOUND);
    let row = scene.row().await;
    assert!(row.read_ms.is_none() && row.refused_ms.is_none() && row.cancelled_ms.is_none());
}

#[tokio::test]
async fn a_nonce_answers_once_and_for_ten_minutes() {
    let scene = Scene::open("nonce").await;
    let place = format!("/check-ins/{}/place", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    scene.prepare(&mut anna).await;
    let nonce = anna.get(&place).await.hidden("nonce");
    let neither = anna.post(&place, &[("nonce", &nonce)]).await;
    assert_eq!(neither.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = [("nonce", nonce.as_str()), ("status", "declined"), ("because", "my landlord")];
    assert_eq!(anna.post(&place, &answer).await.status, StatusCode::OK);
    assert_eq!(scene.claim().await.unwrap().status, ClaimStatus::Declined);
    let again = anna.post(&place, &[("nonce", &nonce), ("status", "denied")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "used up");
    assert_eq!(scene.claim().await.unwrap().status, ClaimStatus::Declined);
    let late = again.hidden("nonce");
    scene.company.clock.advance_minutes(11);
    let page = anna.post(&place, &[("nonce", &late), ("status", "denied")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "too old");
    let fresh = page.hidden("nonce");
    let page = anna.post(&place, &[("nonce", &fresh), ("status", "timeout")]).await;
    assert_eq!(page.status, StatusCode::OK, "asked again, answered again");
    assert_eq!(scene.claim().await.unwrap().status, ClaimStatus::TimedOut);
}

#[tokio::test]
async fn not_now_calls_off_and_tells_the_calendar_once() {
    let scene = Scene::open("not-now").await;
    let base = format!("/check-ins/{}", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    let page = anna.post(&format!("{base}/not-now"), &[]).await;
    assert_eq!(page.leads_to(), format!("{base}/done"));
    let row = scene.row().await;
    assert_eq!((row.cancel_reason.as_deref(), row.sequence), (Some("not_now"), 1));
    let store = &scene.company.context().store;
    let mails = notifications::about(store.read(), "check-in", scene.id.0).await.unwrap();
    let cancelled = mails.iter().find(|m| m.step == "cancelled").unwrap();
    let mail = notifications::open_mail(store, store.read(), cancelled).await.unwrap();
    let calendar = mail.calendar.unwrap();
    assert!(calendar.method == "CANCEL" && calendar.ics.contains("SEQUENCE:1"), "{}", calendar.ics);
    assert!(scene.work_exists("judge").await, "judging orders another");
    assert!(anna.get(&format!("{base}/done")).await.text.contains("Another time is drawn"));
    let twice = anna.post(&format!("{base}/not-now"), &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_used_up_allowance_moves_nothing_and_a_reason_goes_to_hr() {
    let scene = Scene::open("allowance").await;
    let base = format!("/check-ins/{}", scene.id);
    let store = &scene.company.context().store;
    let tx = store.begin().await.unwrap();
    let row = scene.row().await;
    for n in 0..10 {
        // Earlier ones of this quarter that were moved.
        let moved = check_in::Model {
            id: uuid::Uuid::from_bytes(store.entropy().bytes()),
            label: format!("2026-11-{:02}", n + 1),
            start_ms: row.start_ms - (n + 1) * muster_domain::time::DAY_MS,
            state: "closed".into(),
            cancel_reason: Some("not_now".into()),
            ..row.clone()
        };
        muster_store::insert(&tx, moved).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut anna = scene.company.signed_in(scene.anna).await;
    let page = anna.get(&format!("{base}/another-time")).await;
    assert!(page.text.contains("You have none left"));
    let page = anna.post(&format!("{base}/not-now"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(scene.row().await.cancelled_ms.is_none());
    for _ in 0..2 {
        let page = anna.post(&format!("{base}/another-time"), &[("reason", "meeting")]).await;
        assert_eq!(page.leads_to(), "/");
    }
    let next = anna.get("/").await;
    assert!(next.text.contains("HR has your request"), "said once");
    assert!(!anna.get("/").await.text.contains("HR has your request"), "and not again");
    let sent = notifications::recent(store.read(), 50).await.unwrap();
    let sent: Vec<_> = sent.iter().filter(|n| n.step == "other-time-asked").collect();
    assert_eq!(sent.len(), 1, "sent twice, HR hears it once");
    let fields = [("reason", "meeting"), ("details", "It ends at noon.")];
    anna.post(&format!("{base}/another-time"), &fields).await;
    let sent = notifications::recent(store.read(), 50).await.unwrap();
    let sent = sent.iter().filter(|n| n.step == "other-time-asked").count();
    assert_eq!(sent, 2, "other words are another request");
}

#[tokio::test]
async fn a_no_is_recorded_as_a_no_with_a_receipt_that_is_signed() {
    let scene = Scene::open("refusal").await;
    let base = format!("/check-ins/{}", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    let request = anna
        .request(Method::POST, &format!("{base}/attempts"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ORIGIN, "http://localhost:8080")
        .body(Body::from(r#"{"step":"camera","error":"not_found","at_ms":1}"#))
        .unwrap();
    assert_eq!(anna.send(request).await.status, StatusCode::ACCEPTED);
    let page = anna.post(&format!("{base}/decline"), &[("because", "I object")]).await;
    assert_eq!(page.leads_to(), format!("{base}/done"));
    assert!(scene.row().await.refused_ms.is_some() && scene.work_exists("judge").await);
    assert!(anna.get(&format!("{base}/done")).await.text.contains("Your no is recorded"));
    let receipt = anna.get(&format!("{base}/receipt")).await;
    let (body, signature) = receipt.text.split_once("\n\n").unwrap();
    let json: serde_json::Value = serde_json::from_str(body.lines().nth(1).unwrap()).unwrap();
    assert_eq!(json["steps"][0]["error"], "camera-not_found");
    assert_eq!(json["steps"][1]["said"], "I object");
    let expected = scene.company.context().signing.sign_note(&format!("{body}\n"));
    assert_eq!(expected.split_once("\n\n").unwrap().1, signature, "by the key of the log");
}

#[tokio::test]
async fn what_was_not_expected_reaches_security_and_nobody_else() {
    let scene = Scene::open("report").await;
    let base = format!("/check-ins/{}", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    let page = anna.post(&format!("{base}/report"), &[("details", "odd sender")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("odd sender"));
    let page = anna
        .post(&format!("{base}/report"), &[("why", "message"), ("details", "odd sender")])
        .await;
    assert!(page.status == StatusCode::OK && page.text.contains("R-"));
    let store = &scene.company.context().store;
    let sent = notifications::recent(store.read(), 50).await.unwrap();
    let sent: Vec<_> = sent.iter().filter(|n| n.step == "check-in-reported").collect();
    assert_eq!(sent.len(), 1);
    let mail = notifications::open_mail(store, store.read(), sent[0]).await.unwrap();
    assert_eq!(mail.to.address, "sam@acme.example");
    assert!(mail.text.contains("odd sender") && !mail.subject.contains("Anna"));
}

#[tokio::test]
async fn that_nobody_came_can_be_said_when_the_time_to_join_has_passed() {
    let scene = Scene::open("absent").await;
    let session = format!("/verifier/sessions/{}", scene.id);
    let mut jo = scene.company.signed_in(scene.jo).await;
    scene.company.clock.advance_minutes(START_IN_MINUTES);
    let early = jo.post(&format!("{session}/form"), &[("presence", "did_not_come")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    scene.company.clock.advance_minutes(scene.row().await.window_minutes);
    let page = jo.post(&format!("{session}/form"), &[("presence", "did_not_come")]).await;
    assert_eq!(page.leads_to(), session);
    let store = &scene.company.context().store;
    let seen = evidence::attendance(store.read(), scene.id).await.unwrap();
    assert!(seen.iter().any(|e| e.source == "verifier_statement" && e.kind == "absent"));
    assert!(!scene.work_exists("judge").await, "the window's own job judges");
    assert!(jo.get(&session).await.text.contains("did not come"));
}

#[tokio::test]
async fn a_form_of_an_earlier_sign_in_is_not_lost() {
    let scene = Scene::open("earlier").await;
    let path = format!("/check-ins/{}/decline", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    let csrf = anna.get(&path).await.hidden("csrf");
    anna.post("/sign-out", &[]).await;
    // In another tab she signs in again, then sends what she had typed here.
    let again = scene.company.signed_in(scene.anna).await;
    anna.cookies = again.cookies;
    let old = csrf.replace(char::is_alphabetic, "A");
    let body = format!("csrf={old}&because=My+own+words&nonce=n1");
    let request = anna
        .request(axum::http::Method::POST, &path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "http://localhost:8080")
        .header("referer", format!("http://localhost:8080{path}?x=1"))
        .body(axum::body::Body::from(body))
        .unwrap();
    let page = anna.send(request).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let text = page.text.replace("&#x3D;", "=");
    assert!(text.contains("older than your sign-in") && text.contains("My own words"), "{text}");
    assert!(!text.contains("n1"), "what nobody typed is not shown");
    assert!(text.contains(&format!("href=\"{path}?x=1\"")), "and back to the form: {text}");
    assert!(scene.row().await.refused_ms.is_none());
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_is_not_lost() {
    let scene = Scene::open("ended").await;
    let base = format!("/check-ins/{}", scene.id);
    let mut anna = scene.company.signed_in(scene.anna).await;
    let csrf = anna.get(&format!("{base}/decline")).await.hidden("csrf");
    scene.company.clock.advance_minutes(121);
    let page = anna
        .post_raw(&format!("{base}/decline"), &[("csrf", &csrf), ("because", "My words")])
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("My words") && page.text.contains("Sign in again"));
    let id = scene.id.to_string();
    let text = page.text.replace("&#x3D;", "=");
    assert!(text.contains(&format!("/sign-in?next=%2Fcheck-ins%2F{id}")), "and comes back");
    assert!(scene.row().await.refused_ms.is_none());
}
