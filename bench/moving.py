"""Taking a demo hub to another database: `axis init --demo` writes its register into SQLite."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, delete, insert, select

from adapters.storage.migrate import migrate
from adapters.storage.register_tables import register_version
from adapters.storage.tables import metadata


def database_of(folder: Path) -> str:
    """Return the URL of the SQLite database of a demo hub."""
    return f"sqlite:///{folder / 'data/axis.db'}"


def move(folder: Path, url: str) -> None:
    """Make the empty database at `url` what that of the demo hub in `folder` is."""
    migrate(database_of(folder))
    migrate(url)
    source, target = create_engine(database_of(folder)), create_engine(url)
    with source.connect() as reading, target.begin() as writing:
        writing.execute(delete(register_version))  # which the migrations begin
        for table in metadata.sorted_tables:
            rows = [row._asdict() for row in reading.execute(select(table))]
            if rows:
                writing.execute(insert(table), rows)
    source.dispose()
    target.dispose()
