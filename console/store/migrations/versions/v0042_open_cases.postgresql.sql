CREATE INDEX ix_case_open ON "case" (team_id, status, waiting_since, sla_due_at, rescue) WHERE status <> 'resolved'
