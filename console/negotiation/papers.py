"""A document as PDF: who issues it, to whom, what it says, a table of figures. In the debtor's language, and with their
name as they write it.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from pymupdf_fonts import myfont

from console.negotiation.sheet import Paper

MARGIN_MM = 20
LINE_MM = 6
WIDE = 6  # columns, from which on the letters are small: an amount stands in one line
BASE = "NotoSans"
TYPEFACES = {"NotoSans": "notos", "FiraGO": "figo", "NotoSansSymbols2": "symbol2"}
"""Latin, Greek and Cyrillic; Arabic, Devanagari, Georgian, Hebrew and Thai; signs and emoji. SIL Open Font License."""
_JOINED = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0e7f\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters that change with those beside them, join them or run from right to left: Hebrew, Arabic, the scripts of India
and of Thailand. Elsewhere a letter is a glyph, and shaping would only cost.
"""
MISSING = "\u25a1"  # stands for a letter that none of them has


def pdf(paper: Paper) -> bytes:
    """The pages, A4. A typeface is embedded only where the words need it, and of it only their letters."""
    page = _blank(paper)
    page.set_title(_shown(paper.title))
    page.set_lang(paper.language)
    page.add_page()
    page.set_font(BASE, size=9)
    for line in paper.head:
        _line(page, line, 4.5)
    page.ln(LINE_MM)
    page.set_font(BASE, "B", 16)
    _line(page, paper.title, 9)
    page.ln(2)
    page.set_font(BASE, size=11)
    for line in paper.body:
        _line(page, line)
    if len(paper.rows) > 1:
        _table(page, paper.rows)
    for line in paper.after:
        _line(page, line)
    page.ln(LINE_MM)
    page.set_font(BASE, size=9)
    _line(page, paper.foot, 4.5)
    return bytes(page.output())


def _blank(paper: Paper) -> FPDF:
    page = FPDF(format="A4")
    page.set_margin(MARGIN_MM)
    page.set_auto_page_break(True, MARGIN_MM)
    said = "".join(
        (*paper.head, paper.title, *paper.body, *paper.after, paper.foot, *(c for r in paper.rows for c in r))
    )
    unheld = set(_shown(said)) - letters(BASE)
    others = [name for name in TYPEFACES if name != BASE and unheld & letters(name)]
    for name in (BASE, *others):
        page.add_font(name, "", _file(TYPEFACES[name]))
    page.add_font(BASE, "B", _file("notosbo"))
    page.set_fallback_fonts(others, exact_match=False)  # they have no bold one
    if _JOINED.search(said):
        page.set_text_shaping(use_shaping_engine=True, direction="ltr")  # of the sentence; a name has its own
    return page


def _table(page: FPDF, rows: tuple[tuple[str, ...], ...]) -> None:
    page.ln(2)
    aligned = (*("LEFT" for _ in rows[0][1:]), "RIGHT")
    page.set_font(BASE, size=11 if len(rows[0]) < WIDE else 8)
    with page.table(text_align=aligned, line_height=7, borders_layout="HORIZONTAL_LINES") as table:
        for row in rows:
            line = table.row()
            for cell in row:
                line.cell(_shown(cell))
    page.set_font(BASE, size=11)
    page.ln(4)


def _line(page: FPDF, text: str, height: float = LINE_MM) -> None:
    page.multi_cell(0, height, _shown(text), new_x="LMARGIN", new_y="NEXT")


def _shown(text: str) -> str:
    """Composed, as typefaces hold accented letters; a sign that none has is left out, a letter leaves a box."""
    held = frozenset().union(*map(letters, TYPEFACES))
    composed = unicodedata.normalize("NFC", text.replace("\u202f", "\u00a0"))
    return "".join(
        each if each in held else MISSING if unicodedata.category(each)[0] in "LN" else ""
        for each in composed
        if unicodedata.category(each) != "Cf"  # marks that join and separate, of signs above all
    )  # fmt: skip


@cache
def letters(name: str) -> frozenset[str]:
    """What a typeface can show."""
    with TTFont(_file(TYPEFACES[name]), lazy=True) as face:
        return frozenset(map(chr, face.getBestCmap()))


@cache
def _file(name: str) -> Path:
    """A typeface out of its package, laid down once a process: it is read from a file alone."""
    path = Path(_folder().name) / f"{name}.ttf"
    with TTFont(BytesIO(myfont(name))) as face:
        if "TTFA" in face:
            del face["TTFA"]  # notes of the hinting tool, which cannot be thinned out with the letters
        face.save(path)
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="acordo-type-")
