ALTER TABLE contact_point ADD COLUMN holder TEXT DEFAULT 'debtor' NOT NULL
-- next
ALTER TABLE contact_point ADD COLUMN holder_name TEXT DEFAULT '' NOT NULL
-- next
ALTER TABLE contact_point ADD COLUMN holder_proof TEXT DEFAULT '' NOT NULL
