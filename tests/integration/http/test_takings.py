"""A system that takes what waits for it without pause is held to its share, as one that sends without pause is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec import Struct, structs

from adapters.http.listeners import listeners
from adapters.http.routes import ROUTES
from adapters.http.server import serving
from adapters.vxp.edge import VxpEdge
from hub.accounts import Caller, Role
from hub.compose import locker_of, running
from hub.configuration import load
from hub.ids import uuid7
from hub.pace import FLOOD, TAKING
from hub.services import Services
from tests.integration.http.client import Api
from tests.integration.http.conftest import A, B
from tests.integration.http.test_limits import world_of
from tests.support.hub import HubProcess, free_port
from tests.support.sdk import Sdk
from tests.support.vxp import about

HASTY, CALM = 16, 10
#: So small a share that each few takings are rested for as long as can be.
SHARE = 0.001


class Here(Struct, frozen=True):
    """A hub in this process."""

    services: Services
    port: int
    keys: dict[str, str]
    secret: str

    def api(self, caller: str) -> Api:
        return Api(self.port, self.keys[caller])

    def documents(self):
        return Sdk(f"http://127.0.0.1:{self.port}/vxp", B, self.secret).documents()


@pytest.fixture
async def here(tmp_path) -> AsyncIterator[Here]:
    """Where another system has just sent a package, and B has taken a lot without pause."""
    hub = await asyncio.to_thread(HubProcess.create, tmp_path / "hub")
    settings, base_dir = load(hub.config)
    settings = structs.replace(
        settings,
        listen=structs.replace(settings.listen, port=free_port()),
        limits=structs.replace(settings.limits, busy_share=SHARE),
    )
    world = world_of(hub)
    (secret,) = (each["vxp_secret"] for each in hub.credentials["systems"] if each["id"] == B)
    with listeners(settings, base_dir) as opened:
        async with (
            running(settings, base_dir) as services,
            serving(services, opened, ROUTES, (VxpEdge(services, locker_of(settings, base_dir)),)) as (_, port),
        ):
            made = Here(services, port, world.keys, secret)
            assert (await asyncio.to_thread(made.api(A).submit, world.signed())).status == 201
            for _ in range(int(FLOOD / TAKING) + 1):
                await services.admission.taking(Caller(B, Role.SYSTEM))
            yield made


TAKINGS = {
    "look": lambda here: here.api(B).get("/v1/inbox"),
    "content": lambda here: here.api(B).get(f"/v1/deliveries/{uuid7()}/content"),
    "ack": lambda here: here.api(B).post(f"/v1/deliveries/{uuid7()}/ack"),
    "reject": lambda here: here.api(B).post(f"/v1/deliveries/{uuid7()}/reject", {"reason": "x"}),
    "getEdoc": lambda here: here.documents().get_edoc(about(uuid7())),
    "updateStatus": lambda here: here.documents().update_status(about(uuid7(), status="done")),
}


@pytest.mark.parametrize("taking", TAKINGS)
async def test_who_takes_without_pause_leaves_room(here, taking):
    """What such a system asks for waits, and what others ask for passes it by."""
    with ThreadPoolExecutor(HASTY) as pool:
        hasty = [pool.submit(TAKINGS[taking], here) for _ in range(HASTY)]
        while not any(each.done() for each in hasty):
            await asyncio.sleep(0.01)
        for _ in range(CALM):
            assert (await asyncio.to_thread(here.api(A).get, "/v1/inbox")).status == 200
        assert not all(each.done() for each in hasty)
        await asyncio.gather(*map(asyncio.wrap_future, hasty))
