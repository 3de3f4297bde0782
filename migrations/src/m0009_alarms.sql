CREATE TABLE alarm (
  id {uuid} PRIMARY KEY,
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  told_ms BIGINT,
  told_times BIGINT NOT NULL,
  ended_ms BIGINT
);
CREATE UNIQUE INDEX alarm_standing ON alarm (code, subject) WHERE ended_ms IS NULL;
