"""The index of debtors' names: found by the beginnings of their words, accents and case ignored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, column, exists, func, literal_column, select, table

from console.debtors.models import debtor
from console.store.transaction import Tx
from console.store.words import folded_words

SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_debtor USING fts5(text, who, debtor_id UNINDEXED,"
    " tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')",
)
POSTGRESQL = (
    "CREATE TABLE IF NOT EXISTS search_debtor (debtor_id text PRIMARY KEY, text tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_search_debtor_text ON search_debtor USING gin (text)",
)
_INDEX = table("search_debtor", column("debtor_id"), column("text"))


def index_name(tx: Tx, debtor_id: str, name: str, *, new: bool = False) -> None:
    """Make a debtor findable by this name, and by no earlier one. `new`: there is none."""
    if tx.dialect == "sqlite":
        who = f"d{debtor_id}"
        if not new:
            known = "SELECT rowid FROM search_debtor WHERE search_debtor MATCH ?"
            tx.run(f"DELETE FROM search_debtor WHERE rowid IN ({known})", (f'who : "{who}"',))
        tx.run("INSERT INTO search_debtor (text, who, debtor_id) VALUES (?, ?, ?)", (name, who, debtor_id))
        return
    tx.run(
        "INSERT INTO search_debtor (debtor_id, text) VALUES (%(d)s, to_tsvector('simple', %(t)s))"
        " ON CONFLICT (debtor_id) DO UPDATE SET text = excluded.text",
        {"d": debtor_id, "t": " ".join(folded_words(name))},
    )


def match_of(dialect: str, terms: Sequence[str]) -> str:
    """What the index is asked for, to find names that hold a word that begins with each of these folded ones."""
    if dialect == "sqlite":
        return "text : (" + " AND ".join(f'"{term}"*' for term in terms) + ")"
    return " & ".join(f"{term}:*" for term in terms)


def ids_named(dialect: str, match: str) -> Select[tuple[str]]:
    """The ids of the debtors of such a name. `match`: as `match_of` makes it."""
    if dialect == "sqlite":
        return select(_INDEX.c.debtor_id).where(literal_column("search_debtor").op("MATCH", is_comparison=True)(match))
    return select(_INDEX.c.debtor_id).where(_matches(match))


def is_named(dialect: str, match: str, terms: Sequence[str], debtor_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The same of one debtor at a time: for whoever meets them in another order, and finds many. `terms`: each with a
    space before it.
    """
    if dialect == "sqlite":
        name = func.folded(debtor.c.name)
        return exists().where(debtor.c.id == debtor_id, *(func.instr(name, term) > 0 for term in terms))
    return exists().where(_INDEX.c.debtor_id == debtor_id, _matches(match))


def _matches(match: str) -> ColumnElement[bool]:
    return _INDEX.c.text.op("@@", is_comparison=True)(func.to_tsquery(literal_column("'simple'"), match))
