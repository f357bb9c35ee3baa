"""Debtors who write at a steady pace, as Twilio would post it, while a browser looks on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
import uuid
from types import TracebackType
from urllib.parse import urlencode

import httpx2

from tests.bench.forms import ACCOUNT, NUMBER, TOKEN, phone
from tests.bench.processes import Running


class Writers:
    """`a_second` messages among `contacts` senders, the first of them every other time. A thread of its own."""

    def __init__(self, running: Running, contacts: int, a_second: int) -> None:
        assert running.ready is not None
        self._url = running.ready.url + running.ready.path
        self._contacts, self._pause = contacts, 1 / a_second
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self.written = 0

    def __enter__(self) -> Writers:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)

    def _write(self) -> None:
        due = time.monotonic()
        with httpx2.Client(timeout=20) as client:
            while not self._over.is_set():
                self._post(client, 0 if self.written % 2 else self.written // 2 % self._contacts)
                self.written += 1
                due += self._pause
                time.sleep(max(0, due - time.monotonic()))

    def _post(self, client: httpx2.Client, contact: int) -> None:
        form = {
            "MessageSid": f"SM{uuid.uuid4().hex}", "AccountSid": ACCOUNT, "From": phone(contact), "To": NUMBER,
            "Body": f"quando chega o boleto? #{time.time_ns() // 1_000_000}", "NumMedia": "0", "NumSegments": "1",
            "SmsStatus": "received",
        }  # fmt: skip
        signed = self._url + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        client.post(self._url, content=urlencode(form), headers=headers).raise_for_status()
