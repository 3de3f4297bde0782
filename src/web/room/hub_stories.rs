//! Stories of one room, told to the hub without a network: who sits, who is told, what is reported.

use super::hub::{Connection, Hub, Joined, Outgoing, Seat};
use super::pace::BURST;
use super::protocol::{CloseCode, SDP_BYTES_MAX, ServerMessage, Side};
use super::sighting::{Change, LeftBy, Receiving, RoomEvents, Sighting, Trouble};
use async_trait::async_trait;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use muster_ports::{Clock, Entropy};
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

#[derive(Default)]
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(self.monotonic_ms())
    }
    fn monotonic_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::SeqCst));
    }
}

#[derive(Default)]
struct Notebook {
    sightings: Mutex<Vec<Sighting>>,
    reports: Mutex<Vec<Receiving>>,
    troubles: Mutex<Vec<Trouble>>,
}

#[async_trait]
impl RoomEvents for Notebook {
    async fn sighted(&self, sighting: Sighting) {
        // A store takes its time; whoever acts meanwhile must not get ahead of this entry.
        tokio::task::yield_now().await;
        self.sightings.lock().unwrap().push(sighting);
    }
    async fn receiving(&self, report: Receiving) {
        self.reports.lock().unwrap().push(report);
    }
    async fn trouble(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push(trouble);
    }
}

struct Stage {
    hub: Hub,
    clock: Arc<HandClock>,
    notes: Arc<Notebook>,
}

const CHECK_IN: CheckInId = CheckInId(Uuid::from_u128(7));
const ANNA: PersonId = PersonId(Uuid::from_u128(1));
const JO: PersonId = PersonId(Uuid::from_u128(2));
const STRANGER: PersonId = PersonId(Uuid::from_u128(3));
const OFFER: &str = r#"{"type":"offer","round":"0000000a","sdp":"v=0"}"#;

impl Stage {
    fn new() -> Stage {
        let (clock, notes) = (Arc::new(HandClock::default()), Arc::new(Notebook::default()));
        let hub = Hub::new(clock.clone(), Arc::new(Counting::default()), notes.clone());
        Stage { hub, clock, notes }
    }

    async fn join(&self, side: Side, person: PersonId, page: &str) -> Result<Seated, CloseCode> {
        let page = page.to_owned().try_into().unwrap();
        let seat =
            Seat { check_in: CHECK_IN, side, person, page, catch_up: Vec::new(), relieves: None };
        self.hub.join(seat).await.map(|Joined { connection, outbox }| Seated { connection, outbox })
    }

    async fn anna(&self) -> Seated {
        self.join(Side::Employee, ANNA, "aaaaaaaa").await.unwrap()
    }

    async fn jo(&self) -> Seated {
        self.join(Side::Verifier, JO, "bbbbbbbb").await.unwrap()
    }

    /// Sightings so far as words: who, what.
    fn told(&self) -> Vec<String> {
        let word = |s: &Sighting| match s.change {
            Change::Joined => format!("{:?} joined", s.side),
            Change::Left { by } => format!("{:?} left {by:?}", s.side),
        };
        self.notes.sightings.lock().unwrap().iter().map(word).collect()
    }
}

struct Seated {
    connection: Connection,
    outbox: tokio::sync::mpsc::Receiver<Outgoing>,
}

impl Seated {
    /// Everything queued, each as the type word of its JSON or `close <word>`.
    fn heard(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        while let Ok(item) = self.outbox.try_recv() {
            words.push(match item {
                Outgoing::Close(code) => format!("close {}", code.word()),
                Outgoing::Message(message) => {
                    serde_json::to_value(message).unwrap()["type"].as_str().unwrap().to_owned()
                }
            });
        }
        words
    }
}

fn card(position: u8) -> ServerMessage {
    ServerMessage::Challenge {
        position,
        total: 3,
        code: "hand-across-face".into(),
        title: "Hand".into(),
        text: "Please pass a hand slowly across your face.".into(),
        alternative: Some("Turn your head to the side and back.".into()),
        look_for: None,
    }
}

