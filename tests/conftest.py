"""What every test may use: the services, found or started once. Areas add their own in `tests/<area>/conftest.py`.

A test that needs a service says so by its mark (browser, pg, redis, imap, fixtures) or by asking for its fixture.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from xdist.scheduler import LoadFileScheduling

from tests import databases, services
from tests.services.needs import RUN, SERVICES

MARKED = {
    "chromium_path": "browser",
    "axe_script": "browser",
    "postgres_url": "pg",
    "postgres_database": "pg",
    "redis_server": "redis",
    "redis_url": "redis",
    "redis": "redis",
    "dovecot": "imap",
    "fixtures_folder": "fixtures",
}


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A test that configures the log (a command, for one) does not leave it writing to its own captured output."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def own_world() -> Iterator[None]:
    """What `make_world` opened is let go of with the test."""
    yield
    databases.close_opened()


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser's program, for Playwright's `executable_path`; `services.CHROMIUM_FLAGS` are its arguments."""
    return services.chromium()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """What finds faults of accessibility in a page: see `tests/browser/audit.py`."""
    return services.axe()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The run's server, at its own database: for `services.create_database`."""
    return services.postgres_server()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database that is this test's alone."""
    url = services.create_database(postgres_url)
    yield url
    services.drop_database(postgres_url, url)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[services.Redis]:
    """This worker's own; a test that stops it starts it again."""
    server = services.Redis()
    yield server
    server.stop()


@pytest.fixture
def redis() -> Iterator[services.Redis]:
    """An empty one that is this test's alone."""
    server = services.Redis()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_server: services.Redis) -> str:
    return redis_server.url


@pytest.fixture
def dovecot() -> Iterator[services.Dovecot]:
    """A real IMAP server with one empty mailbox."""
    server = services.Dovecot()
    yield server
    server.stop()


@pytest.fixture
def imap_server() -> Iterator[services.MailDevel]:
    """SMTP in, IMAP out, in memory, from pip."""
    server = services.MailDevel()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def fixtures_folder() -> Path:
    """The third-party samples beside the checkout, or $ACORDO_FIXTURES."""
    return services.fixtures_folder()


# ── left out, and told ───────────────────────────────────────────────────────────────────────────────────────────────


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require",
        default="",
        metavar="SERVICES",
        help=f"what must not be left out, of {','.join(SERVICES)}: its absence fails the tests that need it",
    )
    parser.addoption(
        "--database",
        default="sqlite",
        choices=databases.KINDS,
        help="what stores and flows are tested on; with postgresql only what stands on a database is run",
    )


def pytest_configure(config: pytest.Config) -> None:
    unknown = _required(config) - SERVICES.keys()
    if unknown:
        raise pytest.UsageError(f"--require knows {', '.join(SERVICES)}, not {', '.join(sorted(unknown))}")
    databases.use(config.getoption("--database"))
    if not hasattr(config, "workerinput"):
        os.environ.pop(RUN, None)
        services.run_folder()  # before the workers start, so that they know it


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in os.environ:
        services.stop_postgres()
        shutil.rmtree(services.run_folder(), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if databases.is_postgresql():
        once = [each for each in items if _runs_once(each)]
        config.hook.pytest_deselected(items=once)
        items[:] = [each for each in items if not _runs_once(each)]
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            if name in MARKED:
                item.add_marker(MARKED[name])
        if item.path.is_relative_to(Path(__file__).parent / "browser"):
            item.add_marker("browser")


def _runs_once(item: pytest.Item) -> bool:
    """Whether it says the same whatever database a run stands on."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return folder in databases.ELSEWHERE or "demo_server" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """A mark without the fixture, as when a test starts its own browser, is judged by whether the thing is here."""
    with _left_out(item.config):
        for mark, find in (("browser", services.chromium), ("fixtures", services.fixtures_folder)):
            if item.get_closest_marker(mark):
                find()
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _left_out(item.config):
        yield


@contextlib.contextmanager
def _left_out(config: pytest.Config) -> Iterator[None]:
    """What is missing skips the test with its reason, or fails it when `--require` names it."""
    try:
        yield
    except services.Missing as missing:
        if missing.service in _required(config):
            pytest.fail(f"required, but {missing}", pytrace=False)
        pytest.skip(str(missing))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each reason to leave something out: a run that proves less says so."""
    reasons = Counter(_told(report.longrepr[2]) for report in terminalreporter.getreports("skipped"))
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{reason}: {count} of them")


def _told(reason: str) -> str:
    """One line for all samples that are not here, whatever their names."""
    plain = re.sub(r"^\S+\.\w+ is not here", "third-party samples are not here", reason.removeprefix("Skipped: "))
    return plain if plain.startswith("left out") else f"left out: {plain}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return _ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


class _ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file's tests stay together, and browsers run one after the other while the rest goes on beside them."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/browser" if nodeid.startswith("tests/browser/") else str(super()._split_scope(nodeid))


def _required(config: pytest.Config) -> set[str]:
    return {name.strip() for name in config.getoption("--require").split(",") if name.strip()}


@pytest.fixture
def world(tmp_path: Path) -> Any:
    """A migrated database with the cast, a team, a portfolio and its inboxes: see `tests/world.py`."""
    from tests.world import make_world

    return make_world(tmp_path)
