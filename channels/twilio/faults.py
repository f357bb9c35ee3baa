"""Twilio's error codes and what they ask of us, as data. Its `error_message` is not for programs, says Twilio.

Source: twilio.com/docs/api/errors and the WhatsApp mapping there; 63xxx are WhatsApp's (see `channels.meta.faults`).
"""

from __future__ import annotations

from msgspec.structs import replace

from channels.faults import retry, stop
from channels.types import Fault

_DAY = 24 * 3600
_ACCOUNT = stop("Twilio has suspended or restricted the account. An administrator must solve it.", scope="account")
_LOGIN = stop("Twilio does not accept the credentials. An administrator must check them.", scope="account")
_SMS_ADDRESS = stop(
    "This number cannot receive text messages. Try another channel.", scope="recipient", effect="invalid_address"
)
_WHATSAPP_ADDRESS = stop(
    "This person cannot be reached on WhatsApp. Try another channel.", scope="recipient", effect="invalid_address"
)
_COLLECTION = stop(
    "Twilio does not carry messages of debt collection to this country from this number. Use another channel.",
    scope="number",
)
_VARIABLES = stop("A value of the template is missing or malformed.")
_SLOWER = "Too many messages at once. The message waits a moment."

FAULTS: dict[int, Fault] = {
    20003: _LOGIN,
    20404: stop(
        "Twilio does not know the account or the sender. An administrator must check the inbox.", scope="number"
    ),
    20403: _ACCOUNT,
    30002: _ACCOUNT,
    20429: retry(_SLOWER, scope="account"),
    20503: retry("Twilio has a temporary problem. The message is tried again by itself."),
    21211: _SMS_ADDRESS,
    21612: stop("Twilio has no route to this number from this sender.", scope="recipient"),
    21614: _SMS_ADDRESS,
    21635: _SMS_ADDRESS,
    21606: stop("The sender is not a number of this account. An administrator must check the inbox.", scope="number"),
    21608: stop("A trial account writes only to verified numbers.", scope="account"),
    21408: stop("The account has no permission to write to this country.", scope="account"),
    21610: stop(
        "This person has opted out of messages from this number. Only they can lift it.",
        scope="recipient",
        effect="opt_out",
    ),
    21611: retry("The sender's queue is full. The message waits.", after=600, scope="number"),
    30001: retry("The sender's queue is full. The message waits.", after=600, scope="number"),
    21617: stop("The text is longer than 1,600 characters."),
    21654: _VARIABLES,
    21656: _VARIABLES,
    30003: retry("The phone was not reachable.", after=3600, scope="recipient"),
    30004: stop("The message was blocked by the person or their carrier.", scope="recipient"),
    30005: _SMS_ADDRESS,
    30006: _SMS_ADDRESS,
    30007: stop("The carrier filtered the text as spam. Do not send the same text again."),
    30008: retry("The carrier reported an unknown error.", after=600, scope="recipient"),
    30032: stop("The toll-free number is not verified. An administrator must verify it.", scope="number"),
    30034: stop("The number is not registered for this use in the United States.", scope="number"),
    30036: stop("The message waited too long and was dropped."),
    30047: stop("The message could not be moved to lawful hours.", scope="recipient"),
    30460: _COLLECTION,
    30466: _COLLECTION,
    30863: _COLLECTION,
    30869: _COLLECTION,
    30610: stop("It was outside the lawful hours of the person's place.", scope="recipient"),
    63003: _WHATSAPP_ADDRESS,
    63024: _WHATSAPP_ADDRESS,
    63013: stop("The message breaks a policy of WhatsApp.", scope="template"),
    63014: stop("This person has blocked messages from this number.", scope="recipient", effect="opt_out"),
    63016: stop(
        "More than 24 hours have passed since this person wrote. Send a template.",
        scope="recipient",
        effect="window_closed",
    ),
    63017: retry(_SLOWER, after=2, scope="account"),
    63018: retry("The sender's rate or daily limit is reached. The message waits.", after=3600, scope="number"),
    63021: stop("WhatsApp rejected the content, which may be too long."),
    63032: stop("Meta is not delivering to this person for now. Use another channel.", scope="recipient"),
    63038: retry("The account's daily limit is reached. The message waits a day.", after=_DAY, scope="account"),
    63049: stop("Meta chose not to deliver this message to spare the person. Wait at least a day.", scope="recipient"),
    63051: stop("WhatsApp has restricted the account. An administrator must solve it.", scope="account"),
    63112: stop("Meta has disabled the account or the sender. An administrator must solve it.", scope="account"),
}

_HINT = "Twilio refused the message."


def fault(code: int, title: str = "", *, retry_after: int = 0) -> Fault:
    """The fault of a code; `retry_after` in seconds as the answer told it."""
    known = FAULTS.get(code, Fault(code="", hint=_HINT))
    return replace(known, code=str(code), title=title, retry_after=retry_after if retry_after else known.retry_after)


def fault_of(code: str, title: str = "") -> Fault:
    """The fault of a callback's `ErrorCode`, which may be blank."""
    if code.isascii() and code.isdigit() and len(code) <= 9:
        return fault(int(code), title)
    return Fault(code=code[:40] or "unknown", title=title, hint="The carrier did not say why.")
