CREATE TABLE charge_file (
	id TEXT NOT NULL, 
	charge_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	type TEXT NOT NULL, 
	size INTEGER DEFAULT '0' NOT NULL, 
	sha256 TEXT NOT NULL, 
	by_id TEXT, 
	created_at BIGINT NOT NULL, 
	replaced_at BIGINT, 
	gone_at BIGINT, 
	CONSTRAINT pk_charge_file PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_charge_file_charge_id ON charge_file (charge_id)
