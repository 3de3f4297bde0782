//! The list itself.

use super::{Ends, Holding, Only, SealedColumn, Whose};
use crate::entities;
use crate::notifications::state;
use muster_domain::retention::DataClass::{self, *};
use sea_orm::{EntityTrait, QueryFilter};

/// Findings that change no outcome.
const LIGHT: Only = Only { column: "severity", words: &["info", "low"] };

/// Messages that are not on their way any more.
const SETTLED: Only = Only {
    column: "state",
    words: &[state::ACCEPTED, state::REFUSED, state::SHADOW, state::WITHDRAWN],
};

const fn after(class: DataClass, column: &'static str) -> Ends {
    Ends::After { class, column, only: None }
}

const fn after_day(class: DataClass, column: &'static str) -> Ends {
    Ends::AfterDay { class, column }
}

macro_rules! holdings {
    ($($table:ident: $class:expr, $whose:expr, [$($ends:expr),*]
       $(, sealed [$($column:literal by $row:literal),*])?
       $(, others [$($other:literal),*])?
       $(, kept in [$($inside:literal),*])?;)+) => {
        /// Every table of the schema.
        pub const HOLDINGS: &[Holding] = &[$(Holding {
            table: stringify!($table),
            class: $class,
            whose: $whose,
            ends: &[$($ends),*],
            sealed: &[$($(SealedColumn { column: $column, row: $row }),*)?],
            others: &[$($($other),*)?],
            kept_in: &[$($($inside),*)?],
            read: |db, whose| Box::pin(async move {
                let rows = entities::$table::Entity::find().filter(whose).all(db).await?;
                Ok(rows.iter().map(|row| serde_json::to_value(row).expect("a row is plain data")).collect())
            }),
        }),+];
    };
}

use Whose::{Case, CheckIn, Nobody, Person, Pseudonym};

