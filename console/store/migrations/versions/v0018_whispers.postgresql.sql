CREATE INDEX ix_item_whisper ON item (to_id, case_id) WHERE kind = 'whisper' AND seen_at IS NULL;
