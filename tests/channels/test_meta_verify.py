"""Meta: the signature over the raw bytes, and the challenge by which a webhook is subscribed."""

from __future__ import annotations

import json

import pytest

from channels.errors import BadRequest, BadSignature
from channels.meta import Meta
from channels.types import Delivery
from tests.channels.samples import meta_delivery, meta_inbox, recorded

META = Meta()
INBOX = meta_inbox()


def test_the_signature_is_over_the_bytes_as_received() -> None:
    vector = json.loads(recorded("whatsapp", "self_signature_vector.json"))
    inbox = meta_inbox(app_secret=vector["app_secret"])
    raw = vector["raw_body_utf8"].encode()
    headers = {"x-hub-signature-256": vector["x_hub_signature_256"]}
    META.verify(inbox, Delivery(headers=headers, body=raw))
    again = json.dumps(json.loads(raw)).encode()
    with pytest.raises(BadSignature):
        META.verify(inbox, Delivery(headers=headers, body=again))


def test_a_secret_being_changed_is_valid_beside_the_new_one() -> None:
    delivery = meta_delivery(b"{}", secret="old")
    META.verify(meta_inbox(app_secret="new", app_secret_previous="old"), delivery)
    with pytest.raises(BadSignature):
        META.verify(meta_inbox(app_secret="new"), delivery)


@pytest.mark.parametrize("header", ["", "sha256=", "sha1=00", "00" * 32, "sha256=é", "sha256=" + "0" * 64])
def test_a_malformed_signature_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        META.verify(INBOX, Delivery(headers={"x-hub-signature-256": header}, body=b"{}"))


def test_an_empty_secret_verifies_nothing() -> None:
    with pytest.raises(BadSignature):
        META.verify(meta_inbox(app_secret=""), meta_delivery(b"{}", secret=""))


def test_the_challenge_is_answered_to_who_knows_the_token() -> None:
    query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me"
    assert META.challenge(INBOX, Delivery(method="GET", query=query)) == "1158201444"


@pytest.mark.parametrize(
    "query",
    [
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify-me&hub.verify_token=verify-me",
        "hub_mode=subscribe&hub_challenge=1&hub_verify_token=verify-me",
    ],
)
def test_the_challenge_is_not_answered_to_anybody_else(query: str) -> None:
    with pytest.raises(BadSignature):
        META.challenge(INBOX, Delivery(method="GET", query=query))


@pytest.mark.parametrize(
    "query",
    ["hub.mode=unsubscribe&hub.challenge=1", "hub.mode=subscribe", "hub.mode=subscribe&hub.challenge=%0d%0aSet-Cookie"],
)
def test_whoever_knows_the_token_and_asks_for_something_else_hears_what_is_missing(query: str) -> None:
    with pytest.raises(BadRequest, match=r"hub\.challenge"):
        META.challenge(INBOX, Delivery(method="GET", query=f"{query}&hub.verify_token=verify-me"))


def test_an_empty_verify_token_subscribes_nobody() -> None:
    query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    with pytest.raises(BadSignature):
        META.challenge(meta_inbox(verify_token=""), Delivery(method="GET", query=query))
