CREATE INDEX audit_entry_imports ON audit_entry (at_ms) WHERE kind = 'roster-imported';
CREATE INDEX check_in_escalated ON check_in (start_ms) WHERE outcome = 'escalated';
CREATE INDEX person_left ON person (name, id) WHERE state <> 'active';
CREATE INDEX person_zone ON person (zone) WHERE state = 'active';
