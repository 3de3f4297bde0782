//! P8: any edit, deletion or cut of the log is found.

use crate::support::{Company, Database};
use sea_orm::ConnectionTrait;

crate::on_both_databases! {
    async fn an_edited_entry_is_found(company: Company) {
        let cast = company.usual_cast().await;
        company.first_check_in(cast.maria, "drawn").await;
        company.ends_well().await;
        let sql = "UPDATE audit_entry SET leaf = replace(leaf, 'drawn', 'drawm') WHERE kind = 'check-in-announced'";
        changed(&company, sql, "was changed").await;
    }

    async fn a_deleted_entry_is_found(company: Company) {
        let cast = company.usual_cast().await;
        company.first_check_in(cast.maria, "drawn").await;
        changed(&company, "DELETE FROM audit_entry WHERE seq = 1", "is missing").await;
    }

    async fn a_log_put_back_to_an_old_copy_is_found_by_whoever_has_seen_a_later_checkpoint(company: Company) {
        let cast = company.usual_cast().await;
        company.first_check_in(cast.maria, "drawn").await;
        company.ends_well().await;
        let sql = "DELETE FROM audit_checkpoint WHERE size = (SELECT max(size) FROM audit_checkpoint)";
        company.store().begin().await.unwrap().rollback().await.unwrap();
        let tx = company.store().begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
        let audit = company.engine.audit_and_beat().await.unwrap();
        assert!(audit.complaints.iter().any(|c| c.detail.contains("shrank")), "{:?}", audit.complaints);
    }
}

async fn changed(company: &Company, sql: &str, says: &str) {
    let tx = company.store().begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
    let mut nothing_seen = muster_domain::audit::Frontier::default();
    let audit = muster::engine::auditor::pass(company.store(), &mut nothing_seen).await.unwrap();
    assert!(
        audit.complaints.iter().any(|c| c.code == "log-differs" && c.detail.contains(says)),
        "{:?}",
        audit.complaints
    );
}
