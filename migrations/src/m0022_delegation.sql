CREATE TABLE delegation (
  id {uuid} PRIMARY KEY,
  manager_id {uuid} NOT NULL,
  delegate_id {uuid} NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  begins_ms BIGINT NOT NULL,
  ends_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  entered_ms BIGINT NOT NULL,
  ended_by {uuid},
  ended_ms BIGINT
);
CREATE INDEX delegation_manager ON delegation (manager_id, state);
CREATE INDEX delegation_delegate ON delegation (delegate_id, state);
