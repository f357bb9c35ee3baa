"""Letters are printed as people write their names: every script that our typefaces hold, and nothing turns into "?"."""

from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from console.negotiation.papers import MISSING, TYPEFACES, letters, pdf
from console.negotiation.sheet import Paper


def printed(name: str) -> str:
    """What can be read in a letter to somebody of this name."""
    rows = (("Fatura", "Valor"), (name, "R$ 1.234,56"))
    made = pdf(Paper(f"Carta a {name}", "pt-BR", ("Loja Ipê S.A.",), (f"{name}, bom dia.",), rows, (), "Ajuda — 0800"))
    return " ".join("\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())


@pytest.mark.parametrize(
    "name",
    ["José Conceição", "Łukasz Żółć", "Đặng Thị Hương", "Олена Шевченко", "Ελένη Παππά", "ნინო", "שלום", "สมชาย",
     "Zoë “Ação” Ñandú–Ö", "Ana ❤ ☀"],
)  # fmt: skip
def test_a_name_is_printed_as_it_is_written(name: str) -> None:
    said = printed(name)
    for word in name.split():
        assert word in said or word[::-1] in said, said  # from right to left, letters stand in the order of the page
    assert "?" not in said and "R$ 1.234,56" in said and "0800" in said


def test_what_no_typeface_has_leaves_a_box_for_a_letter_and_nothing_for_a_sign() -> None:
    said = printed("王 Ana😀\u200d\ufe0f")
    assert f"{MISSING} Ana, bom dia." in said and "王" not in said


def test_a_typeface_is_embedded_only_where_the_words_need_it() -> None:
    plain = Paper("Carta", "pt-BR", (), ("José",), (), (), "Ajuda")
    assert b"FiraGO" not in pdf(plain) and b"NotoSans" in pdf(plain)
    assert all(len(letters(name)) > 1_000 for name in TYPEFACES)


def test_two_accents_and_one_letter_are_the_same() -> None:
    assert "João" in printed("Joa\u0303o")


def drawn(name: str) -> int:
    """How many different shapes of FiraGO a letter to somebody of this name is drawn with."""
    made = pdf(Paper("Carta", "pt-BR", (), (name,), (), (), "Ajuda"))
    fonts = PdfReader(BytesIO(made)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    (found,) = (
        each for font in fonts.values()
        if "FiraGO" in (each := font.get_object()["/DescendantFonts"][0].get_object())["/BaseFont"]
    )  # fmt: skip
    face = TTFont(BytesIO(found["/FontDescriptor"].get_object()["/FontFile2"].get_object().get_data()))
    shapes = face["glyf"]
    return sum(shapes[each].numberOfContours != 0 for each in face.getGlyphOrder() if each != ".notdef")


def test_letters_that_join_are_drawn_as_they_stand_beside_each_other() -> None:
    assert len(set("محمد")) == 3 and drawn("محمد") == 4, "the first of two is not the second"
    assert drawn("क्ष") == 1 and len("क्ष") == 3
