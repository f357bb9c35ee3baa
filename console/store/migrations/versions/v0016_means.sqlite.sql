ALTER TABLE debtor ADD COLUMN preferred_means TEXT
