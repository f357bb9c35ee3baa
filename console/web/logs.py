"""Logs: one line per thing that happened, ids only. What looks like an address, a phone or a document is struck out."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

from console.settings import Settings

_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # e-mail
    r"|\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"  # CPF
    r"|\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b"  # CNPJ
    r"|(?<![\w.])\+?\d[\d ()-]{8,17}\d(?![\w.])"  # phone, or a document without its dots
)
_SECRET = re.compile(
    r"(?i)\bbearer\s+\S+|(?:password|passwd|secret|token|authorization|cookie)\S*[=:]\s*(?:bearer\s+)?\S+"
    r"|://[^/\s:@]+:[^/\s@]+@|\bacordo_[\w-]{6,}"
)
_OURS = frozenset({"timestamp", "level", "event"})


class Patient:
    """A stream that loses lines rather than the work that wrote them: a log often lies on the disk that is full."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost = 0

    def write(self, text: str) -> int:
        return self._kept(lambda: self._stream.write(text))

    def flush(self) -> None:
        self._kept(self._stream.flush)

    def _kept(self, act: Callable[[], int | None]) -> int:
        try:
            return act() or 0
        except OSError:
            self.lost += 1
            return 0


def configure(settings: Settings) -> None:
    """Once a process. `text` is for people, `json` for machines; both go to standard error."""
    last: Any = structlog.processors.JSONRenderer() if settings.log == "json" else _plain
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, Patient(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "aiosmtpd", "mail.log", "httpx2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Strike personal data and secrets out of every text of a line, tracebacks included."""
    for key, value in event.items():
        if isinstance(value, str) and key not in _OURS:
            event[key] = clean(value)
    return event


def clean(text: str) -> str:
    """The text without addresses, phones, documents and secrets."""
    return _PERSONAL.sub("[…]", _SECRET.sub("[…]", text))


def _plain(_: WrappedLogger, __: str, event: EventDict) -> str:
    trace = event.pop("exception", None)
    head = f"{event.pop('timestamp')} {event.pop('level'):<8} {event.pop('event')}"
    line = " ".join([head, *(f"{key}={value}" for key, value in event.items())])
    return f"{line}\n{trace}" if trace else line
