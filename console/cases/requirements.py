"""What a case needs, by the routing rules: skills, team, priority, and whether it is a matter for care."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from msgspec import structs

from console.cases.queries import CaseRow
from console.debtors.queries import DebtorRow
from console.portfolios.queries import PortfolioRow, rules
from console.store.base import dump, load
from console.store.transaction import Reader
from routing.defaults import default_rules
from routing.rules import CaseFacts, Requirements, Rule, apply, holding, may_fire, openings

_URGENCY = ("low", "normal", "high", "urgent")


def require(
    reader: Reader, row: CaseRow, book: PortfolioRow, person: DebtorRow, *, channel: str, words: str
) -> Requirements:
    """Apply the rules to the case as it is now. Skills are added and priority rises; neither is taken away here."""
    facts = CaseFacts(
        portfolio=book.id,
        bucket=row.bucket,
        overlays=frozenset(load(row.overlays)),
        labels=frozenset(load(row.labels)) | frozenset(load(person.labels)),
        language=person.language,
        country=person.jurisdiction[:2],
        channel=channel,
        balance=row.balance_minor or 0,
        currency=row.currency,
    )
    documents = rules(reader)
    if may_fire(words, _openings(documents)):
        asked = apply(_holding(documents, facts), structs.replace(facts, words=words))
    else:
        asked = _unspoken(documents, facts)
    if asked.needs:
        skills = {each["skill"]: each["level"] for each in load(row.skills)}
        for need in asked.needs:
            skills[need.name] = max(skills.get(need.name, 0), need.level)
        row.skills = dump([{"skill": name, "level": level} for name, level in sorted(skills.items())])
    row.priority = max(row.priority, asked.priority, key=_URGENCY.index)
    if asked.team is not None and row.owner_id is None:
        row.team_id = asked.team
    return asked


@lru_cache(maxsize=2_048)
def _unspoken(documents: tuple[str, ...], facts: CaseFacts) -> Requirements:
    """What the state of the case asks for by itself: the same for nearly every message of it."""
    return apply(_rules(documents), facts)


@lru_cache(maxsize=2_048)
def _holding(documents: tuple[str, ...], facts: CaseFacts) -> tuple[Rule, ...]:
    """The rules that only words can still keep from firing."""
    return holding(_rules(documents), facts)


@lru_cache(maxsize=8)
def _openings(documents: tuple[str, ...]) -> frozenset[str]:
    return openings(_rules(documents))


@lru_cache(maxsize=8)
def _rules(documents: tuple[str, ...]) -> tuple[Rule, ...]:
    """The installation's rules; the built-in ones while it has none."""
    if not documents:
        return default_rules()
    return tuple(msgspec.json.decode(document, type=Rule) for document in documents)
