"""The few long-lived things of a process, made by the composition root and handed to handlers and workers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.clock import Clock
from console.settings import Settings

if TYPE_CHECKING:
    from console.realtime.hub import Hub
    from console.store.store import Store
    from console.store.vault import Vault


@dataclass
class Services:
    settings: Settings
    clock: Clock
    store: Store
    vault: Vault
    hub: Hub
    files: Any = None  # `console.timeline.files.Files`
    connector: Any = None  # `channels.connector.Connector`
    mail: Any = None  # `console.intake.apart.Apart`
    frames: Any = None  # the `console.child.Child` that makes mails safe to show
    alarms: dict[str, asyncio.Event] = field(default_factory=dict)  # a worker's name -> its doorbell
    throttle: Any = None  # `console.people.throttle.Throttle`
    limits: Any = None  # `console.web.limits.Limits`
    meters: Any = None  # `console.web.meters.Meters`
    origins: frozenset[str] = frozenset()  # exact provider origins beyond the public internet's (the demo's sandbox)
    demo: bool = False
    answers: Any = None  # `console.supervision.answers.Answers`
    directory: Any = None  # `console.intake.directory.Directory`
    duties: Any = None  # `console.workers.duties.Duties`
    process: str = ""  # this process among several; the only one of an embedded database needs no name
    draining: bool = False  # it was told to stop: nothing new begins here

    def doorbell(self, worker: str) -> asyncio.Event:
        """The event that wakes a worker; `Tx.wake(worker)` sets it after the commit."""
        return self.alarms.setdefault(worker, asyncio.Event())
