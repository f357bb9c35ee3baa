"""Messages as Twilio posts them, signed: the same for the floor and for the product, each signed for its own URL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32
FLOOR_URL = "https://desk.example.com/hooks/twilio"
CONTACTS = 500
WORDS = (
    "pedido entrega boleto cartao atraso produto troca fiscal endereco celular senha cadastro ola bom dia preciso "
    "ajuda com meu obrigado quando chega"
).split()


class Signed(Struct, frozen=True):
    """One delivery. `contact` is the number of the sender among all; `path` where it is posted."""

    contact: int
    path: str
    signature: str
    body: str

    def raw(self, path: str, host: str) -> bytes:
        """The request as it goes over the line."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {self.signature}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return (head + self.body).encode()


def phone(contact: int) -> str:
    return f"+55119{40_000_000 + contact:08d}"


def number(inbox: int) -> str:
    """Of the inbox-th of several."""
    return f"+5511{40_000_000 + inbox:08d}"


NUMBER = number(0)


def messages(
    url: str | Sequence[str], count: int, *, contacts: int = CONTACTS, seed: int = 1, first: int = 0, text: str = ""
) -> list[Signed]:
    """`count` messages: one of each contact from `first` on, in order, then of anybody among them. `url`: the inbox's,
    or those of several, among which the contacts are shared out. `text`: what all of them say; empty: some words.
    """
    urls = [url] if isinstance(url, str) else url
    chance = random.Random(seed)
    made = []
    for index in range(count):
        contact = first + (index if index < contacts else chance.randrange(contacts))
        made.append(_message(urls[contact % len(urls)], number(contact % len(urls)), contact, chance, text))
    return made


def _message(url: str, to: str, contact: int, chance: random.Random, text: str) -> Signed:
    sid = f"SM{chance.getrandbits(128):032x}"
    form = {
        "MessageSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT, "MessagingServiceSid": "MG" + "0" * 32,
        "From": phone(contact), "To": to, "Body": text or " ".join(chance.choices(WORDS, k=chance.randint(4, 18))),
        "NumMedia": "0", "NumSegments": "1", "ProfileName": f"Cliente {contact}", "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return Signed(contact, urlsplit(url).path, _signature(url, form), urlencode(form))


def _signature(url: str, form: dict[str, str]) -> str:
    base = url + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(TOKEN.encode(), base.encode(), hashlib.sha1).digest()).decode()


def statuses(url: str, several: Iterable[tuple[int, str]]) -> list[Signed]:
    """Statuses of our messages: (number of the message, Twilio's word)."""
    made = []
    for nth, word in several:
        form = {
            "MessageSid": sid_of(nth), "SmsSid": sid_of(nth), "AccountSid": ACCOUNT, "From": NUMBER,
            "To": phone(nth % CONTACTS), "MessageStatus": word, "SmsStatus": word, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        made.append(Signed(nth % CONTACTS, urlsplit(url).path, _signature(url, form), urlencode(form)))
    return made


def sid_of(number: int) -> str:
    """Of a message of ours, as Twilio names it."""
    return f"SM{number:032x}"


def write(path: Path, several: list[Signed]) -> None:
    """For wrk's script: path, signature and body, a line each."""
    path.write_text("".join(f"{each.path} {each.signature} {each.body}\n" for each in several))
