"""A message beside what the gate found out about it before any rule is asked: its true purpose, its law, its words."""

from __future__ import annotations

from functools import cached_property

from msgspec import structs

from console.gate.caps import burst_until
from console.gate.content import asks_to_pay, confirms, debt_words, fold
from console.gate.packs import Effective, Exemption
from console.gate.types import Approver, Facts, Message, Outcome, Purpose, Recipient, Span, Stop
from console.gate.validation import due_at
from console.gate.windows import local_day
from console.wire.moment import DAY, HOUR, MINUTE, Ms

STILL_THERE_MS = 15 * MINUTE  # a person who just wrote is at the phone: matters where hours bind answers too
SILENCE_MS = 7 * DAY
ANSWERS = frozenset({"reply", "requested_information", "care"})
STAND_IN: dict[Stop, frozenset[Recipient]] = {
    "represented": frozenset({"attorney", "representative"}),
    "insolvency": frozenset({"attorney", "representative"}),
    "deceased": frozenset({"executor"}),  # a mandate ends with who gave it
}
"""Who is written to in the debtor's stead while a stop stands (domain rules 3.7); under any other stop nobody."""


class Verdict:
    """A rule that did not allow. `until` is when the clock alone would free it; `source` replaces the rule's own."""

    __slots__ = ("approver", "code", "outcome", "source", "spans", "until")

    def __init__(
        self,
        code: str,
        outcome: Outcome = "block",
        *,
        approver: Approver | None = None,
        spans: tuple[Span, ...] = (),
        source: str = "",
        until: Ms | None = None,
    ) -> None:
        self.code = code
        self.outcome: Outcome = outcome
        self.approver: Approver | None = approver
        self.spans = spans
        self.source = source
        self.until = until


