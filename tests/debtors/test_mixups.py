"""A text that holds another debtor's document or invoice number is named before it is sent."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from console.wire.ids import new_id
from tests.debtors.conftest import Office

RITA, TELMA = "52998224725", "11144477735"


@pytest.fixture(scope="module")
def ana(office: Office) -> httpx2.Client:
    return office.server.sign_in("ana")


@pytest.fixture(scope="module")
def rita(office: Office, ana: httpx2.Client) -> str:
    """Ana serves Rita and Telma; each owes an invoice of a number of her own, and both the number 77-comum."""
    made = [_serve(office, ana, name, document, number) for name, document, number in (
        ("Rita Nova", RITA, "NF-8812"), ("Telma Dias", TELMA, "NF-9901"))]  # fmt: skip
    return made[0]


def _serve(office: Office, ana: httpx2.Client, name: str, document: str, number: str) -> str:
    point = {"channel": "sms", "address": f"+55119{document[:8]}"}
    debtor = office.debtor(name, document={"kind": "cpf", "value": document}, contact_points=[point])["id"]
    charges = [
        {"number": each, "due": "2027-01-10", "amount": {"amount": minor, "currency": "BRL"}}
        for each, minor in ((number, 10_000), ("77-comum", 24_567 if name == "Telma Dias" else 10_000))
    ]
    assert office.owes(debtor, charges=charges).status_code == 201
    opened = ana.post("/api/v1/cases", json={"client_id": new_id(), "debtor": debtor, "portfolio": office.book.id})
    assert opened.status_code == 201, opened.text
    case: str = opened.json()["id"]
    if opened.json()["owner"] is None:
        assert ana.post(f"/api/v1/cases/{case}/claim", json={}).status_code == 200
    return case


def _mixups(ana: httpx2.Client, case: str, text: str) -> list[tuple[str, str]]:
    answer = ana.post(f"/api/v1/cases/{case}/gate", json={"text": text})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["mixups"]
    assert {each["code"] for each in found} <= {"OTHER_DEBTOR"}
    return [(each["kind"], each["name"]) for each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Segue a fatura nf-9901, com vencimento hoje.", [("invoice", "Telma Dias")]),
        ("O CPF 111.444.777-35 confere?", [("document", "Telma Dias")]),
        ("11144477735 e NF-9901", [("document", "Telma Dias"), ("invoice", "Telma Dias")]),
        ("Olá, TELMA, tudo bem? Aqui é sobre o contrato da sra. Dias.", [("name", "Telma Dias")]),
        ("Telma, bom dia.", []),
        ("Rita Nova, bom dia.", []),
        ("O total é R$ 345,67.", [("sum", "Telma Dias")]),
        ("O total é 1.345,67 e não 12345,67.", []),
        ("São R$ 200,00 hoje.", []),
        ("Segue a fatura NF-8812.", []),
        ("Seu CPF é 529.982.247-25?", []),
        ("A fatura 77-comum vence hoje.", []),
        ("Bom dia, tudo bem?", []),
    ],
)
def test_a_number_of_another_debtor_is_named(
    ana: httpx2.Client, rita: str, text: str, found: list[tuple[str, str]]
) -> None:
    assert _mixups(ana, rita, text) == found


def test_the_warning_has_a_code_and_says_whose_case_it_is(office: Office, ana: httpx2.Client, rita: str) -> None:
    (found,) = ana.post(f"/api/v1/cases/{rita}/gate", json={"text": "Segue a fatura nf-9901."}).json()["mixups"]
    theirs = found.pop("case")
    assert found == {"code": "OTHER_DEBTOR", "kind": "invoice", "name": "Telma Dias"}
    assert theirs != rita and ana.get(f"/api/v1/cases/{theirs}").json()["debtor"]["name"] == "Telma Dias"


def test_whoever_serves_only_one_of_them_hears_of_no_other(office: Office, rita: str) -> None:
    sofia = office.server.sign_in("sofia")
    assert _mixups(sofia, rita, "NF-9901") == []
