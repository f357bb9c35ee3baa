"""The database, once: tables are SQLAlchemy Core, statements are compiled once, a verb is a plain function of a `Tx`."""
