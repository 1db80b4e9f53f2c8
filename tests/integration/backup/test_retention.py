"""Retention seen from outside: what is purged, what it answers, and what a hold keeps."""

import asyncio
import time

from adapters.client import ProblemError, open_client
from tests.integration.backup.conftest import SQLITE, Place, document, empty_copy, hand_in, run, take
from tests.integration.postgresql.hub import LIMIT, RECIPIENT, SENDER, PatientHub


async def typed(*arguments, code=0):
    """Run a command that has an event loop of its own."""
    return await asyncio.to_thread(run, *arguments, code=code)


async def answer_for(place, system, package, tmp_path):
    """Ask for a content; return the problem's status and code, or None when it comes."""
    async with open_client(place.hub.url, place.keys[system]) as client:
        try:
            await client.content(package.id, tmp_path / package.id)
        except ProblemError as error:
            return error.problem.status, error.code
    return None


async def test_content_is_purged_and_a_hold_keeps_it(place, tmp_path):
    """After its days a content answers 410 to sender and recipient, its receipts stay, a held one stays; so after a restore."""
    purged, held = await hand_in(place, document(1), document(2, 200_000))
    await take(place, 2)
    assert place.hub.stop() == 0
    config = ("--config", place.hub.config)
    await typed("package", "hold", held.id, "--reason", "thanh tra", *config)
    assert held.id in (await typed("package", "list", *config, "--json")).stdout
    later = Place(PatientHub(place.hub.folder, place.hub.port, {"AXIS_RETENTION__CONTENT_DAYS": "0.00001"}), place.keys)
    try:
        later.hub.start().wait_for("/readyz")
        deadline = time.monotonic() + LIMIT
        while (answer := await answer_for(later, SENDER, purged, tmp_path)) is None:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
        assert answer == (410, "content-purged")
        assert await answer_for(later, RECIPIENT, purged, tmp_path) == (410, "content-purged")
        assert await answer_for(later, SENDER, held, tmp_path) is None
        async with open_client(later.hub.url, later.keys[SENDER]) as sender:
            assert (await sender.package(purged.id)).receipt == purged.receipt
        await typed("package", "release", held.id, *config)
        await typed("package", "release", held.id, *config, code=1)
        await typed("package", "hold", purged.id, "--reason", "quá muộn", *config, code=1)
        await typed("package", "hold", "01a200cd-0000-7000-8000-000000000001", "--reason", "x", *config, code=1)
        run("backup", tmp_path / "backup", *config)
        restored = empty_copy(place, tmp_path / "restored", SQLITE)
        run("restore", tmp_path / "backup", "--verify", "--config", restored.hub.config)
    finally:
        later.hub.kill()
