CREATE TABLE charge_code (
	id TEXT NOT NULL, 
	charge_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	by_id TEXT, 
	created_at BIGINT NOT NULL, 
	replaced_at BIGINT, 
	CONSTRAINT pk_charge_code PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_charge_code_charge_id ON charge_code (charge_id)
-- next
CREATE INDEX ix_charge_code_value ON charge_code (value)
