CREATE TABLE text_approval (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	request_id TEXT NOT NULL, 
	whisper_id TEXT NOT NULL, 
	by_id TEXT NOT NULL, 
	epoch INTEGER DEFAULT '0' NOT NULL, 
	digest TEXT NOT NULL, 
	codes TEXT DEFAULT '[]' NOT NULL, 
	state TEXT DEFAULT 'asked' NOT NULL, 
	at BIGINT NOT NULL, 
	decided_by TEXT, 
	decided_at BIGINT, 
	note TEXT DEFAULT '' NOT NULL, 
	expires_at BIGINT, 
	item_id TEXT, 
	used_at BIGINT, 
	CONSTRAINT pk_text_approval PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_text_approval_case ON text_approval (case_id, state)
-- next
CREATE INDEX ix_text_approval_item_id ON text_approval (item_id)
-- next
CREATE INDEX ix_text_approval_request_id ON text_approval (request_id)
