import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from adapters.storage import register_tables, upkeep_tables
from adapters.storage.migrate import is_current, migrate
from adapters.storage.tables import metadata
from hub.trouble import Deferral


def schema(path):
    """The text of every table and index, by name, blanks and order of constraints aside."""
    with sqlite3.connect(path) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL"
        )
        described = {
            name: sorted(part.strip("\t )") for part in sql.replace("\n", " ").split(",")) for name, sql in found
        }
    connection.close()
    return described


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'new' / 'axis.db'}"


def test_migrations_lead_to_the_tables(url, tmp_path):
    """A migrated database has exactly the tables, columns and indexes that the code describes, partial indexes included."""
    migrate(url)
    plain = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    metadata.create_all(plain)
    plain.dispose()
    migrated = schema(tmp_path / "new" / "axis.db")
    migrated.pop("alembic_version")
    assert migrated == schema(tmp_path / "plain.db")


def test_alembic_sees_no_difference(url):
    """Alembic's own comparison finds nothing to do."""
    migrate(url)
    assert register_tables.systems.metadata is upkeep_tables.holds.metadata is metadata
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(url, tmp_path):
    """A current database stays as it is."""
    assert not is_current_or_missing(url)
    migrate(url)
    before = schema(tmp_path / "new" / "axis.db")
    migrate(url)
    assert schema(tmp_path / "new" / "axis.db") == before
    assert is_current(url)


def is_current_or_missing(url):
    try:
        return is_current(url)
    except Deferral:  # no such folder
        return False


def test_broken_migration_leaves_nothing(url, tmp_path):
    """All steps are one transaction: a table in the way stops it and nothing is half there."""
    (tmp_path / "new").mkdir()
    path = tmp_path / "new" / "axis.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (x)")
    connection.close()
    with pytest.raises(Exception, match="users"):
        migrate(url)
    assert set(schema(path)) == {"users"}
