//! The real program, run as an operator runs it: in a folder of its own, with a configuration and
//! without anything of our environment.

use muster_testkit::command::{Ran, run};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A command ends within this time, on a busy machine too.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_muster"))
}

/// A file of the example company.
pub fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme").join(name).display().to_string()
}

pub async fn muster_with(folder: &Path, arguments: &[&str], key: &str, value: &str) -> Ran {
    let mut command = tokio::process::Command::new(program());
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env(key, value);
    run(command, ENDS_WITHIN).await.unwrap()
}

pub async fn muster(folder: &Path, arguments: &[&str]) -> Ran {
    muster_with(folder, arguments, "LANG", "C.UTF-8").await
}

/// What `muster` says when all went well.
pub async fn done(folder: &Path, arguments: &[&str]) -> String {
    let ran = muster(folder, arguments).await;
    assert!(ran.status.success(), "muster {arguments:?}: {}", ran.said);
    ran.said
}

/// What `muster` says when it refuses.
pub async fn refused(folder: &Path, arguments: &[&str]) -> String {
    let ran = muster(folder, arguments).await;
    assert_eq!(ran.status.code(), Some(1), "muster {arguments:?}: {}", ran.said);
    ran.said
}

/// A configuration with a mail server, and a database other than the usual one where given.
pub fn write_config(folder: &Path, smtp_port: u16, database: Option<&str>) {
    let database = database.map(|url| format!("[database]\nurl = \"{url}\"\n")).unwrap_or_default();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"http://localhost:8080\"\n\
         [organisation]\nname = \"Acme\"\nmail_from = \"check-ins@muster.example\"\ncontact = \"ext. 100\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {smtp_port}\nsecurity = \"none\"\nsign_in = \"none\"\n{database}"
    );
    std::fs::write(folder.join("muster.toml"), text).unwrap();
}
