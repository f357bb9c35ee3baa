ALTER TABLE case_tag ADD COLUMN team_id TEXT DEFAULT '' NOT NULL
-- next
INSERT OR IGNORE INTO case_tag (tag, case_id) SELECT 'skill:' || json_extract(each.value, '$.skill'), "case".id FROM "case", json_each("case".skills) AS each
-- next
INSERT OR IGNORE INTO case_tag (tag, case_id) SELECT 'channel:' || each.value, "case".id FROM "case", json_each("case".channels) AS each
-- next
UPDATE case_tag SET team_id = coalesce((SELECT team_id FROM "case" WHERE "case".id = case_tag.case_id), '')
-- next
CREATE INDEX ix_case_tag_team ON case_tag (tag, team_id, case_id)
-- next
DROP INDEX ix_case_updated
-- next
CREATE INDEX ix_case_updated ON "case" (status, updated_at, id, labels, channels, skills, portfolio_id)
-- next
DROP INDEX ix_case_status_rank
-- next
CREATE INDEX ix_case_status_rank ON "case" (status, rank_at, id, labels, channels, skills, portfolio_id)
