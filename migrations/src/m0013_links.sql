CREATE TABLE observation (
  id {uuid} PRIMARY KEY,
  person_id {uuid} NOT NULL,
  day TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  source TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  class TEXT,
  asn BIGINT,
  is_ipv6 BOOLEAN NOT NULL,
  knows_lan BOOLEAN NOT NULL,
  digest {blob} NOT NULL,
  digest_next {blob} NOT NULL,
  line {blob},
  line_next {blob},
  prefix {blob},
  prefix_next {blob},
  square {blob},
  square_next {blob},
  moved_square {blob},
  moved_square_next {blob},
  lan {blob},
  lan_next {blob},
  device {blob},
  device_next {blob},
  UNIQUE (person_id, day, digest)
);
CREATE INDEX observation_at ON observation (at_ms);
CREATE INDEX observation_line ON observation (line);
CREATE INDEX observation_line_next ON observation (line_next);
CREATE INDEX observation_prefix ON observation (prefix);
CREATE INDEX observation_prefix_next ON observation (prefix_next);
CREATE INDEX observation_device ON observation (device);
CREATE INDEX observation_device_next ON observation (device_next);
CREATE TABLE link_group (
  id {uuid} PRIMARY KEY,
  no BIGINT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  needs_site BOOLEAN NOT NULL,
  people BIGINT NOT NULL,
  score_milli BIGINT NOT NULL,
  detail {blob} NOT NULL,
  opened_ms BIGINT NOT NULL,
  grew_ms BIGINT NOT NULL,
  found_ms BIGINT NOT NULL,
  told_ms BIGINT NOT NULL,
  turn BIGINT NOT NULL,
  acknowledged_by {uuid},
  acknowledged_ms BIGINT,
  resolution TEXT,
  resolution_reason {blob},
  resolved_by {uuid},
  resolved_ms BIGINT,
  ended_ms BIGINT
);
CREATE INDEX link_group_open ON link_group (no) WHERE ended_ms IS NULL;
CREATE TABLE link_member (
  group_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL,
  since_ms BIGINT NOT NULL,
  until_ms BIGINT,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX link_member_person ON link_member (person_id);
CREATE TABLE link_view (
  id {uuid} PRIMARY KEY,
  group_id {uuid} NOT NULL,
  viewer {uuid} NOT NULL,
  subject {uuid} NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX link_view_subject ON link_view (subject);
CREATE TABLE link_event (
  id {uuid} PRIMARY KEY,
  group_id {uuid} NOT NULL,
  kind TEXT NOT NULL,
  actor {uuid},
  text {blob},
  detail TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
CREATE INDEX link_event_group ON link_event (group_id, at_ms);
CREATE TABLE site_list (
  id {uuid} PRIMARY KEY,
  version BIGINT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  sites {blob} NOT NULL,
  proposed_by {uuid},
  proposed_ms BIGINT NOT NULL,
  confirmed_by {uuid},
  confirmed_ms BIGINT,
  retired_ms BIGINT
);
CREATE TABLE api_token (
  id {uuid} PRIMARY KEY,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  created_by {uuid},
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  used_day TEXT,
  revoked_ms BIGINT,
  ended_ms BIGINT
);
