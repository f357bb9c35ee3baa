"""Filling a provider's template: its variables checked, its text rendered as the debtor will read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from console.cases.fit import must_fit_template
from console.cases.itemise import breakdown
from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.errors import Invalid
from console.portfolios.queries import find_template
from console.store.base import load
from console.store.transaction import Reader

_VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
VALUE_CHARS = 1_024
BREAKDOWN = "breakdown"  # what is owed and what it is made of, in one line


class Filled(Struct, frozen=True):
    id: str
    name: str
    language: str
    category: str
    state: str
    level: int
    body: str  # rendered
    variables: dict[str, str]
    order: list[str]
    provider_id: str

    def used(self) -> dict[str, Any]:
        """What the timeline keeps of it; enough to send it again."""
        return {
            "name": self.name,
            "language": self.language,
            "variables": self.variables,
            "provider_id": self.provider_id,
            "order": self.order,
            "id": self.id,
        }


def fill(reader: Reader, row: CaseRow, pair: Pair, name: str, language: str, variables: Mapping[str, str]) -> Filled:
    """The template with its variables. Raises Invalid, naming the template or the variable that is missing, unknown or
    too long, or all of them where the whole is more than the inbox carries.
    """
    found = find_template(reader, pair.inbox.id, name, language.replace("-", "_"))
    if found is None:
        raise Invalid("This inbox has no such template in that language: sync the templates.", field="template.name")
    wanted: list[str] = load(found.variables)
    if BREAKDOWN in wanted:  # nobody writes this by hand
        variables = {**variables, BREAKDOWN: breakdown(reader, row.debtor_id, row.portfolio_id)}
    for each in wanted:
        given = variables.get(each, "").strip()
        if not given:
            raise Invalid(f"The variable {each} is missing.", field=f"template.variables.{each}")
        if len(given) > VALUE_CHARS:
            raise Invalid(
                f"The variable {each} has {len(given)} characters, {VALUE_CHARS} are possible: shorten it.",
                field=f"template.variables.{each}", limit=VALUE_CHARS,
            )  # fmt: skip
        if re.search(r"[\n\r\t]| {5}", given):
            raise Invalid(
                "A variable holds no line breaks, tabs or runs of spaces.", field=f"template.variables.{each}"
            )
    for each in variables:
        if each not in wanted:
            raise Invalid(f"The template has no variable {each}.", field=f"template.variables.{each}")
    values = {each: variables[each].strip() for each in wanted}
    body = render(found.body, values) + (f"\n{found.footer}" if found.footer else "")
    must_fit_template(pair.inbox, body, values)
    return Filled(
        found.id,
        found.name,
        found.language,
        found.category,
        found.state,
        found.level,
        body,
        values,
        wanted,
        found.provider_id,
    )


def render(body: str, values: Mapping[str, str]) -> str:
    """`{{name}}` replaced by its value; what has none stays as it is."""
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), body)


def shown_minor(variables: Mapping[str, str]) -> int | None:
    """What a template says is owed, in minor units, by its variable `amount` or `balance`; None when it has neither."""
    given = next((variables[name] for name in ("amount", "balance") if name in variables), None)
    digits = "".join(letter for letter in given or "" if letter.isdigit())
    return int(digits) if digits else None
