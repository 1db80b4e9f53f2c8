"""Databases of every earlier version, with rows in every table, brought to this one on every engine."""

from itertools import count

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import LargeBinary, MetaData, String, create_engine, insert, select

from adapters.storage.migrate import _configuration, is_current, migrate, upgrade
from adapters.storage.opening import open_storage
from adapters.storage.tables import metadata
from hub.settings import StorageSettings

from .samples import submission

EARLIER = sorted(each.revision for each in ScriptDirectory.from_config(_configuration()).walk_revisions())[:-1]
ROWS = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'axis.db'}"
    return request.getfixturevalue("new_postgresql_url")()


def _tables(connection):
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _fill(connection):
    """Put some rows into every table that begins empty, those of children naming rows of their parents."""
    numbers = count(1)
    for table in _tables(connection):
        for row in range(0 if connection.execute(select(table)).first() else ROWS):
            values = {
                each.name: _value(each, row, numbers) for each in table.columns if not _is_drawn(each, connection)
            }
            connection.execute(insert(table).values(values))


def _is_drawn(column, connection):
    """Whether the database numbers the rows by itself."""
    is_number = column is column.table.autoincrement_column
    return is_number and (connection.dialect.name == "sqlite" or column.server_default is not None)


def _value(column, row, numbers):
    if column.foreign_keys:
        (key,) = column.foreign_keys
        column = key.column  # whose rows are numbered alike
        if isinstance(column.type, String):
            return f"{column.table.name}-{row}"
    if isinstance(column.type, String):
        is_key = column.primary_key or column.name == "id"
        return f"{column.table.name}-{row}" if is_key else f"v{next(numbers)}"
    if isinstance(column.type, LargeBinary):
        return b"<xml>"
    return row % 2 == 1 if column.type.python_type is bool else row + 1


def _held(connection, tables):
    """Return all rows of these tables, by the columns that they have."""
    return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}


@pytest.mark.parametrize("revision", EARLIER)
async def test_from_every_earlier_version(url, revision, tmp_path):
    """Every row stays as it was, the schema becomes this version's, and the store works on it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, revision)
        _fill(connection)
        before = _tables(connection)
        held = _held(connection, before)
    assert not is_current(url)
    migrate(url)
    assert is_current(url)
    with engine.connect() as connection:
        assert _held(connection, before) == held
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    settings = StorageSettings(url=url, content_dir=tmp_path / "content", spool_dir=tmp_path / "spool")
    async with open_storage(settings, inline_bytes=65_536) as storage:
        unit = submission()
        await storage.store.record(unit)
        assert await storage.store.package(unit.package.id) == unit.package
