"""`docs/getting-started.md`, run as it is written: ten commands against the emulated carriers, then a message each."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from console.commands.installation import installation
from console.portfolios.queries import all_inboxes
from console.wire.ids import new_id
from sandbox.config import Config, Pace, Person, SandboxInbox
from tests.commands.running import Serving, free_port, serving
from tests.commands.shell import OURS, ROOT, Shell

PAGE = ROOT / "docs" / "getting-started.md"
PASSWORD = "uma senha bem longa"
SECRETS = {
    "meta.json": {"app_secret": "app-secret", "verify_token": "verify", "access_token": "meta-token"},
    "twilio.json": {"auth_token": "twilio-token"},
    "mail.json": {"smtp_password": "mail-password", "webhook_secret": "mail-secret"},
}
MARIA = Person(id="maria", name="Maria Souza", phone="+5511988774321", email="maria@example.com", wa_id="5511988774321")
TEXTS = {
    "whatsapp": "Olá, Maria. Recebemos sua mensagem e já vamos responder.",
    "sms": "Ola, Maria. Recebemos sua mensagem.",
    "email": "Olá, Maria. Recebemos sua mensagem e já vamos responder.",
}
WAIT_S = 60


def commands() -> list[list[str]]:
    """The page's numbered commands, in their order."""
    found = re.findall(r"^(\d+)\. [^`]*?(?:`[^`\n]*`[^`]*?)*\n +```sh\n(.*?)\n +```$", PAGE.read_text(), re.M | re.S)
    assert [int(number) for number, _ in found] == list(range(1, 11)), "the page numbers ten commands"
    return [shlex.split(text.replace("\\\n", " ")) for _, text in found]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.mark.timeout(420)
def test_the_page_leads_to_a_message_on_every_channel(shell: Shell) -> None:
    carrier, smtp = free_port(), free_port()
    environment = {
        "ACORDO_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
        "ACORDO_TRUSTED_ORIGINS": f"http://127.0.0.1:{carrier},smtp://127.0.0.1:{smtp}",
    }
    for name, each in environment.items():
        shell.patch.setenv(name, each)
    for name, secrets in SECRETS.items():
        shell.file(name, json.dumps(secrets))
    shell.file("password.txt", PASSWORD)
    start, *setting_up, testing, syncing = [words[1:] for words in commands()]
    with serving(shell, *start, **environment) as server:
        for words in setting_up:
            shell.does(*substituted(words, carrier, smtp))
        with carriers(shell, environment["ACORDO_PUBLIC_URL"], carrier, smtp) as (origin, inboxes):
            assert shell.does(*testing).count(" works: ") == 3
            assert "templates" in shell.does(*syncing)
            assert shell.does("doctor").count(" works: ") == 3
            first_messages(server, origin, inboxes)


def substituted(words: list[str], carrier: int, smtp: int) -> list[str]:
    """The same command with the emulated carriers' places instead of the real ones."""
    words = [
        each.replace("smtp.example.com", "127.0.0.1").replace("smtp_port=587", f"smtp_port={smtp}") for each in words
    ]
    if words[:2] != ["inbox", "add"]:
        return words
    provider = words[words.index("--provider") + 1]
    where = {"meta": f"origin=http://127.0.0.1:{carrier}/sandbox/graph",
             "twilio": f"origin=http://127.0.0.1:{carrier}/sandbox/twilio", "smtp": "smtp_security=none"}  # fmt: skip
    return [*words, "--config", where[provider]]


@contextmanager
def carriers(shell: Shell, product: str, port: int, smtp: int) -> Iterator[tuple[str, dict[str, str]]]:
    """The sandbox as a process of its own, told of the inboxes that were made: its address, inbox ids by channel."""
    with installation() as services:
        made = {each.channel: each.id for each in services.store.read_now(all_inboxes)}
    origin = f"http://127.0.0.1:{port}/sandbox"
    path = shell.file("sandbox.json", msgspec.json.encode(_sandbox(product, origin, smtp, made)).decode())
    process = subprocess.Popen([sys.executable, "-m", "sandbox", "--config", path, "--port", str(port)], cwd=ROOT)
    try:
        until(lambda: _answers(f"{origin}/api/inboxes"))
        yield origin, made
    finally:
        process.terminate()
        process.wait(30)


def first_messages(server: Serving, origin: str, inboxes: dict[str, str]) -> None:
    """Maria writes from her phone and her mailbox; Ana claims, answers, and Maria's carrier has got it."""
    ana = server.sign_in("ana@example.com", PASSWORD)
    assert ana.put("/api/v1/me/presence", json={"status": "online"}).status_code == 200
    for channel, text in TEXTS.items():
        sender = "maria@example.com" if channel == "email" else "+5511988774321"
        body = {"inbox": inboxes[channel], "from": sender, "text": f"Oi, sou a Maria, por {channel}", "subject": "Oi"}
        wrote = httpx2.post(f"{origin}/api/inbound", json=body, timeout=WAIT_S)
        assert wrote.status_code == 201, wrote.text
        row = until(partial(_written, ana, channel))
        answer = ana.post(
            f"/api/v1/cases/{row['id']}/messages",
            json={"client_id": new_id(), "epoch": row["epoch"], "channel": channel, "text": text},
        )
        assert answer.status_code == 201, answer.text
        got = until(partial(_received, origin, channel))
        assert text in json.dumps(got, ensure_ascii=False) or channel == "email", got


def until(met: Callable[[], Any]) -> Any:
    """What a condition gives once it gives something; fails after a minute."""
    ends = time.monotonic() + WAIT_S
    while not (found := met()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)
    return found


def _written(ana: httpx2.Client, channel: str) -> dict[str, Any] | None:
    """The case, once Maria's message on this channel stands in it and Ana holds it."""
    for view in ("mine", "queue"):
        for each in ana.get("/api/v1/cases", params={"view": view}).json()["items"]:
            if channel not in each["channels"]:
                continue
            if view == "queue":
                ana.post(f"/api/v1/cases/{each['id']}/claim", json={})
            found: dict[str, Any] = ana.get(f"/api/v1/cases/{each['id']}").json()
            if "epoch" in found and found.get("last_channel") == channel:
                return found
    return None


def _received(origin: str, channel: str) -> list[Any]:
    found: list[Any] = httpx2.get(f"{origin}/api/outbox", params={"channel": channel}, timeout=WAIT_S).json()
    return found


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def _sandbox(product: str, origin: str, smtp: int, made: dict[str, str]) -> Config:
    return Config(
        inboxes=(
            SandboxInbox(
                id=made["whatsapp"], channel="whatsapp", provider="meta", address="+551140001000", secret="app-secret",
                verify_token="verify", phone_number_id="106540352242922", waba_id="419561257915477",
                access_token="meta-token", webhook_url=f"{product}/webhooks/meta/{made['whatsapp']}",
            ),
            SandboxInbox(
                id=made["sms"], channel="sms", provider="twilio", address="+15555550100", secret="twilio-token",
                account_sid="AC" + "1" * 32, webhook_url=f"{product}/webhooks/twilio/{made['sms']}",
            ),
            SandboxInbox(
                id=made["email"], channel="email", provider="smtp", address="contato@example.com", secret="mail-secret",
                webhook_url=f"{product}/webhooks/email/{made['email']}",
            ),
        ),
        product_url=product, origin=origin, smtp_port=smtp, people=(MARIA,), 
        pace=Pace(sent_ms=0, delivered_ms=0, read_ms=0),
    )  # fmt: skip
