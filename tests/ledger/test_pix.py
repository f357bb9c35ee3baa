"""The BR Code: the central bank's example byte for byte, and codes in the wild that are refused (providers 4.1)."""

from __future__ import annotations

import pytest

from console.ledger.pix import BadPix, Payee, build, crc, key_kind, plain, read, svg

EXAMPLE = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal"
    "6008BRASILIA62070503***63041D3D"
)
PAYEE = Payee("123e4567-e12b-12d1-a456-426655440000", "Fulano de Tal", "BRASILIA")


def test_the_check_value_of_the_sum() -> None:
    assert f"{crc('123456789'):04X}" == "29B1"


def test_the_central_bank_s_example_byte_for_byte() -> None:
    assert build(PAYEE) == EXAMPLE
    found = read(EXAMPLE)
    assert (found.key, found.name, found.city, found.txid, found.amount) == (
        PAYEE.key, PAYEE.name, PAYEE.city, "***", None)  # fmt: skip


def test_a_dynamic_code_is_read() -> None:
    found = read(
        "00020101021226770014BR.GOV.BCB.PIX2555pix.example.com/qr/93598be0-1bd0-4997-8318-81776a1d8a995204000053039865802BR"
        "5907EMPRESA6009SAO PAULO62070503***6304EEAB"
    )
    assert found.url.startswith("pix.example.com/qr/") and found.key == ""


WRONG_TLV = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5907EMPRESA6008BRASILIA"
    "62080503***6304"
)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (f"{WRONG_TLV}{crc(WRONG_TLV):04X}", "length does not fit"),  # right sum, 08 for seven characters
        ("00020126360014BR.GOV.BCB.PIX0114+5561999999999520400005303986540510.005802BR5913FULANO DE TAL6008BRASILIA"
         "62070503***6304E3A2", "B15A would be right"),
        (EXAMPLE[:-4] + "0000", "check digits are wrong"),
        (EXAMPLE[:-1], "not a BR Code"),
        ("olá", "not a BR Code"),
        ("", "not a BR Code"),
    ],
)  # fmt: skip
def test_a_code_that_is_not_right_is_refused(code: str, says: str) -> None:
    with pytest.raises(BadPix, match=says):
        read(code)


@pytest.mark.parametrize(
    ("key", "kind"),
    [("52998224725", "cpf"), ("11222333000181", "cnpj"), ("+5511987654321", "phone"), ("caixa@ipe.example", "email"),
     (PAYEE.key, "random")],
)  # fmt: skip
def test_the_five_kinds_of_key(key: str, kind: str) -> None:
    assert key_kind(key) == kind and read(build(Payee(key, "Loja Ipê", "São Paulo"))).key == key


@pytest.mark.parametrize(
    "key", ["52998224724", "529.982.247-25", "11987654321", "+5411987654321", "Caixa@ipe.example", "x"]
)
def test_a_key_of_a_wrong_kind_is_refused(key: str) -> None:
    with pytest.raises(BadPix, match="A Pix key is"):
        build(Payee(key, "Loja", "Recife"))


def test_amount_reference_and_accents() -> None:
    found = read(build(Payee("caixa@ipe.example", "Ipê Móveis e Eletrodomésticos S.A.", "São José do Rio Preto"),
                       amount=123_456, txid="ABC123"))  # fmt: skip
    assert (found.amount, found.txid, found.name, found.city) == (
        123_456, "ABC123", "Ipe Moveis e Eletrodomest", "Sao Jose do Rio")  # fmt: skip
    assert plain("Ação & Cia.", 25) == "Acao & Cia."


@pytest.mark.parametrize("more", [{"amount": 0}, {"amount": -1}, {"txid": "a b"}, {"txid": "x" * 26}, {"txid": ""}])
def test_what_cannot_stand_in_a_code_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(BadPix):
        build(PAYEE, **more)  # type: ignore[arg-type]


def test_the_picture_is_a_document_of_its_own() -> None:
    assert svg(EXAMPLE).startswith("<svg") and "http://www.w3.org/2000/svg" in svg(EXAMPLE)
