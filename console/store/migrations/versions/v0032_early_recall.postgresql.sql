CREATE TABLE early_recall (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	debtor_key TEXT NOT NULL, 
	debt_key TEXT DEFAULT '' NOT NULL, 
	charge_key TEXT DEFAULT '' NOT NULL, 
	reason TEXT NOT NULL, 
	why TEXT NOT NULL, 
	state TEXT NOT NULL, 
	file TEXT DEFAULT '' NOT NULL, 
	by_id TEXT, 
	created_at BIGINT NOT NULL, 
	debtor_id TEXT, 
	note TEXT DEFAULT '' NOT NULL, 
	settled_by TEXT, 
	settled_at BIGINT, 
	CONSTRAINT pk_early_recall PRIMARY KEY (id), 
	CONSTRAINT uq_early_recall_portfolio_id_debtor_key_debt_key_charge_key UNIQUE (portfolio_id, debtor_key, debt_key, charge_key)
)
-- next
CREATE INDEX ix_early_recall_state ON early_recall (state, created_at)
