"""The build of the front end: done anew when its sources changed, put in place whole, found by the packaging too."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from frontend import build
from tests.services.needs import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A front end of one small page, built with the project's own tools."""
    folder = tmp_path / "frontend"
    for name in ("src/entries", "css/entries", "templates", "node_modules"):
        (folder / name).mkdir(parents=True)
    for name in ("build.mjs", "package.json", "package-lock.json"):
        (folder / name).write_bytes((ROOT / "frontend" / name).read_bytes())
    for part in (ROOT / "frontend" / "node_modules").iterdir():
        (folder / "node_modules" / part.name).symlink_to(part)
    (folder / "src" / "words.ts").write_text("export const words = 'Em tres vezes';\n")
    (folder / "src/entries/desk.tsx").write_text(
        "import { render } from 'preact';\nimport { words } from '../words';\nrender(<p>{words}</p>, document.body);\n"
    )
    (folder / "css/entries/desk.css").write_text("p { color: light-dark(black, white); }\n")
    return tmp_path


def built(root: Path) -> Path:
    build.build(str(root), str(ROOT / ".venv"), io.StringIO())
    return root / "console/web/dist"


def test_each_page_has_its_files_under_hashed_names(root: Path) -> None:
    dist = built(root)
    manifest = json.loads((dist / "manifest.json").read_text())
    script, style = manifest["scripts"]["desk"]["file"], manifest["styles"]["desk"]
    assert script.startswith("desk-") and "Em tres vezes" in (dist / script).read_text()
    assert style.startswith("desk-") and "light-dark" in (dist / style).read_text()


def test_a_build_is_fresh_until_a_source_changes(root: Path) -> None:
    assert not build.is_fresh(str(root))
    built(root)
    assert build.is_fresh(str(root))
    (root / "frontend/templates/shell.html").write_text("<p>read by the server, not by the build</p>")
    assert build.is_fresh(str(root))
    (root / "frontend/src/words.ts").write_text("export const words = 'Em quatro vezes';\n")
    assert not build.is_fresh(str(root))


def test_a_new_name_for_new_content_only(root: Path) -> None:
    first = {path.name for path in built(root).iterdir()}
    (root / "frontend/css/entries/desk.css").write_text("p { color: light-dark(white, black); }\n")
    second = {path.name for path in built(root).iterdir()}
    gone = {name for name in first - second}
    assert {name.rsplit(".", 1)[-1] for name in gone} == {"css"}


def test_a_mistake_leaves_the_last_build_in_place(root: Path) -> None:
    dist = built(root)
    before = {path.name for path in dist.iterdir()}
    (root / "frontend/src/words.ts").write_text("export const words = ;\n")
    with pytest.raises(build.Failed, match=r"src/words\.ts"):
        built(root)
    assert {path.name for path in dist.iterdir()} == before
    assert not list((root / "frontend/node_modules").glob(".dist-*"))


def test_node_is_needed_and_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "node_on_path", lambda: None)
    asked: list[str] = []
    with pytest.raises(build.Failed, match="Node 20 or newer"):
        build.build(str(root), str(root / "nothing"), io.StringIO(), lambda: asked.append("node"))
    assert asked == ["node"]
