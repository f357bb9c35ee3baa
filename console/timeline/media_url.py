"""Signed addresses by which a provider fetches one outgoing attachment for at most an hour (`GET /media/{token}`)."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeTimedSerializer

from console.services import Services

SECONDS = 3_600


def media_url(services: Services, attachment_id: str) -> str:
    """The public address of one attachment."""
    return f"{services.settings.public_url}/media/{_signer(services).dumps(attachment_id)}"


def attachment_of(services: Services, token: str) -> str | None:
    """The attachment a token was signed for; None for a forged or expired one."""
    try:
        return str(_signer(services).loads(token, max_age=SECONDS))
    except BadData:
        return None


def _signer(services: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services.vault.key("media").hex(), salt="media")
