"""One template to many is on its way while some of them ask for silence: at most what was begun reaches those."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from console.admin.templates import sync
from console.store.base import load
from console.store.transaction import Reader
from console.wire.ids import new_id
from tests import services
from tests.days import tuesday_at_ten
from tests.flows.carriers import Carriers, carried
from tests.flows.test_to_contact import NEUTRAL, owes
from tests.services.needs import wait_until

DEBTORS = 60
PHONES = (f"+55119{number:08d}" for number in count(42_000_000))
SILENCE = ("PARAR", "SAIR", "STOP")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def carriers(request: pytest.FixtureRequest) -> Iterator[Carriers]:
    """Ten in the morning of a Tuesday; a number that sends no more than a few a second, so that it takes a while."""
    kept = request.param == "sqlite"
    url = "" if kept else services.create_database(request.getfixturevalue("postgres_url"))
    with carried(clock=tuesday_at_ten(), database_url=url) as found:
        server = found.book.server
        server.call(sync(server.services, found.book.whatsapp))
        admin = server.sign_in("admin")
        ours = {"link_domains": ["portal.example"]}
        assert admin.put(f"/api/v1/portfolios/{found.book.id}/conduct", json=ours).status_code == 200
        yield found
    if not kept:
        services.drop_database(request.getfixturevalue("postgres_url"), url)


@pytest.mark.timeout(300)
def test_who_asks_for_silence_meanwhile_is_reached_by_what_was_begun_at_most(carriers: Carriers) -> None:
    """Fault 42: a quarter of them ask while it is sent, a quarter once the first had it; the carrier takes its time."""
    chance, sofia = random.Random(42), carriers.book.server.sign_in("sofia")
    phones = [next(PHONES) for _ in range(DEBTORS)]
    people = {owes(sofia, carriers.book.id, phone, 20_000, "2026-10-20"): phone for phone in phones}
    carriers.behave(provider="meta", latency_ms=1_500)
    early = chance.sample(phones, DEBTORS // 4)
    before = len(carriers.outbox())
    body = {"portfolio": carriers.book.id, "debtors": list(people), "channel": "whatsapp", "template": NEUTRAL,
            "client_id": new_id()}  # fmt: skip
    with ThreadPoolExecutor(DEBTORS) as threads:

        def ask(several: list[str]) -> list[Future[None]]:
            return [threads.submit(_asks, carriers, phone, chance.uniform(0, 2.5), chance.choice(SILENCE))
                    for phone in several]  # fmt: skip

        asked = ask(early)
        sent = sofia.post("/api/v1/to-contact/send", json=body)
        assert sent.status_code == 201, sent.text
        assert wait_until(lambda: bool(_came(carriers, before) - set(early))), "nobody was written to"
        reached_first = min(_came(carriers, before) - set(early))
        late = [reached_first, *chance.sample(sorted({*phones} - {*early, reached_first}), DEBTORS // 4 - 1)]
        for each in asked + ask(late):
            each.result(60)
    silenced = {*early, *late}
    assert wait_until(lambda: carriers.book.server.read(_heard) == len(silenced))
    assert wait_until(lambda: carriers.book.server.read(_under_way) == 0)
    taken = [each["to"] for each in carriers.outbox()[before:] if "portal.example" in str(each)]
    assert all(taken.count(phone) == 1 for phone in {*phones} - silenced), "who did not ask is written to, once"
    assert all(taken.count(phone) <= 1 for phone in silenced)
    log = carriers.book.server.read(_log)
    reached = 0
    for debtor, phone in people.items():
        if phone in silenced:
            reached += taken.count(phone)
            _was_begun_before(log, carriers.book.server.read(_told, debtor), taken.count(phone))
    assert 0 < reached < len(silenced), f"{reached} of {len(silenced)} were reached: no race"


def _came(carriers: Carriers, before: int) -> set[str]:
    """Whom the carrier has had the outreach for."""
    return {each["to"] for each in carriers.outbox()[before:] if "portal.example" in str(each)}


def _asks(carriers: Carriers, phone: str, seconds: float, word: str) -> None:
    time.sleep(seconds)
    carriers.writes(word, sender=phone)


def _heard(reader: Reader) -> int:
    return int(reader.run("SELECT count(*) FROM item WHERE kind = 'message' AND direction = 'in'", None).fetchone()[0])


def _under_way(reader: Reader) -> int:
    sql = "SELECT count(*) FROM outbox WHERE state NOT IN ('settled', 'cancelled')"
    return int(reader.run(sql, None).fetchone()[0])


def _told(reader: Reader, debtor_id: str) -> tuple[list[str], str]:
    """Of one debtor: the outreach's items, and the message that asked for silence."""
    named = "%(debtor)s" if reader.dialect == "postgresql" else ":debtor"
    outbox = f"SELECT item_id FROM outbox WHERE sort = 'outreach' AND debtor_id = {named}"
    came = (f"SELECT i.id FROM item i JOIN \"case\" c ON c.id = i.case_id WHERE c.debtor_id = {named}"
            " AND i.direction = 'in' AND i.kind = 'message'")  # fmt: skip
    items = [str(each) for (each,) in reader.run(outbox, {"debtor": debtor_id}).fetchall()]
    return items, str(reader.run(came, {"debtor": debtor_id}).fetchone()[0])


def _log(reader: Reader) -> list[tuple[str, dict[str, Any]]]:
    sql = "SELECT name, data FROM event WHERE name LIKE 'message.%%' ORDER BY xid, seq"
    sql = sql if reader.dialect == "postgresql" else sql.replace("%%", "%")
    return [(str(name), load(data)) for name, data in reader.run(sql, {} if "%%" in sql else None).fetchall()]


def _was_begun_before(log: list[tuple[str, dict[str, Any]]], told: tuple[list[str], str], taken: int) -> None:
    """In the order of commits: `sending` before the word that ended it, or never; what never began says why."""
    items, word = told
    heard = next(at for at, (_, data) in enumerate(log) if data.get("id") == word)
    for item in items:
        begun = [at for at, (_, data) in enumerate(log) if data.get("id") == item and data.get("status") == "sending"]
        last = [data["status"] for _, data in log if data.get("id") == item][-1]
        assert len(begun) <= 1 and all(at < heard for at in begun), "begun after it was asked not to"
        assert taken == len(begun) and (last != "cancelled" or not begun), (taken, begun, last)
    assert items or not taken
