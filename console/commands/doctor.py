"""`acordo doctor`: what is well, and what to mend. It changes nothing."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

from channels.service import test_inbox
from console.clock import SystemClock
from console.commands.channels import ailments
from console.commands.inbox import webhook_url
from console.commands.installation import TROUBLES, Trouble, line_of, opened, schema
from console.commands.listening import is_loopback
from console.commands.lock import is_taken
from console.commands.outside import Finding, disk, ways_in
from console.commands.surroundings import LAST_BUILT, ask_redis, database_time
from console.debtors.joined import joined
from console.gate.approve import standings
from console.people.queries import users
from console.portfolios.queries import adapter_inbox, all_inboxes
from console.services import Services
from console.settings import Settings, load
from console.store import migrate
from console.store.vault import VaultError

SKEW = 2_000  # ms the database's clock may differ from ours


def register(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    ill = 0
    for each in examine():
        print(
            f"{'ok  ' if each.is_well else 'MEND'}  {each.what:<10} {each.says}{f'. {each.mend}' if each.mend else ''}"
        )
        ill += not each.is_well
    if ill:
        raise Trouble(f"{ill} thing{'s' if ill > 1 else ''} to mend")
    return 0


def examine() -> Iterator[Finding]:
    """Everything in turn; what stands on something broken is left out."""
    try:
        settings = load()
    except TROUBLES as error:
        yield Finding("settings", "are wrong", line_of(error))
        return
    yield _settings(settings)
    yield disk(settings)
    database = _database(settings)
    yield database
    if settings.redis_url:
        yield _redis(settings)
    if not database.is_well:
        return
    with opened(settings) as services:
        for look in (_key, _clock, _people, _joined, _profiles, _inboxes):
            yield from look(services)
        yield from ways_in(settings, services.store.read_now(all_inboxes))


def _joined(services: Services) -> Iterator[Finding]:
    """Nothing is said where nobody is."""
    count = len(services.store.read_now(joined, services.vault))
    if count:
        says = f"{count} may be several people, made one by a document that stands for none"
        yield Finding("debtors", says, "acordo debtor joined lists them, acordo debtor part parts them")


def _settings(settings: Settings) -> Finding:
    known_as = urlsplit(settings.public_url)
    if known_as.scheme == "http" and not is_loopback(known_as.hostname or ""):
        return Finding("settings", f"the public URL is {settings.public_url}", "It must be https beyond this machine")
    where = "on this machine only" if known_as.scheme == "http" else "to the world"
    return Finding("settings", f"served {where} as {settings.public_url}, data in {settings.data_dir}")


def _database(settings: Settings) -> Finding:
    try:
        has, needs = schema(settings), migrate.newest()
    except TROUBLES as error:
        return Finding("database", "does not answer", line_of(error))
    if has is not None and migrate.is_newer(has):
        return Finding("database", f"has the schema {has}, newer than this program", "Install a later acordo")
    if has != needs:
        return Finding("database", f"has the schema {has or 'of an empty one'}, needs {needs}", "Run acordo migrate")
    if settings.sqlite_path is None:
        return Finding("database", f"PostgreSQL, schema {has}")
    busy = "a server or worker is running" if is_taken(settings) else "nothing is running on it"
    return Finding("database", f"SQLite, schema {has}, {busy}")


def _redis(settings: Settings) -> Finding:
    said = asyncio.run(ask_redis(settings.redis_url))
    if said.trouble:
        how = "refuses us" if said.refused else "does not count for us" if said.now else "does not answer"
        return Finding("redis", how, said.trouble)
    skew = abs(SystemClock().real() - said.now)
    if skew > SKEW:
        return Finding("redis", f"answers, and its clock differs from ours by {skew} ms", "Run NTP on both machines")
    return Finding("redis", "answers")


def _key(services: Services) -> Iterator[Finding]:
    """The key at hand opens what is stored."""
    sealed = [(each.id, each.secrets) for each in services.store.read_now(all_inboxes) if each.secrets]
    for inbox_id, secret in sealed:
        try:
            services.vault.open(secret, f"inbox:{inbox_id}")
        except VaultError:
            yield Finding("secret key", "does not open what is stored", "Put the old key back into ACORDO_SECRET_KEY")
            return
    yield Finding("secret key", f"opens {len(sealed)} stored secret{'s' if len(sealed) != 1 else ''}")


def _clock(services: Services) -> Iterator[Finding]:
    theirs, ours = services.store.read_now(database_time), SystemClock().real()
    if ours < LAST_BUILT:
        yield Finding("clock", "stands in the past", "Set this machine's clock, by NTP")
    elif abs(ours - theirs) > SKEW:
        yield Finding("clock", f"differs from the database's by {abs(ours - theirs)} ms", "Run NTP on both machines")
    else:
        yield Finding("clock", "agrees with the database's")


def _people(services: Services) -> Iterator[Finding]:
    active = [each for each in services.store.read_now(users) if each.disabled_at is None]
    if not any(each.password_hash for each in active):
        yield Finding("people", "nobody can sign in", "acordo user add --help")
    else:
        yield Finding("people", f"{len(active)} active accounts")


def _profiles(services: Services) -> Iterator[Finding]:
    for each in services.store.read_now(standings):
        if each.approved:
            yield Finding("approvals", f"{each.portfolio.name}: {each.profile} by {each.by}")
        elif each.portfolio.disabled_at is None:
            mend = "Nothing leaves until acordo gate approve"
            yield Finding("approvals", f"{each.portfolio.name}: {each.profile} is not approved", mend)


def _inboxes(services: Services) -> Iterator[Finding]:
    """Each provider is asked at this moment; what it says is not stored (`acordo inbox test` does that)."""
    url = services.settings.public_url
    for row in services.store.read_now(all_inboxes):
        if row.state != "active":
            continue
        try:
            tested = asyncio.run(test_inbox(services.connector, adapter_inbox(row, services.vault, url)))
        except VaultError:
            yield Finding("inbox", f"{row.name}: its secrets cannot be read", "Put the old key back, or give them anew")
            continue
        if tested.ok:
            yield Finding("inbox", f"{row.name} works: {tested.says} Its webhook is {webhook_url(url, row)}")
        else:
            yield Finding("inbox", f"{row.name} does not work: {tested.says}", f'Then acordo inbox test "{row.name}"')
        yield from services.store.read_now(ailments, row)
