CREATE TABLE legal_hold (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  reason {blob} NOT NULL,
  placed_by {uuid},
  placed_ms BIGINT NOT NULL,
  review_day TEXT NOT NULL,
  released_by {uuid},
  released_ms BIGINT
);
CREATE UNIQUE INDEX legal_hold_standing ON legal_hold (person_id) WHERE released_ms IS NULL;
CREATE INDEX attestation_age ON attestation (at_ms);
CREATE INDEX notification_owner ON notification (owner);
