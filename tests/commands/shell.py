"""`acordo` as a person types it, in this process and in another, in a folder of its own."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.cli import main
from console.store.migrate import migrate

ROOT = Path(__file__).parents[2]
OURS = ("ACORDO_DATABASE_URL", "ACORDO_REDIS_URL", "ACORDO_DATA_DIR", "ACORDO_PUBLIC_URL", "ACORDO_SECRET_KEY",
        "ACORDO_LOG", "ACORDO_TRUSTED_ORIGINS", "ACORDO_TRUSTED_PROXIES", "ACORDO_SMTP_LISTEN")  # fmt: skip


@dataclass
class Said:
    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of a refusal."""
        lines = self.err.splitlines()
        assert self.status != 0 and len(lines) == 1, (self.status, self.err)
        return lines[0]


@dataclass
class Shell:
    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    python: str = sys.executable  # of commands that are processes of their own

    def run(self, *words: str, stdin: str = "") -> Said:
        """One command, in this process."""
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        self.patch.setattr(sys, "stdin", given)
        self.capture.readouterr()
        try:
            status = main(words)
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = self.capture.readouterr()
        return Said(status, out, err)

    def does(self, *words: str, stdin: str = "") -> str:
        """What a command that must succeed says."""
        said = self.run(*words, stdin=stdin)
        assert said.status == 0, f"{said.err}\n{said.out}"
        return said.out

    def refuses(self, *words: str, stdin: str = "") -> str:
        """The one line of a command that must fail."""
        return self.run(*words, stdin=stdin).line

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """A command as a process of its own."""
        clean = {name: each for name, each in os.environ.items() if name not in OURS}
        return subprocess.Popen(
            [self.python, "-m", "console.cli", *words], cwd=self.folder, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
        )  # fmt: skip

    def file(self, name: str, text: str) -> str:
        """A file beside the installation; its path."""
        path = self.folder / name
        path.write_text(text)
        return str(path)


_empty: list[bytes] = []


def empty_installation(folder: Path) -> None:
    """An installation with the newest schema and nothing in it, copied: making one costs a second."""
    data = folder / "var"
    data.mkdir()
    if not _empty:
        url = f"sqlite:///{data / 'acordo.db'}"
        migrate(url)
        with closing(sqlite3.connect(data / "acordo.db")) as connection:
            connection.execute("INSERT INTO incarnation (id) VALUES ('0123456789abcdef0123456789abcdef')")
            connection.commit()
            _empty.append(connection.serialize())
        (data / "acordo.db").unlink()
    (data / "acordo.db").write_bytes(_empty[0])
