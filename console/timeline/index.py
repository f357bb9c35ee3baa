"""The search index, written with the item. Its rows carry the scopes in which they may be found.

Messages stand in one table; whispers and notes in another, which is only ever asked for those who may read them.
"""

from __future__ import annotations

import re
import unicodedata

from console.store.transaction import Reader, Tx
from console.timeline.queries import ItemRow

SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_message USING fts5(text, scope, item_id UNINDEXED, case_id UNINDEXED,"
    " tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_side USING fts5(text, scope, item_id UNINDEXED, case_id UNINDEXED,"
    " tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')",
)
POSTGRESQL = tuple(
    statement
    for table in ("search_message", "search_side")
    for statement in (
        f"CREATE TABLE IF NOT EXISTS {table} (id bigserial PRIMARY KEY, text tsvector NOT NULL, scope text[] NOT NULL,"
        " item_id text NOT NULL, case_id text NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS ix_{table}_text ON {table} USING gin (text)",
        f"CREATE INDEX IF NOT EXISTS ix_{table}_case ON {table} (case_id)",
    )
)


def index(tx: Tx, row: ItemRow, team_id: str, portfolio_id: str) -> None:
    """Make an item's text findable within its case, team and portfolio."""
    table = "search_message" if row.kind == "message" else "search_side"
    text = f"{row.subject} {row.text}" if row.subject else row.text
    scopes = [token("c", row.case_id), token("t", team_id), token("p", portfolio_id)]
    if tx.dialect == "sqlite":
        tx.run(
            f"INSERT INTO {table} (text, scope, item_id, case_id) VALUES (?, ?, ?, ?)",
            (text, " ".join(scopes), row.id, row.case_id),
        )
        return
    tx.run(
        f"INSERT INTO {table} (text, scope, item_id, case_id)"
        " VALUES (to_tsvector('simple', %(t)s), %(s)s, %(i)s, %(c)s)",
        {"t": fold(text), "s": scopes, "i": row.id, "c": row.case_id},
    )


def matching(reader: Reader, table: str, words: str, scopes: list[str] | None, limit: int) -> list[tuple[str, str]]:
    """(item id, case id) of the newest items that hold all words (as prefixes), within any of the scopes; None:
    anywhere.
    """
    terms = re.findall(r"\w+", fold(words))[:12]
    if not terms or scopes == []:
        return []
    if reader.dialect == "sqlite":
        match = "text : (" + " AND ".join(f'"{term}"*' for term in terms) + ")"
        if scopes is not None:
            match += " AND scope : (" + " OR ".join(f'"{scope}"' for scope in scopes) + ")"
        sql = f"SELECT item_id, case_id FROM {table} WHERE {table} MATCH ? ORDER BY rowid DESC LIMIT ?"
        return [(found[0], found[1]) for found in reader.run(sql, (match, limit)).fetchall()]
    query = " & ".join(f"{term}:*" for term in terms)
    sql = (
        f"WITH hit AS MATERIALIZED (SELECT id, item_id, case_id FROM {table} WHERE text @@ to_tsquery('simple', %(q)s)"
        + (" AND scope && %(s)s" if scopes is not None else "")
        + ") SELECT item_id, case_id FROM hit ORDER BY id DESC LIMIT %(n)s"
    )
    found = reader.run(sql, {"q": query, "s": scopes, "n": limit}).fetchall()
    return [(each[0], each[1]) for each in found]


def token(kind: str, value: str) -> str:
    """A scope as one word of the index: c (case), t (team), p (portfolio)."""
    return f"{kind}{value}"


def fold(text: str) -> str:
    """Lower case without accents: the same in both databases."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
