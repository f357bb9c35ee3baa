"""Where the creditor is paid is said as the portfolio has it; anybody else's account or document is not sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.portfolios.models import portfolio
from console.store.base import dump
from console.store.statement import change
from tests.flows.desk import Scene
from tests.server import running

OWN, OTHER = "032180000118359719", "002010077777777771"  # both add up by the rule of the CLABE
PIX, PERSON = "529.982.247-25", "111.444.777-35"
PAYMENT = {
    "pix": {"key": "52998224725", "name": "Loja Ipe", "city": "Sao Paulo"},
    "means": [{"kind": "clabe", "title": {"es": "SPEI"}, "text": {"es": f"CLABE {OWN[:3]} {OWN[3:6]} {OWN[6:]}."}}],
}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        made = Scene(server)
        server.write(lambda tx: change(tx, portfolio, {"id": made.book.id}, settings=dump({"payment": PAYMENT})))
        checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
        assert made.ana.post(f"/api/v1/cases/{made.case}/identity", json={"checks": checks}).status_code == 200
        yield made


def code(scene: Scene, text: str) -> str:
    body = {"channel": "whatsapp", "text": text}
    (one,) = scene.ana.post(f"/api/v1/cases/{scene.case}/gate", json=body).json()["items"]
    return str(one["code"])


@pytest.mark.parametrize(
    "text", [f"Nossa CLABE: {OWN}.", f"CLABE {OWN[:3]}-{OWN[3:6]}-{OWN[6:]}", f"Chave Pix: {PIX}", "Pix: 52998224725"]
)
def test_the_creditors_own_accounts_pass(scene: Scene, text: str) -> None:
    assert code(scene, text) == "ALLOW"


@pytest.mark.parametrize("text", [f"A CLABE: {OTHER}.", f"Seu CPF é {PERSON}.", f"Pague na CLABE {OWN} ou {OTHER}"])
def test_anybody_elses_do_not(scene: Scene, text: str) -> None:
    assert code(scene, text) == "PII_IN_BODY"
