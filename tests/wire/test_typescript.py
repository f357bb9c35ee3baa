"""The wire's types in the front end are made from the structs, and never stale."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec import UNSET, Struct, UnsetType

from console.wire.typescript import generate, main, wire_structs


class Inner(Struct):
    n: int


class Outer(Struct):
    text: str
    maybe: str | None
    late: Inner | UnsetType = UNSET
    many: list[Inner | None] = []
    kind: Literal["a", "b"] = "a"
    more: dict[str, Any] = {}
    number: float | int = 0
    yes: bool = True


def test_a_struct_becomes_an_interface() -> None:
    found = generate([Outer])
    assert "export interface Outer {" in found
    for line in (
        "text: string;",
        "maybe: string | null;",
        "late?: Inner;",
        "many: (Inner | null)[];",
        "kind: 'a' | 'b';",
        "more: Record<string, unknown>;",
        "yes: boolean;",
    ):
        assert f"  {line}\n" in found, line


def test_every_shape_of_the_wire_is_written() -> None:
    text = generate(wire_structs())
    for name in ("Case", "QueueRow", "Item", "AgentLine", "Request", "Problem", "Money"):
        assert f"export interface {name} {{" in text


def test_a_stale_file_is_noticed_and_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wire.gen.ts"
    assert main([str(file), "--check"]) == 1
    assert main([str(file)]) == 0
    assert main([str(file), "--check"]) == 0
    file.write_text(file.read_text() + " ")
    assert main([str(file), "--check"]) == 1
    assert "is stale" in capsys.readouterr().err


def test_the_front_ends_file_is_fresh() -> None:
    file = Path(__file__).parents[2] / "frontend" / "src" / "wire.gen.ts"
    assert main([str(file), "--check"]) == 0, "run python -m console.wire.typescript"
