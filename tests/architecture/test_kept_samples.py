"""The large installation that benches keep is built by one at a time, and PostgreSQL stands on its folder once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.kept import alone

SAYS_WHEN_IT_HAS_IT = """
import sys
from pathlib import Path
from tests.bench.kept import alone
with alone(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""


def test_whoever_wants_a_sample_that_another_has_waits_until_it_is_let_go_of(tmp_path: Path) -> None:
    folder = tmp_path / "samples" / "one"
    with alone(folder.with_name("another's")):
        first, second = (
            subprocess.Popen([sys.executable, "-c", SAYS_WHEN_IT_HAS_IT, str(folder)], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        )  # fmt: skip
        said = _first_line(first), _first_line(second)
        assert {line.split()[0] for line in said} == {"mine", "another"}
        had, waited = (first, second) if said[0] == "mine\n" else (second, first)
        had.kill()  # however it ends
        assert _first_line(waited) == "mine\n"
        waited.communicate("")
        had.communicate()
        assert waited.returncode == 0


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
