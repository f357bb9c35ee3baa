"""Proof: what happened in a case, chained so that a change shows, and what was removed because the law wants it."""
