"""What a run under faults leaves to judge: what clients did and saw, what the providers took, what the database holds.

Everything is plain data, so that a checker needs no server and its own tests can write a bad history by hand. Times are
milliseconds of one machine's clock. `outcome` is Jepsen's: ok it happened, fail it surely did not, info nobody knows.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

Outcome = Literal["ok", "fail", "info"]


# ── what clients did ─────────────────────────────────────────────────────────────────────────────────────────────────


class Hook(Struct, frozen=True, kw_only=True):
    """One delivery of one message by a provider."""

    inbox: str
    provider_id: str
    outcome: Outcome
    canary: str = ""


class Wrote(Struct, frozen=True, kw_only=True):
    """One attempt at a reply. `item`: the id that was answered."""

    actor: str
    client_id: str
    case: str
    epoch: int
    outcome: Outcome
    item: str = ""
    began: int = 0
    ended: int = 0
    client: str = ""


class Whispered(Struct, frozen=True, kw_only=True):
    """A whisper or a note, by its canary. `readers` None: everybody who reads the case (a note)."""

    canary: str
    case: str
    readers: frozenset[str] | None = None


class OptedOut(Struct, frozen=True, kw_only=True):
    """An address that asked for silence, and when that was committed."""

    to: str
    at: int


class Read(Struct, frozen=True, kw_only=True):
    """One reading of a whole timeline by a user. `items`: (position, kind) as they came."""

    client: str
    case: str
    items: tuple[tuple[int, str], ...]
    began: int
    ended: int
    user: str = ""
    whispers: bool = False  # whether this reader sees all whispers, not only their own


class Saw(Struct, frozen=True, kw_only=True):
    """A status that somebody saw, in the order in which they saw it."""

    client: str
    item: str
    status: str


class Looked(Struct, frozen=True, kw_only=True):
    """Somebody read a case that is not theirs."""

    actor: str
    case: str


# ── what sockets said ────────────────────────────────────────────────────────────────────────────────────────────────


class Frame(Struct, frozen=True, kw_only=True):
    """An event as a socket carried it. `seq` is its place in the log, out of its cursor."""

    id: str
    seq: int
    name: str
    case: str | None
    body: str


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of the log that a socket undertook to tell: after `since`, up to `until`, on these topics."""

    topics: frozenset[str]
    since: int
    until: int


class Listener(Struct, frozen=True, kw_only=True):
    """One client: its spans, and every frame over all its sockets. What a reset covers is in no span."""

    client: str
    user: str
    role: str
    spans: tuple[Span, ...] = ()
    frames: tuple[Frame, ...] = ()


class Fold(Struct, frozen=True, kw_only=True):
    """What a client made of its events, and what the server says, at rest."""

    client: str
    folded: dict[str, Any]
    fetched: dict[str, Any]


# ── what the providers took ──────────────────────────────────────────────────────────────────────────────────────────


class Accept(Struct, frozen=True, kw_only=True):
    """A provider took a message of ours. `told`: a status of it was answered 2xx."""

    ref: str
    to: str
    text: str
    at: int
    told: bool = False


class Refuse(Struct, frozen=True, kw_only=True):
    """A provider refused one in its own answer."""

    ref: str
    at: int


# ── what the database holds ──────────────────────────────────────────────────────────────────────────────────────────


class Item(Struct, frozen=True, kw_only=True):
    id: str
    case: str
    position: int
    kind: str = "message"
    direction: str | None = None
    status: str | None = None
    inbox: str | None = None
    provider_id: str | None = None
    author: str | None = None
    client_id: str | None = None
    to: str | None = None  # a whisper's reader


class Case(Struct, frozen=True, kw_only=True):
    id: str
    epoch: int
    position: int
    owner: str | None = None


class Hand(Struct, frozen=True, kw_only=True):
    """A change of owner. `load`: what routing reckoned, {"before","after","capacity"}."""

    case: str
    epoch: int
    user: str | None
    cause: str
    load: dict[str, float] | None = None


class Planned(Struct, frozen=True, kw_only=True):
    """A row of the outbox. `tries`: how often a call began. `overdue`: it should have been done by now."""

    item: str
    state: str
    tries: int = 0
    overdue: bool = False


class Attempt(Struct, frozen=True, kw_only=True):
    item: str
    outcome: str


class Decided(Struct, frozen=True, kw_only=True):
    item: str | None
    outcome: str
    at: int


class Logged(Struct, frozen=True, kw_only=True):
    id: str
    seq: int
    name: str
    case: str | None
    topics: frozenset[str]
    data: dict[str, Any]


class Audited(Struct, frozen=True, kw_only=True):
    actor: str | None
    case: str | None


class Gauge(Struct, frozen=True, kw_only=True):
    """A number of the process before the load and after the quiet: descriptors, threads, kibibytes of memory."""

    name: str
    before: float
    after: float
    spare: float = 0  # how much more it may be, beside five per cent


class Run(Struct, kw_only=True):
    hooks: list[Hook] = field(default_factory=list)
    wrote: list[Wrote] = field(default_factory=list)
    whispered: list[Whispered] = field(default_factory=list)
    opted_out: list[OptedOut] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    saw: list[Saw] = field(default_factory=list)
    looked: list[Looked] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)
    accepts: list[Accept] = field(default_factory=list)
    refusals: list[Refuse] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    hands: list[Hand] = field(default_factory=list)
    outbox: list[Planned] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
    audits: list[Audited] = field(default_factory=list)
    gauges: list[Gauge] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)  # work that was due and not done when the wait was over
    barges: frozenset[tuple[str, int, str]] = frozenset()  # (case, epoch, user)
    max_held: int = 30
