"""The shapes of a rule pack: what stands in `data/*.toml`, and what the places of one debtor come to together."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from console.gate.holidays import Calendar
from console.gate.types import Day

Basis = Literal["law", "product", "platform"]
Status = Literal["draft", "counsel_approved", "retired"]
HoursCode = Literal["OUT_OF_HOURS", "DEBTOR_INCONVENIENT_TIME"]
Exemption = Literal["hours", "caps", "consent"]
Week = tuple[tuple[tuple[int, int], ...], ...]  # per weekday, Monday first: half-open spans in ms since local midnight


class Rule(Struct, frozen=True):
    """What a code is called, and what stands behind it."""

    rule: str
    source: str


class HoursRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: tuple[Day, ...]
    opens: str = msgspec.field(name="from")
    closes: str = msgspec.field(name="to")
    channels: frozenset[str] = frozenset()  # empty = every channel
    basis: Basis
    source: str


class ExtraDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day closed beside the public holidays: `date` as MM-DD every year, or days after Easter Sunday."""

    date: str = ""
    easter: int | None = None
    pt: str
    es: str


class Closed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    holidays: bool
    basis: Basis
    source: str
    extra: tuple[ExtraDay, ...] = ()


class Cap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often. kind `count`: at most `max` contacts per day or week, rolling and by the calendar; `gap`: `full_days`
    whole local days between two; `lock`: one channel per week. Empty `channels` = every channel counts together."""

    code: Literal["CAP_DAY", "CAP_WEEK", "GAP", "CHANNEL_LOCK"]
    kind: Literal["count", "gap", "lock"] = "count"
    max: int = 1
    per: Literal["day", "week"] = "day"
    full_days: int = 0
    channels: frozenset[str] = frozenset()
    applies: Literal["all", "automated", "human"] = "all"
    exceed: Literal["defer", "approval"] = "defer"
    basis: Basis
    source: str


class Banned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["ASK_REASON", "UNSTARTED_PROCEEDINGS", "BUREAU_MENTION"]
    source: str


class Element(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a text must hold. `every` message, or an `opening`: a machine's or a template's first word in a week, on a
    channel that does not itself show who writes. `itemisation`: what a sum that is owed is made of, beside the sum.
    `validation_notice`: a debt collector's notice, which leaves with the first word or soon after it."""

    kind: Literal["opt_out", "creditor_name", "itemisation", "validation_notice"]
    channels: frozenset[str]
    when: Literal["every", "opening"]
    basis: Basis
    source: str


class Exempt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    payment_confirmation: frozenset[Exemption]
    source: str


class ConsentNeeds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which channels need a recorded yes before we write first; `offers` = commercial offers need their own."""

    whatsapp: bool
    sms: bool
    email: bool
    webchat: bool
    offers: bool
    source: str


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By when a dispute is answered: so many days after it was opened, `undue_days` where the charge is said to be none
    of the debtor's."""

    days: int
    undue_days: int
    unit: Literal["business", "calendar"]
    basis: Basis
    source: str


class Ceilings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a late debt may owe beside its principal, in basis points: the fine once, interest for 30 days. None
    where the law names no figure."""

    fine_bp: int | None = None
    interest_bp_30d: int | None = None
    source: str


HOUSE_ANSWER = Answer(
    days=10, undue_days=10, unit="business", basis="product",
    source="House rule: a dispute is answered within ten business days",
)  # fmt: skip


class Overlay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A state's own rules on top of its country's."""

    code: str
    name: str
    version: str
    verified_on: str
    status: Status
    confidence: Literal["A", "B", "C"]
    sources: dict[str, str] = {}
    doubts: tuple[str, ...] = ()
    windows: tuple[HoursRow, ...] = ()
    caps: tuple[Cap, ...] = ()
    banned: tuple[Banned, ...] = ()
    elements: tuple[Element, ...] = ()
    identification: tuple[str, ...] = ()
    min_days_late: int = 0


class Country(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    name: str
    version: str
    verified_on: str
    status: Status
    confidence: Literal["A", "B", "C"]
    languages: tuple[str, ...]
    currency: str
    creditor_id: str  # what the creditor's tax id is called
    timezones: tuple[str, ...]  # all of them: where the place in the country is unknown
    reactive_hours: int
    reactive_exempt_from_window: bool
    counts_as_contact: Literal["attempt"]
    min_days_late: int
    prescription_years: int
    block_when_prescribed: bool
    identification: tuple[str, ...]
    allowed_recipients: frozenset[str]
    doubts: tuple[str, ...] = ()
    sources: dict[str, str] = {}
    zones: dict[str, tuple[str, ...]] = {}  # by subdivision; "rest" for those not named
    windows: tuple[HoursRow, ...]
    closed: Closed
    caps: tuple[Cap, ...]
    banned: tuple[Banned, ...] = ()
    elements: tuple[Element, ...] = ()
    sms_third_party: bool = True  # carriers take third parties' collection on SMS
    contact_log_years: int = 5  # contacts, decisions, consents and opt-outs are kept this long after the last activity
    exempt: Exempt
    consent: ConsentNeeds
    answer: Answer = HOUSE_ANSWER
    ceilings: Ceilings | None = None
    overlays: tuple[Overlay, ...] = ()


class Hours(Struct, frozen=True, kw_only=True):
    """One clock to obey: a week in a zone, closed on a place's holidays. Without a calendar it has none of its own."""

    zone: ZoneInfo
    week: Week
    calendar: Calendar | None = None
    code: HoursCode = "OUT_OF_HOURS"
    source: str = ""
    holiday_source: str = ""


class Profile(Struct, frozen=True, kw_only=True):
    """One place's law: a country with at most one overlay on it."""

    code: str
    parent: str
    version: str
    parent_version: str
    status: Status
    country: Country
    overlay: Overlay | None

    @property
    def key(self) -> str:
        return f"{self.code}@{self.version}"


class Effective(Struct, frozen=True, kw_only=True):
    """The strictest of everything that may apply to a debtor."""

    profiles: tuple[Profile, ...]
    unknown: tuple[str, ...]  # countries without a profile
    zones: tuple[ZoneInfo, ...]
    hours: dict[str, tuple[Hours, ...]]  # by channel
    caps: tuple[Cap, ...]
    banned: dict[str, str]  # kind -> source
    elements: tuple[Element, ...]
    sms_third_party: bool
    identification: tuple[str, ...]
    allowed_recipients: frozenset[str]
    exempt: frozenset[Exemption]
    consent: dict[str, str]  # channel, or "offers", that needs a yes -> source
    reactive_hours: int
    reactive_exempt_from_window: bool
    min_days_late: int
    block_when_prescribed: bool
    prescription_years: int  # the shortest of those that block; 0 where none does
    rules: dict[str, Rule]
    label: str

    def wants(self, kind: str) -> bool:
        """Whether texts must hold an element."""
        return any(each.kind == kind for each in self.elements)

    def rule(self, code: str) -> Rule:
        """The name and source of a code; `TONE:X` and `BANNED:X` share those of their family."""
        return self.rules.get(code) or self.rules[code.partition(":")[0]]
