"""The security headers of every response, by class: the shell, the mail frame, and everything else."""

from __future__ import annotations

from urllib.parse import urlsplit

from console.settings import Settings

_ALWAYS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    ("cache-control", "no-store"),
)
_HSTS = ("strict-transport-security", "max-age=31536000; includeSubDomains")
_SHELL = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'{socket}; frame-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_FILES = "default-src 'none'; sandbox; frame-ancestors 'none'"
IMMUTABLE = "public, max-age=31536000, immutable"
"""For assets whose name holds their hash."""


def shell(settings: Settings) -> str:
    """The policy of our pages. A socket may go to the public host; over plain http (the demo) to any of its names."""
    return _SHELL.format(socket=f" wss://{urlsplit(settings.public_url).netloc}" if settings.secure else " ws:")


def mail_frame(settings: Settings) -> str:
    """The policy of a mail's own document. Its origin is opaque: it holds nothing, and reaches nothing but pictures."""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data: {settings.public_url}; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )


def always(settings: Settings) -> list[tuple[bytes, bytes]]:
    """What every response carries unless it says otherwise itself: files and API have the narrowest policy."""
    found = [*_ALWAYS, ("content-security-policy", _FILES), *([_HSTS] if settings.secure else [])]
    return [(name.encode(), value.encode()) for name, value in found]
