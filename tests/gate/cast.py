"""Facts and messages in which nothing stands in the way, to be changed one at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from console.gate.profiles import profiles
from console.gate.types import Consent, Contact, Facts, Message, Place, TemplateFacts
from console.wire.moment import Ms, from_aware

SAO_PAULO = "America/Sao_Paulo"
BOGOTA = Place(country="CO", tz="America/Bogota")
SANTIAGO = Place(country="CL", subdivision="RM", tz="America/Santiago")
LIMA = Place(country="PE", tz="America/Lima")
TIJUANA = Place(country="MX", subdivision="BCN", tz="America/Tijuana")
SP = Place(country="BR", subdivision="SP", tz=SAO_PAULO)
RJ = Place(country="BR", subdivision="RJ", tz=SAO_PAULO)
MG = Place(country="BR", subdivision="MG", tz=SAO_PAULO)

EVERY_APPROVAL = frozenset((p.code, p.version) for p in profiles().values())
EVERY_CONSENT = tuple(
    Consent(channel=channel, purpose=purpose, granted=True)
    for channel in ("whatsapp", "sms", "email", "webchat")
    for purpose in ("collection", "offer")
)

CLEAR = Facts(
    sender_active=True,
    inbox_connected=True,
    channel_trouble="",
    kill_switches=frozenset(),
    profile_approvals=EVERY_APPROVAL,
    billing="first_party",
    whatsapp_attested=False,
    wa_limit_reached=False,
    creditor_names=frozenset({"loja ipe"}),
    link_domains=frozenset({"ipe.example"}),
    point_state="active",
    opt_outs=frozenset(),
    optout_confirmed=False,
    recipient="debtor",
    shared=False,
    consents=EVERY_CONSENT,
    disclosure=2,
    amounts_at_level_1=False,
    stops=frozenset(),
    hold="",
    paid=False,
    balance_minor=25_508,
    disputed_all=False,
    disputed_charges=frozenset(),
    prescribed=False,
    legal=False,
    proceedings_started=False,
    days_past_due=30,
    places=(MG,),
    location_ambiguous=False,
    extra_holidays=frozenset(),
    window_closes_at=None,
    last_inbound_at=None,
    point_last_inbound_at=None,
    unanswered=False,
    information_requested_at=None,
    payment_confirmed=False,
    contacts=(),
)


def facts(**changes: Any) -> Facts:
    return msgspec.structs.replace(CLEAR, **changes)


def wrote(at: Ms, **changes: Any) -> Facts:
    """The debtor wrote on WhatsApp at `at` and has no answer yet."""
    inbound = {
        "last_inbound_at": at,
        "point_last_inbound_at": at,
        "unanswered": True,
        "window_closes_at": at + 24 * 3_600_000,
    }
    return facts(**{**inbound, **changes})


def sms(text: str | None = "Olá, Maria.", **changes: Any) -> Message:
    return Message(**{"channel": "sms", "purpose": "proactive", "text": text, "sender": "ana", **changes})


def whatsapp(text: str | None = "Olá, Maria.", **changes: Any) -> Message:
    return sms(text, **{"channel": "whatsapp", **changes})


def template(**changes: Any) -> Message:
    """An approved WhatsApp template that discloses nothing."""
    given = {"name": "t00", "language": "pt_BR", "category": "utility", "state": "approved", "level": 0, "body": "Olá."}
    return whatsapp(None, template=TemplateFacts(**{**given, **changes}))


def contact(at: Ms, channel: str = "sms", **changes: Any) -> Contact:
    return Contact(**{"at": at, "channel": channel, "counts": True, "purpose": "proactive", **changes})


def local(zone: str, text: str) -> Ms:
    """The moment at which the clocks of a zone show `text`, for example local("America/Lima", "2026-11-21 10:00")."""
    return from_aware(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))
