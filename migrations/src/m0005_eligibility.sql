CREATE TABLE holiday_calendar (
  code TEXT PRIMARY KEY,
  base TEXT,
  days TEXT NOT NULL,
  imported_by {uuid},
  imported_ms BIGINT NOT NULL
);
CREATE TABLE private_block (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  detail {blob} NOT NULL,
  added_ms BIGINT NOT NULL
);
CREATE INDEX private_block_person ON private_block (person_id);
CREATE TABLE busy_snapshot (
  person_id {uuid} PRIMARY KEY,
  busy {blob},
  from_ms BIGINT NOT NULL,
  to_ms BIGINT NOT NULL,
  read_ms BIGINT,
  failed_ms BIGINT,
  failure TEXT NOT NULL
);
CREATE TABLE draw_reason (
  entry_id {uuid} PRIMARY KEY,
  reasons {blob} NOT NULL
);
CREATE TABLE slot_refusal (
  id {uuid} PRIMARY KEY,
  check_in_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  start_ms BIGINT NOT NULL,
  reason TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX slot_refusal_person ON slot_refusal (person_id, at_ms);
