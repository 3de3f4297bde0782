CREATE TABLE objection (
  check_in_id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  words {blob} NOT NULL,
  sent_ms BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  told_ms BIGINT,
  answer {blob},
  answered_by {uuid},
  answered_ms BIGINT
);
CREATE INDEX objection_open ON objection (due_ms) WHERE answered_ms IS NULL;
