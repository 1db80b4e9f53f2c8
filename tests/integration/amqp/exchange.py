"""A hub with RabbitMQ, a system that asks and one that consumes its own queue, and documents between them."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from adapters.client import AxisClient, open_client
from bench.packages import Letter, write_letter
from signing.sign import sign
from tests.services.rabbitmq import RabbitNode
from tests.support.amqp_system import account, inbox, member
from tests.support.enrolment import enrol
from tests.support.hub import HubProcess

SYSTEM = "hang-doi"
AGENCY = "H99.20"
_NUMBERS = itertools.count(1)


class World(Struct, frozen=True):
    """The hub, its broker, the URL of the consuming system's account there, and the consuming system's API key."""

    hub: HubProcess
    node: RabbitNode
    url: str
    key: str
    base: str = "binding"

    def letter(self, size: int = 0, recipients: tuple[str, ...] = (AGENCY,)) -> bytes:
        """Return a signed document of the demo's first agency, to the consuming system's unless told otherwise."""
        own = self.hub.credentials["agencies"][0]
        folder = self.hub.folder
        key = load_pem_private_key((folder / own["key"]).read_bytes(), None)
        chain = [
            x509.load_pem_x509_certificates((folder / each).read_bytes())[0]
            for each in (own["certificate"], "pki/sub.cert.pem")
        ]
        return sign(write_letter(Letter(own["code"], recipients, self.base, next(_NUMBERS), size)), key, chain)

    @property
    def asking(self) -> tuple[str, str]:
        """Return the code of the demo's first agency and the API key of its system."""
        own = self.hub.credentials["agencies"][0]
        (key,) = (each["api_key"] for each in self.hub.credentials["systems"] if each["id"] == own["system"])
        return own["code"], key

    def sender(self):
        """Open a client of the asking system."""
        return open_client(self.hub.url, self.asking[1])

    def inbox(self):
        """Consume as the consuming system."""
        return inbox(self.url, SYSTEM)


def new_world(folder, node: RabbitNode, **settings: str) -> World:
    """Create and start the hub; its broker may be away."""
    hub = HubProcess.create(folder / "hub", {"AXIS_BROKER__URL": node.url} | settings)
    key = enrol(hub, (member(SYSTEM, AGENCY),), {})[SYSTEM]
    return World(hub, node, account(node, SYSTEM), key, folder.name)


async def state_of(client: AxisClient, package_id: str) -> str:
    """Return the state of a package's one delivery."""
    return (await client.package(package_id)).deliveries[0].state


@asynccontextmanager
async def running(world: World):
    """Have the hub run."""
    world.hub.start()
    try:
        yield world
    finally:
        world.hub.stop()
