"""How many decimals money has (ISO 4217), for the currencies we keep books in."""

NO_DECIMALS = frozenset({"CLP", "PYG"})
"""The others have two."""
