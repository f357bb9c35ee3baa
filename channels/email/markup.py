"""HTML of mail as a run of tokens and as lines of text. Linear: what does not close runs to the end, as in browsers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_CHARS = 2 * 1024 * 1024
MAX_TOKENS = 100_000
MAX_DEPTH = 200
_TAG = re.compile(r"</?([A-Za-z][^\s/>]{0,60})")
_GAP = re.compile(r"[\s/]*")
_NAME = re.compile(r"=?[^\s/>=]*")
_EQUALS = re.compile(r"\s*=\s*")
_BARE = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SWALLOWED = frozenset({"script", "style", "iframe", "noembed", "noframes", "title"})
_LITERAL = frozenset({"textarea", "xmp", "listing", "plaintext"})
VOID = frozenset({"br", "hr", "img", "wbr", "col", "area", "base", "embed", "input", "link", "meta", "source", "track"})
_BLOCKS = frozenset(
    """address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul caption""".split()
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})

_QUOTE_CLASSES = frozenset(
    """gmail_quote gmail_quote_container gmail_attr yahoo_quoted moz-cite-prefix protonmail_quote tutanota_quote
    zmail_extra OutlookMessageHeader ms-outlook-mobile-reference-message""".split()
)
_QUOTE_IDS = frozenset({"OLK_SRC_BODY_SECTION"})
_CUT_IDS = frozenset({"divRplyFwdMsg", "appendonsend", "stopSpelling", "x_divRplyFwdMsg", "x_appendonsend"})
_FORWARD = re.compile(r"-{5,}[ \t]*(forwarded message|mensagem encaminhada|mensaje reenviado)", re.IGNORECASE)


@dataclass(slots=True)
class Token:
    """kind: "text", "open" or "close"; `line` is the line of text it stands in."""

    kind: str
    name: str  # the tag, or the text
    attrs: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass
class Page:
    """A document as tokens and as lines; `marked` says which lines a client itself declared as quoted."""

    tokens: list[Token]
    lines: list[str]
    marked: list[bool]
    truncated: bool


def tokens(source: str) -> Iterator[Token]:
    """Text, opening and closing tags, in order; comments, declarations, scripts and styles left out."""
    at, size = 0, len(source)
    while at < size:
        opened = source.find("<", at)
        if opened < 0:
            yield Token("text", html.unescape(source[at:]))
            return
        if opened > at:
            yield Token("text", html.unescape(source[at:opened]))
        match = _TAG.match(source, opened)
        if match:
            token, at = _tag(source, match)
            if token is None:
                return
            yield token
            if token.kind == "open" and (token.name in _SWALLOWED or token.name in _LITERAL):
                inside, at = _raw(source, at, token.name)
                if token.name in _LITERAL and inside:
                    yield Token("text", inside)
        elif source.startswith(("<!", "<?", "</"), opened):
            at = _past(source, opened)
        else:
            yield Token("text", "<")
            at = opened + 1


def _past(source: str, opened: int) -> int:
    end = "-->" if source.startswith("<!--", opened) else ">"
    closed = source.find(end, opened + 2)
    return len(source) if closed < 0 else closed + len(end)


def _raw(source: str, at: int, name: str) -> tuple[str, int]:
    match = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(source, at) if name != "plaintext" else None
    return (source[at : match.start()], match.start()) if match else (source[at:], len(source))


def _tag(source: str, match: re.Match[str]) -> tuple[Token | None, int]:
    attrs: dict[str, str] = {}
    at, size = match.end(), len(source)
    while True:
        at = _GAP.match(source, at).end()  # type: ignore[union-attr]  # matches the empty string
        if at >= size:
            return None, size
        if source[at] == ">":
            break
        found = _NAME.match(source, at)
        name, at = (found[0].lower(), found.end()) if found else ("", at + 1)
        equals = _EQUALS.match(source, at)
        value = ""
        if equals:
            value, at = _value(source, equals.end())
        if len(attrs) < 64:
            attrs.setdefault(name, html.unescape(value))
    kind = "close" if source[match.start() + 1] == "/" else "open"
    return Token(kind, match[1].lower(), attrs), at + 1


def _value(source: str, at: int) -> tuple[str, int]:
    quote = source[at : at + 1]
    if quote in ("'", '"') and quote:
        closed = source.find(quote, at + 1)
        return (source[at + 1 :], len(source)) if closed < 0 else (source[at + 1 : closed], closed + 1)
    found = _BARE.match(source, at)
    return (found[0], found.end()) if found else ("", at)


def read(source: str) -> Page:
    """The document up to the caps above, with each token's line."""
    truncated = len(source) > MAX_CHARS
    reader = _Reader()
    for token in tokens(source[:MAX_CHARS]):
        if len(reader.tokens) >= MAX_TOKENS:
            truncated = True
            break
        reader.take(token)
    return reader.page(truncated)


