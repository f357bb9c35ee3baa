"""Which mail a machine sent, so that no machine of ours answers it."""

from __future__ import annotations

import pytest

from tests.channels.email.samples import inbound, mail


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-generated (failure); x=y", "auto-submitted"),
        ("AUTO-SUBMITTED: Auto-Notified", "auto-submitted"),
        ("X-Autoreply: yes", "autoreply"),
        ("X-Autorespond: 1", "autoreply"),
        ("X-Autoresponse: sim", "autoreply"),
        ("X-Auto-Response-Suppress: All", "suppressed"),
        ("X-Auto-Response-Suppress: OOF, AutoReply", "suppressed"),
        ("X-Loop: cobranca@empresa.example", "loop"),
        ("Return-Path: <>", "null-sender"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("List-Id: <novidades.loja.example>", "list"),
        ("Content-Type: multipart/report; report-type=tlsrpt; boundary=b", "report"),
        ("Subject: Resposta automática: Proposta", "subject"),
        ("Subject: Automatic reply: Offer", "subject"),
        ("Subject: Respuesta automática: Oferta", "subject"),
    ],
)
def test_a_mail_that_says_so_is_automatic(headers: str, reason: str) -> None:
    item = inbound(mail(headers=headers))
    assert item.mail
    assert item.mail.automatic == reason


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("no-reply@example.com", "no-reply"),
        ("noreply@example.com", "no-reply"),
        ("Nao-Responda <nao-responda@example.com>", "no-reply"),
        ("naoresponder@example.com", "no-reply"),
        ("do_not_reply@example.com", "no-reply"),
        ("MAILER-DAEMON@example.com", "daemon"),
        ("postmaster@example.com", "daemon"),
    ],
)
def test_a_sender_that_is_no_person_is_automatic(sender: str, reason: str) -> None:
    item = inbound(mail(sender=sender))
    assert item.mail
    assert item.mail.automatic == reason


def test_the_null_sender_counts_in_the_envelope() -> None:
    item = inbound(mail(), envelope_from="<>")
    assert item.mail
    assert item.mail.automatic == "null-sender"


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "X-Autoreply: no",
        "Precedence: normal",
        "X-Loop: outra@example.com",
        "Return-Path: <maria@example.com>",
        "Subject: Re: Resposta automática: Proposta",
        "Subject: Resposta automática não serve",
    ],
)
@pytest.mark.parametrize("sender", ["maria@example.com", "noronha@example.com", "norberto.respondeu@example.com"])
def test_a_mail_of_a_person_is_not(headers: str, sender: str) -> None:
    item = inbound(mail(headers=headers, sender=sender))
    assert item.mail
    assert item.mail.automatic == ""
