DROP INDEX ix_event_xid_seq;
