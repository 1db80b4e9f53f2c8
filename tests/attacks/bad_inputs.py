"""The page `docs/security/bad-inputs.md`: every bad input and fault, its answer, and the tests that name it.

Make it again with `python -m tests.attacks.bad_inputs > docs/security/bad-inputs.md`. A test names rows in the first words of
its docstring: "Row 13: …", "Rows 3, 9, 10: …", "Rows 13 to 24: …".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from tests.support.project import functions_of_tests


class BadInput(Struct, frozen=True):
    """One row. `problem` is the code of the problem type, "-" where the answer is none; `later` says what brings its test."""

    number: int
    what: str
    answer: str
    problem: str
    later: str = ""


def _read_rows() -> Iterator[BadInput]:
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()[1:]:
        number, *rest = line.split(" | ")
        yield BadInput(int(number), *rest)


ROWS = tuple(_read_rows())

_NAMED = re.compile(r"Rows? ([0-9][0-9, to]*):")

_HEAD = """# Bad inputs and faults, and the tests that hold their answers

*This page is made from the tests: `python -m tests.attacks.bad_inputs > docs/security/bad-inputs.md`.*

Every answer of 4xx is a problem document (`urn:axis:problem:<code>`, see [errors](../errors.md)), comes within two seconds,
stores nothing but the refusal itself, and leaves memory as it was. A row counts as tested when at least one test names it in
the first words of its docstring (`Row 13: …`).
"""


def naming_tests() -> dict[int, list[str]]:
    """Return the ids of the tests that name each row, in the order of files."""
    found: dict[int, list[str]] = defaultdict(list)
    for test in functions_of_tests():
        for row in rows_named(test.docstring):
            found[row].append(test.id)
    return found


def rows_named(docstring: str) -> tuple[int, ...]:
    """Return the rows that a docstring names: single ones, lists, and ranges."""
    named = _NAMED.match(docstring)
    if named is None:
        return ()
    rows: list[int] = []
    for part in named[1].split(","):
        first, _, last = part.partition(" to ")
        rows.extend(range(int(first), int(last or first) + 1))
    return tuple(rows)


def page() -> str:
    """Return the page as Markdown."""
    tests = naming_tests()
    tested = sum(1 for row in ROWS if tests.get(row.number))
    lines = [
        _HEAD,
        f"{tested} of {len(ROWS)} rows have tests.",
        "",
        "| # | input or fault | answer | problem | tests |",
        "|---|---|---|---|---|",
        *(_line(row, tests.get(row.number, [])) for row in ROWS),
    ]
    return "\n".join(lines) + "\n"


def _line(row: BadInput, tests: list[str]) -> str:
    held = "<br>".join(f"`{test}`" for test in tests) or f"*no test yet*: {row.later or 'to be written'}"
    return f"| {row.number} | {row.what} | {row.answer} | {row.problem} | {held} |"


if __name__ == "__main__":
    print(page(), end="")
