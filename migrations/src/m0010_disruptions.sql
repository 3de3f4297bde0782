CREATE TABLE disruption (
  id {uuid} PRIMARY KEY,
  no BIGINT NOT NULL UNIQUE,
  zone TEXT NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  opened_ms BIGINT NOT NULL
);
CREATE INDEX disruption_when ON disruption (zone, until_ms);
