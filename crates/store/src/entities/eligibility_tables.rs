//! When a person can be drawn: calendars, private blocks, busy times, reasons, refused slots.

entity! {
    /// Table `holiday_calendar`: one of the operator's own.
    holiday_calendar = "holiday_calendar" {
        #[sea_orm(primary_key, auto_increment = false)] code: String,
        base: Option<String>,
        days: String,
        imported_by: Option<Uuid>,
        imported_ms: i64,
    }
}

entity! {
    /// Table `private_block`.
    private_block = "private_block" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        detail: Vec<u8>,
        added_ms: i64,
    }
}

entity! {
    /// Table `busy_snapshot`: the newest reading of one person's calendar.
    busy_snapshot = "busy_snapshot" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        busy: Option<Vec<u8>>,
        from_ms: i64,
        to_ms: i64,
        read_ms: Option<i64>,
        failed_ms: Option<i64>,
        failure: String,
    }
}

entity! {
    /// Table `draw_reason`: how the slots of a boundary's people came to be.
    draw_reason = "draw_reason" {
        #[sea_orm(primary_key, auto_increment = false)] entry_id: Uuid,
        reasons: Vec<u8>,
    }
}

entity! {
    /// Table `slot_refusal`: an announced slot that the person's calendar did not take.
    slot_refusal = "slot_refusal" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        check_in_id: Uuid,
        person_id: Uuid,
        start_ms: i64,
        reason: String,
        at_ms: i64,
    }
}
