"""HTML of strangers: nothing runs, nothing loads, cleaning again changes nothing, and hostile size costs little."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import Any

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.html import MAX_DATA, SafeHtml, html_to_text, safe_html
from channels.email.markup import MAX_CHARS
from tests.channels.email.samples import inbound, recorded
from tests.services.needs import Missing, fixtures_folder

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


class _Seen(HTMLParser):
    """What a browser would find in the cleaned markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(markup: str) -> _Seen:
    parser = _Seen()
    parser.feed(markup)
    parser.close()
    return parser


DANGEROUS = {"script", "style", "svg", "math", "form", "input", "button", "link", "meta", "base", "iframe", "object"}
DANGEROUS |= {
    "embed",
    "video",
    "audio",
    "source",
    "template",
    "textarea",
    "select",
    "frame",
    "frameset",
    "applet",
    "noscript",
}
KEPT = {"href", "title", "src", "alt", "width", "height", "style", "rel", "target", "dir", "lang", "align", "valign"}
KEPT |= {
    "border",
    "cellpadding",
    "cellspacing",
    "bgcolor",
    "colspan",
    "rowspan",
    "color",
    "face",
    "size",
    "start",
    "type",
}
KEPT |= {"span"}


def assert_harmless(result: SafeHtml) -> None:
    for tag, attrs in seen(result.html).tags:
        assert tag not in DANGEROUS
        assert attrs.keys() <= KEPT
        assert re.match(r"https://|mailto:|tel:", attrs.get("href", "https://"))
        assert re.match(r"data:image/(png|jpeg|gif|webp);base64,", attrs.get("src", "data:image/png;base64,"))
        style = attrs.get("style", "").lower()
        assert not re.search(r"url|expression|import|behavior|binding|position|\\|/\*|<", style)
        if tag == "a":
            assert attrs["rel"] == "noopener noreferrer nofollow"
            assert attrs["target"] == "_blank"
            assert attrs.get("title") == attrs.get("href")


def vectors() -> list[str]:
    try:
        folder = fixtures_folder() / "xss"
    except Missing:
        return []
    lines = (folder / "seclists_rsnake.txt").read_text().split("\n")
    return [line for line in lines if line] + [path.read_text().split("--")[0] for path in folder.glob("bleach/*.test")]


OWN = [
    '<a href="//evil.example/x">x</a>',
    '<a href="http://evil.example/x">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="https:evil.example">x</a>',
    '<img src="//evil.example/p.gif">',
    '<img srcset="https://evil.example/p.gif 2x" src=x>',
    '<table background="https://evil.example/p.gif"><tr><td style="background:url(https://evil.example/p.gif)">x',
    "<p style=\"background-image:url('https://evil.example/p.gif')\">x</p>",
    '<p style="color:red;position:fixed;top:0;left:0;width:100%;height:100%">x</p>',
    '<p style="color:\\75 rl(x)">x</p>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form action=https://evil.example><button formaction=javascript:alert(1)>x",
    "<select><option><style></select><img src=x onerror=alert(1)></style>",
    '<img src="data:image/svg+xml;base64,PHN2Zy8+">',
    '<a href="https://ok.example" onclick="alert(1)" title="https://safe.example">x</a>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example/">',
    "<plaintext><script>alert(1)</script>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<textarea><img src=x onerror=alert(1)></textarea><img src=x onerror=alert(1)>",
    "<table><a href=https://x.example><tr><td></a><b><p>x</table></b>",
    "<div id=location name=cookie class=gmail_quote>x</div>",
    "<p>a\x00<scr\x00ipt>alert(1)</script>",
]


@pytest.mark.parametrize("vector", vectors() + OWN)
@pytest.mark.parametrize("images", ["blocked", "shown"])
def test_no_known_attack_survives(vector: str, images: str) -> None:
    result = safe_html(vector, "blocked")
    assert_harmless(result)
    assert safe_html(result.html, "blocked").html == result.html
    if images == "shown":
        for tag, attrs in seen(safe_html(vector, "shown").html).tags:
            assert tag not in DANGEROUS
            assert re.match(r"https://|data:image/", attrs.get("src", "https://"))


@pytest.mark.fixtures
def test_the_recorded_hostile_mail_loads_and_runs_nothing() -> None:
    result = safe_html(inbound(recorded("self_html_tracking_and_script.eml")).html)
    assert_harmless(result)
    assert result.blocked_images == 1
    assert "tracker" not in result.html
    assert "evil" not in result.html
    assert "Olá" in result.html


def test_foreign_images_wait_until_they_are_asked_for() -> None:
    raw = '<p>oi<img src="https://loja.example/a.png" alt="logo" width="20"><img src="http://loja.example/b.png"></p>'
    blocked = safe_html(raw)
    assert blocked.blocked_images == 2
    assert "loja.example" not in blocked.html
    assert 'alt="logo"' in blocked.html
    shown = safe_html(raw, "shown")
    assert 'src="https://loja.example/a.png"' in shown.html
    assert "http://" not in shown.html
    through = safe_html(raw, "shown", image_url=lambda url: f"https://acordo.example/i?{url.split('/')[-1]}")
    assert [attrs.get("src") for tag, attrs in seen(through.html).tags if tag == "img"] == [
        "https://acordo.example/i?a.png",
        "https://acordo.example/i?b.png",
    ]


