"""What people write where there is no document makes nobody the same person as anybody."""

from __future__ import annotations

import pytest

from console.debtors.documents import checked, digests, is_filler
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
