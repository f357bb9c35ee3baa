"""Fetching what others name, without being led to a neighbour of ours."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from channels.connector import Ask, Blocked, Connector, Resolve, is_public
from channels.errors import ServiceFailed
from tests.channels.samples import left_in
from tests.channels.servers import Reply, Request, http, serving


def to(*addresses: str) -> Resolve:
    """Every name resolves to these."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.8.8.8 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254
    192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 224.0.0.1 224.0.1.1 240.0.0.1 255.255.255.255 :: ::1
    ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::127.0.0.1
    64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001:0:4136:e378:8000:63bf:3fff:fdd2
    2001:db8::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 nonsense
    """.split(),
)
def test_an_address_inside_is_never_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/a",
        "https://files.example:8443/a",
        "https://files.example:99999/a",
        "https://user@files.example/a",
        "https://user:pass@files.example/a",
        "https://other.example/a",
        "https://files.example.other.example/a",
        "https://files.example\\@other.example/a",
        "https://files.example /a",
        "https://files.example\r\nX: y/a",
        "ftp://files.example/a",
        "file:///etc/passwd",
        "//files.example/a",
        "files.example/a",
        "https:///a",
        "https://[::1",
        "https://fílés.example/a",
        "",
    ],
)
async def test_only_https_to_a_named_host_is_fetched(url: str) -> None:
    connector = Connector(resolve=to("8.8.8.8"))
    with pytest.raises(Blocked):
        await connector.ask(Ask(url=url, hosts=frozenset({"files.example"})))


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("::ffff:10.0.0.1",), ()])
async def test_a_name_with_one_address_inside_is_not_fetched(addresses: tuple[str, ...]) -> None:
    with pytest.raises(Blocked):
        await Connector(resolve=to(*addresses)).ask(Ask(url="https://files.example/a"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
async def test_no_spelling_of_this_machine_is_fetched(host: str) -> None:
    with pytest.raises(ServiceFailed):
        await Connector().ask(Ask(url=f"https://{host}/a"))


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async with http(lambda _: Reply(body=b"hello")) as (port, received):
        connector = Connector(frozenset({f"http://files.example:{port}"}), resolve=resolve)
        got = await connector.ask(Ask(url=f"http://files.example:{port}/a?b=c", headers={"authorization": "Basic x"}))
    assert (got.status, got.body, asked) == (200, b"hello", ["files.example"])
    assert received[0].target == "/a?b=c"
    assert received[0].headers["host"] == f"files.example:{port}"
    assert received[0].headers["authorization"] == "Basic x"


async def test_an_exception_is_for_exactly_one_origin() -> None:
    async with http(lambda _: Reply()) as (port, received), http(lambda _: Reply()) as (other, _):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        assert (await connector.ask(Ask(url=f"http://127.0.0.1:{port}/"))).status == 200
        for url in (f"http://127.0.0.1:{other}/", f"http://localhost:{port}/", f"https://127.0.0.1:{port}/"):
            with pytest.raises(ServiceFailed):
                await connector.ask(Ask(url=url))
    assert len(received) == 1


def _redirecting(hops: int, target: Callable[[int], str]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        hop = int(request.target.removeprefix("/"))
        return Reply(status=302, headers={"location": target(hop + 1)}) if hop < hops else Reply(body=b"end")

    return answer


async def test_a_redirect_is_not_followed_unless_asked_for() -> None:
    async with http(_redirecting(2, lambda hop: f"/{hop}")) as (port, received):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        url = f"http://127.0.0.1:{port}/0"
        assert (await connector.ask(Ask(url=url))).status == 302
        assert (await connector.ask(Ask(url=url, redirects=1))).status == 302
        assert (await connector.ask(Ask(url=url, redirects=2))).body == b"end"
    assert len(received) == 1 + 2 + 3


async def test_authorization_does_not_travel_along_a_redirect() -> None:
    async with http(_redirecting(1, lambda hop: f"/{hop}")) as (port, received):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        headers = {"Authorization": "Basic x", "accept": "image/png"}
        await connector.ask(Ask(url=f"http://127.0.0.1:{port}/0", redirects=2, headers=headers))
    assert [request.headers.get("authorization") for request in received] == ["Basic x", None]
    assert received[1].headers["accept"] == "image/png"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "https://10.0.0.1/", "file:///etc/passwd", "https://a@b/"]
)
async def test_a_redirect_is_checked_like_the_first_address(target: str) -> None:
    async with http(_redirecting(1, lambda _: target)) as (port, _):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        with pytest.raises(Blocked):
            await connector.ask(Ask(url=f"http://127.0.0.1:{port}/0", redirects=2))


async def test_a_file_is_saved_with_its_digest(tmp_path: Path) -> None:
    async with http(lambda _: Reply(body=b"hello")) as (port, _):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        saved = await connector.save(Ask(url=f"http://127.0.0.1:{port}/"), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"hello"
    assert saved.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert saved.size == 5


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 101),
        Reply(headers={"content-length": "5000000000"}, body=b"x" * 1000),
        Reply(headers={"content-encoding": "gzip"}, body=b"\x1f\x8b"),
        Reply(headers={"content-length": "50"}, body=b"x" * 10),
    ],
)
async def test_a_file_too_big_packed_or_cut_short_leaves_nothing_behind(tmp_path: Path, reply: Reply) -> None:
    async with http(lambda _: reply) as (port, _):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        with pytest.raises(ServiceFailed):
            await connector.save(Ask(url=f"http://127.0.0.1:{port}/", cap=100), tmp_path / "f")
    assert left_in(tmp_path) == []


async def test_an_error_page_is_not_saved(tmp_path: Path) -> None:
    async with http(lambda _: Reply(status=404, body=b"gone")) as (port, _):
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        assert (await connector.save(Ask(url=f"http://127.0.0.1:{port}/"), tmp_path / "f")).status == 404
    assert left_in(tmp_path) == []


async def test_a_dripping_answer_is_given_up_in_time(tmp_path: Path) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(drip) as port:
        connector = Connector(frozenset({f"http://127.0.0.1:{port}"}))
        with pytest.raises(ServiceFailed) as failed:
            await connector.save(Ask(url=f"http://127.0.0.1:{port}/", seconds=0.2), tmp_path / "f")
    assert not failed.value.permanent
    assert left_in(tmp_path) == []


def _certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_the_certificate_must_be_the_names_not_the_addresss(tmp_path: Path) -> None:
    server, client = _certificate("files.example", tmp_path)
    async with http(lambda _: Reply(body=b"hello"), tls=server) as (port, _):
        origins = frozenset({f"https://files.example:{port}", f"https://other.example:{port}"})
        connector = Connector(origins, resolve=to("127.0.0.1"), tls=client)
        assert (await connector.ask(Ask(url=f"https://files.example:{port}/"))).body == b"hello"
        with pytest.raises(ServiceFailed):
            await connector.ask(Ask(url=f"https://other.example:{port}/"))


async def test_a_mail_server_is_reached_on_its_own_ports_only() -> None:
    connector = Connector(frozenset({"smtp://127.0.0.1:2526"}), resolve=to("127.0.0.1"))
    assert await connector.mail_address("127.0.0.1", 2526) == "127.0.0.1"
    with pytest.raises(Blocked):
        await connector.mail_address("127.0.0.1", 587)
    with pytest.raises(Blocked):
        await Connector(resolve=to("8.8.8.8")).mail_address("mail.example", 6379)
    assert await Connector(resolve=to("8.8.8.8")).mail_address("mail.example", 587) == "8.8.8.8"


def test_an_ask_prints_neither_address_nor_secret() -> None:
    assert repr(Ask(url="https://files.example/secret")) == "Ask(GET …)"
