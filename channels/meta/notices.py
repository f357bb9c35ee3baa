"""Changes about our own account, numbers and templates: `Notice`s for operators."""

from __future__ import annotations

import re

from channels.loose import cleaned, moment, objects, text
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
_QUALITIES = {
    "GREEN": "green", "YELLOW": "yellow", "RED": "red", "UNKNOWN": "unknown", "NA": "unknown",
    "FLAGGED": "red", "UNFLAGGED": "green",
}  # fmt: skip
_NEVER = 10**15  # ms: later than any end a provider names
_LIMIT_KEYS = ("current_limit", "max_daily_conversations_per_business", "max_daily_conversation_per_phone")
_TIER = re.compile(r"(?:TIER_)?(\d{1,9})(K?)")


def notice(field: str, value: _Json, *, at: int, number: str, account: str) -> Notice:
    """What a change of one of `NOTICES` means; its whole value is kept in `detail`."""
    event = next((word for key in _EVENT_KEYS if (word := text(value, key))), "")[:80]
    restriction, until = _restriction(event, value) if field == "account_update" else ("", None)
    return Notice(
        field=field,
        event=event,
        at=at,
        number=number or text(value, "display_phone_number")[:40],
        account=account,
        effect=_effect(field, event, value),
        quality=_quality(event, value) if field == "phone_number_quality_update" else "",
        limit=_limit(value) if field in ("phone_number_quality_update", "business_capability_update") else "",
        restriction=restriction,
        until=until,
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


def _quality(event: str, value: _Json) -> str:
    """Meta flags a number whose quality is low, and unflags it; newer notices name the colour."""
    words = (text(value, "quality_rating"), text(value, "new_quality_score"), event)
    return next((_QUALITIES[word.upper()] for word in words if word.upper() in _QUALITIES), "")


def _limit(value: _Json) -> str:
    """TIER_250, TIER_2K, TIER_UNLIMITED, or a plain number, as digits or "unlimited"; -1 is unlimited too."""
    told = next((word for key in _LIMIT_KEYS if (word := text(value, key).upper())), "")
    if told in ("TIER_UNLIMITED", "-1"):
        return "unlimited"
    found = _TIER.fullmatch(told)
    return "" if found is None else str(int(found[1]) * (1000 if found[2] else 1))


def _restriction(event: str, value: _Json) -> tuple[str, int | None]:
    """What was forbidden about messages, and until when: the last end of all, None when one of them has none."""
    if event == "ACCOUNT_RESTRICTION":
        hit = [each for each in objects(value, "restriction_info") if "MESSAGING" in text(each, "restriction_type")]
        ends = [moment(each.get("expiration"), _NEVER) for each in hit]
        until = max(ends, default=_NEVER)
        return ",".join(text(each, "restriction_type")[:80] for each in hit), None if until == _NEVER else until
    effect = _effect("account_update", event, value)
    if event == "ACCOUNT_VIOLATION" or effect not in ("account_restricted", "account_disabled"):
        return "", None  # a violation is a warning: what it leads to is told by a notice of its own
    ban = value.get("ban_info")
    return (text(ban, "waba_ban_state")[:80] if isinstance(ban, dict) else "") or event, None
