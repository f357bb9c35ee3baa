"""Portfolios, inboxes, templates and the gate from the command line."""

from __future__ import annotations

import pytest

from console.access.actor import Actor
from console.cases.open import start
from console.commands.installation import installation
from console.debtors.enrol import GivenPoint, NewDebtor, enrol
from console.debtors.queries import get
from console.portfolios.queries import all_inboxes, all_portfolios, get_portfolio
from console.store.transaction import Tx
from console.store.vault import Vault
from console.wire.ids import new_id
from tests.commands.shell import Shell

SID = "AC" + "1" * 32


def inbox(shell: Shell, *more: str, address: str = "+551140000001") -> str:
    words = ("inbox", "add", "--portfolio", "loja ipê", "--channel", "sms", "--provider", "twilio", "--name", "SMS")
    secret = shell.file("token", "sixteen candles\n")
    config = ("--config", f"account_sid={SID}", "--secret-file", f"auth_token={secret}")
    return shell.does(*words, "--address", address, *config, *more)


def test_a_portfolio_is_added_listed_and_disabled_with_its_inboxes(book: Shell) -> None:
    inbox(book)
    listed = book.does("portfolio", "list")
    assert "Loja Ipê" in listed and "BR-SP" in listed and "Cobrança" in listed
    book.does("portfolio", "disable", "Loja Ipê")
    assert "disabled" in book.does("portfolio", "list") and "disabled" in book.does("inbox", "list")


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--jurisdiction", "Brasil", "jurisdiction:"),
        ("--timezone", "Mars/Olympus", "timezone:"),
        ("--jurisdiction", "ZZ", "jurisdiction: no law is known here of ZZ"),
        ("--jurisdiction", "PY-1", "of AR, BR, CL, CO, EC, ES, MX, PE, US, UY it is"),
        ("--currency", "real", "currency:"),
        ("--currency", "JPY", "ARS, BRL, CLP, COP, EUR, MXN, PEN, PYG, USD, UYU"),
        ("--name", "Loja Ipê", "There is a portfolio of that name"),
        ("--team", "Nobody", "acordo team list"),
    ],
)
def test_a_wrong_portfolio_is_one_line_that_names_what_is_wrong(
    book: Shell, option: str, value: str, says: str
) -> None:
    words = {"--name": "Outra", "--jurisdiction": "BR", "--timezone": "America/Sao_Paulo", "--currency": "BRL"}
    flat = [word for pair in (words | {option: value}).items() for word in pair]
    assert says in book.refuses("portfolio", "add", *flat)
    assert "Outra" not in book.does("portfolio", "list")


def test_an_inboxs_secrets_are_stored_as_ciphertext_and_never_shown(book: Shell) -> None:
    said = inbox(book)
    assert "/webhooks/twilio/" in said and "candles" not in said and "candles" not in book.does("inbox", "list")
    assert b"candles" not in (book.folder / "var" / "acordo.db").read_bytes()
    with installation() as services:
        row = services.store.read_now(all_inboxes)[0]
        assert "sixteen candles" in services.vault.open(row.secrets or b"", f"inbox:{row.id}")


def test_an_inbox_says_what_it_lacks(book: Shell) -> None:
    words = ("inbox", "add", "--portfolio", "Loja Ipê", "--channel", "sms", "--provider", "twilio")
    assert "account_sid, auth_token" in book.refuses(*words, "--address", "+551140000001")
    full = (*words, "--config", f"account_sid={SID}", "--secrets-file", "-")
    assert "JSON object" in book.refuses(*full, "--address", "+551140000001", stdin="auth_token=x")
    assert "with its country" in book.refuses(*full, "--address", "12", stdin='{"auth_token": "x"}')
    book.does(*full, "--address", "+551140000001", stdin='{"auth_token": "x"}')
    again = book.refuses(*full, "--address", "+55 11 4000-0001", stdin='{"auth_token": "x"}')
    assert "an inbox with that address" in again
    mail = ("inbox", "add", "--portfolio", "Loja Ipê", "--channel", "email", "--provider", "twilio")
    assert "twilio carries" in book.refuses(*mail, "--address", "a@b.example")


def test_hours_are_kept_by_day(book: Shell) -> None:
    inbox(book, "--hours", "MON-FRI=09:00-18:00", "--hours", "sat=09:00-13:00")
    with installation() as services:
        hours = services.store.read_now(all_inboxes)[0].hours
    assert '"FRI":["09:00","18:00"]' in hours and '"SAT":["09:00","13:00"]' in hours and "SUN" not in hours


def test_a_test_of_an_inbox_says_what_was_answered_and_stores_it(book: Shell) -> None:
    inbox(book, "--config", "origin=http://127.0.0.1:1")
    line = book.refuses("inbox", "test", "SMS")
    assert line.startswith("acordo: SMS does not work: only https")
    assert "failing: only https" in book.does("inbox", "list")
    assert "only https" in book.refuses("template", "sync")
    assert "acordo inbox list" in book.refuses("inbox", "test", "nothing")


