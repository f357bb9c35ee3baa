"""The evidence of a case: its records, chained over salted digests and signed, as a zip that anybody can check."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from importlib.resources import files
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.visible import must_read
from console.audit.record import record
from console.cases.queries import get
from console.evidence.models import erased
from console.evidence.records import Record, records_of
from console.evidence.verify import FORMAT, START, digest_of, link_of
from console.store.statement import Query, row
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.wire.moment import rfc3339

PURPOSE = "evidence"
README = """Evidence of one case, made by Acordo.

manifest.json   what this is, how many records, the chain's end, and the signature over both
records.jsonl   one record a line: messages, deliveries, decisions of the gate with their inputs, contacts, consents,
                approvals, agreements, payments, disputes, and who did what
verify.py       python verify.py BUNDLE.zip checks it, offline, and names the first record that was altered

A record without salt and body was erased because the law wants it gone; its digest still stands in the chain.
"""
_ERASED = Query(select(erased.c.digest, erased.c.why, erased.c.at).where(erased.c.key == bindparam("key")), row)


class Bundle(Struct, frozen=True):
    """A bundle as bytes; `head` is the end of its chain, `records` how many it holds."""

    content: bytes
    head: str
    records: int


def take_evidence(tx: Tx, actor: Actor, case_id: str, vault: Vault) -> Bundle:
    """The bundle, for compliance; that it was taken, and its head, are written down. Raises NotFound, Forbidden."""
    must_read(tx, actor, case_id)
    actor.must_be("compliance")
    made = make_bundle(tx, case_id, vault, actor.id)
    detail = {"head": made.head, "records": made.records}
    record(tx, actor.id, "evidence.taken", f"case:{case_id}", case_id=case_id, detail=detail)
    return made


def make_bundle(reader: Reader, case_id: str, vault: Vault, by: str) -> Bundle:
    """The bundle of a case, whoever asks. Raises NotFound."""
    case = get(reader, case_id)
    lines, head = [], START
    for number, each in enumerate(records_of(reader, case), 1):
        line = _line(reader, vault, number, each)
        head = line["link"] = link_of(head, number, each.key, line["digest"])
        lines.append(json.dumps(line, ensure_ascii=False, sort_keys=True))
    manifest = {
        "format": FORMAT,
        "case": case_id,
        "portfolio": case.portfolio_id,
        "debtor": case.debtor_id,
        "made_at": rfc3339(reader.now),
        "made_by": by,
        "records": len(lines),
        "head": head,
    }
    signed = {**manifest, **_signature(vault, manifest)}
    return Bundle(_zip(signed, lines), head, len(lines))


def salt_of(vault: Vault, key: str) -> str:
    """A record's salt, always the same, which nobody outside can guess: short texts cannot be tried one by one."""
    return hmac.new(vault.key(PURPOSE), key.encode(), hashlib.sha256).hexdigest()[:32]


def check_signature(manifest: dict[str, Any]) -> str:
    """The fingerprint of the key that signed. Raises ValueError when the signature does not fit."""
    rest = {name: value for name, value in manifest.items() if name not in ("signature", "public_key")}
    try:
        key = bytes.fromhex(manifest["public_key"])
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(manifest["signature"]), _signed_part(rest))
    except (KeyError, ValueError, InvalidSignature) as error:
        raise ValueError("the manifest was altered: its signature does not fit") from error
    return fingerprint(key)


def fingerprint(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]


def public_key(vault: Vault) -> bytes:
    """The installation's own, to compare bundles with."""
    return _private(vault).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _line(reader: Reader, vault: Vault, number: int, each: Record) -> dict[str, Any]:
    gone = _ERASED.first(reader, key=each.key)
    base = {"number": number, "key": each.key, "at": rfc3339(each.at)}
    if gone is not None:
        why = {"why": gone[1], "at": rfc3339(gone[2])}
        return {**base, "digest": gone[0], "salt": None, "body": None, "erased": why}
    salt = salt_of(vault, each.key)
    return {**base, "digest": digest_of(salt, each.body), "salt": salt, "body": each.body}


def _private(vault: Vault) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.key("evidence.signature"))


def _signature(vault: Vault, manifest: dict[str, Any]) -> dict[str, str]:
    signature = _private(vault).sign(_signed_part(manifest))
    return {"signature": signature.hex(), "public_key": public_key(vault).hex()}


def _signed_part(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()


def _zip(manifest: dict[str, Any], lines: list[str]) -> bytes:
    held = io.BytesIO()
    verifier = (files("console.evidence") / "verify.py").read_text("utf-8")
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        bundle.writestr("records.jsonl", "".join(f"{line}\n" for line in lines))
        bundle.writestr("verify.py", verifier)
        bundle.writestr("README.txt", README)
    return held.getvalue()
