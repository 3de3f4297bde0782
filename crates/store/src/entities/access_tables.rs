//! Sign-in codes, sessions and rate limits.

entity! {
    /// Table `sign_in_code`.
    sign_in_code = "sign_in_code" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Option<Uuid>,
        browser: String,
        code_hash: String,
        purpose: String,
        created_ms: i64,
        expires_ms: i64,
        wrong_tries: i64,
        used_ms: Option<i64>,
    }
}

entity! {
    /// Table `session`.
    session = "session" {
        #[sea_orm(primary_key, auto_increment = false)] token_hash: String,
        person_id: Uuid,
        created_ms: i64,
        seen_ms: i64,
        expires_ms: i64,
    }
}

entity! {
    /// Table `rate_window`.
    rate_window = "rate_window" {
        #[sea_orm(primary_key, auto_increment = false)] subject: String,
        #[sea_orm(primary_key, auto_increment = false)] window_ms: i64,
        hits: i64,
    }
}
