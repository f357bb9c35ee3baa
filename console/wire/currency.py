"""How many decimals money has (ISO 4217), for the currencies we keep books in."""

NO_DECIMALS = frozenset({"CLP", "PYG"})
CURRENCIES = NO_DECIMALS | {"ARS", "BRL", "COP", "EUR", "MXN", "PEN", "USD", "UYU"}
"""Those we keep books in (domain rules 3.3); the others have two decimals."""
