"""What `/metrics` tells: counts and durations by route and status, never by person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Scope

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Meters:
    """One set a process; names begin with acordo_."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "acordo_requests", "Requests by route and status", ["route", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram("acordo_request_seconds", "Time to answer", ["route"], registry=self.registry)
        self.sockets = Gauge("acordo_sockets", "Open sockets", registry=self.registry)
        self.deliveries = Counter("acordo_deliveries", "Events written to sockets", registry=self.registry)
        self.resets = Counter("acordo_resets", "Sockets that fell behind and were reset", registry=self.registry)
        self.forged = Counter(
            "acordo_bad_signatures", "Webhooks with a bad signature", ["inbox"], registry=self.registry
        )
        self.deaths = Counter("acordo_loop_deaths", "Background loops that died", ["loop"], registry=self.registry)

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(scope.get("route_path", "")) or "unknown"
        method = str(scope.get("method", "GET"))
        self._requests.labels(route, method if method in _METHODS else "OTHER", str(status or 0)).inc()
        if scope["type"] == "http":
            self._seconds.labels(route).observe(seconds)

    def page(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
