CREATE TABLE duty (
	name TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_duty PRIMARY KEY (name)
)
-- next
CREATE TABLE connection (
	user_id TEXT NOT NULL, 
	process TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_connection PRIMARY KEY (user_id, process)
)