#[tokio::test]
async fn both_join_and_each_learns_of_the_other() {
    let stage = Stage::new();
    let mut anna = stage.anna().await;
    let mut jo = stage.jo().await;
    assert_eq!(anna.heard(), ["welcome", "peer_joined"]);
    let Ok(Outgoing::Message(ServerMessage::Welcome { polite, peer, .. })) = jo.outbox.try_recv()
    else {
        panic!("the first message is the welcome")
    };
    assert!(!polite, "the verifier makes the first offer and does not give way");
    assert_eq!(peer.map(String::from).as_deref(), Some("aaaaaaaa"));
    assert_eq!(stage.told(), ["Employee joined", "Verifier joined"]);
    assert_eq!(stage.hub.seated(CHECK_IN).await, (true, true));
}

#[tokio::test]
async fn signals_pass_across_in_the_order_they_were_sent() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    let line = |n: usize| {
        format!(
            r#"{{"type":"candidate","round":"0000000a","candidate":{{"candidate":"c{n}","sdp_mid":"0","sdp_m_line_index":0,"username_fragment":null}}}}"#
        )
    };
    stage.hub.receive(&mut jo.connection, OFFER).await.unwrap();
    for n in 0..3 {
        stage.hub.receive(&mut jo.connection, &line(n)).await.unwrap();
    }
    let mut got = Vec::new();
    while let Ok(Outgoing::Message(message)) = anna.outbox.try_recv() {
        got.push(match message {
            ServerMessage::Offer { sdp, .. } => sdp,
            ServerMessage::Candidate { candidate, .. } => candidate.candidate,
            other => panic!("unexpected {other:?}"),
        });
    }
    assert_eq!(got, ["v=0", "c0", "c1", "c2"]);
    assert!(jo.heard().is_empty(), "nothing comes back to the sender");
}

#[tokio::test]
async fn an_offer_made_before_the_other_is_there_goes_nowhere() {
    let stage = Stage::new();
    let mut jo = stage.jo().await;
    stage.hub.receive(&mut jo.connection, OFFER).await.unwrap();
    let mut anna = stage.anna().await;
    assert_eq!(anna.heard(), ["welcome"], "stale signals are not kept for a newcomer");
}

#[tokio::test]
async fn a_second_tab_of_the_same_person_takes_the_seat_over() {
    let stage = Stage::new();
    let mut first = stage.anna().await;
    let mut jo = stage.jo().await;
    let mut second = stage.join(Side::Employee, ANNA, "cccccccc").await.unwrap();
    assert_eq!(first.heard(), ["welcome", "peer_joined", "close replaced"]);
    assert_eq!(second.heard(), ["welcome"]);
    assert_eq!(jo.heard(), ["welcome", "peer_joined"]);

    stage.hub.receive(&mut first.connection, OFFER).await.unwrap();
    assert!(jo.heard().is_empty(), "a replaced page has no voice");
    stage.hub.leave(&first.connection, LeftBy::Replaced).await;
    assert_eq!(stage.hub.seated(CHECK_IN).await, (true, true), "the late good-bye frees nothing");
    assert_eq!(
        stage.told(),
        ["Employee joined", "Verifier joined", "Employee left Replaced", "Employee joined"]
    );
}

#[tokio::test]
async fn a_third_person_is_refused_on_either_seat() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    for side in [Side::Employee, Side::Verifier] {
        let refusal = stage.join(side, STRANGER, "dddddddd").await.err();
        assert_eq!(refusal, Some(CloseCode::SeatTaken));
    }
    assert!(anna.heard().is_empty() && jo.heard().is_empty(), "nobody is disturbed");
    assert_eq!(stage.told().len(), 2);
}

