CREATE TABLE installation (
  id BIGINT PRIMARY KEY,
  organisation {uuid} NOT NULL,
  organisation_name TEXT NOT NULL,
  mode TEXT NOT NULL,
  mode_reason TEXT NOT NULL,
  is_demo BOOLEAN NOT NULL,
  created_ms BIGINT NOT NULL,
  high_water_ms BIGINT NOT NULL
);
CREATE TABLE sealing_key (
  owner {uuid} NOT NULL,
  version BIGINT NOT NULL,
  epoch TEXT NOT NULL,
  wrapped {blob} NOT NULL,
  PRIMARY KEY (owner, version)
);
CREATE TABLE person (
  id {uuid} PRIMARY KEY,
  employee_id TEXT NOT NULL UNIQUE,
  draw_token {blob} NOT NULL UNIQUE,
  pseudonym {uuid} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  second_email TEXT,
  manager_id {uuid},
  zone TEXT NOT NULL,
  next_zone TEXT,
  hours TEXT NOT NULL,
  holidays TEXT,
  languages TEXT NOT NULL,
  attributes TEXT NOT NULL,
  accommodations TEXT NOT NULL,
  state TEXT NOT NULL,
  baseline TEXT NOT NULL,
  joined_ms BIGINT NOT NULL,
  left_ms BIGINT
);
CREATE UNIQUE INDEX person_email ON person (email) WHERE state = 'active';
CREATE INDEX person_manager ON person (manager_id);
CREATE TABLE person_role (
  person_id {uuid} NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_by {uuid},
  requested_ms BIGINT NOT NULL,
  confirmed_by {uuid},
  confirmed_ms BIGINT,
  PRIMARY KEY (person_id, role)
);
CREATE TABLE work_place (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  is_travel BOOLEAN NOT NULL,
  place {blob} NOT NULL,
  entered_ms BIGINT NOT NULL
);
CREATE INDEX work_place_person ON work_place (person_id);
CREATE TABLE absence (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  detail {blob} NOT NULL,
  entered_ms BIGINT NOT NULL,
  entered_by {uuid}
);
CREATE INDEX absence_person ON absence (person_id);
CREATE TABLE notice_acknowledgement (
  person_id {uuid} NOT NULL,
  version TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (person_id, version)
);
CREATE TABLE policy_version (
  id {uuid} PRIMARY KEY,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  parsed TEXT NOT NULL,
  hash TEXT NOT NULL,
  hazard_table TEXT NOT NULL,
  state TEXT NOT NULL,
  proposed_by {uuid},
  proposed_ms BIGINT NOT NULL,
  confirmed_by {uuid},
  confirmed_ms BIGINT,
  retired_ms BIGINT,
  UNIQUE (name, version)
);
CREATE UNIQUE INDEX policy_version_active ON policy_version (name) WHERE state = 'active';
CREATE TABLE membership (
  person_id {uuid} PRIMARY KEY,
  policy_version_id {uuid} NOT NULL,
  why TEXT NOT NULL,
  since_ms BIGINT NOT NULL
);
CREATE TABLE draw_state (
  person_id {uuid} PRIMARY KEY,
  k BIGINT NOT NULL,
  last_label TEXT,
  ineligible_run BIGINT NOT NULL,
  returned_in_cycle BOOLEAN NOT NULL,
  last_verifier {uuid}
);
CREATE TABLE draw_chain (
  id {uuid} PRIMARY KEY,
  holder TEXT NOT NULL,
  first_date TEXT NOT NULL,
  length BIGINT NOT NULL,
  anchor TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE draw_boundary (
  zone TEXT NOT NULL,
  label TEXT NOT NULL,
  t_ms BIGINT NOT NULL,
  root TEXT NOT NULL,
  inputs {blob} NOT NULL,
  entry_id {uuid} NOT NULL,
  committed_ms BIGINT NOT NULL,
  closed_ms BIGINT,
  PRIMARY KEY (zone, label)
);
CREATE INDEX draw_boundary_open ON draw_boundary (t_ms) WHERE closed_ms IS NULL;
CREATE TABLE draw_day (
  person_id {uuid} NOT NULL,
  label TEXT NOT NULL,
  result TEXT NOT NULL,
  k BIGINT NOT NULL,
  PRIMARY KEY (person_id, label)
);
CREATE TABLE draw_reveal (
  chain_id {uuid} NOT NULL,
  label TEXT NOT NULL,
  chain_key TEXT NOT NULL,
  revealed_ms BIGINT NOT NULL,
  PRIMARY KEY (chain_id, label)
);
CREATE TABLE check_in (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  policy_version_id {uuid} NOT NULL,
  label TEXT NOT NULL,
  kind TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  state TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  announce_ms BIGINT NOT NULL,
  start_ms BIGINT NOT NULL,
  window_minutes BIGINT NOT NULL,
  grace_minutes BIGINT NOT NULL,
  session_minutes BIGINT NOT NULL,
  code TEXT NOT NULL,
  verifier_id {uuid},
  ordered_by {uuid},
  order_reason {blob},
  case_id {uuid},
  room_provider TEXT,
  room_reference TEXT,
  room_url TEXT,
  shadow BOOLEAN NOT NULL,
  refused_ms BIGINT,
  excused_ms BIGINT,
  cancelled_ms BIGINT,
  cancel_reason TEXT,
  read_ms BIGINT,
  devices_ms BIGINT,
  attendance TEXT,
  fault TEXT,
  cause TEXT,
  presence TEXT,
  assurance TEXT,
  outcome TEXT,
  judged_ms BIGINT,
  closed_ms BIGINT,
  created_ms BIGINT NOT NULL,
  UNIQUE (person_id, label, kind, attempt)
);
CREATE INDEX check_in_person ON check_in (person_id, start_ms);
CREATE INDEX check_in_verifier ON check_in (verifier_id, start_ms);
CREATE INDEX check_in_open ON check_in (start_ms) WHERE closed_ms IS NULL;
CREATE TABLE check_in_order (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  kind TEXT NOT NULL,
  no BIGINT NOT NULL,
  ordered_by {uuid},
  reason {blob},
  case_id {uuid},
  after_id {uuid},
  created_ms BIGINT NOT NULL,
  check_in_id {uuid},
  settled_ms BIGINT,
  settled_as TEXT
);
CREATE INDEX check_in_order_open ON check_in_order (created_ms) WHERE settled_ms IS NULL;
CREATE INDEX check_in_order_person ON check_in_order (person_id, created_ms);
CREATE TABLE judgement (
  check_in_id {uuid} PRIMARY KEY,
  input {blob} NOT NULL,
  result {blob} NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE TABLE attendance_event (
  id {uuid} PRIMARY KEY,
  check_in_id {uuid} NOT NULL,
  source TEXT NOT NULL,
  who TEXT NOT NULL,
  kind TEXT NOT NULL,
  external_id TEXT NOT NULL,
  amount BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  UNIQUE (check_in_id, source, external_id)
);
CREATE TABLE attestation (
  id {uuid} PRIMARY KEY,
  check_in_id {uuid} NOT NULL UNIQUE,
  status TEXT NOT NULL,
  claim {blob} NOT NULL,
  coarse BOOLEAN NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX attestation_exact ON attestation (at_ms) WHERE NOT coarse;
CREATE TABLE attestation_nonce (
  nonce TEXT PRIMARY KEY,
  check_in_id {uuid} NOT NULL,
  issued_ms BIGINT NOT NULL,
  used_ms BIGINT
);
CREATE TABLE drawn_challenge (
  check_in_id {uuid} NOT NULL,
  no BIGINT NOT NULL,
  template TEXT NOT NULL,
  class TEXT NOT NULL,
  detail TEXT NOT NULL,
  revealed_ms BIGINT,
  alternative BOOLEAN NOT NULL,
  answer TEXT,
  artefacts TEXT NOT NULL,
  answered_ms BIGINT,
  PRIMARY KEY (check_in_id, no)
);
CREATE TABLE verifier_form (
  check_in_id {uuid} PRIMARY KEY,
  verifier_id {uuid} NOT NULL,
  presence TEXT NOT NULL,
  detail {blob} NOT NULL,
  notes {blob},
  at_ms BIGINT NOT NULL
);
CREATE TABLE receipt (
  id {uuid} PRIMARY KEY,
  check_in_id {uuid} NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  error TEXT NOT NULL,
  text TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX receipt_check_in ON receipt (check_in_id);
CREATE TABLE finding (
  id {uuid} PRIMARY KEY,
  check_in_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  rule_id TEXT NOT NULL,
  rule_version BIGINT NOT NULL,
  family TEXT NOT NULL,
  severity TEXT NOT NULL,
  status TEXT NOT NULL,
  disposition TEXT NOT NULL,
  detail {blob} NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX finding_check_in ON finding (check_in_id);
CREATE INDEX finding_person ON finding (person_id, at_ms);
CREATE TABLE cases (
  id {uuid} PRIMARY KEY,
  no BIGINT NOT NULL UNIQUE,
  person_id {uuid} NOT NULL,
  cause TEXT NOT NULL,
  state TEXT NOT NULL,
  check_in_id {uuid} NOT NULL,
  policy_version_id {uuid} NOT NULL,
  waits_for {uuid},
  first_plain_miss BOOLEAN NOT NULL,
  step BIGINT NOT NULL,
  turn BIGINT NOT NULL,
  last_step_ms BIGINT,
  next_step_ms BIGINT,
  acknowledged_by {uuid},
  acknowledged_ms BIGINT,
  resolution TEXT,
  resolution_reason {blob},
  resolved_by {uuid},
  resolved_ms BIGINT,
  opened_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_one_open ON cases (person_id, cause) WHERE state <> 'resolved';
CREATE INDEX cases_open ON cases (opened_ms) WHERE state <> 'resolved';
CREATE TABLE case_step (
  case_id {uuid} NOT NULL,
  no BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  recipients BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (case_id, no)
);
CREATE TABLE case_event (
  id {uuid} PRIMARY KEY,
  case_id {uuid} NOT NULL,
  kind TEXT NOT NULL,
  actor {uuid},
  text {blob},
  detail TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX case_event_case ON case_event (case_id, at_ms);
CREATE TABLE evidence_view (
  case_id {uuid} NOT NULL,
  viewer {uuid} NOT NULL,
  subject {uuid} NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (case_id, viewer)
);
CREATE TABLE notification (
  id {uuid} PRIMARY KEY,
  about TEXT NOT NULL,
  about_id {uuid} NOT NULL,
  step TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient {uuid} NOT NULL,
  owner {uuid} NOT NULL,
  message {blob} NOT NULL,
  message_id TEXT NOT NULL,
  in_reply_to TEXT,
  state TEXT NOT NULL,
  response TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  first_attempt_ms BIGINT,
  accepted_ms BIGINT,
  bounced_ms BIGINT,
  UNIQUE (about, about_id, step, channel, recipient)
);
CREATE UNIQUE INDEX notification_message ON notification (message_id);
CREATE TABLE probe (
  id {uuid} PRIMARY KEY,
  target TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  ok BOOLEAN NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX probe_at ON probe (target, at_ms);
CREATE TABLE outage (
  id {uuid} PRIMARY KEY,
  from_ms BIGINT NOT NULL,
  to_ms BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE sign_in_code (
  id {uuid} PRIMARY KEY,
  person_id {uuid},
  browser TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  purpose TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  wrong_tries BIGINT NOT NULL,
  used_ms BIGINT
);
CREATE INDEX sign_in_code_browser ON sign_in_code (browser);
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  person_id {uuid} NOT NULL,
  created_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE TABLE rate_window (
  subject TEXT NOT NULL,
  window_ms BIGINT NOT NULL,
  hits BIGINT NOT NULL,
  PRIMARY KEY (subject, window_ms)
);
CREATE TABLE work (
  id {uuid} PRIMARY KEY,
  kind TEXT NOT NULL,
  work_key TEXT NOT NULL UNIQUE,
  lane BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  lease_until_ms BIGINT,
  owner {uuid},
  payload TEXT NOT NULL,
  last_error TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  done_ms BIGINT
);
CREATE INDEX work_ready ON work (lane, due_ms) WHERE state = 'ready';
CREATE INDEX work_leased ON work (lease_until_ms) WHERE state = 'leased';
CREATE INDEX work_dead ON work (due_ms) WHERE state = 'dead';
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  owner {uuid} NOT NULL,
  fence BIGINT NOT NULL,
  until_ms BIGINT NOT NULL
);
CREATE TABLE instance (
  id {uuid} PRIMARY KEY,
  version TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  heartbeat_ms BIGINT NOT NULL,
  stopped_ms BIGINT
);
CREATE TABLE audit_entry (
  id {uuid} PRIMARY KEY,
  seq BIGINT UNIQUE,
  at_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject {uuid},
  leaf TEXT NOT NULL,
  leaf_hash TEXT NOT NULL
);
CREATE INDEX audit_entry_new ON audit_entry (at_ms) WHERE seq IS NULL;
CREATE INDEX audit_entry_subject ON audit_entry (subject, at_ms);
CREATE TABLE audit_salt (
  entry_id {uuid} PRIMARY KEY,
  owner {uuid} NOT NULL,
  salts {blob} NOT NULL
);
CREATE TABLE audit_tree (
  id BIGINT PRIMARY KEY,
  size BIGINT NOT NULL,
  frontier TEXT NOT NULL
);
CREATE TABLE audit_checkpoint (
  size BIGINT PRIMARY KEY,
  root TEXT NOT NULL,
  note TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
