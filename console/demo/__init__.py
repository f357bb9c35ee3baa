"""`acordo demo`: the whole product on this machine, with sample people, pretend carriers and a past of a few days."""
