"""Changes about our own account, numbers and templates: `Notice`s for operators."""

from __future__ import annotations

from channels.loose import cleaned, text
from channels.types import Notice

_Json = dict[str, object]

NOTICES = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "business_capability_update",
        "business_status_update",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "template_category_update",
        "template_correct_category_detection",
    }
)

# The word of a change that says what happened, first found wins.
_EVENT_KEYS = ("event", "new_quality_score", "new_category", "decision", "alert_type", "current_limit")

_TEMPLATE_EFFECTS = {
    "APPROVED": "template_approved",
    "REINSTATED": "template_approved",
    "UNARCHIVED": "template_approved",
    "PENDING": "template_pending",
    "IN_APPEAL": "template_pending",
    "REJECTED": "template_rejected",
    "PAUSED": "template_paused",
    "LOCKED": "template_paused",
    "DISABLED": "template_disabled",
    "ARCHIVED": "template_disabled",
    "DELETED": "template_disabled",
    "PENDING_DELETION": "template_disabled",
}
_BAN_EFFECTS = {
    "SCHEDULE_FOR_DISABLE": "account_restricted",
    "DISABLE": "account_disabled",
    "REINSTATE": "account_restored",
}
_ACCOUNT_EFFECTS = {
    "ACCOUNT_RESTRICTION": "account_restricted",
    "ACCOUNT_VIOLATION": "account_restricted",
    "ACCOUNT_DELETED": "account_disabled",
    "ACCOUNT_OFFBOARDED": "account_disabled",
    "PARTNER_REMOVED": "account_disabled",
}


def notice(field: str, value: _Json, *, at: int, number: str, account: str) -> Notice:
    """What a change of one of `NOTICES` means; its whole value is kept in `detail`."""
    event = next((word for key in _EVENT_KEYS if (word := text(value, key))), "")[:80]
    return Notice(
        field=field,
        event=event,
        at=at,
        number=number or text(value, "display_phone_number")[:40],
        account=account,
        effect=_effect(field, event, value),
        detail=cleaned(value),
    )


def _effect(field: str, event: str, value: _Json) -> str:
    if field == "message_template_status_update":
        return _TEMPLATE_EFFECTS.get(event, "")
    if field == "template_category_update":
        return "template_category"
    if field != "account_update":
        return ""
    ban = value.get("ban_info")
    if event == "DISABLED_UPDATE" and isinstance(ban, dict):
        return _BAN_EFFECTS.get(text(ban, "waba_ban_state"), "account_restricted")
    return _ACCOUNT_EFFECTS.get(event, "")
