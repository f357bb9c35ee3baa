"""What becomes of an inbound file when something is wrong with it, its provider, or the moment."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.types import MediaRef
from console.app import make_services
from console.jobs.claim import TRIES
from console.jobs.models import job
from console.jobs.queries import JobRow
from console.ledger.models import charge_file
from console.portfolios.models import inbox
from console.services import Services
from console.settings import Settings
from console.store.base import dump
from console.store.statement import add, change, remove, rows
from console.timeline.attach import MIB
from console.timeline.queries import AttachmentRow, files_of
from console.wire.ids import new_id
from console.wire.moment import DAY, HOUR
from console.workers.jobs import Jobs
from console.workers.kinds import GIVEN_UP, HANDLERS
from console.workers.media import Arrival, settle
from console.workers.orphans import KIND, plan, sweep
from tests.services.needs import free_port
from tests.timeline import samples
from tests.world import VAULT, World, make_world


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[tuple[Services, World]]:
    """A world whose WhatsApp is said to be on a port where nobody listens."""
    world = make_world(tmp_path)
    nobody = f"http://127.0.0.1:{free_port()}"
    settings = Settings(data_dir=tmp_path, database_url=world.url, secret_key="a key for tests")
    services = make_services(settings, world.clock, origins=frozenset({nobody}))
    config = dump({"origin": nobody, "api_version": "v23.0", "phone_number_id": "1", "waba_id": "2"})
    number = world.inboxes["whatsapp"]
    secrets = VAULT.seal(dump({"app_secret": "s", "access_token": "t"}), f"inbox:{number}")
    world.do(lambda tx: change(tx, inbox, {"id": number}, config=config, secrets=secrets))
    yield services, world
    await services.store.close()


def received(world: World, channel: str = "whatsapp", **ref: Any) -> str:
    item = world.hear("segue", channel=channel, kind="image", media=(MediaRef(**ref),)).item
    assert item is not None
    return item


def file_of(world: World, item: str) -> AttachmentRow:
    (row,) = world.see(files_of, item)
    return row


async def work(services: Services) -> None:
    jobs = Jobs(services, {"media.fetch": HANDLERS["media.fetch"]}, GIVEN_UP)
    await jobs.round()
    await jobs.idle()


def waiting(world: World) -> list[JobRow]:
    return world.see(rows, job.select().where(job.c.kind == "media.fetch"), JobRow)


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ({"refused": "the address is not Twilio's"}, "refused_address"),
        ({"provider_id": "1", "size": 16 * MIB + 1}, "too_big"),
    ],
)
async def test_what_must_not_be_fetched_is_refused_at_once_and_no_job_waits(
    desk: tuple[Services, World], ref: dict[str, Any], reason: str
) -> None:
    _, world = desk
    row = file_of(world, received(world, **ref))
    assert (row.state, row.reason) == ("refused", reason)
    assert waiting(world) == []


async def test_a_provider_that_does_not_answer_is_asked_again_and_given_up_at_last(
    desk: tuple[Services, World],
) -> None:
    services, world = desk
    item = received(world, provider_id="4711")
    for attempt in range(TRIES):
        await work(services)
        assert file_of(world, item).state == ("pending" if attempt < TRIES - 1 else "gone")
        world.clock.advance(5 * HOUR)
    assert file_of(world, item).reason == "unreachable"
    (given_up,) = waiting(world)
    assert (given_up.state, given_up.error) == ("dead", "fetching failed: ConnectError")


async def test_an_id_that_is_none_is_gone_without_asking_again(desk: tuple[Services, World]) -> None:
    services, world = desk
    item = received(world, provider_id="../../etc/passwd")
    await work(services)
    assert (file_of(world, item).state, waiting(world)) == ("gone", [])


async def test_a_file_of_an_inbox_that_is_no_more_is_gone(desk: tuple[Services, World]) -> None:
    services, world = desk
    item = received(world, provider_id="4711")
    world.do(lambda tx: remove(tx, inbox, id=world.inboxes["whatsapp"]))
    await work(services)
    assert file_of(world, item).reason == "inbox_gone"


def along(services: Services, content: bytes) -> dict[str, Any]:
    """A file that came along with a mail, as intake stores it before its transaction."""
    stored = new_id()
    digest = services.files.write(stored, content)
    return {"provider_id": f"local:{stored}", "name": "foto.png", "type": "image/png", "sha256": digest}


async def test_a_file_that_came_along_moves_to_its_own_name(desk: tuple[Services, World]) -> None:
    services, world = desk
    ref = along(services, samples.png(7, 5))
    item = received(world, "email", **ref)
    await work(services)
    row = file_of(world, item)
    assert (row.state, row.type, row.width, row.height) == ("ready", "image/png", 7, 5)
    assert row.sha256 == hashlib.sha256(services.files.read(row.id)).hexdigest()
    assert not services.files.path(str(ref["provider_id"]).removeprefix("local:")).exists()


async def test_the_job_may_run_twice_and_after_a_crash_between_file_and_row(desk: tuple[Services, World]) -> None:
    services, world = desk
    ref = along(services, samples.png())
    item = received(world, "email", **ref)
    row = file_of(world, item)
    services.files.adopt(services.files.path(str(ref["provider_id"]).removeprefix("local:")), row.id)  # then it died
    await HANDLERS["media.fetch"](services, {"attachment": row.id})
    await HANDLERS["media.fetch"](services, {"attachment": row.id})
    assert file_of(world, item).state == "ready"


async def test_what_came_along_and_lies_nowhere_is_gone(desk: tuple[Services, World]) -> None:
    services, world = desk
    item = received(world, "email", provider_id=f"local:{new_id()}")
    await work(services)
    assert file_of(world, item).reason == "gone"


async def test_a_mails_file_beyond_its_limit_is_refused_and_its_bytes_forgotten(desk: tuple[Services, World]) -> None:
    services, world = desk
    ref = along(services, samples.PDF + b"\0" * 25 * MIB)
    item = received(world, "email", **ref)
    await work(services)
    assert (file_of(world, item).state, file_of(world, item).reason) == ("refused", "too_big")
    assert not services.files.path(str(ref["provider_id"]).removeprefix("local:")).exists()


async def test_what_is_settled_stays_settled(desk: tuple[Services, World]) -> None:
    _, world = desk
    item = received(world, provider_id="4711")
    row = file_of(world, item)
    world.do(settle, row.id, Arrival("gone", "gone"))
    assert world.names() == ["message.updated"]
    world.do(settle, row.id, Arrival("ready"))
    assert (world.names(), file_of(world, item).state) == ([], "gone")


async def test_a_file_that_is_pending_for_days_is_called_gone(desk: tuple[Services, World]) -> None:
    services, world = desk
    item = received(world, provider_id="4711")
    await sweep(services, {})
    assert file_of(world, item).state == "pending"
    world.clock.advance(4 * DAY)
    await sweep(services, {})
    assert (file_of(world, item).state, file_of(world, item).reason) == ("gone", "unreachable")


async def test_every_part_of_the_folder_is_swept_once_a_day(desk: tuple[Services, World]) -> None:
    services, world = desk
    left = [f"{n:030x}{n:02x}" for n in range(256)]
    for name in left:
        services.files.write(name, b"x")
        os.utime(services.files.path(name), (1, 1))
    for _ in range(24):
        world.do(lambda tx: remove(tx, job, kind=KIND))
        world.do(plan, 0)
        await _run(services, KIND)
        world.clock.advance(HOUR)
    assert not [name for name in left if services.files.path(name).exists()]


async def test_a_creditors_document_is_swept_when_it_is_gone_and_not_before(desk: tuple[Services, World]) -> None:
    services, world = desk
    file = new_id()
    row = {"id": file, "charge_id": "c", "kind": "boleto", "name": "b.pdf", "type": "application/pdf", "size": 1,
           "sha256": "", "created_at": world.clock.now()}  # fmt: skip
    world.do(lambda tx: add(tx, charge_file, **row))
    services.files.write(file, b"x")
    os.utime(services.files.path(file), (1, 1))
    await sweep(services, {})
    assert services.files.path(file).exists()
    world.do(lambda tx: change(tx, charge_file, {"id": file}, gone_at=tx.now))
    await sweep(services, {})
    assert not services.files.path(file).exists()


async def _run(services: Services, kind: str) -> None:
    jobs = Jobs(services, {kind: HANDLERS[kind]})
    assert await jobs.round() == 1
    await jobs.idle()
