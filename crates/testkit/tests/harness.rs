//! The harness itself: what tests stand on must hold, and must fail loudly where it cannot.

use muster_testkit::command::run;
use muster_testkit::postgres::{empty_database, fresh_database};
use muster_testkit::service::{Service, ServiceCommand};
use muster_testkit::smtp::OpenSmtpd;
use muster_testkit::{eventually, free_port};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn socket_folder(url: &str) -> PathBuf {
    url.split_once("?host=").unwrap().1.into()
}

fn psql(url: &str, database: &str, statement: &str) -> String {
    let output = Command::new("psql")
        .arg("-h")
        .arg(socket_folder(url))
        .args(["-U", "postgres", "-XqAt", "-d", database, "-c", statement])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn every_database_starts_from_the_schema_that_was_migrated_once() {
    let migrations = std::sync::atomic::AtomicUsize::new(0);
    let migrate = async |url: &str| {
        migrations.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        psql(url, "template_migrated", "CREATE TABLE leaf (id int)");
        anyhow::Ok(())
    };
    let one = fresh_database("schema_one", migrate).await.unwrap();
    psql(&one.url, "schema_one", "INSERT INTO leaf VALUES (1)");
    let two = fresh_database("schema_two", migrate).await.unwrap();
    assert_eq!(psql(&two.url, "schema_two", "SELECT count(*) FROM leaf"), "0");
    assert_eq!(migrations.load(std::sync::atomic::Ordering::SeqCst), 1);

    let twice = fresh_database("schema_two", migrate).await.unwrap_err();
    assert!(format!("{twice:#}").contains("already exists"), "{twice:#}");
    let odd = empty_database("No Such; Name").await.unwrap_err();
    assert!(format!("{odd:#}").contains("lower-case letters"), "{odd:#}");
}

/// Runs only as the child of the next test.
#[tokio::test]
async fn child_that_holds_a_cluster_until_it_is_killed() {
    let Some(note) = std::env::var_os("MUSTER_TESTKIT_CHILD_NOTE") else { return };
    let database = empty_database("held").await.unwrap();
    std::fs::write(note, database.url).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn the_cluster_is_gone_when_the_test_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("note");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_holds_a_cluster_until_it_is_killed"])
        .env("MUSTER_TESTKIT_CHILD_NOTE", &note)
        .spawn()
        .unwrap();
    let url = eventually("the child's cluster", SOON, async || {
        std::fs::read_to_string(&note).ok().filter(|url| !url.is_empty())
    })
    .await
    .unwrap();
    let cluster = socket_folder(&url);
    assert!(cluster.join("d/postmaster.pid").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("the folder to vanish", SOON, async || (!cluster.exists()).then_some(()))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_mail_server_that_went_down_comes_up_on_the_same_port() {
    let mut server = OpenSmtpd::start().await.unwrap();
    let address = ("127.0.0.1", server.port());
    assert_eq!(server.url(), format!("smtp://127.0.0.1:{}", server.port()));
    server.down();
    assert!(std::net::TcpStream::connect(address).is_err());
    server.up().await.unwrap();
    assert!(std::net::TcpStream::connect(address).is_ok());
    assert!(server.messages().unwrap().is_empty());
}

fn python_server(folder: &std::path::Path, port: &str) -> ServiceCommand {
    ServiceCommand {
        program: "python3".into(),
        arguments: ["-m", "http.server", "--bind", "127.0.0.1", port].map(String::from).to_vec(),
        environment: vec![("LANGUAGE_OF_TEST".into(), "port {port}".into())],
        folder: folder.to_owned(),
    }
}

#[tokio::test]
async fn a_service_is_waited_for_killed_and_started_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("readyz"), "ready").unwrap();
    let log = folder.path().join("log");
    let mut service = Service::start(python_server(folder.path(), "{port}"), &log).await.unwrap();
    assert_eq!(service.get("/readyz").await.unwrap(), (200, "ready".into()));
    service.kill9().unwrap();
    assert!(service.get("/readyz").await.is_none());
    service.start_again().await.unwrap();
    assert!(service.log_text().matches("GET /readyz").count() >= 2);
    let status = service.terminate(SOON).await.unwrap();
    assert!(!status.success());
}

#[tokio::test]
async fn a_service_that_ends_early_is_an_error_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let command = python_server(folder.path(), "not-a-port");
    let error = Service::start(command, &log).await.unwrap_err();
    assert!(format!("{error:#}").contains("ended before it was ready"), "{error:#}");
    assert!(format!("{error:#}").contains("not-a-port"), "{error:#}");
}

#[tokio::test]
async fn waiting_in_vain_names_what_was_waited_for() {
    let error =
        eventually("rain", Duration::from_millis(50), async || None::<()>).await.unwrap_err();
    assert!(error.to_string().contains("rain"));
    assert_ne!(free_port().unwrap(), 0);
}

#[tokio::test]
async fn a_run_that_does_not_end_is_ended_and_tells_what_it_said() {
    let shell = |script: &str| {
        let mut command = tokio::process::Command::new("sh");
        command.args(["-c", script]);
        command
    };
    let ran = run(shell("echo to you; echo to the operator >&2; exit 3"), SOON).await.unwrap();
    assert_eq!((ran.status.code(), ran.said.as_str()), (Some(3), "to you\nto the operator\n"));
    let endless = shell("echo $$; exec sleep 1000");
    let error = run(endless, Duration::from_millis(300)).await.unwrap_err().to_string();
    let (_, said) = error.split_once("it said: ").expect(&error);
    let process = std::path::Path::new("/proc").join(said.trim());
    assert!(error.contains("had not ended") && !process.exists(), "{error}");
    assert!(
        error.contains("thread sleep: S (sleeping)") || cfg!(not(target_os = "linux")),
        "{error}"
    );
}
