"""`acordo backup`, `restore` and `outbox`: a copy made under way, put back elsewhere; nothing leaves by itself."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from console.cases.claim import claim
from console.cases.reply import Reply, reply
from console.cases.send import start
from console.debtors.queries import identified
from console.evidence.erase import ask_erasure, carry_out
from console.evidence.journal import append as append_lines
from console.evidence.journal import said_since
from console.imports.models import import_run
from console.imports.runs import RunRow
from console.log.append import append
from console.log.read import incarnation_of
from console.outbox.queries import due
from console.people import sessions, tokens
from console.portfolios.models import inbox
from console.store import migrate
from console.store.base import dump
from console.store.statement import add, change, rows, value
from console.store.store import open_store
from console.timeline.files import Files
from console.timeline.models import item
from console.wire.ids import new_id
from console.wire.moment import DAY, rfc3339
from tests.commands.running import serving
from tests.commands.shell import OURS, Shell
from tests.services import create_database, drop_database
from tests.world import JOAO, MARIA, VAULT, World, make_world

KEY = "a key for tests"


class House:
    """An installation with Maria's case: one answer waits, one is planned, one is just being sent."""

    def __init__(self, shell: Shell, url: str, port: int) -> None:
        self.shell, self.url = shell, url
        self.data = shell.folder / "var"
        self.data.mkdir(exist_ok=True)
        self.world: World = make_world(self.data, url)
        shell.patch.setenv("ACORDO_SECRET_KEY", KEY)
        shell.patch.setenv("ACORDO_TRUSTED_ORIGINS", f"http://127.0.0.1:{port}")
        shell.patch.setenv("ACORDO_PUBLIC_URL", "http://127.0.0.1:8000")
        if url:
            shell.patch.setenv("ACORDO_DATABASE_URL", url)
        self.world.clock.at = int(time.time() * 1000)
        number = self.world.inboxes["whatsapp"]
        secrets = VAULT.seal(dump({"app_secret": "s", "access_token": "t"}), f"inbox:{number}")
        config = dump({"origin": f"http://127.0.0.1:{port}", "phone_number_id": "1"})
        self.world.do(lambda tx: change(tx, inbox, {"id": number}, secrets=secrets, config=config))
        self.case = self.world.hear().case or ""
        self.world.online("ana")
        self.world.do(claim, self.world.actor("ana"), self.case)
        self.sending, self.waiting = self.says("Um."), self.says("Dois.")
        self.world.do(start, self.sending, "w")
        self.planned = self.says("Amanhã.", send_at=rfc3339(self.world.clock.now() + DAY // 2))
        self.world.do(sessions.start, self.world.ids["ana"])
        self.world.do(tokens.create, self.world.ids["sofia"], "erp", ["cases:read"])
        self.file = self.data / "files" / "ab" / "00ab"
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(b"recibo" * 100_000)

    def environment(self) -> dict[str, str]:
        """Of a process of its own."""
        return {name: os.environ[name] for name in OURS if name in os.environ and name != "ACORDO_PUBLIC_URL"}

    @contextmanager
    def working(self) -> Iterator[None]:
        """Whoever sends: the server by itself on an embedded database, else a worker."""
        if not self.url:
            with serving(self.shell, **self.environment()):
                yield
            return
        process = self.shell.start("worker", **self.environment())
        try:
            assert process.stdout is not None and process.stdout.readline().startswith("Acordo works")
            yield
        finally:
            process.terminate()
            process.communicate(timeout=30)

    def says(self, text: str, **more: Any) -> str:
        wish = Reply(client_id=new_id(), epoch=1, channel="whatsapp", text=text)
        made, _ = self.world.do(reply, self.world.actor("ana"), self.case, structs.replace(wish, **more))
        return made.id

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Debtors go on writing meanwhile."""
        ended = threading.Event()

        def write() -> None:
            while not ended.is_set():
                self.world.hear("oi", sender=JOAO)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(bare: Shell, request: pytest.FixtureRequest, phone: socket.socket) -> Iterator[House]:
    port = phone.getsockname()[1]
    if request.param == "sqlite":
        yield House(bare, "", port)
        return
    server = request.getfixturevalue("postgres_url")
    url = create_database(server)
    made = House(bare, url, port)
    yield made
    asyncio.run(made.world.store.close())
    drop_database(server, url)


@pytest.fixture
def phone() -> Iterator[socket.socket]:
    """Where the provider would be: whoever connects would have sent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(20)
        yield listener


@pytest.fixture
def elsewhere(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Another machine: an empty data folder, an empty database."""
    folder = tmp_path / "other"
    house.shell.patch.setenv("ACORDO_DATA_DIR", str(folder))
    url = f"sqlite:///{folder}/acordo.db"
    if house.url:
        url = create_database(request.getfixturevalue("postgres_url"))
        house.shell.patch.setenv("ACORDO_DATABASE_URL", url)
    world = house.world
    there = World(open_store(url, world.clock, append), world.clock, world.team, world.book, world.inboxes, world.ids)
    yield there
    asyncio.run(there.store.close())
    if house.url:
        drop_database(request.getfixturevalue("postgres_url"), url)


def texts(world: World) -> list[str]:
    clause = item.select().with_only_columns(item.c.text).where(item.c.kind == "message").order_by(item.c.id)
    found: list[str] = world.see(rows, clause, value)
    return found


def statuses(world: World, *ids: str) -> list[str]:
    clause = item.select().with_only_columns(item.c.id, item.c.status)
    known = dict(world.see(rows, clause, lambda *both: both))
    return [known[each] for each in ids]


def test_a_copy_made_while_people_write_is_whole_and_of_one_moment(
    house: House, request: pytest.FixtureRequest, phone: socket.socket
) -> None:
    shell, target = house.shell, house.shell.folder / "copy.acordo"
    with house.busy():
        time.sleep(0.2)
        assert "1 files" in shell.does("backup", str(target))
    after = texts(house.world)
    house.world.hear("depois", sender=JOAO)
    assert b"recibo" not in target.read_bytes() and b"Maria" not in target.read_bytes(), "it is encrypted"

    there: World = request.getfixturevalue("elsewhere")
    said = shell.does("restore", str(target))
    assert "2 messages wait" in said and "signs in anew" in said
    kept = texts(there)
    assert kept == after[: len(kept)] and len(kept) > 4, "what stood at one moment, and nothing of later"
    assert (shell.folder / "other/files/ab/00ab").read_bytes() == house.file.read_bytes()
    assert there.see(incarnation_of) != house.world.see(incarnation_of), "every cursor resets"
    assert statuses(there, house.sending, house.waiting, house.planned) == ["unconfirmed", "held", "held"]
    assert there.see(due, 10) == []
    assert migrate.current(os.environ.get("ACORDO_DATABASE_URL") or f"sqlite:///{shell.folder}/other/acordo.db")

    with house.working():
        phone.settimeout(2)
        with pytest.raises(TimeoutError):
            phone.accept()  # nothing leaves before a person lets it
        listed = shell.does("outbox", "list")
        assert house.waiting in listed and "2 held" in listed and "Dois" not in listed
        assert "1 messages" in shell.does("outbox", "drop", "--item", house.planned)
        shell.does("outbox", "release", "--item", house.waiting)
        phone.settimeout(20)
        line, _ = phone.accept()
        sent = line.recv(65536)
        line.close()
    assert sent.startswith(b"POST /") and b"/messages" in sent, sent
    assert "Nothing is held" in shell.does("outbox", "list")
    assert statuses(there, house.planned) == ["cancelled"]
    assert "none of these is held" in shell.refuses("outbox", "release", "--item", "x")


def test_what_was_refused_after_the_copy_is_refused_in_what_is_restored_from_it(
    house: House, request: pytest.FixtureRequest
) -> None:
    shell, world, target = house.shell, house.world, house.shell.folder / "copy.acordo"
    shell.does("backup", str(target))
    world.hear("PARAR")
    world.hear("SAIR", sender=JOAO)  # a number that the copy has never seen
    written = house.data / "journal.jsonl"
    with house.working():
        until = time.monotonic() + 20
        while written.read_bytes().count(b"\n") < 2 if written.exists() else True:
            assert time.monotonic() < until, "the journal was not written"
            time.sleep(0.05)
    assert MARIA.wa_id.encode() not in written.read_bytes(), "whom it concerns lies sealed"

    there: World = request.getfixturevalue("elsewhere")
    said = shell.does("restore", str(target), "--journal", str(written))
    assert "2 opted_out" in said and "CANNOT" not in said
    for sender in (MARIA, JOAO):
        where = there.see(identified, "whatsapp", "phone", sender.phone)
        assert where is not None and where.opted_out_at is not None, sender.phone
    assert (shell.folder / "other/journal.jsonl").read_bytes() == written.read_bytes(), "it goes on from there"


def test_who_was_erased_after_the_copy_is_gone_from_the_files_that_it_kept(
    house: House, request: pytest.FixtureRequest
) -> None:
    shell, world, target = house.shell, house.world, house.shell.folder / "copy.acordo"
    kept = RunRow("0f" * 16, world.book, "debts", 0, "nightly.csv", "done", "", "[]", 1, 1, "{}", 1, 1, None,
                  world.clock.now(), world.clock.now(), "", "{}")  # fmt: skip
    world.do(lambda tx: add(tx, import_run, **structs.asdict(kept)))
    Files(house.data / "files").write(kept.id, f"debtor_id;name;sms;due;amount\nM;Maria;{MARIA.phone};;".encode())
    shell.does("backup", str(target))
    asked = world.do(ask_erasure, world.actor("caio"), world.case(house.case).debtor_id, "pedido LGPD 7")
    world.do(carry_out, world.actor("admin"), asked, VAULT, {kept.id: {}})
    written = house.data / "journal.jsonl"
    append_lines(written, world.see(said_since, VAULT, None, set()))

    request.getfixturevalue("elsewhere")
    assert "1 erased" in shell.does("restore", str(target), "--journal", str(written))
    left = Files(shell.folder / "other/files").read(kept.id)
    assert b"Maria" not in left and MARIA.phone.encode() not in left and b"debtor_id" in left


def test_a_copy_takes_the_place_of_what_is_here_only_when_told_to(house: House) -> None:
    shell, target = house.shell, house.shell.folder / "copy.acordo"
    shell.does("backup", str(target))
    assert "exists already" in shell.refuses("backup", str(target))
    house.world.hear("depois", sender=JOAO)
    assert "--replace" in shell.refuses("restore", str(target))
    if house.url:
        assert "somebody else uses the database" in shell.refuses("restore", str(target), "--replace")
        return  # this very test is the other
    asyncio.run(house.world.store.close())
    with serving(shell, **house.environment()):
        assert "another acordo server or worker" in shell.refuses("restore", str(target), "--replace")
    shell.does("restore", str(target), "--replace")
    again = open_store(f"sqlite:///{house.data}/acordo.db", house.world.clock, append)
    assert "depois" not in again.read_now(rows, item.select().with_only_columns(item.c.text), value)
    asyncio.run(again.close())
    assert list(house.data.glob("acordo.db.before-*")), "what was here stays beside it"


@pytest.fixture
def kept(bare: Shell, phone: socket.socket) -> Path:
    """A copy beside an installation that is then empty."""
    House(bare, "", phone.getsockname()[1])
    bare.does("backup", str(bare.folder / "copy.acordo"))
    bare.patch.setenv("ACORDO_DATA_DIR", str(bare.folder / "other"))
    return bare.folder / "copy.acordo"


def test_what_was_changed_cut_off_or_is_none_of_ours_is_refused_before_anything_is_touched(
    bare: Shell, kept: Path
) -> None:
    whole = kept.read_bytes()
    for spoiled, word in (
        (whole[:-5], "too early"),
        (whole[: len(whole) // 2], "too early"),
        (whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], "no key opens it"),
        (whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:], "was changed"),
        (b"something else", "no backup of ours"),
        (b"", "no backup of ours"),
    ):
        kept.write_bytes(spoiled)
        assert word in bare.refuses("restore", str(kept)), word
        assert not (bare.folder / "other/acordo.db").exists()
    assert "No such file" in bare.refuses("restore", str(kept.with_name("none")))


def test_another_key_opens_nothing_and_an_old_one_beside_the_new_does(bare: Shell, kept: Path) -> None:
    bare.patch.setenv("ACORDO_SECRET_KEY", "another")
    assert "ACORDO_SECRET_KEY" in bare.refuses("restore", str(kept))
    bare.patch.setenv("ACORDO_SECRET_KEY", f"another,{KEY}")
    assert "Restored" in bare.does("restore", str(kept))


def test_a_copy_of_the_other_database_or_of_a_newer_program_is_named(
    bare: Shell, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "is_newer", lambda revision: True)
    assert "upgrade it" in bare.refuses("restore", str(kept))
    bare.patch.setenv("ACORDO_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "the backup is of sqlite" in bare.refuses("restore", str(kept))


def test_a_missing_journal_is_said_and_one_that_is_none_is_refused(bare: Shell, kept: Path) -> None:
    none = bare.folder / "none.jsonl"
    assert "No such file" in bare.refuses("restore", str(kept), "--journal", str(none))
    none.write_text("something else\n")
    assert "no journal of ours" in bare.refuses("restore", str(kept), "--journal", str(none))
    assert not (bare.folder / "other/acordo.db").exists()
    assert "no journal of opt-outs and erasures" in bare.does("restore", str(kept))


def test_there_must_be_something_to_keep_and_a_folder_for_it(bare: Shell) -> None:
    assert "no database yet" in bare.refuses("backup", "copy.acordo")
    assert "no folder" in bare.refuses("backup", "nowhere/copy.acordo")
