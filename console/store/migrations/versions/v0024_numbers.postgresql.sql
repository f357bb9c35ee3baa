CREATE INDEX ix_outbox_number ON outbox (inbox_id, state, due_at)
