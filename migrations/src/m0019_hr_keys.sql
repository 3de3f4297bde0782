ALTER TABLE observation ADD COLUMN delivery {blob};
ALTER TABLE observation ADD COLUMN delivery_next {blob};
ALTER TABLE observation ADD COLUMN payroll {blob};
ALTER TABLE observation ADD COLUMN payroll_next {blob};
