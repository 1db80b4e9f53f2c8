"""Points that no load reaches: in a migration, in the rotation of a key, in a shutdown."""

import asyncio
import json
import signal
import sqlite3
from random import Random

import pytest

from adapters.client import RetryPolicy, open_client
from adapters.storage.migrate import is_current
from hub.failpoints import VARIABLE
from tests.support.hub import HubProcess, axis

from .post import Correspondence, open_codes, pull_systems

KILLED = -signal.SIGKILL
ONCE = RetryPolicy(attempts=1, answer_within=30.0)


@pytest.fixture
def hub(tmp_path):
    process = HubProcess.create(tmp_path / "hub")
    yield process
    process.kill()


def killed_at(point, hub, *arguments):
    """Run a command that is killed at a point."""
    environment = {**hub.environment, VARIABLE: f"{point}:kill"}
    done = axis(*arguments, "--config", str(hub.config), check=False, environment=environment)
    assert done.returncode == KILLED, done.stderr
    return done


def test_migration_sqlite(hub, tmp_path):
    """Rows 47, 59: a migration killed between two steps (K16) leaves nothing of itself, and is done whole when it is repeated."""
    file = hub.folder / "data/axis.db"
    file.unlink()
    killed_at("K16", hub, "migrate")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    axis("migrate", "--config", str(hub.config))
    assert is_current(f"sqlite:///{file}")


def test_migration_postgresql(hub, new_postgresql_url, postgresql):
    """Rows 47, 59: on PostgreSQL as well a killed migration (K16) leaves nothing, and is done whole when it is repeated."""
    url = new_postgresql_url()
    hub.environment["AXIS_STORAGE__URL"] = url
    killed_at("K16", hub, "migrate")
    with postgresql.connect(url.rpartition("/")[2]) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert found == []
    axis("migrate", "--config", str(hub.config), environment=hub.environment)
    assert is_current(url)


async def test_key_rotation(hub):
    """Row 47: a rotation killed after the new key was written (K17) leaves the old key good; a repeated one gives a new key."""
    system_id, old = next(iter(pull_systems(hub).items()))
    key_id = old.split("_")[1]
    killed_at("K17", hub, "key", "rotate", key_id)
    rotated = json.loads(axis("key", "rotate", key_id, "--config", str(hub.config), "--json").stdout)
    hub.start()
    for key in (old, rotated["api_key"]):
        async with open_client(hub.url, key) as client:
            assert await client.inbox() == ()
    assert system_id


async def test_shutdown(hub):
    """Row 47: a hub killed while it shuts down (K18) with a submission under way has accepted it once or not at all."""
    system_id, api_key = next(iter(pull_systems(hub).items()))
    hub.launch({VARIABLE: "K18:kill"})
    hub.wait_until_ready()
    async with open_client(hub.url, api_key, retry=ONCE) as client:
        codes = await open_codes(client)
        letters = Correspondence(hub, system_id, codes, Random(1))
        parcel = letters.parcel((min(codes - {letters.sender}),), 600_000)
        submitting = asyncio.create_task(client.submit(parcel.data))
        await asyncio.sleep(0.05)
        assert await asyncio.to_thread(hub.stop) == KILLED
        await asyncio.gather(submitting, return_exceptions=True)
    hub.start()
    async with open_client(hub.url, api_key) as client:
        await client.submit(parcel.data)
        assert [each.document_id for each in (await client.packages()).items] == [parcel.document_id]
