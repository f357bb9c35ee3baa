"""`GET /media/{token}`: one attachment of an outgoing message, for the provider that fetches it within the hour."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.errors import NotFound
from console.services import Services
from console.timeline import queries
from console.timeline.media_url import attachment_of


class Media:
    """Possession of a signed token is the whole right; what it does not open does not exist."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        return [Route("/media/{token}", self.serve)]

    async def serve(self, request: Request) -> Response:
        request.scope["route_path"] = "/media/{token}"
        attachment_id = attachment_of(self._services, request.path_params["token"])
        row = await self._services.store.read(queries.file, attachment_id) if attachment_id else None
        if row is None or row.state != "ready":
            raise NotFound
        try:
            content = await asyncio.to_thread(self._services.files.read, row.id)
        except OSError as error:
            raise NotFound from error
        return Response(content, media_type=row.type, headers={"content-disposition": "attachment"})
