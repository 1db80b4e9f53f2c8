"""The last sync of a package's rows comes before the first byte of its 201, on both engines."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest

from adapters.client import open_client
from adapters.storage.migrate import migrate
from tests.services.postgresql import Postgresql
from tests.support.hub import HubProcess, axis, free_port

from .post import Correspondence, open_codes, pull_systems
from .site import copy_database
from .tracing import end_traced, read, strace

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strace exists on Linux only"),
    pytest.mark.timeout(240),
]


@pytest.fixture
def hub(tmp_path):
    axis("init", str(tmp_path / "hub"), "--demo")
    process = HubProcess(tmp_path / "hub", free_port())
    process.wrapper = strace(tmp_path / "hub.trace")
    yield process
    if process.is_running:
        end_traced(process.pid)
        process.wait_for_end(30)


@pytest.fixture
def syncing_postgresql():
    """A server that syncs as an ordinary one does, traced."""
    folder = Path(tempfile.mkdtemp(prefix="axis-pg-sync-"))
    server = Postgresql(folder, {"fsync": "on"}).create()
    server.wrapper = strace(folder / "trace")
    server.start()
    yield server
    tracer = server.pid
    end_traced(tracer, signal.SIGINT)
    server.wait_for_end()
    shutil.rmtree(folder, ignore_errors=True)


async def accepted(hub):
    """Hand a document in; return its id."""
    system_id, api_key = next(iter(pull_systems(hub).items()))
    async with open_client(hub.url, api_key) as client:
        codes = await open_codes(client)
        letters = Correspondence(hub, system_id, codes, Random(1), mark="sync-order")
        parcel = letters.parcel((min(codes - {letters.sender}),))
        await client.submit(parcel.data)
    return parcel.document_id


def order_of(calls, log, document_id):
    """Return the times: the last writing of the document into the log before the answer, the syncs of the log, the answer."""
    answer = next(each.at for each in calls if not each.is_sync and "HTTP/1.1 201 Created" in each.text)
    on_log = [each for each in calls if log in each.path]
    written = max(each.at for each in on_log if not each.is_sync and document_id in each.text and each.at < answer)
    return written, [each.at for each in on_log if each.is_sync], answer


def assert_synced(calls, log, document_id):
    written, syncs, answer = order_of(calls, log, document_id)
    assert any(written < sync < answer for sync in syncs)


async def test_sqlite(hub, tmp_path):
    """SQLite's log is synced after a package's rows were written into it and before the first byte of the 201."""
    hub.start()
    document_id = await accepted(hub)
    end_traced(hub.pid, signal.SIGTERM)
    assert hub.wait_for_end(60) == 0
    assert_synced(sorted(read(tmp_path / "hub.trace"), key=lambda call: call.at), "axis.db-wal", document_id)


async def test_postgresql(hub, syncing_postgresql, tmp_path):
    """PostgreSQL's log is synced after a package's rows were written into it and before the first byte of the 201."""
    url = syncing_postgresql.url(syncing_postgresql.new_database())
    migrate(url)
    copy_database(f"sqlite:///{hub.folder / 'data/axis.db'}", url)
    hub.environment["AXIS_STORAGE__URL"] = url
    hub.start()
    document_id = await accepted(hub)
    end_traced(hub.pid, signal.SIGTERM)
    assert hub.wait_for_end(60) == 0
    calls = [*read(tmp_path / "hub.trace"), *read(syncing_postgresql.folder / "trace")]
    assert_synced(sorted(calls, key=lambda call: call.at), "/pg_wal/", document_id)
