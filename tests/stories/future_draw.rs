//! P7: nothing derived from a future hit exists anywhere before its announcement transaction.
//!
//! The story computes the hit itself, from the sealed tip, and searches its values everywhere the
//! service writes. A search that cannot find a leak proves nothing, so it is shown to find one.

use crate::support::{Company, Database, START, Somebody};
use muster_domain::draw::{
    BoundaryInputs, BoundaryKey, Chain, ChainKey, SINGLE_LOCK_SALT, Selection, Taken, plan,
};
use muster_store::draws;
use sea_orm::{ConnectionTrait, Statement};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// Every committed boundary's hits, recomputed by whoever holds the tip.
pub(super) async fn hits(company: &Company) -> Vec<Selection> {
    let db = company.store().read();
    let mut found = Vec::new();
    for row in draws::open_boundaries(db).await.unwrap() {
        let json = draws::boundary_inputs(company.store(), db, &row).await.unwrap();
        let inputs = BoundaryInputs::from_json(&json).unwrap();
        let chain = draws::chains(db).await.unwrap().remove(0);
        let tip = company.store().keys().tip(chain.id).unwrap();
        let first = chain.first_date.parse().unwrap();
        let chain = Chain::begin(
            &chain.id.to_string(),
            first,
            chain.length as u32,
            ChainKey::from_bytes(*tip),
        )
        .unwrap();
        let key = chain.key(inputs.boundary().label).unwrap();
        let key = BoundaryKey::derive(&[&key], &SINGLE_LOCK_SALT, inputs.boundary());
        found.extend(plan(&inputs, &key, &Taken::default()).selections);
    }
    found
}

/// What a hit would look like in text and in a database page.
fn traces(hit: &Selection) -> Vec<Vec<u8>> {
    let mut traces = vec![hit.priority.clone().into_bytes()];
    for instant in [hit.slot, hit.announce, hit.transaction_due()] {
        traces.push(instant.0.to_string().into_bytes());
        // SQLite stores an integer of this size as six big-endian bytes, PostgreSQL as eight.
        traces.push(instant.0.to_be_bytes()[2..].to_vec());
        let text = instant.timestamp().to_string();
        traces.push(text.as_bytes()[..16].to_vec());
    }
    traces
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

/// Everything the service has written: files of the data folder, and every row as text.
async fn everything(company: &Company, log: &Log) -> Vec<(String, Vec<u8>)> {
    let mut places = vec![("log".to_owned(), log.0.lock().unwrap().clone())];
    for entry in
        std::fs::read_dir(company.dir.path()).unwrap().flatten().filter(|e| e.path().is_file())
    {
        places.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
    }
    if company.store().is_shared() {
        let db = company.store().read();
        let backend = db.get_database_backend();
        let tables = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'";
        for table in db.query_all_raw(Statement::from_string(backend, tables)).await.unwrap() {
            let table: String = table.try_get("", "name").unwrap();
            let rows = format!("SELECT row_to_json(t)::text AS row FROM \"{table}\" t");
            for row in db.query_all_raw(Statement::from_string(backend, rows)).await.unwrap() {
                let row: String = row.try_get("", "row").unwrap();
                places.push((table.clone(), row.into_bytes()));
            }
        }
    }
    let mails = company.mail.taken().into_iter().map(|m| serde_json::to_vec(&m).unwrap());
    places.extend(mails.map(|m| ("mail".to_owned(), m)));
    places
}

async fn leaks(company: &Company, log: &Log, hit: &Selection) -> Vec<String> {
    let traces = traces(hit);
    let places = everything(company, log).await;
    let leaking = places.iter().filter(|(_, bytes)| traces.iter().any(|t| contains(bytes, t)));
    leaking.map(|(place, _)| place.clone()).collect()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

crate::on_both_databases! {
    async fn a_hit_is_nowhere_before_its_announcement_and_a_planted_leak_is_found(company: Company) {
        let log = Log::default();
        let writer = log.clone();
        let logging = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
        let _logging = tracing::subscriber::set_default(logging);

        let cast = company.usual_cast().await;
        company.pass_to(START.plus_minutes(24 * 60 + 30)).await;
        let hit = hits(&company).await.pop().expect("Maria is hit on Wednesday");
        company.pass_to(hit.transaction_due().plus_minutes(-1)).await;
        assert_eq!(leaks(&company, &log, &hit).await, Vec::<String>::new(), "a future hit has leaked");
        assert!(contains(&log.0.lock().unwrap(), b"label planned"), "the log was captured");

        plant(&company, &hit).await;
        assert!(!leaks(&company, &log, &hit).await.is_empty(), "the search finds a planted leak");

        company.pass_to(hit.transaction_due()).await;
        let announced = company.check_ins(cast.maria).await.pop().expect("the announcement");
        assert_eq!((announced.start_ms, announced.announce_ms), (hit.slot.0, hit.announce.0));
    }
}

crate::on_both_databases! {
    /// Reading calendars is the easiest way to tell a provider who is next.
    async fn who_is_hit_makes_no_difference_to_whose_calendar_is_read_before(company: Company) {
        let log = Log::default();
        let writer = log.clone();
        let logging = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
        let _logging = tracing::subscriber::set_default(logging);

        let company = company.reading_calendars().await;
        let cast = company.usual_cast().await;
        let zone = "Europe/Lisbon";
        company.person(Somebody { name: "Otto Else", zone, manager: None, roles: &[], in_pool: true }).await;
        company.pass_to(START.plus_minutes(24 * 60 + 30)).await;
        let mut coming = hits(&company).await;
        coming.sort_by_key(|hit| hit.slot);
        let (hit, later) = (coming.remove(0), coming.remove(0));
        let before = company.calendars.asked();
        company.pass_to(hit.transaction_due().plus_minutes(-1)).await;
        assert_eq!(company.calendars.asked(), before, "no reading depends on a hit to come");
        let everybody = ["jo@muster.example", "maria@muster.example", "otto@muster.example"];
        let of_today: Vec<_> = before.iter().filter(|asked| asked.from == START.plus_minutes(24 * 60)).collect();
        assert_eq!(of_today.len(), 1);
        assert_eq!(of_today[0].addresses, everybody, "everybody of the pool, and the verifier");
        assert_eq!(leaks(&company, &log, &hit).await, Vec::<String>::new(), "a future hit has leaked");

        company.pass_to(hit.transaction_due()).await;
        let after = company.calendars.asked();
        assert_eq!(after.len(), before.len() + 1, "one look, after the announcement transaction");
        assert_eq!(after.last().unwrap().addresses.len(), 1, "at the calendar of whoever was told");
        assert_eq!(leaks(&company, &log, &later).await, Vec::<String>::new(), "the next hit has leaked");
        assert!(!company.check_ins(cast.maria).await.is_empty());
    }
}

/// A timer set for a future announcement: the easiest way to leak one.
async fn plant(company: &Company, hit: &Selection) {
    use muster_domain::id::CheckInId;
    use muster_store::jobs::Job;
    let tx = company.store().begin().await.unwrap();
    Job::OpenCheckIn { check_in: CheckInId::from_random([1; 16]) }
        .plan(&tx, hit.slot)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tx = company.store().begin().await.unwrap();
    Job::OpenCheckIn { check_in: CheckInId::from_random([1; 16]) }
        .withdraw(&tx, "planted by a test")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
