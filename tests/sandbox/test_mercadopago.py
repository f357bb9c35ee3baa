"""The product's payment links, unchanged, against the sandbox: made once, paid on its page, told by a signed notice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from channels import service
from channels.connector import Connector
from channels.errors import ServiceFailed
from channels.payments import LINKERS, Account, LinkMade, LinkWish, Named, Notice
from channels.types import Delivery, Secrets
from sandbox.config import Seller
from tests.sandbox.stage import Hit, Stage, staged

MP = LINKERS["mercadopago"]
SELLER = Seller(access_token="TEST-token-of-the-seller", webhook_secret="a secret of the hook")
KNOWN = {"access_token": SELLER.access_token, "webhook_secret": SELLER.webhook_secret}
DAY = 86_400_000


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged(seller=SELLER) as found:
        yield found


def account(stage: Stage, **other: str) -> Account:
    return Account(secrets=Secrets(KNOWN | other), origin=f"{stage.base}/mercadopago")


def connector(stage: Stage) -> Connector:
    return Connector(frozenset({stage.base.removesuffix("/sandbox")}))


def wish(stage: Stage, **other: object) -> LinkWish:
    now = stage.sandbox.clock.now()
    url = f"{stage.product.base}/webhooks/payments/mercadopago?book=b1"
    given = {"ref": "l1", "amount": 12_345, "currency": "BRL", "title": "Loja <Ipê>", "now": now,
             "expires_at": now + DAY, "notify_url": url, **other}  # fmt: skip
    return LinkWish(**given)  # type: ignore[arg-type]


async def made(stage: Stage, **other: object) -> LinkMade:
    return await service.make_link(connector(stage), MP, account(stage), wish(stage, **other))


async def press(stage: Stage, link: LinkMade, act: str, **headers: str) -> int:
    answer = await stage.http.post(link.url, data={"act": act}, headers=headers)
    return answer.status_code


def named(hit: Hit) -> Named:
    """What the product's own adapter makes of a notice, its signature checked."""
    delivery = Delivery(query=hit.query, body=hit.body, headers=hit.headers)
    MP.verify(Secrets(KNOWN), delivery)
    (found,) = MP.parse(delivery)
    assert isinstance(found, Named)
    return found


async def looked(stage: Stage, hit: Hit) -> Notice | None:
    return await service.look_payment(connector(stage), MP, account(stage), named(hit).payment)


async def test_one_key_makes_one_link(stage: Stage) -> None:
    first, again, other = await made(stage), await made(stage), await made(stage, ref="l2")
    assert first == again and other.provider_id != first.provider_id


async def test_paid_on_the_page_and_told(stage: Stage) -> None:
    link = await made(stage)
    page = await stage.http.get(link.url)
    assert "Loja &lt;Ipê&gt;" in page.text and "BRL 123.45" in page.text and 'value="pix"' in page.text
    assert "sandbox" not in page.headers["content-security-policy"]  # which would forbid its form
    assert page.headers["referrer-policy"] == "same-origin"  # else the form's Origin is "null", and refused
    assert await press(stage, link, "pix") == 303
    (hit,) = await stage.product.heard(1)
    assert parse_qs(hit.query)["book"] == ["b1"]
    found = await looked(stage, hit)
    assert found is not None
    assert (found.amount, found.currency, found.reference, found.method) == (12_345, "BRL", "l1", "pix")
    assert await press(stage, link, "card") == 409
    assert 'value="refund"' in (await stage.http.get(link.url)).text


async def test_refused_then_paid_then_returned(stage: Stage) -> None:
    link = await made(stage)
    assert await press(stage, link, "refund") == 409
    assert await press(stage, link, "reject") == 303
    (first,) = await stage.product.heard(1)
    assert await looked(stage, first) is None
    assert await press(stage, link, "card") == 303 and await press(stage, link, "again") == 303
    hits = await stage.product.heard(3)
    assert named(hits[1]) == named(hits[2]) != named(first)
    assert await press(stage, link, "refund") == 303
    found = await looked(stage, (await stage.product.heard(4))[3])
    assert found is not None and (found.returned, found.method) == (12_345, "card")


async def test_it_goes_back_in_parts_then_the_bank_takes_the_rest(stage: Stage) -> None:
    link = await made(stage)
    assert await press(stage, link, "card") == 303
    told = []
    for n, act in enumerate(("part", "part", "chargeback", "again"), 2):
        assert await press(stage, link, act) == 303
        found = await looked(stage, (await stage.product.heard(n))[n - 1])
        assert found is not None and found.amount == 12_345
        told.append(found.returned)
    assert told == [6_172, 9_258, 12_345, 12_345]
    for act in ("part", "refund", "chargeback", "pix"):
        assert await press(stage, link, act) == 409


async def test_a_bank_takes_back_no_pix(stage: Stage) -> None:
    link = await made(stage)
    assert await press(stage, link, "pix") == 303 and await press(stage, link, "chargeback") == 409
    assert 'value="chargeback"' not in (await stage.http.get(link.url)).text


async def test_an_expired_checkout_takes_no_money(stage: Stage) -> None:
    link = await made(stage, expires_at=stage.sandbox.clock.now() - 1)
    assert "venceu" in (await stage.http.get(link.url)).text
    assert await press(stage, link, "pix") == 409 and stage.product.hits == []


async def test_what_the_sandbox_refuses(stage: Stage) -> None:
    link = await made(stage)
    assert await press(stage, link, "pix", origin="https://elsewhere.example") == 403
    assert await press(stage, link, "free") == 409
    assert (await stage.http.get(link.url + "0")).status_code == 404
    with pytest.raises(ServiceFailed, match="invalid access token"):
        await service.make_link(connector(stage), MP, account(stage, access_token="TEST-another-one-1"), wish(stage))
    with pytest.raises(ServiceFailed, match="notification_url"):
        await made(stage, ref="l3", notify_url="http://127.0.0.1:1/elsewhere")
    with pytest.raises(ServiceFailed, match="not found"):
        await service.look_payment(connector(stage), MP, account(stage), "77")
    asked = urlsplit(link.url)
    host = await stage.http.get(link.url, headers={"host": "elsewhere.example"})
    assert asked.path.endswith("/checkout/v1/redirect") and host.status_code == 403
