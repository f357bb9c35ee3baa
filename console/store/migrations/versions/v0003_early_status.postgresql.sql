CREATE TABLE early_status (
	inbox_id TEXT NOT NULL,
	provider_id TEXT NOT NULL,
	status TEXT NOT NULL,
	at BIGINT NOT NULL,
	receipt TEXT DEFAULT '{}' NOT NULL,
	PRIMARY KEY (inbox_id, provider_id, status)
)
-- next
CREATE INDEX ix_early_status_at ON early_status (at)
-- next
ALTER TABLE mailbox ADD COLUMN leased_by TEXT DEFAULT '' NOT NULL
-- next
ALTER TABLE mailbox ADD COLUMN lease_until BIGINT
