CREATE TABLE import_run (
	id TEXT NOT NULL, 
	portfolio_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	dry_run INTEGER DEFAULT '0' NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	unused TEXT DEFAULT '[]' NOT NULL, 
	rows INTEGER DEFAULT '0' NOT NULL, 
	done INTEGER DEFAULT '0' NOT NULL, 
	outcomes TEXT DEFAULT '{}' NOT NULL, 
	rejected INTEGER DEFAULT '0' NOT NULL, 
	kept INTEGER DEFAULT '1' NOT NULL, 
	by_id TEXT, 
	created_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	CONSTRAINT pk_import_run PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_import_run_at ON import_run (created_at, id)
-- next
CREATE INDEX ix_import_run_kept ON import_run (kept, ended_at)
-- next
CREATE TABLE import_fault (
	import_id TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	line INTEGER DEFAULT '0' NOT NULL, 
	"column" TEXT DEFAULT '' NOT NULL, 
	says TEXT NOT NULL, 
	CONSTRAINT pk_import_fault PRIMARY KEY (import_id, n)
)
-- next
ALTER TABLE charge ADD COLUMN closed_at BIGINT
-- next
ALTER TABLE charge ADD COLUMN closed_why TEXT DEFAULT '' NOT NULL
