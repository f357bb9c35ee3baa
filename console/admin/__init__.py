"""Configuring an installation: what the commands do, and later screens."""
