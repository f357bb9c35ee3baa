"""kill -9 at each step of an incoming payment, then a restart: booked once with all that follows, or not at all.

What follows is compared with a payment of the same amount that nothing disturbed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import httpx2
import pytest

from console.access.actor import Actor
from console.cases.debts import add_debt
from console.debtors.queries import accounts_of
from console.debtors.resolve import join_portfolio
from console.ledger.charges import NewCharge, NewDebt, Terms
from console.ledger.owed import today_of
from console.negotiation import clearance, means, promises
from console.store.base import load
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import rfc3339
from console.wire.shapes import Money
from tests import services
from tests.faults.doors import a_case, rows
from tests.faults.history import Outcome
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until

KEY, SECRET = "123e4567-e12b-12d1-a456-426655440000", "a secret of the bank's own"
AMOUNT = 50_000
PHONES = (f"+55119{number:08d}" for number in count(50_000_000))
ERP = Actor(id="erp", name="ERP", role="integration", scopes=frozenset({"debtors:read", "debtors:write"}))
NOTHING_YET = ["payment.stored", "payment.followed", "store.before_commit"]
COMMITTED = ["store.committed", "payment.committed"]
FOLLOWS = ("payment.", "promise.", "case.resolved", "messages.cancelled", "message.withheld")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def here(request: pytest.FixtureRequest, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Embedded, and a server with a worker on PostgreSQL; the portfolio takes Pix."""
    folder = tmp_path_factory.mktemp("payment")
    if request.param == "sqlite":
        with rig(nursery, folder) as made:
            made.services.store.write_now(_takes_pix, made)
            yield made
        return
    url = services.create_database(server := request.getfixturevalue("postgres_url"))
    with rig(nursery, folder, work=1, database=url) as made:
        made.services.store.write_now(_takes_pix, made)
        yield made
    services.drop_database(server, url)


@pytest.fixture(scope="module")
def whole(here: Rig) -> Counter[str]:
    """What a payment brings when nothing breaks."""
    owing = Owing(here)
    assert owing.told() == "ok"
    return owing.stands()


@pytest.mark.parametrize("point", NOTHING_YET)
def test_before_the_commit_nothing_of_a_payment_is_there(here: Rig, whole: Counter[str], point: str) -> None:
    owing = Owing(here)
    before = owing.stands()
    assert _dies_of(here, point, owing) == "info"
    assert owing.stands() == before
    here.product.start()
    assert owing.told() == "ok"
    assert owing.stands() == whole
    _settles_once(here, owing, whole)


@pytest.mark.parametrize("point", COMMITTED)
def test_after_the_commit_all_of_it_is_there_and_a_repeat_changes_nothing(
    here: Rig, whole: Counter[str], point: str
) -> None:
    owing = Owing(here)
    assert _dies_of(here, point, owing) == "info"
    assert owing.stands() == whole
    here.product.start()
    _settles_once(here, owing, whole)


def _dies_of(here: Rig, point: str, owing: Owing) -> Outcome:
    """Told to a server that dies at this point; a worker that commits something meanwhile is none of it."""
    here.product.kill()
    here.product.start(fault=point)
    outcome = owing.told()
    here.product.dies()
    return outcome


def _settles_once(here: Rig, owing: Owing, whole: Counter[str]) -> None:
    """The bank tells it twice more; the thanks leave once, at night not before the morning."""
    assert [owing.told(), owing.told()] == ["ok", "ok"]
    assert owing.stands() == whole
    thanked = rows(here, "SELECT i.id FROM item i JOIN outbox o ON o.item_id = i.id WHERE i.case_id = :case"
                         " AND o.due_at <= :now", case=owing.case, now=here.services.clock.now())  # fmt: skip
    for (item,) in thanked:
        until(partial(_taken, here, item))
    assert all(_taken(here, item) == 1 for (item,) in thanked)


