"""The fixed world of tests that need no server: a portfolio, its inboxes, the cast, and a store on a real database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar

from channels.types import Inbound, Sender
from console.access.actor import Actor
from console.cases.queries import CaseRow, find, open_case
from console.cases.receive import Received, receive
from console.clock import FixedClock
from console.log.append import append
from console.log.read import begin
from console.people import accounts, teams
from console.people.models import user
from console.portfolios.models import inbox, portfolio, portfolio_team
from console.portfolios.queries import InboxRow, find_inbox
from console.store.base import dump
from console.store.migrate import migrate
from console.store.statement import add, change
from console.store.store import Store, open_store
from console.store.transaction import Fact, Reader, Tx
from console.store.vault import Vault
from console.wire.ids import new_id
from console.wire.moment import parse_rfc3339
from tests import databases

P = ParamSpec("P")
T = TypeVar("T")

THURSDAY = parse_rfc3339("2026-11-19T13:00:00Z")  # ten in the morning in São Paulo
VAULT = Vault("a key for tests")
MARIA = Sender(wa_id="5511987654321", phone="+5511987654321", name="Maria Souza")
JOAO = Sender(wa_id="5511912345678", phone="+5511912345678", name="João Antunes")
CAST = {
    "ana": ("Ana Prado", "agent"),
    "bruno": ("Bruno Reis", "agent"),
    "clara": ("Clara Nunes", "agent"),
    "sofia": ("Sofia Lima", "supervisor"),
    "caio": ("Caio Melo", "compliance"),
    "admin": ("Admin", "admin"),
}


@dataclass
class World:
    """A store with the cast in it. `tell` runs a verb; `heard` holds what its transaction emitted."""

    store: Store
    clock: FixedClock
    team: str = ""
    book: str = ""
    inboxes: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    heard: list[Fact] = field(default_factory=list)
    url: str = ""

    def do(self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb and remember its facts."""

        def run(tx: Tx) -> tuple[T, Tx]:
            return verb(tx, *args, **kwargs), tx

        result, tx = self.store.write_now(run)
        self.heard = list(tx.facts)
        return result

    def see(self, query: Callable[Concatenate[Reader, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.store.read_now(query, *args, **kwargs)

    def actor(self, name: str) -> Actor:
        role = CAST[name][1]
        teams_of = frozenset({self.team}) if role in ("agent", "supervisor") else frozenset()
        return Actor(id=self.ids[name], name=CAST[name][0], role=role, teams=teams_of)

    def inbox(self, channel: str = "whatsapp") -> InboxRow:
        row = self.see(find_inbox, self.inboxes[channel])
        assert row is not None
        return row

    def online(self, *names: str) -> None:
        """These are online and connected."""
        for name in names:
            self.do(_online, self.ids[name])

    def hear(
        self, text: str = "Oi, quero negociar", sender: Sender = MARIA, channel: str = "whatsapp", **more: Any
    ) -> Received:
        """A debtor writes."""
        message = Inbound(
            provider_id=more.pop("provider_id", f"wamid.{new_id()}"), sender=sender,
            at=more.pop("at", self.clock.now()),
            kind=more.pop("kind", "text"), text=text, **more,
        )  # fmt: skip
        return self.do(receive, self.inbox(channel), message, window_hours=24 if channel == "whatsapp" else 0)

    def case(self, case_id: str | None) -> CaseRow:
        row = self.see(find, case_id or "")
        assert row is not None
        return row

    def case_of(self, debtor_id: str) -> CaseRow:
        case_id = self.see(open_case, debtor_id, self.book)
        return self.case(case_id)

    def names(self) -> list[str]:
        """What the last verb emitted."""
        return [fact.name for fact in self.heard]


@cache
def empty_database() -> bytes:
    """A migrated, empty SQLite database: made once a run, since every test wants one."""
    with TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/empty.db")
        with closing(sqlite3.connect(f"{folder}/empty.db")) as connection:
            return connection.serialize()


def _migrated(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).write_bytes(empty_database())
    else:
        migrate(url)


def make_world(folder: Path, url: str = "") -> World:
    """A new database of the run's kind (or the empty one of `url`), migrated, with the cast, one team, one portfolio in
    Brazil and an inbox a channel.
    """
    own = not url
    if own:
        url = databases.new(folder, _migrated)
    else:
        migrate(url)
    clock = FixedClock(THURSDAY)
    world = World(open_store(url, clock, append), clock, url=url)
    if own:
        databases.opened(world.store, url)
    world.do(_people, world)
    world.do(_book, world)
    return world


def _online(tx: Tx, user_id: str) -> None:
    change(tx, user, {"id": user_id}, availability="online", connected=1, availability_at=tx.now, gone_at=None)


def _people(tx: Tx, world: World) -> None:
    begin(tx)
    world.team = teams.add_team(tx, "Cobrança")
    for name, (full_name, role) in CAST.items():
        new = accounts.NewUser(email=f"{name}@demo.acordo.example", name=full_name, role=role, password_hash=None)
        world.ids[name] = accounts.add_user(tx, new)
        if role in ("agent", "supervisor"):
            accounts.join_team(tx, world.ids[name], world.team)


def _book(tx: Tx, world: World) -> None:
    world.book = new_id()
    add(
        tx, portfolio, id=world.book, name="Loja Ipê", jurisdiction="BR-SP", timezone="America/Sao_Paulo",
        language="pt-BR",
        currency="BRL", creditor=dump({"name": "Loja Ipê", "tax_id": "11.222.333/0001-81", "help": "0800 000 0000"}),
        created_at=tx.now,
    )  # fmt: skip
    add(tx, portfolio_team, portfolio_id=world.book, team_id=world.team)
    kinds = (
        ("whatsapp", "meta", "+551140000000"),
        ("sms", "twilio", "+551140000001"),
        ("email", "smtp", "cobranca@ipe.example"),
    )
    for channel, provider, address in kinds:
        world.inboxes[channel] = new_id()
        secrets = VAULT.seal(dump({"app_secret": "s", "auth_token": "s"}), f"inbox:{world.inboxes[channel]}")
        add(
            tx, inbox, id=world.inboxes[channel], portfolio_id=world.book, channel=channel, provider=provider,
            address=address, secrets=secrets, created_at=tx.now,
        )  # fmt: skip
    _approve(tx, world)


def _approve(tx: Tx, world: World) -> None:
    from console.gate.models import approval
    from console.gate.profiles import profiles

    for each in profiles().values():
        add(tx, approval, id=new_id(), portfolio_id=world.book, profile=each.code, version=each.version, name="Counsel",
            document="Opinion 1", at=tx.now)  # fmt: skip
