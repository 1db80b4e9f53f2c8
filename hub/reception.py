"""Takes in one message that another axis keeps for one of our agencies: fetched, recorded, and only then acknowledged there.

It goes through the ordinary submission as coming from the system that stands for the axis, for the one agency that it is kept
for. `done` is said after the commit: killed anywhere in between, the hub fetches the message again and finds it recorded. What is
refused here is answered with `fail`, which keeps it there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum

import structlog

from hub.accounts import Caller, Role
from hub.axis import Axis, Waiting
from hub.ports import Clock, Reader
from hub.queries import Original
from hub.register import CurrentRegister
from hub.spool import Spool, Spooled
from hub.submission import Submission
from hub.trouble import Deferral, Refusal
from schemas.edxml import read
from schemas.edxml.lean import parse_lean
from schemas.errors import Malformed

_LOOP = "relay-loop"
_FULL = "quota-exceeded"

_log = structlog.get_logger()


class Taken(StrEnum):
    """What became of a message."""

    RECORDED = "recorded"  #: it is on its way to our agency
    REPEATED = "repeated"  #: it was recorded before
    OWN = "own"  #: our own message, which the axis sends back to another recipient of it; that one got it from us
    REFUSED = "refused"  #: the axis keeps it, marked as failed


class Reception:
    """Takes messages in."""

    def __init__(
        self,
        *,
        submission: Submission,
        spool: Spool,
        reader: Reader,
        register: CurrentRegister,
        clock: Clock,
        most_bytes: int,
    ) -> None:
        self._clock = clock
        self._submission = submission
        self._spool = spool
        self._reader = reader
        self._register = register
        self._most_bytes = most_bytes

    async def take(self, system_id: str, axis: Axis, item: Waiting) -> Taken:
        """Take one message in and tell the axis; raises `AxisTrouble`, or `Deferral` when nothing could be recorded."""
        data = await axis.fetch(item.doc_id)
        taken = await self._taken(system_id, item, data)
        await axis.acknowledge(item.doc_id, "fail" if taken is Taken.REFUSED else "done")
        return taken

    async def _taken(self, system_id: str, item: Waiting, data: bytes) -> Taken:
        try:
            spooled = await self._spool.receive(_once(data), self._most_bytes)
        except Refusal as refusal:
            return _refused(system_id, item, refusal)
        try:
            return await self._record(system_id, item, spooled)
        finally:
            await self._spool.discard(spooled)

    async def _record(self, system_id: str, item: Waiting, spooled: Spooled) -> Taken:
        if await self._is_own(system_id, item, spooled):
            return Taken.OWN
        caller = Caller(system_id, Role.SYSTEM)
        try:
            accepted = await self._submission.submit(caller, spooled, recipient=item.recipient)
        except Refusal as refusal:
            if refusal.code == _FULL:  # nothing is wrong with the message
                raise Deferral("storage-full", detail=f"the quota of {system_id} is used up") from refusal
            if refusal.code == _LOOP and await self._is_known(system_id, item, spooled):
                return Taken.OWN
            return _refused(system_id, item, refusal)
        return Taken.REPEATED if accepted.is_replay else Taken.RECORDED

    async def _is_own(self, system_id: str, item: Waiting, spooled: Spooled) -> bool:
        """Whether these very bytes are here already, from an agency that the axis says is the sender and that is ours."""
        directory = self._register.snapshot.directory
        if not item.sender or directory.agency(item.sender) is None or directory.acts_for(system_id, item.sender):
            return False
        return self._is_settled(system_id, item, await self._reader.of_content(spooled.sha256))

    async def _is_known(self, system_id: str, item: Waiting, spooled: Spooled) -> bool:
        """Whether a document of this id was sent from here, whatever a hop has written into it since."""
        with spooled.view() as data:
            lean = parse_lean(data)
            try:
                envelope = read(lean.root, received_at=self._clock(), contents=lean.contents)
            except Malformed:
                return False
        senders = self._register.snapshot.directory.codes_of(envelope.sender)
        return self._is_settled(system_id, item, await self._reader.originals(senders, (envelope.document_id,)))

    def _is_settled(self, system_id: str, item: Waiting, known: tuple[Original, ...]) -> bool:
        """Whether one of these messages of ours went to the recipient by another way than the axis that brings it back.

        An agency that was not listed here is sought behind the axis. When the axis holds it for ours, nobody here has its copy.
        """
        directory = self._register.snapshot.directory
        wanted = directory.canonical(item.recipient) or item.recipient
        theirs = [
            delivery
            for original in known
            for delivery in original.deliveries
            if (directory.canonical(delivery.recipient) or delivery.recipient) == wanted
        ]
        return bool(known) and (not theirs or any(delivery.system_id != system_id for delivery in theirs))


def _refused(system_id: str, item: Waiting, refusal: Refusal) -> Taken:
    _log.warning(
        "upstream-message-refused", system=system_id, doc=item.doc_id, code=refusal.code, detail=refusal.detail
    )
    return Taken.REFUSED


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
