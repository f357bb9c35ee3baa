"""Logs hold ids and nothing of anybody."""

from __future__ import annotations

import errno
import io
import json
import logging

import pytest
import structlog

from console.settings import Settings
from console.web import logs


@pytest.mark.parametrize(
    "text",
    ["ana@demo.acordo.example", "+5511987654321", "+55 11 98765-4321", "(11) 98765-4321", "123.456.789-09",
     "12.345.678/0001-95", "12345678909", "postgresql://acordo:hunter2@db/acordo", "password=hunter2",
     "Authorization: Bearer acordo_abcdef"],
)  # fmt: skip
def test_what_names_somebody_is_struck_out(text: str) -> None:
    cleaned = logs.clean(f"it broke for {text} at once")
    for part in (text, "hunter2", "acordo_abcdef", "98765"):
        assert part not in cleaned
    assert cleaned.startswith("it broke for") and cleaned.endswith("at once")


@pytest.mark.parametrize(
    "text", ["01a2024a41477584869bd6cf78dc96b1", "message.created", "12 events in 3.5 s", "HTTP 404"]
)
def test_ids_and_counts_stay(text: str) -> None:
    assert logs.clean(text) == text


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_line_is_one_line_with_its_time_level_and_facts(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(secret_key="x", log=kind))
    structlog.get_logger("t").info("case.assigned", case="c1", to="ana@x.example")
    line = capfd.readouterr().err.strip()
    assert "\n" not in line and "case.assigned" in line and "c1" in line and "ana@x" not in line
    if kind == "json":
        assert json.loads(line)["level"] == "info"


def test_a_traceback_shows_no_values(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(secret_key="x"))
    try:
        secret = "canary-of-a-debtor"
        raise ValueError("no reason for " + "maria@x.example")
    except ValueError:
        structlog.get_logger("t").error("it.broke", exc_info=True)
    shown = capfd.readouterr().err
    assert "ValueError" in shown and "maria@" not in shown
    assert f"'{secret}'" not in shown


def test_the_servers_own_lines_with_addresses_in_them_are_off() -> None:
    logs.configure(Settings(secret_key="x"))
    assert logging.getLogger("uvicorn.access").level >= logging.WARNING


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    stream = logs.Patient(Full())
    assert stream.write("a line") == 0 and stream.lost == 1
    kept = io.StringIO()
    assert logs.Patient(kept).write("a line") == 6 and kept.getvalue() == "a line"
