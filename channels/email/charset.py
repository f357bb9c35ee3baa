"""Bytes of unknown honesty -> text that any database and any page can hold. Nothing in here raises."""

from __future__ import annotations

import codecs

# Only charsets that mail really uses: Python's registry also answers to names that are no charset at all
# ("unicode_escape", "punycode", "rot13"), some of them slow or able to make lone surrogates.
_KNOWN = frozenset(
    """ascii utf-8 utf-16 utf-16-be utf-16-le utf-8-sig utf-32 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257
    cp1258 cp437 cp850 cp852 cp858 cp866 cp874 cp932 cp949 cp950 gb2312 gbk gb18030 big5 big5hkscs euc_jp euc_jis_2004
    euc_kr shift_jis iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_ext iso2022_kr johab hz iso8859-1 iso8859-2
    iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14
    iso8859-15 iso8859-16 koi8-r koi8-u mac-roman tis-620""".split()
)
# What senders mean by these names (WHATWG Encoding, section 4.2): the superset that also holds their stray bytes.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "utf-8-sig": "utf-8",
}
_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "unicode-1-1-utf-8": "utf-8",
    "x-sjis": "cp932",
    "cp-850": "cp850",
}


def known(label: str) -> str:
    """The codec that a charset label means, or "" when it names none we trust."""
    name = label.strip(" \t\"'").lower()[:40]
    if not name.isascii() or not name:
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    if found not in _KNOWN:
        return ""
    return _MEANT.get(found, found)


def decode(data: bytes, label: str = "") -> str:
    """Text of `data`: by its label, else UTF-8 if it is that, else windows-1252 with U+FFFD. No NUL comes out."""
    codec = known(label)
    if data.startswith(codecs.BOM_UTF8):
        data, codec = data[3:], "utf-8"
    for name in (codec, "utf-8"):
        if not name:
            continue
        try:
            return scrub(data.decode(name))
        except (UnicodeError, ValueError):
            continue
    return scrub(_guessed(data))


def _guessed(data: bytes) -> str:
    """windows-1252, unless most of what is not ASCII makes sense as UTF-8: a text cut or broken in one place."""
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    sound = len(loose) - len(loose.encode("ascii", "ignore")) - broken
    return loose if sound > broken else data.decode("cp1252", "replace")


def scrub(text: str) -> str:
    """Without what PostgreSQL's text and UTF-8 cannot hold: NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
