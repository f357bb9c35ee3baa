"""How long a duty may be nobody's, and how long a process may take to stop: sums of what the product itself waits."""

from __future__ import annotations

from console.jobs.duty import HELD_MS
from console.web import draining, serving
from console.workers import dispatcher, duties, jobs, loops

TAKEN_OVER_SECONDS = 5.0
STOPPED_SECONDS = 10.0


def test_the_duty_of_a_process_that_died_is_another_ones_within_five_seconds() -> None:
    """It died as it had renewed; the heir asked just before that ran out, and its loops look in turns what it holds."""
    assert HELD_MS / 1_000 + duties.RENEW_SECONDS + duties.LOOK_SECONDS <= TAKEN_OVER_SECONDS
    assert HELD_MS / 1_000 + duties.RENEW_SECONDS + dispatcher.POLL_SECONDS <= TAKEN_OVER_SECONDS


def test_a_duty_is_renewed_twice_before_it_runs_out() -> None:
    assert HELD_MS / 1_000 > 2 * duties.RENEW_SECONDS


def test_a_worker_that_is_told_to_stop_has_ended_within_ten_seconds() -> None:
    """Its loops end side by side, each before they are left behind, and with time to write down what they held; then
    what they had a duty for is left.
    """
    assert dispatcher.STOP_SECONDS < loops.STOP_SECONDS
    assert jobs.STOP_SECONDS < loops.STOP_SECONDS
    assert loops.STOP_SECONDS + loops.LAST_SECONDS < STOPPED_SECONDS


def test_a_server_that_is_told_to_stop_has_ended_within_ten_seconds() -> None:
    assert draining.NOTICE_SECONDS + serving.DRAIN_SECONDS < STOPPED_SECONDS
