ALTER TABLE external_report ADD COLUMN asked_by {uuid};
ALTER TABLE external_report ADD COLUMN asked_ms BIGINT;
ALTER TABLE external_report ADD COLUMN withdrawal_reason {blob};
ALTER TABLE external_report ADD COLUMN withdrawn_by {uuid};
ALTER TABLE external_report ADD COLUMN withdrawn_ms BIGINT;
