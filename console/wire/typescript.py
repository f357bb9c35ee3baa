"""The wire as TypeScript: `python -m console.wire.typescript FILE`, with `--check` to fail when FILE is stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import NODEFAULT, Struct, inspect

from console.wire import ledger, shapes

_HEAD = "/* Made from console/wire by `python -m console.wire.typescript`: change shapes.py or ledger.py there. */\n"
_PLAIN: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
    inspect.RawType: "unknown",
}


def generate(structs: Sequence[type[Struct]]) -> str:
    """Interfaces of these structs, in their order. What may be UNSET is optional; everything else is always there."""
    return "\n".join([_HEAD, *(_interface(each) for each in structs)])


def wire_structs() -> list[type[Struct]]:
    """Every struct of `shapes` and `ledger`, in the order of the files."""
    return [
        each
        for module in (shapes, ledger)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Struct) and each.__module__ == module.__name__
    ]


def _interface(struct: type[Struct]) -> str:
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    lines = [f"  {each.encode_name}{'?' if _may_be_unset(each) else ''}: {_type(each.type)};" for each in kind.fields]
    return "\n".join([f"export interface {struct.__name__} {{", *lines, "}\n"])


def _type(kind: inspect.Type) -> str:
    if type(kind) in _PLAIN:
        return _PLAIN[type(kind)]
    if isinstance(kind, inspect.LiteralType):
        return " | ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in kind.values)
    if isinstance(kind, inspect.UnionType):
        return " | ".join(_type(each) for each in kind.types)
    if isinstance(kind, inspect.StructType):
        return kind.cls.__name__
    if isinstance(kind, inspect.DictType):
        return f"Record<{_type(kind.key_type)}, {_type(kind.value_type)}>"
    if isinstance(kind, inspect.CollectionType):
        item = _type(kind.item_type)
        return f"({item})[]" if " | " in item else f"{item}[]"
    raise TypeError(f"no TypeScript for {kind}")


def _may_be_unset(each: inspect.Field) -> bool:
    """msgspec shows the default UNSET as no default at all."""
    return not each.required and each.default is NODEFAULT and each.default_factory is NODEFAULT


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the wire's types as TypeScript.")
    parser.add_argument("file", type=Path, nargs="?", default=Path("frontend/src/wire.gen.ts"))
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is stale")
    options = parser.parse_args(arguments)
    text = generate(wire_structs())
    if options.check:
        stale = not options.file.is_file() or options.file.read_text("utf-8") != text
        if stale:
            sys.stderr.write(f"{options.file} is stale: run python -m console.wire.typescript\n")
        return int(stale)
    options.file.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
