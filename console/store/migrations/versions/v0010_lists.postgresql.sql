CREATE INDEX ix_case_team_updated ON "case" (team_id, status, updated_at, id)
-- next
CREATE INDEX ix_case_status_rank ON "case" (status, rank_at, id)
-- next
CREATE INDEX ix_case_taken_over ON "case" (taken_over_from)
