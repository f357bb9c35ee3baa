"""The validation notice of a debt collector's first contact (12 CFR 1006.34): its approved words, and how long one may
dispute after it.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

from console.gate.packs import Status
from console.ledger.calendar import add_business_days
from console.ledger.said import tongue
from console.wire.moment import DAY, Ms

KIND: Literal["validation_notice"] = "validation_notice"


class NoticeText(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language; what stands in braces is filled in. `message`: what carries the notice."""

    title: str
    file: str
    to: str
    collector: str
    account: str
    heads: tuple[str, str]
    then: str
    fine: str
    interest: str
    fees: str
    off: str
    now: str
    rights: tuple[str, ...]
    message: str


class NoticeTexts(Struct, frozen=True, forbid_unknown_fields=True):
    """`confidence` K: written from memory. Days are the law's, see the file."""

    version: str
    status: Status
    confidence: str
    source: str
    days_from_first_contact: int
    dispute_days: int
    receipt_business_days: int
    fresh_days: int
    texts: dict[str, NoticeText]


@cache
def notice_texts() -> NoticeTexts:
    raw = tomllib.loads((files("console.gate") / "data" / "validation.toml").read_text("utf-8"))
    return msgspec.convert(raw, NoticeTexts)


def text_in(language: str) -> NoticeText:
    return notice_texts().texts[tongue(language)]


def due_at(first_contact_at: Ms) -> Ms:
    """By when the notice must have left, exclusive: so many times 24 hours after the first contact."""
    return first_contact_at + notice_texts().days_from_first_contact * DAY


def disputable_until(today: date, country: str) -> date:
    """The last day on which the debtor may dispute what a notice of today says, wherever it may still be lying."""
    told = notice_texts()
    received = add_business_days(today + timedelta(days=told.fresh_days), told.receipt_business_days, country)
    return received + timedelta(days=told.dispute_days)


def is_fresh(made_on: date, today: date) -> bool:
    """Whether a notice that was made on a day may still leave today."""
    return 0 <= (today - made_on).days <= notice_texts().fresh_days
