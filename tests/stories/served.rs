//! The real program, from an empty folder to a running service: the first start as the operations
//! page tells it, health and metrics, a graceful stop, and what `serve` refuses.

use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::{Service, ServiceCommand};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

pub(super) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_muster"))
}

pub(super) fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme").join(name).display().to_string()
}

pub(super) fn muster(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).output().unwrap()
}

pub(super) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

pub(super) fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = muster(folder, arguments);
    assert!(output.status.success(), "muster {arguments:?}: {}", said(&output));
    said(&output)
}

pub(super) fn write_config(folder: &Path, smtp_port: u16) {
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"http://localhost:8080\"\n\
         [organisation]\nname = \"Acme\"\nmail_from = \"check-ins@muster.example\"\ncontact = \"ext. 100\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {smtp_port}\nsecurity = \"none\"\nsign_in = \"none\"\n"
    );
    std::fs::write(folder.join("muster.toml"), text).unwrap();
}

pub(super) fn serving(folder: &Path) -> ServiceCommand {
    ServiceCommand {
        program: program(),
        arguments: vec!["serve".into()],
        environment: vec![
            ("MUSTER__SERVER__LISTEN".into(), "127.0.0.1:{port}".into()),
            ("MUSTER__SERVER__PUBLIC_URL".into(), "http://localhost:{port}".into()),
            // No key opens the demo.
            ("MUSTER__DEMO__ENABLED".into(), "true".into()),
        ],
        folder: folder.to_owned(),
    }
}

#[tokio::test]
async fn from_an_empty_folder_to_a_running_service_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder, smtp.port());

    done(folder, &["migrate"]);
    let code = done(folder, &["admin", "create", "ade@muster.example", "--name", "Ade Example"]);
    assert!(code.lines().any(|l| l.contains('-')), "a one-time code: {code}");
    let people = example("people.csv");
    let places = example("work_places.csv");
    let absences = example("absences.csv");
    let import = ["roster", "import", &people, "--work-places", &places, "--absences", &absences];
    let dry = done(folder, &[&import[..], &["--dry-run"]].concat());
    assert!(dry.contains("200") || dry.contains("joined"), "{dry}");
    done(folder, &import);
    let policies = [example("policies/standard.toml"), example("policies/sensitive.toml")];
    done(folder, &["policy", "activate", &policies[0], &policies[1]]);
    done(folder, &["resume", "--reason", "the pilot begins today"]);

    let mut command = serving(folder);
    command.environment.retain(|(key, _)| !key.contains("DEMO"));
    let mut service = Service::start(command, &folder.join("log")).await.unwrap();
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
    let doctor = muster(folder, &["doctor"]);
    assert!(said(&doctor).contains("nothing is forgotten"), "{}", said(&doctor));
    let second = muster(folder, &["serve"]);
    assert!(
        !second.status.success() && said(&second).contains("another muster runs"),
        "{}",
        said(&second)
    );

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
    write_config(folder, smtp.port());
    let early = muster(folder, &["serve"]);
    assert!(!early.status.success() && said(&early).contains("muster migrate"), "{}", said(&early));

    // An unknown key is a fault, whatever it is called.
    let output = Command::new(program())
        .args(["serve"])
        .current_dir(folder)
        .env("MUSTER__DEMO__ENABLED", "true")
        .output()
        .unwrap();
    assert!(!output.status.success() && said(&output).contains("demo"), "{}", said(&output));

    done(folder, &["migrate"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = Command::new(program())
        .args(["serve"])
        .current_dir(folder)
        .env("MUSTER__SERVER__LISTEN", format!("127.0.0.1:{port}"))
        .output()
        .unwrap();
    assert!(!output.status.success() && said(&output).contains("in use"), "{}", said(&output));
}

#[tokio::test]
async fn the_database_of_a_demo_is_never_served_in_earnest() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let demo = ServiceCommand {
        program: program(),
        arguments: ["demo", "--port", "{port}", "--data", "data", "--seed", "3"]
            .map(String::from)
            .to_vec(),
        environment: Vec::new(),
        folder: folder.to_owned(),
    };
    let mut service = Service::start(demo, &folder.join("log")).await.unwrap();
    assert!(matches!(service.get("/demo").await, Some((200, _))));
    service.terminate(Duration::from_secs(20)).await.unwrap();

    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder, smtp.port());
    let url = format!("sqlite://{}", folder.join("data/muster-demo.db").display());
    let output = Command::new(program())
        .args(["serve"])
        .current_dir(folder)
        .env("MUSTER__DATABASE__URL", url)
        .env("MUSTER__SERVER__LISTEN", "127.0.0.1:0")
        .output()
        .unwrap();
    assert!(!output.status.success(), "a demo's database was served");
    let said = said(&output);
    assert!(said.contains("demo") || said.contains("did not sign the log"), "{said}");
}
