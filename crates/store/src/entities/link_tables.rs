//! What is kept for linkage, the groups it found, the sites people named, and tokens of programs.

entity! {
    /// Table `observation`.
    observation = "observation" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        day: String,
        at_ms: i64,
        source: String,
        epoch: i64,
        class: Option<String>,
        asn: Option<i64>,
        is_ipv6: bool,
        knows_lan: bool,
        digest: Vec<u8>,
        digest_next: Vec<u8>,
        line: Option<Vec<u8>>,
        line_next: Option<Vec<u8>>,
        prefix: Option<Vec<u8>>,
        prefix_next: Option<Vec<u8>>,
        square: Option<Vec<u8>>,
        square_next: Option<Vec<u8>>,
        moved_square: Option<Vec<u8>>,
        moved_square_next: Option<Vec<u8>>,
        lan: Option<Vec<u8>>,
        lan_next: Option<Vec<u8>>,
        device: Option<Vec<u8>>,
        device_next: Option<Vec<u8>>,
        delivery: Option<Vec<u8>>,
        delivery_next: Option<Vec<u8>>,
        payroll: Option<Vec<u8>>,
        payroll_next: Option<Vec<u8>>,
    }
}

entity! {
    /// Table `link_group`.
    link_group = "link_group" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        no: i64,
        state: String,
        needs_site: bool,
        people: i64,
        score_milli: i64,
        detail: Vec<u8>,
        opened_ms: i64,
        grew_ms: i64,
        found_ms: i64,
        told_ms: i64,
        turn: i64,
        acknowledged_by: Option<Uuid>,
        acknowledged_ms: Option<i64>,
        resolution: Option<String>,
        resolution_reason: Option<Vec<u8>>,
        resolved_by: Option<Uuid>,
        resolved_ms: Option<i64>,
        ended_ms: Option<i64>,
    }
}

entity! {
    /// Table `link_member`.
    link_member = "link_member" {
        #[sea_orm(primary_key, auto_increment = false)] group_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        since_ms: i64,
        until_ms: Option<i64>,
    }
}

entity! {
    /// Table `link_view`.
    link_view = "link_view" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        group_id: Uuid,
        viewer: Uuid,
        subject: Uuid,
        at_ms: i64,
    }
}

entity! {
    /// Table `link_event`.
    link_event = "link_event" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        group_id: Uuid,
        kind: String,
        actor: Option<Uuid>,
        text: Option<Vec<u8>>,
        detail: String,
        at_ms: i64,
    }
}

entity! {
    /// Table `site_list`.
    site_list = "site_list" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        version: i64,
        state: String,
        sites: Vec<u8>,
        proposed_by: Option<Uuid>,
        proposed_ms: i64,
        confirmed_by: Option<Uuid>,
        confirmed_ms: Option<i64>,
        retired_ms: Option<i64>,
    }
}

entity! {
    /// Table `api_token`.
    api_token = "api_token" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        name: String,
        token_hash: String,
        scope: String,
        created_by: Option<Uuid>,
        created_ms: i64,
        expires_ms: i64,
        used_day: Option<String>,
        revoked_ms: Option<i64>,
        ended_ms: Option<i64>,
        signing_key: Option<Vec<u8>>,
    }
}

entity! {
    /// Table `overlap`: sessions of several people of a link group at one time.
    overlap = "overlap" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        group_id: Uuid,
        state: String,
        reason: Vec<u8>,
        proposed_by: Uuid,
        proposed_ms: i64,
        decided_by: Option<Uuid>,
        decided_ms: Option<i64>,
    }
}

entity! {
    /// Table `overlap_member`.
    overlap_member = "overlap_member" {
        #[sea_orm(primary_key, auto_increment = false)] overlap_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        order_id: Option<Uuid>,
        disclosed_ms: Option<i64>,
    }
}