def test_backgrounds_count_as_blocked_images() -> None:
    raw = (
        '<table background="https://x.example/a.png"><tr><td style="background:url(https://x.example/b.png)">x</table>'
    )
    assert safe_html(raw).blocked_images == 2


def test_a_picture_of_the_mail_itself_is_embedded_or_linked() -> None:
    raw = '<img src="cid:logo1"><img src="CID:logo%32"><img src="cid:outro">'
    result = safe_html(raw, cid={"logo1": PNG, "logo2": "https://acordo.example/media/x"})
    sources = [attrs.get("src") for _, attrs in seen(result.html).tags]
    assert sources[0] == "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert sources[1:] == ["https://acordo.example/media/x", None]
    assert result.blocked_images == 0


@pytest.mark.parametrize("content", [SVG, b"<html>", b"", PNG + b"\0" * MAX_DATA])
def test_only_small_pictures_by_their_own_bytes_are_embedded(content: bytes) -> None:
    assert "src" not in safe_html('<img src="cid:x">', cid={"x": content}).html


def test_a_data_picture_is_kept_by_its_bytes_not_by_its_name() -> None:
    png, fake = base64.b64encode(PNG).decode(), base64.b64encode(SVG).decode()
    result = safe_html(f'<img src="data:image/jpeg;base64,{png}"><img src="data:image/png;base64,{fake}">')
    assert [attrs.get("src", "")[:22] for _, attrs in seen(result.html).tags] == ["data:image/png;base64,", ""]


def test_a_link_shows_where_it_really_goes() -> None:
    result = safe_html(
        '<a href="https://phish.example/a" title="banco.example">https://banco.example</a> <a href="tel:+1">t</a>'
    )
    assert 'title="https://phish.example/a"' in result.html
    assert result.links == ("https://phish.example/a", "tel:+1")


def test_harmless_styles_stay() -> None:
    result = safe_html('<p style="color: #ff0000; font-weight:bold; margin: 0 0 1em">x</p>')
    assert "color:#ff0000" in result.html
    assert "font-weight:bold" in result.html


def test_a_quotation_can_be_left_out() -> None:
    raw = '<p>Já paguei.</p><blockquote type="cite"><p>Quando paga?</p></blockquote>'
    assert "Quando" in safe_html(raw).html
    folded = safe_html(raw, quotations="folded")
    assert folded.folded
    assert seen(folded.html).text.strip() == "Já paguei."


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Um</p><p>Dois</p>", "Um\n\nDois"),
        ("<div>Um</div><div>Dois</div>", "Um\nDois"),
        ("Um<br>Dois<br><br>Três", "Um\nDois\n\nTrês"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d"),
        ("<style>p{}</style><script>x()</script><title>t</title>a", "a"),
        ("<!-- no --><p>sim", "sim"),
        ("1 < 2 e 3 > 2", "1 < 2 e 3 > 2"),
        ("", ""),
    ],
)
def test_html_reads_as_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


BOMBS = [
    "<table><tr><td>", "<b><a>", "<!--", '<a b="', "</p>", "&amp", "<font><p>", "<a href=x><table><b>", "<x a a a a ",
    "<blockquote type=cite>", "<p style='a:b;", "<![CDATA[",
]  # fmt: skip


@pytest.mark.parametrize("piece", BOMBS)
def test_three_megabytes_of_nesting_cost_no_more_than_their_length(piece: str) -> None:
    raw = piece * (3_000_000 // len(piece))
    result = safe_html(raw, quotations="folded")
    assert_harmless(result)
    assert result.truncated
    assert len(result.html) <= 8 * MAX_CHARS
    assert len(html_to_text(raw)) <= len(raw)


@pytest.mark.parametrize("piece", ["&", "&nbsp;"])
def test_a_text_of_nothing_but_entities_is_shown_as_text_and_not_given_to_the_parser(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It copies a text at each of them: two million held a processor for half a minute."""
    parsed: list[str] = []
    clean = nh3.clean

    def counted(text: str, **options: Any) -> str:
        parsed.append(text)
        return clean(text, **options)

    monkeypatch.setattr(nh3, "clean", counted)
    assert safe_html(f"<p>{piece * 50_000}").html.startswith("<p>") and parsed
    parsed.clear()
    result = safe_html(f"<p>{piece * 200_000}<script>alert(1)</script>")
    assert result.html.startswith("<pre>") and not parsed
    assert_harmless(result)


PIECES = st.sampled_from(
    ["<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<a href='https://x.example'>", "</a>", "<p>", "<div>",
     "</div>", "<svg>", "<style>", "</style>", "<!--", "-->", "<pre>\n", "<img src=x onerror=y>", "&lt;", "&#0;",
     "<font color=red>", "<select>", "<math>", "<mi>", "<title>", "<ul><li>", "x", " ", "\n", "<h1>", "<center>",
     "<textarea>", "\"'>", "=<"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join) | st.text())
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    once = safe_html(raw)
    assert_harmless(once)
    assert safe_html(once.html).html == once.html
