"""Where the project's own code lies."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "adapters", "schemas", "signing", "routing")


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file below `folders` (default: the shipped packages)."""
    for folder in folders or PACKAGES:
        yield from sorted((ROOT / folder).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_bytes()))
