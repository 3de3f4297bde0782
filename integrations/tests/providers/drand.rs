//! drand through a fake relay that hands out real, published rounds.

use crate::support::http;
use muster_domain::draw::BeaconKind;
use muster_integrations::drand::{BeaconConfig, Drand};
use muster_ports::{BeaconPort, PortError};
use muster_testkit::http::{HttpAnswer, ScriptedHttp};

const PATH: &str = "/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/1000";
/// Round 1000 of quicknet, as relays publish it.
const ROUND: &str = r#"{"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}"#;

fn drand(relays: &[&ScriptedHttp], path: &str) -> Drand {
    Drand::new(relays.iter().map(|r| r.url(path).parse().unwrap()).collect(), http().0)
}

#[tokio::test]
async fn a_published_round_is_fetched_and_verified() {
    let relay = ScriptedHttp::start().await.unwrap();
    relay.answer_always(HttpAnswer::json(200, ROUND));
    for path in ["", "/", "/mirror/"] {
        let round = drand(&[&relay], path).round(1000).await.unwrap();
        assert_eq!(
            hex::encode(BeaconKind::DrandQuicknet.verify(1000, &round).unwrap()),
            "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
        );
    }
    let asked: Vec<String> = relay.asked().into_iter().map(|request| request.target).collect();
    assert_eq!(asked, [PATH.to_owned(), PATH.to_owned(), format!("/mirror{PATH}")]);
}

#[tokio::test]
async fn a_relay_that_lies_is_not_believed_and_the_next_one_is_asked() {
    let (liar, honest) =
        (ScriptedHttp::start().await.unwrap(), ScriptedHttp::start().await.unwrap());
    honest.answer_always(HttpAnswer::json(200, ROUND));
    for lie in [
        ROUND.replace("b446", "b447"),
        ROUND.replace("1000", "1001"),
        ROUND.replace("signature", "sig"),
        "not json".to_owned(),
    ] {
        liar.answer_always(HttpAnswer::json(200, &lie));
        let alone = drand(&[&liar], "").round(1000).await;
        assert!(matches!(alone, Err(PortError::Broken(_))), "{lie}: {alone:?}");
        assert_eq!(drand(&[&liar, &honest], "").round(1000).await.unwrap().round, 1000);
    }
}

#[tokio::test]
async fn a_round_to_come_and_a_relay_that_is_down_are_tried_later() {
    let relay = ScriptedHttp::start().await.unwrap();
    for answer in [HttpAnswer::json(404, "{}"), HttpAnswer::json(503, "{}"), HttpAnswer::HangUp] {
        relay.answer_next(answer);
        let later = drand(&[&relay], "").round(1000).await.unwrap_err();
        assert!(matches!(later, PortError::TryLater { .. }), "{later}");
        assert!(!later.to_string().contains("127.0.0.1"));
    }
}

#[test]
fn what_the_administrator_wrote_wrong_is_named() {
    let faults = |text: &str| {
        let config: BeaconConfig = toml::from_str(text).unwrap();
        config.validate("beacon").into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert!(faults("").is_empty());
    assert!(faults("kind = \"drand\"\nurls = [\"https://drand.example\"]").is_empty());
    assert_eq!(faults("kind = \"drand\""), ["beacon.urls"]);
    assert_eq!(faults("kind = \"drand\"\nurls = [\"ftp://drand.example\"]"), ["beacon.urls"]);
    assert_eq!(faults("urls = [\"https://drand.example\"]"), ["beacon.urls"]);
    assert_eq!(faults("kind = \"test\""), ["beacon.test_is_meant"]);
    assert!(faults("kind = \"test\"\ntest_is_meant = true").is_empty());
    assert!(toml::from_str::<BeaconConfig>("kind = \"nist\"").is_err());
}
