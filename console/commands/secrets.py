"""Secrets come from files or standard input, so that no list of processes and no shell's history holds them."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

import msgspec

from console.commands.installation import Trouble

_LONGEST = 16 * 1024


def pair(text: str) -> tuple[str, str]:
    """An argument NAME=VALUE."""
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise argparse.ArgumentTypeError("this is written NAME=VALUE")
    return name.strip(), value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that name where secrets are read."""
    parser.add_argument(
        "--secret-file", action="append", default=[], type=pair, metavar="NAME=PATH", help="one secret from a file"
    )
    parser.add_argument(
        "--secrets-file", metavar="PATH", help="a JSON object of secrets from a file, or - for standard input"
    )


def read(asked: argparse.Namespace) -> dict[str, str]:
    """All secrets that the arguments name. Raises Trouble, naming the file and never what is in it."""
    found: dict[str, str] = {}
    if asked.secrets_file:
        found |= _json(text_of(asked.secrets_file, "--secrets-file"))
    for name, path in asked.secret_file:
        found[name] = text_of(path, f"--secret-file {name}=…").strip()
        if not found[name]:
            raise Trouble(f"--secret-file {name}=…: the file is empty")
    return found


def password(path: str | None) -> str:
    """A password from a file, from standard input, or asked of a person twice. Raises Trouble."""
    if path is not None:
        return text_of(path, "--password-file").rstrip("\r\n")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise Trouble("the two passwords differ")
    return first


def text_of(path: str, option: str) -> str:
    """What a file holds. Errors name the option: somebody may have written the secret where its file belongs."""
    try:
        raw = sys.stdin.buffer.read(_LONGEST + 1) if path == "-" else Path(path).read_bytes()[: _LONGEST + 1]
        text = raw.decode()
    except OSError as error:
        raise Trouble(f"{option}: {error.strerror}; it names a file, or - for standard input") from None
    except UnicodeDecodeError:
        raise Trouble(f"{option}: the file is not a text in UTF-8") from None
    if len(raw) > _LONGEST:
        raise Trouble(f"{option}: the file is too long for a secret")
    return text


def _json(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        raise Trouble('--secrets-file must hold a JSON object of texts, for example {"auth_token": "…"}') from None
