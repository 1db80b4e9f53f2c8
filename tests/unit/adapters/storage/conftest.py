"""A storage on a SQLite file, whose insides these tests look at."""

import pytest

from adapters.storage.content import ContentFiles
from adapters.storage.migrate import migrate
from adapters.storage.opening import open_storage
from hub.settings import StorageSettings


@pytest.fixture
def settings(tmp_path):
    settings = StorageSettings(
        url=f"sqlite:///{tmp_path / 'data' / 'axis.db'}",
        content_dir=tmp_path / "content",
        spool_dir=tmp_path / "spool",
    )
    migrate(settings.url)
    return settings


@pytest.fixture
def contents(settings):
    """The content files of it."""
    made = ContentFiles(settings.content_dir)
    made.prepare()
    return made


@pytest.fixture
async def storage(settings):
    async with open_storage(settings, inline_bytes=65_536) as opened:
        yield opened
