use crate::support::http;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_integrations::ics_free_busy::{FreeBusyConfig, IcsFreeBusy};
use muster_ports::{BusyQuestion, FreeBusy, PortError};
use muster_testkit::http::{HttpAnswer, ScriptedHttp};

/// Tuesday 1 December 2026, 00:00 UTC.
const FROM: UtcMillis = UtcMillis(1_796_083_200_000);
const TO: UtcMillis = UtcMillis(FROM.0 + DAY_MS);

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Doctor\r\n\
    DTSTART;TZID=Europe/Lisbon:20261201T100000\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn port(text: &str) -> IcsFreeBusy {
    let config: FreeBusyConfig = toml::from_str(text).unwrap();
    assert!(config.validate("calendar.free_busy").is_empty());
    IcsFreeBusy::new(config, http().0)
}

fn who(names: &[&str]) -> Vec<BusyQuestion> {
    let question = |name: &&str| BusyQuestion {
        address: format!("{name}@muster.example"),
        zone: "Europe/Lisbon".to_owned(),
    };
    names.iter().map(question).collect()
}

fn calendar(body: &str) -> HttpAnswer {
    let headers = vec![("content-type".into(), "text/calendar".into())];
    HttpAnswer::Say { status: 200, headers, body: body.into() }
}

#[tokio::test]
async fn each_calendar_is_one_request_and_only_busy_times_come_back() {
    let server = ScriptedHttp::start().await.unwrap();
    server.answer_next(calendar(CALENDAR));
    let url = server.url("/{email}/busy.ics");
    let port = port(&format!("url = '{url}'\nauthorization = 'Bearer abc'"));
    let answer = port.busy(&who(&["maria"]), FROM, TO).await.remove(0).unwrap();
    let ten = FROM.plus_minutes(600);
    assert_eq!(
        answer.busy.iter().map(|w| (w.start, w.end)).collect::<Vec<_>>(),
        [(ten, ten.plus_minutes(60))]
    );
    let asked = server.asked().remove(0);
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("GET", "/maria@muster.example/busy.ics")
    );
    assert_eq!(asked.header("authorization"), Some("Bearer abc"));
}

#[tokio::test]
async fn one_calendar_that_cannot_be_read_does_not_stop_the_others() {
    let server = ScriptedHttp::start().await.unwrap();
    let port = port(&format!("url = '{}'", server.url("/{email}")));
    for answer in [
        HttpAnswer::json(404, "{}"),
        HttpAnswer::json(401, "{}"),
        HttpAnswer::json(503, "{}"),
        calendar("<html>Sign in, Maria</html>"),
        calendar("BEGIN:VCALENDAR\r\nSecret plan\r\nEND:VCALENDAR\r\n"),
        calendar(CALENDAR),
    ] {
        server.answer_next(answer);
    }
    // One after another, so that the script's order is theirs.
    let mut answers = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        answers.extend(port.busy(&who(&[name]), FROM, TO).await);
    }
    assert_eq!(answers[0], Err(PortError::Gone));
    assert!(matches!(answers[1], Err(PortError::Reconnect(_))));
    assert!(matches!(answers[2], Err(PortError::TryLater { .. })));
    for (at, says) in [(3, "not an iCalendar file"), (4, "at line 2")] {
        let fault = answers[at].clone().unwrap_err().to_string();
        assert!(fault.contains(says), "{fault}");
        assert!(!fault.contains("Maria") && !fault.contains("Secret"), "content leaks: {fault}");
    }
    assert!(answers[5].is_ok());
}

#[tokio::test]
async fn a_folder_serves_sites_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("maria@muster.example.ics"), CALENDAR).unwrap();
    std::fs::write(folder.path().join("latin@muster.example.ics"), b"BEGIN:VCALENDAR\xff").unwrap();
    let port = port(&format!("folder = '{}'", folder.path().display()));
    let answers = port.busy(&who(&["Maria", "otto", "../maria", "latin"]), FROM, TO).await;
    assert_eq!(answers[0].as_ref().unwrap().busy.len(), 1, "addresses know no capitals");
    assert_eq!(answers[1], Err(PortError::Gone));
    assert_eq!(answers[2], Err(PortError::Gone), "a name leads nowhere else");
    assert!(answers[3].clone().unwrap_err().to_string().contains("UTF-8"));
}

/// Sixteen servers' worth of silence must not outlast half a lease.
#[tokio::test]
async fn silence_ends_in_time() {
    let server = ScriptedHttp::start().await.unwrap();
    server.answer_always(HttpAnswer::Hang);
    let port = port(&format!("url = '{}'", server.url("/{email}")));
    let names: Vec<String> = (0..25).map(|n| format!("p{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let answers = port.busy(&who(&names), FROM, TO).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(answers.len(), 25);
    assert!(answers.iter().all(|a| matches!(a, Err(PortError::TryLater { .. }))));
}
