"""The decision: one pure function of a message, the facts and the moment.

The same answer everywhere a message is judged: in the composer, at the API, in sequences, and once more in the
transaction that hands it to a provider.
"""

from __future__ import annotations

from operator import attrgetter

from console.gate import timing
from console.gate.checks import CHECKS, LAST_CHECKS, LATER_CHECKS, Rule, tone_warnings
from console.gate.judged import Judged, Verdict
from console.gate.profiles import common_rules, effective
from console.gate.types import Check, Decision, Facts, Message
from console.wire.moment import Ms

OF_TIME = ("days_late", "payment_claim", "hours", "frequency")
ORDER: tuple[tuple[str, Rule], ...] = (
    *CHECKS,
    ("days_late", timing.days_late),
    ("payment_claim", timing.payment_claim),
    *LATER_CHECKS,
    ("hours", timing.hours),
    ("frequency", timing.frequency),
    *LAST_CHECKS,
)
_MAY_BE_NONE = (
    *("balance_minor", "days_past_due", "window_closes_at"),
    *("last_inbound_at", "point_last_inbound_at", "information_requested_at", "first_contact_at", "noticed_at"),
    "claimed_until",
)
_required = attrgetter(*(name for name in Facts.__struct_fields__ if name not in _MAY_BE_NONE))
_PASSED = tuple(Check(name, "allow") for name, _ in ORDER)


def decide(message: Message, facts: Facts | None, now: Ms) -> Decision:
    """Judges a message at a moment, by the first rule that does not allow it.

    Never raises: without facts, with a fact that could not be read, or when a rule fails, the answer is
    GATE_UNAVAILABLE, a block. `needs_approval` passes once its code stands in `facts.approved`; no block ever does.
    """
    if facts is None or facts.unread or None in _required(facts):
        return _unavailable(message, facts.unread if facts else ())
    try:
        return _judge(message, facts, now)
    except Exception as error:  # whatever a rule could not do with these facts: closed, and said
        return _unavailable(message, (type(error).__name__,))


def _judge(message: Message, facts: Facts, now: Ms) -> Decision:
    judged = Judged(message, facts, effective(facts.places), now)
    for index, (name, rule) in enumerate(ORDER):
        verdict = rule(judged)
        if verdict is not None and not _lifted(judged, verdict):
            return _refused(judged, verdict, (*_PASSED[:index], Check(name, verdict.outcome)))
    return _allowed(judged)


def _lifted(judged: Judged, verdict: Verdict) -> bool:
    return verdict.outcome == "needs_approval" and verdict.code in judged.facts.approved


def _allowed(judged: Judged) -> Decision:
    spoken = tone_warnings(judged) if judged.message.body else ()
    rule = judged.law.rule("ALLOW")
    return Decision(
        outcome="allow",
        code="ALLOW",
        rule=rule.rule,
        source=rule.source,
        checks=_PASSED,
        purpose=judged.purpose,
        counts=judged.counts,
        valid_until=timing.valid_until(judged),
        profile=judged.law.label,
        spans=tuple(sorted({span for _, spans in spoken for span in spans})),
        warnings=(*(code for code, _ in spoken), *_warnings(judged, None)),
    )


def _refused(judged: Judged, verdict: Verdict, checks: tuple[Check, ...]) -> Decision:
    """The verdict as an answer. A deferral names a moment at which the message may leave as it stands: where another
    rule would refuse it by then, that rule is the answer now, so that whoever writes can mend it now.
    """
    allowed_at = None
    if verdict.outcome == "defer":
        allowed_at = timing.allowed_at(judged)
        refused = _never(verdict, checks) if allowed_at is None else _by_then(judged, allowed_at)
        verdict, checks = refused or (verdict, checks)
    rule = judged.law.rule(verdict.code)
    return Decision(
        outcome=verdict.outcome,
        code=verdict.code,
        rule=rule.rule,
        source=verdict.source or rule.source,
        checks=checks,
        purpose=judged.purpose,
        allowed_at=allowed_at if verdict.outcome == "defer" else None,
        approver=verdict.approver,
        counts=judged.counts,
        profile=judged.law.label,
        spans=verdict.spans,
        warnings=_warnings(judged, allowed_at),
    )


def _by_then(judged: Judged, then: Ms) -> tuple[Verdict, tuple[Check, ...]] | None:
    """The first rule that time does not settle and that does not allow it then, behind all that do.

    WhatsApp's service window that is open now is only warned of: the debtor's next word opens it again, and a template
    needs none. One that is shut now stops the message now, whatever else makes it wait.
    """
    closes = judged.facts.window_closes_at
    may_shut = closes is not None and judged.now < closes
    judged = judged.at(then)
    for index, (name, rule) in enumerate(ORDER):
        verdict = None if name in OF_TIME else rule(judged)
        if verdict is None or (may_shut and verdict.code == "WA_WINDOW_CLOSED"):
            continue
        if not _lifted(judged, verdict):
            return verdict, (*_PASSED[:index], Check(name, verdict.outcome))
    return None


def _never(verdict: Verdict, checks: tuple[Check, ...]) -> tuple[Verdict, tuple[Check, ...]]:
    """Time's own rule, where no moment makes it right."""
    return Verdict(verdict.code, source=verdict.source), (*checks[:-1], Check(checks[-1].name, "block"))


def _warnings(judged: Judged, allowed_at: Ms | None) -> tuple[str, ...]:
    facts, message, found = judged.facts, judged.message, []
    if facts.location_ambiguous or len(facts.places) > 1:
        found.append("LOCATION_AMBIGUOUS")
    if judged.notice_due_at is not None and judged.now < judged.notice_due_at:
        found.append("NOTICE_DUE")
    if facts.barred_charges and judged.law.block_when_prescribed:
        found.append("TIME_BARRED")
    closes = facts.window_closes_at
    free_text = message.channel == "whatsapp" and message.template is None
    if free_text and allowed_at is not None and closes is not None and closes <= allowed_at:
        found.append("WA_WINDOW_CLOSES_FIRST")
    return tuple(found)


def _unavailable(message: Message, why: tuple[str, ...]) -> Decision:
    rule = common_rules()["GATE_UNAVAILABLE"]
    return Decision(
        outcome="block",
        code="GATE_UNAVAILABLE",
        rule=rule.rule,
        source=rule.source,
        checks=(Check("facts", "block"),),
        purpose=message.purpose,
        warnings=why,
    )
