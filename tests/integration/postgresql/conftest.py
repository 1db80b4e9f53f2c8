"""A storage on a PostgreSQL database of the test's own."""

import pytest

from adapters.storage.opening import open_storage
from hub.settings import StorageSettings


@pytest.fixture
def settings(new_postgresql_url, migrated_template, tmp_path):
    return StorageSettings(
        url=new_postgresql_url(migrated_template), content_dir=tmp_path / "content", spool_dir=tmp_path / "spool"
    )


@pytest.fixture
async def storage(settings):
    async with open_storage(settings, inline_bytes=65_536) as opened:
        yield opened
