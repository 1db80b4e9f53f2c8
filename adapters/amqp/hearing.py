"""Hears what systems say on `axis.acknowledgements`: acknowledged after the commit, put aside with the reason when it is bad."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage

from adapters.amqp.connection import Line, Lines
from adapters.amqp.consumer import QueueConsumer
from adapters.amqp.errors import forgiven
from adapters.amqp.patience import PATIENT, Patience
from adapters.amqp.topology import ACKNOWLEDGEMENTS, DEAD, make_acknowledgements
from hub.acknowledgements import Word
from hub.trouble import Deferral, Refusal

_PAUSE = 1.0  #: seconds until the store is asked again
_FAULTS = 3  #: times that a message may end in an unexpected error until it is put aside
_LARGEST = 16_384  #: bytes

Take = Callable[[str | None, Word], Awaitable[object]]

_log = structlog.get_logger()


class Hearing:
    """The intake of the acknowledgements' queue."""

    name = ACKNOWLEDGEMENTS

    def __init__(self, take: Take, aside: Line) -> None:
        self._take = take
        self._aside = aside
        self._channel = 0

    async def prepare(self, line: Line, *, is_deleted: bool = False) -> None:
        """Make exchange and queue. What a lost queue held is said again: deliveries without a word are sent again."""
        del is_deleted
        await make_acknowledgements(line)

    def begin(self) -> int:
        """Number the next channel."""
        self._channel += 1
        return self._channel

    async def take_in(self, number: int, message: AbstractIncomingMessage) -> None:
        """Take one message to its end; while the store is away it waits here."""
        if number != self._channel:
            return
        with suppress(Deferral), forgiven():  # the message was not acknowledged, and comes again
            reason = await self._heard(message)
            if reason is not None:
                _log.warning("acknowledgement-put-aside", user=message.user_id, reason=reason)
                await self._put_aside(message, reason)
            await message.ack()

    async def _heard(self, message: AbstractIncomingMessage) -> str | None:
        """Return None when it is recorded, else what is wrong with it."""
        try:
            word = _read(message.body)
        except msgspec.MsgspecError as error:
            return f"json-invalid: {error}"
        faults = 0
        while True:
            try:
                await self._take(message.user_id, word)
            except Refusal as refusal:
                return f"{refusal.code}: {refusal.detail}"
            except Deferral as deferral:
                _log.warning("acknowledgement-waits", code=deferral.code, detail=deferral.detail)
            except Exception as error:  # noqa: BLE001 - whatever a message does, those behind it are heard
                faults += 1
                _log.exception("acknowledgement-failed", delivery=word.delivery)
                if faults == _FAULTS:
                    return f"defect: {type(error).__name__}"
            else:
                return None
            await asyncio.sleep(_PAUSE)

    async def _put_aside(self, message: AbstractIncomingMessage, reason: str) -> None:
        letter = Message(
            message.body,
            type="acknowledgement",
            content_type=message.content_type,
            headers={"axis-reason": reason, "axis-user": message.user_id or "", "axis-queue": self.name},
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        async with await self._aside.channel(publisher_confirms=True) as channel:
            exchange = await channel.get_exchange(DEAD, ensure=False)
            await exchange.publish(letter, "", timeout=PATIENT.confirm)


def _read(body: bytes) -> Word:
    if len(body) > _LARGEST:
        raise msgspec.ValidationError(f"{len(body)} bytes are too many")
    return msgspec.json.decode(body, type=Word)


class Ear:
    """The connections that hearing needs."""

    def __init__(self, url: str, patience: Patience) -> None:
        self._lines = Lines(url, "hearing")
        self._aside = Line(url, "putting aside")
        self._patience = patience

    def loop(self, take: Take) -> Callable[[], Awaitable[None]]:
        """Return the loop that hears, and gives what it heard to `take`."""
        return QueueConsumer(
            Hearing(take, self._aside),
            line=self._lines.for_channels(1),
            alone=self._lines.alone,
            gate=asyncio.Semaphore(1),
            answers=lambda _name: None,
            patience=self._patience,
        ).run

    async def close(self) -> None:
        """Close the connections; what was not recorded comes again."""
        await self._lines.close()
        await self._aside.close()
