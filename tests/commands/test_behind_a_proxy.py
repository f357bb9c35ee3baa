"""The proxy of docs/operating.md, a real one, in front of `acordo serve`: TLS, sockets, sizes, and who is calling."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.commands.shell import Shell
from tests.commands.test_people import PASSWORD, add
from tests.services import Nginx
from tests.services.needs import free_port, listens, wait_until

SOMEBODY, SOMEBODY_ELSE = "127.0.0.2", "127.0.0.3"  # addresses that the proxy is called from
ANA = {"email": "ana@example.com", "password": PASSWORD}


@dataclass
class Site:
    nginx: Nginx
    trusted: ssl.SSLContext

    def client(self, address: str = SOMEBODY) -> httpx2.Client:
        transport = httpx2.HTTPTransport(local_address=address, verify=self.trusted)
        return httpx2.Client(base_url=self.nginx.url, transport=transport, timeout=20)


@pytest.fixture
def site(shell: Shell) -> Iterator[Site]:
    add(shell)
    upstream = free_port()
    nginx = Nginx(shell.folder, [upstream])
    behind = {"ACORDO_PUBLIC_URL": nginx.url, "ACORDO_TRUSTED_PROXIES": "127.0.0.1"}
    server = shell.start("serve", "--port", str(upstream), **behind)
    try:
        assert wait_until(lambda: listens(upstream))
        yield Site(nginx, ssl.create_default_context(cafile=str(nginx.authority)))
    finally:
        server.terminate()
        server.communicate(timeout=30)
        nginx.stop()


def test_a_console_works_through_it(site: Site) -> None:
    with site.client() as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        signed = client.post("/api/v1/session", json=ANA)
        assert signed.status_code == 200 and client.cookies.get("__Host-acordo")
        assert "max-age" in client.get("/").headers["strict-transport-security"]
        cookie = {"Cookie": f"__Host-acordo={client.cookies['__Host-acordo']}"}
        address = site.nginx.url.replace("https", "wss") + "/ws"
        with connect(address, ssl=site.trusted, origin=Origin(site.nginx.url), additional_headers=cookie) as socket:
            socket.send(json.dumps({"type": "hello", "cursor": None}))
            assert json.loads(socket.recv(timeout=10))["type"] == "ready"


def test_plain_http_is_sent_to_https(site: Site) -> None:
    answer = httpx2.get(f"{site.nginx.plain}/sign-in?next=/wall")
    assert answer.status_code == 301 and answer.headers["location"] == "https://localhost/sign-in?next=/wall"


def test_a_body_too_large_is_refused_by_the_product_in_its_own_words(site: Site) -> None:
    with site.client() as client:
        answer = client.post("/api/v1/session", content=b"x" * 300_000, headers={"content-type": "application/json"})
        assert answer.status_code == 413 and answer.json()["code"] == "payload_too_large"


def test_wrong_passwords_count_for_who_typed_them_and_not_for_everybody_behind_the_proxy(site: Site) -> None:
    with site.client(SOMEBODY) as guessing, site.client(SOMEBODY_ELSE) as ana:
        for number in range(20):
            body = {"email": f"nobody{number}@example.com", "password": "a guess of mine"}
            claimed = {"X-Forwarded-For": f"192.0.2.{number}"}  # which nobody believes
            assert guessing.post("/api/v1/session", json=body, headers=claimed).status_code == 401
        assert guessing.post("/api/v1/session", json=ANA).status_code == 429
        assert ana.post("/api/v1/session", json=ANA).status_code == 200
