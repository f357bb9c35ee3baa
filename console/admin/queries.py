"""Templates and quick replies, as rows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import or_, select

from console.portfolios.models import inbox, quick_reply, template
from console.portfolios.queries import TemplateRow
from console.store.statement import rows
from console.store.transaction import Reader


class QuickReplyRow(Struct, frozen=True):
    id: str
    portfolio_id: str | None
    shortcut: str
    title: str
    text: str
    language: str


def templates_of(
    reader: Reader, portfolio_id: str | None = None, channel: str | None = None, language: str | None = None
) -> list[TemplateRow]:
    """The templates of inboxes in use, by name and language; each filter that is None lets all through.

    Providers write pt_BR where everybody else writes pt-BR: both are understood, and `pt` means every region's.
    """
    clause = select(template).join(inbox, inbox.c.id == template.c.inbox_id).where(inbox.c.state == "active")
    for column, wanted in (
        (template.c.portfolio_id, portfolio_id),
        (template.c.channel, channel),
    ):
        clause = clause if wanted is None else clause.where(column == wanted)
    if language is not None:
        code = language.replace("-", "_")
        clause = clause.where(
            or_(template.c.language == code, template.c.language.startswith(f"{code}_", autoescape=True))
        )
    return rows(reader, clause.order_by(template.c.name, template.c.language, template.c.inbox_id), TemplateRow)


def quick_replies_of(reader: Reader, portfolio_id: str | None, language: str | None) -> list[QuickReplyRow]:
    """Everybody's quick replies and the portfolio's own, by shortcut."""
    clause = select(quick_reply).where(
        or_(quick_reply.c.portfolio_id.is_(None), quick_reply.c.portfolio_id == portfolio_id)
    )
    if language is not None:
        clause = clause.where(quick_reply.c.language == language)
    return rows(
        reader, clause.order_by(quick_reply.c.shortcut, quick_reply.c.language, quick_reply.c.id), QuickReplyRow
    )


assert QuickReplyRow.__struct_fields__ == tuple(quick_reply.c.keys())
