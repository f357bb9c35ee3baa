"""The database, once: tables are SQLAlchemy Core, statements are compiled once, a verb is a function of a `Tx`."""
