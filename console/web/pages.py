"""Pages: the shell of each application, and signing in by a form or, in the demo, by one click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.errors import NotFound, Refusal, Unauthenticated
from console.people.actors import Signed
from console.people.me import Me, me
from console.people.queries import users
from console.people.sign_in import begin_session, sign_in
from console.services import Services
from console.store.transaction import Reader
from console.web import headers
from console.web.assets import PREFIX, Assets, NotBuilt, sources
from console.web.bodies import bounded
from console.web.hosts import Hosts, header
from console.web.identity import Identity, address_of, cookie
from console.web.lost import preferred

PAGES = {"/": "desk", "/wall": "wall", "/office": "office", "/patterns": "patterns"}
"""Addresses of applications, and the entries of the front end that fill them."""
_FORM_BYTES = 8 * 1024


class Pages:
    """Everything a browser navigates to. Without a built front end the pages say how to build it."""

    def __init__(self, services: Services, hosts: Hosts, identity: Identity) -> None:
        self._services = services
        self._hosts = hosts
        self._identity = identity
        self._templates = Environment(
            loader=FileSystemLoader(sources() / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._assets = _assets()

    def routes(self) -> list[Route]:
        found = [Route(path, self.shell, name=page) for path, page in PAGES.items()]
        found.append(Route("/sign-in", self.sign_in_page, methods=["GET"]))
        found.append(Route("/sign-in", self.sign_in_form, methods=["POST"]))
        if self._services.demo:
            found.append(Route("/persona", self.persona, methods=["POST"]))
            found.append(Route("/sandbox/", self.phones))
        if self._assets is not None:
            found.append(Route(PREFIX + "{name}", self._assets.serve))
        return found

    async def shell(self, request: Request) -> Response:
        """An application's page, for whoever is signed in; everybody else is sent to the door."""
        request.scope["route_path"] = request.url.path
        signed = await self._signed(request)
        if signed is None:
            return RedirectResponse(f"/sign-in?{urlencode({'next': request.url.path})}", 303)
        return await self._page(PAGES[request.url.path], request, signed, {})

    async def phones(self, request: Request) -> Response:
        """The demo's phones: open to whoever reaches this machine's loopback."""
        request.scope["route_path"] = "/sandbox/"
        return await self._page("phones", request, None, {})

    async def sign_in_page(self, request: Request) -> Response:
        request.scope["route_path"] = "/sign-in"
        forward = _inside(request.query_params.get("next", "/"))
        signed = await self._signed(request)
        if signed is not None:
            return RedirectResponse(forward, 303)
        return await self._page("sign-in", request, None, {"next": forward})

    async def sign_in_form(self, request: Request) -> Response:
        """The form without a script: the same door with the same limits."""
        self._identity.check_origin(request, must=True)
        form = await _form(request)
        forward = _inside(form.get("next", "/"))
        try:
            _, started = await sign_in(
                self._services.store,
                self._services.throttle,
                form.get("email", ""),
                form.get("password", ""),
                address=address_of(request),
                agent=request.headers.get("user-agent", ""),
            )
        except Refusal as refusal:
            page = await self._page("sign-in", request, None, {"next": forward, "error": refusal.code})
            page.status_code = refusal.status
            return page
        return self._enter(forward, started.cookie)

    async def persona(self, request: Request) -> Response:
        """One click in the demo: NAME of NAME.localhost, or the one the form names."""
        self._identity.check_origin(request, must=True)
        form = await _form(request)
        name = form.get("name") or self._hosts.persona(header(request.headers.raw, b"host")) or ""
        user = await self._services.store.read(_persona, name)
        started = await self._services.store.write(
            begin_session, user, request.headers.get("user-agent", ""), self._services.settings
        )
        return self._enter(_inside(form.get("next", "/")), started.cookie)

    def _enter(self, forward: str, value: str) -> Response:
        return RedirectResponse(forward, 303, headers={"Set-Cookie": cookie(self._services.settings, value)})

    async def _signed(self, request: Request) -> Signed | None:
        try:
            return await self._identity.of(request)
        except Unauthenticated:
            return None

    async def _page(self, page: str, request: Request, signed: Signed | None, more: Mapping[str, Any]) -> Response:
        if self._assets is None:
            return Response("The front end is not built: run python3 dev.py build", 503, media_type="text/plain")
        try:
            files = self._assets.page(page)
        except KeyError as error:
            raise NotFound from error
        boot = await self._services.store.read(
            self._boot, signed, preferred(request.headers.get("accept-language", ""))
        )
        settings = boot["user"]["settings"] if boot["user"] else {}
        html = self._templates.select_template([f"{page}.html", "shell.html"]).render(
            page=page,
            title="Acordo",
            lang=boot["lang"],
            theme=settings.get("theme", ""),
            styles=files.styles,
            scripts=files.scripts,
            preloads=files.preloads,
            boot={**boot, **more},
            **{"next": "/", "error": "", **more},
        )
        policy = {"content-security-policy": headers.shell(self._services.settings)}
        return Response(html, headers=policy, media_type="text/html")

    def _boot(self, reader: Reader, signed: Signed | None, language: str) -> dict[str, Any]:
        """What the page starts with; see `frontend/src/boot.ts`."""
        user: Me | None = me(reader, signed.actor) if signed else None
        return {
            "user": msgspec.to_builtins(user),
            "csrf": signed.csrf if signed else "",
            "lang": user.language if user else language,
            "demo": self._services.demo,
            "persona_hosts": self._personas(reader) if self._services.demo else [],
        }

    def _personas(self, reader: Reader) -> list[dict[str, str]]:
        found = []
        for each in users(reader):
            name = each.email.partition("@")[0]
            if each.disabled_at is None and each.role != "integration" and name.replace("-", "").isalnum():
                host = self._hosts.url_of(name)
                found.append({"id": name, "name": each.name, "role": each.role, "url": host, "email": each.email})
        return found


def _assets() -> Assets | None:
    try:
        return Assets()
    except NotBuilt:
        return None


def _persona(reader: Reader, name: str) -> str:
    """The id of a demo user by the name before their address's @. Raises NotFound."""
    for each in users(reader):
        if each.email.partition("@")[0] == name.lower() and each.disabled_at is None and each.role != "integration":
            return each.id
    raise NotFound


async def _form(request: Request) -> dict[str, str]:
    body = await bounded(request.scope, request.receive, request._send, _FORM_BYTES).body()
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[0] for name, values in fields.items() if len(values) == 1}


def _inside(forward: str) -> str:
    """A path of ours to go on to; anything that could lead elsewhere becomes the front page."""
    if not forward.startswith("/") or forward[1:2] in ("/", "\\") or any(each < " " for each in forward):
        return "/"
    return quote(forward, safe="/?#=&%-_.~:@!$'()*+,;")
