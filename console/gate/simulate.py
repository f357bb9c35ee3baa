"""What a month of planned contacts would be under a profile: the same decision, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from console.gate.decide import decide
from console.gate.profiles import effective, profiles
from console.gate.types import Consent, Contact, Decision, Facts, Message, Place, TemplateFacts
from console.wire.moment import DAY, Ms


class Plan(Struct, frozen=True, kw_only=True):
    """Contacts every so many days from a moment on, over these channels in turn."""

    profile: str
    first: Ms
    every_days: int
    days: int
    channels: tuple[str, ...]
    automated: bool = True


class Step(Struct, frozen=True):
    """One planned contact, and what the gate says at its moment with those before it in mind."""

    at: Ms
    channel: str
    decision: Decision


def simulate(plan: Plan) -> list[Step]:
    """Each planned contact with its decision. One that is allowed counts for those after it; one that is not, does not.

    Raises ValueError for a profile that does not exist or a plan that never ends.
    """
    if plan.profile not in profiles():
        raise ValueError(f"there is no profile {plan.profile}; there are {', '.join(sorted(profiles()))}")
    if plan.every_days < 1 or not plan.channels or not 1 <= plan.days <= 366:
        raise ValueError("a plan has channels, a day or more between contacts, and 1 to 366 days")
    country, _, subdivision = plan.profile.partition("-")
    place = Place(country=country, subdivision=subdivision)
    held = _nothing_in_the_way(place, plan.channels)
    steps = []
    for number, offset in enumerate(range(0, plan.days, plan.every_days)):
        at, channel = plan.first + offset * DAY, plan.channels[number % len(plan.channels)]
        decision = decide(_message(channel, plan.automated), held, at)
        steps.append(Step(at, channel, decision))
        if decision.outcome == "allow":
            made = Contact(at=at, channel=channel, counts=decision.counts, purpose="proactive")
            held = structs.replace(held, contacts=(*held.contacts, made))
    return steps


def told(steps: Sequence[Step]) -> dict[str, int]:
    """How many leave, wait and are refused, by code."""
    counts: dict[str, int] = {}
    for each in steps:
        counts[each.decision.code] = counts.get(each.decision.code, 0) + 1
    return counts


def _message(channel: str, automated: bool) -> Message:
    template = TemplateFacts(name="simulated", language="", category="utility", state="approved", level=0)
    return Message(
        channel=channel,  # type: ignore[arg-type]
        purpose="proactive",
        automated=automated,
        template=template if channel == "whatsapp" else None,
    )


def _nothing_in_the_way(place: Place, channels: Sequence[str]) -> Facts:
    """Facts in which only the calendar and the counts can say no."""
    law = effective((place,))
    approved = frozenset((each.code, each.version) for each in law.profiles)
    consents = tuple(
        Consent(channel=channel, purpose="collection", granted=True)  # type: ignore[arg-type]
        for channel in dict.fromkeys(channels)
    )
    return Facts(
        sender_active=True, inbox_connected=True, channel_trouble="", kill_switches=frozenset(),
        profile_approvals=approved,
        billing="first_party", whatsapp_attested=False, wa_limit_reached=False, creditor_names=frozenset(),
        link_domains=frozenset(), point_state="active", opt_outs=frozenset(), optout_confirmed=False,
        recipient="debtor", shared=False, consents=consents, disclosure=2, amounts_at_level_1=True, stops=frozenset(),
        hold="", paid=False, balance_minor=None, disputed_all=False, disputed_charges=frozenset(), prescribed=False,
        legal=False, proceedings_started=False, days_past_due=max(law.min_days_late, 1), places=(place,),
        location_ambiguous=False, extra_holidays=frozenset(), window_closes_at=None, last_inbound_at=None,
        point_last_inbound_at=None, unanswered=False, information_requested_at=None, payment_confirmed=False,
        contacts=(),
    )  # fmt: skip
