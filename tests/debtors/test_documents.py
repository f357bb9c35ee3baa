"""What people write where there is no document makes nobody the same person as anybody."""

from __future__ import annotations

import pytest

from console.debtors.documents import checked, digests, is_filler, may_be_issued
from console.errors import Invalid
from tests.world import VAULT

FILLERS = [
    "", "-", "S/N", "N/A", "NINGUNO", "sin documento", "não tem", "XXXX", "0", "0000", "000.000.000-00", "SN 000",
    "9999999999999", "111.111.111-11", "66.666.666-6", "12345678", "123.456.789", "0123456789", "987654321",
    "XAXX010101000", "xexx010101000",
]  # fmt: skip
DOCUMENTS = [
    "529.982.247-25",
    "11.222.333/0001-81",
    "12.345.670-K",
    "30111222",
    "AB123456",
    "GODE561231GR8",
    "1020304050",
]


@pytest.mark.parametrize("text", FILLERS)
def test_a_filler_is_no_document(text: str) -> None:
    assert is_filler(text) and digests(VAULT, text) == []
    for kind in ("cpf", "dni", "rfc", "passport"):
        with pytest.raises(Invalid):
            checked(kind, text)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_is_one(text: str) -> None:
    assert not is_filler(text) and digests(VAULT, text) != []


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("dni", "11.111.111", "AR-B"), ("dni", "12345678", "AR"), ("dni", "77777777", "PE"), ("cc", "1111111111", "CO"),
        ("rut", "22.222.222-2", "CL"), ("cpf", "012.345.678-90", "BR-SP"),
    ],
)  # fmt: skip
def test_a_number_that_looks_so_and_is_given_to_people_is_theirs_by_name(kind: str, text: str, place: str) -> None:
    assert is_filler(text) and may_be_issued(kind, text, place) and checked(kind, text, place)
    with pytest.raises(Invalid):
        checked(kind, text)
    assert digests(VAULT, text) == [], "by itself it is nobody's"
    assert digests(VAULT, text, "Júlio Gómez") == digests(VAULT, text, "GOMEZ, Julio") != []
    assert digests(VAULT, text, "Júlio Gómez") != digests(VAULT, text, "Ana Gómez")


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("dni", "11.111.111", "BR"), ("dni", "0000000", "AR"), ("dni", "1111", "AR"), ("cpf", "111.111.111-11", "BR"),
        ("rut", "66.666.666-6", "CL"), ("cpf", "000.000.000-00", "BR"), ("dni", "S/N", "AR"),
    ],
)  # fmt: skip
def test_what_no_country_gives_stays_none(kind: str, text: str, place: str) -> None:
    assert not may_be_issued(kind, text, place)
    with pytest.raises(Invalid):
        checked(kind, text, place)
