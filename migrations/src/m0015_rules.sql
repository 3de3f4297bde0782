CREATE TABLE rule_exception (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  covers TEXT NOT NULL,
  state TEXT NOT NULL,
  detail {blob} NOT NULL,
  owner {uuid} NOT NULL,
  proposed_ms BIGINT NOT NULL,
  confirmed_by {uuid},
  confirmed_ms BIGINT,
  ends_ms BIGINT NOT NULL,
  told_ms BIGINT,
  ended_by {uuid},
  ended_ms BIGINT
);
CREATE INDEX rule_exception_person ON rule_exception (person_id, state);
CREATE INDEX rule_exception_end ON rule_exception (state, ends_ms);
CREATE TABLE rule_demotion (
  id {uuid} PRIMARY KEY,
  rule_id TEXT NOT NULL,
  rule_version BIGINT NOT NULL,
  decided BIGINT NOT NULL,
  confirmed BIGINT NOT NULL,
  accepted_by {uuid} NOT NULL,
  accepted_ms BIGINT NOT NULL,
  ended_by {uuid},
  ended_ms BIGINT
);
CREATE INDEX rule_demotion_rule ON rule_demotion (rule_id);
CREATE INDEX finding_rule ON finding (rule_id);
