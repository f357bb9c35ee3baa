"""The search index, written with the item. Its rows carry the scopes in which they may be found.

Messages stand in one table; whispers and notes in another, which is only ever asked for those who may read them.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.store.transaction import Reader, Tx
from console.store.words import folded_words, terms_of
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


MANY = 5_000  # hits that are met sooner than they are all found


def index(tx: Tx, row: ItemRow, team_id: str, portfolio_id: str) -> None:
    """Make an item's text findable within its case, team and portfolio."""
    table = "search_message" if row.kind == "message" else "search_side"
    text = f"{row.subject} {row.text}" if row.subject else row.text
    scopes = [token("c", row.case_id), token("t", team_id), token("p", portfolio_id)]
    if tx.dialect == "sqlite":
        tx.run_late(
            f"INSERT INTO {table} (text, scope, item_id, case_id) VALUES (?, ?, ?, ?)",
            (text, " ".join(scopes), row.id, row.case_id),
        )
        return
    tx.run_late(
        f"INSERT INTO {table} (text, scope, item_id, case_id)"
        " VALUES (to_tsvector('simple', %(t)s), %(s)s, %(i)s, %(c)s)",
        {"t": " ".join(folded_words(text)), "s": scopes, "i": row.id, "c": row.case_id},
    )


def hits(
    reader: Reader, table: str, words: str, scopes: list[str] | None, limit: int, before: int | None = None
) -> list[tuple[int, str, str]]:
    """(place in the index, item id, case id) of the newest items that hold all words (as prefixes), within any of the
    scopes (None: anywhere). Places fall; `before` asks for what stands below one.

    The words are data: whatever else stands in them is no operator in either database, it only parts words.
    """
    terms = terms_of(words)
    if not terms or scopes == []:
        return []
    if reader.dialect == "sqlite":
        return _on_sqlite(reader, table, terms, scopes, limit, before)
    return _on_postgresql(reader, table, terms, scopes, limit, before)


def _on_postgresql(
    reader: Reader, table: str, terms: list[str], scopes: list[str] | None, limit: int, before: int | None
) -> list[tuple[int, str, str]]:
    """Many hits are met soon from the newest on; few are all found first, and sorted. The planner, left alone, now and
    then takes the one for the other, and reads everything.
    """
    own = scopes is not None and all(scope.startswith("c") for scope in scopes)
    found = " WHERE text @@ to_tsquery('simple', %(q)s)"
    found += " AND scope && %(s)s" if scopes is not None and not own else ""
    found += " AND id < %(b)s" if before is not None else ""
    newest = " ORDER BY id DESC LIMIT %(n)s"
    values: dict[str, object] = {"q": " & ".join(f"{term}:*" for term in terms), "s": scopes, "n": limit, "b": before}
    if own:  # somebody's own cases: their messages, and then the words
        values["s"] = [scope.removeprefix("c") for scope in scopes or ()]
        of_mine = f"WITH mine AS MATERIALIZED (SELECT * FROM {table} WHERE case_id = ANY(%(s)s))"
        sql = f"{of_mine} SELECT id, item_id, case_id FROM mine{found}{newest}"
    elif _expected(reader, f"SELECT 1 FROM {table}{found}", values) > MANY:
        sql = f"SELECT id, item_id, case_id FROM {table}{found}{newest}"
    else:
        values["r"] = _rarest(reader, table, terms)
        all_ = f"WITH hit AS MATERIALIZED (SELECT * FROM {table} WHERE text @@ to_tsquery('simple', %(r)s))"
        sql = f"{all_} SELECT id, item_id, case_id FROM hit{found}{newest}"
    return [(each[0], each[1], each[2]) for each in reader.run(sql, values).fetchall()]


def _rarest(reader: Reader, table: str, terms: list[str]) -> str:
    """Of several words the one that the fewest texts hold, when that is few, as a query: the others are looked for in
    those. The index would read every entry of each, since they are beginnings of words.
    """
    words = [f"{term}:*" for term in terms]
    if len(words) > 1:
        sql = f"SELECT 1 FROM {table} WHERE text @@ to_tsquery('simple', %(q)s)"
        count, rarest = min((_expected(reader, sql, {"q": word}), word) for word in words)
        if count <= MANY:
            return rarest
    return " & ".join(words)


def _expected(reader: Reader, sql: str, values: Mapping[str, object]) -> int:
    """How many rows PostgreSQL expects, by its statistics of the words."""
    ((plan,),) = reader.run(f"EXPLAIN (FORMAT JSON) {sql}", values).fetchall()
    return int(plan[0]["Plan"]["Plan Rows"])


def _on_sqlite(
    reader: Reader, table: str, terms: list[str], scopes: list[str] | None, limit: int, before: int | None
) -> list[tuple[int, str, str]]:
    match = "text : (" + " AND ".join(f'"{term}"*' for term in terms) + ")"
    if scopes is not None:
        match += " AND scope : (" + " OR ".join(f'"{scope}"' for scope in scopes) + ")"
    below = " AND rowid < ?" if before is not None else ""
    sql = f"SELECT rowid, item_id, case_id FROM {table} WHERE {table} MATCH ?{below} ORDER BY rowid DESC LIMIT ?"
    values = (match, limit) if before is None else (match, before, limit)
    return [(each[0], each[1], each[2]) for each in reader.run(sql, values).fetchall()]


def retoken(tx: Tx, case_id: str, team_id: str, portfolio_id: str) -> None:
    """A case went to another team: what was said on it is found there, and no longer where it was."""
    scopes = [token("c", case_id), token("t", team_id), token("p", portfolio_id)]
    for table in ("search_message", "search_side"):
        if tx.dialect == "sqlite":
            tx.run_late(
                f"UPDATE {table} SET scope = ? WHERE rowid IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)",
                (" ".join(scopes), f'scope : "{scopes[0]}"'),
            )
        else:
            tx.run_late(f"UPDATE {table} SET scope = %(s)s WHERE case_id = %(c)s", {"s": scopes, "c": case_id})


def forget(tx: Tx, case_id: str) -> None:
    """Nothing that was said on a case is found any more."""
    for table in ("search_message", "search_side"):
        if tx.dialect == "sqlite":
            match = f'scope : "{token("c", case_id)}"'
            tx.run_late(
                f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)", (match,)
            )
        else:
            tx.run_late(f"DELETE FROM {table} WHERE case_id = %(c)s", {"c": case_id})


def token(kind: str, value: str) -> str:
    """A scope as one word of the index: c (case), t (team), p (portfolio)."""
    return f"{kind}{value}"
