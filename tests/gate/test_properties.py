"""What holds for every message, every set of facts and every moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.gate.decide import ORDER, decide
from console.gate.profiles import effective
from console.gate.types import Consent, Contact, Facts, Message, Place, TemplateFacts, Window
from console.gate.windows import local_day
from console.wire.moment import DAY, HOUR, MINUTE, Ms
from tests.gate.cast import BOGOTA, CLEAR, EVERY_CONSENT, LIMA, MG, RJ, SANTIAGO, SP, TIJUANA, local

FROM, TO = local("UTC", "2026-01-01 00:00"), local("UTC", "2027-12-31 00:00")
AMAZONAS = Place(country="BR", subdivision="AM")
PLACES = (
    BOGOTA,
    LIMA,
    MG,
    RJ,
    SANTIAGO,
    SP,
    TIJUANA,
    AMAZONAS,
    Place(country="BR"),
    Place(country="AR", subdivision="C"),
)
TEXTS = (
    "Olá, Maria.",
    "Sua fatura venceu.",
    "São R$ 10,00 até 05/12.",
    "",
    "¿Por qué no ha pagado?",
    "CPF 529.982.247-25",
)
PURPOSES = ("reply", "requested_information", "payment_confirmation", "care", "proactive")


def templates() -> st.SearchStrategy[TemplateFacts]:
    return st.builds(
        TemplateFacts,
        name=st.just("t"),
        language=st.just("pt_BR"),
        category=st.sampled_from(("utility", "marketing")),
        state=st.sampled_from(("approved", "approved", "paused", "rejected")),
        level=st.integers(0, 2),
        body=st.sampled_from(TEXTS),
    )


def messages() -> st.SearchStrategy[Message]:
    return st.builds(
        Message,
        channel=st.sampled_from(("whatsapp", "sms", "email", "webchat")),
        purpose=st.sampled_from(PURPOSES),
        text=st.sampled_from((None, *TEXTS)),
        template=st.none() | templates(),
        automated=st.booleans(),
        attachments=st.integers(0, 1),
        kind=st.sampled_from(("", "", "greeting", "acknowledgement")),
        sender=st.sampled_from(("ana", "bruno")),
    )


@st.composite
def situations(draw: st.DrawFn, *, clear: bool = False) -> tuple[Facts, Ms]:
    """Facts and a moment; `clear` leaves only what time rules read."""
    now = draw(st.integers(FROM, TO))
    past = st.integers(now - 3 * DAY, now)
    channels = st.sampled_from(("whatsapp", "sms", "email", "call"))
    contacts = st.builds(
        Contact,
        at=st.integers(now - 10 * DAY, now),
        channel=channels,
        counts=st.booleans(),
        purpose=st.just("proactive"),
        sender=st.sampled_from(("", "ana", "bruno")),
    ) | st.builds(
        Contact, at=st.integers(now - 3 * MINUTE, now), channel=channels, counts=st.just(True),
        purpose=st.just("proactive"), sender=st.sampled_from(("ana", "bruno")),
    )  # fmt: skip
    timing: dict[str, Any] = {
        "places": tuple(draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2))),
        "days_past_due": draw(st.none() | st.integers(-5, 90)),
        "last_inbound_at": draw(st.none() | past),
        "point_last_inbound_at": draw(st.none() | past),
        "unanswered": draw(st.booleans()),
        "information_requested_at": draw(st.none() | past),
        "payment_confirmed": draw(st.booleans()),
        "claimed_until": draw(st.none() | st.integers(now - DAY, now + 4 * DAY)),
        "window_closes_at": draw(st.none() | st.integers(now - DAY, now + DAY)),
        "contacts": tuple(draw(st.lists(contacts, max_size=5))),
    }
    if clear:
        return msgspec.structs.replace(CLEAR, **timing), now
    some: dict[str, Any] = {
        "opt_outs": draw(st.sampled_from((frozenset(), frozenset(), frozenset({"channel"}), frozenset({"marketing"})))),
        "disclosure": draw(st.integers(0, 2)),
        "hold": draw(st.sampled_from(("", "", "hardship", "distress"))),
        "paid": draw(st.booleans()),
        "disputed_charges": draw(st.sampled_from((frozenset(), frozenset({"a"})))),
        "prescribed": draw(st.booleans()),
        "consents": draw(st.sampled_from(((), EVERY_CONSENT))),
        "approved": draw(st.sampled_from((frozenset(), frozenset({"CAP_WEEK", "HARDSHIP_HOLD"})))),
    }
    return msgspec.structs.replace(CLEAR, **timing, **some), now


NO = (Consent(channel="sms", purpose="collection", granted=False),)
PROHIBITIONS: tuple[Callable[[Facts, Ms], dict[str, Any]], ...] = (
    lambda f, now: {"sender_active": False},
    lambda f, now: {"inbox_connected": False},
    lambda f, now: {"kill_switches": frozenset({"all"})},
    lambda f, now: {"profile_approvals": frozenset()},
    lambda f, now: {"point_state": "reverify"},
    lambda f, now: {"opt_outs": f.opt_outs | {"all"}},
    lambda f, now: {"opt_outs": f.opt_outs | {"channel"}},
    lambda f, now: {"opt_outs": f.opt_outs | {"marketing"}},
    lambda f, now: {"stops": frozenset({"cease_contact"})},
    lambda f, now: {"recipient": "third_party"},
    lambda f, now: {"shared": True},
    lambda f, now: {"disclosure": max(0, f.disclosure - 1)},
    lambda f, now: {"paid": True},
    lambda f, now: {"disputed_all": True},
    lambda f, now: {"disputed_charges": f.disputed_charges | {"b"}},
    lambda f, now: {"prescribed": True},
    lambda f, now: {"legal": True},
    lambda f, now: {"hold": f.hold or "hardship"},
    lambda f, now: {"hold": "distress"},
    lambda f, now: {"days_past_due": None},
    lambda f, now: {"consents": (*f.consents, *NO)},
    lambda f, now: {"window_closes_at": None},
    lambda f, now: {"unanswered": False},
    lambda f, now: {"last_inbound_at": None},
    lambda f, now: {"point_last_inbound_at": None},
    lambda f, now: {"information_requested_at": None},
    lambda f, now: {"payment_confirmed": False},
    lambda f, now: {"approved": frozenset()},
    lambda f, now: {"places": (*f.places, RJ)},
    lambda f, now: {"places": (*f.places, BOGOTA)},
    lambda f, now: {"extra_holidays": frozenset({local_day(effective((MG,)).zones[0], now)})},
    lambda f, now: {"policy_windows": (Window(days=("MON", "TUE"), opens=600, closes=700),)},
    lambda f, now: {"debtor_windows": (Window(days=("WED", "FRI"), opens=600, closes=700),)},
    lambda f, now: {"contacts": (*f.contacts, Contact(at=now - HOUR, channel="sms", counts=True, purpose="proactive"))},
    lambda f, now: {"contacts": (*f.contacts, Contact(at=now - DAY, channel="call", counts=True, purpose="proactive"))},
    lambda f, now: {"unread": ("stops",)},
)

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(message=messages(), situation=situations())
def test_every_message_gets_a_whole_decision(message: Message, situation: tuple[Facts, Ms]) -> None:
    facts, now = situation
    decision = decide(message, facts, now)
    assert decision.code != "GATE_UNAVAILABLE", decision.warnings
    assert decision.rule and decision.source and decision.profile
    names = tuple(check.name for check in decision.checks)
    assert names == tuple(name for name, _ in ORDER)[: len(names)]
    if decision.outcome == "allow":
        assert len(names) == len(ORDER) and {check.outcome for check in decision.checks} == {"allow"}
    else:
        assert decision.checks[-1].outcome == decision.outcome
        assert all(check.outcome == "allow" for check in decision.checks[:-1])
    assert (decision.allowed_at is not None) == (decision.outcome == "defer")
    assert (decision.approver is not None) == (decision.outcome == "needs_approval")
    assert decision.valid_until is None or decision.valid_until > now
    assert all(0 <= start < end <= len(message.body) for start, end in decision.spans)


@often
@given(message=messages(), situation=situations(), prohibition=st.sampled_from(PROHIBITIONS))
def test_one_more_prohibition_never_allows(
    message: Message, situation: tuple[Facts, Ms], prohibition: Callable[[Facts, Ms], dict[str, Any]]
) -> None:
    facts, now = situation
    stricter = msgspec.structs.replace(facts, **prohibition(facts, now))
    if decide(message, facts, now).outcome != "allow":
        assert decide(message, stricter, now).outcome != "allow"


@often
@given(
    message=messages(), situation=situations(), field=st.sampled_from(Facts.__struct_fields__), junk=st.integers(0, 2)
)
def test_no_fact_however_broken_makes_it_raise(
    message: Message, situation: tuple[Facts, Ms], field: str, junk: int
) -> None:
    facts, now = situation
    broken = msgspec.structs.replace(facts, **{field: (None, object(), -(2**70))[junk]})
    assert decide(message, broken, now).outcome in ("allow", "defer", "needs_approval", "block")


@given(now=st.integers(-(2**70), 2**70))
def test_no_moment_however_far_makes_it_raise(now: int) -> None:
    message = Message(channel="sms", purpose="proactive", text="Olá.")
    assert decide(message, CLEAR, now).outcome in ("allow", "defer", "block")


def at_moment(facts: Facts, now: Ms, then: Ms) -> Facts:
    """The same facts later: a debt grows older by the days that every zone of the debtor has seen."""
    if facts.days_past_due is None:
        return facts
    days = min((local_day(z, then) - local_day(z, now)).days for z in effective(facts.places).zones)
    return msgspec.structs.replace(facts, days_past_due=facts.days_past_due + days)


@often
@given(message=messages(), situation=situations())
def test_a_deferrals_time_is_allowed_and_the_earliest(message: Message, situation: tuple[Facts, Ms]) -> None:
    """WhatsApp's window alone may be shut by then, which the deferral says: the debtor's next word opens it again."""
    facts, now = situation
    decision = decide(message, facts, now)
    if decision.outcome != "defer":
        return
    then = decision.allowed_at
    assert then is not None and then >= now
    later = decide(message, at_moment(facts, now, then), then)
    shut = "WA_WINDOW_CLOSES_FIRST" in decision.warnings
    assert (later.outcome, later.code) == (("block", "WA_WINDOW_CLOSED") if shut else ("allow", "ALLOW"))
    for moment in (then - 1, (now + then) // 2):
        if moment > now and message.purpose not in ("reply", "requested_information", "care"):
            assert decide(message, at_moment(facts, now, moment), moment).outcome != "allow"


@often
@given(message=messages(), situation=situations(clear=True))
def test_an_answer_holds_until_it_says(message: Message, situation: tuple[Facts, Ms]) -> None:
    facts, now = situation
    decision = decide(message, facts, now)
    if decision.outcome == "allow" and decision.valid_until is not None:
        for moment in (decision.valid_until - 1, (now + decision.valid_until) // 2):
            assert decide(message, at_moment(facts, now, moment), moment).outcome == "allow"
