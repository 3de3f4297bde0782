//! What surrounds the tasks of a talk: cards that were taken out, and second devices.

entity! {
    /// Table `retired_challenge`: a card that is drawn for nobody, until it is restored.
    retired_challenge = "retired_challenge" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        template: String,
        reason: Vec<u8>,
        retired_by: Option<Uuid>,
        retired_ms: i64,
        restored_by: Option<Uuid>,
        restored_ms: Option<i64>,
    }
}

entity! {
    /// Table `phone_link`: a second device that may be tied to a check-in. What is typed and shown is
    /// worked out anew; only digests of it are kept.
    phone_link = "phone_link" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        challenge_no: i64,
        issued_ms: i64,
        typed_digest: String,
        page_digest: String,
        opened_ms: Option<i64>,
    }
}
