DROP INDEX ix_case_team
-- next
CREATE INDEX ix_case_team ON "case" (team_id, status, rank_at, id, labels, channels, skills)
-- next
DROP INDEX ix_case_updated
-- next
CREATE INDEX ix_case_updated ON "case" (status, updated_at, id, labels, channels, skills)
-- next
DROP INDEX ix_case_team_updated
-- next
CREATE INDEX ix_case_team_updated ON "case" (team_id, status, updated_at, id, labels, channels, skills)
-- next
DROP INDEX ix_case_status_rank
-- next
CREATE INDEX ix_case_status_rank ON "case" (status, rank_at, id, labels, channels, skills)
-- next
CREATE INDEX ix_case_book ON "case" (portfolio_id, team_id, id)
-- next
CREATE TABLE case_tag (
	tag TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	PRIMARY KEY (tag, case_id)
)
-- next
INSERT OR IGNORE INTO case_tag (tag, case_id) SELECT 'label:' || each.value, "case".id FROM "case", json_each("case".labels) AS each
-- next
INSERT OR IGNORE INTO case_tag (tag, case_id) SELECT 'skill:' || json_extract(each.value, '$.skill'), "case".id FROM "case", json_each("case".skills) AS each
-- next
CREATE VIRTUAL TABLE IF NOT EXISTS search_debtor USING fts5(text, who, debtor_id UNINDEXED, tokenize="unicode61 remove_diacritics 2", prefix='2 3')
-- next
INSERT INTO search_debtor (text, who, debtor_id) SELECT name, 'd' || id, id FROM debtor
