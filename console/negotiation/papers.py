"""A document as PDF: who issues it, to whom, what it says, a table of figures. In the debtor's language."""

from __future__ import annotations

from fpdf import FPDF

from console.negotiation.documents import Paper

MARGIN_MM = 20
LINE_MM = 6


def pdf(paper: Paper) -> bytes:
    """The pages, A4. What the built-in typeface cannot show becomes a question mark."""
    page = FPDF(format="A4")
    page.set_margin(MARGIN_MM)
    page.set_auto_page_break(True, MARGIN_MM)
    page.set_title(_shown(paper.title))
    page.set_lang(paper.language)
    page.add_page()
    page.set_font("Helvetica", size=9)
    for line in paper.head:
        _line(page, line, 4.5)
    page.ln(LINE_MM)
    page.set_font("Helvetica", "B", 16)
    _line(page, paper.title, 9)
    page.ln(2)
    page.set_font("Helvetica", size=11)
    for line in paper.body:
        _line(page, line)
    if len(paper.rows) > 1:
        _table(page, paper.rows)
    for line in paper.after:
        _line(page, line)
    page.ln(LINE_MM)
    page.set_font("Helvetica", size=9)
    _line(page, paper.foot, 4.5)
    return bytes(page.output())


def _table(page: FPDF, rows: tuple[tuple[str, ...], ...]) -> None:
    page.ln(2)
    aligned = (*("LEFT" for _ in rows[0][1:]), "RIGHT")
    with page.table(text_align=aligned, line_height=7, borders_layout="HORIZONTAL_LINES") as table:
        for row in rows:
            line = table.row()
            for cell in row:
                line.cell(_shown(cell))
    page.ln(4)


def _line(page: FPDF, text: str, height: float = LINE_MM) -> None:
    page.multi_cell(0, height, _shown(text), new_x="LMARGIN", new_y="NEXT")


def _shown(text: str) -> str:
    plain = text.translate({0x2013: "-", 0x2014: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x202F: " "})
    return plain.encode("latin-1", "replace").decode("latin-1")
