//! The real program, from an empty folder to a running service: the first start as the operations
//! page tells it, on SQLite and on PostgreSQL; health and metrics, a graceful stop, and what
//! `serve` refuses.

use crate::support::program::{done, example, muster, muster_with, program, refused, write_config};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::{Service, ServiceCommand};
use std::path::Path;
use std::time::Duration;

pub(super) fn serving(folder: &Path) -> ServiceCommand {
    ServiceCommand {
        program: program(),
        arguments: vec!["serve".into()],
        environment: vec![
            ("MUSTER__SERVER__LISTEN".into(), "127.0.0.1:{port}".into()),
            ("MUSTER__SERVER__PUBLIC_URL".into(), "http://localhost:{port}".into()),
        ],
        folder: folder.to_owned(),
    }
}

#[tokio::test]
async fn from_an_empty_folder_to_a_running_service_and_back_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder.path(), smtp.port(), None);
    let service = first_start(folder.path()).await;
    // One process a folder.
    let second = refused(folder.path(), &["serve"]).await;
    assert!(second.contains("another muster runs"), "{second}");
    ends_gracefully(service).await;
}

#[tokio::test]
async fn from_an_empty_folder_to_a_running_service_and_back_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = ScriptedSmtp::start().await.unwrap();
    let database = muster_testkit::postgres::empty_database("served").await.unwrap();
    write_config(folder.path(), smtp.port(), Some(&database.url));
    let service = first_start(folder.path()).await;
    // Instances share a database; each is ready and stops for itself.
    let log = folder.path().join("second.log");
    let second = Service::start(serving(folder.path()), &log).await.unwrap();
    assert_eq!(second.get("/readyz").await.map(|(status, _)| status), Some(200));
    ends_gracefully(second).await;
    assert_eq!(service.get("/readyz").await.map(|(status, _)| status), Some(200));
    ends_gracefully(service).await;
}

/// As the operations page tells it; gives the running service.
async fn first_start(folder: &Path) -> Service {
    done(folder, &["migrate"]).await;
    let create = ["admin", "create", "ade@muster.example", "--name", "Ade Example"];
    let code = done(folder, &create).await;
    assert!(code.lines().any(|l| l.contains('-')), "a one-time code: {code}");
    let people = example("people.csv");
    let places = example("work_places.csv");
    let absences = example("absences.csv");
    let import = ["roster", "import", &people, "--work-places", &places, "--absences", &absences];
    let dry = done(folder, &[&import[..], &["--dry-run"]].concat()).await;
    assert!(dry.contains("200") || dry.contains("joined"), "{dry}");
    done(folder, &import).await;
    let policies = [example("policies/standard.toml"), example("policies/sensitive.toml")];
    done(folder, &["policy", "activate", &policies[0], &policies[1]]).await;
    done(folder, &["resume", "--reason", "the pilot begins today"]).await;

    let service = Service::start(serving(folder), &folder.join("log")).await.unwrap();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(service.get(path).await.map(|(status, _)| status), Some(200), "{path}");
    }
    muster_testkit::eventually("metrics of the lanes", Duration::from_secs(10), async || {
        let (_, metrics) = service.get("/metrics").await?;
        metrics.contains("muster_work_due{lane=\"escalation\"} 0").then_some(())
    })
    .await
    .unwrap();
    for path in ["/demo", "/demo/clock", "/demo/mailbox", "/demo/draw"] {
        let status = service.get(path).await.map(|(status, _)| status);
        assert!(matches!(status, Some(404 | 421)), "{path} answers {status:?} under serve");
    }
    let doctor = muster(folder, &["doctor"]).await;
    assert!(doctor.said.contains("nothing is forgotten"), "{}", doctor.said);
    service
}

async fn ends_gracefully(mut service: Service) {
    let status = service.terminate(Duration::from_secs(20)).await.unwrap();
    assert!(status.success(), "a stop is not a failure: {status}\n{}", service.log_text());
    let log = service.log_text();
    for personal in ["Maria", "Anna Lind", "acme.example"] {
        assert!(!log.contains(personal), "the log names {personal}");
    }
}

#[tokio::test]
async fn what_serve_refuses_it_says_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder, smtp.port(), None);
    let early = refused(folder, &["serve"]).await;
    assert!(early.contains("muster migrate"), "{early}");

    // An unknown key is a fault, whatever it is called: no key opens the demo.
    for key in ["MUSTER__DEMO__ENABLED", "MUSTER__DEMO", "MUSTER__SERVER__DEMO"] {
        let output = muster_with(folder, &["serve"], key, "true").await;
        let said = output.said.to_lowercase();
        assert!(!output.status.success() && said.contains("demo"), "{key}: {said}");
    }

    done(folder, &["migrate"]).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = muster_with(folder, &["serve"], "MUSTER__SERVER__LISTEN", &address).await;
    assert!(!output.status.success() && output.said.contains("in use"), "{}", output.said);
}

#[tokio::test]
async fn the_database_of_a_demo_is_never_served_in_earnest() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let demo = ServiceCommand {
        program: program(),
        arguments: ["demo", "--port", "{port}", "--data", "data", "--seed", "3", "--weeks", "1"]
            .map(String::from)
            .to_vec(),
        environment: Vec::new(),
        folder: folder.to_owned(),
    };
    let mut service = Service::start(demo, &folder.join("log")).await.unwrap();
    assert!(matches!(service.get("/demo").await, Some((200, _))));
    service.terminate(Duration::from_secs(20)).await.unwrap();

    let smtp = ScriptedSmtp::start().await.unwrap();
    let url = format!("sqlite://{}", folder.join("data/muster-demo.db").display());
    write_config(folder, smtp.port(), Some(&url));
    let said = refused(folder, &["serve"]).await;
    assert!(said.contains("demo") || said.contains("did not sign the log"), "{said}");
}
