ALTER TABLE import_fault ADD COLUMN code TEXT DEFAULT 'refused' NOT NULL
-- next
ALTER TABLE import_fault ADD COLUMN args TEXT DEFAULT '{}' NOT NULL
