from tests.store.stores import clock, database_url, postgres_tables, postgres_template, store

__all__ = ["clock", "database_url", "postgres_tables", "postgres_template", "store"]
