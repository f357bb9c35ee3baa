"""PostgreSQL in bad weather: transactions it gives up, and commits whose answer is lost on its way."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import httpx2
import psycopg
import pytest

from tests import services
from tests.faults.cutter import Cutter, cutter
from tests.faults.doors import a_case, heard, item_of, named, new_sid, post, repeated, rows, sms_request
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until

pytestmark = [pytest.mark.pg, pytest.mark.timeout(300)]
CHANCE = random.Random(28)
PHONES = (f"+55119{number:08d}" for number in count(72_000_000))
CUTS = [CHANCE.choice((True, False)) for _ in range(2)] + [True, False]
"""Whether each commit was carried before its answer was lost. No more: one person's replies are counted."""


@pytest.fixture(scope="module")
def between(postgres_url: str) -> Iterator[Cutter]:
    url = services.create_database(postgres_url)
    with cutter(url) as made:
        yield made
    services.drop_database(postgres_url, url)


@pytest.fixture(scope="module")
def here(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory, between: Cutter) -> Iterator[Rig]:
    with rig(nursery, tmp_path_factory.mktemp("database"), work=1, database=between.url) as made:
        yield made


@pytest.mark.parametrize("failures", [3, 100])
def test_a_transaction_that_is_given_up_is_tried_three_times_again(here: Rig, between: Cutter, failures: int) -> None:
    """Fault 27: within that it is done once and nobody notices; beyond, whoever asked is told to come back."""
    sid = new_sid()
    with _given_up(between.url, sid, failures) as tried:
        request = sms_request(here, sid, next(PHONES), "oi")
        assert post(here, *request) == ("ok" if failures == 3 else "info")
        assert tried() == 4
    assert repeated(here, *request)[-1] == "ok" and heard(here, sid) == 1


def test_two_that_wait_for_each_other_are_both_done_in_the_end(here: Rig, between: Cutter) -> None:
    """Fault 27, by a deadlock: PostgreSQL ends the one that notices it, which is ours, and it is done again."""
    sid = new_sid()
    with _deadlocked(between.url, sid) as met:
        assert post(here, *sms_request(here, sid, next(PHONES), "oi"), seconds=30) == "ok"
        assert met() >= 1, "nobody was deadlocked"
    assert heard(here, sid) == 1


def test_a_writer_that_stands_still_answers_nobody_early(here: Rig, between: Cutter) -> None:
    """Fault 2: somebody else holds the table for as long as they like: 503, and nothing is stored."""
    sid = new_sid()
    place, headers, body = sms_request(here, sid, next(PHONES), "oi")
    with psycopg.connect(between.url) as other:
        other.execute("LOCK TABLE item IN ACCESS EXCLUSIVE MODE")
        answer = httpx2.post(f"{here.url}{place}", headers=headers, content=body, timeout=60)
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
        other.rollback()
    assert heard(here, sid) == 0
    assert repeated(here, place, headers, body)[-1] == "ok" and heard(here, sid) == 1


@pytest.mark.parametrize("number", range(len(CUTS)))
def test_a_delivery_whose_commit_was_not_answered_is_found_by_its_repeat(
    here: Rig, between: Cutter, number: int
) -> None:
    """Fault 28: nobody knows, so it is a 503; the carrier repeats, and it is there once either way."""
    sid, carried, cuts = new_sid(), CUTS[number], between.cuts
    between.cut(sid, carried=carried)
    request = sms_request(here, sid, next(PHONES), "oi")
    assert post(here, *request) == "info" and between.cuts == cuts + 1
    until(lambda: heard(here, sid) == int(carried), 10)
    assert repeated(here, *request)[-1] == "ok" and heard(here, sid) == 1


@pytest.mark.parametrize("number", range(len(CUTS)))
def test_a_reply_whose_commit_was_not_answered_is_found_by_its_repeat(here: Rig, between: Cutter, number: int) -> None:
    """Fault 28 for a reply: 503 and when to come back, then the id of the one that stands, and it is taken once."""
    carried, name, cuts = CUTS[number], f"cut {number}", between.cuts
    case_id, epoch = a_case(here, next(PHONES))
    body = {"client_id": named(name), "epoch": epoch, "channel": "whatsapp", "text": "Bom dia!"}
    between.cut(named(name), carried=carried)
    with here.client("ana") as ana:
        answer = ana.post(f"/api/v1/cases/{case_id}/messages", json=body)
        assert between.cuts == cuts + 1, answer.text
        assert answer.status_code == 503 and answer.json()["code"] == "unavailable"
        assert int(answer.headers["retry-after"]) >= 1
        stood = item_of(here, name)
        assert bool(stood) is carried
        again = ana.post(f"/api/v1/cases/{case_id}/messages", json=body)
    assert again.status_code == (200 if carried else 201), again.text
    assert again.json()["id"] == (stood or item_of(here, name))
    assert rows(here, "SELECT count(*) FROM item WHERE client_id = :id", id=named(name)) == [(1,)]


@contextmanager
def _given_up(url: str, sid: str, failures: int) -> Iterator[Callable[[], int]]:
    """The database gives up so many transactions that would store this message; how often it was tried."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE SEQUENCE tried")  # what is taken of it stays taken when a transaction is given up
        database.execute(
            f"""CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tried') <= {failures} THEN RAISE SQLSTATE '40001'; END IF;
                RETURN NEW; END $$""".encode()
        )
        database.execute(
            f"CREATE TRIGGER give_up BEFORE INSERT ON item FOR EACH ROW WHEN (NEW.provider_id = '{sid}')"
            " EXECUTE FUNCTION give_up()".encode()
        )

        def tried() -> int:
            found = database.execute("SELECT last_value FROM tried WHERE is_called").fetchone()
            return found[0] if found else 0

        yield tried
        database.execute("DROP TRIGGER give_up ON item; DROP FUNCTION give_up; DROP SEQUENCE tried")


@contextmanager
def _deadlocked(url: str, sid: str) -> Iterator[Callable[[], int]]:
    """Somebody holds what the transaction that stores this message wants, and wants what it holds; how often it tried.

    Each side looks for a deadlock after its own time: theirs is a minute, so that it is ours that is ended.
    """
    with psycopg.connect(url, autocommit=True) as database, psycopg.connect(url) as other:
        database.execute("CREATE SEQUENCE tried")
        database.execute(
            """CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_advisory_xact_lock(27, 1), nextval('tried');
                PERFORM pg_advisory_xact_lock(27, 2);
                RETURN NEW; END $$"""
        )
        database.execute(
            f"CREATE TRIGGER meet BEFORE INSERT ON item FOR EACH ROW WHEN (NEW.provider_id = '{sid}')"
            " EXECUTE FUNCTION meet()".encode()
        )
        other.execute("SET LOCAL deadlock_timeout = '60s'")
        other.execute("SELECT pg_advisory_xact_lock(27, 2)")

        def tried() -> int:
            found = database.execute("SELECT last_value FROM tried WHERE is_called").fetchone()
            return found[0] if found else 0

        def embrace() -> None:
            until(lambda: tried() >= 1, 20)
            other.execute("SELECT pg_advisory_xact_lock(27, 1)")
            other.commit()

        thread = threading.Thread(target=embrace)
        thread.start()
        yield lambda: tried() - 1
        thread.join(20)
        database.execute("DROP TRIGGER meet ON item; DROP FUNCTION meet; DROP SEQUENCE tried")
