"""HTML mail made safe to show, and turned into text.

`safe_html` is a pipeline (OWASP's order: change first, clean last): tokens → fold quotations → block foreign images →
written anew from an allow-list → nh3. What comes out is a fixed point of nh3: a browser parses what was checked.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

import nh3

from channels.email.markup import MAX_DEPTH, VOID, Page, Token, read
from channels.email.quotes import Folded, quoted_lines

MAX_DATA = 256 * 1024
MAX_ENTITIES = 150_000
"""The parser copies a text at each entity in it: two million `&` hold a processor for half a minute. No letter has so
many.
"""
_TAGS = frozenset(
    """a abbr address article b big blockquote br caption center cite code col colgroup dd del div dl dt em figcaption
    figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small span
    strike strong sub sup table tbody td tfoot th thead tr tt u ul wbr""".split()
)
_ANY = frozenset({"style", "dir", "lang", "align"})
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "table": frozenset({"width", "border", "cellpadding", "cellspacing", "bgcolor"}),
    "td": frozenset({"width", "height", "colspan", "rowspan", "valign", "bgcolor"}),
    "th": frozenset({"width", "height", "colspan", "rowspan", "valign", "bgcolor"}),
    "tr": frozenset({"valign", "bgcolor", "height"}),
    "font": frozenset({"color", "face", "size"}),
    "ol": frozenset({"start", "type"}),
    "col": frozenset({"span", "width"}),
    "colgroup": frozenset({"span", "width"}),
}
_STYLES = frozenset(
    """color background-color font-family font-size font-style font-weight font-variant text-align text-decoration
    text-indent text-transform line-height letter-spacing white-space vertical-align width max-width min-width height
    max-height margin margin-top margin-right margin-bottom margin-left
    padding padding-top padding-right padding-bottom padding-left
    border border-top border-right border-bottom border-left border-color border-style border-width border-radius
    border-collapse border-spacing list-style-type direction""".split()
)
_STYLE_VALUE = re.compile(r"[\w\s#%.,'\"!+-]{1,260}\Z")
_STYLE_COLOUR = re.compile(r"(?:[\w#%.-]{1,20} ){0,3}(?:rgb|hsl)a?\([\d\s.,%/]{1,60}\)\Z")
_ATTR_VALUE = re.compile(r"[\w #%.,+-]{0,100}\Z")
_NUMBER = re.compile(r"\d{1,4}(?:px|%)?\Z")
_NUMERIC = frozenset({"width", "height", "colspan", "rowspan", "border", "cellpadding", "cellspacing", "span", "start"})
_IN_URL = re.compile(r"[\x00-\x20\x7f]+")
_LINK = re.compile(r"(https://[^\s/?#\\]|mailto:|tel:)", re.IGNORECASE)
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/]+={0,2})\Z", re.IGNORECASE)
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))


@dataclass(frozen=True)
class SafeHtml:
    """`html` is safe for the mail frame; `links`: the targets, each once; `folded`: a quotation was left out."""

    html: str
    blocked_images: int = 0
    links: tuple[str, ...] = ()
    folded: bool = False
    truncated: bool = False


@dataclass
class _Writing:
    images: Literal["blocked", "shown"]
    cid: Mapping[str, str | bytes]
    image_url: Callable[[str], str] | None
    out: list[str] = field(default_factory=list)
    stack: list[tuple[str, bool]] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    blocked: int = 0


def safe_html(
    raw: str,
    images: Literal["blocked", "shown"] = "blocked",
    cid: Mapping[str, str | bytes] | None = None,
    *,
    quotations: Literal["shown", "folded"] = "shown",
    image_url: Callable[[str], str] | None = None,
) -> SafeHtml:
    """HTML of a stranger, fit for a sandboxed frame.

    `cid` gives for a Content-ID (without brackets) either bytes, embedded when they are a picture of ≤ 256 KiB, or our
    own URL. `image_url` turns a foreign picture's URL into ours when images are shown; without it https ones are kept.
    """
    page = read(raw)
    flags = quoted_lines(page.lines, page.marked) if quotations == "folded" else [False] * len(page.lines)
    state = _Writing(images, cid or {}, image_url)
    for token in page.tokens:
        _write(state, token, flags[token.line])
    state.out.extend(f"</{name}>" for name, dropped in reversed(state.stack) if not dropped)
    cleaned = _settled("".join(state.out), state.sources)
    if cleaned is None:
        cleaned = "<pre>" + html.escape("\n".join(_shown(page, flags)), quote=False) + "</pre>"
    return SafeHtml(cleaned, state.blocked, tuple(state.links)[:200], any(flags), page.truncated)


def html_to_text(source: str) -> str:
    """The words of an HTML mail, a line for each block."""
    return _paragraphs(read(source).lines)


def fold_html(source: str) -> Folded:
    """The words of an HTML reply, split into written and quoted."""
    page = read(source)
    flags = quoted_lines(page.lines, page.marked)
    kept = _paragraphs([line for line, flag in zip(page.lines, flags, strict=True) if not flag])
    quoted = _paragraphs([line for line, flag in zip(page.lines, flags, strict=True) if flag])
    return Folded(((False, kept), (True, quoted))) if quoted else Folded(((False, kept),))


def _paragraphs(lines: list[str]) -> str:
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip()


def _shown(page: Page, flags: list[bool]) -> list[str]:
    return [line for line, flag in zip(page.lines, flags, strict=True) if not flag]


def _write(state: _Writing, token: Token, quoted: bool) -> None:
    if token.kind == "text":
        if not quoted:
            state.out.append(html.escape(token.name, quote=False))
    elif token.name not in _TAGS:
        _count_background(state, token)
    elif token.kind == "close":
        _close(state, token.name)
    elif token.name in VOID:
        if not quoted:
            state.out.append(_opening(state, token))
    elif len(state.stack) < MAX_DEPTH:
        if not quoted:
            state.out.append(_opening(state, token))
        state.stack.append((token.name, quoted))


def _close(state: _Writing, name: str) -> None:
    """Close down to the nearest open element of that name; a stray closing tag is left out."""
    for at in range(len(state.stack) - 1, -1, -1):
        if state.stack[at][0] == name:
            state.out.extend(f"</{opened}>" for opened, dropped in reversed(state.stack[at:]) if not dropped)
            del state.stack[at:]
            return


def _opening(state: _Writing, token: Token) -> str:
    parts = [token.name]
    _count_background(state, token)
    for name, value in token.attrs.items():
        if name not in _ANY and name not in _ATTRIBUTES.get(token.name, ()):
            continue
        safe = _attribute(state, token.name, name, value)
        if safe:
            parts.append(f'{name}="{html.escape(safe)}"')
            if token.name == "a" and name == "href":
                parts.append(f'title="{html.escape(safe)}"')
    return f"<{' '.join(parts)}>"


def _attribute(state: _Writing, tag: str, name: str, value: str) -> str:
    if name == "style":
        return _style(value)
    if name == "href":
        return _href(state, value)
    if name == "src":
        return _source(state, value)
    if name == "alt":
        return value[:500]
    if name == "title":
        return ""  # a link's title is its true target, never what the sender says
    if name in _NUMERIC:
        return value.strip() if _NUMBER.match(value.strip()) else ""
    return value.strip() if _ATTR_VALUE.match(value.strip()) else ""


def _style(value: str) -> str:
    kept = []
    for declaration in value[:4000].split(";")[:60]:
        name, _, rest = declaration.partition(":")
        name, rest = name.strip().lower(), rest.strip()
        if name in _STYLES and (_STYLE_VALUE.match(rest) or _STYLE_COLOUR.match(rest)):
            kept.append(f"{name}:{rest}")
    return ";".join(kept)


def _href(state: _Writing, value: str) -> str:
    url = _IN_URL.sub("", value)[:4000]
    if not _LINK.match(url):
        return ""
    state.links.setdefault(url)
    return url


def _source(state: _Writing, value: str) -> str:
    url = _IN_URL.sub("", value) if len(value) < 4 * MAX_DATA else ""
    lower = url[:16].lower()
    source = ""
    if lower.startswith("cid:"):
        source = _inline(state.cid, unquote(url[4:]).strip("<>"))
    elif lower.startswith("data:"):
        match = _DATA.match(url)
        source = _embedded(base64.b64decode(match[1] + "=" * (-len(match[1]) % 4))) if match else ""
    elif lower.startswith(("http:", "https:", "//")):
        if state.images == "shown" and state.image_url:
            source = state.image_url("https:" + url if lower.startswith("//") else url)
        elif state.images == "shown" and lower.startswith("https://"):
            source = url
        else:
            state.blocked += 1
    if source:
        state.sources.add(source)
    return source


def _inline(cid: Mapping[str, str | bytes], key: str) -> str:
    found = cid.get(key, "")
    return _embedded(found) if isinstance(found, bytes) else found


def _embedded(data: bytes) -> str:
    """A data: URL for bytes that are a picture by their own first bytes, "" for anything else or larger."""
    kind = next((name for magic, name in _MAGIC if data.startswith(magic)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "webp"
    if not kind or len(data) > MAX_DATA:
        return ""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _count_background(state: _Writing, token: Token) -> None:
    style = token.attrs.get("style", "").lower()
    if token.attrs.get("background", "").lower().startswith("http") or ("url(" in style and "http" in style):
        state.blocked += 1


def _settled(written: str, sources: set[str]) -> str | None:
    """`written` through nh3 until nothing changes any more; None if it does not come to rest (mutation), or would take
    too long.
    """
    if written.count("&") + written.count("\u00a0") > MAX_ENTITIES:
        return None

    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if value in sources else None
        if name == "href":
            return value if _LINK.match(value) else None
        return value

    before = written
    for _ in range(4):
        after = nh3.clean(
            before,
            tags=set(_TAGS),
            clean_content_tags={"script", "style"},
            attributes=_NH3_ATTRIBUTES,
            attribute_filter=allowed,
            link_rel="noopener noreferrer nofollow",
            url_schemes={"http", "https", "mailto", "tel", "data"},  # src and href are held tighter by `allowed`
            url_relative="deny",
            filter_style_properties=set(_STYLES),
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
        if after == before:
            return after
        before = after
    return None


_NH3_ATTRIBUTES = {tag: set(names | _ANY) for tag, names in _ATTRIBUTES.items()} | {"*": set(_ANY)}
