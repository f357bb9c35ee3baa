"""`acordo evidence`: the proof of a case as a file, and whether such a file is whole. Checking works offline."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.commands.installation import Trouble, installation
from console.evidence.bundle import check_signature, fingerprint, make_bundle, public_key
from console.evidence.verify import Altered, verify


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="CASE", help="a case's id; or the word verify, and then a bundle")
    parser.add_argument("file", nargs="?", metavar="FILE", help="where the bundle goes (default: CASE.zip)")
    parser.add_argument("--key", metavar="FINGERPRINT", help="with verify: the fingerprint that must have signed")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    return verify_one(asked) if asked.what == "verify" else take_one(asked)


def take_one(asked: argparse.Namespace) -> int:
    path = Path(asked.file or f"{asked.what}.zip")
    with installation() as services:
        made = services.store.read_now(make_bundle, asked.what, services.vault, "command")
        key = fingerprint(public_key(services.vault))
    path.write_bytes(made.content)
    print(f"{path}: {made.records} records, head {made.head}, signed by {key}")
    return 0


def verify_one(asked: argparse.Namespace) -> int:
    if not asked.file:
        raise Trouble("name the bundle to check")
    try:
        manifest = verify(asked.file)
        signer = check_signature(manifest)
    except (Altered, ValueError) as error:
        raise Trouble(f"refused: {error}") from None
    if asked.key and asked.key != signer:
        raise Trouble(f"refused: signed by {signer}, not by {asked.key}")
    print(f"whole: {manifest['records']} records of case {manifest['case']}, made {manifest['made_at']}")
    print(f"head {manifest['head']}, signed by {signer}")
    return 0
