"""Accounts, tokens, teams and skills from the command line."""

from __future__ import annotations

from console.people.actors import by_token
from console.services import Services
from tests.commands.shell import Shell

PASSWORD = "uma senha bem longa"


def add(shell: Shell, email: str = "ana@example.com", role: str = "agent", *more: str) -> str:
    words = ("user", "add", "--email", email, "--name", "Ana Prado", "--role", role, *more)
    return shell.does(*words, stdin=f"{PASSWORD}\n")


def test_the_first_command_makes_the_embedded_database(bare: Shell) -> None:
    add(bare)
    assert "ana@example.com" in bare.does("user", "list")


def test_a_user_is_added_with_teams_skills_and_capacity(shell: Shell) -> None:
    shell.does("team", "add", "Cobrança")
    add(shell, "ANA@example.com", "agent", "--team", "cobrança", "--skill", "lang-es=3", "--capacity", "6.5")
    line = shell.does("user", "list").splitlines()[1]
    assert "ana@example.com" in line and "Cobrança" in line and "lang-es=3" in line and "active" in line


def test_a_password_comes_from_a_file_or_from_standard_input_and_is_judged(shell: Shell) -> None:
    path = shell.file("password", f"{PASSWORD}\n")
    words = ("user", "add", "--email", "bruno@example.com", "--name", "Bruno", "--role", "agent")
    assert PASSWORD not in shell.does(*words, "--password-file", path)
    assert "12 to 256" in shell.refuses(*words, stdin="short\n")
    assert "12 to 256" in shell.refuses(*words, stdin="")


def test_an_address_is_taken_once_and_must_be_one(shell: Shell) -> None:
    add(shell)
    words = ("--name", "Ana", "--role", "agent")
    assert shell.refuses("user", "add", "--email", "ana@example.com", *words, stdin=PASSWORD).endswith("address.")
    assert "email:" in shell.refuses("user", "add", "--email", "ana", *words, stdin=PASSWORD)


def test_a_user_is_changed_disabled_and_enabled(shell: Shell) -> None:
    shell.does("team", "add", "Cobrança")
    add(shell, "ana@example.com", "agent", "--team", "Cobrança")
    shell.does("user", "change", "ana@example.com", "--role", "supervisor", "--leave", "Cobrança", "--max-held", "5")
    assert "supervisor" in shell.does("user", "list") and "Cobrança" not in shell.does("user", "list")
    shell.does("user", "disable", "ana@example.com")
    assert "disabled" in shell.does("user", "list")
    shell.does("user", "enable", "ana@example.com")
    assert "disabled" not in shell.does("user", "list")
    assert "ended" in shell.does("user", "password", "ana@example.com", stdin=f"{PASSWORD} nova\n")


def test_what_is_not_there_is_told_with_the_way_to_find_it(shell: Shell) -> None:
    assert "acordo user list" in shell.refuses("user", "disable", "nobody@example.com")
    add(shell)
    assert "acordo team list" in shell.refuses("user", "change", "ana@example.com", "--team", "Nowhere")
    assert "acordo portfolio list" in shell.refuses("team", "add", "Cobrança", "--portfolio", "Nowhere")
    assert "acordo token list" in shell.refuses("token", "revoke", "nothing")


def test_a_refused_command_leaves_nothing_behind(shell: Shell) -> None:
    words = ("user", "add", "--email", "ana@example.com", "--name", "Ana", "--role", "agent", "--team", "Nowhere")
    shell.refuses(*words, stdin=PASSWORD)
    assert "There is no user yet" in shell.does("user", "list")


def test_a_tokens_secret_is_shown_once_and_alone_on_standard_output(shell: Shell) -> None:
    words = ("user", "add", "--email", "erp@example.com", "--name", "ERP", "--role", "integration", "--no-password")
    shell.does(*words)
    create = ("token", "create", "--user", "erp@example.com", "--name", "ERP")
    said = shell.run(*create, "--scope", "debtors:write", "--scope", "debtors:read", "--days", "30")
    secret = said.out.strip()
    assert said.status == 0 and secret.startswith("acordo_") and secret not in said.err
    listed = shell.does("token", "list")
    assert secret not in listed and "debtors:read debtors:write" in listed and "active" in listed
    token_id = listed.splitlines()[1].split()[0]
    assert opens(shell, secret)
    shell.does("token", "revoke", token_id)
    assert "revoked" in shell.does("token", "list") and not opens(shell, secret)


def test_a_token_asks_for_scopes_that_exist(shell: Shell) -> None:
    create = ("token", "create", "--user", "erp@example.com", "--name", "ERP")
    assert "at least one --scope" in shell.refuses(*create)
    assert "there is no scope everything; scopes are" in shell.refuses(*create, "--scope", "everything")
    assert "--days" in shell.refuses(*create, "--scope", "debtors:read", "--days", "0")


def test_teams_and_skills_come_and_go(shell: Shell) -> None:
    shell.does("team", "add", "Cobrança")
    assert "of this name" in shell.refuses("team", "add", "Cobrança")
    shell.does("team", "disable", "Cobrança")
    assert "There is no team yet" in shell.does("team", "list")
    shell.does("skill", "add", "lang-es", "--title", "es=Español")
    add(shell, "ana@example.com", "agent", "--skill", "lang-es=3")
    assert "es: Español" in shell.does("skill", "list")
    shell.does("skill", "disable", "lang-es")
    assert "There is no skill yet" in shell.does("skill", "list") and "lang-es" not in shell.does("user", "list")
    assert "no such skill" in shell.refuses("skill", "disable", "lang-es")


def opens(shell: Shell, secret: str) -> bool:
    from console.commands.installation import installation

    with installation() as services:
        assert isinstance(services, Services)
        return services.store.read_now(by_token, secret) is not None
