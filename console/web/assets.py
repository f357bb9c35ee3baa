"""The built front end: which files a page needs, and the files themselves, from memory."""

from __future__ import annotations

import gzip
import mimetypes
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from console.errors import NotFound
from console.web.headers import IMMUTABLE

PREFIX = "/assets/"
_HERE = Path(__file__).parent
_SMALL = 512  # bytes; below it compressing costs more than it saves
_PLAIN = frozenset({".woff2", ".png", ".jpg", ".webp"})  # compressed in themselves
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class NotBuilt(Exception):
    """The front end is not there: the text says the command that builds it."""


class Page(Struct, frozen=True):
    """Addresses, in the order in which the shell names them."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    preloads: tuple[str, ...]


class _Script(Struct, frozen=True):
    file: str
    imports: tuple[str, ...] = ()


class _Manifest(Struct, frozen=True):
    scripts: dict[str, _Script] = {}
    styles: dict[str, str] = {}


def sources() -> Path:
    """The folder with `templates/` and `i18n/`: in a checkout beside the package, in a wheel within it."""
    packed = _HERE / "frontend"
    return packed if packed.is_dir() else _HERE.parents[1] / "frontend"


class Assets:
    """Raises NotBuilt when there is nothing to serve; changes of the folder are seen at the next start."""

    def __init__(self, folder: Path = _HERE / "dist") -> None:
        try:
            self._manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_Manifest)
        except (OSError, msgspec.DecodeError) as error:
            raise NotBuilt("the front end is not built: run python3 dev.py build") from error
        self._files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix not in ("", ".json")}
        self._packed = cache(self._pack)

    def page(self, name: str) -> Page:
        """What the page `name` needs: its script and its style. Raises KeyError for a page that is not built."""
        script, style = self._manifest.scripts.get(name), self._manifest.styles.get(name)
        if script is None and style is None:
            raise KeyError(name)
        return Page(
            styles=(PREFIX + style,) if style else (),
            scripts=(PREFIX + script.file,) if script else (),
            preloads=tuple(PREFIX + part for part in script.imports) if script else (),
        )

    async def serve(self, request: Request) -> Response:
        """GET /assets/{name}: for ever the same under that name, so for ever kept by whoever asked."""
        name = request.path_params["name"]
        if name not in self._files:
            raise NotFound()
        body, headers = self._files[name], {"cache-control": IMMUTABLE}
        if len(body) > _SMALL and Path(name).suffix not in _PLAIN:
            headers["vary"] = "accept-encoding"
            if "gzip" in request.headers.get("accept-encoding", ""):
                body = self._packed(name)
                headers["content-encoding"] = "gzip"
        return Response(body, headers=headers, media_type=_type(name))

    def _pack(self, name: str) -> bytes:
        return gzip.compress(self._files[name], 9, mtime=0)


def _type(name: str) -> str:
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
