"""Where a server listens, and under which name the world knows it."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import socket
from urllib.parse import urlsplit

import msgspec

from console.commands.installation import Trouble
from console.settings import Settings

BACKLOG = 2048
DEFAULT_PORT = 8000


def port_number(text: str) -> int:
    """An argument as a port, 0 for a free one."""
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host name or address."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def bind(host: str, port: int) -> socket.socket:
    """A listening socket's address taken. Raises Trouble in one line when it is in use or not ours."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise Trouble(f"{host} is no address of this machine: give --host 127.0.0.1 or 0.0.0.0") from None
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Trouble(_why(error, host, port)) from None
    listener.set_inheritable(True)
    return listener


def public(settings: Settings, host: str, port: int, *, named: bool) -> Settings:
    """The settings with the public URL that holds here. Raises Trouble for plain http beyond the loopback.

    named: the operator has set ACORDO_PUBLIC_URL; otherwise it is where we listen.
    """
    if not named:
        shown = f"[{host}]" if ":" in host else host
        settings = msgspec.structs.replace(settings, public_url=f"http://{shown}:{port}")
    known_as = urlsplit(settings.public_url)
    if known_as.scheme == "http" and not (is_loopback(known_as.hostname or "") and is_loopback(host)):
        raise Trouble(
            "plain http is served to this machine only: put a proxy with TLS in front and name it, "
            "for example ACORDO_PUBLIC_URL=https://acordo.example.com"
        )
    return settings


def port_of(settings: Settings) -> int:
    """Where to listen when nobody said: the public URL's port if that is this machine, else 8000."""
    parts = urlsplit(settings.public_url)
    return parts.port or DEFAULT_PORT if parts.scheme == "http" and is_loopback(parts.hostname or "") else DEFAULT_PORT


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: stop what uses it, or choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that this user lacks: choose one above 1023 with --port"
    return f"cannot listen on {host}:{port}: {error.strerror}"
