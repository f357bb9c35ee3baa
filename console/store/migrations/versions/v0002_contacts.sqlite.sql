ALTER TABLE contact ADD COLUMN inbox_id TEXT
-- next
ALTER TABLE contact ADD COLUMN portfolio_id TEXT
-- next
ALTER TABLE contact ADD COLUMN source TEXT DEFAULT 'message' NOT NULL
-- next
ALTER TABLE contact ADD COLUMN outcome TEXT DEFAULT '' NOT NULL
-- next
ALTER TABLE contact ADD COLUMN external_id TEXT
-- next
ALTER TABLE contact ADD COLUMN until BIGINT
-- next
ALTER TABLE decision ADD COLUMN inputs TEXT DEFAULT '{}' NOT NULL
-- next
CREATE INDEX ix_contact_inbox ON contact (inbox_id, at)
-- next
CREATE UNIQUE INDEX uq_contact_external ON contact (portfolio_id, external_id)
-- next
CREATE INDEX ix_decision_case ON decision (case_id, at)