def test_an_inbox_is_called_by_name_address_or_id_unless_two_share_it(book: Shell) -> None:
    inbox(book)
    inbox(book, address="+551140000002")
    assert "several are called 'SMS'" in book.refuses("inbox", "disable", "SMS")
    book.does("inbox", "disable", "+551140000002")
    assert book.does("inbox", "list").count("disabled") == 1
    book.does("inbox", "enable", "+551140000002")
    assert "disabled" not in book.does("inbox", "list")


def test_secrets_are_replaced_from_files_alone(book: Shell) -> None:
    inbox(book)
    assert "name the new secrets" in book.refuses("inbox", "secrets", "SMS")
    assert "the file is empty" in book.refuses(
        "inbox", "secrets", "SMS", "--secret-file", f"auth_token={book.file('e', '')}"
    )
    said = book.does("inbox", "secrets", "SMS", "--secret-file", f"auth_token={book.file('n', 'new one')}")
    assert "auth_token" in said and "new one" not in said


def test_templates_need_an_inbox_that_holds_them(book: Shell) -> None:
    assert "no inbox holds templates" in book.refuses("template", "sync")
    assert "There is no template" in book.does("template", "list", "--portfolio", "Loja Ipê")
    assert "acordo portfolio list" in book.refuses("template", "list", "--portfolio", "Nowhere")


def test_a_profile_is_approved_once_a_version_with_name_and_document(book: Shell) -> None:
    assert "no: nothing leaves" in book.does("gate", "profiles")
    words = ("gate", "approve", "--portfolio", "Loja Ipê", "--name", "Dra. Helena")
    assert "document" in book.refuses(*words)
    assert "Unknown profile" in book.refuses(*words, "--document", "Parecer 1", "--profile", "XX")
    book.does(*words, "--document", "Parecer 1")
    assert "by Dra. Helena (Parecer 1)" in book.does("gate", "profiles")
    assert "approved already" in book.refuses(*words, "--document", "Parecer 2")


def test_a_stop_names_a_scope_and_a_reason(book: Shell) -> None:
    assert "is no scope" in book.refuses("gate", "stop", "everything", "--reason", "leak")
    assert "names its reason" in book.refuses("gate", "stop", "all", "--reason", " ")
    assert "channel:sms" in book.does("gate", "stop", "channel:sms", "--reason", "leak")
    assert "lifted" in book.does("gate", "release", "channel:sms")


def test_the_gate_explains_itself_for_a_debtor(book: Shell) -> None:
    inbox(book)
    debtor_id = enrolled()
    ask = ("gate", "explain", "--debtor", debtor_id, "--channel", "sms")
    told = book.does(*ask, "--at", "2026-11-19T10:00:00-03:00")
    assert told.startswith("BLOCK  PROFILE_NOT_APPROVED") and "checks" in told
    book.does("gate", "approve", "--portfolio", "Loja Ipê", "--name", "Dra. Helena", "--document", "Parecer 1")
    assert "PROFILE_NOT_APPROVED" not in book.does(*ask)
    night = book.does(*ask, "--at", "2026-11-19T23:30:00-03:00")
    assert "DEFER" in night.splitlines()[0] and "allowed at" in night
    threat = ("--text-file", book.file("text", "Pague ou você vai para a cadeia"))
    assert book.does(*ask, "--at", "2026-11-19T10:00:00-03:00", *threat).startswith("BLOCK")
    assert "cannot be reached by email" in book.refuses("gate", "explain", "--debtor", debtor_id, "--channel", "email")
    assert "no such case" in book.refuses("gate", "explain", "--case", "nothing", "--channel", "sms")
    assert "no such case" in book.refuses("gate", "explain", "nothing"), "the case alone is enough"
    assert "has no case" in book.refuses("gate", "explain", "--debtor", "nobody", "--channel", "sms")


def enrolled() -> str:
    """João Antunes, who owes nothing yet, with an open case."""

    def make(tx: Tx, vault: Vault) -> str:
        book_id = all_portfolios(tx)[0].id
        point = GivenPoint("sms", "+5511912345678")
        new = NewDebtor(client_id=new_id(), portfolio=book_id, name="João Antunes", language="pt-BR",
                        jurisdiction="BR-SP", contact_points=[point])  # fmt: skip
        made, _ = enrol(tx, vault, Actor(id="admin", name="Admin", role="admin"), new)
        start(tx, get_portfolio(tx, book_id), get(tx, made))
        return made

    with installation() as services:
        return services.store.write_now(make, services.vault)


def test_a_webhook_is_added_listed_disabled_and_enabled(shell: Shell) -> None:
    secret = shell.does("webhook", "add", "https://example.com/hook", "--event", "payment.*").strip()
    assert secret.startswith("whsec_") and "\n" not in secret
    made = shell.does("webhook", "list").splitlines()[1].split()[0]
    assert secret not in shell.does("webhook", "list")
    assert "disabled" in shell.does("webhook", "disable", made) and "by hand" in shell.does("webhook", "list")
    assert "enabled" in shell.does("webhook", "enable", made)
    assert "url: only https" in shell.refuses("webhook", "add", "http://example.com", "--event", "*")
    assert "events: There is no event" in shell.refuses("webhook", "add", "https://example.com", "--event", "x")
    assert "no such thing" in shell.refuses("webhook", "disable", "nobody")
