"""What of a message its channel does not carry: asked when a person writes it, and once more when it is built.

A channel states its numbers once, in its `Limits`; both answers come from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from channels.errors import CannotBuild
from channels.types import Limits, Outbound

# What would end a header and begin another (RFC 5322, 2.2), and half a character, which nothing carries (RFC 3629, 3).
UNFIT = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+")

BROKEN = "holds a line break, a control character or half a character: leave it out"


class Misfit(Struct, frozen=True):
    """`field`: text, attachments, subject or template.variables, with `.NAME` for one of them. `limit`: how many
    characters or files are possible there.
    """

    field: str
    limit: int
    why: str


def misfit(
    limits: Limits, *, text: str = "", files: Sequence[tuple[str, int]] = (), subject: str = ""
) -> Misfit | None:
    """The first thing that does not fit, with how to mend it; None when all does. `files`: the type and the bytes of
    each.
    """
    if len(files) > limits.files:
        return Misfit("attachments", limits.files, _too_many(limits.files))
    if text and any(is_wordless(limits, *each) for each in files):
        return Misfit("text", 0, "a voice message or sticker carries no text: send the text as a message of its own")
    most = text_room(limits, len(files))
    if len(text) > most:
        beside = " beside a file" if most < limits.text_chars else ""
        return Misfit(
            "text", most, f"the text has {len(text)} characters, {most} are possible{beside}: shorten it or split it"
        )
    most = limits.subject_chars
    if subject and not most:
        return Misfit("subject", 0, "this channel has no subject: leave it out")
    if len(subject) > most:
        return Misfit("subject", most, f"the subject has {len(subject)} characters, {most} are possible: shorten it")
    if UNFIT.search(subject):
        return Misfit("subject", most, f"the subject {BROKEN}")
    return None


def misfit_template(limits: Limits, body: str, values: Mapping[str, str]) -> Misfit | None:
    """The same of a template: `body` as it is read, with its values and footer."""
    most = limits.value_chars
    for name, value in values.items():
        if most and len(value) > most:
            why = f"the template's variable “{name}” has {len(value)} characters, {most} are possible: shorten it"
            return Misfit(f"template.variables.{name}", most, why)
    most = limits.template_chars or limits.text_chars
    if len(body) > most:
        why = f"the template with its values has {len(body)} characters, {most} are possible: shorten them"
        return Misfit("template.variables", most, why)
    return None


def is_wordless(limits: Limits, kind: str, size: int) -> bool:
    """Whether no text goes beside a file of this type and so many bytes."""
    plain = kind.split(";")[0].strip().lower()
    return any(plain == name and size <= most for name, most in limits.wordless)


def text_room(limits: Limits, files: int) -> int:
    """The characters a text may have, beside that many files."""
    return limits.caption_chars if files and limits.caption_chars else limits.text_chars


def must_fit(limits: Limits, message: Outbound, text: str) -> None:
    """For builders; `text` is what they are about to say. Raises CannotBuild."""
    # A subject that came with a message from elsewhere costs a channel without one nothing: it is not built.
    subject = message.subject if limits.subject_chars else ""
    files = [(each.type, each.size) for each in message.files]
    found = misfit(limits, text=text, files=files, subject=subject)
    if found is not None:
        raise CannotBuild(found.why)


def fitting(limits: Limits, subject: str) -> str:
    """Somebody else's subject as far as this channel carries it."""
    return UNFIT.sub(" ", subject)[: limits.subject_chars].strip()


def _too_many(most: int) -> str:
    if not most:
        return "this channel carries no files: send them by another"
    return f"this channel carries {most} file{'s' if most > 1 else ''} a message: send the others on their own"
