"""The API's own pages: the OpenAPI document, and a plain page that shows it. No script, nobody else's code."""

from __future__ import annotations

import msgspec
from jinja2 import DictLoader, Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.access.endpoint import Endpoint
from console.settings import Settings
from console.wire import problems
from console.wire.openapi import describe

_POLICY = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Acordo: the API</title></head><body>
<h1>{{ info.title }}, version {{ info.version }}</h1><p>{{ info.description }}</p>
<p>The same for programs: <a href="/api/openapi.json">/api/openapi.json</a>.</p>
<h2>Calls</h2>
{% for path, methods in paths.items() %}{% for method, call in methods.items() %}
<h3 id="{{ call.operationId }}">{{ method | upper }} {{ path }}</h3><p>{{ call.summary }} {{ call.description }}</p>
{% if call.parameters %}<ul>{% for each in call.parameters %}
<li><code>{{ each.name }}</code> in {{ each.in }}{{ "" if each.required else ", optional" }}</li>
{% endfor %}</ul>{% endif %}
{% if call.requestBody and call.requestBody.content["application/json"] %}
<details><summary>Body</summary><pre>{{ pretty(call.requestBody.content["application/json"].schema) }}</pre></details>
{% endif %}
<ul>{% for status, answer in call.responses.items() %}<li>{{ status }}: {{ answer.description }}</li>{% endfor %}</ul>
{% endfor %}{% endfor %}
<h2>Problems</h2><dl>{% for code, (status, title) in problems.items() %}
<dt id="problem-{{ code }}"><code>{{ code }}</code>, {{ status }}</dt><dd>{{ title }}</dd>{% endfor %}</dl>
<h2>Shapes</h2>{% for name, schema in components.schemas.items() %}
<h3 id="{{ name }}">{{ name }}</h3>
<details><summary>Schema</summary><pre>{{ pretty(schema) }}</pre></details>{% endfor %}
</body></html>
"""


class Docs:
    """Made once, on first use: nothing in it differs by caller."""

    def __init__(self, settings: Settings, endpoints: list[Endpoint]) -> None:
        self._settings = settings
        self._endpoints = endpoints
        self._json = b""
        self._html = ""

    def routes(self) -> list[Route]:
        return [Route("/api/openapi.json", self.document), Route("/api/docs", self.page)]

    async def document(self, request: Request) -> Response:
        request.scope["route_path"] = "/api/openapi.json"
        self._make()
        return Response(self._json, media_type="application/json")

    async def page(self, request: Request) -> Response:
        request.scope["route_path"] = "/api/docs"
        self._make()
        return Response(self._html, media_type="text/html", headers={"content-security-policy": _POLICY})

    def _make(self) -> None:
        if not self._json:
            found = describe(self._endpoints, server=self._settings.public_url)
            self._json = msgspec.json.encode(found)
            template = Environment(autoescape=True, loader=DictLoader({"docs": _PAGE})).get_template("docs")
            self._html = template.render(**found, problems=problems.codes(), pretty=_pretty)


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
