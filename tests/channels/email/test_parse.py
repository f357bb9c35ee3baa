"""Raw mail of any kind becomes a message or is kept aside with its reason; it never raises and never loses text."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from channels.email import mime
from channels.email.charset import decode, known
from channels.email.headers import decode_words, parse_value, safe_name
from channels.email.parse import MAX_LINES, MAX_TEXT, _head
from channels.email.tokens import make_token
from channels.types import Dead, Inbound, Secrets
from tests.channels.email.samples import CASE, INBOX, NOW, folder, inbound, mail, parse, recorded

HOUR_MS = 3_600_000


def test_a_plain_mail_is_a_message_of_its_writer() -> None:
    item = inbound(mail("Bom dia,\n\nquero pagar.\n", "Subject: =?utf-8?q?D=C3=ADvida?=\nCc: x@example.com"))
    assert (item.kind, item.provider_id, item.number) == ("email", "m@example.com", "cobranca@empresa.example")
    assert (item.sender.email, item.sender.name) == ("maria@example.com", "Maria")
    assert (item.subject, item.text, item.html) == ("Dívida", "Bom dia,\n\nquero pagar.", "")
    assert item.mail
    assert (item.mail.to, item.mail.cc) == (("cobranca@empresa.example",), ("x@example.com",))


# --- who, when, which ---


@pytest.mark.parametrize(
    ("sender", "email", "name"),
    [
        ('"Silva, Maria" <maria@example.com>', "maria@example.com", "Silva, Maria"),
        ("maria@example.com (Maria)", "maria@example.com", "Maria"),
        ("=?utf-8?b?Sm/Do28=?= <joao@EXAMPLE.com>", "joao@example.com", "João"),
        ("<maria@example.com>, outro@example.com", "maria@example.com", ""),
        ("Grupo: maria@example.com, b@example.com;", "maria@example.com", ""),
        ("maria@example.com <maria@example.com>", "maria@example.com", ""),
        ('"=?utf-8?q?Maria=0D=0ABcc:_x@y.z?=" <maria@example.com>', "maria@example.com", "Maria Bcc: x@y.z"),
    ],
)
def test_the_writer_is_read_from_whatever_form_of_from(sender: str, email: str, name: str) -> None:
    item = inbound(mail(sender=sender))
    assert (item.sender.email, item.sender.name) == (email, name)


def test_without_from_the_envelope_says_who_wrote() -> None:
    raw = b"Subject: oi\r\n\r\noi"
    assert inbound(raw, envelope_from="maria@example.com").sender.email == "maria@example.com"
    [item] = parse(raw, envelope_from="<>")
    assert item == Dead(reason="no_sender", number=INBOX.address)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Wed, 18 Nov 2026 10:06:40 +0000", NOW - HOUR_MS),
        ("Wed, 18 Nov 2026 07:06:40 -0300 (BRT)", NOW - HOUR_MS),
        ("Wed, 18 Nov 2036 09:26:40 +0000", NOW),
        ("Thu, 01 Jan 1970 00:00:00 +0000", NOW),
        ("ontem", NOW),
        ("Wed, 99 Nov 99999999999 99:99:99 +9999", NOW),
        ("", NOW),
    ],
)
def test_the_stated_date_counts_only_when_it_can_be_true(date: str, at: int) -> None:
    """A date of 1970 would put a mail before everybody else in the queue."""
    assert inbound(mail(headers=f"Date: {date}")).at == at


def test_a_mail_without_message_id_is_named_by_what_it_says() -> None:
    raw = recorded("self_no_message_id.eml")
    first, again = inbound(raw), inbound(b"Received: by another.example; today\r\n" + raw)
    assert first.provider_id.startswith("sha256:")
    assert again.provider_id == first.provider_id
    assert (
        inbound(raw.replace(b"\n\noi", b"\n\nola").replace(b"\r\n\r\noi", b"\r\n\r\nola")).provider_id
        != first.provider_id
    )


# --- which conversation ---


@pytest.mark.parametrize("place", ["To", "Cc", "Delivered-To", "X-Original-To", "envelope"])
@pytest.mark.parametrize("changed", [str, str.upper])
def test_a_reply_token_is_found_wherever_it_stands_and_in_any_case(place: str, changed: type[str]) -> None:
    token = make_token(INBOX, "reply", CASE)
    address = changed(f"cobranca+{token}@empresa.example")
    if place == "envelope":
        item = inbound(mail(), envelope_to=(address,))
    else:
        item = inbound(mail(headers=f"{place}: outro@example.com, Loja <{address}>"))
    assert item.mail
    assert (item.mail.reply_token, item.mail.case) == (token, CASE)


def test_a_token_of_another_key_or_purpose_is_none() -> None:
    foreign = make_token(replace(INBOX, secrets=Secrets({"reply_key": "another"})), "reply", CASE)
    wrong = make_token(INBOX, "bounce", CASE)
    for token in (foreign, wrong, "t-5f3a9c", make_token(INBOX, "reply", CASE)[:-1] + "a" * 2, "r" + "a" * 39):
        item = inbound(mail(headers=f"Cc: cobranca+{token}@empresa.example"))
        assert item.mail
        assert (item.mail.reply_token, item.mail.case) == ("", "")


def test_only_whole_message_ids_are_taken_from_in_reply_to_and_references() -> None:
    item = inbound(mail(headers="In-Reply-To: <a@x> <b@x>\nReferences: <1@x> <a@x>\n <broken <2@x>, <no at> <3@x>"))
    assert item.mail
    assert item.mail.in_reply_to == ("a@x", "b@x")
    assert item.mail.references == ("1@x", "a@x", "2@x", "3@x")


@pytest.mark.fixtures
def test_of_three_thousand_references_the_last_fifty_are_kept() -> None:
    item = inbound(recorded("self_huge_references.eml"))
    assert item.mail
    assert len(item.mail.references) == 50
    assert item.mail.references[-1] == "02999.longo@empresa.example"


# --- opt-out ---


@pytest.mark.parametrize("subject", ["unsubscribe", "Descadastrar", "BAJA", "Cancelar inscrição", "stop", "Remover."])
def test_a_mail_to_unsubscribe_is_an_opt_out(subject: str) -> None:
    assert inbound(mail(headers=f"Subject: {subject}")).opt == "stop"


@pytest.mark.parametrize("subject", ["Re: unsubscribe", "Não quero parar", "baja temperatura", "", "stop loss"])
def test_other_subjects_are_no_opt_out(subject: str) -> None:
    assert inbound(mail(headers=f"Subject: {subject}")).opt == ""


def test_an_automatic_mail_opts_nobody_out() -> None:
    assert inbound(mail(headers="Subject: unsubscribe\nAuto-Submitted: auto-replied")).opt == ""


# --- bodies and files ---


def multipart(kind: str, *parts: str) -> bytes:
    body = "".join(f"--B\r\n{part}\r\n" for part in parts) + "--B--\r\n"
    return mail(body, f'Content-Type: multipart/{kind}; boundary="B"\nMIME-Version: 1.0')


def test_of_alternatives_the_text_is_shown_and_the_html_kept() -> None:
    item = inbound(
        multipart("alternative", "Content-Type: text/plain\n\nTexto", "Content-Type: text/html\n\n<b>HTML</b>")
    )
    assert (item.text, item.html.strip(), item.media) == ("Texto", "<b>HTML</b>", ())


def test_an_empty_alternative_does_not_hide_the_words_of_the_other() -> None:
    item = inbound(multipart("alternative", "Content-Type: text/plain\n\n \n", "Content-Type: text/html\n\n<p>Olá</p>"))
    assert item.text == "Olá"


def test_text_below_a_file_is_part_of_the_message() -> None:
    item = inbound(
        multipart(
            "mixed",
            "Content-Type: text/plain\n\nAntes",
            "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=",
            "Content-Type: text/html\n\n<p>Depois</p>",
        )
    )
    assert item.text == "Antes\n\nDepois"
    assert "Antes" in item.html and "<p>Depois</p>" in item.html
    assert [(ref.name, ref.content) for ref in item.media] == [("a.pdf", b"%PDF-")]


def test_winmail_and_enclosed_mails_are_files() -> None:
    enclosed = "Content-Type: message/rfc822\n\nSubject: Um comprovante\nFrom: a@example.com\n\noi"
    item = inbound(multipart("mixed", "Content-Type: application/ms-tnef; name=winmail.dat\n\nx", enclosed))
    assert [(ref.name, ref.type) for ref in item.media] == [
        ("winmail.dat", "application/ms-tnef"),
        ("Um comprovante.eml", "message/rfc822"),
    ]


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\temp\\\\boleto.pdf"', "boleto.pdf"),
        ("filename*=utf-8''comprovante%20n%C2%BA%201.png", "comprovante nº 1.png"),
        ("filename*0*=iso-8859-1'pt'a%E7;\n filename*1=ao.pdf", "açao.pdf"),
        ('filename="=?utf-8?q?a=C3=A7=C3=A3o.pdf?="', "ação.pdf"),
        ('filename="foto\u202egpj.exe"', "fotogpj.exe"),
        ('filename="...htaccess"', "htaccess"),
        ('filename="a\u200b.php"', "a.php"),
        ('filename=""', "file-1.pdf"),
        (f'filename="{"x" * 300}.pdf"', "x" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_safe_to_show_and_to_offer(declared: str, name: str) -> None:
    part = f"Content-Type: application/pdf\nContent-Disposition: attachment; {declared}\n\nx"
    assert [ref.name for ref in inbound(multipart("mixed", part)).media] == [name]


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", "!!Ym9t?IGRp\r\nYQ", b"bom dia"),
        ("BASE64 ", "Ym9tIGRpYQ==lixo", None),
        ("quoted-printable", "bom=20d=\r\nia=Z", b"bom dia=Z"),
        ("x-uuencode", "begin 644 a\r\n'8F]M(&1I80``\r\n`\r\nend", b"bom dia"),
        ("binary", "bom dia", b"bom dia"),
        ("nonsense", "bom dia", b"bom dia"),
    ],
)
def test_a_broken_transfer_encoding_loses_as_little_as_can_be(encoding: str, body: str, content: bytes | None) -> None:
    part = f"Content-Type: application/x; name=a\nContent-Transfer-Encoding: {encoding}\n\n{body}"
    [ref] = inbound(multipart("mixed", part)).media
    assert ref.content is not None
    assert content is None or ref.content.rstrip(b"\r\n") == content


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("ação".encode(), "utf-8", "ação"),
        ("ação".encode("latin-1"), "utf-8", "ação"),
        ("ação – €".encode("cp1252"), "iso-8859-1", "ação – €"),
        ("ação".encode(), "us-ascii", "ação"),
        ("ação".encode(), "x-inventado", "ação"),
        ("ação".encode(), "unicode_escape", "ação"),
        ("\ufeffação".encode(), "iso-8859-1", "ação"),
        (b"a\x00b", "utf-8", "a\ufffdb"),
        ("ação, ç".encode()[:-1], "utf-8", "ação, \ufffd"),
        (b"+2AA-", "utf-7", "+2AA-"),
        (b"", "", ""),
    ],
)
def test_bytes_become_text_whatever_their_label(data: bytes, label: str, text: str) -> None:
    assert decode(data, label) == text


@pytest.mark.parametrize(
    "label", ["rot13", "zlib", "idna", "undefined", "mbcs", "\x00", "utf-8\x00", "x" * 100_000, "é"]
)
def test_a_label_that_names_no_charset_is_none(label: str) -> None:
    assert known(label) == ""


def test_an_encoded_character_split_between_two_words_is_whole_again() -> None:
    assert decode_words("=?utf-8?b?w6fD?= =?utf-8?b?o28=?= fim") == "ção fim"


@given(st.text(max_size=80))
def test_no_decoded_header_holds_a_line_break(text: str) -> None:
    word = "=?utf-8?b?" + base64.b64encode(text.encode("utf-8", "replace")).decode() + "?="
    for value in (decode_words(word), parse_value(f'a/b; name="{word}"')[1].get("name", ""), safe_name(text)):
        assert not set(value) & set("\r\n\x00\x0b\x0c\x85\u2028\u2029")


# --- limits ---


def test_a_part_too_many_is_kept_aside() -> None:
    parts = ["Content-Type: text/plain\n\nx"] * mime.MAX_PARTS
    assert isinstance(parse(multipart("mixed", *parts[1:]))[0], Inbound)
    [item] = parse(multipart("mixed", *parts, *parts[:1]))
    assert item == Dead(reason="too_much: more than 200 parts", number=INBOX.address)


def test_a_nest_too_deep_is_kept_aside() -> None:
    def nested(depth: int) -> bytes:
        opening = "".join(f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(depth))
        return mail(opening + f"--{depth}\r\n\r\nfim", 'Content-Type: multipart/mixed; boundary="0"')

    assert inbound(nested(mime.MAX_DEPTH - 1)).text.strip() == "fim"
    for depth in (mime.MAX_DEPTH, 5_000):
        [item] = parse(nested(depth))
        assert isinstance(item, Dead)
        assert item.reason == "too_much: more than 20 parts inside one another"


def test_a_mail_too_large_is_kept_aside() -> None:
    [item] = parse(mail("x" * mime.MAX_RAW))
    assert isinstance(item, Dead)
    assert "36 MiB" in item.reason
    [item] = parse(mail("x" * (mime.MAX_CONTENT + 1)))
    assert isinstance(item, Dead)
    assert "30 MiB" in item.reason


def test_headers_without_end_are_kept_aside() -> None:
    [item] = parse(b"a: b\r\n" * 400_000)
    assert isinstance(item, Dead)
    assert "headers" in item.reason


def test_a_very_long_text_is_shown_in_part_and_kept_whole() -> None:
    text = "linha\n" * 20_000
    item = inbound(mail(text))
    assert item.mail
    assert len(item.text) == MAX_TEXT
    assert item.text + item.mail.quoted_text.rstrip() == text.rstrip()


HOSTILE = [
    b"From: " + b"a@" * 400_000,
    b"From: " + b'"' * 900_000,
    b"From: a@b\r\nTo: " + b"(" * 900_000,
    b"From: a@b\r\nTo: " + b"x:" * 450_000,
    b"From: a@b\r\nSubject: " + b"=?utf-8?q?" * 90_000,
    b"From: a@b\r\nSubject: " + b"=?utf-8?b?YQ==?= " * 50_000,
    b"From: a@b\r\nReferences: " + b"<" * 900_000,
    b"From: a@b\r\nReferences: " + b"<a@b>" * 150_000,
    b"From: a@b\r\nContent-Type: text/plain" + b"; a*1=b" * 120_000,
    b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b " * 2_000_000,
    b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b" + b" " * 1000) * 5_000,
    b"From: mailer-daemon@b\r\nSubject: failed\r\n\r\n" + b"a" * 3_000_000,
    b"From: mailer-daemon@b\r\nSubject: failed\r\n\r\n" + b"-" * 3_000_000,
    b"From: mailer-daemon@b\r\nSubject: failed\r\n\r\n" + b"a@" * 1_500_000,
    b"From: a@b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: x\n" * 100_000,
    b"From: a@b\r\n\r\n" + b"> " * 2_000_000,
    b"From: a@b\r\n\r\n" + b"\n" * 20_000_000,
    b"From: a@b\r\n\r\n" + b"On 10:00 a@b\n> x\n" * 1_500_000,
    b"From: a@b\r\nContent-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 200_000,
    b"From: a@b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=" * 5_000_000,
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_mail_costs_no_more_than_its_length(raw: bytes) -> None:
    """Anything worse than linear would outlast the test's time limit many times over."""
    assert len(parse(raw)) >= 1


