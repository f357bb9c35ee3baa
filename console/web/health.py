"""For those who watch the process: alive, ready, and its numbers."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.errors import Forbidden, Unauthenticated, Unavailable
from console.log.read import here
from console.services import Services
from console.web.depths import depths
from console.web.dispatch import respond
from console.web.hosts import header
from console.web.meters import CONTENT_TYPE

Check = Callable[[], Awaitable[list[str]]]
"""What is wrong now, in short words; nothing when all is well."""


class Health:
    """`failing` names loops that keep dying. `lacks` (Redis), added by the composition root, are told and done without:
    a process that serves a little later is still to be asked.
    """

    def __init__(self, services: Services, failing: Callable[[], list[str]]) -> None:
        self.lacks: list[Check] = []
        self._services = services
        self._failing = failing

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def alive(self, request: Request) -> Response:
        return respond({"status": "alive"})

    async def ready(self, request: Request) -> Response:
        wrong = [*(["draining"] if self._services.draining else []), *self._failing(), *await self._database()]
        if wrong:
            return respond({"status": "unready", "because": wrong}, 503)
        without = [each for look in self.lacks for each in await look()]
        return respond({"status": "ready", "without": without} if without else {"status": "ready"})

    async def metrics(self, request: Request) -> Response:
        """Prometheus text: by token; the demo also without."""
        token = self._services.settings.metrics_token
        given = header(request.headers.raw, b"authorization").removeprefix("Bearer ")
        if not self._services.demo:
            if not given:
                raise Unauthenticated
            if not token or not hmac.compare_digest(given.encode(), token.encode()):
                raise Forbidden
        self._services.meters.sockets.set(len(self._services.hub.sessions))
        self._services.meters.stand(await self._services.store.read(depths))
        return Response(self._services.meters.page(), headers={"content-type": CONTENT_TYPE})

    async def _database(self) -> list[str]:
        try:
            await self._services.store.read(here)
        except (Unavailable, LookupError, OSError):
            return ["database"]
        except Exception as error:  # whatever a driver raises, the answer is the same: not ready
            return [f"database: {type(error).__name__}"]
        return []
