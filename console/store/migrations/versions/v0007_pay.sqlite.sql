CREATE TABLE pay_provider (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	secrets BLOB, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_pay_provider PRIMARY KEY (id), 
	CONSTRAINT uq_pay_provider_portfolio_id_provider UNIQUE (portfolio_id, provider)
)
