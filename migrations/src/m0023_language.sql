ALTER TABLE person ADD COLUMN chosen_language TEXT;
