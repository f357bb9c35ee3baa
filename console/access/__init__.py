"""Who may see and do what: the one place that every door asks. Deny by default."""
