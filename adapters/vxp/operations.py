"""The operations, by their names: what serves them, and how a refusal of each must look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web
from msgspec import Struct

from adapters.vxp import acknowledging, directory, enrolling, fetching, sending, trays
from adapters.vxp.call import Call

Handler = Callable[[Call], Awaitable[web.StreamResponse]]

_ASKED = frozenset({"GET", "POST"})
_SENT = frozenset({"POST"})


class Operation(Struct, frozen=True):
    """One operation. `data`: what stands in that member of a refusal; None: a refusal has no body at all."""

    name: str
    handler: Handler
    methods: frozenset[str] = _ASKED
    data: object = ()
    takes_file: bool = False


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        each.name: each
        for each in (
            Operation("sendEdoc", sending.send, _SENT, takes_file=True),
            Operation("getReceivedEdocList", trays.received),
            Operation("countReceiveEdoc", trays.count_documents),
            Operation("countReceiveStatus", trays.count_statuses),
            Operation("getEdoc", fetching.get, data=""),
            Operation("downloadEdoc", fetching.download, data=None),
            Operation("updateStatus", acknowledging.update),
            Operation("getSentEdocList", trays.sent),
            Operation("getAgenciesList", directory.agencies),
            Operation("getAgenciesListQD20", directory.agencies_qd20),
            Operation("getSynchronizeUnit", directory.units),
            Operation("registerAgency", enrolling.register, _SENT),
            Operation("deleteAgency", enrolling.delete, _SENT),
        )
    }
)


def operation_at(path: str) -> Operation | None:
    """Return the operation of a raw path `/vxp/<name>`, however many slashes stand there."""
    steps = [step for step in path.split("/") if step]
    return OPERATIONS.get(steps[1]) if len(steps) == 2 else None
