"""A second try is for what failed, tells its names, and forgives nothing that fails again."""

from __future__ import annotations

import pytest

from tests import __main__ as runner


@pytest.mark.parametrize(
    ("words", "statuses", "answer", "passes"),
    [
        ([], [0, 0], 0, 2),
        ([], [1, 0], 1, 2),
        (["--twice"], [1, 0, 0], 0, 3),
        (["--twice"], [1, 1, 0], 1, 3),
        (["--twice"], [0, 1, 0], 0, 3),
        (["--twice"], [0, 1, 1], 1, 3),
        (["--twice"], [3], 3, 1),
    ],
)
def test_what_fails_twice_fails(
    monkeypatch: pytest.MonkeyPatch, words: list[str], statuses: list[int], answer: int, passes: int
) -> None:
    ran: list[list[str]] = []

    def pytest_(arguments: list[str]) -> int:
        ran.append(arguments)
        return statuses[len(ran) - 1]

    monkeypatch.setattr(runner, "pytest", pytest_)
    assert runner.main([*words, "--require=pg"]) == answer
    assert len(ran) == passes and all("--require=pg" in each and "--twice" not in each for each in ran)
    again = [each for each in ran if "--last-failed" in each]
    assert len(again) == (1 if passes == 3 else 0) and all("-n" not in each and "-rA" in each for each in again)
