"""Every recorded webhook of Meta is taken, and yields what its description says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from channels.meta import Meta
from channels.meta.notices import notice as notice_of
from channels.types import Dead, Inbound, Item, Notice, Preference, Receipt, Renumbered
from tests.channels.samples import FIXTURES, NOW, PHONE_NUMBER_ID, RECORDED, meta_delivery, meta_inbox, recorded


def inbound(kind: str, text: str, **facts: object) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Inbound)
        assert (item.kind, item.text) == (kind, text)
        for name, expected in facts.items():
            assert getattr(item, name) == expected, name

    return check


def detail(kind: str, text: str, **facts: object) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Inbound)
        assert (item.kind, item.text) == (kind, text)
        assert {name: item.detail.get(name) for name in facts} == facts

    return check


def media(kind: str, text: str, **facts: object) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Inbound)
        assert (item.kind, item.text) == (kind, text)
        (ref,) = item.media
        assert {name: getattr(ref, name) for name in facts} == facts

    return check


def quoted(text: str, **facts: object) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Inbound)
        assert item.quoted is not None
        assert item.text == text
        assert {name: getattr(item.quoted, name) for name in facts} == facts

    return check


def receipt(status: str, code: str = "", effect: str = "", **facts: object) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Receipt)
        assert item.status == status
        assert (item.fault.code if item.fault else "") == code
        assert (item.fault.effect if item.fault else "") == effect
        assert {name: item.detail.get(name) for name in facts} == facts

    return check


def preference(value: str, wa_id: str) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Preference)
        assert (item.category, item.value, item.sender.wa_id) == ("marketing", value, wa_id)

    return check


def notice(field: str, event: str, effect: str) -> Callable[[Sequence[Item]], None]:
    def check(items: Sequence[Item]) -> None:
        (item,) = items
        assert isinstance(item, Notice)
        assert (item.field, item.event, item.effect, item.account) == (field, event, effect, "102290129340398")

    return check


def changed_number(items: Sequence[Item]) -> None:
    (item,) = items
    assert isinstance(item, Renumbered)
    assert (item.old.wa_id, item.new.phone) == ("16505551234", "+12195555358")


def changed_user(items: Sequence[Item]) -> None:
    (item,) = items
    assert isinstance(item, Renumbered)
    assert (item.old.user_id, item.new.user_id) == ("BR.1502576394655843", "BR.2502576394655843")
    assert item.new.phone == ""


def three_of_two(items: Sequence[Item]) -> None:
    assert [(item.text, item.sender.name, item.at) for item in items if isinstance(item, Inbound)] == [
        ("Primeira mensagem", "Cliente Um", 1_760_000_000_000),
        ("Segunda mensagem", "Cliente Um", 1_760_000_001_000),
        ("comprovante", "Cliente Dois", 1_760_000_001_000),
    ]


def two_accounts(items: Sequence[Item]) -> None:
    first, read, delivered, other = items
    assert isinstance(first, Inbound) and isinstance(other, Inbound)
    assert isinstance(read, Receipt) and isinstance(delivered, Receipt)
    assert (first.number, other.number) == (PHONE_NUMBER_ID, "206540352242922")
    assert (read.status, delivered.status) == ("read", "delivered")
    assert read.provider_id == delivered.provider_id


def nameless_number(items: Sequence[Item]) -> None:
    (item,) = items
    assert isinstance(item, Inbound)
    assert (item.sender.user_id, item.sender.phone, item.sender.wa_id) == ("BR.1502576394655843", "", "")
    assert (item.sender.username, item.text) == ("maria.exemplo", "Quero negociar")


EXPECTED: dict[str, Callable[[Sequence[Item]], None]] = {
    "meta_text_message.json": inbound("text", "Does it come in another color?", at=1_749_416_383_000),
    "meta_text_message_with_context_product_inquiry.json": quoted("Is this still available?", product="di9ozbzfi4"),
    "meta_text_message_from_click_to_whatsapp_ad.json": inbound("text", "Hello! Can I get more info on this?"),
    "meta_reaction_message.json": inbound(
        "reaction", "👍", target="wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI0RTJEOTc2ODVERUY5RDlGNkYA"
    ),
    "meta_image_message.json": media(
        "image", "Taj Mahal", provider_id="1003383421387256", type="image/jpeg", voice=False
    ),
    "meta_location_message.json": detail(
        "location", "Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301", latitude=37.44221496582
    ),
    "meta_contact_sharing_message.json": inbound("contacts", "Lucía Gómez"),
    "meta_unsupported_message.json": detail("unsupported", "", type=""),
    "meta_button_message.json": detail("template_reply", "Unsubscribe", id="Unsubscribe"),
    "meta_interactive_list_reply_message.json": detail("list", "Priority Mail Express", id="priority_express"),
    "meta_interactive_button_reply_message.json": detail("button", "Cancel", id="cancel-button"),
    "meta_order_message.json": detail("order", "2x di9ozbzfi4, 1x nqryix03ez", catalog="194836987003835"),
    "meta_system_message.json": changed_number,
    "pywa_message_image.json": media("image", "", provider_id="65463453", sha256=""),
    "pywa_message_media_with_url.json": media("image", "", provider_id="65463453", url=""),
    "pywa_message_document.json": media("document", "caption", name="filename.pdf", type="application/pdf"),
    "pywa_message_voice.json": media("audio", "", voice=True, type="audio/ogg; codecs=opus"),
    "pywa_message_unreaction_empty.json": detail("reaction", "", removed=True),
    "pywa_message_unreaction_no_emoji.json": detail("reaction", "", removed=True),
    "pywa_message_reply.json": quoted("replied text", provider_id="wamid.xyzxyz==", forwarded=False),
    "pywa_message_forwarded.json": quoted("forwarded text", provider_id="", forwarded=True),
    "pywa_message_unsupported_with_type.json": detail("unsupported", "", type="pool"),
    "pywa_message_interactive_message_with_err.json": detail(
        "unsupported",
        "",
        type="interactive",
        reason={"code": 131000, "title": "Something went wrong", "details": "Unsupported webhook payload"},
    ),
    "pywa_message_contacts.json": inbound("contacts", "Chandler Bing, Monica, Rachel Green"),
    "pywa_message_status_sent.json": receipt("sent"),
    "pywa_message_status_delivered.json": receipt("delivered"),
    "pywa_message_status_read.json": receipt(
        "read", pricing={"billable": True, "pricing_model": "CBP", "category": "service"}
    ),
    "pywa_message_status_failed.json": receipt("failed", "130472"),
    "pywa_callback_button_button.json": detail("button", "title", id="callback_data"),
    "pywa_callback_button_quick_reply.json": detail("template_reply", "title", id="callback_data"),
    "pywa_callback_selection_callback.json": detail("list", "title", id="callback_data"),
    "pywa_user_marketing_preferences_resume.json": preference("resume", "16505551234"),
    "pywa_user_marketing_preferences_signup.json": preference("resume", "16505551234"),
    "pywa_template_status_update_approved.json": notice(
        "message_template_status_update", "APPROVED", "template_approved"
    ),
    "pywa_template_status_update_rejected.json": notice(
        "message_template_status_update", "REJECTED", "template_rejected"
    ),
    "pywa_template_quality_update_yellow.json": notice("message_template_quality_update", "YELLOW", ""),
    "pywa_deleted_message_revoke.json": inbound("revoke", "", target="<ORIGINAL_WHATSAPP_MESSAGE_ID>"),
    "pywa_account_update_account_restriction.json": notice(
        "account_update", "ACCOUNT_RESTRICTION", "account_restricted"
    ),
    "pywa_account_update_account_violation.json": notice("account_update", "ACCOUNT_VIOLATION", "account_restricted"),
    "pywa_account_update_account_disabled.json": notice("account_update", "DISABLED_UPDATE", "account_restored"),
    "self_multiple_messages_one_value.json": three_of_two,
    "self_batch_two_entries_messages_and_statuses.json": two_accounts,
    "self_bsuid_no_phone.json": nameless_number,
    "self_status_sent_pmp_v24.json": receipt(
        "sent", pricing={"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
    ),
    "self_status_failed_131026.json": receipt("failed", "131026", "invalid_address"),
    "self_status_failed_131047.json": receipt("failed", "131047", "window_closed"),
    "self_status_failed_131049.json": receipt("failed", "131049"),
    "self_status_failed_131050.json": receipt("failed", "131050", "marketing_stop"),
    "self_user_preferences_stop.json": preference("stop", "5511900000001"),
    "self_system_user_changed_user_id.json": changed_user,
    "self_unknown_future_type.json": detail("unsupported", "", type="hologram"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_webhook_yields_what_its_description_says(name: str) -> None:
    delivery = meta_delivery(recorded("whatsapp", name))
    channel, inbox = Meta(), meta_inbox()
    channel.verify(inbox, delivery)
    items = channel.parse(inbox, delivery, NOW)
    assert not [item for item in items if isinstance(item, Dead)]
    EXPECTED[name](items)


def test_no_recording_is_left_out() -> None:
    names = {path.name for folder in (FIXTURES, RECORDED) for path in (folder / "whatsapp").glob("*.json")}
    assert names - {"self_signature_vector.json"} <= set(EXPECTED)


@pytest.mark.parametrize(
    ("value", "quality", "limit"),
    [
        ({"event": "FLAGGED", "current_limit": "TIER_10K"}, "red", "10000"),
        ({"event": "UNFLAGGED", "current_limit": "TIER_250"}, "green", "250"),
        ({"event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED"}, "", "unlimited"),
        ({"event": "ONBOARDING", "quality_rating": "YELLOW", "current_limit": "TIER_NEW"}, "yellow", ""),
        ({"event": "DOWNGRADE", "max_daily_conversations_per_business": 2000}, "", "2000"),
    ],
)
def test_what_is_said_of_a_number(value: dict[str, object], quality: str, limit: str) -> None:
    told = notice_of("phone_number_quality_update", value, at=NOW, number="", account="1")
    assert (told.quality, told.limit, told.restriction, told.until) == (quality, limit, "", None)


@pytest.mark.parametrize(
    ("what", "restriction", "until"),
    [
        (
            [("RESTRICTED_BIZ_INITIATED_MESSAGING", 1_800_000_000)],
            "RESTRICTED_BIZ_INITIATED_MESSAGING",
            1_800_000_000_000,
        ),
        ([("RESTRICTED_CUSTOMER_INITIATED_MESSAGING", None)], "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", None),
        ([("RESTRICTED_ADD_PHONE_NUMBER_ACTION", 1_800_000_000)], "", None),
        ([], "", None),
    ],
)
def test_what_is_forbidden_about_messages(
    what: list[tuple[str, int | None]], restriction: str, until: int | None
) -> None:
    told = [{"restriction_type": kind, "expiration": end} for kind, end in what]
    value: dict[str, object] = {"event": "ACCOUNT_RESTRICTION", "restriction_info": told}
    found = notice_of("account_update", value, at=NOW, number="", account="1")
    assert (found.restriction, found.until) == (restriction, until)


def test_a_violation_is_a_warning_and_forbids_nothing_yet() -> None:
    told = notice_of("account_update", {"event": "ACCOUNT_VIOLATION"}, at=NOW, number="", account="1")
    assert (told.effect, told.restriction) == ("account_restricted", "")
