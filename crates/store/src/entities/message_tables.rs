//! Messages to people.

entity! {
    /// Table `notification`.
    notification = "notification" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        about: String,
        about_id: Uuid,
        step: String,
        channel: String,
        recipient: Uuid,
        owner: Uuid,
        message: Vec<u8>,
        message_id: String,
        in_reply_to: Option<String>,
        state: String,
        response: String,
        attempts: i64,
        created_ms: i64,
        first_attempt_ms: Option<i64>,
        accepted_ms: Option<i64>,
        bounced_ms: Option<i64>,
    }
}
