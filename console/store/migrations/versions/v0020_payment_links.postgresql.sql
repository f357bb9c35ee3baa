CREATE TABLE payment_link (
	id TEXT NOT NULL, 
	token TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	target TEXT NOT NULL, 
	target_id TEXT DEFAULT '' NOT NULL, 
	n INTEGER DEFAULT '0' NOT NULL, 
	amount_minor BIGINT DEFAULT '0' NOT NULL, 
	currency TEXT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	url TEXT NOT NULL, 
	provider_id TEXT DEFAULT '' NOT NULL, 
	pay_url TEXT DEFAULT '' NOT NULL, 
	state TEXT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	payment_id TEXT, 
	by_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	CONSTRAINT pk_payment_link PRIMARY KEY (id), 
	CONSTRAINT uq_payment_link_token UNIQUE (token)
)
-- next
CREATE INDEX ix_payment_link_case_id ON payment_link (case_id)
-- next
CREATE INDEX ix_payment_link_debtor ON payment_link (debtor_id, portfolio_id, created_at)
