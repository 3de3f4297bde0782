CREATE TABLE coverage (
  person_id {uuid} PRIMARY KEY,
  policy_version_id {uuid},
  last_met_ms BIGINT,
  met_in_year BIGINT NOT NULL,
  latest TEXT,
  graver {uuid},
  due_ms BIGINT NOT NULL
);
CREATE INDEX coverage_due ON coverage (due_ms);
CREATE INDEX coverage_policy ON coverage (policy_version_id, last_met_ms);
CREATE INDEX coverage_last_met ON coverage (last_met_ms, person_id);
CREATE INDEX coverage_year ON coverage (met_in_year, person_id);
CREATE INDEX coverage_latest ON coverage (latest, person_id);
CREATE INDEX coverage_graver ON coverage (person_id) WHERE graver IS NOT NULL;
CREATE INDEX person_name ON person (name, id) WHERE state = 'active';
CREATE INDEX check_in_judged ON check_in (start_ms, label, outcome, fault) WHERE outcome IS NOT NULL;
INSERT INTO coverage (person_id, policy_version_id, met_in_year, due_ms)
  SELECT p.id, m.policy_version_id, 0, 0
  FROM person p LEFT JOIN membership m ON m.person_id = p.id
  WHERE p.state = 'active';
CREATE TABLE notices_waiting (
  id BIGINT PRIMARY KEY,
  people BIGINT NOT NULL,
  refused BIGINT NOT NULL
);
