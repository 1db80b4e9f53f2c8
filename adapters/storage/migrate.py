"""Bringing a database to the current schema, forward only."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from adapters.storage.dialects import open_engines, prepare_place, queue_for_migration
from adapters.storage.errors import translated


def migrate(url: str) -> None:
    """Create or upgrade the database at an SQLAlchemy URL, all steps in one transaction; nothing when it is current.

    Several processes may do so at once, as when all machines of a hub are brought to a new version: one does the work.
    """
    prepare_place(url)
    engines = open_engines(url, readers=1)
    try:
        with translated(), engines.writer.begin() as connection:
            queue_for_migration(connection)
            upgrade(connection)
    finally:
        engines.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database to a revision within the connection's transaction."""
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, revision)


def knows(revision: str) -> bool:
    """Return whether this version has a migration of that name."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_configuration()).walk_revisions())


def is_current(url: str) -> bool:
    """Return whether the database has the schema of this version."""
    engines = open_engines(url, readers=1)
    try:
        with translated(), engines.reader.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
        return set(present) == set(ScriptDirectory.from_config(_configuration()).get_heads())
    finally:
        engines.dispose()


def is_empty(url: str) -> bool:
    """Return whether the database at an SQLAlchemy URL holds no table yet."""
    prepare_place(url)
    engines = open_engines(url, readers=1)
    try:
        with translated(), engines.reader.connect() as connection:
            return not inspect(connection).get_table_names()
    finally:
        engines.dispose()


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return configuration
