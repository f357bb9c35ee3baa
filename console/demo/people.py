"""The demo's staff: seven people, four teams, and what each is good at."""

from __future__ import annotations

from msgspec import Struct

from console.people import accounts, teams
from console.people.passwords import hash_now
from console.store.transaction import Tx

PASSWORD = "acordo-demo"
DOMAIN = "demo.acordo.example"
TEAMS = ("Cobrança Brasil", "Clube Ipê", "Cobranza en español", "Contestação e apoio")
CLUB, SUPPORT = TEAMS[1], TEAMS[3]
CLUB_LABEL = "clube-ipe"


class Member(Struct, frozen=True, kw_only=True):
    """`capacity` in thousandths of a load."""

    key: str
    name: str
    role: str
    language: str = "pt-BR"
    authority: str = ""
    capacity: int = 12_000
    teams: tuple[str, ...] = ()
    skills: dict[str, int] = {}


STAFF = (
    Member(
        key="ana",
        name="Ana Prado",
        role="agent",
        capacity=20_000,
        teams=(TEAMS[0], CLUB, SUPPORT),
        skills={
            "lang:pt-BR": 5, "lang:en": 3, "bucket:current": 3, "bucket:1_30": 4, "bucket:31_60": 5,
            "bucket:61_plus": 3, "high_value": 4, "dispute": 2, "hardship": 3,
        },
    ),
    Member(
        key="bruno",
        name="Bruno Reis",
        role="agent",
        teams=(TEAMS[0], SUPPORT),
        skills={
            "lang:pt-BR": 5, "bucket:current": 4, "bucket:1_30": 4, "bucket:31_60": 4, "bucket:61_plus": 4,
            "dispute": 5, "hardship": 4,
        },
    ),
    Member(
        key="clara",
        name="Clara Nunes",
        role="agent",
        language="es",
        teams=(TEAMS[2],),
        skills={
            "lang:es": 5, "lang:pt-BR": 4, "bucket:current": 3, "bucket:1_30": 4, "bucket:31_60": 4,
            "bucket:61_plus": 5, "high_value": 3,
        },
    ),
    Member(
        key="sofia",
        name="Sofia Lima",
        role="supervisor",
        teams=TEAMS,
        skills={"lang:pt-BR": 5, "lang:es": 5, "lang:en": 4, "dispute": 5, "legal": 5, "hardship": 5},
    ),
    Member(
        key="camila",
        name="Camila Restrepo",
        role="supervisor",
        language="es",
        teams=(TEAMS[2],),
        skills={"lang:es": 5, "dispute": 4, "hardship": 5},
    ),
    Member(key="caio", name="Caio Melo", role="compliance"),
    Member(key="admin", name="Admin", role="admin", authority="manager"),
)  # fmt: skip

SKILLS = {
    "lang:pt-BR": ("Português", "Portugués", "Portuguese"),
    "lang:es": ("Espanhol", "Español", "Spanish"),
    "lang:en": ("Inglês", "Inglés", "English"),
    "bucket:current": ("A vencer", "Por vencer", "Not yet due"),
    "bucket:1_30": ("1 a 30 dias", "1 a 30 días", "1 to 30 days"),
    "bucket:31_60": ("31 a 60 dias", "31 a 60 días", "31 to 60 days"),
    "bucket:61_plus": ("Mais de 60 dias", "Más de 60 días", "Over 60 days"),
    "high_value": ("Valor alto", "Monto alto", "High value"),
    "dispute": ("Contestação", "Disputas", "Disputes"),
    "legal": ("Jurídico", "Jurídico", "Legal"),
    "hardship": ("Dificuldade", "Vulnerabilidad", "Hardship"),
}


class Staff(Struct, frozen=True):
    """User ids by key, team ids by name."""

    users: dict[str, str]
    teams: dict[str, str]


def hire(tx: Tx) -> Staff:
    """Accounts, teams and skills. All share one password, which the demo prints."""
    secret = hash_now(PASSWORD)
    made = {name: teams.add_team(tx, name) for name in TEAMS}
    for name, (pt, es, en) in SKILLS.items():
        teams.add_skill(tx, name, {"pt-BR": pt, "es": es, "en": en})
    users = {}
    for each in STAFF:
        users[each.key] = accounts.add_user(
            tx,
            accounts.NewUser(
                email=f"{each.key}@{DOMAIN}",
                name=each.name,
                role=each.role,
                authority=each.authority,
                language=each.language,
                password_hash=secret,
                capacity=each.capacity,
            ),
        )
        for team in each.teams:
            accounts.join_team(tx, users[each.key], made[team])
        for skill, level in each.skills.items():
            accounts.set_skill(tx, users[each.key], skill, level)
    return Staff(users, made)
