//! What pages tell of everybody at once, kept ready.

entity! {
    /// Table `coverage`: of each active person, when they were met. True until `due_ms`.
    coverage = "coverage" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        policy_version_id: Option<Uuid>,
        last_met_ms: Option<i64>,
        met_in_year: i64,
        latest: Option<String>,
        graver: Option<Uuid>,
        due_ms: i64,
    }
}

entity! {
    /// Table `notices_waiting`: whom the notice had not reached when it was last looked for.
    notices_waiting = "notices_waiting" {
        #[sea_orm(primary_key, auto_increment = false)] id: i64,
        people: i64,
        refused: i64,
    }
}
