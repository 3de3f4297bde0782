CREATE TABLE reference_still (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  check_in_id {uuid} NOT NULL,
  verifier_id {uuid} NOT NULL,
  state TEXT NOT NULL,
  picture {blob} NOT NULL,
  taken_ms BIGINT NOT NULL,
  agreed_ms BIGINT,
  kept_ms BIGINT
);
CREATE UNIQUE INDEX reference_still_check_in ON reference_still (check_in_id);
CREATE UNIQUE INDEX reference_still_kept ON reference_still (person_id) WHERE state = 'kept';
CREATE TABLE vouching (
  check_in_id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  voucher_id {uuid} NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX vouching_person ON vouching (person_id, at_ms);
