ALTER TABLE stand_by_call ADD COLUMN opinion {blob};