#[tokio::test]
async fn leaving_on_purpose_is_told_apart_from_a_dropped_line() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    let bye = stage.hub.receive(&mut anna.connection, r#"{"type":"bye"}"#).await;
    assert_eq!(bye, Err(CloseCode::Bye));
    stage.hub.leave(&anna.connection, LeftBy::Choice).await;
    let told = jo.outbox.try_recv().unwrap();
    assert_eq!(told, Outgoing::Message(ServerMessage::PeerLeft { on_purpose: true }));

    stage.hub.leave(&jo.connection, LeftBy::Drop).await;
    stage.hub.leave(&jo.connection, LeftBy::Drop).await;
    assert_eq!(stage.told()[2..], ["Employee left Choice", "Verifier left Drop"]);
    assert_eq!(stage.hub.rooms_open(), 0, "an empty room is forgotten");
}

#[tokio::test]
async fn after_a_drop_the_same_person_rejoins_as_a_new_connection() {
    let stage = Stage::new();
    let (anna, mut jo) = (stage.anna().await, stage.jo().await);
    stage.hub.leave(&anna.connection, LeftBy::Drop).await;
    let mut again = stage.anna().await;
    assert_eq!(again.heard(), ["welcome"]);
    assert_eq!(jo.heard(), ["welcome", "peer_left", "peer_joined"]);
    assert_ne!(again.connection.id, anna.connection.id);
    stage.hub.receive(&mut jo.connection, OFFER).await.unwrap();
    assert_eq!(again.heard(), ["offer"]);
}

