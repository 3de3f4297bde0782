CREATE INDEX audit_entry_imports ON audit_entry (at_ms) WHERE kind = 'roster-imported';
CREATE INDEX person_left ON person (name, id) WHERE state <> 'active';
