"""`acordo restore FILE`: a backup put in place, checked before anything is touched; nothing leaves until it is let go.

Sessions and API tokens end, every client reloads, and what waited to be sent is held (`acordo outbox`). What debtors
said and what was erased after the copy is carried out once more, from the side journal.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import msgspec

from console.audit.record import record
from console.cases.restored import hold
from console.commands.archive import Unpacked, unpacked
from console.commands.installation import Trouble, opened, schema, upgrade
from console.commands.lock import alone
from console.evidence import journal
from console.evidence.replay import Replayed, replay
from console.imports.persons import forget_lines, kept_files, strike
from console.jobs.models import job
from console.log.read import reincarnate
from console.people.sessions import end_everybodys
from console.people.tokens import revoke_all
from console.portfolios.set_up import free_mailboxes
from console.settings import Settings, load
from console.store import copies, migrate
from console.store.sealed import Unreadable
from console.store.statement import remove
from console.store.transaction import Tx
from console.store.vault import Vault
from console.wire.moment import rfc3339
from console.workers.readmarks import READ, TYPING

SIGNS = (READ, TYPING)
NO_JOURNAL = (
    "There is no journal of opt-outs and erasures ({}): repeat those made since, or restore again with --journal FILE, "
    "before anything is released."
)


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="what acordo backup made")
    parser.add_argument("--replace", action="store_true", help="put it in the place of what is here now")
    parser.add_argument(
        "--journal", metavar="FILE", type=Path,
        help="opt-outs and erasures made since the copy (default: journal.jsonl in ACORDO_DATA_DIR)",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    settings = load()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    own = settings.data_dir / journal.NAME
    lines = _journal(asked.journal or own, wanted=asked.journal is not None)
    try:
        with alone(settings), unpacked(asked.file, Vault(settings.secret_key).keys("backup"), settings.data_dir) as got:
            _must_fit(settings, got, replace=asked.replace)
            _put_in_place(settings, got)
            with opened(settings) as services:
                held = services.store.write_now(settle)
                since = [each for each in lines or () if each.at >= got.manifest.at - journal.SLACK]
                told = services.store.write_now(replay, services.vault, since)
                for attachment_id in told.files:
                    services.files.remove(attachment_id)
                for traces in told.people:
                    struck = strike(services.files, services.vault, services.store.read_now(kept_files), traces)
                    services.store.write_now(forget_lines, struck)
            if asked.journal is not None and not own.exists():
                shutil.copyfile(asked.journal, own)
    except (Unreadable, copies.Damaged) as error:
        raise Trouble(f"{asked.file}: {error}") from None
    print(f"Restored as of {rfc3339(got.manifest.at)}. Everybody signs in anew; API tokens have ended.")
    print(_words(told) if lines is not None else NO_JOURNAL.format(own))
    if held:
        print(f"{held} messages wait: acordo outbox list shows them, acordo outbox release --all lets them go.")
    return 0


def settle(tx: Tx) -> int:
    """What a restored database must know of itself; how many messages are held."""
    reincarnate(tx)
    end_everybodys(tx)
    revoke_all(tx)
    free_mailboxes(tx)
    for kind in SIGNS:
        remove(tx, job, kind=kind)  # a debtor would see that we read, or write, what is long past
    held = hold(tx)
    record(tx, None, "installation.restored", detail={"held": held})
    return held


def _journal(path: Path, *, wanted: bool) -> list[journal.Line] | None:
    """Its lines; None when there is none. Raises Trouble for one that was named and is missing, or is no journal."""
    if not path.exists() and not wanted:
        return None
    try:
        return list(journal.read(path))
    except msgspec.MsgspecError:
        raise Trouble(f"{path} is no journal of ours: name the journal.jsonl that lay beside the database") from None


def _words(told: Replayed) -> str:
    said = ", ".join(f"{count} {act}" for act, count in sorted(told.done.items())) or "nothing new"
    parts = [f"From the journal, made since the copy: {said}."]
    if told.strangers:
        parts.append(f"{told.strangers} of people whom the copy does not know were passed over.")
    if told.sealed:
        parts.append(
            f"{told.sealed} CANNOT BE READ: put the key of their time into ACORDO_SECRET_KEY and restore again."
        )
    return "\n".join(parts)


def _must_fit(settings: Settings, got: Unpacked, *, replace: bool) -> None:
    kind = "sqlite" if settings.sqlite_path is not None else "postgresql"
    if got.manifest.database != kind:
        raise Trouble(f"the backup is of {got.manifest.database}, ACORDO_DATABASE_URL names {kind}")
    if migrate.is_newer(got.manifest.schema):
        raise Trouble(f"the backup has the schema {got.manifest.schema}, which this program does not know: upgrade it")
    if schema(settings) is not None and not replace:
        raise Trouble("there is a database already: acordo restore FILE --replace puts the backup in its place")


def _put_in_place(settings: Settings, got: Unpacked) -> None:
    path = settings.sqlite_path
    if path is None:
        copies.empty(settings.database_url)
        migrate.migrate(settings.database_url, got.manifest.schema)
    else:
        _set_aside(path, got.manifest.at)
    copies.copy_in(settings.database_url, got.database)
    folder = settings.data_dir / "files"
    for file in got.files.rglob("*"):
        if file.is_file():
            target = folder / file.relative_to(got.files)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
    upgrade(settings)


def _set_aside(path: Path, at: int) -> None:
    """The database that was here stays beside the new one, until somebody deletes it."""
    for ending in ("", "-wal", "-shm"):
        old = path.with_name(path.name + ending)
        if old.exists():
            old.replace(path.with_name(f"{path.name}.before-{at}{ending}"))
