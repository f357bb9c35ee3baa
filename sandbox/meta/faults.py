"""Meta's error codes and the shape it answers them in.

Source of codes, titles and HTTP statuses: Meta's page "WhatsApp Cloud API error codes" and pywa's errors.py.
"""

from __future__ import annotations

import secrets
from typing import Any

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

FAULTS: dict[int, tuple[int, str, str]] = {
    0: (401, "AuthException", "We were unable to authenticate the app user."),
    1: (400, "API Unknown", "Invalid request or possible server error."),
    2: (503, "API Service", "Temporary due to downtime or due to being overloaded."),
    3: (500, "API Method", "Capability or permissions issue."),
    4: (400, "API Too Many Calls", "The app has reached its API call rate limit."),
    10: (403, "API Permission Denied", "Permission is either not granted or has been removed."),
    33: (400, "Parameter value is not valid", "The business phone number has been deleted."),
    100: (400, "Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
    190: (401, "Access token has expired", "Your access token has expired."),
    368: (403, "Temporarily blocked for policies violations", "The account was restricted for violating a policy."),
    80007: (400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: (400, "Rate limit hit", "Cloud API message throughput has been reached."),
    130472: (400, "User's number is part of an experiment", "Message was not sent as part of an experiment."),
    130497: (403, "Business account is restricted from messaging users in this country.", "Country restricted."),
    131000: (500, "Something went wrong", "Message failed to send due to an unknown error."),
    131005: (403, "Access denied", "Permission is either not granted or has been removed."),
    131008: (400, "Required parameter is missing", "The request is missing a required parameter."),
    131009: (400, "Parameter value is not valid", "One or more parameter values are invalid."),
    131016: (500, "Service unavailable", "A service is temporarily unavailable."),
    131021: (400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: (400, "Message undeliverable", "Unable to deliver message."),
    131030: (400, "Recipient phone number not in allowed list", "Add the number to the recipient list."),
    131031: (403, "Business Account locked", "The account was restricted or disabled for a policy violation."),
    131042: (400, "Business eligibility payment issue", "Message failed: there were errors with the payment method."),
    131047: (
        400,
        "Re-engagement message",
        "More than 24 hours have passed since the recipient last replied to the sender number.",
    ),
    131048: (400, "Spam rate limit hit", "Too many previous messages were blocked or flagged as spam."),
    131049: (
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    131050: (
        400,
        "User has stopped marketing messages",
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages.",
    ),
    131051: (400, "Unsupported message type", "Message type is not currently supported."),
    131052: (400, "Media download error", "Unable to download the media sent by the user."),
    131053: (400, "Media upload error", "Unable to upload the media used in the message."),
    131056: (
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages sent from the sender to the same recipient in a short period of time.",
    ),
    131057: (500, "Account in maintenance mode", "Business Account is in maintenance mode."),
    131062: (400, "Business-scoped user id not supported", "Send this message to the phone number."),
    132000: (
        400,
        "Number of parameters does not match the expected number of params",
        "The number of variable values did not match the number of variables in the template.",
    ),
    132001: (404, "Template name does not exist in the translation", "The template does not exist in the language."),
    132005: (400, "Translated text too long", "Translated text is too long."),
    132007: (400, "Template format character policy violated", "Template content violates a WhatsApp policy."),
    132012: (400, "Parameter format does not match format in the created template", "Formatted incorrectly."),
    132015: (400, "Template is paused", "Template is paused due to low quality."),
    132016: (400, "Template is disabled", "Template has been paused too many times and is now disabled."),
    132018: (400, "Invalid template parameter", "A template parameter is not valid."),
    133004: (503, "Server temporarily unavailable", "Server is temporarily unavailable."),
    133010: (400, "Phone number not registered", "Phone number not registered on the platform."),
    135000: (400, "Generic user error", "Message failed to send because of an unknown error with the parameters."),
}


class MetaFault(Exception):
    """A refusal in Meta's own words."""

    def __init__(self, code: int, details: str = "", subcode: int = 0) -> None:
        super().__init__(code)
        self.code, self.subcode = code, subcode
        self.status, self.title, usual = FAULTS.get(code, (400, "Generic error", "An error occurred."))
        self.details = details or usual

    def answer(self) -> dict[str, Any]:
        """The Graph API's error envelope."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        return {"error": error}

    def told(self) -> dict[str, Any]:
        """As a failed status carries it."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details},
            "href": HREF,
        }
