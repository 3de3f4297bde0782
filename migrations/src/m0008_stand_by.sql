CREATE TABLE stand_by_call (
  check_in_id {uuid} NOT NULL,
  attempt BIGINT NOT NULL,
  from_verifier {uuid},
  reason TEXT NOT NULL,
  asked_ms BIGINT NOT NULL,
  to_verifier {uuid},
  settled_ms BIGINT,
  settled_as TEXT,
  PRIMARY KEY (check_in_id, attempt)
);
CREATE INDEX stand_by_call_open ON stand_by_call (asked_ms) WHERE settled_ms IS NULL;
CREATE INDEX stand_by_call_from ON stand_by_call (from_verifier, asked_ms);
CREATE TABLE live_since (
  person_id {uuid} PRIMARY KEY,
  since_ms BIGINT NOT NULL
);
ALTER TABLE installation ADD COLUMN pilot TEXT;
