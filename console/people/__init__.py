"""Users, teams, skills; how they sign in, and whether they are there."""