class _Reader:
    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.lines: list[list[str]] = [[]]
        self.stack: list[tuple[str, bool]] = []
        self.quotes: list[tuple[int, int]] = []  # line spans of outermost quoting elements
        self.opened = -1
        self.depth = 0
        self.pre = 0
        self.cut = -1

    def take(self, token: Token) -> None:
        if token.kind == "text":
            self._text(token.name)
            return
        if token.name in _BLOCKS:
            self._break(2 if token.name in _SPACED else 1)
        elif token.name in ("td", "th") and self.lines[-1]:
            self.lines[-1].append(" ")
        token.line = len(self.lines) - 1
        self.tokens.append(token)
        if token.kind == "open":
            self._open(token)
        else:
            self._close(token.name)

    def _text(self, text: str) -> None:
        text = text.replace("\r", "")
        pieces = text.split("\n") if self.pre else [text]
        for index, piece in enumerate(pieces):
            if index:
                self.lines.append([])
            if piece.strip() or (piece and self.lines[-1]):
                self.lines[-1].append(_SPACE.sub(" ", piece))
            self.tokens.append(
                Token("text", piece + ("\n" if index < len(pieces) - 1 else ""), line=len(self.lines) - 1)
            )

    def _break(self, lines: int) -> None:
        if self.lines[-1]:
            self.lines.append([])
        if lines > 1 and len(self.lines) > 1 and self.lines[-2]:
            self.lines.append([])

    def _open(self, token: Token) -> None:
        attrs, here = token.attrs, len(self.lines) - 1
        if token.name == "br":
            self.lines.append([])
        if self.cut < 0 and attrs.get("id") in _CUT_IDS:
            self.cut = here
        if token.name in VOID or len(self.stack) >= MAX_DEPTH:
            return
        quoting = bool(
            (token.name == "blockquote" and attrs.get("type", "").lower() == "cite")
            or not _QUOTE_CLASSES.isdisjoint(attrs.get("class", "").split())
            or attrs.get("id") in _QUOTE_IDS
        )
        if quoting:
            if not self.depth:
                self._break(1)
                self.opened = len(self.lines) - 1
            self.depth += 1
        self.pre += token.name in ("pre", *_LITERAL)
        self.stack.append((token.name, quoting))

    def _close(self, name: str) -> None:
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at][0] == name:
                break
        else:
            return
        for closed, quoting in self.stack[at:]:
            self.pre -= closed in ("pre", *_LITERAL)
            self.depth -= quoting
            if quoting and not self.depth:
                self._break(1)
                self.quotes.append((self.opened, len(self.lines) - 1))
        del self.stack[at:]

    def page(self, truncated: bool) -> Page:
        if self.depth:
            self.quotes.append((self.opened, len(self.lines)))
        lines = [_SPACE.sub(" ", "".join(parts).replace("\xa0", " ")).strip() for parts in self.lines]
        marked = [False] * len(lines)
        for start, end in self.quotes:
            first = next((line for line in lines[start:end] if line), "")
            if not _FORWARD.match(first):
                marked[start:end] = [True] * len(lines[start:end])
        if self.cut >= 0:
            marked[self.cut :] = [True] * (len(lines) - self.cut)
        return Page(self.tokens, lines, marked, truncated)
