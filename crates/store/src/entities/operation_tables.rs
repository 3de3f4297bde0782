//! The installation, its keys, probes, work, leases and instances.

entity! {
    /// Table `installation`.
    installation = "installation" {
        #[sea_orm(primary_key, auto_increment = false)] id: i64,
        organisation: Uuid,
        organisation_name: String,
        mode: String,
        mode_reason: String,
        is_demo: bool,
        created_ms: i64,
        high_water_ms: i64,
        pilot: Option<String>,
    }
}

entity! {
    /// Table `live_since`: from when on the programme is live for a person, where that was not
    /// always so.
    live_since = "live_since" {
        #[sea_orm(primary_key, auto_increment = false)] person_id: Uuid,
        since_ms: i64,
    }
}

entity! {
    /// Table `sealing_key`.
    sealing_key = "sealing_key" {
        #[sea_orm(primary_key, auto_increment = false)] owner: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] version: i64,
        epoch: String,
        wrapped: Vec<u8>,
    }
}

entity! {
    /// Table `probe`.
    probe = "probe" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        target: String,
        at_ms: i64,
        ok: bool,
        detail: String,
    }
}

entity! {
    /// Table `alarm`: one row for as long as a complaint of the auditor stands.
    alarm = "alarm" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        code: String,
        subject: String,
        detail: String,
        since_ms: i64,
        told_ms: Option<i64>,
        told_times: i64,
        ended_ms: Option<i64>,
    }
}

entity! {
    /// Table `disruption`: people of one zone who were missing together.
    disruption = "disruption" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        no: i64,
        zone: String,
        from_ms: i64,
        until_ms: i64,
        opened_ms: i64,
    }
}

entity! {
    /// Table `outage`.
    outage = "outage" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        from_ms: i64,
        to_ms: i64,
        reason: String,
    }
}

entity! {
    /// Table `work`.
    work = "work" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        kind: String,
        work_key: String,
        lane: i64,
        due_ms: i64,
        state: String,
        attempt: i64,
        fence: i64,
        lease_until_ms: Option<i64>,
        owner: Option<Uuid>,
        payload: String,
        last_error: String,
        created_ms: i64,
        done_ms: Option<i64>,
    }
}

entity! {
    /// Table `lease`.
    lease = "lease" {
        #[sea_orm(primary_key, auto_increment = false)] name: String,
        owner: Uuid,
        fence: i64,
        until_ms: i64,
    }
}

entity! {
    /// Table `instance`.
    instance = "instance" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        version: String,
        started_ms: i64,
        heartbeat_ms: i64,
        stopped_ms: Option<i64>,
    }
}
