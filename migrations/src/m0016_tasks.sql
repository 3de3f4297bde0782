CREATE TABLE retired_challenge (
  id {uuid} PRIMARY KEY,
  template TEXT NOT NULL,
  reason {blob} NOT NULL,
  retired_by {uuid},
  retired_ms BIGINT NOT NULL,
  restored_by {uuid},
  restored_ms BIGINT
);
CREATE UNIQUE INDEX retired_challenge_now ON retired_challenge (template) WHERE restored_ms IS NULL;
CREATE TABLE phone_link (
  check_in_id {uuid} PRIMARY KEY,
  challenge_no BIGINT NOT NULL,
  issued_ms BIGINT NOT NULL,
  typed_digest TEXT NOT NULL,
  page_digest TEXT NOT NULL,
  opened_ms BIGINT
);
CREATE UNIQUE INDEX phone_link_typed ON phone_link (typed_digest);
CREATE UNIQUE INDEX phone_link_page ON phone_link (page_digest);
ALTER TABLE api_token ADD COLUMN signing_key {blob};
CREATE TABLE external_report (
  id {uuid} PRIMARY KEY,
  token_id {uuid} NOT NULL,
  sender_id TEXT NOT NULL,
  person_id {uuid} NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  detail {blob},
  body_digest TEXT NOT NULL,
  signed_s BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  judged_in {uuid}
);
CREATE UNIQUE INDEX external_report_of_sender ON external_report (token_id, sender_id);
CREATE INDEX external_report_open ON external_report (person_id) WHERE judged_in IS NULL;
CREATE TABLE overlap (
  id {uuid} PRIMARY KEY,
  group_id {uuid} NOT NULL,
  state TEXT NOT NULL,
  reason {blob} NOT NULL,
  proposed_by {uuid} NOT NULL,
  proposed_ms BIGINT NOT NULL,
  decided_by {uuid},
  decided_ms BIGINT
);
CREATE INDEX overlap_of_group ON overlap (group_id);
CREATE TABLE overlap_member (
  overlap_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  order_id {uuid},
  disclosed_ms BIGINT,
  PRIMARY KEY (overlap_id, person_id)
);
CREATE INDEX overlap_member_order ON overlap_member (order_id);
CREATE INDEX overlap_member_person ON overlap_member (person_id);
