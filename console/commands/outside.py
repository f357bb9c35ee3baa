"""What the doctor looks at around the installation: the disk, and the way from the public URL to the server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
from msgspec import Struct

from console.commands.inbox import webhook_url
from console.commands.listening import is_loopback
from console.commands.lock import is_taken
from console.portfolios.queries import InboxRow
from console.settings import Settings

LEAST_FREE = 1024**3  # bytes
LEAST_SHARE = 0.05
_SECONDS = 10
_UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "YWNvcmRvIGRvY3RvciBhaw==",
}  # fmt: skip


class Finding(Struct, frozen=True):
    """One thing that was looked at. `mend` says what to do when it is not well."""

    what: str
    says: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        return not self.mend


def disk(settings: Settings) -> Finding:
    """The folder can be written, and has room for what comes: a full disk stops every write."""
    folder = next(each for each in (settings.data_dir, *settings.data_dir.resolve().parents) if each.exists())
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        mend = "Give it to this user, or name another folder with ACORDO_DATA_DIR"
        return Finding("disk", f"{settings.data_dir} cannot be written ({error.strerror})", mend)
    found = shutil.disk_usage(folder)
    says = f"{found.free / 1024**3:.1f} GiB free of {found.total / 1024**3:.1f} where {settings.data_dir} lies"
    if found.free < LEAST_FREE or found.free < found.total * LEAST_SHARE:
        return Finding("disk", says, "Make room: below that every write may fail")
    return Finding("disk", says)


def ways_in(settings: Settings, inboxes: list[InboxRow]) -> Iterator[Finding]:
    """The public URL, the socket and each webhook, as those outside reach them. Nothing is signed, nothing is taken."""
    at_home = is_loopback(urlsplit(settings.public_url).hostname or "")
    if at_home and settings.sqlite_path is not None and not is_taken(settings):
        yield Finding("public URL", "no server is running on this machine just now")
        return
    with httpx2.Client(timeout=_SECONDS, follow_redirects=False) as client:
        try:
            alive = client.get(f"{settings.public_url}/healthz")
        except httpx2.HTTPError as error:
            says = f"{settings.public_url} does not answer ({type(error).__name__})"
            mend = "Is acordo serve running, and do name, proxy and certificate lead to it?"
            yield Finding("public URL", says) if at_home else Finding("public URL", says, mend)
            return
        if alive.status_code != 200 or "alive" not in alive.text:
            says = f"{settings.public_url} is answered by something else ({alive.status_code})"
            yield Finding("public URL", says, "Let the proxy pass every path, and the Host, to acordo serve")
            return
        yield Finding("public URL", f"{settings.public_url} leads here")
        yield _socket(client, settings)
        for row in inboxes:
            if row.state == "active":
                yield _webhook(client, settings, row)


def _socket(client: httpx2.Client, settings: Settings) -> Finding:
    answer = client.get(f"{settings.public_url}/ws", headers=_UPGRADE)
    if answer.status_code in (401, 403):  # a socket without session and origin: it came through, and we refused it
        return Finding("socket", "is passed through")
    says = f"does not come through ({answer.status_code})"
    return Finding("socket", says, "Let the proxy pass Upgrade and Connection for /ws, without buffering")


def _webhook(client: httpx2.Client, settings: Settings, row: InboxRow) -> Finding:
    url = webhook_url(settings.public_url, row)
    answer = client.post(url, content=b"{}", headers={"Content-Type": "application/json"})
    if answer.status_code in (400, 403):  # unsigned, and refused by us
        return Finding("webhook", f"{row.name or row.address}: {url} is reached")
    says = f"{row.name or row.address}: {url} answers {answer.status_code}"
    return Finding("webhook", says, "Let the proxy pass POST to /webhooks/ with its body as it is")
