"""Every command helps, and says one line when it is misused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from console.cli import GROUPS
from tests.commands.shell import ROOT, Shell


@pytest.mark.parametrize("group", GROUPS)
def test_every_command_helps(bare: Shell, group: str) -> None:
    said = bare.run(group, "--help")
    assert said.status == 0 and said.out.startswith(f"usage: acordo {group}")
    assert not (bare.folder / "var").exists(), "help makes nothing"


def test_the_help_of_all_imports_no_command() -> None:
    code = (
        "import sys; from console.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print([m for m in sys.modules if m.startswith('console.') and m != 'console.cli'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(group in done.stdout for group in GROUPS)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "arguments are required: COMMAND"),
        (("fly",), "invalid choice: 'fly'"),
        (("user",), "arguments are required: VERB"),
        (("user", "add", "--email", "a@b.c"), "required: --name, --role"),
        (("user", "add", "--email", "a@b.c", "--name", "A", "--role", "king"), "invalid choice: 'king'"),
        (("serve", "--port", "many"), "a port is a number from 0 to 65535"),
        (("serve", "--port", "70000"), "a port is a number from 0 to 65535"),
        (("serve", "--workers", "none"), "invalid int value"),
        (("user", "change", "a@b.c", "--skill", "german=9"), "a skill is written NAME=LEVEL"),
        (("inbox", "add", "--config", "flat"), "this is written NAME=VALUE"),
        (("inbox", "add", "--hours", "FRI-MON=09:00-18:00"), "a span of days or hours ends after it begins"),
        (("inbox", "add", "--hours", "always"), "hours are written like"),
        (("gate", "explain", "--channel", "sms"), "--debtor --case CASE is required"),
        (("gate", "explain", "--debtor", "x", "--channel", "sms", "--at", "noon"), "a moment is written like"),
    ],
)
def test_a_misuse_is_one_line(bare: Shell, words: tuple[str, ...], says: str) -> None:
    line = bare.refuses(*words)
    assert says in line and line.startswith("acordo") and line.endswith("--help")


def test_a_secret_written_where_it_does_not_belong_is_not_repeated(bare: Shell) -> None:
    for words in (
        ("user", "add", "--email", "a@b.c", "--name", "A", "--role", "agent", "--password", "hunter2-hunter2"),
        ("user", "add", "--email", "a@b.c", "--name", "A", "--role", "agent", "--password=hunter2-hunter2"),
        ("inbox", "secrets", "sms", "--secret-file", "auth_token=hunter2-hunter2"),
        ("inbox", "secrets", "sms", "--secrets-file", "hunter2-hunter2"),
        ("user", "password", "a@b.c", "--password-file", "hunter2-hunter2"),
    ):
        assert "hunter2" not in bare.refuses(*words)


def test_a_bad_setting_is_named_with_an_example(bare: Shell) -> None:
    for name, value, example in (
        ("ACORDO_DATABASE_URL", "mysql://x", "sqlite:///"),
        ("ACORDO_PUBLIC_URL", "acordo.example.com", "https://acordo.example.com"),
        ("ACORDO_LOG", "loud", "ACORDO_LOG=json"),
        ("ACORDO_TRUSTED_ORIGINS", "10.0.0.5", "smtp://10.0.0.5:25"),
        ("ACORDO_TRUSTED_PROXIES", "proxy.example.com", "127.0.0.1,10.0.0.0/24"),
        ("ACORDO_SMTP_LISTEN", "2525", "127.0.0.1:2525"),
    ):
        bare.patch.setenv(name, value)
        line = bare.refuses("user", "list")
        assert name in line and example in line
        bare.patch.delenv(name)


def test_a_database_server_needs_a_key(bare: Shell) -> None:
    bare.patch.setenv("ACORDO_DATABASE_URL", "postgresql://acordo:hunter2@127.0.0.1:1/acordo")
    assert "ACORDO_SECRET_KEY is missing" in bare.refuses("user", "list")


def test_a_database_that_does_not_answer_is_one_line_without_its_password(bare: Shell) -> None:
    bare.patch.setenv("ACORDO_DATABASE_URL", "postgresql://acordo:hunter2@127.0.0.1:1/acordo")
    bare.patch.setenv("ACORDO_SECRET_KEY", "a key for tests")
    line = bare.refuses("user", "list")
    assert "does not answer" in line and "hunter2" not in line


def test_a_file_that_is_no_database_is_told(bare: Shell) -> None:
    (bare.folder / "var").mkdir()
    (bare.folder / "var" / "acordo.db").write_text("a letter to my aunt")
    assert "is not a database" in bare.refuses("user", "list")
