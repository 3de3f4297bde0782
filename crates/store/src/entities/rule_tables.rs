//! What people decided about rules: exceptions for somebody, lower levels for everybody.

entity! {
    /// Table `rule_exception`.
    rule_exception = "rule_exception" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        covers: String,
        state: String,
        detail: Vec<u8>,
        owner: Uuid,
        proposed_ms: i64,
        confirmed_by: Option<Uuid>,
        confirmed_ms: Option<i64>,
        ends_ms: i64,
        told_ms: Option<i64>,
        ended_by: Option<Uuid>,
        ended_ms: Option<i64>,
    }
}

entity! {
    /// Table `rule_demotion`.
    rule_demotion = "rule_demotion" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        rule_id: String,
        rule_version: i64,
        decided: i64,
        confirmed: i64,
        accepted_by: Uuid,
        accepted_ms: i64,
        ended_by: Option<Uuid>,
        ended_ms: Option<i64>,
    }
}
