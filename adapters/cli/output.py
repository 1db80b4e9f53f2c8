"""How commands print: JSON for programs, a table for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

AsJson = Annotated[bool, Parameter(name="--json", help="Print JSON for programs.")]


def print_json(value: Any) -> None:
    """Print a value as indented JSON with its Vietnamese as it is."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    sys.stdout.write(text + "\n")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Print rows under headings, as wide as the terminal allows; text of strangers is never read as markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        *headings, box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, show_header=any(headings)
    )
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    _console().print(table)


def print_line(text: str) -> None:
    """Print one line of plain text, control characters made visible."""
    sys.stdout.write(printable(text) + "\n")


def shown(value: object) -> str:
    """Write a value for people: times in local time to the second, nothing as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "✓" if value else "–"
    return printable(str(value))


def printable(text: str) -> str:
    """Replace characters that could drive a terminal (escape sequences, bidirectional overrides)."""
    return "".join(each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text)


def _console() -> Any:
    from rich.console import Console

    # Into a file or pipe nothing is cut: programs that read tables want whole cells.
    return Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=200)
