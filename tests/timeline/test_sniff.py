"""A file is what its bytes are."""

from __future__ import annotations

import pytest

from console.timeline.images import PIXELS, SIDE, dimensions
from console.timeline.sniff import UNKNOWN, sniff
from tests.timeline import samples as s

_OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (s.jpeg(), "image/jpeg"),
        (s.png(), "image/png"),
        (s.gif(), "image/gif"),
        (s.webp(), "image/webp"),
        (s.OGG, "audio/ogg"),
        (b"ID3\4\0\0" + b"\0" * 20, "audio/mpeg"),
        (s.MP3_FRAME * 2, "audio/mpeg"),
        (s.mp4(), "video/mp4"),
        (s.mp4(b"M4A "), "audio/mp4"),
        (b"#!AMR\n\x3c\x91", "audio/amr"),
        (s.PDF, "application/pdf"),
        (s.office("word/document.xml"), _OFFICE + "wordprocessingml.document"),
        (s.office("xl/workbook.xml"), _OFFICE + "spreadsheetml.sheet"),
        (s.odt(), "application/vnd.oasis.opendocument.text"),
        (s.office("anything.txt"), "application/zip"),
        ("Olá, segue o comprovante. 3 < 4\n".encode(), "text/plain"),
        ("Olá, tudo bem".encode("latin-1"), "text/plain"),
    ],
)
def test_a_file_is_known_by_its_bytes_whatever_it_is_called(content: bytes, kind: str) -> None:
    assert sniff(content, "x.bin.png", "image/svg+xml").type == kind


def test_a_table_is_told_from_a_text_by_its_name_or_its_senders_word() -> None:
    assert sniff(b"a;b\n1;2\n", "saldo.CSV").type == "text/csv"
    assert sniff(b"a;b\n1;2\n", "saldo", "text/csv; charset=utf-8").type == "text/csv"


def test_a_container_of_sound_alone_is_believed_to_be_sound() -> None:
    assert sniff(s.mp4(), declared="audio/mp4").type == "audio/mp4"
    assert sniff(s.mp4(more=b"vide"), declared="audio/mp4").type == "video/mp4"


@pytest.mark.parametrize(
    ("content", "danger"),
    [
        (s.SVG, "markup"),
        (b"\xef\xbb\xbf \n" + s.SVG, "markup"),
        (b'<?xml version="1.0"?><svg/>', "markup"),
        (s.HTML, "markup"),
        (s.HTML.decode().encode("utf-16"), "markup"),
        (b"a text with a <ScRiPt >in it", "markup"),
        (s.EXE, "program"),
        (b"\x7fELF\2\1", "program"),
        (b"#!/bin/sh\nrm -rf /\n", "script"),
    ],
)
def test_what_would_run_is_nothing_but_bytes_to_be_downloaded(content: bytes, danger: str) -> None:
    found = sniff(content, "foto.png", "image/png")
    assert (found.type, found.danger) == (UNKNOWN, danger)


@pytest.mark.parametrize("name", ["nota.pdf.exe", "nota.HTML", "x.svg", "x.js", "planilha.xlsm"])
def test_an_ending_that_a_system_would_run_is_a_danger_whatever_the_bytes_are(name: str) -> None:
    assert sniff(s.PDF, name).danger
    assert sniff(s.png(), name).danger


def test_a_document_with_macros_is_no_document() -> None:
    assert sniff(s.office("word/document.xml", "word/vbaProject.bin")).type == "application/zip"


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a/*<script>alert(1)</script>*/",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"\xff\xd8\xff<script>alert(1)</script>",
        b"RIFF\0\0\0\0WEBP<script>alert(1)</script>",
        b"GIF89a",
        s.png()[:20],
    ],
)
def test_a_script_that_calls_itself_a_picture_is_never_shown(content: bytes) -> None:
    assert sniff(content, "foto.gif", "image/gif").type == UNKNOWN


@pytest.mark.parametrize("content", [b"", b"\0", b"OggS", b"PK\x03\x04", b"\xff\xfb", b"\0\0\0\x10ftyp", b"\1\2\3"])
def test_scraps_are_unknown_and_harm_nothing(content: bytes) -> None:
    assert sniff(content).type in (UNKNOWN, "application/zip")


@pytest.mark.parametrize("make", [s.png, s.jpeg, s.gif, s.webp])
def test_the_size_of_a_picture_is_read_from_its_header(make: object) -> None:
    found = sniff(make(640, 480))  # type: ignore[operator]
    assert (found.width, found.height, found.refused) == (640, 480, "")


@pytest.mark.parametrize("kind", ["VP8X", "VP8L", "VP8 "])
def test_every_form_of_webp_tells_its_size(kind: str) -> None:
    assert dimensions("image/webp", s.webp(640, 480, kind)) == (640, 480)


@pytest.mark.parametrize(
    "content",
    [
        s.png(SIDE + 1, 1),
        s.png(1, SIDE + 1),
        s.png(10_000, PIXELS // 10_000 + 1),
        s.gif(1, 1, inner=(60_000, 60_000)),
    ],
)
def test_a_picture_made_to_explode_is_refused(content: bytes) -> None:
    assert sniff(content).refused == "picture_too_large"


def test_a_picture_at_the_limit_is_kept() -> None:
    assert sniff(s.png(SIDE, PIXELS // SIDE)).refused == ""


def test_a_picture_without_a_side_is_none() -> None:
    assert sniff(s.png(0, 5)).type == UNKNOWN