# --- fuzz ---


@pytest.mark.fixtures
@given(data=st.data())
def test_damaged_mail_still_gives_an_item_and_safe_headers(data: st.DataObject) -> None:
    names = sorted(path.name for path in folder().glob("*.eml") if path.stat().st_size < 20_000)
    raw = bytearray(recorded(data.draw(st.sampled_from(names))))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    items = parse(bytes(raw))
    assert items
    for item in items:
        assert not (isinstance(item, Dead) and item.reason.startswith("unreadable")), item
        if isinstance(item, Inbound):
            assert item.provider_id
            assert item.sender.email
            for value in (item.subject, item.sender.name, *(ref.name for ref in item.media)):
                assert not set(value) & set("\r\n\x00")
            for text in (item.text, item.html, item.subject, item.mail.quoted_text if item.mail else ""):
                assert "\x00" not in text
                text.encode("utf-8")


def test_quotations_are_looked_for_only_at_the_beginning_of_many_lines_and_nothing_is_lost() -> None:
    body = "Oi\n" * (MAX_LINES - 1) + "> antes\nOn 1 Jan 2026 at 10:00, A <a@b.example> wrote:\n> citado"
    looked_at = _head(body)
    assert looked_at.count("\n") == MAX_LINES and looked_at.endswith("> antes\n")
    assert _head("Oi") == "Oi" and _head("") == ""
    item = inbound(mail(body))
    assert item.mail is not None and item.text.startswith("Oi\nOi")
    assert "antes" in item.mail.quoted_text and "citado" in item.mail.quoted_text
