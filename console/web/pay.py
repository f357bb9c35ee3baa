"""`GET /pay/{token}`: a payment link as its debtor opens it. It leads on to the provider, or says why it does not."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.debtors.queries import get
from console.errors import NotFound
from console.ledger.links import by_token, why_stale
from console.negotiation import texts
from console.services import Services
from console.store.transaction import Reader

_PAGE = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Acordo</title><p>{words}</p></html>"
)


async def shown(request: Request) -> Response:
    """303 to where one pays; 410 with the reason, in the debtor's language, when nobody should pay by it any more.
    Opening it changes nothing: programs that look at messages open links too.
    """
    request.scope["route_path"] = "/pay/{token}"
    services: Services = request.app.state.services
    url, language, why = await services.store.read(_look, request.path_params["token"])
    if not why:
        return RedirectResponse(url, 303)
    words = texts.LINK_SHUT[texts.tongue(language)]
    return HTMLResponse(_PAGE.format(lang=escape(language), words=escape(words.get(why, words["cancelled"]))), 410)


def _look(reader: Reader, token: str) -> tuple[str, str, str]:
    found = by_token(reader, token)
    if found is None:
        raise NotFound
    return found.pay_url, get(reader, found.debtor_id).language, why_stale(reader, found)
