ALTER TABLE question ADD COLUMN contact_point_id TEXT
