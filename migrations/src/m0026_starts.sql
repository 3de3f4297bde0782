CREATE INDEX check_in_start ON check_in (start_ms);
