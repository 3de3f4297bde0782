//! A check-in and everything gathered in it.

entity! {
    /// Table `check_in`.
    check_in = "check_in" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        policy_version_id: Uuid,
        label: String,
        kind: String,
        attempt: i64,
        state: String,
        sequence: i64,
        announce_ms: i64,
        start_ms: i64,
        window_minutes: i64,
        grace_minutes: i64,
        session_minutes: i64,
        code: String,
        verifier_id: Option<Uuid>,
        ordered_by: Option<Uuid>,
        order_reason: Option<Vec<u8>>,
        case_id: Option<Uuid>,
        room_provider: Option<String>,
        room_reference: Option<String>,
        room_url: Option<String>,
        shadow: bool,
        refused_ms: Option<i64>,
        excused_ms: Option<i64>,
        cancelled_ms: Option<i64>,
        cancel_reason: Option<String>,
        read_ms: Option<i64>,
        devices_ms: Option<i64>,
        attendance: Option<String>,
        fault: Option<String>,
        cause: Option<String>,
        presence: Option<String>,
        assurance: Option<String>,
        outcome: Option<String>,
        judged_ms: Option<i64>,
        closed_ms: Option<i64>,
        created_ms: i64,
    }
}

entity! {
    /// Table `check_in_order`: a check-in that is owed beside the draw and not announced yet.
    check_in_order = "check_in_order" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        kind: String,
        no: i64,
        ordered_by: Option<Uuid>,
        reason: Option<Vec<u8>>,
        case_id: Option<Uuid>,
        after_id: Option<Uuid>,
        created_ms: i64,
        check_in_id: Option<Uuid>,
        settled_ms: Option<i64>,
        settled_as: Option<String>,
    }
}

entity! {
    /// Table `judgement`.
    judgement = "judgement" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        input: Vec<u8>,
        result: Vec<u8>,
        at_ms: i64,
    }
}

entity! {
    /// Table `attendance_event`.
    attendance_event = "attendance_event" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        check_in_id: Uuid,
        source: String,
        who: String,
        kind: String,
        external_id: String,
        amount: i64,
        at_ms: i64,
        received_ms: i64,
    }
}

entity! {
    /// Table `attestation`.
    attestation = "attestation" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        check_in_id: Uuid,
        status: String,
        claim: Vec<u8>,
        coarse: bool,
        at_ms: i64,
        record: Option<Vec<u8>>,
        passkey: Option<Vec<u8>>,
    }
}

entity! {
    /// Table `attestation_nonce`.
    attestation_nonce = "attestation_nonce" {
        #[sea_orm(primary_key, auto_increment = false)] nonce: String,
        check_in_id: Uuid,
        issued_ms: i64,
        used_ms: Option<i64>,
        tcp_min_us: Option<i64>,
        app_min_us: Option<i64>,
    }
}

entity! {
    /// Table `device_key`: a browser that signed for a person, by a keyed hash of its key's thumbprint.
    device_key = "device_key" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        mac: String,
        first_check_in: Uuid,
        first_ms: i64,
        last_ms: i64,
    }
}

entity! {
    /// Table `passkey`: a credential of a person, or one that signed for them without being theirs.
    passkey = "passkey" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        mac: String,
        key_mac: String,
        detail: Option<Vec<u8>>,
        signed_count: i64,
        added_ms: i64,
        added_in: Option<Uuid>,
        approved_ms: Option<i64>,
        approved_by: Option<Uuid>,
        last_ms: Option<i64>,
        removed_ms: Option<i64>,
    }
}

entity! {
    /// Table `passkey_question`: what a new credential must answer.
    passkey_question = "passkey_question" {
        #[sea_orm(primary_key, auto_increment = false)] challenge: String,
        person_id: Uuid,
        issued_ms: i64,
    }
}

entity! {
    /// Table `drawn_challenge`.
    drawn_challenge = "drawn_challenge" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] no: i64,
        template: String,
        class: String,
        detail: String,
        revealed_ms: Option<i64>,
        alternative: bool,
        answer: Option<String>,
        artefacts: String,
        answered_ms: Option<i64>,
    }
}

entity! {
    /// Table `verifier_form`.
    verifier_form = "verifier_form" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        verifier_id: Uuid,
        presence: String,
        detail: Vec<u8>,
        notes: Option<Vec<u8>>,
        at_ms: i64,
    }
}

entity! {
    /// Table `receipt`.
    receipt = "receipt" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        check_in_id: Uuid,
        kind: String,
        step: String,
        error: String,
        text: String,
        at_ms: i64,
    }
}

entity! {
    /// Table `finding`.
    finding = "finding" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        check_in_id: Uuid,
        person_id: Uuid,
        rule_id: String,
        rule_version: i64,
        family: String,
        severity: String,
        status: String,
        disposition: String,
        detail: Vec<u8>,
        at_ms: i64,
    }
}

entity! {
    /// Table `stand_by_call`: a verifier fell out of a session, and somebody else is asked.
    stand_by_call = "stand_by_call" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)] attempt: i64,
        from_verifier: Option<Uuid>,
        reason: String,
        asked_ms: i64,
        to_verifier: Option<Uuid>,
        settled_ms: Option<i64>,
        settled_as: Option<String>,
        opinion: Option<Vec<u8>>,
    }
}

entity! {
    /// Table `reference_still`: the one picture of a baseline session.
    reference_still = "reference_still" {
        #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
        person_id: Uuid,
        check_in_id: Uuid,
        verifier_id: Uuid,
        state: String,
        picture: Vec<u8>,
        taken_ms: i64,
        agreed_ms: Option<i64>,
        kept_ms: Option<i64>,
    }
}

entity! {
    /// Table `vouching`: somebody's word that the person of a baseline session is who they should be.
    vouching = "vouching" {
        #[sea_orm(primary_key, auto_increment = false)] check_in_id: Uuid,
        person_id: Uuid,
        voucher_id: Uuid,
        at_ms: i64,
    }
}
