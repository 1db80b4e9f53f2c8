"""Where the project lies, and which tests it has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]


class Stated(Struct, frozen=True):
    """A test as pytest names it, without parameters; its docstring is the fact that it states."""

    id: str
    docstring: str


@cache
def functions_of_tests() -> tuple[Stated, ...]:
    """Return every test function of the project in the order of files, read and not run; ids start below `tests/`."""
    return tuple(each for path in sorted((ROOT / "tests").rglob("test_*.py")) for each in _tests_in(path))


def _tests_in(path: Path) -> Iterator[Stated]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            place = path.relative_to(ROOT / "tests").as_posix()
            yield Stated(f"{place}::{node.name}", ast.get_docstring(node) or "")
