ALTER TABLE draw_chain ADD COLUMN tip TEXT NOT NULL DEFAULT 'service';
ALTER TABLE draw_chain ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE draw_chain ADD COLUMN asked_by {uuid};
ALTER TABLE draw_chain ADD COLUMN ended_ms BIGINT;
CREATE TABLE draw_held_key (
  id {uuid} PRIMARY KEY,
  chain_id {uuid} NOT NULL,
  label TEXT NOT NULL,
  chain_key {blob} NOT NULL,
  received_ms BIGINT NOT NULL,
  UNIQUE (chain_id, label)
);
CREATE TABLE draw_boundary_next (
  zone TEXT NOT NULL,
  label TEXT NOT NULL,
  horizon TEXT NOT NULL,
  t_ms BIGINT NOT NULL,
  chain TEXT NOT NULL,
  root TEXT NOT NULL,
  entry_id {uuid} NOT NULL,
  committed_ms BIGINT NOT NULL,
  beacon TEXT NOT NULL,
  round BIGINT,
  plan_ms BIGINT NOT NULL,
  salt TEXT NOT NULL,
  signature {blob},
  dropped_ms BIGINT,
  closed_ms BIGINT,
  PRIMARY KEY (zone, label, horizon)
);
INSERT INTO draw_boundary_next
  (zone, label, horizon, t_ms, chain, root, entry_id, committed_ms, beacon, plan_ms, salt, closed_ms)
  SELECT zone, label, 'day', t_ms, '', root, entry_id, committed_ms, 'none', t_ms + 120000, 'zeros', closed_ms
  FROM draw_boundary;
CREATE TABLE draw_rows (
  entry_id {uuid} PRIMARY KEY,
  inputs {blob} NOT NULL
);
INSERT INTO draw_rows (entry_id, inputs) SELECT entry_id, inputs FROM draw_boundary;
DROP TABLE draw_boundary;
ALTER TABLE draw_boundary_next RENAME TO draw_boundary;
CREATE INDEX draw_boundary_open ON draw_boundary (t_ms) WHERE closed_ms IS NULL;
CREATE INDEX draw_boundary_label ON draw_boundary (label);
