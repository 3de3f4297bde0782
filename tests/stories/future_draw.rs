//! P7: nothing derived from a future hit exists anywhere before its announcement transaction.
//!
//! The story computes the hit itself, from the sealed tip, and searches its values everywhere the
//! service writes. A search that cannot find a leak proves nothing, so it is shown to find one.

use crate::support::{Company, Database, Log, START, Somebody, recompute};
use muster_domain::draw::Selection;
use muster_store::draws;
use sea_orm::{ConnectionTrait, Statement};

/// Every planned boundary's hits, recomputed by whoever holds every key.
pub(super) async fn hits(company: &Company) -> Vec<Selection> {
    let mut labels: Vec<(String, String)> = Vec::new();
    for row in draws::open_boundaries(company.store().read()).await.unwrap() {
        labels.push((row.zone, row.label));
    }
    labels.dedup();
    let mut found = Vec::new();
    for (zone, label) in labels {
        let boundaries = recompute(company, &zone, &label).await;
        found.extend(boundaries.into_iter().flat_map(|boundary| boundary.plan.selections));
    }
    found
}

/// What a hit would look like in text and in a database page.
fn traces(hit: &Selection) -> Vec<Vec<u8>> {
    let mut traces = Vec::new();
    for instant in [hit.slot, hit.announce, hit.transaction_due()] {
        traces.push(instant.0.to_string().into_bytes());
        // SQLite stores an integer of this size as six big-endian bytes, PostgreSQL as eight.
        traces.push(instant.0.to_be_bytes()[2..].to_vec());
        let text = instant.timestamp().to_string();
        traces.push(text.as_bytes()[..16].to_vec());
    }
    traces
}

pub(super) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

/// Everything the service has written.
async fn everything(company: &Company, log: &Log) -> Vec<(String, Vec<u8>)> {
    let mut places = written(company).await;
    places.push(("log".to_owned(), log.bytes()));
    let mails = company.mail.taken().into_iter().map(|m| serde_json::to_vec(&m).unwrap());
    places.extend(mails.map(|m| ("mail".to_owned(), m)));
    places
}

/// What lies in the database: files of the data folder, and every row as text.
pub(super) async fn written(company: &Company) -> Vec<(String, Vec<u8>)> {
    let mut places = Vec::new();
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
    places
}

async fn leaks(company: &Company, log: &Log, hit: &Selection) -> Vec<String> {
    leaks_of(traces(hit), company, log).await
}

/// The same where another hit has been announced: an instant that both have is no trace of `hit`.
async fn leaks_beside(
    announced: &Selection,
    company: &Company,
    log: &Log,
    hit: &Selection,
) -> Vec<String> {
    let known = traces(announced);
    let own: Vec<_> = traces(hit).into_iter().filter(|trace| !known.contains(trace)).collect();
    assert!(!own.is_empty(), "nothing tells the two hits apart");
    leaks_of(own, company, log).await
}

async fn leaks_of(traces: Vec<Vec<u8>>, company: &Company, log: &Log) -> Vec<String> {
    let places = everything(company, log).await;
    let leaking = places.iter().filter(|(_, bytes)| traces.iter().any(|t| contains(bytes, t)));
    leaking.map(|(place, _)| place.clone()).collect()
}

crate::on_both_databases! {
    async fn a_hit_is_nowhere_before_its_announcement_and_a_planted_leak_is_found(company: Company) {
        let (log, _logging) = Log::capture();
        let cast = company.usual_cast().await;
        company.pass_to(START.plus_minutes(24 * 60 + 30)).await;
        let hit = hits(&company).await.pop().expect("Maria is hit on Wednesday");
        company.pass_to(hit.transaction_due().plus_minutes(-1)).await;
        assert_eq!(leaks(&company, &log, &hit).await, Vec::<String>::new(), "a future hit has leaked");
        assert!(contains(&log.bytes(), b"label planned"), "the log was captured");

        plant(&company, &hit).await;
        assert!(!leaks(&company, &log, &hit).await.is_empty(), "the search finds a planted leak");

        company.pass_to(hit.transaction_due()).await;
        let announced = company.check_ins(cast.maria).await.pop().expect("the announcement");
        assert_eq!((announced.start_ms, announced.announce_ms), (hit.slot.0, hit.announce.0));
    }
}

/// Two instances that share a database, blocks, two locks: while one holds the plan and the other
/// looks on, no hit of a planned block is anywhere, in rows, log, metrics or mails.
#[tokio::test]
async fn two_instances_that_draw_blocks_leak_no_hit_before_its_announcement() {
    let (log, _logging) = Log::capture();
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let (metrics, _recording) = (recorder.handle(), metrics::set_default_local_recorder(&recorder));

    let company = Company::open_in_blocks(Database::Postgresql, "two_leak_nothing").await;
    company.usual_cast().await;
    for n in 0..6 {
        let name = format!("P{n} Example");
        let zone = "Europe/Lisbon";
        let somebody = Somebody { name: &name, zone, manager: None, roles: &[], in_pool: true };
        company.person(somebody).await;
    }
    let second = company.second_instance().await;
    let mut looked_at = 0;
    for hour in (8..17).step_by(2) {
        // Just after the plan of each block.
        company.pass_to(START.plus_minutes(hour * 60 + 3)).await;
        second.drain().await.unwrap();
        let now = company.context.now();
        let to_come = hits(&company).await.into_iter().filter(|hit| hit.transaction_due() > now);
        for hit in to_come {
            assert_eq!(leaks(&company, &log, &hit).await, Vec::<String>::new(), "{hour} o'clock");
            let figures = metrics.render();
            let traces = traces(&hit);
            assert!(!traces.iter().any(|trace| contains(figures.as_bytes(), trace)));
            looked_at += 1;
        }
    }
    assert!(looked_at >= 4, "only {looked_at} hits to look for");
    assert!(metrics.render().contains("muster_work_total"), "the metrics were captured");
}

crate::on_both_databases! {
    /// Reading calendars is the easiest way to tell a provider who is next.
    async fn who_is_hit_makes_no_difference_to_whose_calendar_is_read_before(company: Company) {
        // What is logged is searched by the story above.
        let log = Log::default();
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
        let leaking = leaks_beside(&hit, &company, &log, &later).await;
        assert_eq!(leaking, Vec::<String>::new(), "the next hit has leaked");
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
