//! People, their roles, places and absences.

entity! {
    /// Table `person`.
    person = "person" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        employee_id: String,
        draw_token: Vec<u8>,
        pseudonym: Uuid,
        name: String,
        email: String,
        second_email: Option<String>,
        manager_id: Option<Uuid>,
        zone: String,
        next_zone: Option<String>,
        hours: String,
        holidays: Option<String>,
        languages: String,
        chosen_language: Option<String>,
        attributes: String,
        accommodations: String,
        state: String,
        baseline: String,
        joined_ms: i64,
        left_ms: Option<i64>,
    }
}

entity! {
    /// Table `person_role`.
    person_role = "person_role" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] role: String,
        state: String,
        requested_by: Option<Uuid>,
        requested_ms: i64,
        confirmed_by: Option<Uuid>,
        confirmed_ms: Option<i64>,
    }
}

entity! {
    /// Table `work_place`.
    work_place = "work_place" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        valid_from: Option<String>,
        valid_to: Option<String>,
        is_travel: bool,
        place: Vec<u8>,
        entered_ms: i64,
    }
}

entity! {
    /// Table `absence`.
    absence = "absence" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        first_day: String,
        last_day: String,
        detail: Vec<u8>,
        entered_ms: i64,
        entered_by: Option<Uuid>,
    }
}

entity! {
    /// Table `notice_acknowledgement`.
    notice_acknowledgement = "notice_acknowledgement" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] version: String,
        at_ms: i64,
    }
}

entity! {
    /// Table `legal_hold`: nothing about this person is deleted while it stands.
    legal_hold = "legal_hold" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        reason: Vec<u8>,
        placed_by: Option<Uuid>,
        placed_ms: i64,
        /// Local day on which somebody looks whether it is still needed.
        review_day: String,
        released_by: Option<Uuid>,
        released_ms: Option<i64>,
    }
}

entity! {
    /// Table `delegation`: who stands in for a manager on which dates of the manager's own.
    delegation = "delegation" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        manager_id: Uuid,
        delegate_id: Uuid,
        first_day: String,
        last_day: String,
        begins_ms: i64,
        ends_ms: i64,
        state: String,
        entered_ms: i64,
        ended_by: Option<Uuid>,
        ended_ms: Option<i64>,
    }
}
