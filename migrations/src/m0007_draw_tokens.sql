CREATE TABLE draw_token (
  token {blob} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  entry_id {uuid} NOT NULL,
  nonces {blob} NOT NULL,
  has_employee_nonce BOOLEAN NOT NULL,
  bound_ms BIGINT NOT NULL,
  used_from TEXT
);
CREATE INDEX draw_token_person ON draw_token (person_id);
CREATE INDEX draw_token_waiting ON draw_token (person_id) WHERE used_from IS NULL;