// Children stand before what they belong to, so that the purge finds them.
holdings! {
    // The roster.
    person_role: Employment, Person("person_id"), [Ends::WithPerson], others ["requested_by", "confirmed_by"];
    work_place: Employment, Person("person_id"), [after_day(PastCircumstances, "valid_to")],
        sealed ["place" by "id"];
    delegation: PastCircumstances, Person("manager_id"), [after(PastCircumstances, "ended_ms")],
        others ["delegate_id", "ended_by"];
    absence: PastCircumstances, Person("person_id"), [after_day(PastCircumstances, "last_day")],
        sealed ["detail" by "id"], others ["entered_by"];
    private_block: Employment, Person("person_id"), [Ends::WithPerson], sealed ["detail" by "id"];
    busy_snapshot: BusyTimes, Person("person_id"), [after(BusyTimes, "read_ms")],
        sealed ["busy" by "person_id"];
    slot_refusal: PastCircumstances, Person("person_id"), [after(PastCircumstances, "at_ms")];
    reference_still: Employment, Person("person_id"), [Ends::ByItsOwn(Employment)],
        sealed ["picture" by "id"], others ["verifier_id"];
    vouching: Employment, Person("person_id"), [Ends::WithPerson], others ["voucher_id"];
    notice_acknowledgement: Employment, Person("person_id"), [Ends::WithPerson];
    membership: Employment, Person("person_id"), [Ends::WithPerson];
    live_since: Employment, Person("person_id"), [Ends::WithPerson];
    coverage: Employment, Person("person_id"), [Ends::WithPerson];
    legal_hold: Decision, Person("person_id"), [after(Decision, "released_ms")],
        sealed ["reason" by "id"], others ["placed_by", "released_by"];

    // What a check-in leaves behind.
    attendance_event: SessionDetail, CheckIn("check_in_id"), [Ends::AfterCheckIn(SessionDetail)];
    attestation: ExactPlace, CheckIn("check_in_id"), [Ends::ByItsOwn(PlaceArea), Ends::AfterCheckIn(Decision)], sealed ["claim" by "id", "record" by "id", "passkey" by "id"];
    device_key: SessionDetail, Person("person_id"), [after(SessionDetail, "last_ms")];
    passkey: Employment, Person("person_id"), [after(SessionDetail, "removed_ms"), Ends::WithPerson],
        sealed ["detail" by "id"], others ["approved_by"];
    passkey_question: SessionDetail, Person("person_id"), [after(SessionDetail, "issued_ms")], kept in ["challenge"];
    attestation_nonce: SessionDetail, CheckIn("check_in_id"), [Ends::AfterCheckIn(SessionDetail)], kept in ["nonce"];
    drawn_challenge: SessionDetail, CheckIn("check_in_id"), [Ends::AfterCheckIn(SessionDetail)];
    phone_link: SessionDetail, CheckIn("check_in_id"), [Ends::AfterCheckIn(SessionDetail)],
        kept in ["typed_digest", "page_digest"];
    verifier_form: Decision, CheckIn("check_in_id"),
        [Ends::Emptied { class: SessionDetail, column: "notes", counted: "at_ms" }, Ends::AfterCheckIn(Decision)],
        sealed ["detail" by "check_in_id", "notes" by "check_in_id"], others ["verifier_id"];
    receipt: Decision, CheckIn("check_in_id"), [Ends::AfterCheckIn(Decision)], sealed ["text" by "id"];
    finding: Decision, Person("person_id"),
        [Ends::After { class: SessionDetail, column: "at_ms", only: Some(LIGHT) }, Ends::AfterCheckIn(Decision)],
        sealed ["detail" by "id"];
    judgement: Decision, CheckIn("check_in_id"), [Ends::AfterCheckIn(Decision)],
        sealed ["input" by "check_in_id", "result" by "check_in_id"];
    stand_by_call: Decision, CheckIn("check_in_id"), [Ends::AfterCheckIn(Decision)],
        sealed ["opinion" by "check_in_id"], others ["from_verifier", "to_verifier"];

    objection: Decision, CheckIn("check_in_id"), [Ends::AfterCheckIn(Decision)],
        sealed ["words" by "check_in_id", "answer" by "check_in_id"], others ["answered_by"];
    external_report: Decision, Person("person_id"), [after(Decision, "received_ms")],
        sealed ["detail" by "id", "withdrawal_reason" by "id"], others ["asked_by", "withdrawn_by"];

    // Cases.
    case_step: Decision, Case("case_id"), [Ends::WithCase];
    case_event: Decision, Case("case_id"), [Ends::WithCase], sealed ["text" by "id"], others ["actor"];
    evidence_view: Decision, Person("subject"), [Ends::WithCase], others ["viewer"];
    cases: Decision, Person("person_id"), [after(Decision, "resolved_ms")],
        sealed ["resolution_reason" by "id"], others ["acknowledged_by", "resolved_by"];

    // Check-ins, after what hangs on them.
    check_in_order: Decision, Person("person_id"), [after(Decision, "settled_ms")],
        sealed ["reason" by "id"], others ["ordered_by"];
    check_in: Decision, Person("person_id"), [after(Decision, "closed_ms")],
        sealed ["order_reason" by "id"], others ["verifier_id", "ordered_by"];
    notification: SessionDetail, Person("owner"), [Ends::After { class: SessionDetail, column: "created_ms", only: Some(SETTLED) }],
        sealed ["message" by "id"], others ["recipient"];

    // Rules. What was agreed about somebody ends like a decision.
    rule_exception: Decision, Person("person_id"), [after(Decision, "ended_ms")],
        sealed ["detail" by "id"], others ["owner", "confirmed_by", "ended_by"];
    rule_demotion: Installation, Nobody, [after(Decision, "ended_ms")];

    // Linkage. A group is about several people, so its texts lie under the organisation's key.
    observation: Linkage, Person("person_id"), [after(Linkage, "at_ms")],
        kept in ["digest", "digest_next", "line", "line_next", "prefix", "prefix_next", "square", "square_next",
            "moved_square", "moved_square_next", "lan", "lan_next", "device", "device_next", "delivery", "delivery_next",
            "payroll", "payroll_next"];
    link_member: Decision, Person("person_id"), [after(Linkage, "until_ms")];
    link_view: Decision, Person("subject"), [after(Decision, "at_ms")], others ["viewer"];
    link_event: Decision, Nobody, [after(Decision, "at_ms")];
    overlap_member: Decision, Person("person_id"), [after(Decision, "disclosed_ms")];
    overlap: Decision, Nobody, [after(Decision, "decided_ms")];
    link_group: Decision, Nobody, [after(Decision, "ended_ms")];
    retired_challenge: Decision, Nobody, [after(Decision, "restored_ms")];
    site_list: Installation, Nobody, [after(Decision, "retired_ms")];
    api_token: Operation, Nobody, [after(Operation, "ended_ms")];

    // Draws.
    draw_state: Employment, Person("person_id"), [Ends::WithPerson], others ["last_verifier"];
    draw_day: DrawRecord, Person("person_id"), [after_day(DrawRecord, "label")];
    draw_token: Employment, Person("person_id"), [Ends::WithPerson], sealed ["nonces" by "entry_id"];
    draw_reason: DrawRecord, Nobody, [Ends::WithBoundary];
    draw_rows: DrawRecord, Nobody, [Ends::WithBoundary];
    draw_held_key: DrawRecord, Nobody, [after_day(DrawRecord, "label")];
    draw_boundary: Installation, Nobody, [Ends::Never];
    draw_chain: Installation, Nobody, [Ends::Never];
    draw_reveal: Installation, Nobody, [Ends::Never];

    // The log, keys, sign-in.
    audit_entry: Installation, Pseudonym("subject"), [Ends::Never];
    audit_salt: Employment, Person("owner"), [Ends::WithPerson], sealed ["salts" by "entry_id"];
    audit_tree: Installation, Nobody, [Ends::Never];
    audit_checkpoint: Installation, Nobody, [Ends::Never];
    sealing_key: Employment, Person("owner"), [Ends::WithPerson], kept in ["wrapped"];
    session: SignIn, Person("person_id"), [Ends::ByItsOwn(SignIn)], kept in ["token_hash"];
    sign_in_code: SignIn, Person("person_id"), [Ends::ByItsOwn(SignIn)],
        kept in ["id", "browser", "code_hash"];
    rate_window: SignIn, Nobody, [Ends::ByItsOwn(SignIn)];

    // Policies and the service.
    policy_version: Installation, Nobody, [Ends::Never];
    holiday_calendar: Installation, Nobody, [Ends::Never];
    installation: Installation, Nobody, [Ends::Never];
    notices_waiting: Installation, Nobody, [Ends::Never];
    probe: Operation, Nobody, [after(Operation, "at_ms")];
    alarm: Operation, Nobody, [after(Operation, "ended_ms")];
    instance: Operation, Nobody, [after(Operation, "heartbeat_ms")];
    outage: Decision, Nobody, [after(Decision, "to_ms")];
    disruption: Decision, Nobody, [after(Decision, "until_ms")];
    work: Operation, Nobody, [Ends::ByItsOwn(Operation)];
    lease: Installation, Nobody, [Ends::Never];

    // Last, as everything else is theirs.
    person: Employment, Person("id"), [Ends::WithPerson], others ["manager_id"];
}
