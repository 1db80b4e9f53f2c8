"""A whole hub on PostgreSQL: start order, restarts of the server, two hubs on one database."""

import asyncio

import pytest

from adapters.client import ProblemError, RetryPolicy, open_client
from tests.integration.postgresql.hub import RECIPIENT, SENDER, PatientHub, create, document, exchange
from tests.support.hub import free_port

pytestmark = pytest.mark.timeout(300)  # hubs are started anew within a test, on machines that have other work


@pytest.fixture
def on_postgresql(settings, tmp_path):
    """A hub's folder whose database is PostgreSQL, and the bearer keys of two systems."""
    hub, keys = create(PatientHub, settings.url, tmp_path / "hub")
    yield hub, keys
    hub.kill()


async def test_hub_started_before_its_database(on_postgresql, postgresql):
    """Row 53: without its database a hub comes up, is not ready and turns nobody away; it heals when the database is there."""
    hub, keys = on_postgresql
    postgresql.stop()
    try:
        hub.start()
        assert hub.ask("/readyz") == (503, {"status": "not-ready"})
        status, problem = hub.ask("/v1/inbox", keys[RECIPIENT])
        assert (status, problem["type"]) == (503, "urn:axis:problem:storage-unavailable")
    finally:
        postgresql.start()
    hub.wait_for("/readyz")
    await exchange(hub, hub, keys, "1")
    assert hub.stop() == 0


async def test_database_killed_under_a_running_hub(on_postgresql, postgresql):
    """Row 53: a killed database makes the hub say 503; when it is back the same process exchanges documents again."""
    hub, keys = on_postgresql
    hub.start()
    hub.wait_for("/readyz")
    await exchange(hub, hub, keys, "1")
    postgresql.kill()
    try:
        hub.wait_for("/readyz", 503)
    finally:
        postgresql.start()
    hub.wait_for("/readyz")
    await exchange(hub, hub, keys, "2")
    assert hub.stop() == 0


async def test_two_hubs_on_one_database(on_postgresql):
    """What is handed in at one process is taken at another, with one register and one truth."""
    hub, keys = on_postgresql
    other = PatientHub(hub.folder, free_port())
    try:
        for each in (hub, other):
            each.start()
            each.wait_for("/readyz")
        await exchange(hub, other, keys, "1")
        await exchange(other, hub, keys, "2")
        assert (hub.stop(), other.stop()) == (0, 0)
    finally:
        other.kill()


async def test_stopped_while_its_database_hangs(on_postgresql, postgresql):
    """Rows 53, 59: told to stop while its database says nothing, a hub answers those who wait and ends with 0 all the same."""
    hub, keys = on_postgresql
    hub.start().wait_for("/readyz")
    await exchange(hub, hub, keys, "1")
    async with open_client(hub.url, keys[SENDER], retry=RetryPolicy(attempts=1, answer_within=35.0)) as sender:
        postgresql.freeze()
        try:
            submitting = asyncio.create_task(sender.submit(document("2")))
            await asyncio.sleep(0.5)
            assert await asyncio.to_thread(hub.stop) == 0
            with pytest.raises(ProblemError) as raised:
                await submitting
            assert (raised.value.problem.status, raised.value.code) == (503, "storage-unavailable")
        finally:
            postgresql.thaw()
