//! State, chain, committed inputs and revealed keys of the draw.

entity! {
    /// Table `draw_state`.
    draw_state = "draw_state" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        k: i64,
        last_label: Option<String>,
        ineligible_run: i64,
        returned_in_cycle: bool,
        last_verifier: Option<Uuid>,
    }
}

entity! {
    /// Table `draw_chain`.
    draw_chain = "draw_chain" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        holder: String,
        first_date: String,
        length: i64,
        anchor: String,
        created_ms: i64,
    }
}

entity! {
    /// Table `draw_boundary`.
    draw_boundary = "draw_boundary" {
        #[sea_orm(primary_key, auto_increment = false)] zone: String,
        #[sea_orm(primary_key, auto_increment = false)] label: String,
        t_ms: i64,
        root: String,
        inputs: Vec<u8>,
        entry_id: Uuid,
        committed_ms: i64,
        closed_ms: Option<i64>,
    }
}

entity! {
    /// Table `draw_day`.
    draw_day = "draw_day" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] label: String,
        result: String,
        k: i64,
    }
}

entity! {
    /// Table `draw_reveal`.
    draw_reveal = "draw_reveal" {
        #[sea_orm(primary_key, auto_increment = false)] chain_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] label: String,
        chain_key: String,
        revealed_ms: i64,
    }
}

entity! {
    /// Table `draw_token`.
    draw_token = "draw_token" {
        #[sea_orm(primary_key, auto_increment = false)] token: Vec<u8>,
        person_id: Uuid,
        entry_id: Uuid,
        nonces: Vec<u8>,
        has_employee_nonce: bool,
        bound_ms: i64,
        used_from: Option<String>,
    }
}
