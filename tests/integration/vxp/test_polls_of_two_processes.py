"""Polls that are answered without being read, where another process fills the tray."""

import pytest

from tests.integration.vxp.test_polls import listed, poll_of, until
from tests.support.hub import HubProcess, free_port
from tests.support.vxp import A, B, VxpWorld, clear, found, letter, sending


@pytest.fixture
def processes(tmp_path, new_postgresql_url, migrated_template):
    """Two processes of one hub, on one database."""
    first = found(tmp_path / "hub", url=new_postgresql_url(migrated_template))
    second = VxpWorld(HubProcess(first.hub.folder, free_port()), first.keys)
    for each in (first, second):
        each.hub.start()
    yield first, second
    for each in (first, second):
        assert each.hub.stop() == 0


def test_a_tray_that_another_process_fills_and_empties(processes):
    """A poll that found nothing many times at one process lists what came in at another, and nothing when it was taken there."""
    here, there = processes
    poll = poll_of(B)
    for _ in range(2):
        assert [listed(there, poll) for _ in range(4)] == [[], [], [], []]
        with here.sdk(A) as sdk:
            assert sdk.documents().send_edoc(sending(A), letter(A, B)).status == "OK"
        until(lambda: listed(there, poll) != [])
        with here.sdk(B) as sdk:
            clear(sdk.documents())
        until(lambda: listed(there, poll) == [])
