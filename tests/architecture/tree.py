"""The project's own files, and small readers of them, for the rules beside."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = {".git", ".venv", "node_modules", "dist", "var", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """What a commit holds or would hold, relative to the root."""
    try:
        told = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        told = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if not SKIPPED.intersection(p.parts)]
    return tuple(sorted(Path(name) for name in told if name and (ROOT / name).is_file()))


def under(*folders: str, ending: tuple[str, ...] = (".py",)) -> list[Path]:
    return [path for path in files() if path.parts[0] in folders and path.name.endswith(ending)]


@cache
def text(path: Path) -> str:
    """Empty for what is not text."""
    try:
        return (ROOT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module a file names, with the line; what stands under TYPE_CHECKING too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the expression of that name, "" for what is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def told(found: list[str]) -> str:
    return "\n" + "\n".join(found)
