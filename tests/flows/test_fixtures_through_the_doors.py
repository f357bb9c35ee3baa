"""Every recorded delivery, signed and posted to the running product: answered 200, and never silently dropped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from console.portfolios.set_up import NewInbox, add_inbox
from tests.channels.samples import FIXTURES
from tests.flows.book import PHONE_ID, SECRET, Book, open_book
from tests.server import Server, running

ACCOUNT, TOKEN, OURS = "AC" + "0" * 32, "twilio-token", "+551140000001"
BEHIND = {"self_signature_vector.json": "dead"}  # the envelope of a vector, no delivery


class Post:
    """The product with an inbox a channel, and the newest delivery of each as admins see it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.book: Book = open_book(server)
        self.twilio = {
            channel: server.write(
                add_inbox, server.services.vault,
                NewInbox(portfolio=self.book.id, channel=channel, provider="twilio", address=OURS,
                         config={"account_sid": ACCOUNT}, secrets={"auth_token": TOKEN}),
            )
            for channel in ("whatsapp", "sms")
        }  # fmt: skip
        self.admin = server.sign_in("admin")
        self.seen: set[str] = set()

    def verdict(self, inbox: str) -> dict[str, Any]:
        """What intake says of the delivery that was just posted; it must be a new one."""
        self.server.services.limits.forget()  # one admin looks after each of them, quicker than a person may
        page = self.admin.get("/api/v1/intake", params={"inbox": inbox, "limit": 1}).json()
        found: dict[str, Any] = page["items"][0]
        assert found["id"] not in self.seen, "nothing was kept of it"
        self.seen.add(found["id"])
        return found

    def signed(self, inbox: str, path: str, raw: bytes, header: str, signature: str) -> dict[str, Any]:
        kind = {"X-Hub-Signature-256": "application/json", "X-Acordo-Signature": "message/rfc822"}
        headers = {header: signature, "Content-Type": kind.get(header, "application/x-www-form-urlencoded")}
        answer = self.admin.post(path, content=raw, headers=headers)
        assert answer.status_code == 200, answer.text
        return self.verdict(inbox)

    def meta(self, body: dict[str, Any]) -> dict[str, Any]:
        raw, inbox = json.dumps(body).encode(), self.book.whatsapp
        return self.signed(inbox, f"/webhooks/meta/{inbox}", raw, "X-Hub-Signature-256", hashed(SECRET, raw))

    def form(self, raw: str, *, status: bool, **more: str) -> dict[str, Any]:
        """A recorded form, to our own number and of our own account, signed again. `more` replaces fields."""
        pairs = dict(parse_qsl(raw, keep_blank_values=True)) | more
        channel = "whatsapp" if pairs["From"].startswith("whatsapp:") else "sms"
        ours = f"whatsapp:{OURS}" if channel == "whatsapp" else OURS
        pairs |= {"AccountSid": ACCOUNT, "From" if status else "To": ours}
        inbox = self.twilio[channel]
        path = f"/webhooks/twilio/{inbox}" + ("/status" if status else "")
        signed = self.server.url + path + "".join(name + pairs[name] for name in sorted(pairs))
        digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        return self.signed(
            inbox, path, urlencode(pairs).encode(), "X-Twilio-Signature", base64.b64encode(digest).decode()
        )

    def mail(self, raw: bytes) -> dict[str, Any]:
        inbox = self.book.email
        return self.signed(inbox, f"/webhooks/email/{inbox}", raw, "X-Acordo-Signature", hashed("pipe-secret", raw))


def hashed(secret: str, raw: bytes) -> str:
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    if not FIXTURES.is_dir():
        pytest.skip(f"the shared fixtures are not here: {FIXTURES}")
    with running(workers={}) as server:
        yield Post(server)


def files(folder: str, *endings: str) -> list[Path]:
    return [path for path in sorted((FIXTURES / folder).rglob("*")) if path.name.endswith(endings)]


def test_every_delivery_of_meta_has_a_verdict(post: Post) -> None:
    for path in files("whatsapp", ".json"):
        body = json.loads(path.read_text())
        for change in [each for entry in body.get("entry", ()) for each in entry.get("changes", ())]:
            value = change["value"]
            if "metadata" in value:
                value["metadata"]["phone_number_id"] = PHONE_ID
            for message in value.get("messages", ()):  # recorded files share ids: each is a delivery of its own here
                message["id"] = f"{message['id']}.{path.stem}"
        came = post.meta(body)
        wanted = ("stored", "ignored") if path.name not in BEHIND else (BEHIND[path.name],)
        assert came["state"] in wanted, (path.name, came)
        assert came["produced"], path.name
        written = [each for each in came["produced"] if each["kind"] == "message"]
        assert all(each["state"] == "stored" and each["case"] for each in written), (path.name, came)


def test_every_form_of_twilio_has_a_verdict(post: Post) -> None:
    for path in files("twilio", ".form.txt"):
        status = "_status_" in path.name
        came = post.form(path.read_text().strip(), status=status)
        wanted = {"ignored", "duplicate"} if status else {"stored", "duplicate"}
        assert came["state"] in wanted, (path.name, came)


def test_every_mail_has_a_verdict_and_people_are_heard(post: Post) -> None:
    for path in files("email", ".eml"):
        came = post.mail(path.read_bytes())
        kinds = {each["kind"] for each in came["produced"]}
        if came["state"] == "dead":
            assert came["reason"] in ("no_sender", "bounce_without_message_id"), (path.name, came)
        if path.name.startswith("sisimai_") and "is-not-bounce" not in path.name:
            assert "message" not in kinds, (path.name, came)
        if (
            path.name.startswith(("self_reply", "self_charset", "talon_"))
            and path.name != "talon_iphone_reply_text.eml"
        ):
            assert kinds == {"message"}, (path.name, came)
        if "is-not-bounce" in path.name:
            assert (came["state"], kinds) == ("stored", {"message"}), came


def test_what_is_no_delivery_at_all_is_kept_as_a_dead_letter(post: Post) -> None:
    for path in files("email", ".txt", ".html"):
        assert post.mail(path.read_bytes())["state"] in ("dead", "stored", "ignored"), path.name
