CREATE TABLE webhook (
	id TEXT NOT NULL, 
	url TEXT NOT NULL, 
	events TEXT DEFAULT '[]' NOT NULL, 
	portfolio_id TEXT, 
	state TEXT DEFAULT 'active' NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	secret BYTEA, 
	previous BYTEA, 
	previous_until BIGINT, 
	failing_since BIGINT, 
	created_by TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_webhook PRIMARY KEY (id)
)
-- next
CREATE TABLE notification (
	id TEXT NOT NULL, 
	webhook_id TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	body TEXT DEFAULT '{}' NOT NULL, 
	state TEXT DEFAULT 'pending' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	at BIGINT NOT NULL, 
	due_at BIGINT, 
	settled_at BIGINT, 
	status INTEGER, 
	error TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notification PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_notification_due ON notification (webhook_id, due_at)
-- next
CREATE INDEX ix_notification_list ON notification (webhook_id, at, id)
-- next
CREATE UNIQUE INDEX uq_notification_event ON notification (webhook_id, event_id)
-- next
CREATE TABLE spread (
	id TEXT NOT NULL, 
	mark TEXT NOT NULL, 
	CONSTRAINT pk_spread PRIMARY KEY (id)
)
