CREATE TABLE inbox_health (
	inbox_id TEXT NOT NULL, 
	quality TEXT DEFAULT 'unknown' NOT NULL, 
	quality_at BIGINT, 
	messaging_limit TEXT DEFAULT '' NOT NULL, 
	limit_at BIGINT, 
	restriction TEXT DEFAULT '' NOT NULL, 
	restricted_until BIGINT, 
	restriction_at BIGINT, 
	CONSTRAINT pk_inbox_health PRIMARY KEY (inbox_id)
)
