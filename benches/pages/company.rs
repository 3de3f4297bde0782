//! A made-up company: founded by the program's own commands, its past laid into the database by a
//! few statements, since a million check-ins are not what is measured.

use anyhow::{Context as _, ensure};
use muster::acts::check_in::NOTICE_VERSION;
use muster::acts::sign_in::token_hash;
use muster_ports::{Clock, SystemClock};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::{Service, ServiceCommand};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use uuid::Uuid;

const POLICY: &str = "[policy]\nname = \"Standard\"\napplies_to = 'department ne \"none\"'\nlaw = \"cadence\"\n\
    rooms = [\"built-in\"]\n[policy.cadence]\nmean_gap_days = 36\n[policy.clock]\nnotice_minutes = [15, 30]\n\
    window_minutes = 10\ngrace_minutes = 5\nsession_minutes = 5\n[policy.evidence]\nlocation = \"required\"\n\
    accuracy_max_m = 5000\n[policy.challenges]\ncount = 3\n\
    [[policy.escalation.steps]]\ndelay_minutes = 30\nrecipient = \"manager\"\nacknowledge_timeout_minutes = 480\n\
    [[policy.escalation.steps]]\ndelay_minutes = 240\nrecipient = \"hr\"\n";

pub struct Company {
    folder: TempDir,
    _smtp: ScriptedSmtp,
    /// The session of somebody of HR.
    pub hr: String,
    /// The session of an employee with a check-in before them, and that check-in.
    pub employee: String,
    pub open_check_in: Uuid,
}

