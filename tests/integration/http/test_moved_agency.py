"""An agency moves to another system while something waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.http.conftest import B, World
from tests.integration.http.test_limits import world_of
from tests.support.hub import HubProcess, axis
from tests.support.two_hubs import eventually

MOVED, NEW_SYSTEM = "H99.02", "H99.06"


@pytest.fixture
def moving(tmp_path) -> Iterator[World]:
    """A demo hub of its own: its directory changes."""
    hub = HubProcess.create(tmp_path / "hub").start()
    yield world_of(hub)
    hub.stop()


def sent(world: World, to_system: str) -> dict[str, Any] | None:
    """Send a new package; return it when its delivery is for that system."""
    package = world.accepted(recipients=[MOVED])
    return package if package["deliveries"][0]["system"] == to_system else None


def test_what_waited_stays_where_it_was(moving):
    """What is accepted after the move is the new system's; what waited before is collected and acknowledged by the old one."""
    before = sent(moving, B)
    assert before is not None
    waiting = moving.collected(before, B)
    axis("agency", "change", MOVED, "--system", NEW_SYSTEM, "--config", str(moving.hub.config))
    after = eventually(lambda: sent(moving, NEW_SYSTEM))
    path = f"/v1/deliveries/{moving.collected(after, NEW_SYSTEM)}"
    assert [moving.api(each).get(f"{path}/content").status for each in (NEW_SYSTEM, B)] == [200, 404]
    path = f"/v1/deliveries/{waiting}"
    assert [moving.api(each).get(f"{path}/content").status for each in (NEW_SYSTEM, B)] == [404, 200]
    acknowledged = moving.api(B).post(f"{path}/ack")
    assert acknowledged.status == 200
    assert acknowledged.json["delivery"]["state"] == "handed_over"
    assert moving.api().get(f"/v1/packages/{before['id']}").json["deliveries"][0]["state"] == "handed_over"
