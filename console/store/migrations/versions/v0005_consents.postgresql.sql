CREATE TABLE consent_log (
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	contact_point_id TEXT, 
	channel TEXT DEFAULT '' NOT NULL, 
	act TEXT NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	text_version TEXT DEFAULT '' NOT NULL, 
	given_at BIGINT NOT NULL, 
	by_id TEXT, 
	item_id TEXT, 
	CONSTRAINT pk_consent_log PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_consent_log_debtor_id ON consent_log (debtor_id)
