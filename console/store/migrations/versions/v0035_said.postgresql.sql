CREATE INDEX ix_item_said ON item (direction, at) WHERE kind = 'message'
