"""Whoever navigates to what is not there or broke is shown a page; programs get the problem document."""

from __future__ import annotations

import pytest

from tests.server import Server

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR,pt;q=0.9", "Página não encontrada"), ("es-CO", "Página no encontrada"), ("en-US,en", "Page not found")],
)
def test_a_person_is_told_in_their_language_and_led_back(server: Server, language: str, words: str) -> None:
    answer = server.client().get("/nothing", headers={**BROWSER, "accept-language": language})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert words in answer.text and 'href="/"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/nothing", {}),
        ("/nothing", {"accept": "application/json"}),
        ("/nothing", {**BROWSER, "sec-fetch-dest": "iframe"}),
        ("/api/v1/nothing", BROWSER),
        ("/pay/nothing", BROWSER),
    ],
)
def test_programs_frames_and_the_api_get_the_problem_document(
    server: Server, path: str, headers: dict[str, str]
) -> None:
    answer = server.client().get(path, headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_head_has_no_body_and_a_post_no_page(server: Server) -> None:
    client = server.client()
    head = client.head("/nothing", headers=BROWSER)
    assert (head.status_code, head.content) == (404, b"")
    assert "text/html" not in client.post("/nothing", headers=BROWSER).headers["content-type"]
