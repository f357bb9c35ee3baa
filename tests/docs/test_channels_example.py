"""The provider of docs/channels.md is invented, and its code is held to what every channel owes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from channels import service
from channels.connector import Connector
from channels.errors import ServiceFailed
from channels.registry import CHANNELS
from channels.types import Accepted, Answer, Delivery, Inbound, Inbox, Outbound, Receipt, Refused, Secrets, To
from console.portfolios import set_up
from console.portfolios.set_up import NewInbox, add_inbox
from console.store.statement import rows, value
from console.timeline.models import item
from tests.channels import test_contract
from tests.channels.contract_cases import CASES, REF, Case
from tests.channels.samples import NOW
from tests.docs.pages import ROOT, blocks, page, section
from tests.flows.book import open_book
from tests.server import running

_EXAMPLE = section(page("docs/channels.md"), "## A complete example")
_CODE, _REGISTRATION, _CASE = blocks(_EXAMPLE, "python")
_BODY = blocks(_EXAMPLE, "json")[0].encode()


def _checks() -> Iterator[Any]:
    """Every test of the contract that asks for a provider, with what else it asks for."""
    for name, check in vars(test_contract).items():
        marks = [mark for mark in getattr(check, "pytestmark", []) if mark.name == "parametrize"]
        others = [mark.args for mark in marks if mark.args[0] != "provider"]
        if len(others) == len(marks):
            continue
        each: list[dict[str, object]] = [{argument: one} for argument, many in others for one in many] or [{}]
        for more in each:
            yield pytest.param(check, more, id="-".join([name, *map(str, more.values())]))


@pytest.fixture
def ipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The code of the page as a module, registered."""
    file = tmp_path / "ipe.py"
    file.write_text(_CODE, "utf-8")
    module = ModuleType("ipe")
    exec(compile(_CODE, str(file), "exec"), module.__dict__)
    monkeypatch.setitem(CHANNELS, "ipe", module.Ipe())
    monkeypatch.setitem(set_up.NEEDED, "ipe", (("origin",), ("secret", "api_key")))
    return module


@pytest.fixture
def case(ipe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Case:
    words = {"Case": Case, "Inbox": Inbox, "Secrets": Secrets, "Delivery": Delivery, "Outbound": Outbound, "To": To,
             "REF": REF, "_recorded": lambda *_: (_BODY,)}  # fmt: skip
    made: dict[str, Case] = eval("{" + _CASE + "}", {**vars(ipe), **words})
    monkeypatch.setitem(CASES, "ipe", made["ipe"])
    return made["ipe"]


@pytest.mark.parametrize(("check", "more"), list(_checks()))
def test_the_example_fulfils_the_contract(case: Case, check: Callable[..., None], more: dict[str, object]) -> None:
    check(provider="ipe", **more)


def test_all_of_the_contract_is_asked_of_it() -> None:
    asking = {name for name, check in vars(test_contract).items() if name.startswith("test_") and _asks(check)}
    assert {param.values[0].__name__ for param in _checks()} == asking != set()


def _asks(check: Any) -> bool:
    return any(mark.name == "parametrize" and mark.args[0] == "provider" for mark in getattr(check, "pytestmark", []))


def test_the_body_on_the_page_says_what_it_seems_to(case: Case) -> None:
    written, delivered, failed = CHANNELS["ipe"].parse(case.inbox, case.signed(_BODY), NOW)
    assert isinstance(written, Inbound) and (written.text, written.sender.phone) == ("quero negociar", "+5511900000001")
    assert isinstance(delivered, Receipt) and (delivered.status, delivered.ref) == ("delivered", REF)
    assert isinstance(failed, Receipt) and failed.fault and failed.fault.effect == "invalid_address"


def test_what_the_provider_answers_is_told_apart(case: Case) -> None:
    read = CHANNELS["ipe"].read
    taken = read(case.inbox, Answer(status=202, body=case.accepted))
    assert isinstance(taken, Accepted) and taken.provider_id == "ipe-1"
    fast = read(case.inbox, Answer(status=429, body=b'{"error":"too_fast"}', headers={"retry-after": "7"}))
    assert isinstance(fast, Refused) and fast.fault.retryable and fast.fault.retry_after == 7


async def test_what_it_cannot_do_is_said_and_nobody_else_is_asked(case: Case) -> None:
    asked: list[object] = []

    async def resolve(name: str, port: int) -> list[str]:
        asked.append((name, port))
        return []

    connector = Connector(resolve=resolve)
    tested = await service.test_inbox(connector, case.inbox)
    with pytest.raises(ServiceFailed):
        await service.sync_templates(connector, case.inbox)
    assert (tested.ok, "no test" in tested.says, asked) == (True, True, [])


def test_the_example_is_clean(ipe: ModuleType, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--config",
        str(ROOT / "pyproject.toml"),
        str(tmp_path / "ipe.py"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert '"ipe": Ipe()' in _REGISTRATION


def test_its_door_opens_with_the_registration_alone(ipe: ModuleType) -> None:
    with running(workers={}) as server:
        book = open_book(server)
        new = NewInbox(
            portfolio=book.id,
            channel="sms",
            provider="ipe",
            address="+551140000000",
            config={"origin": "https://api.ipe.example"},
            secrets={"secret": "s", "api_key": "k"},
        )
        inbox = server.write(add_inbox, server.services.vault, new)

        def posted(signature: str) -> httpx2.Response:
            headers = {ipe.SIGNATURE_HEADER: signature}
            return server.client().post(f"/webhooks/ipe/{inbox}", content=_BODY, headers=headers)

        assert posted(ipe.sign("another", _BODY)).status_code == 403
        assert posted(ipe.sign("s", _BODY)).status_code == 200
        assert "quero negociar" in server.read(rows, select(item.c.text), value)