class Judged:
    """What the checks read. Made once a decision; everything costly is worked out when first asked for."""

    def __init__(self, message: Message, facts: Facts, law: Effective, now: Ms) -> None:
        self.message = message
        self.facts = facts
        self.law = law
        self.now = now
        self.reactive_ms = law.reactive_hours * HOUR
        self.purpose: Purpose = self._purpose()

    def _purpose(self) -> Purpose:
        """The claimed purpose where its facts hold, else proactive."""
        claimed, facts = self.message.purpose, self.facts
        holds = False
        if claimed == "reply":
            holds = facts.unanswered and self.recent(facts.last_inbound_at)
        elif claimed == "requested_information":
            holds = self.recent(facts.information_requested_at)
        elif claimed == "payment_confirmation":
            holds = facts.payment_confirmed and self._is_receipt
        elif claimed == "care":
            holds = not self.message.automated and (self.recent(facts.last_inbound_at) or not self._speaks_of_debt)
        return claimed if holds else "proactive"

    @property
    def _is_receipt(self) -> bool:
        """Whether it only says that money came: what the house writes by itself, or a person's words that ask for
        nothing. A receipt goes round much that binds whatever collects, so that its name alone opens nothing.
        """
        message = self.message
        if message.automated or message.repeats:
            return True
        told = message.text is not None or message.template is None or bool(message.template.body)
        return told and not message.attachments and all(confirms(each) for each in (self.words, self.subject) if each)

    @property
    def _speaks_of_debt(self) -> bool:
        """Whether the words name a debt or ask somebody to pay: of one's own accord that is no care."""
        return any(debt_words(each) or asks_to_pay(each) for each in (self.words, self.subject) if each)

    def recent(self, at: Ms | None) -> bool:
        """Younger than the profile's reactive hours, half-open."""
        return at is not None and self.now - at < self.reactive_ms

    def at(self, moment: Ms) -> Judged:
        """The same message and facts later: only the debt has grown older, by the days that all zones saw."""
        facts, late = self.facts, self.facts.days_past_due
        if late is not None:
            seen = min((local_day(zone, moment) - local_day(zone, self.now)).days for zone in self.law.zones)
            facts = structs.replace(facts, days_past_due=late + seen)
        return Judged(self.message, facts, self.law, moment)

    @cached_property
    def answers_until(self) -> Ms | None:
        """When it stops being an answer (exclusive); None when it is none."""
        if not self.answers:
            return None
        facts = self.facts
        asked = facts.information_requested_at if self.purpose == "requested_information" else facts.last_inbound_at
        return None if asked is None else asked + self.reactive_ms

    @cached_property
    def answers(self) -> bool:
        """Whether it answers a person who wrote, so that hours, holidays and caps do not bind it."""
        if self.purpose == "care":
            return self.recent(self.facts.last_inbound_at)
        return self.purpose in ANSWERS

    @cached_property
    def wrote_here(self) -> bool:
        """Whether the debtor wrote from this very address within the reactive hours."""
        return self.recent(self.facts.point_last_inbound_at)

    @cached_property
    def confirms_opt_out(self) -> bool:
        """The one confirmation of an opt-out that may still leave."""
        facts = self.facts
        return self.message.kind == "optout_confirmation" and bool(facts.opt_outs) and not facts.optout_confirmed

    @cached_property
    def exempt(self) -> frozenset[Exemption]:
        """What the profile spares this purpose."""
        return self.law.exempt if self.purpose == "payment_confirmation" else frozenset()

    @cached_property
    def hours_bind(self) -> bool:
        if "hours" in self.exempt:
            return False
        last = self.facts.last_inbound_at
        still_there = last is not None and self.now - last < STILL_THERE_MS
        return not (self.answers and (self.law.reactive_exempt_from_window or still_there))

    @cached_property
    def burst(self) -> bool:
        return self._burst_until is not None

    @cached_property
    def _burst_until(self) -> Ms | None:
        return burst_until(self.message, self.facts.contacts, self.now)

    @cached_property
    def counts(self) -> bool:
        """Whether it is a contact in the caps once a provider accepts it."""
        return not (self.answers or self.burst or self.confirms_opt_out or "caps" in self.exempt)

    @cached_property
    def opens(self) -> bool:
        """Whether it begins a conversation: a machine or a template, unasked, after a silent week on the channel."""
        return self._opens_at is not None and self._opens_at <= self.now

    @cached_property
    def _opens_at(self) -> Ms | None:
        """From when on it begins a conversation; None when it never does."""
        message, facts = self.message, self.facts
        if self.purpose != "proactive" or not (message.automated or message.template is not None):
            return None
        heard = facts.point_last_inbound_at
        said = max((c.at for c in facts.contacts if c.channel == message.channel and c.at <= self.now), default=None)
        return max((at + SILENCE_MS for at in (heard, said) if at is not None), default=self.now)

    @cached_property
    def notice_due_at(self) -> Ms | None:
        """By when the validation notice must have left; None where none is owed: for a creditor's own debts, for what
        collects nothing, for the notice itself, by letter too, and before anything was said.
        """
        facts, message = self.facts, self.message
        asked = facts.billing != "first_party" and self.law.wants("validation_notice")
        if not asked or facts.noticed_at is not None or facts.first_contact_at is None:
            return None
        collects = not message.kind and message.channel != "letter"
        collects = collects and self.purpose not in ("payment_confirmation", "care")
        return due_at(facts.first_contact_at) if collects else None

    @property
    def spared_until(self) -> tuple[Ms | None, ...]:
        """When what it is spared now binds it, if that is yet to come: as a bubble of a burst, as an answer to whoever
        just wrote or wrote here, as a word within a conversation, or while the validation notice is not overdue.
        """
        facts, edges = self.facts, [self._burst_until, self._opens_at]
        if self.answers and facts.last_inbound_at is not None:
            edges.append(facts.last_inbound_at + STILL_THERE_MS)
        if self.wrote_here and facts.point_last_inbound_at is not None:
            edges.append(facts.point_last_inbound_at + self.reactive_ms)
        edges.append(self.notice_due_at)
        return tuple(edge for edge in edges if edge is not None and edge > self.now)

    def stands_for_debtor(self, stop: Stop) -> bool:
        """Whether this stop leaves the recipient as the one to write to."""
        return self.facts.recipient in STAND_IN.get(stop, ())

    @cached_property
    def concerned(self) -> bool:
        """Whether the debt is the recipient's business: the debtor, who owes with them, or who stands for them."""
        facts = self.facts
        stands_in = bool(facts.stops) and all(self.stands_for_debtor(stop) for stop in facts.stops)
        return stands_in or facts.recipient in self.law.allowed_recipients

    @cached_property
    def level(self) -> int:
        """The disclosure level reached, 0 on an address that people share, that may have changed hands, or that belongs
        to somebody whose business the debt is not. A debtor who paid everything may be told so without a conversation,
        where it was proven within 90 days that it is they who write (domain rules 3.7: by WhatsApp, or in the body of a
        mail).
        """
        facts = self.facts
        if facts.shared or facts.point_state == "reverify" or not self.concerned:
            return 0
        told = facts.paid and facts.proven_lately and self.purpose == "payment_confirmation"
        return 2 if told and self.message.channel in ("whatsapp", "email") else facts.disclosure

    @cached_property
    def words(self) -> str:
        """The body, folded."""
        return fold(self.message.body)

    @cached_property
    def subject(self) -> str:
        return fold(self.message.subject) if self.message.subject else ""
