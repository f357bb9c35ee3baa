"""What `/metrics` tells: counts, durations and depths, by route, provider and state; never by person.

Counters are this process's own; what stands in the database (queues, outbox, inboxes) is read when somebody asks, and
is the same whichever process answers.
"""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Scope

from console.web.depths import Depths, InboxDepth

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PROVIDER_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_QUALITIES = {"green": 3, "yellow": 2, "red": 1, "unknown": 0}
_OF_INBOXES = {
    "quality": "What the provider rates a number: 3 green, 2 yellow, 1 red, 0 unknown",
    "restricted": "1 while the provider restricts an inbox",
    "messaging_limit": "People that may be written to in 24 hours; absent when unknown or unlimited",
    "messaging_limit_used": "People written to in the last 24 hours, where a limit is known",
    "templates_paused": "Templates that the provider has paused",
    "templates_disabled": "Templates that the provider has disabled",
    "sent_24h": "The newest messages of the last 24 hours, at most 10,000",
    "failed_24h": "How many of those were refused, or bounced",
}


class Meters:
    """One set a process; names begin with acordo_."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests by route and status", "route", "method", "status")
        self._seconds = self._histogram("request_seconds", "Time to answer", "route")
        self._met: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        taken = self._counter("webhooks_taken", "Deliveries taken, by their verdict", "provider", "state")
        self.taken = cache(taken.labels)  # the library looks them up under a lock, with every label turned to text
        self.refused = self._counter("webhooks_refused", "Deliveries refused at the door", "provider", "why")
        self.sockets = self._gauge("sockets", "Open sockets")
        self.deliveries = self._counter("socket_events", "Events written to sockets")
        self.dropped = self._counter("socket_events_dropped", "Events that a socket that was behind did not get")
        self.resets = self._counter("socket_resets", "Sockets that fell behind and were reset")
        self.assigned = self._counter("assignments", "Cases that routing gave to somebody")
        self.drain_seconds = self._histogram("drain_seconds", "Time of one round of routing")
        self.provider_seconds = Histogram(
            "acordo_provider_seconds", "Time of a call to a provider", ["provider"], buckets=_PROVIDER_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.handed_over = self._counter("messages_handed_over", "Answers of providers", "provider", "outcome", "code")
        self.batches = Histogram(
            "acordo_writer_batch", "Verbs in one commit of the embedded database", buckets=_BATCHES,
            registry=self.registry,
        )  # fmt: skip
        self.deaths = self._counter("loop_deaths", "Background loops that died", "loop")
        self.duties_taken = self._counter("duties_taken", "Duties that this process took, or took over", "duty")
        self._duties = self._gauge("duty_held", "1 while some process has a duty that one at a time has", "duty")
        self._queued = self._gauge("queue_cases", "Cases waiting in a queue", "team")
        self._oldest = self._gauge("queue_oldest_seconds", "How long the oldest case of a queue has waited", "team")
        self._outbox = self._gauge("outbox_messages", "Messages by where they stand on their way out", "state")
        self._due = self._gauge("outbox_oldest_due_seconds", "How long the oldest due message has been due")
        self._jobs = self._gauge("jobs", "Background jobs by state", "state")
        self._inboxes = self._gauge("inbox_up", "1 while an inbox's last test or notice was good", "inbox", "channel")

        self._of_inboxes = {
            name: self._gauge(f"inbox_{name}", line, "inbox", "channel") for name, line in _OF_INBOXES.items()
        }

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(scope.get("route_path", "")) or "unknown"
        method = str(scope.get("method", "GET"))
        count, time = self._of(route, method if method in _METHODS else "OTHER", status or 0)
        count.inc()
        if scope["type"] == "http":
            time.observe(seconds)

    def _of(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        """The two of a route; the library looks them up under a lock, with every label turned to text."""
        key = (route, method, status)
        if key not in self._met:
            self._met[key] = (self._requests.labels(route, method, str(status)), self._seconds.labels(route))
        return self._met[key]

    def stand(self, depths: Depths) -> None:
        """Show what stands in the database now; what is there no more is shown no more."""
        for gauge in (self._duties, self._queued, self._oldest, self._outbox, self._jobs, self._inboxes,
                      *self._of_inboxes.values()):  # fmt: skip
            gauge.clear()
        for duty, is_held in depths.duties.items():
            self._duties.labels(duty).set(is_held)
        for team, (count, seconds) in depths.queues.items():
            self._queued.labels(team).set(count)
            self._oldest.labels(team).set(seconds)
        for state, count in depths.outbox.items():
            self._outbox.labels(state).set(count)
        self._due.set(depths.oldest_due_s)
        for state, count in depths.jobs.items():
            self._jobs.labels(state).set(count)
        for each in depths.inboxes:
            self._inboxes.labels(each.id, each.channel).set(each.is_well)
            for name, figure in _figures(each).items():
                self._of_inboxes[name].labels(each.id, each.channel).set(figure)

    def page(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)

    def _counter(self, name: str, line: str, *labels: str) -> Counter:
        return Counter(f"acordo_{name}", line, labels, registry=self.registry)

    def _gauge(self, name: str, line: str, *labels: str) -> Gauge:
        return Gauge(f"acordo_{name}", line, labels, registry=self.registry)

    def _histogram(self, name: str, line: str, *labels: str) -> Histogram:
        return Histogram(f"acordo_{name}", line, labels, registry=self.registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _figures(inbox: InboxDepth) -> dict[str, float]:
    day = inbox.figures
    limited = {} if day.limit is None else {"messaging_limit": day.limit, "messaging_limit_used": day.used}
    return limited | {
        "quality": _QUALITIES[inbox.health.quality], "restricted": float(inbox.is_restricted),
        "templates_paused": day.templates_paused, "templates_disabled": day.templates_disabled,
        "sent_24h": day.sent, "failed_24h": day.failed,
    }  # fmt: skip
