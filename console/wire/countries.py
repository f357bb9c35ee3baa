"""The countries we know how to write to. Each has its rules in `console/gate/data`; a test holds the two together."""

COUNTRIES = ("AR", "BR", "CL", "CO", "EC", "ES", "MX", "PE", "US", "UY")
