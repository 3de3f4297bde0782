//! P1 to P4 across `kill -9`: at fixed points of three stories the process is killed without
//! warning, started again on the same folder, and the story still ends right. What the mail server
//! took is compared with what the database says was sent.
//!
//! The test starts itself again as the process that is killed. The mail server is scripted (a
//! fake), on a real socket, and outlives the process.

mod block;
mod meeting;
mod miss;

use super::real_mail::smtp;
use crate::support::Company;
use async_trait::async_trait;
use muster_integrations::smtp::Smtp;
use muster_ports::{Mail, MailPort, MailReceipt, PortResult};
use muster_store::notifications;
use muster_testkit::scripted_smtp::ScriptedSmtp;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

const INSIDE: &str = "MUSTER_TEST_KILLED_PROCESS";

/// A point at which the process dies, by name. Mail has `before:ADDRESS:NUMBER` (committed, not
/// sent) and `after:ADDRESS:NUMBER` (the server took it, nothing of it is recorded).
#[derive(Debug, Clone)]
struct Death(Option<String>);

impl Death {
    /// Dies here, if this is the point.
    fn at(&self, point: &str) {
        if self.0.as_deref() == Some(point) {
            let me = std::process::id().to_string();
            Command::new("kill").args(["-9", &me]).status().unwrap();
            unreachable!("killed");
        }
    }
}

/// Real SMTP that may be the last thing the process does.
struct DeadlyMail {
    smtp: Smtp,
    death: Death,
    sent: std::sync::Mutex<BTreeMap<String, u32>>,
}

#[async_trait]
impl MailPort for DeadlyMail {
    async fn send(&self, mail: &Mail) -> PortResult<MailReceipt> {
        let address = mail.to.address.clone();
        let no = {
            let mut sent = self.sent.lock().unwrap();
            let no = sent.entry(address.clone()).or_default();
            *no += 1;
            *no
        };
        self.death.at(&format!("before:{address}:{no}"));
        let receipt = self.smtp.send(mail).await?;
        self.death.at(&format!("after:{address}:{no}"));
        Ok(receipt)
    }

    async fn check(&self) -> PortResult<()> {
        self.smtp.check().await
    }
}

/// What the killed process is told: its folder, its database, its mail server, its point.
struct Inside {
    folder: PathBuf,
    database: String,
    port: u16,
    death: Death,
}

impl Inside {
    /// `None` in the test process itself.
    fn given() -> Option<Inside> {
        let given = std::env::var(INSIDE).ok()?;
        let mut given = given.splitn(4, '|');
        let mut next = || given.next().unwrap().to_owned();
        let (folder, database, port, point) = (next(), next(), next(), next());
        let death = Death(Some(point).filter(|p| !p.is_empty()));
        Some(Inside { folder: folder.into(), database, port: port.parse().unwrap(), death })
    }

    /// Real SMTP to the server that outlives us.
    fn mail(&self) -> Arc<DeadlyMail> {
        let sent = std::sync::Mutex::default();
        Arc::new(DeadlyMail { smtp: smtp(self.port), death: self.death.clone(), sent })
    }

    fn is_new(&self) -> bool {
        !self.folder.join("keys").exists()
    }

    /// The company of the folder, founded by the first process.
    async fn company(&self) -> Company {
        let is_new = self.is_new();
        let company =
            Company::in_folder(&self.folder, &self.database, self.mail(), None, is_new).await;
        if is_new {
            company.usual_cast().await;
        }
        company
    }
}

/// How often the mails under way at the death went out again.
struct Told {
    company: Company,
    doubled: usize,
    /// Database and keys; removed with it.
    _folder: tempfile::TempDir,
}

/// Lets the test `name` live until it dies at `point`, then to its end, and compares both logs.
async fn killed_and_started_again(name: &str, point: &str) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let database = Company::sqlite_in(folder.path());
    killed_and_started_again_on(&database, folder, name, point).await
}

/// The same on a database of this address.
async fn killed_and_started_again_on(
    database: &str,
    folder: tempfile::TempDir,
    name: &str,
    point: &str,
) -> Told {
    let server = ScriptedSmtp::start().await.unwrap();
    let run = |point: &str| {
        let given = format!("{}|{database}|{}|{point}", folder.path().display(), server.port());
        let mut process = tokio::process::Command::new(std::env::current_exe().unwrap());
        process.args(["--exact", name, "--nocapture"]).env(INSIDE, given);
        process
    };
    let killed = run(point).output().await.unwrap();
    let said = String::from_utf8_lossy(&killed.stderr);
    assert_eq!(killed.status.signal(), Some(9), "{point}: {said}");
    let finished = run("").output().await.unwrap();
    let said =
        String::from_utf8_lossy(&finished.stdout) + String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success(), "{point}: after the restart the story did not end: {said}");
    compare(folder, database, &server, point).await
}

/// What the server took against what the database says.
async fn compare(
    folder: tempfile::TempDir,
    database: &str,
    server: &ScriptedSmtp,
    point: &str,
) -> Told {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.taken() {
        let id = mail.message_id().expect("a Message-ID").trim_matches(['<', '>']).to_owned();
        *taken.entry(id).or_default() += 1;
    }
    let nobody = Arc::new(muster_simulation::ScriptedMail::new());
    let company = Company::in_folder(folder.path(), database, nobody, None, false).await;
    let rows = notifications::recent(company.store().read(), 500).await.unwrap();
    for row in rows.iter().filter(|r| r.accepted_ms.is_some()) {
        assert!(taken.contains_key(&row.message_id), "{point}: {} was never sent", row.step);
    }
    for (id, times) in &taken {
        let row = rows.iter().find(|r| r.message_id == *id);
        let row = row.unwrap_or_else(|| panic!("{point}: the database does not know mail {id}"));
        // Only what was under way at the moment of death may repeat, and only once.
        assert!(*times <= 2, "{point}: {} went out {times} times", row.step);
    }
    let doubled = taken.values().filter(|times| **times > 1).count();
    assert!(doubled <= 8, "{point}: {doubled} mails repeated; eight can be under way in a lane");
    if point.starts_with("after") {
        assert!(doubled >= 1, "{point}: the mail whose answer was lost is sent again");
    }
    Told { company, doubled, _folder: folder }
}
