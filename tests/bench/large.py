"""An installation that has been at work for years: 20 teams, 1,000 agents, cases and messages by the hundred thousand.

Rows are written as they would stand after that work; nothing is told, since nobody listens yet. The same seed gives the
same rows. Of a hundred cases 70 are resolved, 10 wait, 15 are somebody's and 5 are snoozed: every agent owns 30 of
200,000, and some put aside.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from console.cases.models import case
from console.cases.queries import CaseRow
from console.debtors.models import debtor
from console.people.models import team, team_member, user
from console.people.sessions import start
from console.portfolios.models import portfolio, portfolio_team
from console.store import migrations
from console.store.base import dump
from console.store.migrations.frozen import MARK
from console.store.transaction import Tx
from console.store.words import folded_words
from console.timeline.index import token
from console.timeline.models import item
from console.timeline.queries import ItemRow
from console.wire.moment import DAY, MINUTE

TEAMS, AGENTS, BOOKS = 20, 1_000, 3
BATCH = 5_000  # rows that are held at once
COMMON, MEDIUM, RARE = "boleto", "pagamento", "ornitorrinco"
"""Words of 12 %, of 0.1 % and of a few messages."""
_SHARES = {"resolved": 70, "queued": 10, "assigned": 15, "snoozed": 5}
_CHANNELS = ("whatsapp", "whatsapp", "whatsapp", "sms", "email")
_WORDS = tuple(f"{first}{middle}{last}" for first in ("ca", "pre", "des", "com", "en", "re", "tra", "al", "vi", "mo")
               for middle in ("li", "ra", "çã", "ben", "to", "mi", "nu", "sé", "du", "go")
               for last in ("o", "ar", "ção", "mento", "ndo", "s", "dor", "nça", "ria", "te"))  # fmt: skip


class Seen(Struct):
    """Ids, or cookies, of three who look: an agent with 30 cases, a supervisor of two teams, compliance."""

    agent: str
    supervisor: str
    compliance: str


IDS = Seen("a00000000", "s00000000", "k00000000")


def fill(tx: Tx, cases: int, messages: int) -> None:
    """Write it all."""
    if tx.dialect == "postgresql":
        tx.run("SET LOCAL statement_timeout = 0", None)
        tx.run("SET LOCAL idle_in_transaction_session_timeout = 0", None)  # rows are made up in between
    chance = random.Random(11)
    _crew(tx)
    _many(tx, debtor.name, (_debtor(tx, chance, number) for number in range(cases)))
    _many(tx, case.name, (_case(tx, chance, number) for number in range(cases)))
    _tags(tx)
    _timeline(tx, chance, cases, messages)


def look(tx: Tx) -> Seen:
    """Sessions of the three who look: their cookies."""
    return Seen(*(f"acordo={start(tx, each).cookie}" for each in (IDS.agent, IDS.supervisor, IDS.compliance)))


def _crew(tx: Tx) -> None:
    roles = [("a", "agent", number) for number in range(AGENTS)] + [("s", "supervisor", 0), ("k", "compliance", 0)]
    _many(tx, team.name, ({"id": _id("t", n), "name": f"Team {n}", "created_at": tx.now} for n in range(TEAMS)))
    _many(
        tx, user.name,
        ({"id": _id(kind, n), "email": f"{kind}{n}@large.example", "name": f"{role} {n}", "role": role,
          "created_at": tx.now} for kind, role, n in roles),
    )  # fmt: skip
    members = [(_id("t", n % TEAMS), _id("a", n)) for n in range(AGENTS)] + [(_id("t", n), _id("s", 0)) for n in (0, 1)]
    _many(tx, team_member.name, ({"team_id": one, "user_id": other} for one, other in members))
    _many(
        tx, portfolio.name,
        ({"id": _id("p", n), "name": f"Book {n}", "jurisdiction": "BR", "timezone": "America/Sao_Paulo",
          "language": "pt-BR", "currency": "BRL", "created_at": tx.now} for n in range(BOOKS)),
    )  # fmt: skip
    _many(
        tx, portfolio_team.name, ({"portfolio_id": _id("p", n % BOOKS), "team_id": _id("t", n)} for n in range(TEAMS))
    )


def _debtor(tx: Tx, chance: random.Random, number: int) -> dict[str, Any]:
    name = f"{chance.choice(_WORDS).title()} {chance.choice(_WORDS).title()}"
    return {"id": _id("d", number), "name": name, "language": "pt-BR", "jurisdiction": "BR", "created_at": tx.now,
            "updated_at": tx.now}  # fmt: skip


def _case(tx: Tx, chance: random.Random, number: int) -> dict[str, Any]:
    status = chance.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
    crew, owner = number % TEAMS, None
    if status in ("assigned", "snoozed"):
        owner = _id("a", crew + TEAMS * chance.randrange(AGENTS // TEAMS))
    at = tx.now - chance.randrange(400 * DAY if status == "resolved" else 3 * DAY)
    row = dict.fromkeys(CaseRow.__struct_fields__)
    return row | {
        "id": _id("c", number), "portfolio_id": _id("p", crew % BOOKS), "debtor_id": _id("d", number),
        "team_id": _id("t", crew), "status": status, "owner_id": owner, "epoch": 1, "position": 5,
        "priority": chance.choice(("low", "normal", "normal", "high")),
        "labels": dump(["vip"] if number % 20 == 7 else []),
        "skills": dump([{"skill": "lang:es", "level": 1}] if chance.random() < 0.2 else []), "rank_at": at,
        "rank_terms": "[]", "rescue": 0, "waiting_since": at if status == "queued" else None, "queued_at": at,
        "queue_reason": "new", "weight": 1_000, "excluded": "[]", "holds": "[]", "disclosure": 0, "bucket": "B1_30",
        "days_late": 12, "balance_minor": chance.randrange(1_000_000), "currency": "BRL", "overlays": "[]",
        "channels": dump([chance.choice(_CHANNELS)]), "last_item": "null", "inbound": 3, "last_inbound_at": at,
        "outcome": "paid" if status == "resolved" else None, "resolved_at": at if status == "resolved" else None,
        "snooze_until": tx.now + DAY if status == "snoozed" else None, "created_at": at, "updated_at": at,
    }  # fmt: skip


def _tags(tx: Tx) -> None:
    """As the migrations make them of the cases, and the names of the debtors."""
    for revision in ("v0014_narrowed", "v0022_tags_of_teams"):
        frozen = Path(migrations.__file__).parent / "versions" / f"{revision}.{tx.dialect}.sql"
        for statement in frozen.read_text("utf-8").split(MARK):
            if statement.startswith(("INSERT", "UPDATE")):
                tx.run(statement, None)


def _timeline(tx: Tx, chance: random.Random, cases: int, messages: int) -> None:
    """Messages in the order of time, over all cases in turn; and the index of their words."""
    for first in range(0, messages, BATCH):
        numbers = range(first, min(first + BATCH, messages))
        rows = [_item(tx, chance, number, cases, messages) for number in numbers]
        _many(tx, item.name, ({name: getattr(each, name) for name in each.__struct_fields__} for each in rows))
        hits = (_hit(tx, each, number % cases % TEAMS) for number, each in zip(numbers, rows, strict=True))
        _many(tx, "search_message", hits)


def _hit(tx: Tx, row: ItemRow, crew: int) -> dict[str, Any]:
    """A row of the index, as `console.timeline.index` writes it."""
    scopes = [token("c", row.case_id), token("t", _id("t", crew)), token("p", _id("p", crew % BOOKS))]
    if tx.dialect == "sqlite":
        return {"text": row.text, "scope": " ".join(scopes), "item_id": row.id, "case_id": row.case_id}
    vector = " ".join(f"'{word}':{place}" for place, word in enumerate(folded_words(row.text), 1))
    return {"text": vector, "scope": scopes, "item_id": row.id, "case_id": row.case_id}


def _item(tx: Tx, chance: random.Random, number: int, cases: int, messages: int) -> ItemRow:
    words = [_WORDS[min(int(chance.paretovariate(0.4)), len(_WORDS)) - 1] for _ in range(chance.randint(4, 20))]
    if chance.random() < 0.12:
        words.append(COMMON)
    if chance.random() < 0.001:
        words.append(MEDIUM)
    if number % max(1, messages // 40) == 0:
        words.append(RARE)
    return ItemRow(
        _id("i", number), _id("c", number % cases), number // cases + 1, "message",
        tx.now - (messages - number) * MINUTE, None, direction="in", channel="whatsapp", text=" ".join(words),
        status="received", data='{"sort":"text"}',
    )  # fmt: skip


def _many(tx: Tx, table: str, rows: Iterable[dict[str, Any]]) -> None:
    several = iter(rows)
    while batch := list(islice(several, BATCH)):
        names = tuple(batch[0])
        columns = ", ".join(f'"{name}"' for name in names)
        values = [tuple(each[name] for name in names) for each in batch]
        if tx.dialect == "sqlite":
            marks = ", ".join("?" * len(names))
            tx.cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', values)
            continue
        with tx.cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for each in values:
                copy.write_row(each)


def _id(kind: str, number: int) -> str:
    return f"{kind}{number:08}"
