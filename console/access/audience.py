"""The names of audiences. An event goes to topics; who may hear a topic is decided when somebody subscribes."""

from __future__ import annotations


def case_topic(case_id: str) -> str:
    """Everything of a case but whispers and requests."""
    return f"case:{case_id}"


def team_side_topic(case_id: str) -> str:
    """Whispers and requests of a case: supervisors of its team and compliance."""
    return f"case:{case_id}:team"


def queue_topic(team_id: str) -> str:
    """Masked rows of a team's cases."""
    return f"queue:{team_id}"


def wall_topic(team_id: str) -> str:
    """Everything a supervisor of the team sees on the wall."""
    return f"wall:{team_id}"


def user_topic(user_id: str) -> str:
    """What concerns one user: unread, notices, cases that come and go."""
    return f"user:{user_id}"


def case_topics(case_id: str, team_id: str) -> list[str]:
    return [case_topic(case_id), wall_topic(team_id)]


def owner_topic(owner_id: str | None) -> list[str]:
    return [] if owner_id is None else [user_topic(owner_id)]
