UPDATE "case" SET rank_at = rank_at - coalesce(waiting_since, queued_at, created_at) + 31536000000000
	+ greatest(created_at, coalesce(last_inbound_at, 0), coalesce(last_outbound_at, 0))
	WHERE status IN ('snoozed', 'resolved') OR (status = 'assigned' AND waiting_since IS NULL)
