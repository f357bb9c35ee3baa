ALTER TABLE contact_point ADD COLUMN verified_at BIGINT
