ALTER TABLE attestation ADD COLUMN record {blob};
ALTER TABLE attestation_nonce ADD COLUMN tcp_min_us BIGINT;
ALTER TABLE attestation_nonce ADD COLUMN app_min_us BIGINT;
CREATE TABLE device_key (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  mac TEXT NOT NULL,
  first_check_in {uuid} NOT NULL,
  first_ms BIGINT NOT NULL,
  last_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_key_of_person ON device_key (person_id, mac);
CREATE INDEX device_key_mac ON device_key (mac);
