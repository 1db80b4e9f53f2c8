"""A running hub that believes the laboratory, and what can be seen of it from outside: its memory, its answers."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psutil
from msgspec import Struct

from tests.attacks.bodies import Body
from tests.integration.http.client import Answer, Api
from tests.integration.http.conftest import register
from tests.support.enrolment import trust_lab
from tests.support.hub import HubProcess
from tests.vectors.signatures.signers import Lab

SIGNING, UNSIGNED, NEIGHBOUR = "sys-h99-01", "H99.05", "sys-h99-02"


class Attacked(Struct, frozen=True):
    """A hub under attack, with the bearer keys of its systems."""

    hub: HubProcess
    keys: dict[str, str]

    def api(self, caller: str = SIGNING) -> Api:
        return Api(self.hub.port, self.keys[caller])

    def hand_in(self, body: Body) -> tuple[Answer, float]:
        """Hand in a hostile body; return the answer and the seconds it took."""
        data, api = body.make(), self.api(UNSIGNED if body.is_unsigned else SIGNING)
        began = time.monotonic()
        answer = api.request("POST", "/v1/packages", data, {"Content-Type": "application/xml", **dict(body.headers)})
        return answer, time.monotonic() - began

    def resident(self) -> int:
        """Return the resident memory of all processes of the hub, in bytes."""
        main = psutil.Process(self.hub.pid)
        return sum(each.memory_info().rss for each in (main, *main.children(recursive=True)))


def prepared(folder: Path, lab: Lab) -> Attacked:
    """Make a demo hub in a folder, not running yet, that knows the laboratory's certificates."""
    hub = HubProcess.create(folder)
    trust_lab(hub, lab.pki)
    asyncio.run(register(hub, lab.registered, lab))
    return Attacked(hub, {each["id"]: each["api_key"] for each in hub.credentials["systems"]})
