"""Sets the demo's house up by the verbs an operator uses: books, inboxes, texts, rules, approvals."""

from __future__ import annotations

import secrets
from typing import Any

from msgspec import structs, to_builtins

from console.demo.books import AWAY, BOOKS, GREETING, QUICK_REPLIES, Box
from console.demo.people import CLUB, CLUB_LABEL, SUPPORT, Staff
from console.gate.approve import approve
from console.gate.profiles import profiles
from console.gate.terms import set_terms
from console.negotiation.means import set_provider
from console.portfolios.set_up import (
    NewInbox,
    add_inbox,
    add_portfolio,
    add_quick_reply,
    add_rule,
    serve_portfolio,
    set_policy,
)
from console.store.transaction import Tx
from console.store.vault import Vault
from routing.defaults import default_rules
from routing.policy import Policy
from routing.rules import Rule, When
from sandbox.config import SandboxInbox

API_VERSION = "v23.0"
APPROVED_BY = "Acordo (demo)"
APPROVAL = {
    "BR": "Só para o simulador: nenhum advogado leu, e nenhuma mensagem sai desta máquina",
    "US": "For the sandbox only: no counsel has read it, and no message leaves this machine",
    "": "Solo para el simulador: ningún abogado lo leyó, y ningún mensaje sale de esta máquina",
}
"""By country, in the words of its people."""


def open_books(
    tx: Tx, vault: Vault, staff: Staff, payments_secret: str
) -> tuple[dict[str, str], tuple[SandboxInbox, ...]]:
    """Portfolio ids by key, and the inboxes as the sandbox plays their providers. The secret signs what the sandbox's
    bank tells.
    """
    books: dict[str, str] = {}
    boxes: list[SandboxInbox] = []
    for book in BOOKS:
        books[book.key] = add_portfolio(tx, book.portfolio)
        set_terms(tx, books[book.key], book.terms)
        for team in book.teams:
            serve_portfolio(tx, books[book.key], staff.teams[team])
        boxes += [_box(tx, vault, books[book.key], box) for box in book.boxes]
        _lift(tx, books[book.key])
        if "payment" in book.portfolio.settings:
            set_provider(tx, vault, books[book.key], "pix", {"webhook_secret": payments_secret})
    for language, replies in QUICK_REPLIES.items():
        for shortcut, title, text in replies:
            add_quick_reply(tx, None, shortcut, title, text, language)
    for rank, rule in enumerate(_rules(staff)):
        add_rule(tx, to_builtins(rule), rank)
    set_policy(tx, "routing", to_builtins(Policy()))
    return books, tuple(boxes)


def _box(tx: Tx, vault: Vault, portfolio: str, box: Box) -> SandboxInbox:
    """Both ends of one number: ours with its secrets, and the provider's that knows the same ones."""
    played = _credentials(box)
    config = {"phone_number_id": played.phone_number_id, "waba_id": played.waba_id, "account_sid": played.account_sid}
    if box.provider == "meta":
        config["api_version"] = API_VERSION
    if box.provider == "smtp":
        config = {"smtp_host": "127.0.0.1", "smtp_port": "25", "smtp_security": "none", "from_name": box.name}
    made = add_inbox(
        tx,
        vault,
        NewInbox(
            portfolio=portfolio,
            channel=box.channel,
            provider=box.provider,
            address=box.address,
            name=f"{box.name} · {box.channel}",
            config={name: value for name, value in config.items() if value},
            secrets=_secrets(played),
            texts={"greeting": GREETING, "away": AWAY} if box.greets else {"away": AWAY},
        ),
    )
    return structs.replace(played, id=made)


def _credentials(box: Box) -> SandboxInbox:
    kind: dict[str, Any] = {}
    if box.provider == "meta":
        kind = {
            "phone_number_id": _digits(15),
            "waba_id": _digits(15),
            "verify_token": secrets.token_hex(12),
            "access_token": secrets.token_hex(24),
        }
    elif box.provider == "twilio":
        kind = {"account_sid": f"AC{secrets.token_hex(16)}"}
    return SandboxInbox(
        id=box.key,
        channel=box.channel,
        provider=box.provider,
        address=box.address,
        name=box.name,
        webhook_url="",
        secret=secrets.token_hex(16),
        **kind,
    )


def _secrets(played: SandboxInbox) -> dict[str, str]:
    if played.provider == "meta":
        return {
            "app_secret": played.secret,
            "verify_token": played.verify_token,
            "access_token": played.access_token,
        }
    return {"auth_token" if played.provider == "twilio" else "webhook_secret": played.secret}


def _lift(tx: Tx, portfolio: str) -> None:
    """Every country's profile, and with it its states': a stranger may write from anywhere."""
    for profile in profiles().values():
        if not profile.parent:
            approve(tx, portfolio, profile.code, APPROVED_BY, APPROVAL.get(profile.code, APPROVAL[""]))


def _rules(staff: Staff) -> list[Rule]:
    """The built-in ones, then what this house adds: a club with its own people, and a team for what needs care."""
    support = staff.teams[SUPPORT]
    care = {"distress", "deceased", "legal", "fraud", "hardship", "dispute"}
    found = [structs.replace(rule, team=support) if rule.id in care else rule for rule in default_rules()]
    return [*found, Rule(id="club", when=When(labels=(CLUB_LABEL,)), team=staff.teams[CLUB])]


def _digits(count: int) -> str:
    return str(secrets.randbelow(9 * 10 ** (count - 1)) + 10 ** (count - 1))
