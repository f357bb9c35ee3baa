"""The demo's data in a cluster: the same people, debts and past, and the carriers as a process of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import structs

from console.clock import SystemClock
from console.demo.make import make
from console.demo.providers import point_inboxes, sandbox_config
from sandbox.config import Config
from tests.cluster.rig import Cluster
from tests.services.needs import free_port


class DemoCluster(Cluster):
    """Everybody's password is the demo's; mail comes in by the listener of one of the workers."""

    def __init__(self, servers: int, workers: int, *, embedded: bool, env: Mapping[str, str]) -> None:
        self.listener = free_port()
        super().__init__(
            servers, workers, embedded=embedded, env={"ACORDO_SMTP_LISTEN": f"127.0.0.1:{self.listener}", **env}
        )

    def fill(self) -> Config:
        kept = asyncio.run(make(self.settings, SystemClock().real()))
        self.write(point_inboxes, kept, self.origin.removesuffix("/sandbox"), self.mail_port)
        config = sandbox_config(self.settings, kept, listener=self.listener, mail_server=self.mail_port, scripted=True)
        return structs.replace(config, origin=self.origin)
