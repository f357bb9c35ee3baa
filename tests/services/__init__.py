"""The real parts that tests need and a machine may lack: PostgreSQL, Redis, IMAP servers, a browser, recorded samples.

Each is found or started by a plain function or class; what cannot be had raises `Missing`, which `tests/conftest.py`
turns into a skip that is told at the end of the run, or into a failure under `--require`.
"""

from __future__ import annotations

from tests.services.axe import axe
from tests.services.browser import CHROMIUM_FLAGS, chromium
from tests.services.imap import Dovecot, MailDevel
from tests.services.needs import Missing, fixtures_folder, run_folder
from tests.services.nginx import Nginx
from tests.services.postgres import Postgres, create_database, drop_database, postgres_server, stop_postgres
from tests.services.redis import Redis

__all__ = [
    "CHROMIUM_FLAGS",
    "Dovecot",
    "MailDevel",
    "Missing",
    "Nginx",
    "Postgres",
    "Redis",
    "axe",
    "chromium",
    "create_database",
    "drop_database",
    "fixtures_folder",
    "postgres_server",
    "run_folder",
    "stop_postgres",
]
