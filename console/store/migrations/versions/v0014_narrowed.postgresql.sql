CREATE INDEX ix_case_book ON "case" (portfolio_id, team_id, id)
-- next
CREATE TABLE case_tag (
	tag TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	PRIMARY KEY (tag, case_id)
)
-- next
INSERT INTO case_tag (tag, case_id) SELECT 'label:' || each.value, "case".id FROM "case", jsonb_array_elements_text("case".labels::jsonb) AS each(value) ON CONFLICT DO NOTHING
-- next
INSERT INTO case_tag (tag, case_id) SELECT 'skill:' || (each.value ->> 'skill'), "case".id FROM "case", jsonb_array_elements("case".skills::jsonb) AS each(value) ON CONFLICT DO NOTHING
-- next
CREATE TABLE IF NOT EXISTS search_debtor (debtor_id text PRIMARY KEY, text tsvector NOT NULL)
-- next
CREATE INDEX IF NOT EXISTS ix_search_debtor_text ON search_debtor USING gin (text)
-- next
INSERT INTO search_debtor (debtor_id, text) SELECT id, to_tsvector('simple', regexp_replace(regexp_replace(normalize(lower(name), NFKD), U&'[\0300-\036F]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')) FROM debtor
