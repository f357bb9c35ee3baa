"""A payer's bank: reads a Pix code and tells the creditor's side that money came.

Code: EMV TLV of Brazil's central bank (2-digit id, 2-digit length, value). Notice: the body that payment providers post
after the Pix API of the central bank (`pix[]` with endToEndId, txid, valor, chave, horario).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime

import msgspec

from sandbox.clock import rfc3339
from sandbox.config import Person
from sandbox.records import Post
from sandbox.world import Sandbox

CODE = re.compile(r"000201[\x20-\x7e]{20,480}?6304[0-9A-F]{4}")


def pay(sandbox: Sandbox, person: Person, code: str, cents: int) -> dict[str, str]:
    """Pays a code, or an amount in minor units when the code holds none. Answers the notice; raises ValueError."""
    if not sandbox.config.payments_url:
        raise ValueError("no payment provider is connected")
    found = CODE.search(code)
    fields = read(found[0]) if found else {}
    amount = fields.get("54") or (f"{cents // 100}.{cents % 100:02d}" if cents > 0 else "")
    if not amount:
        raise ValueError("the code holds no amount: give one")
    now = sandbox.clock.now()
    minute = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d%H%M")
    notice = {
        "endToEndId": f"E12345678{minute}{secrets.token_hex(6)[:11]}",
        "txid": read(fields["62"]).get("05", "") if "62" in fields else "",
        "valor": amount,
        "chave": read(fields["26"]).get("01", "") if "26" in fields else "",
        "horario": rfc3339(now),
        "infoPagador": person.name,
    }
    body = msgspec.json.encode({"pix": [notice]})
    digest = hmac.new(sandbox.config.payments_secret.encode(), body, hashlib.sha256).hexdigest()
    sandbox.courier.post(
        Post(
            lane=f"pix {person.id}",
            inbox="",
            message=notice["endToEndId"],
            url=sandbox.config.payments_url,
            headers={"content-type": "application/json", "x-acordo-signature": f"sha256={digest}"},
            body=body,
            due_at=sandbox.clock.real(),
            waits=sandbox.config.pace.retry_s,
        )
    )
    return notice


def read(code: str) -> dict[str, str]:
    """The fields of one level. Raises ValueError where a length does not fit."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(code):
        name, size = code[at : at + 2], code[at + 2 : at + 4]
        if not size.isdigit() or at + 4 + int(size) > len(code):
            raise ValueError("the Pix code is malformed")
        fields[name] = code[at + 4 : at + 4 + int(size)]
        at += 4 + int(size)
    return fields
