import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from adapters.storage import register_tables
from adapters.storage.migrate import _configuration, is_current, migrate
from adapters.storage.tables import metadata

_COLUMNS = text(
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public'"
)
_INDEXES = text("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
_CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace"
)


def schema(url):
    """All columns, indexes (partial ones with their condition) and constraints."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {tuple(row) for query in (_COLUMNS, _INDEXES, _CONSTRAINTS) for row in connection.execute(query)}
    engine.dispose()
    return {row for row in found if not re.fullmatch("alembic_version", row[0])}


@pytest.fixture
def described(new_postgresql_url):
    """The schema that the code describes."""
    url = new_postgresql_url()
    assert register_tables.systems.metadata is metadata
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return schema(url)


def test_from_empty(new_postgresql_url, described):
    """Migrations from nothing lead to exactly the tables, columns and indexes that the code describes."""
    url = new_postgresql_url()
    assert not is_current(url)
    migrate(url)
    assert is_current(url)
    assert schema(url) == described


def test_by_several_processes_at_once(new_postgresql_url):
    """When several processes migrate one database at once, each of them finds it current afterwards."""
    url = new_postgresql_url()
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(migrate, [url] * 3)) == [None] * 3
    assert is_current(url)


def test_from_the_first_release(new_postgresql_url, described):
    """A database of the first release is brought to the same form."""
    url = new_postgresql_url()
    engine = create_engine(url)
    with engine.begin() as connection:
        configuration = _configuration()
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
    engine.dispose()
    assert not is_current(url)
    migrate(url)
    assert schema(url) == described


def test_alembic_sees_no_difference(new_postgresql_url, migrated_template):
    """Alembic's own comparison finds nothing to do."""
    engine = create_engine(new_postgresql_url(migrated_template))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_broken_migration_leaves_nothing(new_postgresql_url):
    """All steps are one transaction: a table in the way stops it and nothing is half there."""
    url = new_postgresql_url()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE users (x integer)"))
    engine.dispose()
    with pytest.raises(Exception, match="users"):
        migrate(url)
    assert {row[0] for row in schema(url)} == {"users"}
