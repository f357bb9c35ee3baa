"""Mail about our mail: what it means, which message it is about, and that a forged one is about none of ours."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from channels.email import faults
from channels.email.tokens import make_token, message_id
from channels.types import Dead, Ignored, Inbound, Inbox, Item, Preference, Receipt
from tests.channels.email.samples import INBOX, NOW, REF, mail, parse

OURS = message_id(INBOX, REF)
VERP = f"cobranca+{make_token(INBOX, 'bounce', REF)}@respostas.example"


def report(
    *groups: str,
    original: str = OURS,
    to: str = INBOX.address,
    kind: str = "delivery-status",
    words: str = "Your message could not be delivered.",
) -> bytes:
    """A report as a mail server sends it: words, fields, the headers of the mail it is about."""
    fields = "\n\n".join(["Reporting-MTA: dns; mx.example", *groups])
    about = f"Message-ID: <{original}>\nTo: maria@example.com\n" if original else "Subject: x\n"
    subtype = {"delivery-status": "delivery-status", "feedback-report": "feedback-report"}[kind]
    text = (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\nReturn-Path: <>\nMessage-ID: <d@mx.example>\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="B"\n\n--B\n\n{words}\n'
        f"--B\nContent-Type: message/{subtype}\n\n{fields}\n--B\nContent-Type: text/rfc822-headers\n\n{about}\n--B--\n"
    )
    return text.replace("\n", "\r\n").encode()


def group(action: str, status: str, address: str = "maria@example.com", diagnostic: str = "") -> str:
    told = f"\nDiagnostic-Code: smtp; {diagnostic}" if diagnostic else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{told}"


def receipt(raw: bytes, inbox: Inbox = INBOX) -> Receipt:
    [item] = parse(raw, inbox)
    assert isinstance(item, Receipt), item
    return item


def test_a_bounce_fails_the_message_it_names() -> None:
    item = receipt(report(group("failed", "5.1.1", diagnostic="550 5.1.1 User unknown")))
    assert (item.provider_id, item.ref, item.status, item.recipient) == (OURS, REF, "failed", "maria@example.com")
    assert item.at == NOW
    assert item.fault
    assert (item.fault.code, item.fault.effect, item.fault.retryable) == ("5.1.1", "invalid_address", False)


@pytest.mark.parametrize(
    ("status", "diagnostic", "code", "effect", "retryable", "scope"),
    [
        ("5.1.1", "", "5.1.1", "invalid_address", False, "recipient"),
        ("5.1.10", "", "5.1.10", "invalid_address", False, "recipient"),
        ("4.1.1", "", "4.1.1", "", True, "recipient"),
        ("5.2.2", "", "5.2.2", "", True, "recipient"),
        ("4.2.2", "", "4.2.2", "", True, "recipient"),
        ("5.2.1", "", "5.2.1", "", False, "recipient"),
        ("5.7.1", "", "5.7.1", "", False, "number"),
        ("5.7.26", "", "5.7.26", "", False, "number"),
        ("4.7.28", "", "4.7.28", "", True, "number"),
        ("4.4.7", "", "4.4.7", "", True, "message"),
        ("5.3.4", "", "5.3.4", "", False, "message"),
        ("5.0.0", "550 Unknown user maria@example.com", "5.1.1", "invalid_address", False, "recipient"),
        ("5.0.0", "552 mailbox full", "5.2.2", "", True, "recipient"),
        ("5.0.0", "554 5.7.1 rejected as spam", "5.7.1", "", False, "number"),
        ("4.0.0", "user unknown", "4.1.1", "", True, "recipient"),
        ("5.0.0", "something else", "5.0.0", "", False, "message"),
        ("nonsense", "", "5.0.0", "", False, "message"),
        ("5.99.99", "", "5.99.99", "", False, "message"),
    ],
)
def test_a_status_means_what_policy_says(
    status: str, diagnostic: str, code: str, effect: str, retryable: bool, scope: str
) -> None:
    fault = receipt(report(group("failed", status, diagnostic=diagnostic))).fault
    assert fault
    assert (fault.code, fault.effect, fault.retryable, fault.scope) == (code, effect, retryable, scope)
    assert fault.title


def test_a_delay_is_no_failure() -> None:
    [item] = parse(report(group("delayed", "4.4.1")))
    assert item == Ignored(reason="delivery delayed", provider_id=OURS, number=INBOX.address)


def test_delivery_told_is_delivery() -> None:
    assert receipt(report(group("delivered", "2.0.0"))).status == "delivered"
    assert isinstance(parse(report(group("relayed", "2.0.0")))[0], Ignored)


def test_each_recipient_has_a_receipt() -> None:
    items = parse(report(group("failed", "5.1.1", "a@example.com"), group("delayed", "4.0.0", "b@example.com")))
    assert [type(item) for item in items] == [Receipt, Ignored]


def test_a_forgotten_blank_line_does_not_merge_recipients() -> None:
    items = parse(report(group("failed", "5.1.1", "a@example.com") + "\n" + group("failed", "5.2.2", "b@example.com")))
    assert [item.recipient for item in items if isinstance(item, Receipt)] == ["a@example.com", "b@example.com"]


# --- which message ---


def test_the_return_path_names_the_message_when_nothing_else_does() -> None:
    item = receipt(report(group("failed", "5.1.1"), original="", to=VERP))
    assert (item.ref, item.provider_id) == (REF, OURS)


def test_the_return_path_counts_in_the_envelope_too() -> None:
    [item] = parse(report(group("failed", "5.1.1"), original=""), envelope_to=(VERP,))
    assert isinstance(item, Receipt)
    assert item.ref == REF


def test_a_forged_report_names_no_message_of_ours() -> None:
    """The console looks the id up; what it must never get is a ref of ours out of a foreign id."""
    foreign = replace(INBOX, id="outra")
    for original in (
        "x@empresa.example",
        message_id(foreign, REF),
        f"{REF}.inbox1@evil.example",
        OURS + ".evil.example",
    ):
        item = receipt(report(group("failed", "5.1.1"), original=original))
        assert (item.ref, item.provider_id) == ("", original)
    guessed = "cobranca+b" + "a" * 39 + "@respostas.example"
    [kept] = parse(report(group("failed", "5.1.1"), original="", to=guessed))
    assert isinstance(kept, Dead)


def test_a_report_that_names_nothing_is_kept_aside() -> None:
    """An empty id must never reach a look-up, where it might fit a message that has none yet."""
    [item] = parse(report(group("failed", "5.1.1"), original=""))
    assert item == Dead(reason="bounce_without_message_id", provider_id="d@mx.example", number=INBOX.address)


def test_our_own_id_is_preferred_among_several() -> None:
    raw = report(group("failed", "5.1.1"), original="list@example.com").replace(
        b"Return-Path: <>", f"Return-Path: <>\r\nReferences: <{OURS}>".encode()
    )
    assert receipt(raw).provider_id == OURS


# --- in plain words ---

WORDS = {
    "exim": "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
    "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
    "  maria@example.com\n    host mx.example.com [192.0.2.20]: 550 5.1.1 <maria@example.com>: user unknown\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <{id}>\nTo: x",
    "gmail": "Delivery to the following recipient failed permanently:\n\n     maria@example.com\n\nTechnical "
    "details of permanent failure:\n550 5.1.1 User unknown\n\n----- Original message -----\n\nMessage-ID: <{id}>",
    "qmail": "Hi. This is the qmail-send program. I'm afraid I wasn't able to deliver your message: undeliverable.\n\n"
    "<maria@example.com>:\n192.0.2.3 does not like recipient.\n\n--- Below this line is a copy of the message.\n\n"
    "Return-Path: <x@y>\nMessage-ID:\n <{id}>\n",
    "portuguese": "A sua mensagem não foi entregue para o seguinte destinatário:\n\nmaria@example.com\n550 5.1.1 "
    "usuário inexistente\n\n----- Mensagem original / Original message -----\nMessage-ID: <{id}>",
}


@pytest.mark.parametrize("server", WORDS)
def test_a_bounce_in_words_is_a_bounce(server: str) -> None:
    text = WORDS[server].format(id=OURS)
    item = receipt(mail(text, "Subject: Mail delivery failed", "Mail Delivery System <Mailer-Daemon@mx.example>"))
    assert (item.ref, item.status, item.recipient) == (REF, "failed", "maria@example.com")
    assert item.fault
    assert item.fault.effect == "invalid_address"


@pytest.mark.parametrize(
    ("headers", "sender", "body"),
    [
        ("Subject: mail delivery failed", "Maria <maria@example.com>", "Vocês sabem o que é 550 5.1.1?"),
        ("Subject: Undeliverable", "Maria <maria@example.com>", f"Message-ID: <{OURS}>"),
        ("Auto-Submitted: auto-replied\nReturn-Path: <>", "Maria <maria@example.com>", "could not be delivered 5.1.1"),
        ("Subject: olá", "postmaster@example.com", "Quem responde por esta dívida?"),
    ],
)
def test_a_person_who_writes_about_bounces_is_heard(headers: str, sender: str, body: str) -> None:
    [item] = parse(mail(body, headers, sender))
    assert isinstance(item, Inbound)


# --- complaints and receipts ---


def complaint(kind: str = "abuse", original: str = OURS, to: str = "maria@example.com") -> Item:
    named = f"\nOriginal-Rcpt-To: {to}" if to else ""
    raw = report(original=original, kind="feedback-report").replace(
        b"Reporting-MTA: dns; mx.example", f"Feedback-Type: {kind}\nVersion: 1{named}".replace("\n", "\r\n").encode()
    )
    if not to:
        raw = raw.replace(b"To: maria@example.com", b"X: y")
    [item] = parse(raw)
    return item


def test_a_complaint_opts_the_person_out() -> None:
    item = complaint()
    assert isinstance(item, Receipt)
    assert (item.ref, item.status, item.recipient) == (REF, "delivered", "maria@example.com")
    assert item.fault
    assert item.fault.effect == "opt_out"


def test_a_complaint_about_an_unknown_mail_stops_marketing_at_least() -> None:
    item = complaint(original="")
    assert isinstance(item, Preference)
    assert (item.sender.email, item.category, item.value) == ("maria@example.com", "marketing", "stop")


def test_a_complaint_of_nobody_about_nothing_is_kept_aside() -> None:
    assert isinstance(complaint(original="", to=""), Dead)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_other_feedback_is_noted_and_no_more(kind: str) -> None:
    item = complaint(kind)
    assert isinstance(item, Ignored)
    assert kind in item.reason


# --- faults of a direct answer ---


@pytest.mark.parametrize(
    ("code", "text", "fault_code", "retryable", "scope", "effect"),
    [
        (550, "5.1.1 User unknown", "5.1.1", False, "recipient", "invalid_address"),
        (550, "no such user", "5.1.1", False, "recipient", "invalid_address"),
        (550, "5.7.1 blocked", "5.7.1", False, "number", ""),
        (552, "5.2.2 mailbox full", "5.2.2", True, "recipient", ""),
        (451, "4.7.1 Greylisted, try again", "4.7.1", True, "number", ""),
        (450, "come back", "smtp_450", True, "message", ""),
        (421, "busy", "smtp_421", True, "message", ""),
        (554, "no", "smtp_554", False, "message", ""),
        (535, "5.7.8 bad password", "smtp_535", False, "account", ""),
        (550, "4.2.2 confused", "smtp_550", False, "message", ""),
    ],
)
def test_an_smtp_answer_is_a_fault_by_its_codes(
    code: int, text: str, fault_code: str, retryable: bool, scope: str, effect: str
) -> None:
    fault = faults.by_reply(code, text)
    assert (fault.code, fault.retryable, fault.scope, fault.effect) == (fault_code, retryable, scope, effect)


@pytest.mark.parametrize("code", [421, 450, 451, 452, 500, 501, 521, 535, 550, 551, 552, 553, 554, 571])
@pytest.mark.parametrize("words", ["", "no", "5.3.0 x", "4.9.9 y", "5.5.0 z", "5.99.99 odd", "user unknown", "blocked"])
def test_every_refusal_of_a_mail_server_says_what_an_agent_may_do(code: int, words: str) -> None:
    fault = faults.by_reply(code, words)
    assert fault.title and fault.hint, fault
