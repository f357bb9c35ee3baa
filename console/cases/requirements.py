"""What a case needs, by the routing rules: skills, team, priority, and whether it is a matter for care."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import structs

from console.cases.queries import CaseRow
from console.debtors.queries import DebtorRow
from console.errors import Invalid
from console.people.queries import has_skill, skills
from console.portfolios.queries import PortfolioRow, rules
from console.store.base import dump, load
from console.store.transaction import Reader
from routing.defaults import default_rules
from routing.rules import CaseFacts, Requirements, Rule, apply, holding, may_fire, openings
from routing.types import Need

HARDSHIP = "hardship"  # the skill, and the flag of the rules that call for it
_URGENCY = ("low", "normal", "high", "urgent")


def require(
    reader: Reader, row: CaseRow, book: PortfolioRow, person: DebtorRow, *, channel: str, words: str
) -> Requirements:
    """Apply the rules to the case as it is now. Skills are added and priority rises; neither is taken away here."""
    documents = rules(reader)
    state = _state(row, book, person, channel)
    if may_fire(words, _openings(documents)):
        asked = apply(_holding(documents, *state), structs.replace(_facts(*state), words=words))
    else:
        asked = _unspoken(documents, *state)
    _write(row, asked.needs, asked.priority)
    if asked.team is not None and row.owner_id is None:
        row.team_id = asked.team
    return asked


def care_needs(reader: Reader, row: CaseRow, book: PortfolioRow, person: DebtorRow, flag: str) -> tuple[Need, ...]:
    """What the rules ask for who serves somebody under this hold; the hardship rules' where it has none of its own."""
    ours = _holding(rules(reader), *_state(row, book, person, row.last_channel or ""))
    found = _flagged(ours, flag) or _flagged(ours, HARDSHIP)
    return tuple(need for rule in found for need in rule.needs) or (Need(name=HARDSHIP),)


def care_skills(reader: Reader, flags: Collection[str]) -> frozenset[str]:
    """Every skill that the rules ask for who serves somebody under one of these holds, whatever the case."""
    asked = (need.name for rule in _rules(rules(reader)) if set(rule.flags) & set(flags) for need in rule.needs)
    return frozenset({*asked, HARDSHIP})


def require_care(reader: Reader, row: CaseRow, book: PortfolioRow, person: DebtorRow, flag: str) -> tuple[Need, ...]:
    """Write on the case what it needs under a hold that somebody placed by hand, as words would have; those needs."""
    ours = _flagged(_holding(rules(reader), *_state(row, book, person, row.last_channel or "")), flag)
    needs = care_needs(reader, row, book, person, flag)
    _write(row, needs, *(rule.priority for rule in ours if rule.priority is not None))
    return needs


def must_be_known(reader: Reader, row: CaseRow, wanted: Collection[str]) -> None:
    """Raises Invalid for a skill that no list, no rule and nobody of the house has, and the case neither: it would wait
    for ever for a slip of the pen.
    """
    known = {name for name, _ in skills(reader)} | {each["skill"] for each in load(row.skills)}
    for place, name in enumerate(wanted):
        if name not in known and name not in _asked_by_rules(reader) and not has_skill(reader, name):
            raise Invalid(f"There is no skill {name!r}: acordo skill list shows them.", field=f"skills[{place}].skill")


def _asked_by_rules(reader: Reader) -> frozenset[str]:
    return frozenset(need.name for rule in _rules(rules(reader)) for need in rule.needs)


_State = tuple[str, str, str, str, str, str, str, str, int, str]


def _state(row: CaseRow, book: PortfolioRow, person: DebtorRow, channel: str) -> _State:
    """What rules may look at but the words, as the database has it: the arguments of `_facts`."""
    return (
        book.id, row.bucket, row.overlays, row.labels, person.labels, person.language, person.jurisdiction, channel,
        row.balance_minor or 0, row.currency,
    )  # fmt: skip


@lru_cache(maxsize=2_048)
def _facts(
    portfolio: str, bucket: str, overlays: str, labels: str, of_person: str, language: str, jurisdiction: str,
    channel: str, balance: int, currency: str,
) -> CaseFacts:  # fmt: skip
    return CaseFacts(
        portfolio=portfolio,
        bucket=bucket,
        overlays=frozenset(load(overlays)),
        labels=frozenset(load(labels)) | frozenset(load(of_person)),
        language=language,
        country=jurisdiction[:2],
        channel=channel,
        balance=balance,
        currency=currency,
    )


def _flagged(among: tuple[Rule, ...], flag: str) -> list[Rule]:
    return [rule for rule in among if flag in rule.flags]


def _write(row: CaseRow, needs: Collection[Need], *priorities: str) -> None:
    if needs:
        skills = {each["skill"]: each["level"] for each in load(row.skills)}
        for need in needs:
            skills[need.name] = max(skills.get(need.name, 0), need.level)
        row.skills = dump([{"skill": name, "level": level} for name, level in sorted(skills.items())])
    row.priority = max((row.priority, *priorities), key=_URGENCY.index)


@lru_cache(maxsize=2_048)
def _unspoken(documents: tuple[str, ...], *state: Any) -> Requirements:
    """What the state of the case asks for by itself: the same for nearly every message of it."""
    return apply(_rules(documents), _facts(*state))


@lru_cache(maxsize=2_048)
def _holding(documents: tuple[str, ...], *state: Any) -> tuple[Rule, ...]:
    """The rules that only words can still keep from firing."""
    return holding(_rules(documents), _facts(*state))


@lru_cache(maxsize=8)
def _openings(documents: tuple[str, ...]) -> frozenset[str]:
    return openings(_rules(documents))


@lru_cache(maxsize=8)
def _rules(documents: tuple[str, ...]) -> tuple[Rule, ...]:
    """The installation's rules; the built-in ones while it has none."""
    if not documents:
        return default_rules()
    return tuple(msgspec.json.decode(document, type=Rule) for document in documents)
