"""The courier of the binding `upstream`: hands packages over to another axis, and says what that axis made of them.

A package with several recipients behind one axis is handed over once: the axis serves them all and knows the message by one id.
An ambiguous end (no answer, half an answer, no answer of the protocol) is repeated by the schedule, for the same bytes from the
same system have the same id there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from hub.axis import Axis, AxisRefused, AxisTrouble
from hub.events import Event
from hub.order import Failed, Hopeless, Outcome, Rejected, Relayed
from hub.package import Package
from hub.ports import Reader
from hub.queries import Errand
from routing.values import Binding
from schemas.edxml import Kind

#: Codes by which an axis says that repeating is of no use (reference: the LGSP table of error codes).
FINAL = frozenset({"10", "18", "19", "22", "23"})
CREDENTIALS = "15"
_MOST_REMEMBERED = 2000

_Sending = tuple[str, str]  #: system id, package id


class UpstreamCourier:
    """Carries errands to other axes; `axes` finds the one that a system stands for."""

    binding = Binding.UPSTREAM

    def __init__(self, axes: Callable[[str], Axis | None], reader: Reader) -> None:
        self._axes = axes
        self._reader = reader
        self._sent: dict[_Sending, asyncio.Task[str]] = {}

    async def carry(self, errand: Errand) -> Outcome:
        """Hand one delivery over; never raises for trouble on the way."""
        system_id, package = errand.order.system_id, errand.package
        axis = self._axes(system_id)
        if axis is None:
            return Hopeless("upstream-unregistered: the system has no address or no secret")
        if errand.delivery is None or package is None:
            return Hopeless("upstream-tell: another axis is told nothing but messages")
        try:
            return Relayed(await self._once(axis, system_id, package))
        except AxisRefused as refused:
            return outcome_of(refused)
        except AxisTrouble as trouble:
            return Failed(f"upstream: {trouble}")

    async def _once(self, axis: Axis, system_id: str, package: Package) -> str:
        """Return the id of the package at the axis, sending it unless that has been done or is being done."""
        key = (system_id, package.id)
        sending = self._sent.get(key)
        if sending is None:
            sending = self._sent[key] = asyncio.create_task(self._send(axis, system_id, package))
            sending.add_done_callback(partial(self._ended, key))
        return await asyncio.shield(sending)

    def _ended(self, key: _Sending, sending: asyncio.Task[str]) -> None:
        """Remember what succeeded, within bounds; what failed may be begun anew."""
        if sending.cancelled() or sending.exception() is not None:
            self._sent.pop(key, None)
        while len(self._sent) > _MOST_REMEMBERED:
            del self._sent[next(iter(self._sent))]

    async def _send(self, axis: Axis, system_id: str, package: Package) -> str:
        known = await self._known(system_id, package)
        if known is not None:
            return known
        content = await self._reader.content(package.sha256)
        if content is None:
            raise AxisTrouble(f"the content {package.sha256} is not here")
        return await axis.send(Kind(package.kind), package.sender, content, package.sha256)

    async def _known(self, system_id: str, package: Package) -> str | None:
        """Return the id by which the axis took this package over for another of its recipients."""
        for event in await self._reader.events(package.id):
            if event.event is Event.RELAY_ACCEPTANCE and event.recipient_system == system_id and event.reason:
                return event.reason.text
        return None


def outcome_of(refused: AxisRefused) -> Outcome:
    """Read a refusal: for good, or to be tried again (the axis has trouble of its own, or does not know us at the moment)."""
    if refused.code in FINAL:
        return Rejected(refused.code, refused.text)
    if refused.code == CREDENTIALS:
        return Failed(f"upstream-credentials: the axis does not accept our system id or secret ({refused.text})")
    return Failed(f"upstream: {refused}")
