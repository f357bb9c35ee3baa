"""Our mail: headers nobody can break out of, ids that find their way back, the same bytes each time."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from msgspec.structs import replace

from channels.email import Email, mime
from channels.email.addresses import addresses
from channels.email.build import MAX_FILES_BYTES
from channels.email.tokens import (
    base_address,
    make_token,
    message_id,
    read_token,
    ref_in,
    with_token,
)
from channels.errors import CannotBuild
from channels.types import File, Inbound, Mail, Outbound, Secrets, TemplateUse, To
from tests.channels.email.samples import CASE, INBOX, REF, inbound

MARIA = To(email="maria@example.com", name="Maria Conceição")
REPLY = Outbound(ref=REF, to=MARIA, text="Olá, Maria.\n\nSegue a proposta.", subject="Re: Dívida")


def built(message: Outbound = REPLY, **config: str) -> Mail:
    return Email().build(replace(INBOX, config={**INBOX.config, **config}), message)


def read(mail: Mail) -> EmailMessage:
    found = email.message_from_bytes(mail.message, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_reply_says_who_writes_to_whom_about_what() -> None:
    mail = built()
    message = read(mail)
    assert str(message["From"]) == "Empresa Cobrança <cobranca@empresa.example>"
    assert str(message["To"]) == "Maria Conceição <maria@example.com>"
    assert message["Subject"] == "Re: Dívida"
    assert message["Date"].datetime.isoformat() == "2025-11-18T05:52:36+00:00"
    assert message.get_content().replace("\r\n", "\n").rstrip() == REPLY.text
    assert (mail.ref, mail.envelope_from, mail.envelope_to) == (REF, "cobranca@empresa.example", ("maria@example.com",))
    assert mail.message_id == f"{REF}.inbox1@empresa.example"
    assert message["Message-ID"] == f"<{mail.message_id}>"


def test_the_message_id_carries_our_reference_back() -> None:
    mail = built()
    assert ref_in(INBOX, mail.message_id) == REF
    assert ref_in(replace(INBOX, id="outra"), mail.message_id) == ""
    assert ref_in(INBOX, "abc@empresa.example") == ""
    assert ref_in(INBOX, message_id(replace(INBOX, address="x@outra.example"), REF)) == ""


def test_every_line_is_ascii_and_short_enough_for_any_server() -> None:
    mail = built(replace(REPLY, text="ção " * 2000, html="<p>" + "ação " * 2000, subject="Negociação " * 30))
    assert mail.message.isascii()
    assert all(len(line) <= 998 for line in mail.message.split(b"\r\n"))
    assert b"\n" not in mail.message.replace(b"\r\n", b"")


def test_an_answer_names_what_it_answers() -> None:
    message = read(built(replace(REPLY, in_reply_to="b@x", references=("a@x", "b@x"))))
    assert message["In-Reply-To"] == "<b@x>"
    assert str(message["References"]).split() == ["<a@x>", "<b@x>"]


def test_a_long_thread_keeps_its_beginning_and_its_end() -> None:
    message = read(built(replace(REPLY, in_reply_to="z@x", references=tuple(f"{n}@x" for n in range(100)))))
    kept = str(message["References"]).split()
    assert (len(kept), kept[0], kept[-2:]) == (20, "<0@x>", ["<99@x>", "<z@x>"])


# --- tokens ---


def test_the_reply_comes_back_to_its_case() -> None:
    token = make_token(INBOX, "reply", CASE)
    message = read(built(replace(REPLY, reply_token=token)))
    [address] = [item.addr_spec for item in message["Reply-To"].addresses]
    assert address == f"cobranca+{token}@empresa.example"
    raw = f"From: maria@example.com\r\nTo: {address}\r\n\r\noi".encode()
    item = inbound(raw)
    assert isinstance(item, Inbound) and item.mail
    assert (item.mail.reply_token, item.mail.case) == (token, CASE)


def test_tokens_and_bounces_use_the_reply_domain_when_there_is_one() -> None:
    token = make_token(INBOX, "reply", CASE)
    mail = built(replace(REPLY, reply_token=token), reply_domain="respostas.example")
    assert read(mail)["Reply-To"].addresses[0].addr_spec == f"cobranca+{token}@respostas.example"
    local, _, domain = mail.envelope_from.partition("@")
    assert domain == "respostas.example"
    assert read_token(INBOX, "bounce", local.partition("+")[2]) == REF


@pytest.mark.parametrize("id", ["", "abc", CASE.upper(), CASE + "0"])
def test_only_ids_of_our_form_have_a_token(id: str) -> None:
    assert make_token(INBOX, "reply", id) == ""


def test_without_a_key_there_are_no_tokens_at_all() -> None:
    keyless = replace(INBOX, secrets=Secrets())
    assert make_token(keyless, "reply", CASE) == ""
    assert read_token(keyless, "reply", make_token(INBOX, "reply", CASE)) == ""
    mail = Email().build(replace(keyless, config={"reply_domain": "respostas.example"}), REPLY)
    assert mail.envelope_from == INBOX.address


def test_no_single_changed_letter_makes_another_token() -> None:
    token = make_token(INBOX, "reply", CASE)
    for at in range(len(token)):
        for letter in "abz27":
            changed = token[:at] + letter + token[at + 1 :]
            assert read_token(INBOX, "reply", changed) in ("", CASE)
            if at < 26:
                assert changed == token or read_token(INBOX, "reply", changed) == ""


def test_a_local_part_never_grows_beyond_what_servers_take() -> None:
    token = make_token(INBOX, "reply", CASE)
    assert len(with_token("a" * 23 + "@x.example", token).partition("@")[0]) == 64
    assert with_token("a" * 24 + "@x.example", token) == ""
    long = replace(INBOX, address="cobranca.e.negociacao.de.dividas@empresa.example")
    assert read(Email().build(long, replace(REPLY, reply_token=token)))["Reply-To"] is None


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("Cobranca+Xyz@Empresa.example", "cobranca@empresa.example"),
        ("a+b+c@x", "a+b@x"),
        ("+a@x", "+a@x"),
        ("a@x", "a@x"),
    ],
)
def test_an_inbox_is_found_by_its_address_without_the_token(address: str, base: str) -> None:
    assert base_address(address) == base


# --- what the machine sends ---


def test_automatic_mail_says_so() -> None:
    message = read(built(replace(REPLY, automatic=True)))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert read(built(replace(REPLY, automatic=True, in_reply_to="a@x")))["Auto-Submitted"] == "auto-replied"
    assert read(built())["Auto-Submitted"] is None


def test_a_campaign_can_be_left_with_one_click() -> None:
    message = read(built(replace(REPLY, unsubscribe_url="https://acordo.example/u/abc")))
    assert message["List-Unsubscribe"] == (
        "<https://acordo.example/u/abc>, <mailto:cobranca@empresa.example?subject=unsubscribe>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


# --- content ---


def test_html_stands_beside_its_text() -> None:
    message = read(built(replace(REPLY, text="", html="<p>Olá, <b>Maria</b></p>")))
    assert message.get_content_type() == "multipart/alternative"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain and rich
    assert plain.get_content().strip() == "Olá, Maria"
    assert rich.get_content().strip() == "<p>Olá, <b>Maria</b></p>"


def test_files_travel_whole_under_their_names() -> None:
    pdf = File(id="f1", name="boleto nº 1 – março.pdf", type="application/pdf", size=3, content=b"%PDF\n\xff")
    odd = File(id="f2", name="carta.eml", type="message/rfc822", size=2, content=b"a\nb")
    bad = File(id="f3", name="x", type="nonsense\r\nX: y", size=1, content=b"x")
    found = list(read(built(replace(REPLY, files=(pdf, odd, bad)))).iter_attachments())
    assert [(part.get_filename(), part.get_content_type()) for part in found] == [
        ("boleto nº 1 – março.pdf", "application/pdf"),
        ("carta.eml", "application/octet-stream"),
        ("x", "application/octet-stream"),
    ]
    assert [part.get_content() for part in found] == [b"%PDF\n\xff", b"a\nb", b"x"]


def test_a_template_is_sent_as_it_was_rendered() -> None:
    use = TemplateUse(name="lembrete", language="pt-BR", body="Olá, Maria: vence amanhã.")
    assert read(built(replace(REPLY, text="", template=use))).get_content().strip() == use.body


def test_the_same_message_is_the_same_bytes() -> None:
    pdf = File(id="f1", name="a.pdf", type="application/pdf", size=3, content=b"%PDF")
    message = replace(REPLY, files=(pdf,), html="<p>oi</p>", reply_token=make_token(INBOX, "reply", CASE))
    assert built(message) == built(message)


def test_what_was_built_reads_as_what_was_meant() -> None:
    """Our own parser on our own mail, as the debtor's side of the sandbox sees it."""
    item = inbound(built().message)
    assert (item.text, item.subject, item.sender.name) == (REPLY.text, REPLY.subject, "Empresa Cobrança")
    assert item.mail
    assert item.mail.automatic == "loop"


