CREATE TABLE retired_challenge (
  id {uuid} PRIMARY KEY,
  template TEXT NOT NULL,
  reason {blob} NOT NULL,
  retired_by {uuid},
  retired_ms BIGINT NOT NULL,
  restored_by {uuid},
  restored_ms BIGINT
);
CREATE UNIQUE INDEX retired_challenge_now ON retired_challenge (template) WHERE restored_ms IS NULL;
CREATE TABLE phone_link (
  check_in_id {uuid} PRIMARY KEY,
  challenge_no BIGINT NOT NULL,
  issued_ms BIGINT NOT NULL,
  typed_digest TEXT NOT NULL,
  page_digest TEXT NOT NULL,
  opened_ms BIGINT
);
CREATE UNIQUE INDEX phone_link_typed ON phone_link (typed_digest);
CREATE UNIQUE INDEX phone_link_page ON phone_link (page_digest);