#[tokio::test]
async fn too_large_unknown_and_garbage_each_get_their_code() {
    let stage = Stage::new();
    let mut anna = stage.anna().await;
    let large = format!(
        r#"{{"type":"offer","round":"0000000a","sdp":"{}"}}"#,
        "x".repeat(SDP_BYTES_MAX + 1)
    );
    for (frame, code) in [
        (large.as_str(), CloseCode::TooLarge),
        (r#"{"type":"record_everything"}"#, CloseCode::NotUnderstood),
        ("\u{0}garbage", CloseCode::NotUnderstood),
    ] {
        assert_eq!(stage.hub.receive(&mut anna.connection, frame).await, Err(code));
    }
}

#[tokio::test]
async fn a_flood_is_cut_and_a_steady_talker_is_not() {
    let stage = Stage::new();
    let mut anna = stage.anna().await;
    for _ in 0..BURST {
        stage.hub.receive(&mut anna.connection, OFFER).await.unwrap();
    }
    let flood = stage.hub.receive(&mut anna.connection, OFFER).await;
    assert_eq!(flood, Err(CloseCode::TooFast));
    for _ in 0..200 {
        stage.clock.0.fetch_add(50, Ordering::SeqCst);
        stage.hub.receive(&mut anna.connection, OFFER).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_that_does_not_read_is_cut_off_and_the_other_is_not_harmed() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    while stage.hub.notify(CHECK_IN, ServerMessage::Notice { text: "x".into() }).await == 2 {
        jo.heard();
    }
    assert!(anna.heard().iter().all(|word| !word.starts_with("close")));
    let end = anna.outbox.try_recv();
    let disconnected = tokio::sync::mpsc::error::TryRecvError::Disconnected;
    assert_eq!(end, Err(disconnected), "its socket sees the end and closes");
    assert!(!jo.heard().is_empty());
}

#[tokio::test]
async fn a_challenge_reaches_both_and_whoever_rejoins_sees_it_too() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    assert_eq!(stage.hub.notify(CHECK_IN, card(1)).await, 2);
    assert_eq!((anna.heard(), jo.heard()), (vec!["challenge".into()], vec!["challenge".into()]));

    stage.hub.leave(&anna.connection, LeftBy::Drop).await;
    let mut again = stage.anna().await;
    assert_eq!(again.heard(), ["welcome", "challenge"]);

    stage.hub.notify(CHECK_IN, ServerMessage::ChallengeOver { position: 1 }).await;
    stage.hub.leave(&again.connection, LeftBy::Drop).await;
    assert_eq!(stage.anna().await.heard(), ["welcome"], "a finished card stays away");
}

#[tokio::test]
async fn after_a_restart_the_store_says_which_challenge_is_open() {
    let stage = Stage::new();
    let seat = Seat {
        check_in: CHECK_IN,
        side: Side::Employee,
        person: ANNA,
        page: String::from("aaaaaaaa").try_into().unwrap(),
        catch_up: vec![card(2)],
        relieves: None,
    };
    let Joined { mut outbox, .. } = stage.hub.join(seat).await.unwrap();
    outbox.try_recv().unwrap();
    assert_eq!(outbox.try_recv().unwrap(), Outgoing::Message(card(2)));
}

#[tokio::test]
async fn what_lies_before_one_side_is_found_again_by_that_side_alone() {
    let stage = Stage::new();
    let (anna, jo) = (stage.anna().await, stage.jo().await);
    let tasks = ServerMessage::Tasks { total: 3, revealed: 1 };
    assert!(stage.hub.notify_side(CHECK_IN, Side::Verifier, tasks).await);
    assert!(stage.hub.notify_side(CHECK_IN, Side::Verifier, card(1)).await);
    // Older than what the room itself has seen: the store was read before the seat was taken.
    let seat = Seat {
        check_in: CHECK_IN,
        side: Side::Verifier,
        person: JO,
        page: String::from("cccccccc").try_into().unwrap(),
        catch_up: vec![ServerMessage::Tasks { total: 3, revealed: 0 }],
        relieves: None,
    };
    stage.hub.leave(&jo.connection, LeftBy::Drop).await;
    let Joined { mut outbox, .. } = stage.hub.join(seat).await.unwrap();
    outbox.try_recv().unwrap();
    let tasks = ServerMessage::Tasks { total: 3, revealed: 1 };
    assert_eq!(outbox.try_recv(), Ok(Outgoing::Message(tasks)));
    assert_eq!(outbox.try_recv(), Ok(Outgoing::Message(card(1))));

    stage.hub.leave(&anna.connection, LeftBy::Drop).await;
    assert_eq!(stage.anna().await.heard(), ["welcome"]);
}

#[tokio::test]
async fn the_polite_side_can_ask_for_a_new_round() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    jo.heard();
    for frame in [r#"{"type":"again","round":null}"#, r#"{"type":"again","round":"0000000a"}"#] {
        stage.hub.receive(&mut anna.connection, frame).await.unwrap();
    }
    assert_eq!(jo.heard(), ["again", "again"]);
}

#[tokio::test]
async fn a_message_to_one_side_stays_there() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    let notice = ServerMessage::Notice { text: "The employee is in the waiting room.".into() };
    assert!(stage.hub.notify_side(CHECK_IN, Side::Verifier, notice).await);
    assert_eq!((anna.heard().len(), jo.heard().len()), (0, 1));
}

#[tokio::test]
async fn what_is_received_and_what_fails_is_reported_with_side_and_time() {
    let stage = Stage::new();
    let mut anna = stage.anna().await;
    stage.clock.0.store(2_000, Ordering::SeqCst);
    let frame = r#"{"type":"receiving","frames_decoded":30,"bytes":51234}"#;
    stage.hub.receive(&mut anna.connection, frame).await.unwrap();
    let frame = r#"{"type":"trouble","step":"camera","error":"not_allowed"}"#;
    stage.hub.receive(&mut anna.connection, frame).await.unwrap();
    let report = stage.notes.reports.lock().unwrap()[0];
    assert_eq!((report.side, report.person), (Side::Employee, ANNA));
    assert_eq!((report.frames_decoded, report.bytes, report.at), (30, 51_234, UtcMillis(2_000)));
    let trouble = serde_json::to_value(stage.notes.troubles.lock().unwrap()[0]).unwrap();
    assert_eq!((&trouble["step"], &trouble["error"]), (&"camera".into(), &"not_allowed".into()));
}

