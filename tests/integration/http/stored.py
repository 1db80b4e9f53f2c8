"""What a hub keeps, counted from outside."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from msgspec import Struct

#: A refusal leaves its searchable row and its receipt, nothing else. Orders and the queue are left out: they change by
#: themselves while earlier packages travel, and none can exist without the delivery that it carries.
_COUNTS = {
    "packages": "SELECT count(*) FROM packages",
    "contents": "SELECT count(*) FROM contents",
    "deliveries": "SELECT count(*) FROM deliveries",
    "acceptances": "SELECT count(*) FROM events WHERE event = 'SubmissionAcceptance'",
}


class Stored(Struct, frozen=True):
    """Rows by table, and the files below `data` that are not the database."""

    rows: dict[str, int]
    files: frozenset[str]

    @classmethod
    def at(cls, folder: Path) -> Stored:
        with sqlite3.connect(f"file:{folder / 'data' / 'axis.db'}?mode=ro", uri=True) as database:
            rows = {name: database.execute(query).fetchone()[0] for name, query in _COUNTS.items()}
        files = frozenset(
            str(path.relative_to(folder))
            for place in ("content", "spool")
            for path in (folder / "data" / place).rglob("*")
            if path.is_file() and not path.name.endswith(".lock")
        )
        return cls(rows, files)


def refusals(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'data' / 'axis.db'}?mode=ro", uri=True) as database:
        return int(database.execute("SELECT count(*) FROM refusals").fetchone()[0])
