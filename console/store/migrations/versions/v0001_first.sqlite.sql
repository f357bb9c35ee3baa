CREATE TABLE account (
	id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	external_id TEXT, 
	stage TEXT DEFAULT 'new' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (id), 
	CONSTRAINT uq_account_portfolio_id_external_id UNIQUE (portfolio_id, external_id)
)
-- next
CREATE INDEX ix_account_debtor_id ON account (debtor_id)
-- next
CREATE TABLE address (
	id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	phone TEXT DEFAULT '' NOT NULL, 
	wa_id TEXT DEFAULT '' NOT NULL, 
	user_id TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	profile_name TEXT DEFAULT '' NOT NULL, 
	opted_out_at BIGINT, 
	opt_out_source TEXT DEFAULT '' NOT NULL, 
	marketing_stopped_at BIGINT, 
	invalid_at BIGINT, 
	invalid_reason TEXT DEFAULT '' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_address PRIMARY KEY (id), 
	CONSTRAINT uq_address_channel_key UNIQUE (channel, "key")
)
-- next
CREATE TABLE approval (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	profile TEXT NOT NULL, 
	version TEXT NOT NULL, 
	name TEXT NOT NULL, 
	document TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	CONSTRAINT pk_approval PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_approval_portfolio ON approval (portfolio_id, profile)
-- next
CREATE TABLE assignment (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	epoch INTEGER DEFAULT '0' NOT NULL, 
	user_id TEXT, 
	team_id TEXT, 
	cause TEXT NOT NULL, 
	by_id TEXT, 
	why TEXT DEFAULT '{}' NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_assignment PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_assignment_case ON assignment (case_id, epoch)
-- next
CREATE TABLE attachment (
	id TEXT NOT NULL, 
	item_id TEXT, 
	case_id TEXT, 
	uploader_id TEXT, 
	ordinal INTEGER DEFAULT '0' NOT NULL, 
	name TEXT NOT NULL, 
	type TEXT NOT NULL, 
	declared TEXT DEFAULT '' NOT NULL, 
	size INTEGER DEFAULT '0' NOT NULL, 
	sha256 TEXT DEFAULT '' NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	inline_id TEXT DEFAULT '' NOT NULL, 
	width INTEGER DEFAULT '0' NOT NULL, 
	height INTEGER DEFAULT '0' NOT NULL, 
	source TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_attachment PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_attachment_item_id ON attachment (item_id)
-- next
CREATE TABLE attempt (
	id TEXT NOT NULL, 
	item_id TEXT NOT NULL, 
	ordinal INTEGER DEFAULT '0' NOT NULL, 
	at BIGINT NOT NULL, 
	outcome TEXT NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	worker TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_attempt PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_attempt_item_id ON attempt (item_id)
-- next
CREATE TABLE audit (
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor_id TEXT, 
	action TEXT NOT NULL, 
	object TEXT DEFAULT '' NOT NULL, 
	case_id TEXT, 
	once TEXT, 
	detail TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT uq_audit_once UNIQUE (once)
)
-- next
CREATE INDEX ix_audit_at ON audit (at, id)
-- next
CREATE INDEX ix_audit_case ON audit (case_id, at)
-- next
CREATE TABLE "case" (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	owner_id TEXT, 
	epoch INTEGER DEFAULT '0' NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	priority TEXT DEFAULT 'normal' NOT NULL, 
	skills TEXT DEFAULT '[]' NOT NULL, 
	labels TEXT DEFAULT '[]' NOT NULL, 
	rank_at BIGINT NOT NULL, 
	rank_terms TEXT DEFAULT '[]' NOT NULL, 
	rank_edge BIGINT, 
	waiting_since BIGINT, 
	sla_due_at BIGINT, 
	rescue INTEGER DEFAULT '0' NOT NULL, 
	queued_at BIGINT, 
	queue_reason TEXT DEFAULT '' NOT NULL, 
	assigned_at BIGINT, 
	opened_at BIGINT, 
	weight INTEGER DEFAULT '1000' NOT NULL, 
	weight_edge BIGINT, 
	snooze_until BIGINT, 
	preferred_id TEXT, 
	preferred_until BIGINT, 
	last_agent_id TEXT, 
	excluded TEXT DEFAULT '[]' NOT NULL, 
	taken_over_from TEXT, 
	taken_over_by TEXT, 
	hand_reason TEXT, 
	hand_at BIGINT, 
	holds TEXT DEFAULT '[]' NOT NULL, 
	disclosure INTEGER DEFAULT '0' NOT NULL, 
	disclosure_until BIGINT, 
	bucket TEXT DEFAULT 'CURRENT' NOT NULL, 
	days_late INTEGER DEFAULT '0' NOT NULL, 
	balance_minor BIGINT, 
	currency TEXT DEFAULT '' NOT NULL, 
	overlays TEXT DEFAULT '[]' NOT NULL, 
	channels TEXT DEFAULT '[]' NOT NULL, 
	last_item TEXT DEFAULT 'null' NOT NULL, 
	last_channel TEXT, 
	last_inbox_id TEXT, 
	last_contact_point_id TEXT, 
	last_inbound_at BIGINT, 
	last_outbound_at BIGINT, 
	inbound INTEGER DEFAULT '0' NOT NULL, 
	outcome TEXT, 
	resolved_at BIGINT, 
	previous_id TEXT, 
	merged_into TEXT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_case PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_case_debtor_id ON "case" (debtor_id)
-- next
CREATE INDEX ix_case_owner ON "case" (owner_id, status, rank_at, id)
-- next
CREATE INDEX ix_case_rank_edge ON "case" (rank_edge)
-- next
CREATE INDEX ix_case_snooze ON "case" (snooze_until)
-- next
CREATE INDEX ix_case_team ON "case" (team_id, status, rank_at, id)
-- next
CREATE INDEX ix_case_updated ON "case" (status, updated_at, id)
-- next
CREATE INDEX ix_case_weight_edge ON "case" (weight_edge)
-- next
CREATE UNIQUE INDEX uq_case_open ON "case" (debtor_id, portfolio_id) WHERE status <> 'resolved'
-- next
CREATE TABLE charge (
	id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	external_id TEXT, 
	number TEXT NOT NULL, 
	product TEXT DEFAULT '' NOT NULL, 
	due TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	amount_minor BIGINT DEFAULT '0' NOT NULL, 
	paid_minor BIGINT DEFAULT '0' NOT NULL, 
	fine_bp INTEGER DEFAULT '0' NOT NULL, 
	interest_bp_30d INTEGER DEFAULT '0' NOT NULL, 
	overlays TEXT DEFAULT '[]' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_charge PRIMARY KEY (id), 
	CONSTRAINT uq_charge_portfolio_id_external_id UNIQUE (portfolio_id, external_id)
)
-- next
CREATE INDEX ix_charge_debtor ON charge (debtor_id, portfolio_id)
-- next
CREATE TABLE client_key (
	actor_id TEXT NOT NULL, 
	route TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	result TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_client_key PRIMARY KEY (actor_id, route, client_id)
)
-- next
CREATE TABLE contact (
	id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	purpose TEXT NOT NULL, 
	author_id TEXT DEFAULT '' NOT NULL, 
	item_id TEXT, 
	counts INTEGER DEFAULT '1' NOT NULL, 
	state TEXT DEFAULT 'reserved' NOT NULL, 
	CONSTRAINT pk_contact PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_contact_debtor ON contact (debtor_id, at)
-- next
CREATE INDEX ix_contact_item ON contact (item_id)
-- next
CREATE TABLE contact_point (
	id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	address_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	state TEXT DEFAULT 'active' NOT NULL, 
	consent TEXT DEFAULT 'unknown' NOT NULL, 
	consent_source TEXT DEFAULT '' NOT NULL, 
	consent_at BIGINT, 
	consent_text TEXT DEFAULT '' NOT NULL, 
	verified INTEGER DEFAULT '0' NOT NULL, 
	disclosure INTEGER DEFAULT '0' NOT NULL, 
	last_inbound_at BIGINT, 
	source TEXT DEFAULT 'debtor' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_contact_point PRIMARY KEY (id), 
	CONSTRAINT uq_contact_point_debtor_id_address_id UNIQUE (debtor_id, address_id)
)
-- next
CREATE INDEX ix_contact_point_address_id ON contact_point (address_id)
-- next
CREATE TABLE debtor (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT DEFAULT 'person' NOT NULL, 
	language TEXT NOT NULL, 
	timezone TEXT, 
	jurisdiction TEXT NOT NULL, 
	assumed INTEGER DEFAULT '0' NOT NULL, 
	provisional INTEGER DEFAULT '0' NOT NULL, 
	shared INTEGER DEFAULT '0' NOT NULL, 
	document_kind TEXT, 
	document BLOB, 
	document_hash TEXT, 
	birth BLOB, 
	labels TEXT DEFAULT '[]' NOT NULL, 
	stops TEXT DEFAULT '[]' NOT NULL, 
	holds TEXT DEFAULT '[]' NOT NULL, 
	preferred_channel TEXT, 
	preferred_hours TEXT DEFAULT 'null' NOT NULL, 
	merged_into TEXT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_debtor PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_debtor_document_hash ON debtor (document_hash)
-- next
CREATE TABLE decision (
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	item_id TEXT, 
	case_id TEXT, 
	outcome TEXT NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	rule TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	allowed_at BIGINT, 
	detail TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_decision PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_decision_item_id ON decision (item_id)
-- next
CREATE TABLE delivery (
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	inbox_id TEXT NOT NULL, 
	door TEXT NOT NULL, 
	size INTEGER DEFAULT '0' NOT NULL, 
	hash TEXT NOT NULL, 
	envelope TEXT DEFAULT '{}' NOT NULL, 
	body BLOB, 
	state TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	produced TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_delivery_at ON delivery (at, id)
-- next
CREATE INDEX ix_delivery_hash ON delivery (hash, inbox_id)
-- next
CREATE TABLE draft (
	case_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	rev INTEGER DEFAULT '0' NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (case_id, user_id)
)
-- next
CREATE TABLE event (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	xid BIGINT DEFAULT 0 NOT NULL, 
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	case_id TEXT, 
	topics TEXT DEFAULT '[]' NOT NULL, 
	data TEXT DEFAULT '{}' NOT NULL
)
-- next
CREATE INDEX ix_event_xid_seq ON event (xid, seq)
-- next
CREATE TABLE identifier (
	channel TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	address_id TEXT NOT NULL, 
	CONSTRAINT pk_identifier PRIMARY KEY (channel, kind, value)
)
-- next
CREATE INDEX ix_identifier_address_id ON identifier (address_id)
-- next
CREATE TABLE inbox (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	channel TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	address TEXT NOT NULL, 
	config TEXT DEFAULT '{}' NOT NULL, 
	secrets BLOB, 
	hours TEXT DEFAULT '{}' NOT NULL, 
	texts TEXT DEFAULT '{}' NOT NULL, 
	state TEXT DEFAULT 'active' NOT NULL, 
	health TEXT DEFAULT 'unknown' NOT NULL, 
	health_detail TEXT DEFAULT '' NOT NULL, 
	checked_at BIGINT, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_inbox PRIMARY KEY (id), 
	CONSTRAINT uq_inbox_provider_channel_address UNIQUE (provider, channel, address)
)
-- next
CREATE INDEX ix_inbox_portfolio_id ON inbox (portfolio_id)
-- next
CREATE TABLE incarnation (
	id TEXT NOT NULL, 
	pruned_xid BIGINT DEFAULT '0' NOT NULL, 
	pruned_seq BIGINT DEFAULT '0' NOT NULL
)
-- next
CREATE TABLE item (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	author_id TEXT, 
	rev INTEGER DEFAULT '1' NOT NULL, 
	direction TEXT, 
	channel TEXT, 
	inbox_id TEXT, 
	contact_point_id TEXT, 
	text TEXT DEFAULT '' NOT NULL, 
	html TEXT, 
	subject TEXT, 
	status TEXT, 
	purpose TEXT, 
	provider_id TEXT, 
	client_id TEXT, 
	reply_to TEXT, 
	to_id TEXT, 
	seen_at BIGINT, 
	used_at BIGINT, 
	due_at BIGINT, 
	error TEXT DEFAULT 'null' NOT NULL, 
	data TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_item PRIMARY KEY (id), 
	CONSTRAINT uq_item_case_id_position UNIQUE (case_id, position)
)
-- next
CREATE INDEX ix_item_provider ON item (provider_id, inbox_id)
-- next
CREATE TABLE job (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	"key" TEXT, 
	payload TEXT DEFAULT '{}' NOT NULL, 
	state TEXT DEFAULT 'ready' NOT NULL, 
	run_at BIGINT NOT NULL, 
	lease_until BIGINT, 
	leased_by TEXT DEFAULT '' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	error TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_job PRIMARY KEY (id), 
	CONSTRAINT uq_job_key UNIQUE ("key")
)
-- next
CREATE INDEX ix_job_due ON job (state, run_at)
-- next
CREATE TABLE lease (
	case_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	epoch INTEGER DEFAULT '0' NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_lease PRIMARY KEY (case_id, user_id, kind)
)
-- next
CREATE TABLE link (
	inbox_id TEXT NOT NULL, 
	contact_point_id TEXT NOT NULL, 
	last_inbound_at BIGINT, 
	last_outbound_at BIGINT, 
	window_closes_at BIGINT, 
	greeted_at BIGINT, 
	CONSTRAINT pk_link PRIMARY KEY (inbox_id, contact_point_id)
)
-- next
CREATE INDEX ix_link_contact_point ON link (contact_point_id)
-- next
CREATE TABLE mail_id (
	message_id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	item_id TEXT, 
	debtor_id TEXT NOT NULL, 
	CONSTRAINT pk_mail_id PRIMARY KEY (message_id)
)
-- next
CREATE INDEX ix_mail_id_case_id ON mail_id (case_id)
-- next
CREATE TABLE mailbox (
	inbox_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	uidvalidity INTEGER DEFAULT '0' NOT NULL, 
	uid INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_mailbox PRIMARY KEY (inbox_id, name)
)
-- next
CREATE TABLE merge (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	kept_id TEXT NOT NULL, 
	merged_id TEXT NOT NULL, 
	case_id TEXT, 
	by_id TEXT NOT NULL, 
	undo TEXT DEFAULT '{}' NOT NULL, 
	at BIGINT NOT NULL, 
	undone_at BIGINT, 
	CONSTRAINT pk_merge PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_merge_kept_id ON merge (kept_id)
-- next
CREATE INDEX ix_merge_merged_id ON merge (merged_id)
-- next
CREATE TABLE outbox (
	item_id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	debtor_id TEXT NOT NULL, 
	inbox_id TEXT NOT NULL, 
	contact_point_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	sort TEXT DEFAULT 'reply' NOT NULL, 
	automated INTEGER DEFAULT '0' NOT NULL, 
	state TEXT NOT NULL, 
	due_at BIGINT NOT NULL, 
	lease_until BIGINT, 
	leased_by TEXT DEFAULT '' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	sending_at BIGINT, 
	decision_id TEXT DEFAULT '' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (item_id)
)
-- next
CREATE INDEX ix_outbox_debtor ON outbox (debtor_id, state)
-- next
CREATE INDEX ix_outbox_due ON outbox (state, due_at)
-- next
CREATE TABLE policy (
	name TEXT NOT NULL, 
	value TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_policy PRIMARY KEY (name)
)
-- next
CREATE TABLE portfolio (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	jurisdiction TEXT NOT NULL, 
	timezone TEXT NOT NULL, 
	language TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	creditor TEXT DEFAULT '{}' NOT NULL, 
	settings TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	disabled_at BIGINT, 
	CONSTRAINT pk_portfolio PRIMARY KEY (id), 
	CONSTRAINT uq_portfolio_name UNIQUE (name)
)
-- next
CREATE TABLE portfolio_team (
	portfolio_id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	rank INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_portfolio_team PRIMARY KEY (portfolio_id, team_id)
)
-- next
CREATE TABLE quick_reply (
	id TEXT NOT NULL, 
	portfolio_id TEXT, 
	shortcut TEXT NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	language TEXT NOT NULL, 
	CONSTRAINT pk_quick_reply PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_quick_reply_portfolio ON quick_reply (portfolio_id)
-- next
CREATE TABLE request (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	case_id TEXT, 
	team_id TEXT, 
	reason TEXT NOT NULL, 
	detail TEXT DEFAULT '{}' NOT NULL, 
	by_id TEXT, 
	at BIGINT NOT NULL, 
	state TEXT DEFAULT 'open' NOT NULL, 
	done_by TEXT, 
	done_at BIGINT, 
	CONSTRAINT pk_request PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_request_case ON request (case_id, state)
-- next
CREATE INDEX ix_request_open ON request (state, at)
-- next
CREATE TABLE routing_rule (
	id TEXT NOT NULL, 
	rank INTEGER DEFAULT '0' NOT NULL, 
	rule TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_routing_rule PRIMARY KEY (id)
)
-- next
CREATE TABLE secret (
	name TEXT NOT NULL, 
	value BLOB, 
	CONSTRAINT pk_secret PRIMARY KEY (name)
)
-- next
CREATE TABLE seen (
	case_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	inbound INTEGER DEFAULT '0' NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_seen PRIMARY KEY (case_id, user_id)
)
-- next
CREATE TABLE session (
	hash TEXT NOT NULL, 
	id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	csrf TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	agent TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (hash)
)
-- next
CREATE INDEX ix_session_user_id ON session (user_id)
-- next
CREATE TABLE skill (
	name TEXT NOT NULL, 
	title TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_skill PRIMARY KEY (name)
)
-- next
CREATE TABLE stop (
	scope TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	by_id TEXT, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_stop PRIMARY KEY (scope)
)
-- next
CREATE TABLE taken (
	inbox_id TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	CONSTRAINT pk_taken PRIMARY KEY (inbox_id, provider_id)
)
-- next
CREATE TABLE team (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	disabled_at BIGINT, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_team PRIMARY KEY (id), 
	CONSTRAINT uq_team_name UNIQUE (name)
)
-- next
CREATE TABLE team_member (
	team_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (team_id, user_id)
)
-- next
CREATE INDEX ix_team_member_user ON team_member (user_id)
-- next
CREATE TABLE template (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	inbox_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	name TEXT NOT NULL, 
	language TEXT NOT NULL, 
	category TEXT NOT NULL, 
	state TEXT NOT NULL, 
	body TEXT NOT NULL, 
	variables TEXT DEFAULT '[]' NOT NULL, 
	buttons TEXT DEFAULT '[]' NOT NULL, 
	examples TEXT DEFAULT '{}' NOT NULL, 
	footer TEXT DEFAULT '' NOT NULL, 
	provider_id TEXT DEFAULT '' NOT NULL, 
	level INTEGER DEFAULT '1' NOT NULL, 
	synced_at BIGINT NOT NULL, 
	CONSTRAINT pk_template PRIMARY KEY (id), 
	CONSTRAINT uq_template_inbox_id_name_language UNIQUE (inbox_id, name, language)
)
-- next
CREATE INDEX ix_template_portfolio ON template (portfolio_id, channel)
-- next
CREATE TABLE token (
	id TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	scopes TEXT DEFAULT '[]' NOT NULL, 
	portfolio_id TEXT, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT, 
	used_at BIGINT, 
	revoked_at BIGINT, 
	CONSTRAINT pk_token PRIMARY KEY (id), 
	CONSTRAINT uq_token_hash UNIQUE (hash)
)
-- next
CREATE INDEX ix_token_user_id ON token (user_id)
-- next
CREATE TABLE user (
	id TEXT NOT NULL, 
	email TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	authority TEXT DEFAULT 'agent' NOT NULL, 
	language TEXT DEFAULT 'pt-BR' NOT NULL, 
	password_hash TEXT, 
	capacity INTEGER DEFAULT '8000' NOT NULL, 
	max_held INTEGER DEFAULT '30' NOT NULL, 
	takes_cases INTEGER DEFAULT '1' NOT NULL, 
	availability TEXT DEFAULT 'offline' NOT NULL, 
	availability_reason TEXT, 
	availability_until BIGINT, 
	availability_at BIGINT, 
	connected INTEGER DEFAULT '0' NOT NULL, 
	connected_until BIGINT, 
	gone_at BIGINT, 
	last_assigned_at BIGINT, 
	disabled_at BIGINT, 
	created_at BIGINT NOT NULL, 
	settings TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT uq_user_email UNIQUE (email)
)
-- next
CREATE TABLE user_skill (
	user_id TEXT NOT NULL, 
	skill TEXT NOT NULL, 
	level INTEGER NOT NULL, 
	CONSTRAINT pk_user_skill PRIMARY KEY (user_id, skill)
)
-- next
CREATE VIRTUAL TABLE IF NOT EXISTS search_message USING fts5(text, scope, item_id UNINDEXED, case_id UNINDEXED, tokenize="unicode61 remove_diacritics 2", prefix='2 3')
-- next
CREATE VIRTUAL TABLE IF NOT EXISTS search_side USING fts5(text, scope, item_id UNINDEXED, case_id UNINDEXED, tokenize="unicode61 remove_diacritics 2", prefix='2 3')
