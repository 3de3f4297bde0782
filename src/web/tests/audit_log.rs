//! Stories of the auditor's log: what it shows, how one pages through it, the checkpoint to take along.

use super::office::Office;
use axum::http::StatusCode;
use muster_store::audit;

#[tokio::test]
async fn the_auditor_reads_the_log_and_takes_a_checkpoint_along() {
    let office = Office::open("audit").await;
    let id = office.missed(true).await;
    office.browser(office.dana).await.post(&format!("/cases/{id}/acknowledge"), &[]).await;
    let mut ines = office.browser(office.ines).await;
    assert!(ines.get("/audit/checkpoint").await.text.contains("None yet"));
    assert_eq!(ines.get("/audit/checkpoint.txt").await.status, StatusCode::NOT_FOUND);
    let context = office.company.context();
    let tx = context.store.begin().await.unwrap();
    let signed = audit::sequence(&tx, &context.signing, 1_000).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let log = ines.get("/audit?kind=case-acknowledged").await;
    assert!(
        log.text.contains("covers them all") && log.text.contains("1 to 1 of 1"),
        "{}",
        log.text
    );
    assert!(
        !log.text.contains("Dana Weiss") && !log.text.contains("Maria Olsen"),
        "pseudonyms only"
    );
    let note = ines.get("/audit/checkpoint.txt").await;
    assert_eq!(note.text, signed.note);
    assert!(ines.get("/audit/checkpoint").await.text.contains("Public key"));
}

#[tokio::test]
async fn the_log_is_paged_through_from_its_newest_entry_to_its_oldest() {
    let office = Office::open("audit-pages").await;
    let tx = office.company.context().store.begin().await.unwrap();
    for n in 0..60 {
        audit::Record::new("roster-imported").fact("joined", n).write(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut ines = office.browser(office.ines).await;
    let newest = ines.get("/audit?kind=roster-imported").await.text;
    assert!(newest.contains("1 to 50 of 60") && !newest.contains("rel=\"prev\""), "{newest}");
    let further = newest.split("<a href=\"").find(|link| link.contains("rel=\"next\"")).unwrap();
    let address = further.split('"').next().unwrap().replace("&amp;", "&").replace("&#x3D;", "=");
    let oldest = ines.get(&address).await.text;
    assert!(oldest.contains("51 to 60 of 60") && !oldest.contains("rel=\"next\""), "{oldest}");
    assert!(oldest.contains("rel=\"prev\""), "{oldest}");
}