class Owing:
    """A debtor who promised to pay what they owe; the bank then tells that they did."""

    def __init__(self, here: Rig) -> None:
        self.here, self.end_to_end = here, f"E{new_id()}"
        self.case, epoch = a_case(here, next(PHONES))
        self.reference = here.services.store.write_now(self._owe, epoch)

    def _owe(self, tx: Tx, epoch: int) -> str:
        ((debtor, book),) = tx.run(*_of_case(tx.dialect, self.case)).fetchall()
        if book not in accounts_of(tx, debtor):
            join_portfolio(tx, debtor, book)
        due = today_of(tx, debtor)
        charge = NewCharge(number="1", due=due.isoformat(), amount=Money(AMOUNT, "BRL"), external_id=new_id())
        add_debt(tx, ERP, NewDebt(client_id=new_id(), debtor=debtor, product="loan", terms=Terms(200, 100),
                                  charges=[charge]))  # fmt: skip
        ana = Actor(id=self.here.people["ana"].id, name="Ana", role="agent", teams=frozenset({self.here.team}))
        promises.make_promise(tx, ana, self.case, promises.NewPromise(
            client_id=new_id(), amount=Money(AMOUNT, "BRL"), due=(due + timedelta(days=1)).isoformat(), epoch=epoch,
        ))  # fmt: skip
        return means.reference(tx, debtor, book)

    def told(self) -> Outcome:
        """The bank tells once."""
        pix = {"endToEndId": self.end_to_end, "txid": self.reference, "valor": f"{AMOUNT / 100:.2f}", "chave": KEY,
               "horario": rfc3339(self.here.services.clock.now())}  # fmt: skip
        body = json.dumps({"pix": [pix]}).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        try:
            answer = httpx2.post(f"{self.here.url}/webhooks/payments/pix", content=body, timeout=20,
                                 headers={"X-Acordo-Signature": f"sha256={signature}"})  # fmt: skip
        except httpx2.TransportError:
            return "info"
        return "ok" if answer.status_code == 200 else "info" if answer.status_code >= 500 else "fail"

    def stands(self) -> Counter[str]:
        """How many there are of everything that a payment brings, and how the case stands; without the clearance
        letter, which a job brings when it comes to it.
        """
        here, case = self.here, self.case
        paid = rows(here, "SELECT state, amount_minor, credit_minor FROM payment WHERE provider_id = :id",
                    id=self.end_to_end)  # fmt: skip
        entries = rows(here, "SELECT e.component, e.amount_minor FROM entry e JOIN payment p ON p.id = e.payment_id"
                             " WHERE p.provider_id = :id", id=self.end_to_end)  # fmt: skip
        promised = rows(here, "SELECT state FROM promise WHERE case_id = :case", case=case)
        found = rows(here, 'SELECT status, outcome, balance_minor FROM "case" WHERE id = :case', case=case)
        items = rows(here, "SELECT kind, author_id, data FROM item WHERE case_id = :case AND direction = 'out'",
                     case=case)  # fmt: skip
        said = [(kind, author) for kind, author, data in items if load(data).get("about") != clearance.JOB]
        told = rows(here, "SELECT name FROM event WHERE case_id = :case", case=case)
        follows = [(name,) for (name,) in told if name.startswith(FOLLOWS)]
        return Counter(str(each) for each in (*paid, *entries, *promised, *found, *said, *follows))


def _takes_pix(tx: Tx, here: Rig) -> None:
    ((book,),) = tx.run("SELECT id FROM portfolio", None).fetchall()
    means.set_instructions(tx, book, {"pix": {"key": KEY, "name": "Loja Ipê", "city": "São Paulo"}})
    means.set_provider(tx, here.services.vault, book, "pix", {"webhook_secret": SECRET})


def _of_case(dialect: str, case: str) -> tuple[str, dict[str, Any]]:
    mark = ":case" if dialect == "sqlite" else "%(case)s"
    return f'SELECT debtor_id, portfolio_id FROM "case" WHERE id = {mark}', {"case": case}


def _taken(here: Rig, item: str) -> int:
    """How often a carrier took a message of ours."""
    with closing(sqlite3.connect(f"file:{here.sandbox_database}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT count(*) FROM message WHERE direction = 'out' AND accepted = 1 AND data LIKE"
                                   " ?", (f"%{item}%",))  # fmt: skip
        return int(found.fetchone()[0])
