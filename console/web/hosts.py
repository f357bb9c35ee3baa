"""Which host names and origins are ours. Nothing else about security is ever read from a request's Host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from console.settings import Settings

_LOOPBACK = re.compile(r"(?:(?:[a-z0-9-]{1,63}\.){0,3}localhost|127\.0\.0\.1|\[::1\])", re.ASCII | re.IGNORECASE)
_PERSONA = re.compile(r"([a-z0-9-]{1,63})\.localhost", re.ASCII | re.IGNORECASE)
_PORTS = {"http": "80", "https": "443"}

Headers = Iterable[tuple[bytes, bytes]]


class Hosts:
    """The public URL's host; in the demo any name of the loopback on its port."""

    def __init__(self, settings: Settings, *, demo: bool) -> None:
        parts = urlsplit(settings.public_url)
        self.demo = demo
        self.scheme = parts.scheme
        self._origin = settings.public_url
        self._port = str(parts.port or _PORTS[parts.scheme])
        self._name = parts.hostname or ""
        self._known = ""  # the last host that was ours: nearly every request names the same

    def knows(self, host: str) -> bool:
        """Whether a Host header (with or without a port) names this installation."""
        if host == self._known:
            return True
        name, port = self._split(host)
        ours = name.lower().strip("[]") == self._name or (self.demo and _LOOPBACK.fullmatch(name) is not None)
        if port != self._port or not ours:
            return False
        self._known = host
        return True

    def is_origin(self, origin: str, host: str) -> bool:
        """Whether an Origin is a page of ours: the public URL; in the demo scheme + the Host it came to."""
        if self.demo and self.knows(host):
            return origin in (f"{self.scheme}://{host}", self._origin if self._split(host)[0] == self._name else "")
        return origin == self._origin

    def persona(self, host: str) -> str | None:
        """NAME of http://NAME.localhost:P in the demo; None anywhere else."""
        match = _PERSONA.fullmatch(self._split(host)[0]) if self.demo else None
        return match[1].lower() if match else None

    def url_of(self, name: str) -> str:
        """The address of a persona in the demo."""
        return f"{self.scheme}://{name}.localhost:{self._port}/"

    def _split(self, host: str) -> tuple[str, str]:
        name, mark, port = host.rpartition(":")
        if not mark or not port.isdigit():
            return host, _PORTS[self.scheme]
        return name, port


def header(headers: Headers, name: bytes) -> str:
    """The value of a header that may stand once; "" when it is absent, or stands twice (which nobody honest sends)."""
    found = [value for key, value in headers if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""
