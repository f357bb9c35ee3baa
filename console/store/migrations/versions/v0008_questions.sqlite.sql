CREATE TABLE question (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	choices TEXT DEFAULT '[]' NOT NULL, 
	right_hash TEXT NOT NULL, 
	asked_by TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	answered_at BIGINT, 
	passed INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_question PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_question_case_id ON question (case_id)
