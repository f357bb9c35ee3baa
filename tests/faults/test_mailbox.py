"""A mailbox that is lost in the middle, and one that numbers its mails anew: every mail is there once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.portfolios.models import inbox as inboxes
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Tx
from tests.faults.doors import rows
from tests.faults.nursery import Nursery
from tests.faults.rig import MAIL, Rig, rig, until
from tests.services import Dovecot

MAILS = 12


@pytest.fixture
def here(nursery: Nursery, tmp_path: Path, dovecot: Dovecot) -> Iterator[Rig]:
    """An installation that reads dovecot's mailbox; not started yet."""
    with rig(nursery, tmp_path, start=False) as made:
        made.services.store.write_now(_reads, made, dovecot)
        yield made


def test_a_mailbox_that_is_lost_in_the_middle_of_a_burst_loses_no_mail_and_doubles_none(
    here: Rig, dovecot: Dovecot
) -> None:
    here.product.start()
    until(lambda: _cursor(here))
    for number in range(MAILS):
        dovecot.deliver(letter(f"m{number}"))
    until(lambda: subjects(here))
    dovecot.stop()
    before = len(subjects(here))
    for number in range(MAILS, MAILS + 3):
        dovecot.deliver(letter(f"m{number}"))
    dovecot.start()
    until(lambda: len(subjects(here)) >= MAILS + 3)
    assert before < MAILS + 3
    assert sorted(subjects(here)) == sorted(f"m{number}" for number in range(MAILS + 3))


def test_a_mailbox_that_numbers_anew_brings_what_was_not_read_and_nothing_twice(here: Rig, dovecot: Dovecot) -> None:
    """The process died between storing a mail and marking it: under its new number it is a mail that nobody read."""
    here.product.start()
    until(lambda: _cursor(here))
    dovecot.deliver(letter("read"))
    until(lambda: subjects(here) == ["read"] and _cursor(here)[0][1] == 1)
    here.product.kill()
    here.product.start(fault="imap.stored")
    dovecot.deliver(letter("stored"))
    here.product.dies()
    assert subjects(here) == ["read", "stored"]
    known = _cursor(here)
    _number_anew(dovecot)
    dovecot.deliver(letter("meanwhile"))
    here.product.start()
    until(lambda: "meanwhile" in subjects(here) and _cursor(here)[0][0] != known[0][0])
    assert sorted(subjects(here)) == ["meanwhile", "read", "stored"]
    dovecot.deliver(letter("later"))
    until(lambda: "later" in subjects(here))
    assert sorted(subjects(here)) == ["later", "meanwhile", "read", "stored"]


def letter(subject: str) -> bytes:
    return (
        f"From: Lia <lia@sample.example>\r\nTo: {MAIL}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject}@sample.example>\r\n\r\nBom dia, quero pagar.\r\n"
    ).encode()


def subjects(here: Rig) -> list[str]:
    found = rows(here, "SELECT subject FROM item WHERE kind = 'message' AND direction = 'in' ORDER BY at, id")
    return [subject for (subject,) in found]


def _cursor(here: Rig) -> list[tuple[int, int]]:
    """(UIDVALIDITY, last UID) as it is kept; nothing before the mailbox was first read."""
    found = rows(here, "SELECT uidvalidity, uid FROM mailbox WHERE uidvalidity > 0")
    return [(int(validity), int(uid)) for validity, uid in found]


def _number_anew(dovecot: Dovecot) -> None:
    """As after a mailbox was restored: dovecot has forgotten its numbers, and gives others under another validity."""
    dovecot.stop()
    for path in (dovecot.folder / "mail").glob("dovecot*"):
        path.unlink()
    time.sleep(1.1)  # the validity is the second in which it is made
    dovecot.start()


def _reads(tx: Tx, here: Rig, dovecot: Dovecot) -> None:
    ((config,),) = tx.run("SELECT config FROM inbox WHERE id = ?", (here.inboxes["email"],)).fetchall()
    more = {"imap_host": dovecot.host, "imap_port": str(dovecot.port), "imap_security": "none",
            "imap_user": dovecot.user}  # fmt: skip
    secrets = {"smtp_password": "", "webhook_secret": "mail-secret", "imap_password": dovecot.password}
    sealed = here.services.vault.seal(dump(secrets), f"inbox:{here.inboxes['email']}")
    change(tx, inboxes, {"id": here.inboxes["email"]}, config=dump({**load(config), **more}), secrets=sealed)
