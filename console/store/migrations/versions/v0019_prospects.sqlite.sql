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
	id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, 
	debtor_id TEXT NOT NULL
)
-- next
CREATE INDEX ix_prospect_stale_debtor ON prospect_stale (debtor_id)
-- next
CREATE TRIGGER prospect_charge_new AFTER INSERT ON charge
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_charge AFTER UPDATE OF debtor_id, portfolio_id, due, amount_minor, paid_minor, overlays ON charge
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_charge_from AFTER UPDATE OF debtor_id ON charge WHEN OLD.debtor_id <> NEW.debtor_id
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (OLD.debtor_id); END
-- next
CREATE TRIGGER prospect_charge_gone AFTER DELETE ON charge
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (OLD.debtor_id); END
-- next
CREATE TRIGGER prospect_entry_new AFTER INSERT ON entry
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_promise_new AFTER INSERT ON promise
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_promise AFTER UPDATE OF debtor_id, state, effective_due, closed_at ON promise
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_promise_from AFTER UPDATE OF debtor_id ON promise WHEN OLD.debtor_id <> NEW.debtor_id
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (OLD.debtor_id); END
-- next
CREATE TRIGGER prospect_holds AFTER UPDATE OF holds, merged_into ON debtor
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.id); END
-- next
CREATE TRIGGER prospect_heard_new AFTER INSERT ON contact_point WHEN NEW.last_inbound_at IS NOT NULL
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_heard AFTER UPDATE OF last_inbound_at ON contact_point WHEN OLD.last_inbound_at IS NULL OR NEW.last_inbound_at IS NULL
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_point AFTER UPDATE OF debtor_id ON contact_point WHEN OLD.debtor_id <> NEW.debtor_id
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (NEW.debtor_id); END
-- next
CREATE TRIGGER prospect_point_from AFTER UPDATE OF debtor_id ON contact_point WHEN OLD.debtor_id <> NEW.debtor_id
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (OLD.debtor_id); END
-- next
CREATE TRIGGER prospect_point_gone AFTER DELETE ON contact_point
BEGIN INSERT INTO prospect_stale (debtor_id) VALUES (OLD.debtor_id); END
-- next
CREATE TRIGGER prospect_said_new AFTER INSERT ON link WHEN NEW.last_outbound_at IS NOT NULL
BEGIN INSERT INTO prospect_stale (debtor_id) SELECT debtor_id FROM contact_point WHERE id = NEW.contact_point_id; END
-- next
CREATE TRIGGER prospect_said AFTER UPDATE OF last_outbound_at ON link WHEN OLD.last_outbound_at IS NULL OR NEW.last_outbound_at IS NULL OR OLD.last_outbound_at / 900000 <> NEW.last_outbound_at / 900000
BEGIN INSERT INTO prospect_stale (debtor_id) SELECT debtor_id FROM contact_point WHERE id = NEW.contact_point_id; END
-- next
CREATE TRIGGER prospect_said_to AFTER UPDATE OF contact_point_id ON link
BEGIN INSERT INTO prospect_stale (debtor_id) SELECT debtor_id FROM contact_point WHERE id = NEW.contact_point_id; END