impl Company {
    /// With so many people, and so many check-ins of each in the year before.
    pub async fn found(people: usize, check_ins: usize) -> anyhow::Result<Company> {
        let folder = tempfile::tempdir()?;
        let smtp = ScriptedSmtp::start().await?;
        let config = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"http://localhost:8080\"\n\
             [organisation]\nname = \"Acme\"\nmail_from = \"check-ins@muster.example\"\ncontact = \"ext. 100\"\n\
             [smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nsign_in = \"none\"\n",
            smtp.port()
        );
        std::fs::write(folder.path().join("muster.toml"), config)?;
        std::fs::write(folder.path().join("people.csv"), roster(people))?;
        std::fs::write(folder.path().join("policy.toml"), POLICY)?;
        run(folder.path(), &["migrate"])?;
        run(folder.path(), &["roster", "import", "people.csv"])?;
        run(folder.path(), &["policy", "activate", "policy.toml"])?;
        run(folder.path(), &["resume", "--reason", "it is measured"])?;
        let mut company = Company {
            folder,
            _smtp: smtp,
            hr: "h".repeat(43),
            employee: "e".repeat(43),
            open_check_in: Uuid::from_u128(0xC0FFEE),
        };
        company.live_through(check_ins).await?;
        Ok(company)
    }

    /// The running service.
    pub async fn serve(&self) -> anyhow::Result<Service> {
        let command = ServiceCommand {
            program: PathBuf::from(env!("CARGO_BIN_EXE_muster")),
            arguments: vec!["serve".into()],
            environment: vec![
                ("MUSTER__SERVER__LISTEN".into(), "127.0.0.1:{port}".into()),
                ("MUSTER__SERVER__PUBLIC_URL".into(), "http://localhost:{port}".into()),
            ],
            folder: self.folder.path().to_owned(),
        };
        let service = Service::start(command, &self.folder.path().join("log")).await?;
        // Every row of coverage has been looked at once before it is measured.
        self.is_looked_through().await?;
        Ok(service)
    }

    async fn database(&self) -> anyhow::Result<DatabaseConnection> {
        let file = self.folder.path().join("data/muster.db");
        ensure!(file.exists(), "no database at {}", file.display());
        Ok(Database::connect(format!("sqlite://{}", file.display())).await?)
    }

    async fn is_looked_through(&self) -> anyhow::Result<()> {
        let db = self.database().await?;
        let due = "SELECT count(*) FROM coverage WHERE due_ms = 0";
        muster_testkit::eventually(
            "coverage to be looked through",
            std::time::Duration::from_secs(600),
            async || {
                let query = sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Sqlite, due);
                let row = db.query_one_raw(query).await.ok()??;
                (row.try_get_by_index::<i64>(0).ok()? == 0).then_some(())
            },
        )
        .await?;
        Ok(())
    }

    async fn live_through(&mut self, check_ins: usize) -> anyhow::Result<()> {
        let db = self.database().await?;
        let now = SystemClock.now().0;
        let day = 86_400_000;
        let columns = "id, person_id, policy_version_id, label, kind, attempt, state, sequence, announce_ms, \
            start_ms, window_minutes, grace_minutes, session_minutes, code, shadow, outcome, judged_ms, closed_ms, created_ms";
        // One in each thirty-sixth of a year; one in two thousand escalated.
        let every = 360 / check_ins.max(1);
        let past = format!(
            "INSERT INTO check_in ({columns}) \
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {check_ins}), \
             one AS MATERIALIZED (SELECT p.id AS person, m.policy_version_id AS policy, \
                {now} - (1 + n.i * {every} + abs(random()) % {every}) * {day} - 3 * {day} AS start, \
                abs(random()) % 2000 AS dice FROM n, person p JOIN membership m ON m.person_id = p.id) \
             SELECT randomblob(16), person, policy, date(start / 1000, 'unixepoch'), 'drawn', 1, 'closed', 0, \
                start - 1200000, start, 10, 5, 5, 'K7-RAIN', FALSE, \
                CASE WHEN dice = 0 THEN 'escalated' WHEN dice < 60 THEN 'missed' WHEN dice < 100 THEN 'inconclusive' \
                     WHEN dice < 110 THEN 'needs_review' ELSE 'verified' END, start, start, start FROM one"
        );
        let start = now + 600_000;
        let open = format!(
            "INSERT INTO check_in ({columns}) SELECT {id}, p.id, m.policy_version_id, date({start} / 1000, 'unixepoch'), \
             'drawn', 1, 'announced', 0, {now}, {start}, 10, 5, 5, 'K7-RAIN', FALSE, NULL, NULL, NULL, {now} \
             FROM person p JOIN membership m ON m.person_id = p.id WHERE p.employee_id = 'e3'",
            id = blob(self.open_check_in),
        );
        // Two hundred open cases of the newest misses, as many as there are.
        let cases =
            "INSERT INTO cases (id, no, person_id, cause, state, check_in_id, policy_version_id, first_plain_miss, step, turn, opened_ms) \
             SELECT randomblob(16), row_number() OVER (), person_id, 'missed', 'open', id, policy_version_id, TRUE, 0, 0, start_ms \
             FROM (SELECT * FROM check_in WHERE outcome = 'missed' GROUP BY person_id ORDER BY max(start_ms) DESC LIMIT 200)".to_owned();
        let told = format!(
            "INSERT INTO notice_acknowledgement (person_id, version, at_ms) SELECT id, '{NOTICE_VERSION}', {now} FROM person"
        );
        let role = format!(
            "INSERT INTO person_role (person_id, role, state, requested_ms, confirmed_ms) \
             SELECT id, 'hr', 'active', {now}, {now} FROM person WHERE employee_id = 'e2'"
        );
        let session = |token: &str, employee: &str| {
            format!(
                "INSERT INTO session (token_hash, person_id, created_ms, seen_ms, expires_ms) \
                 SELECT '{}', id, {now}, {now}, {now} + {day} FROM person WHERE employee_id = '{employee}'",
                token_hash(token)
            )
        };
        let all = [
            past,
            open,
            cases,
            told,
            role,
            session(&self.hr, "e2"),
            session(&self.employee, "e3"),
            "UPDATE coverage SET due_ms = 0".into(),
        ];
        for sql in all {
            db.execute_unprepared(&sql).await.with_context(|| sql.clone())?;
        }
        db.close().await?;
        Ok(())
    }
}

fn blob(id: Uuid) -> String {
    format!("x'{}'", id.simple())
}

/// Ten people to a manager.
fn roster(people: usize) -> String {
    let mut text =
        "employee_id,name,email,manager_id,roles,languages,zone,hours,department\n".to_owned();
    for i in 1..=people {
        let manager = if i == 1 { String::new() } else { format!("e{}", (i - 2) / 10 + 1) };
        let _ = writeln!(
            text,
            "e{i},Example Person {i},person.{i}@acme.example,{manager},,en,Europe/Berlin,Mon-Fri 09:00-17:30,Making"
        );
    }
    text
}

fn run(folder: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let program = env!("CARGO_BIN_EXE_muster");
    let ran = Command::new(program).args(arguments).current_dir(folder).output()?;
    let said = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "muster {}: {said}", arguments.join(" "));
    Ok(())
}
