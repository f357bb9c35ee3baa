"""Folding what a reply quotes, so that an agent sees what the person wrote.

Only for showing: nothing is ever removed from what is stored, and `Folded.pieces` joined is the whole text again.
Rules are ours, for the clients of Portuguese, Spanish and English speakers, with French, Italian, German and Dutch
where clear. Each looks at a few lines at a time, so that the work grows with the length of the text and nothing else.
When in doubt a line stays: forwarded mail, answers written between the quoted lines, texts that would vanish whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MAX_LINE = 400  # a longer line is no header of a quotation
_MARKS = re.compile(r"[ \t]{0,3}>")
_FOOT = re.compile(r"(-- ?|—|[_]{5,})[ \t]*\Z")
_RULE = re.compile(r"[ \t]*[-_*=]{5,}[ \t]*\Z")
_DECOR = " \t*_>\u200e\u200f\u202a\u202c\ufeff\xa0"

_BEGINS = ("on ", "em ", "no dia ", "a ", "el ", "le ", "il ", "in data ", "il giorno ", "am ", "op ")
_WROTE = re.compile(
    r"(wrote|writes|escreveu|escrito por|escribió|escribio|escribía|a écrit|ha scritto|schrieb|schreef)"
    r"( lo siguiente| o seguinte| en| em)?[ \t\xa0]*(:|-{2,})?[ \t]*\Z",
    re.IGNORECASE,
)
_SCHRIEB = re.compile(r"\b(schrieb|schreef)\b[^:]{0,150}:[ \t]*\Z", re.IGNORECASE)
_NAMED = re.compile(r"[^:<>]{0,80}<[^<>\s]{3,120}@[^<>\s]{3,120}>[ \t]*(?:\([^()]{0,60}\)[ \t]*)?\Z")
_OLD_GMAIL = re.compile(r"\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d[^:<]{0,20}(?::\d\d)?[^:<]{0,120}<[^<>\s]{3,300}>:\Z")
_TIMED = re.compile(r"\d{1,2}[:h.]\d{2}")  # a client names the minute; people who cite somebody seldom do
_ORIGINAL = re.compile(
    r"-{2,}[ \t]*(original (?:message|appointment|e-?mail)|mensagem original|mensaje original|e-?mail original"
    r"|message d'origine|message original|messaggio originale|ursprüngliche nachricht|oorspronkelijk bericht)"
    r"[ \t]*-{2,}\Z",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"-{2,}[ \t]*(?:forwarded message|mensagem encaminhada|mensagem reencaminhada|mensaje reenviado|message transféré"
    r"|messaggio inoltrato|weitergeleitete nachricht)[ \t]*-{0,}|(?:begin forwarded message"
    r"|início da mensagem (?:re)?encaminhada|inicio del mensaje reenviado):",
    re.IGNORECASE,
)
_FIELDS = {
    "from": "from|de|da|von|van",
    "date": "sent|date|enviado|enviada|enviado em|enviada em|enviado el|data|fecha|envoyé|inviato|gesendet|verzonden"
    "|datum",
    "to": "to|para|à|a|an|aan|pour",
    "cc": "cc|cco|bcc|c/c",
    "subject": "subject|assunto|asunto|objet|oggetto|betreff|onderwerp",
}
_KINDS = {word: kind for kind, words in _FIELDS.items() for word in words.split("|")}


@dataclass(frozen=True)
class Folded:
    """`pieces`: (is it quoted, text) in order; joined they are the whole."""

    pieces: tuple[tuple[bool, str], ...]

    @property
    def kept(self) -> str:
        return "".join(text for quoted, text in self.pieces if not quoted).strip("\n").rstrip()

    @property
    def quoted(self) -> str:
        return "".join(text for quoted, text in self.pieces if quoted).strip("\n").rstrip()


def fold(text: str) -> Folded:
    """Split a plain-text reply into what was written and what it quotes."""
    lines = text.split("\n")
    ends = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    flags = quoted_lines(ends)
    pieces: list[tuple[bool, list[str]]] = []
    for flag, line in zip(flags, ends, strict=True):
        if not pieces or pieces[-1][0] != flag:
            pieces.append((flag, []))
        pieces[-1][1].append(line)
    return Folded(tuple((flag, "".join(part)) for flag, part in pieces))


def quoted_lines(lines: Sequence[str], marked: Sequence[bool] | None = None) -> list[bool]:
    """For each line whether to fold it. `marked` tells lines known to be quoted by other means (HTML's blockquote)."""
    marks = [bool(_MARKS.match(line)) or bool(marked and marked[i]) for i, line in enumerate(lines)]
    blank = [not line.strip() and not marks[i] for i, line in enumerate(lines)]
    flags = [False] * len(lines)
    cut = _headers(lines, marks, blank, flags)
    _fold_blocks(lines[:cut], marks[:cut], blank[:cut], flags)
    flags[cut:] = [True] * (len(lines) - cut)
    if not any(not flag and not blank[i] for i, flag in enumerate(flags)):
        return [False] * len(lines)  # somebody forwarded it, or sent it back with nothing of their own
    return flags


def _headers(lines: Sequence[str], marks: list[bool], blank: list[bool], flags: list[bool]) -> int:
    """Mark the headers of marked blocks as part of them; return where everything below is quoted, else len(lines)."""
    at = 0
    while at < len(lines):
        if marks[at] or blank[at] or len(lines[at]) > _MAX_LINE:
            at += 1
            continue
        if _FORWARDED.match(lines[at].strip(_DECOR + "\n")):
            return len(lines)
        length = _attribution(lines, marks, blank, at)
        if length:
            below = _next_text(blank, at + length)
            if below < len(lines) and not marks[below]:
                return at
            marks[at : at + length] = [True] * length
            at += length
        elif _original(lines[at]) or _block(lines, marks, at):
            return _with_rule(lines, blank, at)
        else:
            at += 1
    return len(lines)


def _fold_blocks(lines: Sequence[str], marks: list[bool], blank: list[bool], flags: list[bool]) -> None:
    """Fold the last marked block if nothing but a footer follows, or the first if one answer stands below it alone."""
    texts = [i for i in range(len(lines)) if not marks[i] and not blank[i]]
    blocks = _runs(marks, blank)
    if not blocks or not texts:
        return
    first, last = blocks[0], blocks[-1]
    if texts[-1] < last[0] or _is_footer(lines, blank, last[1]):
        flags[last[0] : len(lines)] = [True] * (len(lines) - last[0])
        blocks = blocks[:-1]
        texts = [i for i in texts if i < last[0]]
    if len(blocks) == 1 and texts and texts[0] > first[1] - 1:
        flags[first[0] : first[1]] = [True] * (first[1] - first[0])


def _runs(marks: list[bool], blank: list[bool]) -> list[tuple[int, int]]:
    """Marked blocks; blank lines between two marked lines belong to the block."""
    runs: list[tuple[int, int]] = []
    joined = False
    for i, marked in enumerate(marks):
        if marked:
            if joined:
                runs[-1] = (runs[-1][0], i + 1)
            else:
                runs.append((i, i + 1))
            joined = True
        elif not blank[i]:
            joined = False
    return runs


def _is_footer(lines: Sequence[str], blank: list[bool], start: int) -> bool:
    """Whether what follows is a signature or a mailing list's footer: a delimiter line and a few lines below it."""
    at = _next_text(blank, start)
    rest = sum(1 for i in range(at, len(lines)) if not blank[i])
    return at < len(lines) and rest <= 8 and bool(_FOOT.match(lines[at].rstrip("\n")))


def _next_text(blank: list[bool], at: int) -> int:
    while at < len(blank) and blank[at]:
        at += 1
    return at


def _attribution(lines: Sequence[str], marks: list[bool], blank: list[bool], at: int) -> int:
    """How many lines "Em 8 de out. de 2025 às 09:15, Nome <a@b> escreveu:" takes here, wrapped or not; 0 if none."""
    head = lines[at].strip(_DECOR + "\n").lstrip("-").lstrip().lower()
    named = "@" in head
    if not head.startswith(_BEGINS) and not (named or head[:4].isdigit()):
        return 0
    joined = ""
    for length in range(1, 5):
        here = at + length - 1
        if here >= len(lines) or marks[here] or blank[here]:
            return 0
        joined = f"{joined} {lines[here].strip(_DECOR + chr(10))}".strip().lstrip("- ")
        if len(joined) > _MAX_LINE:
            return 0
        if _says_who(joined):
            return length
    return 0


def _says_who(joined: str) -> bool:
    if _OLD_GMAIL.match(joined):
        return True
    verb = _WROTE.search(joined[-40:]) or _SCHRIEB.search(joined[-200:])
    if not verb:
        return False
    if verb.re is _WROTE and not verb[3] and "@" not in joined:
        return False
    timed, mailed = bool(_TIMED.search(joined)), "@" in joined
    if joined.lower().startswith(_BEGINS):
        return any(char.isdigit() for char in joined) and (timed or mailed)
    before = joined[: max(0, len(joined) - 40) + verb.start()].rstrip(" ,") if verb.re is _WROTE else joined
    return mailed and (timed or bool(_NAMED.match(before)))


def _original(line: str) -> bool:
    return bool(_ORIGINAL.match(line.strip(_DECOR + "\n")))


def _block(lines: Sequence[str], marks: list[bool], at: int) -> bool:
    """Outlook's From/Sent/To/Subject, in any of our languages: three kinds of field, From among them, in ten lines."""
    first = _field(lines[at])
    if first not in ("from", "date", "subject"):
        return False
    kinds = {first}
    for line in lines[at + 1 : at + 11]:
        if len(line) <= _MAX_LINE:
            kinds.add(_field(line))
    return "from" in kinds and len(kinds - {"", "cc"}) >= 3


def _field(line: str) -> str:
    name, colon, _ = line[:40].lstrip(_DECOR).partition(":")
    return _KINDS.get(name.rstrip(_DECOR).lower(), "") if colon else ""


def _with_rule(lines: Sequence[str], blank: list[bool], at: int) -> int:
    """The line at or above `at` where the quotation begins, a rule drawn above it included."""
    above = at - 1
    while above >= 0 and blank[above]:
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above].rstrip("\n")) else at
