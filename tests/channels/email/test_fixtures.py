"""Every recorded mail is taken and gives what its line in the samples' README or table says. None is dropped."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from channels.email import bounces, mime
from channels.types import Dead, Ignored, Inbound, Item, Receipt
from tests.channels.email.samples import folder, inbound, parse, recorded
from tests.services.needs import Missing

pytestmark = pytest.mark.fixtures

# file → what the one message it gives must say; `text` and `subject` are beginnings, `files` are names.
MESSAGES: dict[str, dict[str, Any]] = {
    "chatwoot_malformed_reply_to.eml": {"email": "SENDER@example.com", "text": "Regression fixture."},
    "flanker_8bitmime.eml": {"email": "bob@example.com", "text": "Превел"},
    "flanker_enclosed-bad-encoding.eml": {"text": "Hello", "files": ["thanks.eml"]},
    "flanker_encoded-header.eml": {"name": "Foo, Bar", "email": "foo.bar@example.com"},
    "flanker_false-multipart.eml": {"email": "broken.mime@notreallymultipart.com"},
    "flanker_from-encoding.eml": {"name": "Ingo Lütkebohle"},
    "flanker_long-header.eml": {"email": "bob@example.com", "text": "test"},
    "flanker_mailformed-headers.eml": {"email": "headers@gmail.com", "text": "----fa**f__fawf"},
    "flanker_missing-final-boundary.eml": {"text": "Some body"},
    "flanker_multipart.eml": {"text": "Sasha", "subject": "Welcome"},
    "flanker_no-ctype.eml": {"text": "Hello,\nI'm just testing message parsing"},
    "flanker_text-only.eml": {"text": "Hello,\nI'm just testing message parsing"},
    "flanker_relative.eml": {"text": "This is html and text message"},
    "mail_attachment_pdf.eml": {"files": ["broken.pdf"], "subject": "Another PDF with 🎉 Unicode chars in it 🍿"},
    "mail_attachment_nonascii_filename.eml": {"files": ["ciële.txt"]},
    "mail_attachment_only_email.eml": {"text": "", "files": ["blah.gz"]},
    "mail_attachment_message_rfc822.eml": {"files": ["ForwardedMessage.eml"], "text": "This is the first part."},
    "mail_bad_date_header.eml": {"subject": "You may_be Eligible"},
    "mail_basic_email.eml": {"text": "Plain email.", "name": "Mikel Lindsaar", "email": "test@lindsaar.net"},
    "mail_cant_parse_from.eml": {"email": "News@insideapple.apple.com", "text": "From one solid piece of aluminum"},
    "mail_content_transfer_encoding_with_8bits.eml": {"text": "December 04, 2001"},
    "mail_empty_in_reply_to.eml": {"in_reply_to": ()},
    "mail_encoding_madness.eml": {"text": "Body Text", "automatic": "no-reply"},
    "mail_example04.eml": {"email": "pete@silly.example", "text": "Testing."},
    "mail_example13.eml": {"email": "jdoe@machine.example", "id": "1234@local.machine.example"},
    "mail_header_fields_with_empty_values.eml": {"name": "Jørn Støylen"},
    "mail_japanese_iso_2022.eml": {"text": "すみません。", "subject": "まみむめも"},
    "mail_ks_c_5601-1987.eml": {"text": "스티해"},
    "mail_missing_body.eml": {"text": "", "subject": "REDACTED"},
    "mail_multiple_references_with_one_invalid.eml": {"references": ("foo@bar.net", "baz@bar.net"), "text": "foo"},
    "mail_must_supply_encoding.eml": {"email": "info@here2there-travelers-msgs.net"},
    "mail_raw_email7.eml": {"files": ["test.rb", "test.pdf", "smime.p7s"], "text": "This is the first part."},
    "mail_raw_email_double_at_in_header.eml": {"text": "대부분의 마찬가지로", "subject": "NOTE: 한국말로 하는 것"},
    "mail_raw_email_multiple_from.eml": {"email": "tim@powerupdev.com"},
    "mail_raw_email_reply.eml": {"in_reply_to": ("348F04F142D69C21-291E56D292BC@xxxx.net",), "text": "Message body"},
    "mail_raw_email_with_binary_encoded.eml": {"files": ["2013-08-13_19-08-28-1.jpg"]},
    "mail_raw_email_with_illegal_boundary.eml": {"text": "Hello\nThis is an outlook test"},
    "mail_trademark_character_in_subject.eml": {"subject": "GA.com"},
    "mail_two_from_in_message.eml": {"email": "tester1@test.com", "name": "Tester 1"},
    "self_alternative_inline_and_attached_images.eml": {
        "text": "Segue o comprovante.",
        "subject": "Comprovante de pagamento: café",
        "files": ["image-1.png", "comprovante nº 1 – março.png", "foto.svg"],
        "inline": ["logo1", "", ""],
    },
    "self_auto_reply_outlook_oof.eml": {
        "automatic": "auto-submitted",
        "opt": "",
        "in_reply_to": ("m1@empresa.example",),
    },
    "self_auto_reply_x_autoreply.eml": {"automatic": "autoreply", "opt": ""},
    "self_charset_mislabelled.eml": {"text": "Não consigo pagar – situação difícil", "subject": "Dívida"},
    "self_charset_unknown.eml": {"text": "Olá"},
    "self_empty_body.eml": {"text": "", "subject": ""},
    "self_header_injection_subject.eml": {"subject": "oi Bcc: vitima@example.com"},
    "self_html_tracking_and_script.eml": {"text": "Olá"},
    "self_huge_references.eml": {"text": "oi"},
    "self_list_unsubscribe_request.eml": {"opt": "stop"},
    "self_no_message_id.eml": {"id": "", "text": "oi"},
    "self_reply_es_gmail.eml": {"text": "Ya pagué la deuda el lunes.", "quoted": "El mié, 8 oct 2025"},
    "self_reply_es_outlook.eml": {"text": "No reconozco esta deuda, ¿me envían el contrato?", "quoted": "____"},
    "self_reply_pt_gmail.eml": {"text": "Bom dia, aceito pagar em 3 parcelas.\n\nAtt,\nCliente", "quoted": "Em qua."},
    "self_reply_pt_outlook.eml": {"text": "Não reconheço esta dívida – favor comprovar.", "quoted": "De: Empresa"},
    "talon_gmail.eml": {"text": "Hello", "quoted": "On Mon, Apr 2"},
    "talon_hotmail.eml": {"text": "Hello", "quoted": "> Subject: Test"},
    "talon_iphone.eml": {"text": "Hello\n\nSent from my iPhone", "quoted": "On Apr 3"},
    "talon_outlook.eml": {"text": "Hello", "quoted": "From: xxx"},
    "talon_yahoo.eml": {"text": "Hello", "quoted": "----- Original Message -----"},
    "talon_thunderbird.eml": {"text": "Hello", "quoted": "On 04/02/2012"},
}

# file → (kind of item, what must be true of it)
REPORTS: dict[str, tuple[type[Item], dict[str, Any]]] = {
    "flanker_gmail-invalid-address.eml": (Receipt, {"status": "failed", "fault.code": "5.1.0"}),
    "flanker_mailbox-full.eml": (Receipt, {"status": "failed", "fault.code": "5.2.2", "fault.retryable": True}),
    # Its own report names no Message-ID: nobody can say which mail it is about.
    "flanker_delayed.eml": (Dead, {"reason": "bounce_without_message_id"}),
    "flanker_zed.eml": (
        Receipt,
        {"fault.effect": "invalid_address", "provider_id": "20090708054735.GC7578@example.com"},
    ),
    "flanker_yahoo.eml": (Receipt, {"fault.effect": "opt_out", "status": "delivered"}),
    "flanker_disposition-notification.eml": (Ignored, {"reason": "read_receipt"}),
    "mail_report_422.eml": (Ignored, {"reason": "delivery delayed"}),
    "mail_multipart_report_multiple_status.eml": (Receipt, {"status": "failed", "recipient": "u@ci.com"}),
    "self_dsn_rfc3464_pt.eml": (
        Receipt,
        {
            "provider_id": "m1@empresa.example",
            "fault.effect": "invalid_address",
            "recipient": "inexistente@example.com",
        },
    ),
    # A bare text and a mail without From: whoever takes them by SMTP still knows the envelope.
    "talon_iphone_reply_text.eml": (Dead, {"reason": "no_sender"}),
    "flanker_attached-pdf.eml": (Dead, {"reason": "no_sender"}),
}

# Bounces of a bounce: the inner report is about somebody else's mail, so that only the outer one counts.
OUTER_ONLY = {"sisimai_lhost-sendmail-41.eml": 1}


def bounce_rows() -> list[dict[str, str]]:
    try:
        with open(folder() / "bounces_expected_dsn.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except Missing:
        return []


def test_every_recorded_mail_has_a_line_here() -> None:
    assert {path.name for path in folder().glob("*.eml")} == MESSAGES.keys() | REPORTS.keys()


@pytest.mark.parametrize("name", MESSAGES)
def test_a_recorded_mail_is_the_message_it_should_be(name: str) -> None:
    expected, item = MESSAGES[name], inbound(recorded(name))
    assert item.mail
    for begins in ("text", "subject"):
        if begins in expected:
            shown = getattr(item, begins)
            assert shown.startswith(expected[begins]) if expected[begins] else shown == ""
    facts = {
        "email": item.sender.email,
        "name": item.sender.name,
        "files": [ref.name for ref in item.media],
        "inline": [ref.inline_id for ref in item.media],
        "id": item.mail.message_id,
        "in_reply_to": item.mail.in_reply_to,
        "references": item.mail.references,
        "automatic": item.mail.automatic,
        "opt": item.opt,
    }
    assert {key: facts[key] for key in facts if key in expected} == {k: v for k, v in expected.items() if k in facts}
    assert item.mail.quoted_text.startswith(expected.get("quoted", ""))
    assert item.provider_id


@pytest.mark.parametrize("name", REPORTS)
def test_a_recorded_report_is_what_it_says(name: str) -> None:
    kind, expected = REPORTS[name]
    [item] = parse(recorded(name))
    assert isinstance(item, kind)
    for path, value in expected.items():
        found: Any = item
        for part in path.split("."):
            found = getattr(found, part)
        assert found == value, path


@pytest.mark.parametrize("row", bounce_rows(), ids=lambda row: row["file"])
def test_a_recorded_bounce_says_what_the_table_says(row: dict[str, str]) -> None:
    name = row["file"]
    raw = recorded(f"bounces/{name}")
    report, items = bounces.read(mime.parse(raw)), parse(raw)
    assert items
    if "is-not-bounce" in name or "rfc3834" in name:
        assert report is None
        [item] = items
        assert isinstance(item, Inbound)
        assert item.mail
        assert bool(item.mail.automatic) == ("rfc3834" in name)
        return
    assert report is not None
    if "_arf-" in name:
        assert report.kind == ("other" if report.feedback == "auth-failure" else "complaint")
        return
    assert not any(isinstance(item, Inbound) for item in items), "a bounce opens no conversation"
    if row["has_delivery_status_part"] == "yes":
        _compare(row, report)
    named = bool(report.message_ids)
    assert all(isinstance(item, Receipt | Ignored) for item in items) == named
    assert all(item.provider_id for item in items if isinstance(item, Receipt))


def _compare(row: dict[str, str], report: bounces.Report) -> None:
    for column, given in (
        ("action", [recipient.action for recipient in report.recipients]),
        ("status", [recipient.status for recipient in report.recipients]),
        ("final_recipient", [recipient.address for recipient in report.recipients]),
    ):
        told = row[column].split("|")
        if any(told):  # one report tells no action: we judge by its status
            assert given == told[: OUTER_ONLY.get(row["file"])]


def test_the_whole_table_was_read() -> None:
    assert len(bounce_rows()) == len(list((folder() / "bounces").glob("*.eml")))
