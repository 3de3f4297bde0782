//! Cases, their steps, story and opened evidence.

entity! {
    /// Table `cases`.
    cases = "cases" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        no: i64,
        person_id: Uuid,
        cause: String,
        state: String,
        check_in_id: Uuid,
        policy_version_id: Uuid,
        waits_for: Option<Uuid>,
        first_plain_miss: bool,
        step: i64,
        turn: i64,
        last_step_ms: Option<i64>,
        next_step_ms: Option<i64>,
        acknowledged_by: Option<Uuid>,
        acknowledged_ms: Option<i64>,
        resolution: Option<String>,
        resolution_reason: Option<Vec<u8>>,
        resolved_by: Option<Uuid>,
        resolved_ms: Option<i64>,
        opened_ms: i64,
    }
}

entity! {
    /// Table `case_step`.
    case_step = "case_step" {
        #[sea_orm(primary_key, auto_increment = false)] case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] no: i64,
        recipient: String,
        recipients: i64,
        at_ms: i64,
    }
}

entity! {
    /// Table `case_event`.
    case_event = "case_event" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        case_id: Uuid,
        kind: String,
        actor: Option<Uuid>,
        text: Option<Vec<u8>>,
        detail: String,
        at_ms: i64,
    }
}

entity! {
    /// Table `evidence_view`.
    evidence_view = "evidence_view" {
        #[sea_orm(primary_key, auto_increment = false)] case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] viewer: Uuid,
        subject: Uuid,
        at_ms: i64,
    }
}

entity! {
    /// Table `objection`: somebody asks for another look at the outcome of their check-in.
    objection = "objection" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        person_id: Uuid,
        words: Vec<u8>,
        sent_ms: i64,
        /// Until when an answer is promised.
        due_ms: i64,
        /// When HR was last reminded.
        told_ms: Option<i64>,
        answer: Option<Vec<u8>>,
        answered_by: Option<Uuid>,
        answered_ms: Option<i64>,
    }
}
