"""`test` of a portfolio, a team and a skill: what is missing until the first message can be answered."""

from __future__ import annotations

from tests.commands.shell import Shell


def test_a_portfolio_says_what_is_missing_until_it_can_work(book: Shell) -> None:
    says = book.refuses("portfolio", "test", "Loja Ipê")
    assert says.startswith("acordo: Loja Ipê does not work: no team with people serves it")
    assert "no inbox that is on" in says and "BR-SP are not approved" in says
    book.does("user", "add", "--email", "ana@example.com", "--name", "Ana", "--role", "agent", "--team", "Cobrança",
              "--no-password")  # fmt: skip
    book.does("gate", "approve", "--portfolio", "Loja Ipê", "--name", "Dra. Lima", "--document", "p.pdf")
    secret = book.file("secret", "app-secret")
    book.does("inbox", "add", "--portfolio", "Loja Ipê", "--channel", "email", "--provider", "smtp", "--name", "Mail",
              "--address", "casa@example.com", "--config", "smtp_host=127.0.0.1", "--config", "smtp_port=25",
              "--secret-file", f"webhook={secret}")  # fmt: skip
    assert book.refuses("portfolio", "test", "Loja Ipê") == (
        "acordo: Loja Ipê does not work: the inbox Mail has not passed its test (acordo inbox test)"
    )
    assert book.refuses("portfolio", "test", "nope").startswith("acordo: there is no portfolio 'nope'")
    assert book.does("team", "test", "Cobrança") == "Cobrança works: 1 person, 1 portfolio.\n"


def test_a_team_without_people_or_portfolio_does_not_work(shell: Shell) -> None:
    shell.does("team", "add", "Jurídico")
    says = shell.refuses("team", "test", "Jurídico")
    assert "nobody who answers is in it" in says and "it serves no portfolio" in says


def test_a_skill_that_nobody_has_does_not_work(shell: Shell) -> None:
    shell.does("skill", "add", "legal")
    assert "nobody has it" in shell.refuses("skill", "test", "legal")
    shell.does("user", "add", "--email", "ana@example.com", "--name", "Ana", "--role", "agent",
               "--no-password", "--skill", "legal=3")  # fmt: skip
    assert shell.does("skill", "test", "legal") == "legal works: 1 person.\n"
    assert shell.refuses("skill", "test", "leagl").startswith("acordo: there is no skill 'leagl'")
