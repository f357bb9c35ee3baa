CREATE TABLE erased (
	key TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	why TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_erased PRIMARY KEY (key)
)
-- next
CREATE TABLE removal (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	debtor_id TEXT, 
	state TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	asked_by TEXT, 
	done_by TEXT, 
	report TEXT DEFAULT '{}' NOT NULL, 
	at BIGINT NOT NULL, 
	done_at BIGINT, 
	CONSTRAINT pk_removal PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_removal_at ON removal (at, id)
-- next
CREATE INDEX ix_removal_debtor ON removal (debtor_id)
-- next
CREATE TABLE near_miss (
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	case_id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	code TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	fragment TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_near_miss PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_near_miss_team ON near_miss (team_id, at)
