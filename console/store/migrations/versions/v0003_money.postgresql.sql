ALTER TABLE charge ADD COLUMN fees_minor BIGINT DEFAULT '0' NOT NULL
-- next
ALTER TABLE charge ADD COLUMN plan_id TEXT
-- next
ALTER TABLE charge ADD COLUMN frozen_on TEXT
-- next
ALTER TABLE charge ADD COLUMN granted TEXT DEFAULT '{}' NOT NULL
-- next
CREATE TABLE entry (
	id TEXT NOT NULL, 
	charge_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	component TEXT NOT NULL, 
	amount_minor BIGINT DEFAULT '0' NOT NULL, 
	value_date TEXT NOT NULL, 
	payment_id TEXT, 
	plan_id TEXT, 
	by_id TEXT, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_entry PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_entry_charge_id ON entry (charge_id)
-- next
CREATE INDEX ix_entry_debtor ON entry (debtor_id, portfolio_id)
-- next
CREATE INDEX ix_entry_payment_id ON entry (payment_id)
-- next
CREATE INDEX ix_entry_plan_id ON entry (plan_id)
-- next
CREATE TABLE payment (
	id TEXT NOT NULL, 
	debtor_id TEXT, 
	portfolio_id TEXT NOT NULL, 
	case_id TEXT, 
	external_id TEXT, 
	provider TEXT DEFAULT 'manual' NOT NULL, 
	provider_id TEXT, 
	method TEXT NOT NULL, 
	amount_minor BIGINT DEFAULT '0' NOT NULL, 
	currency TEXT NOT NULL, 
	paid_at BIGINT NOT NULL, 
	value_date TEXT NOT NULL, 
	state TEXT NOT NULL, 
	credit_minor BIGINT DEFAULT '0' NOT NULL, 
	allocation TEXT DEFAULT '[]' NOT NULL, 
	detail TEXT DEFAULT '{}' NOT NULL, 
	by_id TEXT, 
	created_at BIGINT NOT NULL, 
	reversed_at BIGINT, 
	CONSTRAINT pk_payment PRIMARY KEY (id), 
	CONSTRAINT uq_payment_portfolio_id_external_id UNIQUE (portfolio_id, external_id), 
	CONSTRAINT uq_payment_provider_provider_id UNIQUE (provider, provider_id)
)
-- next
CREATE INDEX ix_payment_debtor ON payment (debtor_id, portfolio_id, created_at)
-- next
CREATE INDEX ix_payment_state ON payment (state, created_at)
-- next
CREATE TABLE promise (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	amount_minor BIGINT DEFAULT '0' NOT NULL, 
	currency TEXT NOT NULL, 
	due TEXT NOT NULL, 
	effective_due TEXT NOT NULL, 
	grace_until TEXT NOT NULL, 
	due_at BIGINT NOT NULL, 
	check_at BIGINT, 
	state TEXT NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	paid_minor BIGINT DEFAULT '0' NOT NULL, 
	by_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	CONSTRAINT pk_promise PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_promise_case_id ON promise (case_id)
-- next
CREATE INDEX ix_promise_check ON promise (check_at)
-- next
CREATE INDEX ix_promise_debtor ON promise (debtor_id, portfolio_id, state)
-- next
CREATE TABLE plan (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	currency TEXT NOT NULL, 
	as_of TEXT NOT NULL, 
	charges TEXT DEFAULT '[]' NOT NULL, 
	granted TEXT DEFAULT '[]' NOT NULL, 
	wish TEXT DEFAULT '{}' NOT NULL, 
	before_minor BIGINT DEFAULT '0' NOT NULL, 
	total_minor BIGINT DEFAULT '0' NOT NULL, 
	paid_minor BIGINT DEFAULT '0' NOT NULL, 
	needs_role TEXT DEFAULT '' NOT NULL, 
	because TEXT DEFAULT '[]' NOT NULL, 
	expires_at BIGINT NOT NULL, 
	by_id TEXT NOT NULL, 
	approved_by TEXT, 
	approved_at BIGINT, 
	request_id TEXT, 
	whisper_id TEXT, 
	offer_item_id TEXT, 
	offered_at BIGINT, 
	evidence TEXT DEFAULT 'null' NOT NULL, 
	accepted_at BIGINT, 
	previous_id TEXT, 
	reason TEXT DEFAULT '' NOT NULL, 
	check_at BIGINT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_plan PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_plan_case_id ON plan (case_id)
-- next
CREATE INDEX ix_plan_check ON plan (check_at)
-- next
CREATE INDEX ix_plan_debtor ON plan (debtor_id, portfolio_id, state)
-- next
CREATE TABLE instalment (
	plan_id TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	due TEXT NOT NULL, 
	moved_from TEXT, 
	amount_minor BIGINT DEFAULT '0' NOT NULL, 
	paid_minor BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_instalment PRIMARY KEY (plan_id, n)
)
-- next
CREATE TABLE dispute (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	charges TEXT DEFAULT '[]' NOT NULL, 
	every INTEGER DEFAULT '0' NOT NULL, 
	reason TEXT NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	state TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	answer_by TEXT NOT NULL, 
	by_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	CONSTRAINT pk_dispute PRIMARY KEY (id), 
	CONSTRAINT uq_dispute_reference UNIQUE (reference)
)
-- next
CREATE INDEX ix_dispute_case_id ON dispute (case_id)
-- next
CREATE INDEX ix_dispute_debtor ON dispute (debtor_id, portfolio_id, state)
-- next
CREATE TABLE claim (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	item_id TEXT NOT NULL, 
	amount_minor BIGINT, 
	currency TEXT NOT NULL, 
	state TEXT NOT NULL, 
	until TEXT NOT NULL, 
	check_at BIGINT, 
	payment_id TEXT, 
	by_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	CONSTRAINT pk_claim PRIMARY KEY (id), 
	CONSTRAINT uq_claim_item_id UNIQUE (item_id)
)
-- next
CREATE INDEX ix_claim_case_id ON claim (case_id)
-- next
CREATE INDEX ix_claim_check ON claim (check_at)
