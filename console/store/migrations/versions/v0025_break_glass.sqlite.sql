CREATE TABLE break_glass (
	id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	object TEXT NOT NULL, 
	team_id TEXT, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	review_by BIGINT NOT NULL, 
	finding TEXT, 
	note TEXT DEFAULT '' NOT NULL, 
	reviewed_by TEXT, 
	reviewed_at BIGINT, 
	CONSTRAINT pk_break_glass PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_break_glass_at ON break_glass (at, id)
-- next
CREATE INDEX ix_break_glass_user ON break_glass (user_id, until)
