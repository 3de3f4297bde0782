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
        /// When it was anchored; while it waits for the second person, when it was asked for.
        created_ms: i64,
        /// Where its tip is: `draws::tip`.
        tip: String,
        /// `draws::chain_state`.
        state: String,
        /// Who asked for its beginning or end.
        asked_by: Option<Uuid>,
        ended_ms: Option<i64>,
    }
}

entity! {
    /// Table `draw_held_key`: keys that other holders delivered, sealed until their reveal.
    draw_held_key = "draw_held_key" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        chain_id: Uuid,
        label: String,
        chain_key: Vec<u8>,
        received_ms: i64,
    }
}

entity! {
    /// Table `draw_boundary`.
    draw_boundary = "draw_boundary" {
        #[sea_orm(primary_key, auto_increment = false)] zone: String,
        #[sea_orm(primary_key, auto_increment = false)] label: String,
        /// `day`, or `block/0`, `block/1`, ...
        #[sea_orm(primary_key, auto_increment = false)] horizon: String,
        t_ms: i64,
        /// Ids of the chains its key is made of, joined by `+`; empty in rows from before they were
        /// kept here, which name them inside `draw_rows` only.
        chain: String,
        root: String,
        entry_id: Uuid,
        committed_ms: i64,
        /// A word of `BeaconKind`.
        beacon: String,
        round: Option<i64>,
        /// No plan exists before this instant.
        plan_ms: i64,
        /// `draws::salt`.
        salt: String,
        signature: Option<Vec<u8>>,
        /// Set where it will never be drawn.
        dropped_ms: Option<i64>,
        closed_ms: Option<i64>,
    }
}

entity! {
    /// Table `draw_rows`: the committed rows of a boundary, by its entry in the log. Apart from
    /// `draw_boundary`, which is read every second.
    draw_rows = "draw_rows" {
        #[sea_orm(primary_key, auto_increment = false)] entry_id: Uuid,
        inputs: Vec<u8>,
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
