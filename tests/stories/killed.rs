//! P1 to P4 across `kill -9`: at fixed points of a story the process is killed without warning,
//! started again on the same folder, and the story still ends right. What the mail server took is
//! compared with what the database says was sent.
//!
//! The test starts itself again as the process that is killed. The mail server is scripted (a
//! fake), on a real socket, and outlives the process.

use super::real_mail::smtp;
use crate::support::Company;
use async_trait::async_trait;
use muster_integrations::smtp::Smtp;
use muster_ports::{Mail, MailPort, MailReceipt, PortResult};
use muster_store::{cases, notifications};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const NAME: &str =
    "stories::killed::a_killed_process_loses_nothing_and_tells_nobody_twice_without_need";
const INSIDE: &str = "MUSTER_TEST_KILLED_PROCESS";

/// Where the process is killed.
const POINTS: [&str; 4] = [
    "before:maria@muster.example:1", // the announcement is committed, its mail is not sent
    "after:maria@muster.example:1",  // the server took the mail, nothing of it is recorded
    "before:mads@muster.example:1",  // the case's first step is committed, its mail is not sent
    "after:mads@muster.example:1",   // the manager has the mail, nothing of it is recorded
];

/// Real SMTP, and a process that dies at one point.
struct DeadlyMail {
    smtp: Smtp,
    point: Option<String>,
    sent: std::sync::Mutex<BTreeMap<String, u32>>,
}

impl DeadlyMail {
    fn die_at(&self, side: &str, address: &str, no: u32) {
        if self.point.as_deref() == Some(&format!("{side}:{address}:{no}")) {
            let me = std::process::id().to_string();
            Command::new("kill").args(["-9", &me]).status().unwrap();
            unreachable!("killed");
        }
    }
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
        self.die_at("before", &address, no);
        let receipt = self.smtp.send(mail).await?;
        self.die_at("after", &address, no);
        Ok(receipt)
    }

    async fn check(&self) -> PortResult<()> {
        self.smtp.check().await
    }
}

/// Lives through the story from wherever the folder is in it.
async fn live(folder: &Path, port: u16, point: Option<String>) {
    let mail = Arc::new(DeadlyMail { smtp: smtp(port), point, sent: Default::default() });
    let is_new = !folder.join("keys").exists();
    let company = Company::in_folder(folder, mail, is_new).await;
    if is_new {
        company.usual_cast().await;
    }
    let maria = muster_store::people::by_employee_id(company.store().read(), "maria")
        .await
        .unwrap()
        .unwrap();
    let maria = muster_domain::id::PersonId(maria.id);
    company
        .pass_until("the manager's mail", 6 * 24 * 60, async || {
            for check_in in company.check_ins(maria).await.iter().filter(|c| c.closed_ms.is_none())
            {
                if company.context.now() >= check_in.clocks().start {
                    company.sighting(check_in, "verifier", "own_page", "joined").await;
                }
            }
            let case = company.cases().await.into_iter().find(|c| c.step >= 1)?;
            let told = notifications::about(company.store().read(), "case", case.id).await.unwrap();
            told.iter().any(|n| n.accepted_ms.is_some()).then_some(())
        })
        .await;
    company.ends_well().await;
}

#[test]
fn a_killed_process_loses_nothing_and_tells_nobody_twice_without_need() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Ok(given) = std::env::var(INSIDE) {
        let mut given = given.splitn(3, '|');
        let (folder, port, point) =
            (given.next().unwrap(), given.next().unwrap(), given.next().unwrap());
        let point = Some(point.to_owned()).filter(|p| !p.is_empty());
        return runtime.block_on(live(Path::new(folder), port.parse().unwrap(), point));
    }
    for point in POINTS {
        runtime.block_on(tell(point));
    }
}

async fn tell(point: &str) {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedSmtp::start().await.unwrap();
    let run = |point: &str| {
        let given = format!("{}|{}|{point}", folder.path().display(), server.port());
        let mut process = tokio::process::Command::new(std::env::current_exe().unwrap());
        process.args(["--exact", NAME, "--nocapture"]).env(INSIDE, given);
        process
    };
    let killed = run(point).output().await.unwrap();
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(
        killed.status.signal(),
        Some(9),
        "{point}: {}",
        String::from_utf8_lossy(&killed.stderr)
    );
    let finished = run("").output().await.unwrap();
    let said =
        String::from_utf8_lossy(&finished.stdout) + String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success(), "{point}: after the restart the story did not end: {said}");

    // What the server took against what the database says.
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.taken() {
        *taken
            .entry(mail.message_id().expect("a Message-ID").trim_matches(['<', '>']).to_owned())
            .or_default() += 1;
    }
    let nobody = Arc::new(muster_simulation::ScriptedMail::new());
    let company = Company::in_folder(folder.path(), nobody, false).await;
    let rows = notifications::recent(company.store().read(), 500).await.unwrap();
    for row in rows.iter().filter(|r| r.accepted_ms.is_some()) {
        assert!(taken.contains_key(&row.message_id), "{point}: {} was never sent", row.step);
    }
    for (id, times) in &taken {
        let row = rows.iter().find(|r| r.message_id == *id);
        assert!(row.is_some(), "{point}: a mail went out that the database does not know");
        // Only what was under way at the moment of death may repeat, and only once.
        assert!(*times <= 2, "{point}: {} went out {times} times", row.unwrap().step);
    }
    let doubled = taken.values().filter(|times| **times > 1).count();
    assert!(doubled <= 8, "{point}: {doubled} mails repeated; eight can be under way in a lane");
    if point.starts_with("after") {
        assert!(doubled >= 1, "{point}: the mail whose answer was lost is sent again");
    }
    let case = company.cases().await.remove(0);
    let id = muster_domain::id::CaseId(case.id);
    let steps = cases::steps(company.store().read(), id).await.unwrap();
    assert_eq!(steps.len(), 1, "{point}: one step, taken once");
}