# --- refusals ---

BAD: dict[str, dict[str, Any]] = {
    "a line break in the subject": {"subject": "oi\r\nBcc: vitima@example.com"},
    "a bare line feed in the subject": {"subject": "oi\nBcc: vitima@example.com"},
    "a unicode line break in the subject": {"subject": "oi\u2028Bcc: vitima@example.com"},
    "half a character in the subject": {"subject": "oi\ud800"},
    "a line break in the name": {"to": To(email="maria@example.com", name="Maria\r\nBcc: x@example.com")},
    "a line break in the address": {"to": To(email="maria@example.com\r\nBcc: x@example.com")},
    "two addresses": {"to": To(email="maria@example.com, x@example.com")},
    "no address": {"to": To(phone="+5511999990000")},
    "an address beyond ASCII": {"to": To(email="joão@example.com")},
    "a line break in the id answered": {"in_reply_to": "a@x>\r\nBcc: <x@example.com"},
    "a line break in a reference": {"references": ("a@x\r\nBcc: x@example.com",)},
    "a line break in the token": {"reply_token": "a\r\nBcc"},
    "a line break in the link": {"unsubscribe_url": "https://x.example/\r\nBcc: x@example.com"},
    "a link out of its brackets": {"unsubscribe_url": "https://x.example/>, <https://y.example"},
    "a script for a link": {"unsubscribe_url": "javascript:alert(1)"},
    "a line break in the reference of ours": {"ref": "abc\r\nX: y"},
    "a line break in a file's name": {"files": (File(id="f", name="a\r\nX: y", type="a/b", size=1, content=b"x"),)},
    "a file that is not at hand": {"files": (File(id="f", name="a", type="a/b", size=1),)},
    "nothing to say": {"text": " \n"},
    "too much to say": {"text": "x" * 16_385},
    "files too large": {
        "files": (File(id="f", name="a", type="a/b", size=1, content=b"x" * (MAX_FILES_BYTES + 1)),),
    },
    "too many files": {"files": (File(id="f", name="a", type="a/b", size=1, content=b"x"),) * 11},
}


@pytest.mark.parametrize("why", BAD)
def test_what_would_break_a_mail_is_refused(why: str) -> None:
    with pytest.raises(CannotBuild):
        built(replace(REPLY, **BAD[why]))


def test_a_name_of_the_inbox_cannot_break_out_either() -> None:
    with pytest.raises(CannotBuild):
        built(from_name="Empresa\r\nBcc: x@example.com")


@pytest.mark.parametrize("name", ["Maria <x@example.com>", "Silva, Maria", "(Maria)", "a@b", "é" * 200])
def test_a_strange_name_stays_a_name(name: str) -> None:
    mail = built(replace(REPLY, to=To(email="maria@example.com", name=name)))
    assert [item.addr_spec for item in read(mail)["To"].addresses] == ["maria@example.com"]
    assert addresses(mime.parse(mail.message).headers.raw("to")) == [(name, "maria@example.com")]
