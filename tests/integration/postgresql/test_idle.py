"""What a hub asks its database when nobody wants anything."""

import asyncio
import re
from collections import Counter

import pytest

from routing.values import Lane
from tests.integration.postgresql.hub import RECIPIENT, PatientHub, create

SECONDS = 6
LANES = len(Lane)  #: some questions are asked for each
_ASKED = re.compile(r"LOG: +(?:statement|execute [^:]*): (.*)")  # its first line
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SET", "SHOW")


@pytest.fixture
def told(settings, postgresql):
    """Have the server write down every statement on the test's database; return what it has written from now on."""
    name = settings.url.rpartition("/")[2]
    with postgresql.connect("postgres") as connection:
        connection.execute(f"ALTER DATABASE {name} SET log_statement = 'all'")
        connection.execute(f"ALTER DATABASE {name} SET log_min_messages = 'log'")
    log = postgresql.folder / "log"
    begin = [log.stat().st_size]

    def since_last():
        written = log.read_bytes()[begin[0] :]
        begin[0] += len(written)
        return [one for one in _ASKED.findall(written.decode(errors="replace")) if not one.startswith(_FRAME)]

    return since_last


async def test_nothing_is_asked_more_than_once_a_second(settings, told, tmp_path):
    """An idle hub, and one of whom a system waits for its inbox, sends the same question once a second at most."""
    hub, keys = await asyncio.to_thread(create, PatientHub, settings.url, tmp_path / "hub")
    try:
        hub.start().wait_for("/readyz")
        waiting = asyncio.create_task(asyncio.to_thread(hub.ask, "/v1/inbox?wait=9", keys[RECIPIENT]))
        await asyncio.sleep(2)  # what is asked once at the start is asked
        told()
        await asyncio.sleep(SECONDS)
        asked = Counter(told())
        assert asked
        assert {question: times for question, times in asked.items() if times > LANES * (SECONDS + 1)} == {}
        assert hub.stop() == 0
        await waiting
    finally:
        hub.kill()