#[tokio::test]
async fn closing_the_room_sends_each_side_to_its_own_page() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    stage.hub.close(CHECK_IN, Some("/done".into()), None).await;
    assert_eq!(anna.heard(), ["ended", "close ended"]);
    assert_eq!(jo.heard(), ["ended", "close ended"]);
    assert_eq!(stage.told()[2..], ["Employee left Closed", "Verifier left Closed"]);
    assert_eq!(stage.hub.rooms_open(), 0);
}

#[tokio::test]
async fn whoever_relieves_another_has_the_seat_and_the_other_is_told_where_to_go_on() {
    let stage = Stage::new();
    let (mut anna, mut jo) = (stage.anna().await, stage.jo().await);
    anna.heard();
    jo.heard();
    let lena = PersonId(uuid::Uuid::from_u128(77));
    let refusal = stage.join(Side::Verifier, lena, "cccccccc").await.err();
    assert_eq!(refusal, Some(CloseCode::SeatTaken), "without a right to it");
    let seat = Seat {
        check_in: CHECK_IN,
        side: Side::Verifier,
        person: lena,
        page: String::from("dddddddd").try_into().unwrap(),
        catch_up: Vec::new(),
        relieves: Some("/handed-over".into()),
    };
    let again = Seat { page: String::from("eeeeeeee").try_into().unwrap(), ..seat.clone() };
    let Joined { mut outbox, .. } = stage.hub.join(seat).await.unwrap();
    assert_eq!(jo.heard(), ["ended", "close ended"]);
    assert_eq!(anna.heard(), ["peer_left", "peer_joined"]);
    assert_eq!(stage.told()[2..], ["Verifier left Replaced", "Verifier joined"]);
    stage.hub.leave(&jo.connection, LeftBy::Drop).await;
    assert_eq!(stage.told().len(), 4, "the late end of the first connection says nothing");
    // A page of theirs that is loaded again takes over as everywhere; nobody is sent away.
    stage.hub.join(again).await.unwrap();
    let said: Vec<Outgoing> = std::iter::from_fn(|| outbox.try_recv().ok()).collect();
    assert!(matches!(said.last(), Some(Outgoing::Close(CloseCode::Replaced))), "{said:?}");
}

#[tokio::test]
async fn a_stopping_instance_lets_go_of_everybody_and_takes_nobody() {
    let stage = Stage::new();
    let mut anna = stage.anna().await;
    stage.hub.drain().await;
    assert_eq!(anna.heard(), ["welcome", "close going-away"]);
    let refusal = stage.join(Side::Verifier, JO, "bbbbbbbb").await.err();
    assert_eq!(refusal, Some(CloseCode::GoingAway));
    assert_eq!((stage.told().len(), stage.hub.rooms_open()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn however_joins_and_leaves_race_every_join_has_its_one_leave_after_it() {
    let stage = Arc::new(Stage::new());
    let mut racers = Vec::new();
    for n in 0..40 {
        let stage = stage.clone();
        racers.push(tokio::spawn(async move {
            let side = if n % 2 == 0 { Side::Employee } else { Side::Verifier };
            let person = if n % 2 == 0 { ANNA } else { JO };
            let seated = stage.join(side, person, "abcdef01").await.unwrap();
            tokio::task::yield_now().await;
            stage.hub.leave(&seated.connection, LeftBy::Drop).await;
        }));
    }
    for racer in racers {
        racer.await.unwrap();
    }
    let sightings = stage.notes.sightings.lock().unwrap();
    let mut present = std::collections::HashMap::new();
    for s in sightings.iter() {
        match s.change {
            Change::Joined => assert_eq!(present.insert(s.side, s.connection), None),
            Change::Left { .. } => assert_eq!(present.remove(&s.side), Some(s.connection)),
        }
    }
    assert_eq!((sightings.len(), present.len(), stage.hub.rooms_open()), (80, 0, 0));
}
