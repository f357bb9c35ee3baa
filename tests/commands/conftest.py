from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.shell import OURS, Shell, empty_installation


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A folder without an installation."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """A folder with an empty installation."""
    empty_installation(bare.folder)
    return bare


@pytest.fixture
def book(shell: Shell) -> Shell:
    """An installation with the team Cobrança and the portfolio Loja Ipê."""
    shell.does("team", "add", "Cobrança")
    shell.does("portfolio", "add", "--name", "Loja Ipê", "--jurisdiction", "BR-SP", "--timezone", "America/Sao_Paulo",
               "--currency", "BRL", "--team", "Cobrança")  # fmt: skip
    return shell
