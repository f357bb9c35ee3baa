"""Meta's error codes and what they ask of us, as data.

Decided by code, never by title or HTTP status: the same code comes in the HTTP answer or in a failed status.
Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes and pywa's errors.py.
"""

from __future__ import annotations

from msgspec.structs import replace

from channels.faults import retry, stop
from channels.loose import cleaned, obj, text
from channels.types import Fault

_TOKEN = stop("The access token is invalid or has expired. An administrator must renew it.", scope="account")
_PERMISSION = stop("Meta says a permission is missing. An administrator must grant it.", scope="account")
_PARAMETER = stop("Meta did not accept a value of this message.")
_LATER = retry("Meta has a temporary problem. The message is tried again by itself.")
_LOCKED = stop(
    "Meta has restricted the account. Nothing can be sent until an administrator solves it.", scope="account"
)
_PAYMENT = stop("Meta reports a payment problem of the account. An administrator must solve it.", scope="account")
_TEMPLATE = stop("The template does not fit what Meta holds. Synchronise the templates, then choose it again.")
_EXPERIMENT = stop("Meta is not delivering to this person for now. Use another channel.", scope="recipient")

FAULTS: dict[int, Fault] = {
    0: _TOKEN,
    190: _TOKEN,
    3: _PERMISSION,
    10: _PERMISSION,
    131005: _PERMISSION,
    33: stop("Meta does not know this number of ours. An administrator must check the inbox.", scope="number"),
    100: _PARAMETER,
    131008: _PARAMETER,
    131009: _PARAMETER,
    1: _LATER,
    2: _LATER,
    131000: _LATER,
    131016: _LATER,
    133004: _LATER,
    135000: _LATER,
    4: retry("The account has made too many calls. Sending goes on in a few minutes.", after=300, scope="account"),
    80007: retry("The account has made too many calls. Sending goes on in a few minutes.", after=300, scope="account"),
    130429: retry("The number is sending too fast. The message waits a moment.", after=2, scope="number"),
    131056: retry("Too many messages to this person. The message waits a moment.", after=6, scope="recipient"),
    131057: retry("The number is being upgraded. The message waits a minute.", after=60, scope="number"),
    131048: stop("People have blocked or reported this number. Campaigns of the number must stop.", scope="number"),
    131064: stop("Meta has cut the limit of templates. A supervisor must decide how to go on.", scope="number"),
    131026: stop(
        "This person cannot be reached on WhatsApp. Try another channel.", scope="recipient", effect="invalid_address"
    ),
    131047: stop(
        "More than 24 hours have passed since this person wrote. Send a template.",
        scope="recipient",
        effect="window_closed",
    ),
    131049: stop("Meta chose not to deliver this message to spare the person. Wait at least a day.", scope="recipient"),
    131050: stop(
        "This person has stopped marketing messages from this number.", scope="recipient", effect="marketing_stop"
    ),
    130472: _EXPERIMENT,
    131051: stop("WhatsApp does not support this type of message."),
    131052: stop("WhatsApp could not fetch the file."),
    131053: stop("WhatsApp could not take the file. Check its type."),
    131021: stop("The message is addressed to its own sender.", scope="recipient"),
    131030: stop("The test number may write only to the numbers on its list.", scope="recipient"),
    131031: _LOCKED,
    368: _LOCKED,
    130497: stop("Meta does not let this account write to this country.", scope="account"),
    131042: _PAYMENT,
    131044: _PAYMENT,
    131062: stop("This kind of message needs the person's phone number.", scope="recipient"),
    131063: stop("Marketing templates are switched off for this number.", scope="number"),
    132000: _TEMPLATE,
    132001: stop(
        "The template does not exist in this language or is not approved.", scope="template", effect="template_paused"
    ),
    132005: stop("The text of the template is too long with these values."),
    132007: stop("The template breaks a policy of WhatsApp.", scope="template"),
    132008: _TEMPLATE,
    132012: _TEMPLATE,
    132018: _TEMPLATE,
    132015: stop("Meta has paused the template for its quality.", scope="template", effect="template_paused"),
    132016: stop("Meta has disabled the template for good.", scope="template", effect="template_paused"),
    132068: stop("The flow is blocked.", scope="template"),
    132069: retry("The flow is throttled. The message waits.", after=3600, scope="template"),
    133010: stop("The number is not registered. An administrator must register it.", scope="number"),
    133016: stop("The number was registered too often. An administrator must wait.", scope="number"),
    137000: stop("The person's WhatsApp identity has changed. Confirm who it is first.", scope="recipient"),
}

_HINT = "Meta refused the message."

# What these say of the message is certain even under a 5xx: it was turned away at the door. 1 and 131000 ("something
# went wrong") say nothing certain there.
TURNED_AWAY = frozenset({2, 4, 80007, 130429, 131016, 131056, 131057, 133004})


def fault(code: int, title: str = "", *, transient: bool = False, retry_after: int = 0) -> Fault:
    """The fault of a code; `transient` and `retry_after` (seconds) as the answer told them."""
    known = FAULTS.get(code) or (_PERMISSION if 200 <= code <= 299 else None)
    known = known or Fault(code="", hint=_HINT, retryable=transient)
    return replace(
        known, code=str(code)[:40], title=title, retry_after=retry_after if retry_after else known.retry_after
    )


def fault_of(error: dict[str, object]) -> Fault:
    """The fault of one element of a status's `errors`."""
    code = error.get("code")
    title = text(error, "title") or text(error, "message")
    if isinstance(code, int) and not isinstance(code, bool):
        return fault(code, title)
    return Fault(code=text(error, "code")[:40] or "unknown", title=title, hint=_HINT)


def told(error: dict[str, object]) -> dict[str, object]:
    """What of an error is worth keeping: code, title, details."""
    data = error.get("error_data")
    details = text(obj(error, "error_data"), "details") if isinstance(data, dict) else ""
    return cleaned({"code": error.get("code"), "title": text(error, "title"), "details": details})
