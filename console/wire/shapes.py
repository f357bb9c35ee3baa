"""What people and programs read: the shapes of `docs/integrating.md`, as structs.

Times are RFC 3339 texts here, money is `Money`, ids are opaque. A field that may be left out of a list or an event is
UNSET there; clients merge what they get into what they hold.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

Role = Literal["agent", "supervisor", "compliance", "admin", "integration"]
CaseStatus = Literal["queued", "assigned", "snoozed", "resolved"]
MessageStatus = Literal[
    "scheduled",
    "held",
    "queued",
    "sending",
    "unconfirmed",
    "sent",
    "failed",
    "delivered",
    "read",
    "cancelled",
    "received",
]


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    amount: int  # minor units
    currency: str


class Person(Struct, frozen=True):
    """A user as others see them."""

    id: str
    name: str
    role: str


class Named(Struct, frozen=True):
    id: str
    name: str


class Skill(Struct, frozen=True, forbid_unknown_fields=True):
    skill: str
    level: int


class DebtorBrief(Struct, frozen=True):
    id: str
    name: str
    language: str
    timezone: str  # the usual one of the jurisdiction where none was told
    jurisdiction: str
    labels: list[str] = field(default_factory=list)
    provisional: bool = False
    shared: bool = False
    assumed: bool = False


class Holder(Struct, frozen=True):
    """Whose a contact point is when it is not the debtor's own, and where that is known from ("": it is not proven).

    role: co_debtor, guarantor, representative, attorney, executor, other.
    """

    role: str
    name: str
    proof: str


class ContactPoint(Struct, frozen=True):
    """`pair` says which inbox a message on this point would leave from by default; `holder` whose it is, null for the
    debtor's own.
    """

    id: str
    channel: str
    address: str  # masked by role
    consent: str
    verified: bool
    window_closes_at: str | None
    state: str  # active, opted_out, wrong_number, invalid, removed
    disclosure: int = 0
    last_inbound_at: str | None = None
    inbox: str | None = None
    opt_out: str = ""  # where an opt-out comes from: message, provider, agent; "possible" waits for somebody to read it
    holder: Holder | None = None


class LastItem(Struct, frozen=True):
    id: str
    kind: str
    direction: str | None
    channel: str | None
    text: str
    at: str
    status: str | None = None
    sort: str = ""  # text, image, audio, …


class Hand(Struct, frozen=True):
    reason: str
    at: str


class Case(Struct, frozen=True, kw_only=True):
    """The case; lists and events leave out what costs a join (UNSET); `unread` and `whispers` differ by viewer."""

    id: str
    status: CaseStatus
    owner: Person | None
    epoch: int
    portfolio: Named
    debtor: DebtorBrief
    channels: list[str]
    skills: list[Skill]
    team: Named
    priority: str  # low, normal, high, urgent
    rank_at: str
    rank_terms: list[dict[str, Any]]
    waiting_since: str | None
    sla_due_at: str | None
    labels: list[str]
    balance: Money | None
    bucket: str
    days_late: int
    overlays: list[str]
    disclosure: int
    preferred_channel: str | None
    holds: list[str]
    last_item: LastItem | None
    taken_over_from: Person | None
    hand: Hand | None
    updated_at: str
    weight: float = 1.0  # load it costs its owner now
    snooze_until: str | None = None
    last_inbound_at: str | None = None
    outcome: str | None = None
    merged_into: str | None = None  # the case that goes on, of one whose outcome is `merged`
    previous: str | None = None
    rescue: bool = False
    last_channel: str | None = None
    opened_at: str | None = None
    disclosure_until: str | None = None  # when `disclosure`, which holds for a conversation, ends by itself
    answer_by: str | None = None  # the first day (YYYY-MM-DD) by which a dispute is answered
    unread: int | UnsetType = UNSET
    whispers: int | UnsetType = UNSET  # to the viewer, not seen yet
    contact_points: list[ContactPoint] | UnsetType = UNSET
    preferred_hours: Any | UnsetType = UNSET
    preferred_means: str | UnsetType | None = UNSET
    watchers: list[Person] | UnsetType = UNSET
    barge: list[Person] | UnsetType = UNSET
    draft: dict[str, Any] | UnsetType | None = UNSET
    owner_draft: dict[str, Any] | UnsetType | None = UNSET  # what the owner has typed, for whoever may watch
    seen_position: int | UnsetType = UNSET
    quality: dict[str, Any] | UnsetType = UNSET


class MaskedDebtor(Struct, frozen=True):
    name: str  # first name and initial


class QueueRow(Struct, frozen=True, kw_only=True):
    """A case in a queue, for those who may know that it exists but not what it says."""

    id: str
    status: CaseStatus
    team: Named
    portfolio: Named
    debtor: MaskedDebtor
    channels: list[str]
    bucket: str
    waiting_since: str | None
    sla_due_at: str | None
    rank_at: str | None  # as waiting_since and sla_due_at: null once somebody owns it
    skills: list[Skill]
    priority: str  # low, normal, high, urgent
    owner: Person | None
    rescue: bool = False
    masked: bool = True


class Attachment(Struct, frozen=True):
    id: str
    name: str
    type: str
    size: int
    url: str
    state: str = "ready"  # pending, ready, refused, gone
    reason: str = ""
    inline: bool = False
    width: int = 0
    height: int = 0


class DocumentGiven(Struct, frozen=True, kw_only=True):
    """A document of a debt for a message: a file to be attached (as an attachment is told), and `text`, the creditor's
    codes to be copied. Where all is text `id` is null.
    """

    id: str | None
    name: str
    type: str
    size: int
    url: str
    state: str = "ready"
    reason: str = ""
    inline: bool = False
    width: int = 0
    height: int = 0
    text: str = ""


class TemplateUsed(Struct, frozen=True):
    name: str
    language: str
    variables: dict[str, str] = field(default_factory=dict)


class Failure(Struct, frozen=True):
    code: str
    title: str
    hint: str
    retryable: bool


class Item(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One item of a timeline. Which fields are set depends on `kind`."""

    id: str
    position: int
    kind: Literal["message", "note", "whisper", "event"]
    at: str
    author: Person | None
    case: str
    rev: int = 1
    # message
    direction: Literal["in", "out"] | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    contact_point: str | UnsetType | None = UNSET
    inbox: str | UnsetType | None = UNSET
    text: str | UnsetType = UNSET
    html: str | UnsetType = UNSET  # where the safe frame is served
    subject: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET
    reply_to: str | UnsetType | None = UNSET
    template: TemplateUsed | UnsetType = UNSET
    status: MessageStatus | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    error: Failure | UnsetType | None = UNSET
    provider_id: str | UnsetType = UNSET
    client_id: str | UnsetType = UNSET
    sort: str | UnsetType = UNSET  # text, image, location, contacts, reaction, button, unsupported, …
    detail: dict[str, Any] | UnsetType = UNSET
    quoted_text: str | UnsetType = UNSET
    reactions: list[dict[str, Any]] | UnsetType = UNSET
    attempts: int | UnsetType = UNSET
    due_at: str | UnsetType = UNSET  # scheduled or held until
    held: dict[str, Any] | UnsetType = UNSET
    cancelled: dict[str, Any] | UnsetType = UNSET
    retry_of: str | UnsetType = UNSET
    automated: bool | UnsetType = UNSET
    edited: bool | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    # whisper
    to: Person | UnsetType | None = UNSET
    suggestion: bool | UnsetType = UNSET
    seen_at: str | UnsetType | None = UNSET
    used_at: str | UnsetType | None = UNSET
    request: dict[str, Any] | UnsetType = UNSET
    # event
    name: str | UnsetType = UNSET
    data: dict[str, Any] | UnsetType = UNSET


class AgentLine(Struct, frozen=True, kw_only=True):
    """An agent as the wall and the presence events show them."""

    user: Person
    status: str  # online, away, offline
    reason: str | None
    until: str | None
    connected: bool
    load: float
    capacity: float
    held: int
    waiting: int  # cases whose debtor waits for them
    oldest_wait: str | None
    teams: list[str]
    over: bool = False
    hand: bool = False


class Request(Struct, frozen=True, kw_only=True):
    """A raised hand, an approval asked for, or an alarm."""

    id: str
    kind: Literal["hand", "approval", "alarm"]
    case: str | None
    team: str | None
    reason: str
    at: str
    by: Person | None
    state: Literal["open", "done"]
    detail: dict[str, Any] = field(default_factory=dict)
    done_by: Person | None = None
    done_at: str | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457; further members are the facts of the refusal."""

    type: str
    title: str
    status: int
    detail: str
    code: str
