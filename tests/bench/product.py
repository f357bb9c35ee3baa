"""The product as it is served, on a new database with a portfolio and an SMS inbox of Twilio: `python -m
tests.bench.product`. Prints one line of JSON when it listens; ends with its standard input.
"""

from __future__ import annotations

import argparse
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import uvicorn
from msgspec import Struct

from channels.types import Inbound, Sender
from console.app import create_app
from console.cases.claim import claim
from console.cases.models import case
from console.cases.receive import receive
from console.commands.installation import prepare, services_of, upgrade
from console.gate.approve import approve
from console.people import accounts, sessions
from console.people.actors import by_id
from console.people.queries import user_by_email
from console.portfolios.queries import find_inbox
from console.portfolios.set_up import NewInbox, NewPortfolio, add_inbox, add_portfolio, serve_portfolio
from console.services import Services
from console.settings import Settings
from console.store.statement import add, change
from console.store.transaction import Tx
from console.timeline.models import item
from console.web import logs
from console.web.serving import config
from console.wire.ids import new_id
from console.wire.moment import MINUTE
from tests.bench import forms, kept, large
from tests.bench.forms import ACCOUNT, TOKEN, phone
from tests.bench.large import Seen
from tests.server import cast

STEP = 250  # cases a transaction
PAST = 12  # messages before
SAID = "bom dia, quanto fica o boleto se eu pagar hoje?"


class Ready(Struct):
    """What a driver needs to know. `cookies` by role: one session a user."""

    url: str
    paths: list[str]  # of the inboxes' webhooks
    team: str
    supervisors: list[str]
    agents: list[str]
    sent: int = 0  # messages of ours whose statuses may come
    database: str = ""
    ids: Seen | None = None  # of three who look at a large installation
    cookies: Seen | None = None

    @property
    def path(self) -> str:
        """Of the first inbox."""
        return self.paths[0]


def main() -> None:
    asked = _arguments()
    with TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(
            data_dir=Path(folder), database_url=_database(asked, Path(folder)), secret_key="a key for the figures",
            public_url=url, redis_url=asked.redis,
        )  # fmt: skip
        logs.configure(settings)
        if asked.database and not asked.join:
            upgrade(settings)
        prepare(settings)
        services = services_of(settings)
        team, inboxes = ("", [""]) if asked.join else services.store.write_now(_set_up, services, asked.inboxes)
        paths = [f"/webhooks/twilio/{each}" for each in inboxes]
        ready = Ready(url, paths, team, [], [], database=settings.database_url)
        if asked.cases:
            ready.ids, ready.cookies = large.IDS, services.store.write_now(large.look)
        services.store.write_now(_people, ready, asked.supervisors, asked.agents)
        for first in range(0, asked.held + asked.queued, STEP):
            contacts = range(first, min(first + STEP, asked.held + asked.queued))
            services.store.write_now(_cases, inboxes[0], contacts, asked.held)
        ready.sent = services.store.write_now(_sent, inboxes[0], asked.sent)
        server = uvicorn.Server(config(create_app(services)))
        threading.Thread(target=_tell, args=(server, ready), daemon=True).start()
        threading.Thread(target=_end, args=(server,), daemon=True).start()
        server.run(sockets=[listener])


def _database(asked: argparse.Namespace, folder: Path) -> str:
    """The URL that was given, else that of a new SQLite, or of a copy of the large one."""
    if asked.database:
        return str(asked.database)
    return kept.sqlite(asked.cases, asked.messages, folder) if asked.cases else f"sqlite:///{folder}/acordo.db"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--supervisors", type=int, default=0)
    parser.add_argument("--agents", type=int, default=0)
    parser.add_argument("--inboxes", type=int, default=1)
    parser.add_argument("--database", default="", metavar="URL", help="another one than a new SQLite")
    parser.add_argument("--join", type=int, default=0, help="the database was set up by another process")
    parser.add_argument("--sent", type=int, default=0, help="messages of ours, on the cases in turn")
    parser.add_argument("--redis", default="", metavar="URL")
    parser.add_argument("--cases", type=int, default=0, help="of a large installation")
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--held", type=int, default=0, help="cases of the first agent, each with a past")
    parser.add_argument("--queued", type=int, default=0, help="cases that nobody has")
    return parser.parse_args()


def _set_up(tx: Tx, services: Services, inboxes: int) -> tuple[str, list[str]]:
    _, team = cast(tx)
    book = add_portfolio(
        tx,
        NewPortfolio(name="Loja Ipê", jurisdiction="BR-SP", timezone="America/Sao_Paulo", language="pt-BR",
                     currency="BRL", creditor={"tax_id": "11.222.333/0001-81", "help": "0800 000 0000"}),
    )  # fmt: skip
    serve_portfolio(tx, book, team)
    approve(tx, book, "BR-SP", "Counsel", "Opinion 1")
    several = [
        NewInbox(portfolio=book, channel="sms", provider="twilio", address=forms.number(each),
                 config={"account_sid": ACCOUNT, "origin": "http://127.0.0.1:9"}, secrets={"auth_token": TOKEN})
        for each in range(inboxes)
    ]  # fmt: skip
    return team, [add_inbox(tx, services.vault, each) for each in several]


def _people(tx: Tx, ready: Ready, supervisors: int, agents: int) -> None:
    for role, count, cookies in (("supervisor", supervisors, ready.supervisors), ("agent", agents, ready.agents)):
        for index in range(count):
            new = accounts.NewUser(email=f"{role}{index}@bench.example", name=f"{role} {index}", role=role)
            user_id = accounts.add_user(tx, new)
            accounts.join_team(tx, user_id, ready.team)
            cookies.append(f"acordo={sessions.start(tx, user_id).cookie}")


def _cases(tx: Tx, inbox_id: str, contacts: Sequence[int], held: int) -> None:
    """Cases of as many senders: the first `held` with the first agent and a past of some messages."""
    inbox = find_inbox(tx, inbox_id)
    first = user_by_email(tx, "agent0@bench.example")
    assert inbox is not None and first is not None
    for contact in contacts:
        has_past = contact < held
        for back in range(PAST if has_past else 1, 0, -1):
            sender = Sender(phone=phone(contact), name=f"Cliente {contact}")
            said = Inbound(provider_id=new_id(), sender=sender, at=tx.now - back * MINUTE, kind="text", text=SAID)
            found = receive(tx, inbox, said, window_hours=24)
        agent = by_id(tx, first.id)
        if has_past and agent is not None and found.case:
            claim(tx, agent, found.case)


def _sent(tx: Tx, inbox_id: str, count: int) -> int:
    """Messages of ours that a carrier took, over the open cases in turn; how many."""
    cases = [str(each) for (each,) in tx.run('SELECT id FROM "case" ORDER BY created_at, id', None).fetchall()]
    for number in range(count):
        case_id = cases[number % len(cases)]
        change(tx, case, {"id": case_id}, position=10 + number // len(cases))
        add(
            tx, item, id=new_id(), case_id=case_id, position=10 + number // len(cases), kind="message", at=tx.now,
            direction="out", channel="sms", inbox_id=inbox_id, text=SAID, status="queued",
            provider_id=forms.sid_of(number),
        )  # fmt: skip
    return count


def _tell(server: uvicorn.Server, ready: Ready) -> None:
    while not server.started:
        time.sleep(0.01)
    print(msgspec.json.encode(ready).decode(), flush=True)


def _end(server: uvicorn.Server) -> None:
    """Whoever started us is gone, or wants us gone."""
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
