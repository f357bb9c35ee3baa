"""What the pages name is what the code has, and the other way round."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from console.cli import GROUPS
from console.commands.token import scopes
from console.demo.people import DOMAIN, STAFF
from console.errors import Refusal
from console.negotiation.tell import NAMES
from console.realtime.dialogue import Said
from console.realtime.hub import CONTROL
from console.routes import API
from console.settings import Settings
from console.web import guard  # noqa: F401, its refusal is one of them
from console.web.webhooks import routes as doors
from console.wire import problems, shapes
from console.wire.limits import FILES_A_MESSAGE, TEXT_CHARS
from tests.docs.pages import ROOT, named, page, section

README, OPERATING = page("README.md"), page("docs/operating.md")
INTEGRATING, CHANNELS = page("docs/integrating.md"), page("docs/channels.md")
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]


def rows(text: str) -> list[list[str]]:
    """The cells of a page's tables, without their heads."""
    found = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in found]


# ── settings and commands ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_setting_is_told_of() -> None:
    read = set(re.findall(r"ACORDO_[A-Z_]+", page("console/settings.py")))
    told = {name for name in named(OPERATING) if name.startswith("ACORDO_")}
    assert told >= read != set()


def test_the_numbers_are_those_of_the_settings() -> None:
    told = " ".join(" ".join(cells) for cells in rows(section(OPERATING, "## Numbers")))
    set_to = Settings()
    hours = (set_to.session_seconds, set_to.session_idle_seconds)
    sizes = (set_to.json_bytes, set_to.meta_bytes, set_to.twilio_bytes, set_to.mail_bytes, set_to.upload_bytes)
    wanted = [f"{seconds // 3600} hours" for seconds in hours] + [_size(each) for each in sizes]
    wanted += [f"{TEXT_CHARS:,} characters", f"{FILES_A_MESSAGE} files"]
    assert [each for each in wanted if each not in told] == []


def _size(count: int) -> str:
    return f"{count // 1024**2} MiB" if count >= 1024**2 else f"{count // 1024} KiB"


@pytest.mark.parametrize("group", GROUPS)
def test_every_command_is_told_of(group: str) -> None:
    line = next((cells[0] for cells in rows(section(OPERATING, "## Commands")) if f"`{group}" in cells[0]), "")
    parser = argparse.ArgumentParser()
    import_module(f"console.commands.{group}").register(parser)
    verbs = [name for each in parser._actions if isinstance(each.choices, dict) for name in each.choices]
    assert line, f"{group} is missing"
    assert [verb for verb in verbs if not re.search(rf"\b{verb}\b", line)] == []


# ── the API ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_call_stands_in_the_table_with_its_scope() -> None:
    table = {cells[0]: cells[1:] for cells in rows(section(INTEGRATING, "## Every call"))[2:]}
    calls = {
        f"`{each.method} {each.path}`": [each.summary.rstrip("."), f"`{each.scope}`" if each.scope else ""]
        for each in API
    }
    assert {call: [*cells, ""][:2] for call, cells in table.items()} == calls


def test_every_scope_is_told_of() -> None:
    assert {cells[0].strip("`") for cells in rows(section(INTEGRATING, "## Signing in"))[2:]} == scopes()


def test_every_problem_code_is_told_of_with_its_statuses() -> None:
    told = {cells[0].strip("`"): set(map(int, cells[1].split(", "))) for cells in _problem_rows()}
    kinds = [kind for kind in _below(Refusal) if kind.code in problems.codes()]
    assert told == {code: {kind.status for kind in kinds if kind.code == code} for code in problems.codes()}


def _problem_rows() -> list[list[str]]:
    return rows(section(INTEGRATING, "## Refusals"))[2:]


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def test_every_code_of_the_gate_is_told_of() -> None:
    table = rows(section(INTEGRATING, "## The gate"))[2:]
    told = {code.strip("` ") for cells in table for code in cells[0].split(",")}
    assert told == set(tomllib.loads(page("console/gate/data/common.toml"))["rules"])


def test_every_door_is_told_of() -> None:
    told = section(CHANNELS, "## The doors")
    for route in doors():
        if "/status" not in route.path:
            assert f"{next(iter((route.methods or set()) - {'HEAD'}))} {route.path}" in told
    assert "#rc=3&rp=all" in told


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_case_is_told_of() -> None:
    told = section(INTEGRATING, "### The case")
    assert [name for name in shapes.Case.__struct_fields__ if name not in named(told)] == []


def test_every_field_and_kind_of_an_item_is_told_of() -> None:
    told = named(section(INTEGRATING, "### The timeline item"))
    assert [name for name in shapes.Item.__struct_fields__ if name not in told] == []
    assert set(get_args(shapes.Item.__annotations__["kind"]) or ("message", "note", "whisper", "event")) <= told


