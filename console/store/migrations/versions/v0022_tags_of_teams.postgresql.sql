ALTER TABLE case_tag ADD COLUMN team_id TEXT NOT NULL DEFAULT ''
-- next
INSERT INTO case_tag (tag, case_id) SELECT 'skill:' || (each.value ->> 'skill'), "case".id FROM "case", jsonb_array_elements("case".skills::jsonb) AS each(value) ON CONFLICT DO NOTHING
-- next
INSERT INTO case_tag (tag, case_id) SELECT 'channel:' || each.value, "case".id FROM "case", jsonb_array_elements_text("case".channels::jsonb) AS each(value) ON CONFLICT DO NOTHING
-- next
UPDATE case_tag SET team_id = "case".team_id FROM "case" WHERE "case".id = case_tag.case_id
-- next
CREATE INDEX ix_case_tag_team ON case_tag (tag, team_id, case_id)
