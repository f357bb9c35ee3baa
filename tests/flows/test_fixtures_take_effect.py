"""What recorded deliveries of Twilio do: statuses in every order, and words that end, resume or ask."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from channels.types import Accepted
from console.cases.send import finish, start
from tests.channels.samples import FIXTURES
from tests.flows.test_fixtures_through_the_doors import Post
from tests.server import running

SMS = [f"self_status_sms_{name}" for name in ("1_queued", "2_sending", "3_sent", "4_delivered")]
WHATSAPP = [f"self_status_wa_{name}" for name in ("1_sent", "2_delivered", "3_read")]


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    if not FIXTURES.is_dir():
        pytest.skip(f"the shared fixtures are not here: {FIXTURES}")
    with running(workers={}) as server:
        yield Post(server)


def recorded(name: str) -> str:
    return (FIXTURES / "twilio" / f"{name}.form.txt").read_text().strip()


def told(post: Post, name: str, sender: str) -> str:
    """The case that a recorded message becomes, from a sender of its own and as a message of its own."""
    came = post.form(recorded(name), status=False, From=sender, MessageSid=f"SM{uuid4().hex}")
    assert came["state"] == "stored", came
    return str(came["produced"][0]["case"])


def timeline(who: httpx2.Client, case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    return found


@pytest.mark.parametrize(("channel", "names"), [("sms", SMS), ("whatsapp", WHATSAPP)])
def test_statuses_in_any_order_leave_a_message_where_the_last_of_them_says(
    post: Post, channel: str, names: list[str]
) -> None:
    server = post.server
    first = "self_sms_inbound_pt" if channel == "sms" else "self_wa_inbound_text"
    sender = "+5511955550901" if channel == "sms" else "whatsapp:+5511955550902"
    case, sofia = told(post, first, sender), server.sign_in("sofia")
    epoch = sofia.post(f"/api/v1/cases/{case}/takeover", json={}).json()["epoch"]
    for order in permutations(names):
        assert told(post, first, sender) == case, "each answer has its question"
        server.services.limits.forget()
        wish = {"client_id": str(uuid4()), "epoch": epoch, "channel": channel, "text": "Bom dia!"}
        made = sofia.post(f"/api/v1/cases/{case}/messages", json=wish)
        assert made.status_code == 201, made.text
        message, sid = made.json()["id"], f"SM{uuid4().hex}"
        server.write(start, message, "w")
        server.write(finish, message, Accepted(provider_id=sid), "w")
        for name in order:
            post.form(recorded(name), status=True, MessageSid=sid, SmsSid=sid)
        stands = next(each["status"] for each in timeline(sofia, case) if each["id"] == message)
        assert stands == ("delivered" if channel == "sms" else "read"), order


@pytest.mark.parametrize(
    ("name", "event", "answers"),
    [
        ("self_sms_stop", "consent.opted_out", 0),  # the provider has answered, and takes no message any more
        ("self_sms_stop_no_optouttype", "consent.opted_out", 1),
        ("self_sms_parar_pt", "consent.opted_out", 1),
        ("self_sms_help", "", 0),  # the provider has answered
    ],
)
def test_a_recorded_word_is_heeded_and_answered_once_by_one_of_us(
    post: Post, name: str, event: str, answers: int
) -> None:
    case = told(post, name, f"+55119555508{sum(map(ord, name)) % 100:02}")
    sofia = post.server.sign_in("sofia")
    items = timeline(sofia, case)
    said = [each for each in items if each["kind"] == "message" and each["direction"] == "out"]
    consents = [each["name"] for each in items if str(each.get("name", "")).startswith("consent.")]
    assert (consents, len(said)) == ([event] if event else [], answers), items
    points = sofia.get(f"/api/v1/cases/{case}").json()["contact_points"]
    (sms,) = [each for each in points if each["channel"] == "sms"]
    assert bool(sms["opt_out"]) == bool(event)


def test_start_takes_back_a_recorded_stop(post: Post) -> None:
    sender = "+5511955550999"
    case = told(post, "self_sms_stop", sender)
    assert told(post, "self_sms_start", sender) == case
    sofia = post.server.sign_in("sofia")
    names = [each.get("name") for each in timeline(sofia, case)]
    assert names.index("consent.opted_out") < names.index("consent.opted_in")
