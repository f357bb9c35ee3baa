"""Checks an evidence bundle, offline: `python verify.py BUNDLE.zip`, or `acordo evidence verify BUNDLE.zip`.

Standard library only: the same file lies in every bundle. Each record's digest is SHA-256 over its salt and its body;
each link is SHA-256 over the link before, the record's number, its key and its digest. A record that was erased for the
law's sake has neither salt nor body; its digest still stands, and the chain holds.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from typing import Any

START = "0" * 64
FORMAT = "acordo-evidence/1"


class Altered(Exception):
    """The bundle is not as it was made; the message names the first record that shows it."""


def canonical(body: object) -> bytes:
    """A body as bytes, always the same ones."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(salt: str, body: object) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + canonical(body)).hexdigest()


def link_of(before: str, number: int, key: str, digest: str) -> str:
    return hashlib.sha256(f"{before}\n{number}\n{key}\n{digest}".encode()).hexdigest()


def verify(path: str) -> dict[str, Any]:
    """The manifest of a bundle that is whole. Raises Altered, naming the first record that is not as it was."""
    try:
        with zipfile.ZipFile(path) as bundle:
            manifest = json.loads(bundle.read("manifest.json"))
            lines = bundle.read("records.jsonl").decode().splitlines()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Altered(f"this is no evidence bundle: {error}") from error
    if manifest.get("format") != FORMAT:
        raise Altered(f"this is no bundle of the format {FORMAT}")
    before = START
    for number, line in enumerate(lines, 1):
        before = _checked(before, number, line)
    if manifest["records"] != len(lines):
        raise Altered(f"record {len(lines) + 1} is missing: there were {manifest['records']}")
    if manifest["head"] != before:
        raise Altered("the manifest's head is not the chain's end")
    return dict(manifest)


def _checked(before: str, number: int, line: str) -> str:
    try:
        record = json.loads(line)
        key, digest, salt, body = record["key"], record["digest"], record["salt"], record["body"]
        stands, link = record["number"], record["link"]
    except (ValueError, KeyError, TypeError) as error:
        raise Altered(f"record {number} cannot be read ({error})") from error
    if stands != number:
        raise Altered(f"record {number} is missing or out of place: {key} stands there")
    if salt is not None and digest_of(salt, body) != digest:
        raise Altered(f"record {number} ({key}) was altered")
    if salt is None and body is not None:
        raise Altered(f"record {number} ({key}) has a body and no salt")
    if link_of(before, number, key, digest) != link:
        raise Altered(f"record {number} ({key}) was altered, or one before it was taken out")
    return str(link)


if __name__ == "__main__":
    try:
        found = verify(sys.argv[1])
    except (Altered, IndexError) as error:
        sys.exit(f"REFUSED: {error}")
    sys.stdout.write(f"whole: {found['records']} records of case {found['case']}, made {found['made_at']}\n")