def test_every_status_of_a_message_is_told_of() -> None:
    told = section(INTEGRATING, "### The status of a message")
    assert [each for each in get_args(shapes.MessageStatus) if each not in re.findall(r"\w+", told)] == []


@pytest.mark.parametrize(("mark", "shape"), [("case", shapes.Case), ("row", shapes.QueueRow), ("item", shapes.Item)])
def test_an_example_is_exactly_its_shape(mark: str, shape: type[msgspec.Struct]) -> None:
    """Nothing is in it that the shape has not, and nothing that is always there is left out."""
    example = _example(mark)
    assert msgspec.to_builtins(msgspec.convert(example, shape)) == example


def test_the_example_of_a_problem_is_one() -> None:
    example = _example("problem")
    kind = next(kind for kind in _below(Refusal) if kind.code == example["code"])
    facts = {name: example[name] for name in ("reason", "rule", "source", "allowed_at")}
    assert msgspec.json.decode(problems.document(kind(**facts))) == example


def _example(mark: str) -> dict[str, Any]:
    found = re.search(rf"<!-- {mark} -->\n```json\n(.*?)```", INTEGRATING, re.DOTALL)
    assert found, mark
    example: dict[str, Any] = msgspec.json.decode(found[1])
    return example


# ── events and frames ────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_event_is_told_of_and_no_other() -> None:
    table = rows(section(INTEGRATING, "### Events"))[2:]
    told = {name for cells in table for name in named(cells[0])}
    assert told == emitted() - CONTROL


def emitted() -> set[str]:
    """Names of events in the code: what is handed to `emit` by name, or to one of the functions that call it."""
    items = {f"{kind}.{end}" for kind in ("message", "note", "whisper", "event") for end in ("created", "updated")}
    found = {name for file in sorted((ROOT / "console").rglob("*.py")) for name in _emitted_in(file)}
    return found | items | NAMES


_TELLERS = {"emit", "told", "enqueue"}
_EVENT = re.compile(r"[a-z]+\.[a-z_]+")


def _emitted_in(file: Path) -> Iterator[str]:
    """Also the names handed to a function of the file that emits under the name it is given, and its default."""
    tree = ast.parse(file.read_text("utf-8"))
    if "demo" in file.parts:
        return
    tellers = _TELLERS | {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and _tells(each)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in tellers:
            given = [*node.args, *(each.value for each in node.keywords if each.arg == "name")]
            yield from _names(inner for one in given for inner in ast.walk(one))
        elif isinstance(node, ast.FunctionDef) and node.name in tellers:
            yield from _names([*node.args.defaults, *node.args.kw_defaults])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "UPDATED":
            yield from _names([node.value])


def _tells(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call) and _called(node) == "emit" and isinstance(node.args[0], ast.Name)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and node.args
    )


def _names(nodes: Iterable[ast.AST | None]) -> Iterator[str]:
    for each in nodes:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and _EVENT.fullmatch(each.value):
            yield each.value


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_every_frame_a_client_may_send_is_told_of() -> None:
    told = section(INTEGRATING, "## Live: the socket")
    tags = [str(kind.__struct_config__.tag) for kind in Said.__subclasses__()]
    assert len(tags) == 7
    assert [tag for tag in tags if f'"{tag}"' not in told and f"`{tag}`" not in told] == []
    assert all(str(code) in told for code in (4401, 4408, 1009, 1013))


def test_every_signal_is_told_of_and_no_other() -> None:
    sent = re.compile(r"""_(?:signal|elsewhere)\([^"()]*(?:\([^()]*\))?[^"()]*"(\w+)\"""")
    code = {name for file in sorted((ROOT / "console").rglob("*.py")) for name in sent.findall(file.read_text("utf-8"))}
    told = [line for line in INTEGRATING.splitlines() if '"type": "signal"' in line]
    names = {name for line in told for name in re.findall(r'"(\w+)"', line.split("|")[1])}
    assert code == names - {"type", "signal", "name", "case", "user"} != set()


# ── the first page, and links ────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_page_names_the_demos_people() -> None:
    assert {f"{each.key}@{DOMAIN}" for each in STAFF} <= named(README)
    assert "acordo-demo" in named(README)


def test_pictures_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 2
    assert all(0 < (ROOT / each).stat().st_size < 400_000 for each in pictures)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_leads_nowhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [each for each in links if "://" not in each and not (path.parent / each).exists()] == []


def test_every_test_that_a_page_names_is_there() -> None:
    told = {each for each in named(page("docs/reliability.md")) if each.startswith("tests/") and "::" in each}
    assert len(told) > 60
    assert [each for each in sorted(told) if not _is_there(*each.split("::"))] == []


def _is_there(path: str, name: str) -> bool:
    return (ROOT / path).exists() and re.search(rf"^(async )?def {name}\(", page(path), re.MULTILINE) is not None
