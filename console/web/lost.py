"""What somebody who navigates is shown instead of a problem document: a page in their language, with a way back.

It stands alone (no script, no asset): it is also what is left when something broke.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape

from starlette.types import Scope

from console.errors import NotFound, Refusal
from console.people.me import LANGUAGES
from console.web.hosts import header

_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/20px system-ui,sans-serif;display:grid;min-height:90vh;margin:0;"
    "place-content:center;text-align:center;gap:8px;padding:16px}h1{font-size:20px;margin:0}p{margin:0}"
    "a{display:inline-block;padding:12px}"
)
_PAGE = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title} · Acordo</title><style>{style}</style><body><main><h1>{title}</h1><p>{words}</p>{way}</main></html>"
)
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_MISSING = {
    "pt-BR": ("Página não encontrada", "Este endereço não existe, ou não é seu para ver.", "Ir para o início"),
    "es": ("Página no encontrada", "Esta dirección no existe, o no te corresponde verla.", "Ir al inicio"),
    "en": ("Page not found", "This address does not exist, or is not yours to see.", "Go to the start"),
}
_BROKEN = {
    "pt-BR": ("Algo deu errado do nosso lado", "Tente de novo em instantes. Pedido {id}", "Ir para o início"),
    "es": ("Algo falló de nuestro lado", "Intenta de nuevo en un momento. Solicitud {id}", "Ir al inicio"),
    "en": ("Something went wrong on our side", "Try again in a moment. Request {id}", "Go to the start"),
}
_APART = ("/api/", "/pay/")
"""Programs ask here, or people who are no users of ours: they get what they always got."""


def preferred(accepted: str) -> str:
    """The first language of an `Accept-Language` that we speak."""
    for part in accepted.split(",")[:10]:
        head = part.split(";")[0].strip().lower().split("-")[0]
        for known in LANGUAGES:
            if known.lower().split("-")[0] == head:
                return known
    return LANGUAGES[0]


def page(scope: Scope, refusal: Refusal) -> tuple[bytes, dict[str, str]] | None:
    """Body and headers for whoever navigates to what is not there or broke; None for everybody and everything else."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(_APART):
        return None
    words = _MISSING if isinstance(refusal, NotFound) else _BROKEN if refusal.status == 500 else None
    sent = scope["headers"]
    aimed = header(sent, b"sec-fetch-dest")
    if words is None or "text/html" not in header(sent, b"accept") or aimed not in ("", "document"):
        return None
    language = preferred(header(sent, b"accept-language"))
    title, said, back = words[language]
    told = said.format(id=escape(str(refusal.facts.get("request", ""))))
    html = _PAGE.format(
        lang=language, title=title, style=_STYLE, words=told, way=f'<p><a href="/">{back}</a></p>'
    ).encode()
    return html, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}
