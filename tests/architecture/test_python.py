"""The rules of the Python code that no linter knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT, dotted, imports, told, tree, under

PRODUCT = ("console", "channels", "routing", "sandbox")
MAY_PRINT = ("console/cli", "console/commands", "sandbox/__main__.py")
MAY_ASK_THE_TIME = ("console/clock.py", "sandbox/clock.py")
CLOCKS = ("time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today")
MODELS_MAY_KNOW = ("console.errors", "console.settings", "console.wire", "console.store")


def test_the_contracts_between_the_packages_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_routing_knows_nothing_but_the_standard_library_and_msgspec() -> None:
    allowed = sys.stdlib_module_names | {"msgspec", "routing"}
    found = [f"{p}:{n} {m}" for p in under("routing") for m, n in imports(p) if m.split(".")[0] not in allowed]
    assert not found, told(found)


def test_routing_is_pure() -> None:
    impure = {"asyncio", "time", "random", "secrets", "os", "socket", "sqlite3", "threading", "subprocess", "pathlib"}
    found = [f"{p}:{n} {m}" for p in under("routing") for m, n in imports(p) if m.split(".")[0] in impure]
    assert not found, told(found)


def test_one_sqlite_a_process() -> None:
    """Two libraries on one file let go of each other's locks, and the database is damaged (docs/decisions/0018)."""
    found = [f"{p}:{n}" for p in under("console") for m, n in imports(p) if m.split(".")[0] in ("sqlite3", "aiosqlite")]
    assert not found, told(found)


def test_tables_know_the_store_and_each_other_only() -> None:
    found = [
        f"{path}:{line} {module}"
        for path in under("console")
        if path.name == "models.py"
        for module, line in imports(path)
        if module.startswith("console.") and not module.endswith(".models") and not module.startswith(MODELS_MAY_KNOW)
    ]
    assert not found, told(found)


def test_the_product_prints_only_on_the_command_line() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in under(*PRODUCT)
        if not str(path).startswith(MAY_PRINT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func) == "print"
    ]
    assert not found, told(found)


def test_only_the_clocks_ask_what_time_it_is() -> None:
    found = [
        f"{path}:{node.lineno} {dotted(node.func)}"
        for path in under(*PRODUCT)
        if str(path) not in MAY_ASK_THE_TIME
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func).endswith(CLOCKS)
    ]
    assert not found, told(found)


def test_no_error_is_swallowed_without_a_word() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in under(*PRODUCT, "tests", "dev.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and all(_is_nothing(statement) for statement in node.body)
    ]
    assert not found, told(found)


def test_no_test_is_switched_off() -> None:
    marks = ("pytest.mark.skip", "pytest.mark.xfail")
    found = [
        f"{path}:{decorator.lineno}"
        for path in under("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        if dotted(decorator.func if isinstance(decorator, ast.Call) else decorator) in marks
    ]
    assert not found, told(found)


def _is_nothing(statement: ast.stmt) -> bool:
    ellipsis = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or ellipsis
