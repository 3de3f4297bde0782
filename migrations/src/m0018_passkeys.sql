CREATE TABLE passkey (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  mac TEXT NOT NULL,
  key_mac TEXT NOT NULL,
  detail {blob},
  signed_count BIGINT NOT NULL,
  added_ms BIGINT NOT NULL,
  added_in {uuid},
  approved_ms BIGINT,
  approved_by {uuid},
  last_ms BIGINT,
  removed_ms BIGINT
);
CREATE UNIQUE INDEX passkey_of_person ON passkey (person_id, mac);
CREATE INDEX passkey_mac ON passkey (mac);
CREATE INDEX passkey_key_mac ON passkey (key_mac);
CREATE TABLE passkey_question (
  challenge TEXT PRIMARY KEY,
  person_id {uuid} NOT NULL,
  issued_ms BIGINT NOT NULL
);
ALTER TABLE attestation ADD COLUMN passkey {blob};
