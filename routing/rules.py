"""Which skills, team and priority a case needs: rules as data.

Rules are read in order. Every rule that matches adds what it says (accumulation):
    needs     all of them; of the same skill the higher level, and a need that never relaxes wins over one that does
    team      the first rule that names one decides
    priority  the most urgent wins
    flags     all of them: what the console must hear of, such as a hand to raise or a hold to propose
A rule with `last` ends the reading when it matches. Within a rule all conditions that are given must hold; within a
condition one of its entries is enough; a rule without conditions matches every case.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from routing.policy import Priority
from routing.types import Need

_URGENCY: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
_DROPPED = frozenset({"Mn", "Cf"})  # combining accents; joiners and other marks that nobody sees
_WORDS_READ = 20_000  # characters; nobody writes more by hand, and mail may hold megabytes


class CaseFacts(Struct, frozen=True, kw_only=True):
    """What rules may look at. balance: minor units of currency. words: what the debtor wrote since the last answer."""

    portfolio: str = ""
    bucket: str = ""  # CURRENT | B1_30 | B31_60 | B61_PLUS
    overlays: frozenset[str] = frozenset()  # PLAN, DISPUTED
    labels: frozenset[str] = frozenset()
    language: str = ""  # pt-BR, es, es-MX, en …
    country: str = ""  # the jurisdiction: BR, MX …
    channel: str = ""
    words: str = ""
    balance: int = 0
    currency: str = ""


class When(Struct, frozen=True, kw_only=True):
    """Conditions; what is empty does not count.

    languages: a tag matches itself and its regions, "es" also es-MX. words: whole words or phrases, without regard to
    case, accents and punctuation. balance_from: minor units by currency.
    """

    portfolios: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    balance_from: dict[str, int] = {}

    def __post_init__(self) -> None:
        """ValueError for a phrase without a single letter or digit: it would match everywhere."""
        for phrase in self.words:
            if not plain(phrase).strip():
                raise ValueError(f"not a word or phrase: {phrase!r}")


class Rule(Struct, frozen=True, kw_only=True):
    id: str
    when: When = When()
    needs: tuple[Need, ...] = ()
    team: str | None = None
    priority: Priority | None = None
    flags: tuple[str, ...] = ()
    last: bool = False


class Fired(Struct, frozen=True, kw_only=True):
    """A rule that matched; phrase is its own phrase that was found, "" when it looks at no words."""

    rule: str
    phrase: str = ""


class Requirements(Struct, frozen=True, kw_only=True):
    """needs by name; team None leaves it to the portfolio."""

    needs: tuple[Need, ...] = ()
    team: str | None = None
    priority: Priority = "normal"
    flags: tuple[str, ...] = ()
    fired: tuple[Fired, ...] = ()


def apply(rules: Iterable[Rule], facts: CaseFacts) -> Requirements:
    """What the case needs, and which rules said so."""
    needs: dict[str, Need] = {}
    team: str | None = None
    priority: Priority | None = None
    flags: set[str] = set()
    fired: list[Fired] = []
    text = plain(facts.words[:_WORDS_READ])
    for rule in rules:
        phrase = _match(rule.when, facts, text)
        if phrase is None:
            continue
        fired.append(Fired(rule=rule.id, phrase=phrase))
        for need in rule.needs:
            needs[need.name] = _stricter(needs.get(need.name), need)
        team = team or rule.team
        priority = _more_urgent(priority, rule.priority)
        flags.update(rule.flags)
        if rule.last:
            break
    return Requirements(
        needs=tuple(needs[name] for name in sorted(needs)),
        team=team,
        priority=priority or "normal",
        flags=tuple(sorted(flags)),
        fired=tuple(fired),
    )


def holding(rules: Iterable[Rule], facts: CaseFacts) -> tuple[Rule, ...]:
    """The rules whose conditions hold but for their words: all that `apply` needs to read for a case in this state."""
    return tuple(rule for rule in rules if _holds(rule.when, facts))


def openings(rules: Iterable[Rule]) -> frozenset[str]:
    """The words that the rules' phrases begin with, plain."""
    return frozenset(plain(phrase).split()[0] for rule in rules for phrase in rule.when.words)


def may_fire(words: str, opening: frozenset[str]) -> bool:
    """Whether a text holds a word that a phrase begins with: where it holds none, it says nothing to any rule."""
    return not opening.isdisjoint(plain(words[:_WORDS_READ]).split())


def plain(text: str) -> str:
    """Words in lower case without accents or punctuation, one space around each: " nao reconheco "."""
    # Twice: some letters have capitals only once taken apart (a bold 𝐍), others come apart only in lower case.
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return f" {' '.join(letters.translate(_KEPT).split())} "


class _Kept(dict[int, str | None]):
    """What becomes of a character, found out once: itself, a space, or nothing (None)."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kept = None if unicodedata.category(char) in _DROPPED else char if char.isalnum() else " "
        if len(self) < _KEPT_MAX:
            self[code] = kept
        return kept


_KEPT_MAX = 4_096
_KEPT = _Kept()


@lru_cache(maxsize=1_024)
def _phrases(words: tuple[str, ...]) -> dict[str, str]:
    """A rule's phrases by what they look like in a plain text, in the rule's order."""
    found: dict[str, str] = {}
    for phrase in words:
        found.setdefault(plain(phrase), phrase)
    return found


def _match(when: When, facts: CaseFacts, text: str) -> str | None:
    """The phrase that was found, "" when none was asked for; None when the conditions do not hold."""
    if not _holds(when, facts):
        return None
    if not when.words:
        return ""
    phrases = _phrases(when.words)
    found = next(filter(text.__contains__, phrases), None)
    return None if found is None else phrases[found]


def _holds(when: When, facts: CaseFacts) -> bool:
    """Every condition but that on words."""
    if (when.portfolios and facts.portfolio not in when.portfolios) or (
        when.buckets and facts.bucket not in when.buckets
    ):
        return False
    if (when.countries and facts.country not in when.countries) or (
        when.channels and facts.channel not in when.channels
    ):
        return False
    if when.overlays and facts.overlays.isdisjoint(when.overlays):
        return False
    if when.labels and facts.labels.isdisjoint(when.labels):
        return False
    if when.languages and not _speaks(facts.language, when.languages):
        return False
    return not (when.balance_from and facts.balance < when.balance_from.get(facts.currency, facts.balance + 1))


@lru_cache(maxsize=1_024)
def _speaks(language: str, tags: tuple[str, ...]) -> bool:
    language = language.casefold().replace("_", "-")
    return any(language == tag or language.startswith(f"{tag}-") for tag in map(str.casefold, tags))


def _stricter(old: Need | None, new: Need) -> Need:
    if old is None:
        return new
    relaxing = None if old.relax_after_s is None or new.relax_after_s is None else max(old, new, key=_level)
    return Need(
        name=new.name,
        level=max(old.level, new.level),
        relax_after_s=None if relaxing is None else relaxing.relax_after_s,
    )


def _level(need: Need) -> int:
    return need.level


def _more_urgent(old: Priority | None, new: Priority | None) -> Priority | None:
    if old is None or new is None:
        return old or new
    return max(old, new, key=_URGENCY.index)
