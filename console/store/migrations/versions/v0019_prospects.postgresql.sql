CREATE TABLE prospect (
	debtor_id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	rank INTEGER DEFAULT '0' NOT NULL, 
	bucket TEXT NOT NULL, 
	day TEXT NOT NULL, 
	facts TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_prospect PRIMARY KEY (debtor_id, portfolio_id)
)
-- next
CREATE INDEX ix_prospect_rank ON prospect (portfolio_id, rank, debtor_id, bucket)
-- next
CREATE TABLE prospect_measure (
	portfolio_id TEXT NOT NULL, 
	day TEXT NOT NULL, 
	scale TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_prospect_measure PRIMARY KEY (portfolio_id)
)
-- next
CREATE TABLE prospect_stale (
	id BIGSERIAL NOT NULL, 
	debtor_id TEXT NOT NULL, 
	CONSTRAINT pk_prospect_stale PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_prospect_stale_debtor ON prospect_stale (debtor_id)
-- next
CREATE FUNCTION prospect_of() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); RETURN NULL; END $$
-- next
CREATE FUNCTION prospect_from() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (OLD.debtor_id); RETURN NULL; END $$
-- next
CREATE FUNCTION prospect_who() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.id); RETURN NULL; END $$
-- next
CREATE FUNCTION prospect_said() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO prospect_stale (debtor_id) SELECT debtor_id FROM contact_point WHERE id = NEW.contact_point_id; RETURN NULL; END $$
-- next
CREATE TRIGGER prospect_charge_new AFTER INSERT ON charge FOR EACH ROW EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_charge AFTER UPDATE OF debtor_id, portfolio_id, due, amount_minor, paid_minor, overlays ON charge FOR EACH ROW EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_charge_from AFTER UPDATE OF debtor_id ON charge FOR EACH ROW WHEN (OLD.debtor_id <> NEW.debtor_id) EXECUTE FUNCTION prospect_from()
-- next
CREATE TRIGGER prospect_charge_gone AFTER DELETE ON charge FOR EACH ROW EXECUTE FUNCTION prospect_from()
-- next
CREATE TRIGGER prospect_entry_new AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_promise_new AFTER INSERT ON promise FOR EACH ROW EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_promise AFTER UPDATE OF debtor_id, state, effective_due, closed_at ON promise FOR EACH ROW EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_promise_from AFTER UPDATE OF debtor_id ON promise FOR EACH ROW WHEN (OLD.debtor_id <> NEW.debtor_id) EXECUTE FUNCTION prospect_from()
-- next
CREATE TRIGGER prospect_holds AFTER UPDATE OF holds, merged_into ON debtor FOR EACH ROW EXECUTE FUNCTION prospect_who()
-- next
CREATE TRIGGER prospect_heard_new AFTER INSERT ON contact_point FOR EACH ROW WHEN (NEW.last_inbound_at IS NOT NULL) EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_heard AFTER UPDATE OF last_inbound_at ON contact_point FOR EACH ROW WHEN (OLD.last_inbound_at IS NULL OR NEW.last_inbound_at IS NULL) EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_point AFTER UPDATE OF debtor_id ON contact_point FOR EACH ROW WHEN (OLD.debtor_id <> NEW.debtor_id) EXECUTE FUNCTION prospect_of()
-- next
CREATE TRIGGER prospect_point_from AFTER UPDATE OF debtor_id ON contact_point FOR EACH ROW WHEN (OLD.debtor_id <> NEW.debtor_id) EXECUTE FUNCTION prospect_from()
-- next
CREATE TRIGGER prospect_point_gone AFTER DELETE ON contact_point FOR EACH ROW EXECUTE FUNCTION prospect_from()
-- next
CREATE TRIGGER prospect_said_new AFTER INSERT ON link FOR EACH ROW WHEN (NEW.last_outbound_at IS NOT NULL) EXECUTE FUNCTION prospect_said()
-- next
CREATE TRIGGER prospect_said AFTER UPDATE OF last_outbound_at ON link FOR EACH ROW WHEN (OLD.last_outbound_at IS NULL OR NEW.last_outbound_at IS NULL OR OLD.last_outbound_at / 900000 <> NEW.last_outbound_at / 900000) EXECUTE FUNCTION prospect_said()
-- next
CREATE TRIGGER prospect_said_to AFTER UPDATE OF contact_point_id ON link FOR EACH ROW EXECUTE FUNCTION prospect_said()
