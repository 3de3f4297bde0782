//! What other systems report.

entity! {
    /// Table `external_report`: one signed report about somebody.
    external_report = "external_report" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        token_id: Uuid,
        sender_id: String,
        person_id: Uuid,
        kind: String,
        severity: String,
        detail: Option<Vec<u8>>,
        body_digest: String,
        signed_s: i64,
        at_ms: i64,
        received_ms: i64,
        judged_in: Option<Uuid>,
        asked_by: Option<Uuid>,
        asked_ms: Option<i64>,
        withdrawal_reason: Option<Vec<u8>>,
        withdrawn_by: Option<Uuid>,
        withdrawn_ms: Option<i64>,
    }
}
