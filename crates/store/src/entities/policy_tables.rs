//! Cadence policies and who is in which.

entity! {
    /// Table `policy_version`.
    policy_version = "policy_version" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        name: String,
        version: i64,
        text: String,
        parsed: String,
        hash: String,
        hazard_table: String,
        state: String,
        proposed_by: Option<Uuid>,
        proposed_ms: i64,
        confirmed_by: Option<Uuid>,
        confirmed_ms: Option<i64>,
        retired_ms: Option<i64>,
    }
}

entity! {
    /// Table `membership`.
    membership = "membership" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        policy_version_id: Uuid,
        why: String,
        since_ms: i64,
    }
}
