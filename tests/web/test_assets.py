"""The built front end as the server hands it out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from console.web.assets import Assets, NotBuilt, sources

SCRIPT = b"export const words = 'Em tres vezes, sem juros.';\n" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "desk-AB12.js").write_bytes(SCRIPT)
    (tmp_path / "part-CD34.js").write_bytes(b"1")
    (tmp_path / "desk-EF56.css").write_bytes(b"p{}")
    (tmp_path / "stamp").write_text("secret of the build")
    (tmp_path / "manifest.json").write_text(
        '{"scripts": {"desk": {"file": "desk-AB12.js", "imports": ["part-CD34.js"], "bytes": 1}},'
        ' "styles": {"desk": "desk-EF56.css", "portal": "desk-EF56.css"}}'
    )
    return tmp_path


@pytest.fixture
def browser(folder: Path) -> TestClient:
    return TestClient(Starlette(routes=[Route("/assets/{name}", Assets(folder).serve)]), raise_server_exceptions=False)


def test_a_page_is_told_its_files_in_the_order_it_names_them(folder: Path) -> None:
    page = Assets(folder).page("desk")
    assert page.styles == ("/assets/desk-EF56.css",)
    assert page.scripts == ("/assets/desk-AB12.js",)
    assert page.preloads == ("/assets/part-CD34.js",)


def test_a_page_may_have_a_style_and_no_script(folder: Path) -> None:
    page = Assets(folder).page("portal")
    assert (page.styles, page.scripts, page.preloads) == (("/assets/desk-EF56.css",), (), ())


def test_a_page_that_was_never_built_is_an_error_at_once(folder: Path) -> None:
    with pytest.raises(KeyError):
        Assets(folder).page("wall")


def test_without_a_build_the_start_says_the_command(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match=r"python3 dev\.py build"):
        Assets(tmp_path)


def test_a_file_is_kept_for_ever_and_comes_packed_to_who_can_unpack(browser: TestClient) -> None:
    packed = browser.get("/assets/desk-AB12.js", headers={"accept-encoding": "gzip, br"})
    plain = browser.get("/assets/desk-AB12.js", headers={"accept-encoding": "identity"})
    assert packed.content == plain.content == SCRIPT
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(SCRIPT, 9)) < len(SCRIPT)
    assert "content-encoding" not in plain.headers
    assert "immutable" in plain.headers["cache-control"]
    assert plain.headers["content-type"].startswith("text/javascript")
    assert plain.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("name", ["manifest.json", "stamp", "nothing.js", "..%2fassets.py", "%2e%2e/assets.py"])
def test_nothing_but_the_built_files_is_served(browser: TestClient, name: str) -> None:
    assert browser.get(f"/assets/{name}").status_code != 200


def test_the_templates_and_the_words_are_found() -> None:
    assert (sources() / "templates").is_dir()
    assert (sources() / "i18n" / "pt-BR.json").is_file()
