ALTER TABLE dispute ADD COLUMN check_at BIGINT
-- next
CREATE INDEX ix_dispute_check ON dispute (check_at)
-- next
UPDATE dispute SET check_at = created_at WHERE closed_at IS NULL
-- next
ALTER TABLE "case" ADD COLUMN answer_by TEXT
-- next
UPDATE "case" SET answer_by = (SELECT min(dispute.answer_by) FROM dispute WHERE dispute.debtor_id = "case".debtor_id AND dispute.portfolio_id = "case".portfolio_id AND dispute.closed_at IS NULL) WHERE status <> 'resolved'
