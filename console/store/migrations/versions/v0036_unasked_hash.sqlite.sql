DROP INDEX ix_delivery_hash
